/* How much there is, and how long it is kept. */
#include "keep.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/audit_keep.h"
#include "access/audit_stats.h"
#include "access/subject.h"
#include "base/clock.h"
#include "http/input.h"
#include "http/reply.h"

#define DAY_MS ((int64_t)86400000)
#define DAYS_USUAL 30

static enum err
reply_days(struct req *r, int64_t days)
{
	struct json j = json_object(r->arena);

	if (days == 0)
		json_add_text(&j, "keep_days", NULL);
	else
		json_add_number(&j, "keep_days", days);
	return (reply_json(r, 200, &j));
}

enum err
keep_get(struct req *r)
{
	struct db *db;
	int64_t days;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = audit_keep_find(db, r->app->master, &days);
	store_read_end(r->app->store, db);
	if (e == ERR_CRYPTO)
		return (req_fail(
		    r, e, "somebody else than Yett has set how long rows are kept: set it again"));
	return (e == ERR_OK ? reply_days(r, days) : e);
}

struct change {
	struct req *req;
	int64_t keep_days; /* 0: for good */
};

static enum err
run_set(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	struct json details = json_object(r->arena);
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK)
		return (e);
	if (c->keep_days == 0)
		json_add_text(&details, "keep_days", NULL);
	else
		json_add_number(&details, "keep_days", c->keep_days);
	if ((e = audit_note(tx, r,
	         &(struct event){ .action = "audit.retention_set",
	             .object_type = "audit",
	             .details = &details })) != ERR_OK)
		return (e);
	return (audit_keep_set(tx, r->app->master, c->keep_days));
}

enum err
keep_set(struct req *r)
{
	static const struct field fields[] = {
		{ "keep_days", FIELD_NUMBER, offsetof(struct change, keep_days), AUDIT_KEEP_MIN,
		    AUDIT_KEEP_MAX, FIELD_NULLABLE },
	};
	struct change c = { .req = r };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = store_write(r->app->store, run_set, &c)) != ERR_OK)
		return (e);
	return (reply_days(r, c.keep_days));
}

/* The day that ${name} says; false when it says none. */
static bool
read_day(struct req *r, const char *name, int64_t *ret_at)
{
	const char *value = req_query(r, name);

	if (value == NULL || audit_stats_day(value, ret_at))
		return (true);
	(void)req_field_error(r, name, "must be a day such as 2027-01-31");
	return (false);
}

static void
add_stats(struct json *j, const struct audit_stats *s, struct arena *a)
{
	struct cJSON *actions, *days;
	struct json item;
	size_t i;

	json_add_text(j, "from", audit_stats_print(s->first_day, a));
	json_add_text(j, "to", audit_stats_print(s->first_day + (int64_t)s->days_count - 1, a));
	json_add_number(j, "total", s->total);
	actions = json_add_array(j, "actions");
	for (i = 0; i < s->actions_count; i++) {
		item = json_object(a);
		json_add_text(&item, "action", s->actions[i].name);
		json_add_number(&item, "count", s->actions[i].count);
		json_append(j, actions, &item);
	}
	days = json_add_array(j, "days");
	for (i = 0; i < s->days_count; i++) {
		item = json_object(a);
		json_add_text(&item, "day", audit_stats_print(s->first_day + (int64_t)i, a));
		json_add_number(&item, "count", s->days[i]);
		json_append(j, days, &item);
	}
}

enum err
keep_get_stats(struct req *r)
{
	struct audit_stats *s = arena_alloc(r->arena, sizeof *s);
	struct json j = json_object(r->arena);
	int64_t to = clock_ms(), from;
	struct db *db;
	enum err e;

	if (s == NULL)
		return (ERR_NOMEM);
	if (!read_day(r, "to", &to))
		return (ERR_FIELDS);
	from = to - (DAYS_USUAL - 1) * DAY_MS;
	from = from < 0 ? 0 : from;
	if (!read_day(r, "from", &from))
		return (ERR_FIELDS);
	if (from > to)
		return (req_field_error(r, "from", "must not be after to"));
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = audit_stats_read(db, from, to, r->arena, s);
	store_read_end(r->app->store, db);
	if (e == ERR_TOO_LARGE)
		return (req_field_error(r, "from", "must be at most 366 days before to"));
	if (e != ERR_OK)
		return (e);
	add_stats(&j, s, r->arena);
	return (reply_json(r, 200, &j));
}
