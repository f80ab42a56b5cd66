/* The members of a body, read into a struct by one table an endpoint, from JSON or from a form
 * alike. */
#include "http/input.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "http/route.h"

#define QUOTED_MAX 64 /* bytes of a name that is given back to who sent it */

struct reading {
	struct req *req;
	const char *prefix; /* NULL at the top */
	const struct field *fields;
	size_t count;
	void *ret;
	enum err err;
};

static void
complain(struct reading *in, const char *name, const char *detail)
{

	const int len = (int)text_cut(name, QUOTED_MAX);

	if (in->prefix != NULL)
		name = arena_print(in->req->arena, "%s.%.*s", in->prefix, len, name);
	else
		name = arena_copy_len(in->req->arena, name, (size_t)len);
	if (name == NULL)
		in->err = ERR_NOMEM;
	else if (in->err == ERR_OK || in->err == ERR_FIELDS)
		in->err = req_field_error(in->req, name, detail);
}

static const struct field *
find_field(const struct reading *in, const char *name)
{
	size_t i;

	for (i = 0; i < in->count; i++)
		if (strcmp(in->fields[i].name, name) == 0)
			return (&in->fields[i]);
	return (NULL);
}

/* Is ${text} as ${f} wants it? Else complain of ${name}. */
static bool
check_text(struct reading *in, const struct field *f, const char *name, const char *text)
{
	const size_t len = strlen(text);

	if (len < f->min)
		complain(in, name,
		    len == 0 ? "must not be empty"
		             : arena_print(in->req->arena, "must have at least %zu bytes", f->min));
	else if (len > f->max)
		complain(
		    in, name, arena_print(in->req->arena, "must have at most %zu bytes", f->max));
	else if (!text_control_free(text))
		complain(in, name, "must not have control characters");
	else
		return (true);
	return (false);
}

static void
set_text(struct reading *in, const struct field *f, const char *text)
{

	if (check_text(in, f, f->name, text))
		*(const char **)((char *)in->ret + f->offset) = text;
}

static void
complain_of_number(struct reading *in, const struct field *f)
{

	complain(in, f->name,
	    arena_print(in->req->arena, "must be a whole number from %zu to %zu", f->min, f->max));
}

static void
add_text(
    struct reading *in, const struct field *f, struct text_list *texts, size_t i, const char *text)
{
	const char *name = arena_print(in->req->arena, "%s[%zu]", f->name, i);

	if (name == NULL)
		in->err = ERR_NOMEM;
	else if (text == NULL)
		complain(in, name, "must be a string");
	else if (check_text(in, f, name, text))
		texts->items[texts->count++] = text;
}

static bool
begin_texts(struct reading *in, const struct field *f, size_t count, struct text_list *ret_texts)
{

	if (count > FIELD_TEXTS_MAX) {
		complain(in, f->name, "must have at most 64 items");
		return (false);
	}
	ret_texts->count = 0;
	ret_texts->items = arena_alloc(in->req->arena, (count + 1) * sizeof *ret_texts->items);
	if (ret_texts->items == NULL)
		in->err = ERR_NOMEM;
	return (ret_texts->items != NULL);
}

static void
set_texts_json(struct reading *in, const struct field *f, const cJSON *list)
{
	struct text_list *to = (struct text_list *)(void *)((char *)in->ret + f->offset);
	const cJSON *item;
	size_t i = 0;

	if (!cJSON_IsArray(list)) {
		complain(in, f->name, "must be a list");
		return;
	}
	if (!begin_texts(in, f, (size_t)cJSON_GetArraySize(list), to))
		return;
	cJSON_ArrayForEach(item, list)
	{
		add_text(in, f, to, i++, item->valuestring);
	}
}

