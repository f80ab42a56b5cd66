/* Users in lists: as JSON, or as lines of JSON to take elsewhere. */
#include "list.h"

#include <stdbool.h>
#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/profile.h"
#include "access/subject.h"
#include "access/wish.h"
#include "base/clock.h"
#include "http/form.h"
#include "http/reply.h"
#include "reader.h"

/* The request's arena has 1 MiB. A page that would be larger than this ends earlier; the largest
 * user has some 30 KiB. */
#define PAGE_BYTES_MAX 400000
#define TAIL_MAX 2048 /* for what comes after the users, such as the place of the next */
#define SCRATCH_MAX 262144

struct listing {
	struct req *req;
	struct form form; /* the query */
	struct wish wish;
	struct user_page *page;
	struct arena *scratch; /* for one user */
	const char *between;   /* two users */
	char *text;            /* all of the answer: it is not copied once more */
	size_t len;
	bool begun;
};

static bool
put(struct listing *l, const char *text)
{
	const size_t len = strlen(text);

	if (len >= PAGE_BYTES_MAX - l->len)
		return (false);
	memcpy(l->text + l->len, text, len + 1);
	l->len += len;
	return (true);
}

static enum err
put_user(struct listing *l, struct db *db, const struct user_place *place, bool *ret_fits)
{
	struct json j;
	struct user u;
	char *text;
	enum err e;

	if ((e = user_find(db, USER_BY_ID, place->id, l->scratch, &u)) != ERR_OK)
		return (e);
	j = json_object(l->scratch);
	profile_add(&j, &u);
	profile_add_admins(&j, &u);
	if ((text = json_print(&j)) == NULL)
		return (ERR_NOMEM);
	*ret_fits = strlen(text) + 1 < PAGE_BYTES_MAX - l->len &&
	            (!l->begun || put(l, l->between)) && put(l, text);
	l->begun = true;
	arena_reset(l->scratch);
	return (ERR_OK);
}

static enum err
put_page(struct listing *l, struct db *db)
{
	bool fits = true;
	enum err e;
	size_t i;

	for (i = 0; i < l->page->count; i++) {
		if ((e = put_user(l, db, &l->page->items[i], &fits)) != ERR_OK)
			return (e);
		if (fits)
			continue;
		l->page->more = true;
		l->page->next = l->page->items[i - 1];
		break;
	}
	return (ERR_OK);
}

static enum err
find_role(struct listing *l, struct db *db)
{
	struct role role;
	enum err e;

	if (l->wish.role == NULL)
		return (ERR_OK);
	if ((e = role_find_name(db, l->wish.role, l->req->arena, &role)) == ERR_NOT_FOUND)
		return (req_field_error(l->req, "role", "there is no such role"));
	l->wish.filter.role_id = role.id;
	return (e);
}

static enum err
read_page(struct listing *l)
{
	struct req *r = l->req;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = find_role(l, db)) == ERR_OK &&
	    (e = user_list(db, &l->wish.filter, l->wish.after, clock_ms(), (size_t)l->wish.limit,
	         r->arena, l->page)) == ERR_OK)
		e = put_page(l, db);
	store_read_end(r->app->store, db);
	return (e);
}

static const char *
get_parameter(void *arg, const char *name)
{
	bool repeated;

	return (form_get(arg, name, &repeated));
}

/* A filter that is mistyped is not to be a list of everybody. */
static enum err
read_query(struct listing *l)
{
	struct req *r = l->req;
	const char *query = r->query != NULL ? r->query : "", *name;
	bool repeated;
	size_t i;

	if (form_parse(query, strlen(query), r->arena, &l->form) != ERR_OK)
		return (req_fail(r, ERR_BAD_REQUEST, "the query is malformed"));
	for (i = 0; i < l->form.count; i++) {
		name = l->form.pairs[i].name;
		if (!wish_knows(name))
			return (req_field_error(r, name, "is not known here"));
		if (form_get(&l->form, name, &repeated) != NULL && repeated)
			return (req_field_error(r, name, "is there twice"));
	}
	return (wish_read(r, get_parameter, &l->form, &l->wish));
}

