/* API keys: what the routes and the tool do alike. */
#include "access/key.h"

#include <string.h>

#include "access/right.h"
#include "access/standing.h"
#include "access/text_join.h"
#include "base/address.h"
#include "base/id.h"
#include "cred/apikey.h"
#include "cred/secret.h"
#include "store/limit_policy.h"

#define SCOPES_MAX 32
#define SCOPES_LEN_MAX 1024
#define NETWORKS_MAX 16
#define NETWORKS_LEN_MAX 512

enum err
key_scopes(
    const struct text_list *t, struct arena *a, const char **ret_scopes, const char **ret_wrong)
{

	return (text_join(t, right_ok, SCOPES_MAX, SCOPES_LEN_MAX,
	    "permissions, such as posts:read", a, ret_scopes, ret_wrong));
}

static bool
network_ok(const char *text)
{

	return (text[0] != '\0' && strchr(text, ' ') == NULL && address_networks_ok(text));
}

enum err
key_networks(
    const struct text_list *t, struct arena *a, const char **ret_networks, const char **ret_wrong)
{

	return (text_join(t, network_ok, NETWORKS_MAX, NETWORKS_LEN_MAX,
	    "addresses and networks, such as 192.0.2.0/24", a, ret_networks, ret_wrong));
}

const char *
key_expiry(const struct conf *conf, int64_t now, int64_t expires_at, int64_t *ret_expires_at)
{

	if (expires_at == 0 && conf->apikey_life_s != 0)
		expires_at = now + conf->apikey_life_s * 1000;
	else if (expires_at != 0 && expires_at <= now)
		return ("must be in the future");
	else if (expires_at != 0 && conf->apikey_max_s != 0 &&
	         expires_at > now + conf->apikey_max_s * 1000)
		return ("is later than a key may live here (apikey.max_s of yett.conf)");
	*ret_expires_at = expires_at;
	return (NULL);
}

enum err
key_fill(struct api_key *k, const char *text, int64_t now, struct arena *a, const char **ret_text)
{
	char id[ID_SIZE], hint[APIKEY_HINT_SIZE], *made;

	if (text == NULL) {
		if ((made = arena_alloc(a, APIKEY_SIZE)) == NULL)
			return (ERR_NOMEM);
		apikey_make(made);
		text = made;
	}
	id_new(id);
	apikey_hint(text, hint);
	k->id = arena_copy(a, id);
	k->hint = arena_copy(a, hint);
	k->created_at = now;
	secret_hash(text, strlen(text), k->hash);
	*ret_text = text;
	return (k->id == NULL || k->hint == NULL ? ERR_NOMEM : ERR_OK);
}

enum err
key_add(struct tx *tx, const struct api_key *k)
{
	int64_t count;
	enum err e;

	if (k->user_id != NULL) {
		if ((e = api_key_count(tx_db(tx), k->user_id, k->created_at, &count)) != ERR_OK)
			return (e);
		if (count >= API_KEY_ALIVE_MAX)
			return (ERR_LIMIT);
	}
	return (api_key_add(tx, k));
}

enum err
key_rotate(struct tx *tx, const struct api_key *old, struct api_key *k, int64_t overlap_s)
{
	const int64_t now = k->created_at, end = now + overlap_s * 1000;
	struct api_key ended = *old;
	enum err e;

	k->user_id = old->user_id;
	k->org_id = old->org_id;
	k->name = old->name;
	k->scopes = old->scopes;
	k->networks = old->networks;
	if (ended.expires_at == 0 || ended.expires_at > end)
		ended.expires_at = end;
	/* First the old one ends, which makes room for the new one, then it can be named in it. */
	if ((e = api_key_set(tx, &ended)) != ERR_OK || (e = key_add(tx, k)) != ERR_OK)
		return (e);
	ended.replaced_by = k->id;
	if ((e = api_key_set(tx, &ended)) != ERR_OK || (e = limit_policy_key_rotated(tx)) != ERR_OK)
		return (e);
	return (api_key_copy_roles(tx, old->id, k->id, now));
}

int64_t
key_life(const struct conf *conf, const struct api_key *old, int64_t now)
{
	const int64_t longest = conf->apikey_max_s * 1000;
	const int64_t life = old->expires_at == 0 ? 0 : old->expires_at - old->created_at;

	if (longest != 0 && (life == 0 || life > longest))
		return (now + longest);
	return (life == 0 ? 0 : now + life);
}

const char *
key_state(const struct api_key *k, int64_t now)
{

	return (api_key_alive(k, now) ? "live" : k->revoked_at != 0 ? "revoked" : "expired");
}

enum err
key_print(const struct api_key *k, int64_t now, struct names *names, struct json *j)
{
	enum err e;

	json_add_text(j, "id", k->id);
	json_add_text(j, "name", k->name);
	json_add_text(j, "hint", k->hint);
	json_add_text(j, "state", key_state(k, now));
	json_add_text(j, "user_id", k->user_id);
	json_add_text(j, "org_id", k->org_id);
	if ((e = standing_scopes(k->scopes, j->arena, names)) != ERR_OK)
		return (e);
	json_add_texts(j, "scopes", names->items, names->count);
	if ((e = standing_scopes(k->networks, j->arena, names)) != ERR_OK)
		return (e);
	json_add_texts(j, "networks", names->items, names->count);
	json_add_time(j, "created_at", k->created_at);
	json_add_text(j, "created_by", k->created_by);
	json_add_time_or_null(j, "expires_at", k->expires_at);
	json_add_time_or_null(j, "revoked_at", k->revoked_at);
	json_add_text(j, "replaced_by", k->replaced_by);
	json_add_time_or_null(j, "last_used_at", k->last_used_at);
	json_add_text(j, "last_used_ip", k->last_used_ip);
	return (ERR_OK);
}

struct json
key_details(const struct api_key *k, struct arena *a)
{
	struct json j = json_object(a);

	json_add_text(&j, "user_id", k->user_id);
	json_add_text(&j, "scopes", k->scopes);
	json_add_time_or_null(&j, "expires_at", k->expires_at);
	return (j);
}
