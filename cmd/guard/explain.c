/* What the guard would decide, and why. */
#include "explain.h"

#include "access/app.h"
#include "access/guard_admin.h"
#include "base/clock.h"
#include "http/reply.h"
#include "store/user.h"

/* Take the query. */
static enum err
read_question(struct req *r, struct guard_question *q)
{
	const struct guard_asked asked = { .url = req_query(r, "url"),
		.method = req_query(r, "method"),
		.from = req_query(r, "from"),
		.mfa = req_query(r, "mfa") };
	const char *field, *why;
	enum err e;

	e = guard_admin_question(&asked, r->remote_addr, clock_ms(), r->arena, q, &field, &why);
	return (e == ERR_FIELDS ? req_field_error(r, field, why) : e);
}

static enum err
explain(struct req *r, struct guard_question *q, struct guard_decision *ret_decision)
{
	const char *who = req_query(r, "as");
	struct user user;
	struct db *db;
	enum err e = ERR_OK;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if (who != NULL && (e = user_find_any(db, who, r->arena, &user)) == ERR_NOT_FOUND)
		e = req_field_error(r, "as", "is no user's id, address or username");
	q->user_id = who != NULL && e == ERR_OK ? user.id : NULL;
	if (e == ERR_OK)
		e = guard_explain(&r->app->conf, db, q, r->arena, ret_decision);
	store_read_end(r->app->store, db);
	return (e);
}

enum err
explain_get(struct req *r)
{
	struct json j = json_object(r->arena);
	struct guard_question q;
	struct guard_decision d;
	enum err e;

	if ((e = read_question(r, &q)) != ERR_OK || (e = explain(r, &q, &d)) != ERR_OK)
		return (e);
	guard_admin_add_decision(&j, &d);
	return (reply_json(r, 200, &j));
}