/* Fill l->text with ${before} and users, ${between} two of them. */
static enum err
list(struct req *r, struct listing *l, const char *before, const char *between)
{
	enum err e;

	memset(l, 0, sizeof *l);
	l->req = r;
	l->between = between;
	if ((e = reader_check(r)) != ERR_OK || (e = read_query(l)) != ERR_OK)
		return (e);
	if ((l->page = arena_alloc(r->arena, sizeof *l->page)) == NULL ||
	    (l->text = arena_alloc(r->arena, PAGE_BYTES_MAX + TAIL_MAX)) == NULL ||
	    (l->scratch = arena_new(SCRATCH_MAX)) == NULL)
		return (ERR_NOMEM);
	e = put(l, before) ? read_page(l) : ERR_NOMEM;
	json_use(r->arena);
	arena_free(l->scratch);
	return (e);
}

/* ${tail} after the users; NULL when memory is out. */
static const char *
finish(struct listing *l, const char *tail)
{

	if (tail == NULL || strlen(tail) >= TAIL_MAX)
		return (NULL);
	memcpy(l->text + l->len, tail, strlen(tail) + 1);
	return (l->text);
}

enum err
list_get(struct req *r)
{
	const char *next = NULL, *tail = "],\"next\":null}";
	struct listing l;
	enum err e;

	if ((e = list(r, &l, "{\"items\":[", ",")) != ERR_OK)
		return (e);
	if (l.page->more) {
		if ((next = wish_cursor(&l.wish, &l.page->next, r->arena)) == NULL)
			return (ERR_NOMEM);
		tail = arena_print(r->arena, "],\"next\":\"%s\"}", next);
	}
	return (reply_text(r, 200, "application/json", finish(&l, tail)));
}

/* ${text} as it may stand in a query.  Source: RFC 3986 section 2.3. */
static const char *
encode(const char *text, struct arena *a)
{
	static const char hex[] = "0123456789ABCDEF";
	char *to = arena_alloc(a, 3 * strlen(text) + 1), *start = to;

	if (to == NULL)
		return (NULL);
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    strchr("-._~", c) != NULL) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	return (start);
}

/* Where the export goes on: the same query from another place.  Source: RFC 8288. */
static const char *
print_link(struct listing *l)
{
	struct arena *a = l->req->arena;
	const struct form *form = &l->form;
	const char *cursor = wish_cursor(&l->wish, &l->page->next, a), *link, *value;
	size_t i;

	link = cursor == NULL ? NULL : arena_print(a, "</users/export?after=%s", cursor);
	for (i = 0; i < form->count && link != NULL; i++) {
		if (strcmp(form->pairs[i].name, "after") == 0)
			continue;
		value = encode(form->pairs[i].value, a);
		link = value == NULL ? NULL
		                     : arena_print(a, "%s&%s=%s", link, form->pairs[i].name, value);
	}
	return (link == NULL ? NULL : arena_print(a, "%s>; rel=\"next\"", link));
}

/* Who takes everybody along is noted, once for each page. */
static enum err
note_export(struct tx *tx, void *arg)
{
	struct req *r = arg;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK)
		return (e);
	return (audit_note(
	    tx, r, &(struct event){ .action = "users.exported", .object_type = "user" }));
}

enum err
list_export(struct req *r)
{
	struct listing l;
	enum err e;

	if ((e = list(r, &l, "", "\n")) != ERR_OK ||
	    (e = store_write(r->app->store, note_export, r)) != ERR_OK)
		return (e);
	if (l.page->more && (e = reply_header(r, "Link", print_link(&l))) != ERR_OK)
		return (e);
	return (reply_text(r, 200, "application/x-ndjson", finish(&l, l.begun ? "\n" : "")));
}
