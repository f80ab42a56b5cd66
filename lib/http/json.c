/* JSON read strictly and written whole: cJSON behind checks it lacks, allocating from the request's
 * arena. */
#include "http/json.h"

#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/text.h"

#define DEPTH_MAX 32
#define MEMBERS_MAX 256
#define VALUES_MAX 4096 /* each takes 64 bytes of the request's arena */
#define QUOTED_MAX 64   /* bytes of a name that is given back to who sent it */

static _Thread_local struct arena *current;

static void *
allocate(size_t len)
{

	return (current == NULL ? NULL : arena_alloc(current, len));
}

static void
release(void *p)
{

	(void)p;
}

static void
set_hooks(void)
{
	cJSON_Hooks hooks = { .malloc_fn = allocate, .free_fn = release };

	cJSON_InitHooks(&hooks);
}

void
json_use(struct arena *a)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	current = a;
	/* Once: cJSON may pass through other values while it sets these. */
	pthread_once(&once, set_hooks);
}

static size_t
count_digits(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	return (i);
}

/* Are ${len} bytes of ${text} one number? cJSON, that is strtod(3), would also take 01, 1. and -.5.
 * Source: RFC 8259 section 6. */
static bool
is_number(const char *text, size_t len)
{
	size_t i = len > 0 && text[0] == '-', n;

	if ((n = count_digits(text + i, len - i)) == 0 || (n > 1 && text[i] == '0'))
		return (false);
	i += n;
	if (i < len && text[i] == '.') {
		if ((n = count_digits(text + i + 1, len - i - 1)) == 0)
			return (false);
		i += 1 + n;
	}
	if (i < len && (text[i] == 'e' || text[i] == 'E')) {
		i++;
		i += i < len && (text[i] == '+' || text[i] == '-');
		if ((n = count_digits(text + i, len - i)) == 0)
			return (false);
		i += n;
	}
	return (i == len);
}

/* How many bytes of ${text} cJSON takes for a number: 0 when none begins here. */
static size_t
number_len(const char *text, size_t len)
{
	size_t i = 0;

	if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
		return (0);
	while (i < len && text[i] != '\0' && strchr("0123456789+-.eE", text[i]) != NULL)
		i++;
	return (i);
}

/* What a scan has seen so far. */
struct scan {
	unsigned int depth;
	unsigned int values;
};

/* What is wrong between two strings that begins at ${*i}, which is moved to the last byte looked
 * at. */
