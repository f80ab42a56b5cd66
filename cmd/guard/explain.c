/* What the guard would decide, and why. */
#include "explain.h"

#include <string.h>

#include "access/app.h"
#include "access/guard.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "http/reply.h"
#include "store/user.h"

#define MINUTES_MAX 43200 /* 30 days */

/* The user of ${who}: an id, an address, a username. */
static enum err
find_user(struct req *r, struct db *db, const char *who, const char **ret_id)
{
	char *key = arena_copy(r->arena, who);
	struct user user;
	enum err e = ERR_NOT_FOUND;

	if (key == NULL)
		return (ERR_NOMEM);
	text_lower(key);
	if (id_ok(key))
		e = user_find(db, USER_BY_ID, key, r->arena, &user);
	if (e == ERR_NOT_FOUND)
		e = user_find(db, strchr(key, '@') != NULL ? USER_BY_EMAIL : USER_BY_USERNAME, key,
		    r->arena, &user);
	if (e == ERR_OK)
		*ret_id = user.id;
	return (e);
}

/* Take the query. */
static enum err
read_question(struct req *r, struct guard_question *q)
{
	const char *url = req_query(r, "url"), *method = req_query(r, "method");
	const char *from = req_query(r, "from"), *mfa = req_query(r, "mfa"), *why = NULL;
	int64_t minutes;
	enum err e;

	*q = (struct guard_question){ .address = from != NULL ? from : r->remote_addr,
		.began_at = clock_ms() };
	if (url == NULL)
		return (req_field_error(r, "url", "is missing"));
	if (method != NULL && !guard_method_ok(method))
		return (req_field_error(r, "method", "must be in capital letters"));
	if (from != NULL && !address_ok(from))
		return (req_field_error(r, "from", "must be an address"));
	if (mfa != NULL && !text_number(mfa, 0, MINUTES_MAX, &minutes))
		return (req_field_error(
		    r, "mfa", "must be so many minutes ago, a whole number from 0 to 43200"));
	if (mfa != NULL) {
		q->amr = "pwd mfa";
		q->began_at -= minutes * 60000;
	}
	e = guard_target_read(url, method != NULL ? method : "GET", r->arena, &q->target, &why);
	return (e == ERR_BAD_REQUEST ? req_field_error(r, "url", why) : e);
}

static enum err
explain(struct req *r, struct guard_question *q, struct guard_decision *ret_decision)
{
	const char *who = req_query(r, "as");
	struct db *db;
	enum err e = ERR_OK;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if (who != NULL && (e = find_user(r, db, who, &q->user_id)) == ERR_NOT_FOUND)
		e = req_field_error(r, "as", "is no user's id, address or username");
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
	json_add_text(&j, "decision", guard_verdict_name(d.verdict));
	json_add_text(&j, "rule", d.rule);
	json_add_text(&j, "rule_id", d.rule_id);
	json_add_text(&j, "reason", d.because);
	return (reply_json(r, 200, &j));
}
