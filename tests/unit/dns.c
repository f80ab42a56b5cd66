/* Domains, servers, and what an answer of the DNS says. */
#include "base/dns.h"

#include <string.h>

#include "check.h"

#define TEXT "yett-verification=abc"
/* _yett.example.org, TXT, IN */
#define QUESTION "\5_yett\7example\3org\0\0\20\0\1"
#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"

static const unsigned char query[] = "\22\64\1\0\0\1\0\0\0\0\0\0" QUESTION;

/* An answer with ${flags} and ${count} records, which stand in ${records}. */
static enum dns_found
read_answer(const char *flags, unsigned char count, const char *records, size_t len)
{
	unsigned char answer[1024] = "\22\64";

	memcpy(answer + 2, flags, 2);
	answer[5] = 1;
	answer[7] = count;
	memcpy(answer + 12, QUESTION, sizeof QUESTION - 1);
	memcpy(answer + 11 + sizeof QUESTION, records, len);
	return (dns_read_text(answer, 11 + sizeof QUESTION + len, query, sizeof query - 1, TEXT));
}

#define READ(count, records) read_answer("\201\200", count, records, sizeof(records) - 1)
#define HEAD "\300\14\0\20\0\1\0\0\0\74"           /* a TXT record of the name, 60 s */
#define RIGHT HEAD "\0\26\25yett-verification=abc" /* 22 bytes: a string of 21 */
#define OTHER HEAD "\0\6\5hello"

static void
test_answers(void)
{

	ok(READ(1, RIGHT) == DNS_FOUND, "the text is found");
	ok(READ(1, HEAD "\0\27\17yett-verificati\6on=abc") == DNS_FOUND, "in several strings, too");
	ok(READ(1, HEAD "\0\30\0\25yett-verification=abc\0") == DNS_FOUND, "some of them empty");
	ok(READ(3, OTHER OTHER RIGHT) == DNS_FOUND, "among others");
	ok(READ(1, OTHER) == DNS_OTHER, "others alone are others");
	ok(READ(1, HEAD "\0\25\24yett-verification=ab") == DNS_OTHER, "a part of it is another");
	ok(READ(1, HEAD "\0\27\26yett-verification=abcd") == DNS_OTHER, "and so is more");
	ok(READ(1, HEAD "\0\26\25YETT-verification=abc") == DNS_OTHER, "and another case");
	ok(READ(1, HEAD "\0\0") == DNS_OTHER, "and a record of no string");
	ok(READ(0, "") == DNS_NONE, "no record is none");
	ok(read_answer("\201\203", 0, "", 0) == DNS_NONE, "no such name is none");
	ok(READ(1, "\300\14\0\1\0\1\0\0\0\74\0\4\300\0\2\1") == DNS_NONE, "an address is no text");
	ok(READ(1, "\300\14\0\20\0\3\0\0\0\74\0\26\25yett-verification=abc") == DNS_NONE,
	    "nor is a text of another class");
	ok(READ(1, "\300\22\0\20\0\1\0\0\0\74\0\26\25yett-verification=abc") == DNS_NONE,
	    "nor one of another name");
}

static void
test_aliases(void)
{

	ok(READ(2, "\300\14\0\5\0\1\0\0\0\74\0\3\1v\0"
	           "\1v\0\0\20\0\1\0\0\0\74\0\26\25yett-verification=abc") == DNS_FOUND,
	    "an alias is followed");
	ok(READ(2, "\300\14\0\5\0\1\0\0\0\74\0\3\1v\0"
	           "\1w\0\0\20\0\1\0\0\0\74\0\26\25yett-verification=abc") == DNS_NONE,
	    "and leads nowhere else");
	ok(READ(2, "\300\14\0\5\0\1\0\0\0\74\0\2\300\14" RIGHT) == DNS_FOUND,
	    "to itself it is no circle");
}

