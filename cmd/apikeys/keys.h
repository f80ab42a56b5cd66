/* Keys that are there: seen, changed, revoked. */
#ifndef APIKEYS_KEYS_H
#define APIKEYS_KEYS_H

#include "http/request.h"
#include "store/api_key.h"

MUST_USE enum err keys_list(struct req *r);
MUST_USE enum err keys_get(struct req *r);
MUST_USE enum err keys_set(struct req *r);
MUST_USE enum err keys_drop(struct req *r);

/**
 * keys_reply(r, status, k, text):
 * Answer with ${k}, and its ${text} (NULL: that is not known any more).
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err keys_reply(struct req *r, int status, const struct api_key *k, const char *text);

/**
 * keys_read_lists(r, scopes, networks, ret_scopes, ret_networks):
 * The lists of a body as the database keeps them, NULL for one that is absent.
 * Errors: ERR_FIELDS, with the fields; ERR_NOMEM.
 */
struct text_list;
MUST_USE enum err keys_read_lists(struct req *r, const struct text_list *scopes,
    const struct text_list *networks, const char **ret_scopes, const char **ret_networks);

#endif
