/* Rate limits as they are stored: policies, and which requests they hold for. */
#include "store/limit_policy.h"

#include <string.h>

static const char *const scope_names[LIMIT_SCOPES] = {
	[LIMIT_USER] = "user",
	[LIMIT_ORG] = "org",
	[LIMIT_KEY] = "key",
	[LIMIT_NETWORK] = "network",
	[LIMIT_ROUTE] = "route",
};

const char *
limit_policy_scope_name(enum limit_scope scope)
{

	return (scope_names[scope]);
}

bool
limit_policy_scope_find(const char *name, enum limit_scope *ret_scope)
{
	unsigned int i;

	for (i = 0; i < LIMIT_SCOPES; i++)
		if (strcmp(scope_names[i], name) == 0) {
			*ret_scope = (enum limit_scope)i;
			return (true);
		}
	return (false);
}

/* The SQL must give id, name, scope, limit_count, window_sec, description and created_at. */
static enum err
read_policy(struct stmt *stmt, struct arena *a, struct limit_policy *ret_policy)
{
	const char *scope = db_text(stmt, 2, a);

	ret_policy->id = db_text(stmt, 0, a);
	ret_policy->name = db_text(stmt, 1, a);
	ret_policy->limit_count = db_int(stmt, 3);
	ret_policy->window_sec = db_int(stmt, 4);
	ret_policy->description = db_text(stmt, 5, a);
	ret_policy->created_at = db_int(stmt, 6);
	if (ret_policy->id == NULL || ret_policy->name == NULL || scope == NULL ||
	    ret_policy->description == NULL)
		return (ERR_NOMEM);
	return (limit_policy_scope_find(scope, &ret_policy->scope) ? ERR_OK : ERR_DB);
}

static enum err
find(struct db *db, const char *sql, const char *key, struct arena *a,
    struct limit_policy *ret_policy)
{
	const struct db_arg args[] = { DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_policy(stmt, a, ret_policy);
	db_end(stmt);
	return (e);
}

enum err
limit_policy_find(struct db *db, const char *id, struct arena *a, struct limit_policy *ret_policy)
{
	static const char sql[] =
	    "SELECT id, name, scope, limit_count, window_sec, description, created_at "
	    "FROM rate_limit_policies WHERE id = ?1";

	return (find(db, sql, id, a, ret_policy));
}

enum err
limit_policy_find_name(
    struct db *db, const char *name, struct arena *a, struct limit_policy *ret_policy)
{
	static const char sql[] =
	    "SELECT id, name, scope, limit_count, window_sec, description, created_at "
	    "FROM rate_limit_policies WHERE name = ?1";

	return (find(db, sql, name, a, ret_policy));
}

enum err
limit_policy_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct limit_policy *policy), void *arg)
{
	static const char sql[] =
	    "SELECT id, name, scope, limit_count, window_sec, description, created_at "
	    "FROM rate_limit_policies WHERE name > ?1 ORDER BY name LIMIT ?2";
	const struct db_arg args[] = { DB_TEXT(after), DB_INT(limit) };
	struct limit_policy policy;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_policy(stmt, a, &policy)) == ERR_OK)
		each(arg, &policy);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* All programs have the policies in memory, under the version of everybody. */
static enum err
change(struct tx *tx, const char *sql, const struct db_arg *args, size_t count)
{
	const enum err e = db_change(tx_db(tx), sql, args, count);

	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}

enum err
limit_policy_add(struct tx *tx, const struct limit_policy *policy)
{
	static const char sql[] =
	    "INSERT INTO rate_limit_policies "
	    "(id, name, scope, limit_count, window_sec, description, created_at) "
	    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 "
	    "WHERE (SELECT count(*) FROM rate_limit_policies) < ?8";
	const struct db_arg args[] = { DB_TEXT(policy->id), DB_TEXT(policy->name),
		DB_TEXT(limit_policy_scope_name(policy->scope)), DB_INT(policy->limit_count),
		DB_INT(policy->window_sec), DB_TEXT(policy->description),
		DB_INT(policy->created_at), DB_INT(LIMIT_POLICIES_MAX) };
	const enum err e = change(tx, sql, args, COUNT(args));

	return (e == ERR_NOT_FOUND ? ERR_TOO_LARGE : e);
}

