/* The answer of a handler: what it is. */
#include "http/reply.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "http/form.h"
#include "http/page.h"

enum err
reply_text(struct req *r, int status, const char *type, const char *text)
{

	if (text == NULL)
		return (ERR_NOMEM);
	r->status = status;
	r->type = type;
	r->reply = text;
	r->reply_len = strlen(text);
	return (ERR_OK);
}

enum err
reply_json(struct req *r, int status, struct json *j)
{

	return (reply_text(r, status, "application/json", json_print(j)));
}

void
reply_stream(struct req *r, int status, const char *type,
    enum err (*stream)(struct req *r, struct arena *part, const char **ret_bytes, size_t *ret_len),
    void *state)
{

	r->status = status;
	r->type = type;
	r->stream = stream;
	r->stream_state = state;
}

enum err
reply_none(struct req *r)
{

	r->status = 204;
	return (ERR_OK);
}

enum err
reply_header(struct req *r, const char *name, const char *value)
{

	if (value == NULL)
		return (ERR_NOMEM);
	if (r->headers_count == REQ_REPLY_HEADERS_MAX || strpbrk(value, "\r\n") != NULL)
		return (ERR_INTERNAL);
	r->headers[r->headers_count++] = (struct pair){ .name = name, .value = value };
	return (ERR_OK);
}

enum err
reply_redirect(struct req *r, const char *target, const char *otherwise)
{

	r->status = 303;
	return (reply_header(r, "Location", req_is_local(target) ? target : otherwise));
}

enum err
reply_page(struct req *r, int status, const struct pages *pages, const char *name, struct json *j)
{
	const char *html;
	enum err e;

	json_add_bool(j, "asks_work", r->asks_work);
	json_add_bool(j, "needs_work", r->needs_work);
	if (j->failed)
		return (ERR_NOMEM);
	if ((e = pages_render(pages, name, j->root, r->arena, &html)) != ERR_OK)
		return (e);
	return (reply_text(r, status, "text/html; charset=utf-8", html));
}

/* What is wrong in one line: what the code said, or else the first field, or else only the kind. */
static const char *
detail_of(const struct req *r, enum err e)
{

	if (r->detail != NULL)
		return (r->detail);
	if (r->field_errors_count > 0)
		return (arena_print(
		    r->arena, "%s: %s", r->field_errors[0].name, r->field_errors[0].value));
	return (err_title(e));
}

static void
add_problem(struct json *j, const struct req *r, enum err e)
{
	struct json item;
	struct cJSON *array;
	char *text;
	size_t i;

	json_add_text(j, "type", "about:blank");
	json_add_text(j, "title", err_title(e));
	json_add_number(j, "status", err_status(e));
	json_add_text(j, "detail", detail_of(r, e));
	json_add_text(j, "code", err_slug(e));
	json_add_text(j, "request_id", r->request_id);
	if (r->violated != NULL && (text = arena_copy(r->arena, r->violated)) != NULL)
		json_add_texts(j, "violated-policies", &text, 1);
	if (r->work != NULL)
		json_add_raw(j, "work", r->work);
	if (r->field_errors_count == 0)
		return;
	array = json_add_array(j, "errors");
	for (i = 0; i < r->field_errors_count; i++) {
		item = json_object(r->arena);
		json_add_text(&item, "field", r->field_errors[i].name);
		json_add_text(&item, "detail", r->field_errors[i].value);
		json_append(j, array, &item);
	}
}

void
reply_problem(struct req *r, enum err e)
{
	struct json j = json_object(r->arena);
	const char *text;

	add_problem(&j, r, e);
	/* With the arena full, the shortest answer there is. */
	if ((text = json_print(&j)) == NULL)
		text = "{\"title\":\"Something went wrong "
		       "here\",\"status\":500,\"code\":\"out-of-memory\"}";
	r->status = err_status(e);
	r->type = "application/problem+json";
	r->reply = text;
	r->reply_len = strlen(text);
}

/* To a page each field error is also the member error_FIELD: it is shown next to its field. */
static void
add_field_errors(struct json *j, const struct req *r)
{
	const char *name;
	size_t i;

	for (i = 0; i < r->field_errors_count; i++)
		if ((name = arena_print(r->arena, "error_%s", r->field_errors[i].name)) == NULL)
			j->failed = true;
		else if (!cJSON_HasObjectItem(j->root, name))
			json_add_text(j, name, r->field_errors[i].value);
}

/* Give the page what the form had, so that nobody types it again; secrets are typed again. */
static void
add_typed(struct json *j, const struct req *r)
{
	struct form form;
	size_t i;

	if (!req_is_form(r) || r->body == NULL ||
	    form_parse(r->body, r->body_len, r->arena, &form) != ERR_OK)
		return;
	for (i = 0; i < form.count; i++)
		if (strstr(form.pairs[i].name, "password") == NULL &&
		    strstr(form.pairs[i].name, "token") == NULL &&
		    !cJSON_HasObjectItem(j->root, form.pairs[i].name))
			json_add_text(j, form.pairs[i].name, form.pairs[i].value);
}

enum err
reply_problem_page(
    struct req *r, enum err e, const struct pages *pages, const char *name, const char *site_name)
{
	struct json j = json_object(r->arena);
	const char *is;

	if (j.failed)
		return (ERR_NOMEM);
	add_problem(&j, r, e);
	json_add_text(&j, "said", r->detail);
	json_add_text(&j, "site", site_name);
	json_add_bool(&j, "problem", true);
	/* For a page that says more of one of them. */
	if ((is = arena_print(r->arena, "is_%s", err_slug(e))) == NULL)
		return (ERR_NOMEM);
	json_add_bool(&j, is, true);
	if (!j.failed)
		add_field_errors(&j, r);
	if (!j.failed)
		add_typed(&j, r);
	return (reply_page(r, err_status(e), pages, name, &j));
}
