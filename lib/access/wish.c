/* Which users somebody wants to see listed. */
#include "access/wish.h"

#include <string.h>

#include "base/cursor.h"
#include "base/id.h"
#include "base/text.h"

#define LIMIT_USUAL 50
#define TEXT_MIN 3   /* characters: the index is of trigrams */
#define TEXT_MAX 100 /* bytes */

static const char *const orders[] = {
	[USER_ORDER_CREATED] = "created",
	[USER_ORDER_EMAIL] = "email",
	[USER_ORDER_USERNAME] = "username",
	[USER_ORDER_ACTIVE] = "last_active",
};

static enum err
read_bool(struct req *r, const char *name, const char *value, enum user_wish *ret_wish)
{

	if (strcmp(value, "true") == 0)
		*ret_wish = USER_YES;
	else if (strcmp(value, "false") == 0)
		*ret_wish = USER_NO;
	else
		return (req_field_error(r, name, "must be true or false"));
	return (ERR_OK);
}

static enum err
read_enabled(struct req *r, const char *value, struct wish *w)
{

	return (read_bool(r, "enabled", value, &w->filter.enabled));
}

static enum err
read_locked(struct req *r, const char *value, struct wish *w)
{

	return (read_bool(r, "locked", value, &w->filter.locked));
}

static enum err
read_confirmed(struct req *r, const char *value, struct wish *w)
{

	return (read_bool(r, "email_confirmed", value, &w->filter.email_confirmed));
}

static enum err
read_role(struct req *r, const char *value, struct wish *w)
{

	(void)r;
	w->role = value;
	return (ERR_OK);
}

static enum err
read_text(struct req *r, const char *value, struct wish *w)
{
	const char *p;
	size_t characters = 0;

	for (p = value; *p != '\0'; p++)
		characters += ((unsigned char)*p & 0xc0) != 0x80;
	if (characters < TEXT_MIN || strlen(value) > TEXT_MAX || !text_control_free(value))
		return (req_field_error(r, "q",
		    "must have at least 3 characters, at most 100 bytes, and no control "
		    "characters"));
	w->filter.text = value;
	return (ERR_OK);
}

static enum err
read_order(struct req *r, const char *value, struct wish *w)
{
	const char *name = value[0] == '-' ? value + 1 : value;
	size_t i;

	w->filter.descending = value[0] == '-';
	for (i = 0; i < COUNT(orders); i++)
		if (strcmp(orders[i], name) == 0) {
			w->filter.order = (enum user_order)i;
			return (ERR_OK);
		}
	return (req_field_error(r, "order",
	    "must be created, email, username or last_active, or one with a '-' before it"));
}

static enum err
read_limit(struct req *r, const char *value, struct wish *w)
{

	if (text_number(value, 1, USER_PAGE_MAX, &w->limit))
		return (ERR_OK);
	return (req_field_error(r, "limit", "must be a number from 1 to 200"));
}

/* What kind of list a place belongs to: a search goes by other numbers than the rest. */
static const char *
kind_of(const struct wish *w, struct arena *a)
{

	return (arena_print(a, "%s%s%s", w->filter.descending ? "-" : "", orders[w->filter.order],
	    w->filter.text != NULL ? "?" : ""));
}

/* Once order and q are known. */
static enum err
read_after(struct req *r, const char *value, struct wish *w)
{
	const char *parts[4], *kind = kind_of(w, r->arena);
	int64_t number = 0;

	if (kind == NULL)
		return (ERR_NOMEM);
	if (!cursor_parse(value, r->arena, parts, COUNT(parts)) || strcmp(parts[0], kind) != 0 ||
	    !id_ok(parts[2]) || !text_number(parts[3], 0, INT64_MAX, &number) ||
	    (w->filter.order == USER_ORDER_ACTIVE &&
	        !text_number(parts[1], 0, INT64_MAX, &(int64_t){ 0 })))
		return (req_field_error(r, "after", "is no \"next\" of such a list"));
	w->place = (struct user_place){ .key = parts[1], .id = parts[2], .number = number };
	w->after = &w->place;
	return (ERR_OK);
}

const char *
wish_cursor(const struct wish *w, const struct user_place *next, struct arena *a)
{
	const char *kind = kind_of(w, a), *number = arena_print(a, "%lld", (long long)next->number);
	const char *const parts[] = { kind, next->key, next->id, number };

	if (kind == NULL || number == NULL)
		return (NULL);
	return (cursor_print(a, parts, COUNT(parts)));
}

static const struct parameter {
	const char *name;
	enum err (*read)(struct req *r, const char *value, struct wish *w);
} parameters[] = {
	{ "enabled", read_enabled },
	{ "locked", read_locked },
	{ "email_confirmed", read_confirmed },
	{ "role", read_role },
	{ "q", read_text },
	{ "order", read_order },
	{ "limit", read_limit },
	{ "after", read_after },
};

bool
wish_knows(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(parameters); i++)
		if (strcmp(name, parameters[i].name) == 0)
			return (true);
	return (false);
}

enum err
wish_read(struct req *r, const char *(*get)(void *arg, const char *name), void *arg,
    struct wish *ret_wish)
{
	const char *value;
	enum err e;
	size_t i;

	memset(ret_wish, 0, sizeof *ret_wish);
	ret_wish->limit = LIMIT_USUAL;
	for (i = 0; i < COUNT(parameters); i++)
		if ((value = get(arg, parameters[i].name)) != NULL &&
		    (e = parameters[i].read(r, value, ret_wish)) != ERR_OK)
			return (e);
	if (ret_wish->filter.order != USER_ORDER_CREATED &&
	    (ret_wish->role != NULL || ret_wish->filter.text != NULL))
		return (req_field_error(
		    r, "order", "goes with q and role only as created or -created"));
	return (ERR_OK);
}