enum err
limit_policy_set(struct tx *tx, const struct limit_policy *policy)
{
	static const char sql[] =
	    "UPDATE rate_limit_policies SET name = ?2, limit_count = ?3, window_sec = ?4, "
	    "description = ?5 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(policy->id), DB_TEXT(policy->name),
		DB_INT(policy->limit_count), DB_INT(policy->window_sec),
		DB_TEXT(policy->description) };

	return (change(tx, sql, args, COUNT(args)));
}

enum err
limit_policy_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM rate_limit_policies WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (change(tx, sql, args, COUNT(args)));
}

enum err
limit_policy_has(struct db *db, enum limit_scope scope, const char *who)
{
	static const char user[] = "SELECT count(*) FROM users WHERE id = ?1";
	static const char org[] = "SELECT count(*) FROM orgs WHERE id = ?1";
	static const char key[] = "SELECT count(*) FROM api_keys WHERE id = ?1";
	static const char *const sqls[LIMIT_SCOPES] = {
		[LIMIT_USER] = user, [LIMIT_ORG] = org, [LIMIT_KEY] = key
	};
	const struct db_arg args[] = { DB_TEXT(who) };
	int64_t count;
	enum err e;

	if (sqls[scope] == NULL)
		return (ERR_OK);
	if ((e = db_number(db, sqls[scope], args, COUNT(args), 0, &count)) != ERR_OK)
		return (e);
	return (count == 0 ? ERR_NOT_FOUND : ERR_OK);
}

/* ${who} as an argument of the column for ${column}, else NULL. */
static struct db_arg
who_for(enum limit_scope column, enum limit_scope scope, const char *who)
{

	return ((struct db_arg)DB_TEXT(column == scope ? who : NULL));
}

enum err
limit_policy_assign(struct tx *tx, const struct limit_assignment *as)
{
	static const char sql[] =
	    "INSERT INTO rate_limit_assignments "
	    "(id, policy_id, user_id, org_id, api_key_id, network, route, created_at) "
	    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 "
	    "WHERE (SELECT count(*) FROM rate_limit_assignments) < ?9 "
	    "ON CONFLICT DO UPDATE SET policy_id = excluded.policy_id";
	const char *who = as->target.who;
	const struct db_arg args[] = { DB_TEXT(as->id), DB_TEXT(as->policy_id),
		who_for(LIMIT_USER, as->scope, who), who_for(LIMIT_ORG, as->scope, who),
		who_for(LIMIT_KEY, as->scope, who), who_for(LIMIT_NETWORK, as->scope, who),
		DB_TEXT(as->target.route), DB_INT(as->created_at), DB_INT(LIMIT_ASSIGNMENTS_MAX) };
	const enum err e = change(tx, sql, args, COUNT(args));

	return (e == ERR_NOT_FOUND ? ERR_TOO_LARGE : e);
}

enum err
limit_policy_unassign(
    struct tx *tx, const struct limit_policy *policy, const struct limit_target *target)
{
	static const char sql[] =
	    "DELETE FROM rate_limit_assignments WHERE policy_id = ?1 AND user_id IS ?2 "
	    "AND org_id IS ?3 AND api_key_id IS ?4 AND network IS ?5 AND route IS ?6";
	const enum limit_scope scope = policy->scope;
	const struct db_arg args[] = { DB_TEXT(policy->id), who_for(LIMIT_USER, scope, target->who),
		who_for(LIMIT_ORG, scope, target->who), who_for(LIMIT_KEY, scope, target->who),
		who_for(LIMIT_NETWORK, scope, target->who), DB_TEXT(target->route) };

	return (change(tx, sql, args, COUNT(args)));
}

