/* Users: who they are, and their password's hash. */
#include "store/user.h"

#include <string.h>

#include "base/id.h"

#define COLUMNS \
	"id, email, email_confirmed, username, name, picture_url, properties, password_hash, " \
	"enabled, locked, " \
	"created_at, last_active_at, legacy_user_id, first_name, last_name, " \
	"update_password_required, can_create_orgs, hidden, attributes, locale, phone, " \
	"phone_confirmed"

static enum err
take_row(struct stmt *stmt, struct arena *a, struct user *ret_user)
{

	*ret_user = (struct user){
		.id = db_text(stmt, 0, a),
		.email = db_text(stmt, 1, a),
		.email_confirmed = db_int(stmt, 2) != 0,
		.username = db_text(stmt, 3, a),
		.name = db_text(stmt, 4, a),
		.picture_url = db_text(stmt, 5, a),
		.properties = db_text(stmt, 6, a),
		.password_hash = db_text(stmt, 7, a),
		.enabled = db_int(stmt, 8) != 0,
		.locked = db_int(stmt, 9) != 0,
		.created_at = db_int(stmt, 10),
		.last_active_at = db_int(stmt, 11),
		.legacy_user_id = db_text(stmt, 12, a),
		.first_name = db_text(stmt, 13, a),
		.last_name = db_text(stmt, 14, a),
		.update_password_required = db_int(stmt, 15) != 0,
		.can_create_orgs = db_int(stmt, 16) != 0,
		.hidden = db_int(stmt, 17) != 0,
		.attributes = db_text(stmt, 18, a),
		.locale = db_text(stmt, 19, a),
		.phone = db_text(stmt, 20, a),
		.phone_confirmed = db_int(stmt, 21) != 0,
	};
	if (ret_user->id == NULL || ret_user->email == NULL || ret_user->properties == NULL ||
	    ret_user->attributes == NULL ||
	    (ret_user->password_hash == NULL && !db_is_null(stmt, 7)))
		return (ERR_NOMEM);
	return (ERR_OK);
}

enum err
user_find(struct db *db, enum user_by by, const char *key, struct arena *a, struct user *ret_user)
{
	static const char *const sql[] = {
		[USER_BY_ID] = "SELECT " COLUMNS " FROM users WHERE id = ?1",
		[USER_BY_EMAIL] = "SELECT " COLUMNS " FROM users WHERE email_key = ?1",
		[USER_BY_USERNAME] = "SELECT " COLUMNS " FROM users WHERE username_key = ?1",
		[USER_BY_LEGACY] = "SELECT " COLUMNS " FROM users WHERE legacy_user_id = ?1",
		[USER_BY_PHONE] =
		    "SELECT " COLUMNS " FROM users WHERE phone = ?1 AND phone_confirmed = 1",
	};
	const struct db_arg args[] = { DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql[by], args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_user);
	db_end(stmt);
	return (e);
}

/* ${text} in small letters; NULL for NULL. ${*failed} when ${a} is full. */
static const char *
lower(const char *text, struct arena *a, bool *failed)
{
	const char *copy = arena_copy_lower(a, text);

	if (text != NULL && copy == NULL)
		*failed = true;
	return (copy);
}

/* What is searched for, as it is now. */
static enum err
write_words(struct tx *tx, const char *id)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO users_words (rowid, email, username, name, marks) "
	    "SELECT number, email, username, name, "
	    "'e:' || enabled || 'l:' || locked || 'c:' || email_confirmed "
	    "FROM users WHERE id = ?1 AND number IS NOT NULL";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_add(struct tx *tx, const struct user *u, struct arena *a)
{
	static const char sql[] =
	    "INSERT INTO users (id, email, email_key, email_confirmed, username, username_key, "
	    "name, picture_url, properties, password_hash, enabled, locked, created_at, "
	    "updated_at, legacy_user_id, first_name, last_name, update_password_required, "
	    "can_create_orgs, hidden, attributes, locale, number) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, ?14, ?15, ?16, "
	    "?17, ?18, ?19, coalesce(?20, '{}'), ?21, "
	    "(SELECT coalesce(max(number), 0) + 1 FROM users))";
	bool failed = false;
	const struct db_arg args[] = {
		DB_TEXT(u->id),
		DB_TEXT(u->email),
		DB_TEXT(lower(u->email, a, &failed)),
		DB_INT(u->email_confirmed),
		DB_TEXT(u->username),
		DB_TEXT(lower(u->username, a, &failed)),
		DB_TEXT(u->name),
		DB_TEXT(u->picture_url),
		DB_TEXT(u->properties),
		DB_TEXT(u->password_hash),
		DB_INT(u->enabled),
		DB_INT(u->locked),
		DB_INT(u->created_at),
		DB_TEXT(u->legacy_user_id),
		DB_TEXT(u->first_name),
		DB_TEXT(u->last_name),
		DB_INT(u->update_password_required),
		DB_INT(u->can_create_orgs),
		DB_INT(u->hidden),
		DB_TEXT(u->attributes),
		DB_TEXT(u->locale),
	};
	enum err e;

	if (failed)
		return (ERR_NOMEM);
	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (write_words(tx, u->id));
}

/* Run a statement that must change the one row of the user ${id}, and tell everybody that it did.
 */
