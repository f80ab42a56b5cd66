/* The members of a body, read into a struct by one table an endpoint, from JSON or from a form
 * alike. */
#ifndef HTTP_INPUT_H
#define HTTP_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"

struct cJSON;

enum field_type {
	FIELD_TEXT,   /* a "const char *"; NULL when absent */
	FIELD_BOOL,   /* a "bool"; false when absent; in a form "true", "1", "on", "yes" and their
	                 opposites */
	FIELD_FLAG,   /* an "enum flag": the same, but one sees that it is absent */
	FIELD_OBJECT, /* a "struct cJSON *"; in a form the text of an object */
	FIELD_NUMBER, /* an "int64_t" from ${min} to ${max}; 0 when absent */
	FIELD_TIME,   /* an "int64_t" of ms, written as RFC 3339 in UTC; 0 when absent or null */
	FIELD_TEXTS,  /* a "struct text_list"; in a form one text, whose parts spaces separate */
};

enum {
	FIELD_OPTIONAL = 1,
	FIELD_NULLABLE = 2, /* a text or number may be null, which reads as "" or 0; an object,
	                       which stays null */
};

enum flag { FLAG_ABSENT = 0, FLAG_NO, FLAG_YES };

#define FIELD_TEXTS_MAX 64

/* A list of at most 64 texts; ${items} is NULL when it is absent. */
struct text_list {
	const char **items;
	size_t count;
};

/* One member; for text, and each of a list, ${min} and ${max} are bytes, for a number the least and
 * the greatest. */
struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	size_t min;
	size_t max;
	unsigned int flags;
};

/**
 * input_read(r, fields, count, ret):
 * Read the body of ${r} into the struct ${ret}, which the caller zeroed. A member that is unknown,
 * repeated, missing, of another type or length, or has control characters is noted by name as a
 * field error; but a form's "work" is no handler's where the route asks for work. Errors:
 * ERR_FIELDS when any was noted; ERR_SYNTAX for a body that is not JSON or a form; ERR_NOMEM.
 */
MUST_USE enum err input_read(struct req *r, const struct field *fields, size_t count, void *ret);

/**
 * input_read_object(r, json, prefix, fields, count, ret):
 * As input_read() for the members of an object inside the body; errors name them ${prefix}.name.
 */
MUST_USE enum err input_read_object(struct req *r, const struct cJSON *json, const char *prefix,
    const struct field *fields, size_t count, void *ret);

#endif