/* The SQL must give id, policy_id, the policy's scope, for whom, route and created_at. */
static enum err
each_assignment(struct db *db, const char *sql, const struct db_arg *args, size_t count,
    struct arena *a, void (*each)(void *arg, const struct limit_assignment *assignment), void *arg)
{
	struct limit_assignment as;
	const char *scope;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		as.id = db_text(stmt, 0, a);
		as.policy_id = db_text(stmt, 1, a);
		scope = db_text(stmt, 2, a);
		as.target.who = db_text(stmt, 3, a);
		as.target.route = db_text(stmt, 4, a);
		as.created_at = db_int(stmt, 5);
		/* A target that was not read would be everybody. */
		if (as.id == NULL || as.policy_id == NULL || scope == NULL ||
		    (as.target.who == NULL && !db_is_null(stmt, 3)) ||
		    (as.target.route == NULL && !db_is_null(stmt, 4)))
			e = ERR_NOMEM;
		else if (!limit_policy_scope_find(scope, &as.scope))
			e = ERR_DB;
		if (e != ERR_OK)
			break;
		each(arg, &as);
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
limit_policy_assignments(struct db *db, const char *policy_id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct limit_assignment *assignment), void *arg)
{
	static const char sql[] =
	    "SELECT s.id, s.policy_id, p.scope, coalesce(s.user_id, s.org_id, s.api_key_id, "
	    "s.network), s.route, s.created_at FROM rate_limit_assignments s "
	    "JOIN rate_limit_policies p ON p.id = s.policy_id "
	    "WHERE s.policy_id = ?1 AND s.id > ?2 ORDER BY s.id LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(policy_id), DB_TEXT(after), DB_INT(limit) };

	return (each_assignment(db, sql, args, COUNT(args), a, each, arg));
}

enum err
limit_policy_all_assignments(struct db *db, struct arena *a,
    void (*each)(void *arg, const struct limit_assignment *assignment), void *arg)
{
	static const char sql[] =
	    "SELECT s.id, s.policy_id, p.scope, coalesce(s.user_id, s.org_id, s.api_key_id, "
	    "s.network), s.route, s.created_at FROM rate_limit_assignments s "
	    "JOIN rate_limit_policies p ON p.id = s.policy_id ORDER BY s.id LIMIT ?1";
	const struct db_arg args[] = { DB_INT(LIMIT_ASSIGNMENTS_MAX) };

	return (each_assignment(db, sql, args, COUNT(args), a, each, arg));
}

enum err
limit_policy_key_hashes(struct db *db, const char *key_id, int64_t now,
    void (*each)(void *arg, const unsigned char hash[static LIMIT_KEY_HASH_LEN]), void *arg)
{
	static const char sql[] =
	    "WITH RECURSIVE keys (id) AS (SELECT ?1 UNION SELECT k.replaced_by FROM keys "
	    "JOIN api_keys k ON k.id = keys.id WHERE k.replaced_by IS NOT NULL) "
	    "SELECT k.key_hash FROM keys JOIN api_keys k ON k.id = keys.id "
	    "WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)";
	const struct db_arg args[] = { DB_TEXT(key_id), DB_INT(now) };
	unsigned char hash[LIMIT_KEY_HASH_LEN];
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK)
		if (db_blob(stmt, 0, hash, sizeof hash))
			each(arg, hash);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
limit_policy_key_hash(
    struct db *db, const char *key_id, unsigned char ret_hash[static LIMIT_KEY_HASH_LEN])
{
	static const char sql[] = "SELECT key_hash FROM api_keys WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(key_id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK && !db_blob(stmt, 0, ret_hash, LIMIT_KEY_HASH_LEN))
		e = ERR_DB;
	db_end(stmt);
	return (e);
}

enum err
limit_policy_key_rotated(struct tx *tx)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM rate_limit_assignments "
	                          "WHERE api_key_id IS NOT NULL)";
	int64_t some;
	enum err e;

	if ((e = db_number(tx_db(tx), sql, NULL, 0, 0, &some)) != ERR_OK || some == 0)
		return (e);
	return (tx_touch(tx, NULL));
}