/* As scopes are written in OAuth. Source: RFC 6749 section 3.3. */
static void
set_texts_form(struct reading *in, const struct field *f, const char *value)
{
	struct text_list *to = (struct text_list *)(void *)((char *)in->ret + f->offset);
	size_t count = 0, i = 0, len;
	const char *p;

	for (p = value + strspn(value, " "); *p != '\0'; p += len + strspn(p + len, " "), count++)
		len = strcspn(p, " ");
	if (!begin_texts(in, f, count, to))
		return;
	for (p = value + strspn(value, " "); *p != '\0'; p += len + strspn(p + len, " ")) {
		len = strcspn(p, " ");
		add_text(in, f, to, i++, arena_copy_len(in->req->arena, p, len));
	}
}

/* ${number} may have a fraction, or be none that fits. */
static void
set_number(struct reading *in, const struct field *f, double number)
{

	/* Compared before it is cast, which is defined only for what fits; and exact: 2^53 at most.
	 */
	if (number >= (double)f->min && number <= (double)f->max && number <= 9007199254740992.0 &&
	    number == (double)(int64_t)number)
		*(int64_t *)((char *)in->ret + f->offset) = (int64_t)number;
	else
		complain_of_number(in, f);
}

static void
set_json(struct reading *in, const struct field *f, cJSON *item)
{
	char *to = (char *)in->ret + f->offset;

	switch (f->type) {
	case FIELD_TEXT:
		if (cJSON_IsNull(item) && (f->flags & FIELD_NULLABLE) != 0)
			*(const char **)to = "";
		else if (cJSON_IsString(item))
			set_text(in, f, item->valuestring);
		else
			complain(in, f->name, "must be a string");
		break;
	case FIELD_BOOL:
		if (cJSON_IsBool(item))
			*(bool *)to = cJSON_IsTrue(item);
		else
			complain(in, f->name, "must be true or false");
		break;
	case FIELD_NUMBER:
		if (cJSON_IsNull(item) && (f->flags & FIELD_NULLABLE) != 0)
			*(int64_t *)to = 0;
		else if (cJSON_IsNumber(item))
			set_number(in, f, item->valuedouble);
		else
			complain_of_number(in, f);
		break;
	case FIELD_FLAG:
		if (cJSON_IsBool(item))
			*(enum flag *)to = cJSON_IsTrue(item) ? FLAG_YES : FLAG_NO;
		else
			complain(in, f->name, "must be true or false");
		break;
	case FIELD_TIME:
		if (cJSON_IsNull(item))
			*(int64_t *)to = 0;
		else if (!cJSON_IsString(item) || !clock_parse(item->valuestring, (int64_t *)to))
			complain(in, f->name, "must be a time such as 2027-01-31T12:00:00Z");
		break;
	case FIELD_TEXTS:
		set_texts_json(in, f, item);
		break;
	case FIELD_OBJECT:
		if (cJSON_IsObject(item) ||
		    (cJSON_IsNull(item) && (f->flags & FIELD_NULLABLE) != 0))
			*(cJSON **)to = item;
		else
			complain(in, f->name, "must be an object");
		break;
	}
}

static void
set_form_bool(struct reading *in, const struct field *f, const char *value)
{
	static const char *const yes[] = { "true", "1", "on", "yes" }, *const no[] = { "false", "0",
		"off", "no" };
	char *to = (char *)in->ret + f->offset;
	bool is;
	size_t i;

	for (i = 0; i < COUNT(yes); i++) {
		if (!(is = strcmp(value, yes[i]) == 0) && strcmp(value, no[i]) != 0)
			continue;
		if (f->type == FIELD_BOOL)
			*(bool *)to = is;
		else
			*(enum flag *)to = is ? FLAG_YES : FLAG_NO;
		return;
	}
	complain(in, f->name, "must be true or false");
}

