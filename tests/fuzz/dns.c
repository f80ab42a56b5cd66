/* Answers of the DNS through dns_read_text(): the input is one that answers the question below, but
 * for its number, which is made right so that most inputs get further. */
#include "base/dns.h"

#include "fuzz.h"

#define TEXT "yett-verification=abc"
#define NOWHERE "this stands in no packet of the corpus, nor is it likely to"

static const unsigned char query[] = "\22\64\1\0\0\1\0\0\0\0\0\0\5_yett\7example\3org\0\0\20\0\1";

#define QUERY_LEN (sizeof query - 1)

/* Do the bytes of ${text} stand in ${data} in this order? Between them may be lengths of strings.
 */
static bool
has_in_order(const unsigned char *data, size_t len, const char *text)
{

	for (; len > 0 && *text != '\0'; data++, len--)
		text += *data == (unsigned char)*text;
	return (*text == '\0');
}

static void
check(const unsigned char *answer, size_t len)
{
	const enum dns_found found = dns_read_text(answer, len, query, QUERY_LEN, TEXT);
	const enum dns_found other = dns_read_text(answer, len, query, QUERY_LEN, NOWHERE);

	must(found <= DNS_STRAY);
	must(found == dns_read_text(answer, len, query, QUERY_LEN, TEXT));
	must(found != DNS_FOUND || has_in_order(answer + QUERY_LEN, len - QUERY_LEN, TEXT));
	must(other != DNS_FOUND || has_in_order(answer + QUERY_LEN, len - QUERY_LEN, NOWHERE));
	/* Which text is looked for changes nothing but whether it is found, and what is read after.
	 */
	must(found == other || found == DNS_FOUND || other == DNS_FOUND);
	must(found != DNS_STRAY || other == DNS_STRAY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned char *answer = (unsigned char *)fuzz_copy(data, len);
	unsigned char *exact;

	check(answer, len);
	if (len > 2)
		memcpy(answer, query, 2);
	check(answer, len);
	free(answer);
	/* Without a byte behind it, so that reading over the end is seen. */
	must((exact = malloc(len + (len == 0))) != NULL);
	if (len > 0)
		memcpy(exact, data, len);
	check(exact, len);
	free(exact);
	/* What follows the question is the input. */
	must((exact = malloc(QUERY_LEN + len)) != NULL);
	memcpy(exact, query, QUERY_LEN);
	if (len > 0)
		memcpy(exact + QUERY_LEN, data, len);
	exact[2] = 0x81;
	exact[7] = 3;
	check(exact, QUERY_LEN + len);
	free(exact);
	return (0);
}