static void
test_failures(void)
{

	ok(read_answer("\201\202", 0, "", 0) == DNS_UNKNOWN, "a server that fails says nothing");
	ok(read_answer("\201\205", 1, RIGHT, sizeof RIGHT - 1) == DNS_UNKNOWN,
	    "nor one that refuses, whatever it sends");
	ok(read_answer("\203\200", 0, "", 0) == DNS_CUT, "what is cut is said to be");
	ok(read_answer("\1\0", 1, RIGHT, sizeof RIGHT - 1) == DNS_STRAY, "a query is no answer");
	ok(READ(2, RIGHT) == DNS_UNKNOWN, "a record that is missing");
	ok(READ(1, HEAD "\0\27\25yett-verification=abc") == DNS_UNKNOWN, "one that ends too late");
	ok(READ(1, HEAD "\0\26\26yett-verification=abc") == DNS_OTHER, "a string that does");
	ok(READ(1, HEAD "\0\26") == DNS_UNKNOWN, "one without its data");
	ok(READ(1, "\300\50" HEAD) == DNS_UNKNOWN, "a name that points ahead");
	ok(READ(1, "\377") == DNS_UNKNOWN, "rubbish");
}

static void
test_strays(void)
{
	unsigned char answer[] = "\22\64\201\203\0\1\0\0\0\0\0\0" QUESTION;
	const size_t len = sizeof answer - 1;

	ok(dns_read_text(answer, len, query, len, TEXT) == DNS_NONE, "the true one is taken");
	answer[1] ^= 1;
	ok(dns_read_text(answer, len, query, len, TEXT) == DNS_STRAY, "not with another number");
	answer[1] ^= 1;
	answer[13] = 'x';
	ok(dns_read_text(answer, len, query, len, TEXT) == DNS_STRAY, "not of another name");
	answer[13] = '_';
	answer[20] ^= 0x20;
	ok(dns_read_text(answer, len, query, len, TEXT) == DNS_NONE, "but for the case of letters");
	ok(dns_read_text(answer, len - 1, query, len, TEXT) == DNS_STRAY &&
	        dns_read_text(answer, 0, query, len, TEXT) == DNS_STRAY,
	    "not when it ends before the question does");
}

static void
test_domains(void)
{
	char name[300];

	ok(dns_domain_ok("example.org") && dns_domain_ok("a.b.c-d.e1") &&
	        dns_domain_ok("xn--bcher-kva.example") && dns_domain_ok("1.2.3.x4") &&
	        dns_domain_ok(LABEL_63 ".org"),
	    "domains are domains");
	ok(!dns_domain_ok("org") && !dns_domain_ok("localhost") && !dns_domain_ok(""),
	    "one label is not enough");
	ok(!dns_domain_ok("192.0.2.1") && !dns_domain_ok("2001:db8::1") && !dns_domain_ok("a.1"),
	    "addresses are none");
	ok(!dns_domain_ok(".org") && !dns_domain_ok("example.org.") && !dns_domain_ok("a..b"),
	    "no label is empty");
	ok(!dns_domain_ok("-a.org") && !dns_domain_ok("a-.org") && !dns_domain_ok("a.-b") &&
	        !dns_domain_ok(LABEL_63 "x.org"),
	    "or begins or ends with '-', or has 64 bytes");
	ok(!dns_domain_ok("Example.org") && !dns_domain_ok("b\303\274cher.example") &&
	        !dns_domain_ok("a_b.org") && !dns_domain_ok("*.org") && !dns_domain_ok("a b.org") &&
	        !dns_domain_ok("a.org/x") && !dns_domain_ok("x@a.org"),
	    "or has anything else in it");
	memset(name, 'a', sizeof name);
	name[60] = name[120] = name[180] = '.';
	name[236] = '\0';
	ok(dns_domain_ok(name), "236 bytes are the most, so that a label fits before it");
	name[236] = 'a';
	name[237] = '\0';
	ok(!dns_domain_ok(name), "and no more");
}

static void
test_servers(void)
{

	ok(dns_server_ok("") && dns_server_ok("127.0.0.1") && dns_server_ok("127.0.0.1:5353") &&
	        dns_server_ok("::1") && dns_server_ok("[::1]") && dns_server_ok("[::1]:53") &&
	        dns_server_ok("127.0.0.1:65535"),
	    "a server is an address, with a port or without, or none");
	ok(!dns_server_ok("localhost") && !dns_server_ok("127.0.0.1:") &&
	        !dns_server_ok("127.0.0.1:0") && !dns_server_ok("127.0.0.1:65536") &&
	        !dns_server_ok("[::1") && !dns_server_ok("[127.0.0.1]:53") &&
	        !dns_server_ok("[::1]53") && !dns_server_ok(":53") && !dns_server_ok(LABEL_63),
	    "and nothing else");
}

int
main(void)
{

	test_answers();
	test_aliases();
	test_failures();
	test_strays();
	test_domains();
	test_servers();
	return (done());
}