static const char *
scan_outside(const char *text, size_t len, size_t *i, struct scan *s)
{
	const char c = text[*i];
	size_t n;

	if ((unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r')
		return ("the JSON has a control character");
	/* Before each value but the outermost stands one of these. */
	if ((c == '{' || c == '[' || c == ',') && ++s->values > VALUES_MAX)
		return ("the JSON has too many values");
	if (c == '{' || c == '[')
		return (++s->depth > DEPTH_MAX ? "the JSON is nested too deeply" : NULL);
	if ((c == '}' || c == ']') && s->depth > 0)
		s->depth--;
	if ((n = number_len(text + *i, len - *i)) > 0) {
		if (!is_number(text + *i, n))
			return ("a number is malformed");
		*i += n - 1;
	}
	return (NULL);
}

/* A backslash begins at ${text}. For \u and no digits cJSON would read U+0000, too. */
static const char *
check_escape(const char *text, size_t len)
{
	size_t i;

	if (len < 2 || text[1] != 'u')
		return (NULL);
	for (i = 2; i < 6; i++)
		if (i >= len || !isxdigit((unsigned char)text[i]))
			return ("a string has a malformed escape");
	if (memcmp(text + 2, "0000", 4) == 0)
		return ("a string has the character U+0000");
	return (NULL);
}

/* What no parse may let through, found in one pass over the text; NULL when there is nothing. */
static const char *
scan(const char *text, size_t len)
{
	const char *detail = NULL;
	bool in_string = false;
	struct scan s = { .depth = 0 };
	size_t i;

	for (i = 0; i < len && detail == NULL; i++) {
		if (text[i] == '"') {
			in_string = !in_string;
		} else if (!in_string) {
			detail = scan_outside(text, len, &i, &s);
		} else if ((unsigned char)text[i] < 0x20) {
			detail = "a string has a control character that is not escaped";
		} else if (text[i] == '\\') {
			detail = check_escape(text + i, len - i);
			i++;
		}
	}
	return (detail);
}

static const char *
say_twice(const char *name, struct arena *a)
{
	const char *detail = arena_print(
	    a, "the member \"%.*s\" is there twice", (int)text_cut(name, QUOTED_MAX), name);

	return (detail != NULL ? detail : "a member is there twice");
}

/* The first thing wrong with the members of ${object} itself. */
static const char *
check_members(const cJSON *object, struct arena *a)
{
	const cJSON *one, *other;
	unsigned int count = 0;

	for (one = object->child; one != NULL; one = one->next)
		if (++count > MEMBERS_MAX)
			return ("an object or list has too many members");
	if (!cJSON_IsObject(object))
		return (NULL);
	for (one = object->child; one != NULL; one = one->next)
		for (other = one->next; other != NULL; other = other->next)
			if (strcmp(one->string, other->string) == 0)
				return (say_twice(one->string, a));
	return (NULL);
}

/* As check_members(), for ${item} and everything below it; never deeper than DEPTH_MAX. */
static const char *
check_tree(const cJSON *item, struct arena *a)
{
	const char *detail;
	const cJSON *child;

	if (cJSON_IsNumber(item) && !isfinite(item->valuedouble))
		return ("a number is too large");
	if ((detail = check_members(item, a)) != NULL)
		return (detail);
	for (child = item->child; child != NULL; child = child->next)
		if ((detail = check_tree(child, a)) != NULL)
			return (detail);
	return (NULL);
}

enum err
json_parse(
    const char *text, size_t len, struct arena *a, struct cJSON **ret_json, const char **ret_detail)
{
	const char *end = NULL;
	cJSON *json;

	*ret_detail = NULL;
	if (!text_utf8_ok(text, len)) {
		*ret_detail = "the body is not valid UTF-8";
		return (ERR_SYNTAX);
	}
	if ((*ret_detail = scan(text, len)) != NULL)
		return (ERR_SYNTAX);
	json_use(a);
	json = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	while (json != NULL && end < text + len && strchr(" \t\r\n", *end) != NULL)
		end++;
	if (json == NULL || end != text + len) {
		*ret_detail = "the body is not valid JSON";
		return (ERR_SYNTAX);
	}
	if ((*ret_detail = check_tree(json, a)) != NULL)
		return (ERR_SYNTAX);
	*ret_json = json;
	return (ERR_OK);
}

/* Take the nulls out of what is new: they say that there be nothing. */
static void
drop_nulls(cJSON *object)
{
	cJSON *item, *next;

	for (item = object->child; item != NULL; item = next) {
		next = item->next;
		if (cJSON_IsNull(item))
			cJSON_DetachItemViaPointer(object, item);
		else if (cJSON_IsObject(item))
			drop_nulls(item);
	}
}

/* Put ${item}, which is in no tree, where its name is in ${target}, or behind all. */
static bool
put(cJSON *target, cJSON *old, cJSON *item)
{

	if (cJSON_IsObject(item))
		drop_nulls(item);
	if (old != NULL)
		return (cJSON_ReplaceItemViaPointer(target, old, item));
	return (cJSON_AddItemToObject(target, item->string, item));
}

static bool
merge(cJSON *target, cJSON *patch)
{
	cJSON *item, *next, *old;

	for (item = patch->child; item != NULL; item = next) {
		next = item->next;
		old = cJSON_GetObjectItemCaseSensitive(target, item->string);
		if (cJSON_IsNull(item)) {
			if (old != NULL)
				cJSON_DetachItemViaPointer(target, old);
		} else if (cJSON_IsObject(item) && cJSON_IsObject(old)) {
			if (!merge(old, item))
				return (false);
		} else if (!put(target, old, cJSON_DetachItemViaPointer(patch, item))) {
			return (false);
		}
	}
	return (true);
}

bool
json_merge(struct cJSON *target, struct cJSON *patch, struct arena *a)
{

	json_use(a);
	return (merge(target, patch));
}

/* What is left of ${values} after ${item} and all in it; negative when they, or the levels, are not
 * enough. */
static int
count_values(const cJSON *item, int values, int levels)
{
	const cJSON *child;

	if (levels == 0)
		return (-1);
	for (child = item->child; child != NULL && values >= 0; child = child->next)
		values = count_values(child, values - 1, levels - 1);
	return (values);
}

bool
json_within(const struct cJSON *tree, int values, int levels)
{

	return (count_values(tree, values, levels) >= 0);
}

/* From now on allocate for ${j}. */
static void
resume(const struct json *j)
{

	current = j->arena;
}

struct json
json_object(struct arena *a)
{
	struct json j = { .arena = a };

	json_use(a);
	j.root = cJSON_CreateObject();
	j.failed = j.root == NULL;
	return (j);
}

/* Add ${item}, which may be NULL for a failed allocation. */
static void
add(struct json *j, const char *name, cJSON *item)
{

	if (j->failed || item == NULL || !cJSON_AddItemToObjectCS(j->root, name, item))
		j->failed = true;
}

void
json_add_text(struct json *j, const char *name, const char *text)
{

	resume(j);
	add(j, name, text == NULL ? cJSON_CreateNull() : cJSON_CreateString(text));
}

void
json_add_number(struct json *j, const char *name, int64_t number)
{

	resume(j);
	add(j, name, cJSON_CreateNumber((double)number));
}

void
json_add_bool(struct json *j, const char *name, bool value)
{

	resume(j);
	add(j, name, cJSON_CreateBool(value));
}

void
json_add_time(struct json *j, const char *name, int64_t at)
{
	const char *text = clock_print(j->arena, at);

	resume(j);
	add(j, name, text == NULL ? NULL : cJSON_CreateString(text));
}

void
json_add_time_or_null(struct json *j, const char *name, int64_t at)
{

	if (at == 0)
		json_add_text(j, name, NULL);
	else
		json_add_time(j, name, at);
}

void
json_add_raw(struct json *j, const char *name, const char *raw)
{

	resume(j);
	add(j, name, raw == NULL ? NULL : cJSON_CreateRaw(raw));
}

void
json_add_tree(struct json *j, const char *name, struct cJSON *tree)
{

	resume(j);
	add(j, name, tree);
}

void
json_add_texts(struct json *j, const char *name, char *const *texts, size_t count)
{

	resume(j);
	add(j, name, cJSON_CreateStringArray((const char *const *)texts, (int)count));
}

struct cJSON *
json_add_array(struct json *j, const char *name)
{
	cJSON *array;

	resume(j);
	array = cJSON_CreateArray();
	add(j, name, array);
	return (array);
}

void
json_append_text(struct json *j, struct cJSON *array, const char *text)
{

	resume(j);
	if (array == NULL || !cJSON_AddItemToArray(array, cJSON_CreateString(text)))
		j->failed = true;
}

void
json_append(struct json *j, struct cJSON *array, struct json *item)
{

	if (j->failed || item->failed || !cJSON_AddItemToArray(array, item->root))
		j->failed = true;
}

/* Have the numbers of ${item} and below printed to the last digit: cJSON would round
 * 9007199254740991. */
static bool
spell_numbers(cJSON *item, struct arena *a)
{
	char text[32];
	cJSON *child;

	if (cJSON_IsNumber(item)) {
		snprintf(text, sizeof text, "%.15g", item->valuedouble);
		if (strtod(text, NULL) != item->valuedouble)
			snprintf(text, sizeof text, "%.17g", item->valuedouble);
		item->type = (item->type & ~cJSON_Number) | cJSON_Raw;
		return ((item->valuestring = arena_copy(a, text)) != NULL);
	}
	for (child = item->child; child != NULL; child = child->next)
		if (!spell_numbers(child, a))
			return (false);
	return (true);
}

char *
json_print_tree(struct cJSON *tree, struct arena *a)
{

	json_use(a);
	return (spell_numbers(tree, a) ? cJSON_PrintUnformatted(tree) : NULL);
}

char *
json_print(struct json *j)
{

	return (j->failed ? NULL : json_print_tree(j->root, j->arena));
}
