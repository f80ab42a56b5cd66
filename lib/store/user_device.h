/* The devices that users were seen to sign in on. */
#ifndef STORE_USER_DEVICE_H
#define STORE_USER_DEVICE_H

#include <stdint.h>

#include "store/store.h"

#define USER_DEVICE_HASH_LEN 32

/* A row of user_devices; texts are owned by the arena it was read into. */
struct user_device {
	const char *id;
	const char *user_id;
	unsigned char hash[USER_DEVICE_HASH_LEN];
	const char *name;
	int64_t first_seen_at;
	int64_t last_seen_at;
};

/**
 * user_device_find(db, user_id, hash, a, ret_device):
 * Fill id, name and the times of ${ret_device} with those of the user's device.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err user_device_find(struct db *db, const char *user_id,
    const unsigned char hash[static USER_DEVICE_HASH_LEN], struct arena *a,
    struct user_device *ret_device);

/**
 * user_device_count(db, user_id, ret_count):
 * How many the user has. Errors: ERR_DB.
 */
MUST_USE enum err user_device_count(struct db *db, const char *user_id, int64_t *ret_count);

/**
 * user_device_add(tx, d), user_device_see(tx, id, now), user_device_drop(tx, user_id, id):
 * A new one; note that it was seen; forget it, which is no error when there is none such.
 * Errors: ERR_TAKEN when the user has it already; ERR_DB.
 */
MUST_USE enum err user_device_add(struct tx *tx, const struct user_device *d);
MUST_USE enum err user_device_see(struct tx *tx, const char *id, int64_t now);
MUST_USE enum err user_device_drop(struct tx *tx, const char *user_id, const char *id);

/**
 * user_device_trim(tx, user_id, keep), user_device_purge(tx, before, limit, ret_count):
 * Forget all of the user's but the ${keep} that were seen last; or at most ${limit} of anybody's
 * that were last seen before, ${ret_count} of them. Errors: ERR_DB.
 */
MUST_USE enum err user_device_trim(struct tx *tx, const char *user_id, int64_t keep);
MUST_USE enum err
user_device_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);

#endif
