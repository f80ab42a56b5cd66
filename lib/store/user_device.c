/* The devices that users were seen to sign in on. */
#include "store/user_device.h"

#include <string.h>

enum err
user_device_find(struct db *db, const char *user_id,
    const unsigned char hash[static USER_DEVICE_HASH_LEN], struct arena *a,
    struct user_device *ret_device)
{
	static const char sql[] = "SELECT id, name, first_seen_at, last_seen_at FROM user_devices "
	                          "WHERE user_id = ?1 AND device_hash = ?2";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_BLOB(hash, USER_DEVICE_HASH_LEN) };
	struct user_device d = { .user_id = user_id };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK) {
		d.id = db_text(stmt, 0, a);
		d.name = db_text(stmt, 1, a);
		d.first_seen_at = db_int(stmt, 2);
		d.last_seen_at = db_int(stmt, 3);
		memcpy(d.hash, hash, sizeof d.hash);
		if (d.id == NULL || d.name == NULL)
			e = ERR_NOMEM;
	}
	db_end(stmt);
	if (e == ERR_OK)
		*ret_device = d;
	return (e);
}

enum err
user_device_count(struct db *db, const char *user_id, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM user_devices WHERE user_id = ?1";
	const struct db_arg args[] = { DB_TEXT(user_id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
user_device_add(struct tx *tx, const struct user_device *d)
{
	static const char sql[] =
	    "INSERT INTO user_devices (id, user_id, device_hash, name, first_seen_at, "
	    "last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	const struct db_arg args[] = {
		DB_TEXT(d->id),
		DB_TEXT(d->user_id),
		DB_BLOB(d->hash, sizeof d->hash),
		DB_TEXT(d->name),
		DB_INT(d->first_seen_at),
		DB_INT(d->last_seen_at),
	};

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_device_see(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] = "UPDATE user_devices SET last_seen_at = ?2 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_device_drop(struct tx *tx, const char *user_id, const char *id)
{
	static const char sql[] = "DELETE FROM user_devices WHERE id = ?2 AND user_id = ?1";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(id) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_device_trim(struct tx *tx, const char *user_id, int64_t keep)
{
	static const char sql[] =
	    "DELETE FROM user_devices WHERE id IN (SELECT id FROM user_devices WHERE user_id = ?1 "
	    "ORDER BY last_seen_at DESC, id DESC LIMIT -1 OFFSET ?2)";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_INT(keep) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
user_device_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] =
	    "DELETE FROM user_devices WHERE id IN (SELECT id FROM user_devices WHERE "
	    "last_seen_at < ?1 ORDER BY last_seen_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}
