/* API keys: what the routes and the tool do alike. */
#ifndef ACCESS_KEY_H
#define ACCESS_KEY_H

#include "base/conf.h"
#include "http/input.h"
#include "http/json.h"
#include "store/api_key.h"

#define KEY_NAME_MAX 200 /* bytes */
#define KEY_OVERLAP_MAX_S ((int64_t)30 * 86400)

/**
 * key_scopes(t, a, ret_scopes, ret_wrong), key_networks(t, a, ret_networks, ret_wrong):
 * The texts as the database keeps them: at most 32 permissions in 1024 bytes, at most 16 addresses
 * and networks in 512. Owned by ${a}. Errors: ERR_FIELDS, and ${ret_wrong} says what is wrong with
 * them, to stand behind the field's name; ERR_NOMEM.
 */
MUST_USE enum err key_scopes(
    const struct text_list *t, struct arena *a, const char **ret_scopes, const char **ret_wrong);
MUST_USE enum err key_networks(
    const struct text_list *t, struct arena *a, const char **ret_networks, const char **ret_wrong);

/**
 * key_expiry(conf, now, expires_at, ret_expires_at):
 * When a key ends that is made ${now} to end at ${expires_at} (0: nobody says); 0: never. NULL, or
 * what is wrong with that.
 */
const char *
key_expiry(const struct conf *conf, int64_t now, int64_t expires_at, int64_t *ret_expires_at);

/**
 * key_fill(k, text, now, a, ret_text):
 * Fill id, hash, hint and created_at of ${k} for the key ${text}, which another system made
 * (apikey_foreign_ok()); NULL: make one. ${ret_text} is the key, owned by ${a}.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err
key_fill(struct api_key *k, const char *text, int64_t now, struct arena *a, const char **ret_text);

/**
 * key_add(tx, k):
 * Store the new key ${k}. Errors: ERR_LIMIT when its user has as many as may be alive; ERR_TAKEN
 * when there is one of the same text; ERR_DB.
 */
MUST_USE enum err key_add(struct tx *tx, const struct api_key *k);

/**
 * key_rotate(tx, old, k, overlap_s):
 * Put the new key ${k}, filled by key_fill(), in the place of ${old}: with its owner, name, scopes,
 * networks and roles. The old one lives on for ${overlap_s}, but not longer than it would have.
 * Errors: as of key_add().
 */
MUST_USE enum err
key_rotate(struct tx *tx, const struct api_key *old, struct api_key *k, int64_t overlap_s);

/**
 * key_life(conf, old, now):
 * When the key ends that takes the place of ${old} ${now}: after as long as that was made to live,
 * and no longer than keys may; 0: never.
 */
int64_t key_life(const struct conf *conf, const struct api_key *old, int64_t now);

/**
 * key_state(k, now):
 * "live", "revoked" or "expired".
 */
const char *key_state(const struct api_key *k, int64_t now);

/**
 * key_print(k, now, names, j):
 * Add all that is known of ${k}, but for its secret's hash, to ${j}; ${names} is for use in
 * between. Errors: ERR_NOMEM.
 */
MUST_USE enum err
key_print(const struct api_key *k, int64_t now, struct names *names, struct json *j);

/**
 * key_details(k, a):
 * What the audit log says of ${k}.
 */
struct json key_details(const struct api_key *k, struct arena *a);

#endif
