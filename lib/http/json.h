/* JSON read strictly and written whole: cJSON behind checks it lacks, allocating from the request's
 * arena. */
#ifndef HTTP_JSON_H
#define HTTP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct cJSON;

/**
 * json_use(a):
 * From now on cJSON allocates from ${a} in this thread, and frees nothing. NULL ends it.
 */
void json_use(struct arena *a);

/**
 * json_parse(text, len, a, ret_json, ret_detail):
 * Parse ${len} bytes of ${text} into a tree owned by ${a}. Refused beyond what cJSON refuses:
 * invalid UTF-8, the escape \u0000 (cJSON would cut the string there), control characters in
 * strings and as white space, numbers such as 01, 1. and 1e999, more than 32 levels, more than 256
 * members of an object or list, more than 4096 values in all, a member named twice, anything after
 * the value. ${ret_detail} then says which, for the client. Errors: ERR_SYNTAX.
 * Source: RFC 8259; RFC 7493 section 2.
 */
MUST_USE enum err json_parse(const char *text, size_t len, struct arena *a, struct cJSON **ret_json,
    const char **ret_detail);

/**
 * json_merge(target, patch, a):
 * Change the object ${target} as ${patch} says: members that are null go, objects are merged level
 * by level, all else takes the place of what was there. Both are trees owned by ${a}, and the patch
 * is good for nothing else afterwards. False when ${a} is full.  Source: RFC 7396 section 2.
 */
bool json_merge(struct cJSON *target, struct cJSON *patch, struct arena *a);

/**
 * json_within(tree, values, levels):
 * Has ${tree} at most so many values in all, and is it nested at most so many levels deep?
 */
bool json_within(const struct cJSON *tree, int values, int levels);

/* An object being built; a failed allocation is remembered until json_print(). Each call allocates
 * from its arena, whichever json_use() named last: between two calls store_write() may have run
 * another request's work in this thread. */
struct json {
	struct arena *arena;
	struct cJSON *root;
	bool failed;
};

/**
 * json_object(a):
 * An empty object, in ${a}.
 */
struct json json_object(struct arena *a);

/**
 * json_add_text(j, name, text), json_add_time(j, name, at), ...:
 * Add a member. A NULL text becomes null; a time (Unix milliseconds) RFC 3339, of
 * json_add_time_or_null() null when it is 0; a raw text must be JSON already; a tree is part of
 * ${j} from then on. The names are not copied: they must live as long as ${j}.
 */
void json_add_text(struct json *j, const char *name, const char *text);
void json_add_number(struct json *j, const char *name, int64_t number);
void json_add_bool(struct json *j, const char *name, bool value);
void json_add_time(struct json *j, const char *name, int64_t at);
void json_add_time_or_null(struct json *j, const char *name, int64_t at);
void json_add_raw(struct json *j, const char *name, const char *raw);
void json_add_tree(struct json *j, const char *name, struct cJSON *tree);
void json_add_texts(struct json *j, const char *name, char *const *texts, size_t count);

/**
 * json_add_array(j, name), json_append(j, array, item), json_append_text(j, array, text):
 * Add an empty array; append a finished object to it, or a text.
 */
struct cJSON *json_add_array(struct json *j, const char *name);
void json_append_text(struct json *j, struct cJSON *array, const char *text);
void json_append(struct json *j, struct cJSON *array, struct json *item);

/**
 * json_print(j):
 * The text of ${j}, without white space, owned by its arena.
 * Errors: NULL when an allocation failed here or before.
 */
char *json_print(struct json *j);

/**
 * json_print_tree(tree, a):
 * The text of ${tree}, without white space, owned by ${a}, numbers to the last digit that a double
 * has. The tree is good for nothing else afterwards. Errors: NULL when ${a} is full.
 */
char *json_print_tree(struct cJSON *tree, struct arena *a);

#endif
