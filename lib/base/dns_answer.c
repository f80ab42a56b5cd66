/* What an answer of the DNS says: bytes from outside, read by the parser of libresolv. */
#include <ctype.h>
#include <string.h>

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include "base/dns.h"
#include "base/text.h"

#define FLAGS_AT 2 /* of the header, in bytes */
#define IS_ANSWER 0x80
#define OPCODE 0x78
#define IS_CUT 0x02
#define RCODE_AT 3
#define RCODE 0x0f

/* Same number, and the very question, but for the case of letters. */
static bool
answers(
    const unsigned char *answer, size_t answer_len, const unsigned char *query, size_t query_len)
{
	size_t i;

	if (query_len <= NS_HFIXEDSZ || answer_len < query_len)
		return (false);
	if (memcmp(answer, query, FLAGS_AT) != 0 || (answer[FLAGS_AT] & IS_ANSWER) == 0 ||
	    (answer[FLAGS_AT] & OPCODE) != 0 || answer[4] != 0 || answer[5] != 1)
		return (false);
	for (i = NS_HFIXEDSZ; i < query_len; i++)
		if (tolower(answer[i]) != tolower(query[i]))
			return (false);
	return (true);
}

/* Are the strings of a record, each with its length before it, together ${text}? */
static bool
strings_are(const unsigned char *data, size_t len, const char *text)
{
	size_t left = strlen(text), n;

	while (len > 0) {
		n = *data++;
		len--;
		if (n > len || n > left || memcmp(data, text, n) != 0)
			return (false);
		data += n;
		len -= n;
		text += n;
		left -= n;
	}
	return (left == 0);
}

/* Look through the records of ${msg} for ${name}, which an alias changes. */
static enum dns_found
read_records(ns_msg *msg, char name[static NS_MAXDNAME], const char *text)
{
	enum dns_found found = DNS_NONE;
	ns_rr rr;
	int i;

	for (i = 0; i < ns_msg_count(*msg, ns_s_an); i++) {
		if (ns_parserr(msg, ns_s_an, i, &rr) < 0)
			return (DNS_UNKNOWN);
		if (ns_rr_class(rr) != ns_c_in || !text_same_nocase(ns_rr_name(rr), name))
			continue;
		if (ns_rr_type(rr) == ns_t_cname && dn_expand(ns_msg_base(*msg), ns_msg_end(*msg),
		                                        ns_rr_rdata(rr), name, NS_MAXDNAME) < 0)
			return (DNS_UNKNOWN);
		if (ns_rr_type(rr) != ns_t_txt)
			continue;
		if (strings_are(ns_rr_rdata(rr), ns_rr_rdlen(rr), text))
			return (DNS_FOUND);
		found = DNS_OTHER;
	}
	return (found);
}

enum dns_found
dns_read_text(const unsigned char *answer, size_t answer_len, const unsigned char *query,
    size_t query_len, const char *text)
{
	char name[NS_MAXDNAME];
	ns_msg msg;

	if (!answers(answer, answer_len, query, query_len))
		return (DNS_STRAY);
	if ((answer[RCODE_AT] & RCODE) == ns_r_nxdomain)
		return (DNS_NONE);
	if ((answer[RCODE_AT] & RCODE) != ns_r_noerror || answer_len > DNS_ANSWER_MAX)
		return (DNS_UNKNOWN);
	if ((answer[FLAGS_AT] & IS_CUT) != 0)
		return (DNS_CUT);
	if (ns_initparse(answer, (int)answer_len, &msg) < 0 ||
	    dn_expand(query, query + query_len, query + NS_HFIXEDSZ, name, sizeof name) < 0)
		return (DNS_UNKNOWN);
	return (read_records(&msg, name, text));
}
