/* What a query asks of the log. What is not understood is refused: a filter that was left out
 * without a word would show more than was asked for. */
#include "filter.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "http/form.h"

#define TEXT_MAX 200

static bool
is_id(const char *text)
{

	return (id_ok(text));
}

static bool
is_text(const char *text)
{

	return (text[0] != '\0' && strlen(text) <= TEXT_MAX && text_control_free(text));
}

/* "role.assigned", or "role." for all that begin so. */
static bool
is_action(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	const size_t len = strspn(text, letters);

	return (is_text(text) && len > 0 && text[len] == '.' &&
	        text[len + 1 + strspn(text + len + 1, letters)] == '\0');
}

/* A member of the filter that is a text. */
static const struct filter_text {
	const char *name;
	size_t offset;
	bool (*fits)(const char *text);
	const char *must;
} texts[] = {
	{ "action", offsetof(struct audit_filter, action), is_action,
	    "must be an action such as role.assigned, or the beginning of several, role." },
	{ "user", offsetof(struct audit_filter, user_id), is_id, "must be the id of a user" },
	{ "on_behalf_of", offsetof(struct audit_filter, on_behalf_of), is_id,
	    "must be the id of a user" },
	{ "org", offsetof(struct audit_filter, org_id), is_id, "must be the id of an org" },
	{ "key", offsetof(struct audit_filter, key_id), is_id, "must be the id of an API key" },
	{ "object_type", offsetof(struct audit_filter, object_type), is_text,
	    "must have 1 to 200 bytes and no control characters" },
	{ "object", offsetof(struct audit_filter, object_id), is_text,
	    "must have 1 to 200 bytes and no control characters" },
	{ "ip_address", offsetof(struct audit_filter, ip_address), is_text,
	    "must have 1 to 200 bytes and no control characters" },
};

/* Take a text; false when ${name} is none. */
static bool
take_text(struct req *r, struct query *q, const char *name, const char *value, enum err *ret_err)
{
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		if (strcmp(texts[i].name, name) == 0) {
			if (texts[i].fits(value))
				*(const char **)((char *)&q->filter + texts[i].offset) = value;
			else
				*ret_err = req_field_error(r, name, texts[i].must);
			return (true);
		}
	return (false);
}

static enum err
take_words(struct req *r, struct query *q, const char *value)
{
	enum err e = ERR_SYNTAX;

	q->q = value;
	if (strlen(value) <= AUDIT_FIND_Q_MAX)
		e = audit_find_split(value, r->arena, q->filter.words, &q->filter.words_count);
	return (e == ERR_SYNTAX || e == ERR_TOO_LARGE
	            ? req_field_error(r, "q", "must be 1 to 6 words, of at most 200 bytes together")
	            : e);
}

static enum err
take_time(struct req *r, const char *name, const char *value, int64_t *ret_at)
{

	if (clock_parse(value, ret_at) && *ret_at > 0)
		return (ERR_OK);
	return (req_field_error(r, name, "must be a time such as 2027-01-31T12:00:00Z"));
}

static enum err
take_page(struct req *r, struct query *q, const char *name, const char *value)
{

	if (strcmp(name, "limit") == 0)
		return (text_number(value, 1, FILTER_LIMIT_MAX, &q->limit)
		            ? ERR_OK
		            : req_field_error(r, name, "must be a number from 1 to 200"));
	return (text_number(value, 1, INT64_MAX, &q->before)
	            ? ERR_OK
	            : req_field_error(r, name, "must be the \"next\" of the page before"));
}

static enum err
take_format(struct req *r, struct query *q, const char *value)
{

	q->csv = strcmp(value, "csv") == 0;
	return (q->csv || strcmp(value, "ndjson") == 0
	            ? ERR_OK
	            : req_field_error(r, "format", "must be ndjson or csv"));
}

static enum err
take(struct req *r, bool paged, struct query *q, const char *name, const char *value)
{
	enum err e = ERR_OK;

	if (paged && (strcmp(name, "limit") == 0 || strcmp(name, "after") == 0))
		return (take_page(r, q, name, value));
	if (!paged && strcmp(name, "format") == 0)
		return (take_format(r, q, value));
	q->names = arena_print(r->arena, "%s%s%s", q->names, q->names[0] == '\0' ? "" : " ", name);
	if (q->names == NULL)
		return (ERR_NOMEM);
	if (strcmp(name, "q") == 0)
		return (take_words(r, q, value));
	if (strcmp(name, "from") == 0)
		return (take_time(r, name, value, &q->filter.from));
	if (strcmp(name, "to") == 0)
		return (take_time(r, name, value, &q->filter.to));
	if (take_text(r, q, name, value, &e))
		return (e);
	return (req_field_error(
	    r, arena_copy_len(r->arena, name, text_cut(name, 64)), "is not known here"));
}

static enum err
take_all(struct req *r, bool paged, const struct form *form, struct query *q)
{
	enum err e = ERR_OK, one;
	bool repeated;
	size_t i;

	for (i = 0; i < form->count; i++) {
		if (form_get(form, form->pairs[i].name, &repeated) != form->pairs[i].value)
			one = req_field_error(r, form->pairs[i].name, "is there twice");
		else
			one = take(r, paged, q, form->pairs[i].name, form->pairs[i].value);
		if (one != ERR_OK && one != ERR_FIELDS)
			return (one);
		e = one == ERR_OK ? e : one;
	}
	if (e == ERR_OK && q->filter.to != 0 && q->filter.to <= q->filter.from)
		return (req_field_error(r, "to", "must be after from"));
	return (e);
}

enum err
filter_read(struct req *r, bool paged, struct query *ret_query)
{
	struct form *form = arena_alloc(r->arena, sizeof *form);

	memset(ret_query, 0, sizeof *ret_query);
	ret_query->limit = FILTER_LIMIT_USUAL;
	ret_query->before = INT64_MAX;
	ret_query->names = "";
	if (form == NULL)
		return (ERR_NOMEM);
	if (r->query == NULL)
		return (ERR_OK);
	if (form_parse(r->query, strlen(r->query), r->arena, form) != ERR_OK)
		return (req_fail(r, ERR_BAD_REQUEST, "the query is malformed"));
	return (take_all(r, paged, form, ret_query));
}
