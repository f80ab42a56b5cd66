/* A mail as bytes: header fields and two ways to read it, such as any mail server takes. */
#ifndef PROTO_MIME_H
#define PROTO_MIME_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define MIME_SUBJECT_MAX 512  /* bytes of UTF-8; what is longer is cut */
#define MIME_PART_MAX 1048576 /* of a text, or an HTML */

struct mime_person {
	const char *name; /* UTF-8; "": none */
	const char *address;
};

struct mime {
	struct mime_person from;
	struct mime_person reply_to; /* its address may be NULL: none */
	const char *to;              /* an address */
	const char *subject;         /* UTF-8 */
	const char *message_id;      /* with its < and > */
	const char *id;              /* what the boundary is made of: letters, digits, '-' */
	const char *text;            /* UTF-8, lines end with LF or CRLF */
	const char *html;            /* the same; NULL: there is only text */
	int64_t at;                  /* the date, Unix milliseconds */
};

/**
 * mime_print(m, a, ret_bytes):
 * The mail ${m}, its lines ended by CRLF, each at most 78 bytes of ASCII, owned by ${a}. What is
 * not ASCII becomes encoded words and quoted-printable; control characters in names and the subject
 * become spaces, so that nothing there begins a line; and what is no UTF-8 there '?'. Errors:
 * ERR_FIELDS when an address or the message's id has other than visible ASCII, or a part is too
 * long; ERR_NOMEM. Source: RFC 5322, RFC 2045 section 6.7, RFC 2046 section 5.1.4, RFC 2047, RFC
 * 3834 section 5.
 */
MUST_USE enum err mime_print(const struct mime *m, struct arena *a, const char **ret_bytes);

#endif