static enum err
change(struct tx *tx, const char *id, const char *sql, const struct db_arg *args, size_t count)
{
	const enum err e = db_change(tx_db(tx), sql, args, count);

	return (e == ERR_OK ? tx_touch(tx, id) : e);
}

enum err
user_set_phone(struct tx *tx, const char *id, const char *phone, bool confirmed, int64_t now)
{
	static const char sql[] = "UPDATE users SET phone = ?2, phone_confirmed = ?3, "
	                          "updated_at = ?4 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(phone), DB_INT(confirmed),
		DB_INT(now) };

	return (change(tx, id, sql, args, COUNT(args)));
}

enum err
user_set_profile(struct tx *tx, const struct user *u, int64_t now, struct arena *a)
{
	static const char sql[] =
	    "UPDATE users SET email = ?2, email_key = ?3, email_confirmed = ?4, username = ?5, "
	    "username_key = ?6, name = ?7, picture_url = ?8, properties = ?9, updated_at = ?10, "
	    "legacy_user_id = ?11, first_name = ?12, last_name = ?13, can_create_orgs = ?14, "
	    "hidden = ?15, attributes = ?16, locale = ?17 WHERE id = ?1";
	bool failed = false;
	const struct db_arg args[] = {
		DB_TEXT(u->id),
		DB_TEXT(u->email),
		DB_TEXT(lower(u->email, a, &failed)),
		DB_INT(u->email_confirmed),
		DB_TEXT(u->username),
		DB_TEXT(lower(u->username, a, &failed)),
		DB_TEXT(u->name),
		DB_TEXT(u->picture_url),
		DB_TEXT(u->properties),
		DB_INT(now),
		DB_TEXT(u->legacy_user_id),
		DB_TEXT(u->first_name),
		DB_TEXT(u->last_name),
		DB_INT(u->can_create_orgs),
		DB_INT(u->hidden),
		DB_TEXT(u->attributes),
		DB_TEXT(u->locale),
	};
	enum err e;

	if (failed)
		return (ERR_NOMEM);
	if ((e = change(tx, u->id, sql, args, COUNT(args))) != ERR_OK)
		return (e);
	return (write_words(tx, u->id));
}

enum err
user_set_password(struct tx *tx, const char *id, const char *hash, int64_t now)
{
	static const char sql[] = "UPDATE users SET password_hash = ?2, "
	                          "update_password_required = 0, updated_at = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(hash), DB_INT(now) };

	return (change(tx, id, sql, args, COUNT(args)));
}

enum err
user_require_password(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] =
	    "UPDATE users SET update_password_required = 1, updated_at = ?2 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	return (change(tx, id, sql, args, COUNT(args)));
}

enum err
user_upgrade_password(struct tx *tx, const char *id, const char *old_hash, const char *hash)
{
	static const char sql[] =
	    "UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(old_hash), DB_TEXT(hash) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_set_locked(struct tx *tx, const char *id, bool locked, int64_t now)
{
	static const char sql[] = "UPDATE users SET locked = ?2, updated_at = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(locked), DB_INT(now) };
	enum err e;

	if ((e = change(tx, id, sql, args, COUNT(args))) != ERR_OK)
		return (e);
	return (write_words(tx, id));
}

enum err
user_set_enabled(struct tx *tx, const char *id, bool enabled, int64_t now)
{
	static const char sql[] = "UPDATE users SET enabled = ?2, updated_at = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(enabled), DB_INT(now) };
	enum err e;

	if ((e = change(tx, id, sql, args, COUNT(args))) != ERR_OK)
		return (e);
	return (write_words(tx, id));
}

enum err
user_set_active(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] = "UPDATE users SET last_active_at = ?2 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	/* Nothing remembered of a user has this in it: no need to tell. */
	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_drop(struct tx *tx, const char *id)
{
	static const char words_sql[] =
	    "DELETE FROM users_words WHERE rowid = (SELECT number FROM users WHERE id = ?1)";
	static const char sql[] = "DELETE FROM users WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	enum err e;

	if ((e = db_run(tx_db(tx), words_sql, args, COUNT(args), NULL)) != ERR_OK ||
	    (e = change(tx, id, sql, args, COUNT(args))) != ERR_OK)
		return (e);
	/* The own group goes, too, and whoever else was in it may have held roles through it. */
	return (tx_touch(tx, NULL));
}

enum err
user_newest(struct db *db, int64_t *ret_at)
{
	static const char sql[] = "SELECT created_at FROM users ORDER BY id DESC LIMIT 1";

	return (db_number(db, sql, NULL, 0, 0, ret_at));
}

enum err
user_find_any(struct db *db, const char *who, struct arena *a, struct user *ret_user)
{
	const char *key = arena_copy_lower(a, who);
	enum err e = ERR_NOT_FOUND;

	if (key == NULL)
		return (ERR_NOMEM);
	/* A username may look like an id. */
	if (id_ok(key))
		e = user_find(db, USER_BY_ID, key, a, ret_user);
	if (e == ERR_NOT_FOUND)
		e = user_find(db, strchr(key, '@') != NULL ? USER_BY_EMAIL : USER_BY_USERNAME, key,
		    a, ret_user);
	if (e == ERR_NOT_FOUND)
		e = user_find(db, USER_BY_LEGACY, who, a, ret_user);
	return (e);
}
