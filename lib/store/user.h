/* Users: who they are, and their password's hash. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/role.h"
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
	const char *locale;     /* the language that the user reads, as "de-AT"; NULL: not known */
	const char *phone;      /* E.164; NULL: none */
	bool phone_confirmed;
};

enum user_by {
	USER_BY_ID,
	USER_BY_EMAIL,    /* the key is the address in small letters */
	USER_BY_USERNAME, /* the key is the username in small letters */
	USER_BY_LEGACY,   /* the key is the id in the system that the user came from */
	USER_BY_PHONE,    /* the key is a confirmed phone */
};

/**
 * user_find(db, by, key, a, ret_user):
 * The user whom ${key} names.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
user_find(struct db *db, enum user_by by, const char *key, struct arena *a, struct user *ret_user);

/**
 * user_add(tx, u, a):
 * A new user; all of ${u} counts but last_active_at; id, email, properties and created_at are
 * needed, NULL attributes are none. Errors: ERR_TAKEN when the address, username or legacy_user_id
 * is somebody's; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err user_add(struct tx *tx, const struct user *u, struct arena *a);

/**
 * user_set_profile(tx, u, now, a):
 * Store email, email_confirmed, username, name, first_name, last_name, picture_url, properties,
 * attributes, legacy_user_id, can_create_orgs, hidden and locale of ${u}, found before in the same
 * transaction. Errors: ERR_TAKEN when the address, username or legacy_user_id is somebody else's;
 * ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
user_set_profile(struct tx *tx, const struct user *u, int64_t now, struct arena *a);

/**
 * user_set_password(tx, id, hash, now), user_upgrade_password(tx, id, old_hash, hash):
 * Store another password's hash (NULL: no password), so that none is required to be chosen any
 * more; or a better hash of the same password, unless the password was changed meanwhile.
 * Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err user_set_password(struct tx *tx, const char *id, const char *hash, int64_t now);
MUST_USE enum err
user_upgrade_password(struct tx *tx, const char *id, const char *old_hash, const char *hash);

/**
 * user_set_phone(tx, id, phone, confirmed, now):
 * Store ${phone} (NULL: none). Errors: ERR_TAKEN when it is to be confirmed and is somebody else's
 * who confirmed it; ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err
user_set_phone(struct tx *tx, const char *id, const char *phone, bool confirmed, int64_t now);

/**
 * user_require_password(tx, id, now):
 * From now on the user must choose another password before anything else.
 * Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err user_require_password(struct tx *tx, const char *id, int64_t now);

/**
 * user_set_locked(tx, id, locked, now), user_set_enabled(tx, id, enabled, now),
 * user_set_active(tx, id, now), user_drop(tx, id):
 * Lock or unlock; switch on or off; note a sign-in; delete, with all that is the user's: sessions,
 * roles, own group, memberships, keys, attempts. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err user_set_locked(struct tx *tx, const char *id, bool locked, int64_t now);
MUST_USE enum err user_set_enabled(struct tx *tx, const char *id, bool enabled, int64_t now);
MUST_USE enum err user_set_active(struct tx *tx, const char *id, int64_t now);
MUST_USE enum err user_drop(struct tx *tx, const char *id);

/**
 * user_find_any(db, who, a, ret_user):
 * The user with the id, address, username or else legacy_user_id ${who}: whom an admin means.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
user_find_any(struct db *db, const char *who, struct arena *a, struct user *ret_user);

#define USER_PAGE_MAX 200

enum user_order {
	USER_ORDER_CREATED, /* that is, by id */
	USER_ORDER_EMAIL,
	USER_ORDER_USERNAME, /* who has none comes first */
	USER_ORDER_ACTIVE,   /* by the last sign-in; who never signed in comes first */
};

enum user_wish { USER_EITHER, USER_NO, USER_YES };

/* Which users, in which order. */
struct user_filter {
	enum user_order order;
	bool descending;
	enum user_wish enabled, locked, email_confirmed;
	const char *role_id; /* held directly; NULL: whatever. Only with USER_ORDER_CREATED */
	const char *text; /* in address, username or name, in any case of letters, three characters
	                     at least; NULL: whatever. Only with USER_ORDER_CREATED */
};

/* A place in a list: after (or, descending, before) a user, whoever was made or dropped since. */
struct user_place {
	const char *key; /* what the list is ordered by, as text; "" in the order of creation */
	const char *id;
	int64_t number; /* in a search; else 0 */
};

/* Texts are owned by the arena it was read into. */
struct user_page {
	struct user_place items[USER_PAGE_MAX + 1];
	size_t count;
	bool more;
	struct user_place next; /* when there are more */
};

/**
 * user_list(db, filter, after, now, limit, a, ret_page):
 * The places of at most ${limit} (up to USER_PAGE_MAX) users after ${after} (NULL: from the
 * beginning). Never sorts nor reads through all users: where two filters have little in common, the
 * page may be short, or empty, with more to come. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
user_list(struct db *db, const struct user_filter *filter, const struct user_place *after,
    int64_t now, size_t limit, struct arena *a, struct user_page *ret_page);

/**
 * user_newest(db, ret_at):
 * When the newest user was made; 0 when there is none.
 * Errors: ERR_DB.
 */
MUST_USE enum err user_newest(struct db *db, int64_t *ret_at);

#endif
