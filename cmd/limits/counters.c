/* How it stands with the count of one user, org, API key, network or route. */
#include "counters.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "http/reply.h"
#include "target.h"

static int64_t
seconds(int64_t ms)
{

	return ((ms + 999) / 1000);
}

static enum err
reply_counter(struct req *r, const struct limit_policy *policy, const char *of)
{
	struct json j = json_object(r->arena);
	struct tally t;
	enum err e;

	if ((e = quota_tell(r->app->counts, policy, of, r->arena, &t)) != ERR_OK)
		return (e);
	json_add_text(&j, "policy", policy->name);
	json_add_number(&j, "limit_count", policy->limit_count);
	json_add_number(&j, "window_sec", policy->window_sec);
	json_add_number(&j, "remaining", t.left);
	json_add_number(&j, "retry_after_sec", seconds(t.wait_ms));
	json_add_number(&j, "reset_sec", seconds(t.whole_ms));
	return (reply_json(r, 200, &j));
}

enum err
counters_get(struct req *r)
{
	char of[QUOTA_OF_SIZE];
	struct limit_policy policy;
	struct target t;
	struct db *db;
	enum err e;

	target_read_query(r, &t);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = limit_policy_find(db, r->id, r->arena, &policy)) == ERR_OK)
		e = target_count_of(r, db, &policy, &t, of);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_counter(r, &policy, of) : e);
}

struct reset {
	struct req *req;
	struct target target;
	struct limit_policy policy;
	char of[QUOTA_OF_SIZE];
};

static enum err
write_reset(struct tx *tx, void *arg)
{
	struct reset *s = arg;
	struct req *r = s->req;
	struct json details = json_object(r->arena);
	const struct event ev = { .action = "limit.reset",
		.object_type = "limit",
		.object_id = r->id,
		.details = &details };
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (e = limit_policy_find(tx_db(tx), r->id, r->arena, &s->policy)) != ERR_OK ||
	    (e = target_count_of(r, tx_db(tx), &s->policy, &s->target, s->of)) != ERR_OK ||
	    (e = target_mean(r, s->policy.scope, &s->target)) != ERR_OK)
		return (e);
	json_add_text(&details, "name", s->policy.name);
	target_add(&details, s->policy.scope, &s->target.means);
	return (audit_note(tx, r, &ev));
}

enum err
counters_reset(struct req *r)
{
	struct reset s = { .req = r };
	enum err e;

	if ((e = target_read_body(r, &s.target)) != ERR_OK ||
	    (e = store_write(r->app->store, write_reset, &s)) != ERR_OK ||
	    (e = quota_forget(r->app->counts, &s.policy, s.of, r->arena)) != ERR_OK)
		return (e);
	return (reply_counter(r, &s.policy, s.of));
}
