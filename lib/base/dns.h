/* Asking the DNS whether a name has a text: the proof that somebody owns a domain. */
#ifndef BASE_DNS_H
#define BASE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr_storage;

#define DNS_NAME_MAX 253     /* bytes, without the dot at the end */
#define DNS_ANSWER_MAX 16384 /* bytes; some 150 records as Yett asks for */

enum dns_found {
	DNS_FOUND,   /* a TXT record of the name is the text */
	DNS_OTHER,   /* the name has TXT records; none is */
	DNS_NONE,    /* there is no such name, or it has no TXT record */
	DNS_UNKNOWN, /* no server said anything sensible in time */
	DNS_CUT,     /* the answer is cut: it is to be asked for over TCP */
	DNS_STRAY,   /* this is no answer to the question */
};

/**
 * dns_domain_ok(name):
 * Is ${name} a domain as organisations have one: small letters, digits and '-' (an
 * internationalised one in its ASCII form), two labels or more, the last of them no number, so that
 * no address of IPv4 is one; short enough for a label of 16 bytes before it?  Source: RFC 1123
 * section 2.1, RFC 1035 section 2.3.4, RFC 5890.
 */
bool dns_domain_ok(const char *name);

/**
 * dns_server_read(server, ret_address), dns_server_ok(server):
 * Read ${server}, an address with a port or without ("192.0.2.1:5353", "[2001:db8::1]:53",
 * "2001:db8::1"), of IPv4 or IPv6; false when it is none. Is it one, or empty?
 */
bool dns_server_read(const char *server, struct sockaddr_storage *ret_address);
bool dns_server_ok(const char *server);

/**
 * dns_find_text(server, timeout_ms, name, text):
 * Ask ${server}, or when that is empty those of /etc/resolv.conf, for the TXT records of ${name}
 * until one has answered; returns after ${timeout_ms} at the latest. Never DNS_CUT or DNS_STRAY.
 * To be called outside of any transaction.  Source: RFC 1035 sections 4.2, 7.3; RFC 5452; RFC 7766.
 */
enum dns_found
dns_find_text(const char *server, int64_t timeout_ms, const char *name, const char *text);

/**
 * dns_read_text(answer, answer_len, query, query_len, text):
 * What ${answer} says to ${query}, which is a whole question for TXT. The strings of a record are
 * read as one text; an alias (CNAME) is followed within the answer.
 * Source: RFC 1035 sections 3.3.14, 4.1; RFC 5452 section 9.
 */
enum dns_found dns_read_text(const unsigned char *answer, size_t answer_len,
    const unsigned char *query, size_t query_len, const char *text);

#endif
