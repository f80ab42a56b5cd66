/* Users: who they are, and their password's hash. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define USER_EMAIL_MAX 254

/* A row of users; texts are owned by the arena it was read into, NULL where the column is. */
struct user {
	const char *id;
	const char *email;
	bool email_confirmed;
	const char *username;
	const char *name;
	const char *picture_url;
	const char *properties; /* JSON */
	const char *password_hash;
	bool enabled;
	bool locked;
	int64_t created_at;
	int64_t last_active_at; /* 0: never */
	const char *legacy_user_id;
	const char *first_name;
	const char *last_name;
	bool update_password_required;
	bool can_create_orgs;
	bool hidden;            /* nobody can sign in as this user */
	const char *attributes; /* JSON, written by admins alone */
};

enum user_by {
	USER_BY_ID,
	USER_BY_EMAIL,    /* the key is the address in small letters */
	USER_BY_USERNAME, /* the key is the username in small letters */
};

/**
 * user_find(db, by, key, a, ret_user):
 * The user whom ${key} names.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
user_find(struct db *db, enum user_by by, const char *key, struct arena *a, struct user *ret_user);

/**
 * user_add(tx, u):
 * A new user; id, email, properties and created_at are needed.
 * Errors: ERR_TAKEN when the address or username is somebody's; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err user_add(struct tx *tx, const struct user *u, struct arena *a);

/**
 * user_set_profile(tx, u, now, a):
 * Store username, name, picture_url and properties of ${u}, found before in the same transaction.
 * Errors: ERR_TAKEN when the username is somebody else's; ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
user_set_profile(struct tx *tx, const struct user *u, int64_t now, struct arena *a);

/**
 * user_set_password(tx, id, hash, now), user_upgrade_password(tx, id, old_hash, hash):
 * Store another password's hash; or a better hash of the same password, unless the password was
 * changed meanwhile. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err user_set_password(struct tx *tx, const char *id, const char *hash, int64_t now);
MUST_USE enum err
user_upgrade_password(struct tx *tx, const char *id, const char *old_hash, const char *hash);

/**
 * user_set_locked(tx, id, locked, now), user_set_active(tx, id, now), user_drop(tx, id):
 * Lock or unlock; note a sign-in; delete, with sessions, roles, own group and attempts.
 * Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err user_set_locked(struct tx *tx, const char *id, bool locked, int64_t now);
MUST_USE enum err user_set_active(struct tx *tx, const char *id, int64_t now);
MUST_USE enum err user_drop(struct tx *tx, const char *id);

/**
 * user_list(db, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} users in the order of their ids (that is, of creation), those
 * after the id ${after}
 * ("" for the first). The user is gone when ${each} returns, but for what ${a} keeps.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err user_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct user *u), void *arg);

/**
 * user_newest(db, ret_at):
 * When the newest user was made; 0 when there is none.
 * Errors: ERR_DB.
 */
MUST_USE enum err user_newest(struct db *db, int64_t *ret_at);

#endif
