/* Who acted in whose name, by which session, and why. */
#include "store/impersonation.h"

#define COLUMNS \
	"id, admin_user_id, impersonated_user_id, session_id, reason, started_at, expires_at, " \
	"ended_at, ip_address, user_agent"

static enum err
take_row(struct stmt *stmt, struct arena *a, struct impersonation *ret_impersonation)
{
	struct impersonation im = {
		.id = db_text(stmt, 0, a),
		.admin_user_id = db_text(stmt, 1, a),
		.impersonated_user_id = db_text(stmt, 2, a),
		.session_id = db_text(stmt, 3, a),
		.reason = db_text(stmt, 4, a),
		.started_at = db_int(stmt, 5),
		.expires_at = db_int(stmt, 6),
		.ended_at = db_is_null(stmt, 7) ? 0 : db_int(stmt, 7),
		.ip_address = db_text(stmt, 8, a),
		.user_agent = db_text(stmt, 9, a),
	};

	if (im.id == NULL || im.admin_user_id == NULL || im.impersonated_user_id == NULL ||
	    im.session_id == NULL || im.reason == NULL || im.ip_address == NULL ||
	    im.user_agent == NULL)
		return (ERR_NOMEM);
	*ret_impersonation = im;
	return (ERR_OK);
}

enum err
impersonation_add(struct tx *tx, const struct impersonation *im)
{
	static const char sql[] =
	    "INSERT INTO impersonation_log (id, admin_user_id, impersonated_user_id, session_id, "
	    "reason, started_at, expires_at, ip_address, user_agent) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	const struct db_arg args[] = { DB_TEXT(im->id), DB_TEXT(im->admin_user_id),
		DB_TEXT(im->impersonated_user_id), DB_TEXT(im->session_id), DB_TEXT(im->reason),
		DB_INT(im->started_at), DB_INT(im->expires_at), DB_TEXT(im->ip_address),
		DB_TEXT(im->user_agent) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
impersonation_find(
    struct db *db, const char *id, struct arena *a, struct impersonation *ret_impersonation)
{
	static const char sql[] = "SELECT " COLUMNS " FROM impersonation_log WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_impersonation);
	db_end(stmt);
	return (e);
}

/* A statement for each set of filters, so that each walks along its own index. */
static const char *
choose(const struct impersonation_filter *filter)
{
	static const char all[] = "SELECT " COLUMNS " FROM impersonation_log "
	                          "WHERE id < ?3 ORDER BY id DESC LIMIT ?4";
	static const char of_admin[] = "SELECT " COLUMNS " FROM impersonation_log WHERE "
	                               "admin_user_id = ?1 AND id < ?3 ORDER BY id DESC LIMIT ?4";
	static const char of_user[] =
	    "SELECT " COLUMNS " FROM impersonation_log WHERE "
	    "impersonated_user_id = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4";
	static const char of_both[] = "SELECT " COLUMNS " FROM impersonation_log WHERE "
	                              "admin_user_id = ?1 AND impersonated_user_id = ?2 "
	                              "AND id < ?3 ORDER BY id DESC LIMIT ?4";

	if (filter->admin_user_id != NULL)
		return (filter->impersonated_user_id != NULL ? of_both : of_admin);
	return (filter->impersonated_user_id != NULL ? of_user : all);
}

enum err
impersonation_list(struct db *db, const struct impersonation_filter *filter, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct impersonation *im), void *arg)
{
	const struct db_arg args[] = {
		DB_TEXT(filter->admin_user_id),
		DB_TEXT(filter->impersonated_user_id),
		DB_TEXT(filter->before == NULL ? "g" : filter->before), /* after any id */
		DB_INT(limit),
	};
	struct impersonation im;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, choose(filter), args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &im)) == ERR_OK)
		each(arg, &im);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
impersonation_sessions(struct db *db, const char *admin_id, const char *user_id, int64_t now,
    struct arena *a, struct names *ret_ids)
{
	static const char sql[] =
	    "SELECT id FROM sessions WHERE actor_user_id = ?1 "
	    "AND user_id = coalesce(?2, user_id) AND revoked_at IS NULL AND expires_at > ?3 "
	    "AND ends_at > ?3 LIMIT 256";
	const struct db_arg args[] = { DB_TEXT(admin_id), DB_TEXT(user_id), DB_INT(now) };
	struct stmt *stmt;
	enum err e;

	ret_ids->count = 0;
	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && ret_ids->count < ROLE_NAMES_MAX) {
		if ((ret_ids->items[ret_ids->count++] = db_text(stmt, 0, a)) == NULL) {
			e = ERR_NOMEM;
			break;
		}
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
