/* Sign-in attempts, that worked or did not. */
#include "store/attempt.h"

#include <string.h>

#include "base/id.h"

enum err
attempt_add(struct tx *tx, const char *user_id, int64_t now, bool success, const char *ip_address,
    const char *user_agent)
{
	static const char sql[] = "INSERT INTO login_attempts (id, user_id, attempted_at, success, "
	                          "ip_address, user_agent) "
	                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	char id[ID_SIZE];
	const struct db_arg args[] = {
		DB_TEXT(id),
		DB_TEXT(user_id),
		DB_INT(now),
		DB_INT(success),
		DB_TEXT(ip_address),
		DB_TEXT(user_agent),
	};

	id_new(id);
	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
attempt_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] = "DELETE FROM login_attempts WHERE id IN "
	                          "(SELECT id FROM login_attempts WHERE attempted_at < ?1 ORDER BY "
	                          "attempted_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}

static enum err
read_attempt(struct stmt *stmt, struct arena *a, struct attempt_row *ret_attempt)
{

	ret_attempt->id = db_text(stmt, 0, a);
	ret_attempt->user_id = db_text(stmt, 1, a);
	ret_attempt->attempted_at = db_int(stmt, 2);
	ret_attempt->success = db_int(stmt, 3) != 0;
	ret_attempt->ip_address = db_text(stmt, 4, a);
	ret_attempt->user_agent = db_text(stmt, 5, a);
	if (ret_attempt->id == NULL || ret_attempt->ip_address == NULL ||
	    ret_attempt->user_agent == NULL ||
	    (ret_attempt->user_id == NULL && !db_is_null(stmt, 1)))
		return (ERR_NOMEM);
	return (ERR_OK);
}

/* What the index that was gone through did not decide. */
static bool
fits(const struct attempt_filter *f, const struct attempt_row *attempt)
{

	if (f->user_id != NULL &&
	    (attempt->user_id == NULL || strcmp(f->user_id, attempt->user_id) != 0))
		return (false);
	if (f->ip_address != NULL && strcmp(f->ip_address, attempt->ip_address) != 0)
		return (false);
	return (f->success == NULL || (f->success[0] == '1') == attempt->success);
}

/* Go through the index of what is likely to be the rarest. */
static enum err
list(struct db *db, const struct attempt_filter *f, int64_t before, const char *before_id,
    int64_t rows, struct stmt **ret_stmt)
{
	static const char by_user[] =
	    "SELECT id, user_id, attempted_at, success, ip_address, user_agent FROM login_attempts "
	    "WHERE user_id = ?5 AND (attempted_at, id) < (?1, ?2) AND attempted_at >= ?3 "
	    "ORDER BY attempted_at DESC, id DESC LIMIT ?4";
	static const char by_address[] =
	    "SELECT id, user_id, attempted_at, success, ip_address, user_agent FROM login_attempts "
	    "WHERE ip_address = ?5 AND (attempted_at, id) < (?1, ?2) AND attempted_at >= ?3 "
	    "ORDER BY attempted_at DESC, id DESC LIMIT ?4";
	static const char by_success[] =
	    "SELECT id, user_id, attempted_at, success, ip_address, user_agent FROM login_attempts "
	    "WHERE success = ?5 AND (attempted_at, id) < (?1, ?2) AND attempted_at >= ?3 "
	    "ORDER BY attempted_at DESC, id DESC LIMIT ?4";
	static const char by_time[] =
	    "SELECT id, user_id, attempted_at, success, ip_address, user_agent FROM login_attempts "
	    "WHERE (attempted_at, id) < (?1, ?2) AND attempted_at >= ?3 "
	    "ORDER BY attempted_at DESC, id DESC LIMIT ?4";
	const char *const value = f->user_id != NULL      ? f->user_id
	                          : f->ip_address != NULL ? f->ip_address
	                                                  : f->success;
	const struct db_arg args[] = { DB_INT(before), DB_TEXT(before_id), DB_INT(f->from),
		DB_INT(rows), DB_TEXT(value) };

	return (db_query(db,
	    f->user_id != NULL      ? by_user
	    : f->ip_address != NULL ? by_address
	    : f->success != NULL    ? by_success
	                            : by_time,
	    args, value == NULL ? 4 : 5, ret_stmt));
}

enum err
attempt_list(struct db *db, const struct attempt_filter *f, int64_t before, const char *before_id,
    int64_t rows, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct attempt_row *attempt), void *arg,
    struct attempt_row *ret_last)
{
	struct attempt_row attempt;
	struct stmt *stmt;
	enum err e;

	if ((e = list(db, f, before, before_id, rows, &stmt)) != ERR_OK)
		return (e);
	while (rows > 0 && limit > 0 && (e = db_next(stmt)) == ERR_OK &&
	       (e = read_attempt(stmt, a, &attempt)) == ERR_OK) {
		*ret_last = attempt;
		rows--;
		if (fits(f, &attempt)) {
			limit--;
			each(arg, &attempt);
		}
	}
	db_end(stmt);
	if (e == ERR_NOT_FOUND)
		ret_last->id = NULL;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
