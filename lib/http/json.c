/* JSON read strictly and written whole: cJSON behind checks it lacks, allocating from the request's
 * arena. */
#include "http/json.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/text.h"

#define DEPTH_MAX 32
#define MEMBERS_MAX 256

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

void
json_use(struct arena *a)
{
	static cJSON_Hooks hooks = { .malloc_fn = allocate, .free_fn = release };

	current = a;
	/* The same value from every thread; the first call is made before there are any. */
	cJSON_InitHooks(&hooks);
}

/* What no parse may let through, found in one pass over the text; NULL when there is nothing. */
static const char *
scan(const char *text, size_t len)
{
	bool in_string = false;
	unsigned int depth = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		const char c = text[i];

		if (in_string && (unsigned char)c < 0x20)
			return ("a string has a control character that is not escaped");
		if (in_string && c == '\\') {
			if (len - i >= 6 && memcmp(&text[i], "\\u0000", 6) == 0)
				return ("a string has the character U+0000");
			i++;
		} else if (c == '"') {
			in_string = !in_string;
		} else if (!in_string && (c == '{' || c == '[')) {
			if (++depth > DEPTH_MAX)
				return ("the JSON is nested too deeply");
		} else if (!in_string && (c == '}' || c == ']') && depth > 0) {
			depth--;
		} else if (c == '\0') {
			return ("the JSON has a NUL byte");
		}
	}
	return (NULL);
}

/* The first thing wrong with the members of ${object} itself. */
static const char *
check_members(const cJSON *object, struct arena *a)
{
	const cJSON *one, *other;
	unsigned int count = 0;

	for (one = object->child; one != NULL; one = one->next)
		if (++count > MEMBERS_MAX)
			return ("an object has too many members");
	if (!cJSON_IsObject(object))
		return (NULL);
	for (one = object->child; one != NULL; one = one->next)
		for (other = one->next; other != NULL; other = other->next)
			if (strcmp(one->string, other->string) == 0)
				return (arena_print(
				    a, "the member \"%.64s\" is there twice", one->string));
	return (NULL);
}

/* As check_members(), for ${item} and everything below it; never deeper than DEPTH_MAX. */
static const char *
check_tree(const cJSON *item, struct arena *a)
{
	const char *detail;
	const cJSON *child;

	if ((detail = check_members(item, a)) != NULL)
		return (detail);
	for (child = item->child; child != NULL; child = child->next)
		if (child->child != NULL && (detail = check_tree(child, a)) != NULL)
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

	add(j, name, text == NULL ? cJSON_CreateNull() : cJSON_CreateString(text));
}

void
json_add_number(struct json *j, const char *name, int64_t number)
{

	add(j, name, cJSON_CreateNumber((double)number));
}

void
json_add_bool(struct json *j, const char *name, bool value)
{

	add(j, name, cJSON_CreateBool(value));
}

void
json_add_time(struct json *j, const char *name, int64_t at)
{
	const char *text = clock_print(j->arena, at);

	add(j, name, text == NULL ? NULL : cJSON_CreateString(text));
}

void
json_add_raw(struct json *j, const char *name, const char *raw)
{

	add(j, name, raw == NULL ? NULL : cJSON_CreateRaw(raw));
}

void
json_add_tree(struct json *j, const char *name, struct cJSON *tree)
{

	add(j, name, tree);
}

void
json_add_texts(struct json *j, const char *name, char *const *texts, size_t count)
{

	add(j, name, cJSON_CreateStringArray((const char *const *)texts, (int)count));
}

struct cJSON *
json_add_array(struct json *j, const char *name)
{
	cJSON *array = cJSON_CreateArray();

	add(j, name, array);
	return (array);
}

void
json_append(struct json *j, struct cJSON *array, struct json *item)
{

	if (j->failed || item->failed || !cJSON_AddItemToArray(array, item->root))
		j->failed = true;
}

char *
json_print(struct json *j)
{

	return (j->failed ? NULL : cJSON_PrintUnformatted(j->root));
}