static void
set_form(struct reading *in, const struct field *f, const char *value)
{
	const char *detail;
	cJSON *json;

	switch (f->type) {
	case FIELD_TEXT:
		/* A browser sends the fields that were left empty, too. */
		if (value[0] != '\0' || (f->flags & FIELD_OPTIONAL) == 0 ||
		    (f->flags & FIELD_NULLABLE) != 0)
			set_text(in, f, value);
		return;
	case FIELD_BOOL:
	case FIELD_FLAG:
		set_form_bool(in, f, value);
		return;
	case FIELD_NUMBER:
		if (value[0] == '\0' && (f->flags & FIELD_OPTIONAL) != 0)
			return;
		if (!text_number(value, (int64_t)f->min, (int64_t)f->max,
		        (int64_t *)((char *)in->ret + f->offset)))
			complain_of_number(in, f);
		return;
	case FIELD_TIME:
		if (value[0] != '\0' &&
		    !clock_parse(value, (int64_t *)((char *)in->ret + f->offset)))
			complain(in, f->name, "must be a time such as 2027-01-31T12:00:00Z");
		return;
	case FIELD_TEXTS:
		set_texts_form(in, f, value);
		return;
	case FIELD_OBJECT:
		if (json_parse(value, strlen(value), in->req->arena, &json, &detail) != ERR_OK)
			complain(in, f->name, "must be a JSON object");
		else
			set_json(in, f, json);
		return;
	}
}

/* Complain of every field that must be there and is not. */
static void
check_missing(struct reading *in, bool (*has)(const void *body, const char *name), const void *body)
{
	size_t i;

	for (i = 0; i < in->count; i++)
		if ((in->fields[i].flags & FIELD_OPTIONAL) == 0 && !has(body, in->fields[i].name))
			complain(in, in->fields[i].name, "is missing");
}

static bool
json_has(const void *body, const char *name)
{

	return (cJSON_GetObjectItemCaseSensitive(body, name) != NULL);
}

static bool
form_has(const void *body, const char *name)
{
	bool repeated;

	return (form_get(body, name, &repeated) != NULL);
}

static void
read_json(struct reading *in, const cJSON *object)
{
	const struct field *f;
	cJSON *item;

	for (item = object->child; item != NULL; item = item->next)
		if ((f = find_field(in, item->string)) == NULL)
			complain(in, item->string, "is not known here");
		else
			set_json(in, f, item);
	check_missing(in, json_has, object);
}

/* A proof of work, which was looked at before the handler: see server.h. */
static bool
is_work(const struct req *r, const char *name)
{

	return (r->route != NULL && r->route->work && strcmp(name, "work") == 0);
}

static void
read_form(struct reading *in, const struct form *form)
{
	const struct field *f;
	const char *name;
	bool repeated;
	size_t i;

	for (i = 0; i < form->count; i++) {
		name = form->pairs[i].name;
		f = find_field(in, name);
		if (f == NULL && !is_work(in->req, name))
			complain(in, name, "is not known here");
		else if (form_get(form, name, &repeated) != form->pairs[i].value)
			complain(in, name, "is there twice");
		else if (f != NULL)
			set_form(in, f, form->pairs[i].value);
	}
	check_missing(in, form_has, form);
}

enum err
input_read_object(struct req *r, const struct cJSON *json, const char *prefix,
    const struct field *fields, size_t count, void *ret)
{
	struct reading in = {
		.req = r, .prefix = prefix, .fields = fields, .count = count, .ret = ret
	};

	read_json(&in, json);
	return (in.err);
}

enum err
input_read(struct req *r, const struct field *fields, size_t count, void *ret)
{
	struct reading in = { .req = r, .fields = fields, .count = count, .ret = ret };
	struct form form;
	const char *detail;
	cJSON *json;
	enum err e;

	if (req_is_form(r)) {
		if (form_parse(r->body, r->body_len, r->arena, &form) != ERR_OK)
			return (req_fail(r, ERR_SYNTAX, "the body is not a well-formed form"));
		read_form(&in, &form);
		return (in.err);
	}
	if ((e = json_parse(r->body, r->body_len, r->arena, &json, &detail)) != ERR_OK)
		return (
		    req_fail(r, e, "%s", detail != NULL ? detail : "the body is not valid JSON"));
	if (!cJSON_IsObject(json))
		return (req_fail(r, ERR_SYNTAX, "the body must be a JSON object"));
	read_json(&in, json);
	return (in.err);
}
