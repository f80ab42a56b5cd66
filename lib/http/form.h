/* Pairs in application/x-www-form-urlencoded, of a body or a query. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define FORM_PAIRS_MAX 64

struct form {
	struct {
		const char *name;
		const char *value;
	} pairs[FORM_PAIRS_MAX];
	size_t count;
};

/**
 * form_parse(text, len, a, ret_form):
 * Decode ${len} bytes of ${text}; names and values are owned by ${a}.
 * Errors: ERR_SYNTAX for more than 64 pairs, a broken escape, a NUL (%00), invalid UTF-8;
 * ERR_NOMEM. Source: WHATWG URL section 5.1.
 */
MUST_USE enum err form_parse(const char *text, size_t len, struct arena *a, struct form *ret_form);

/**
 * form_get(f, name, ret_repeated):
 * The first value of ${name}, NULL when absent; and whether there is more than one.
 */
const char *form_get(const struct form *f, const char *name, bool *ret_repeated);

/**
 * form_encode(text, a):
 * ${text} with all percent-encoded but what RFC 3986 calls unreserved, owned by ${a}. NULL when it
 * is full.
 */
const char *form_encode(const char *text, struct arena *a);

#endif
