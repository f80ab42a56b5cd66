/* Domains that orgs claim, and who joins an org by an address there. */
#include "store/org_domain.h"

#define COLUMNS "id, org_id, domain, token, auto_join, verified_at, created_at"

static enum err
take_row(struct stmt *stmt, struct arena *a, struct org_domain *ret_domain)
{

	*ret_domain = (struct org_domain){
		.id = db_text(stmt, 0, a),
		.org_id = db_text(stmt, 1, a),
		.domain = db_text(stmt, 2, a),
		.token = db_text(stmt, 3, a),
		.auto_join = db_int(stmt, 4) != 0,
		.verified_at = db_int(stmt, 5),
		.created_at = db_int(stmt, 6),
	};
	return (ret_domain->id == NULL || ret_domain->org_id == NULL ||
	                ret_domain->domain == NULL || ret_domain->token == NULL
	            ? ERR_NOMEM
	            : ERR_OK);
}

/* The row that ${sql} gives for two texts. */
static enum err
find(struct db *db, const char *sql, const char *one, const char *two, struct arena *a,
    struct org_domain *ret_domain)
{
	const struct db_arg args[] = { DB_TEXT(one), DB_TEXT(two) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_domain);
	db_end(stmt);
	return (e);
}

enum err
org_domain_add(struct tx *tx, const struct org_domain *d)
{
	static const char sql[] =
	    "INSERT INTO org_domains (id, org_id, domain, token, auto_join, created_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	const struct db_arg args[] = { DB_TEXT(d->id), DB_TEXT(d->org_id), DB_TEXT(d->domain),
		DB_TEXT(d->token), DB_INT(d->auto_join), DB_INT(d->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
org_domain_find(struct db *db, const char *org_id, const char *id, struct arena *a,
    struct org_domain *ret_domain)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM org_domains WHERE id = ?2 AND org_id = ?1";

	return (find(db, sql, org_id, id, a, ret_domain));
}

enum err
org_domain_find_name(struct db *db, const char *org_id, const char *domain, struct arena *a,
    struct org_domain *ret_domain)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM org_domains WHERE org_id = ?1 AND domain = ?2";

	return (find(db, sql, org_id, domain, a, ret_domain));
}

enum err
org_domain_list(struct db *db, const char *org_id, struct arena *a,
    void (*each)(void *arg, const struct org_domain *d), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM org_domains WHERE org_id = ?1 ORDER BY domain";
	const struct db_arg args[] = { DB_TEXT(org_id) };
	struct org_domain d;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &d)) == ERR_OK)
		each(arg, &d);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
org_domain_count(struct db *db, const char *org_id, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM org_domains WHERE org_id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
org_domain_verify(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] = "UPDATE org_domains SET verified_at = ?2 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
org_domain_set_auto_join(struct tx *tx, const char *id, bool auto_join)
{
	static const char sql[] = "UPDATE org_domains SET auto_join = ?2 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(auto_join) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
org_domain_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM org_domains WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
org_domain_find_join(struct db *db, const char *domain, const char *user_id, struct arena *a,
    struct org_domain *ret_domain)
{
	static const char sql[] = "SELECT " COLUMNS " FROM org_domains d "
	                          "WHERE domain = ?1 AND verified_at IS NOT NULL AND auto_join = 1 "
	                          "AND NOT EXISTS (SELECT 1 FROM user_orgs m "
	                          "WHERE m.user_id = ?2 AND m.org_id = d.org_id) "
	                          "AND NOT EXISTS (SELECT 1 FROM org_former_members f "
	                          "WHERE f.user_id = ?2 AND f.org_id = d.org_id)";

	return (find(db, sql, domain, user_id, a, ret_domain));
}
