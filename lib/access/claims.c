/* The claims of Yett's own tokens: writing them, and believing them only after every check. */
#include "access/claims.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/profile.h"
#include "access/standing.h"
#include "base/clock.h"
#include "base/id.h"
#include "cred/jws.h"
#include "http/json.h"

#define ACCESS_TYPE "at+jwt"
#define REFRESH_TYPE "rt+jwt"
#define REFRESH_PURPOSE "refresh1" /* of the key derived from the master key: 8 characters */
#define SKEW_S 5                   /* how far ahead the clock of the machine that signed may be */
#define RIGHTS_MAX 3000            /* bytes of roles and permissions in a token: 4,000 in base64 */
#define NUMBER_MAX 9007199254740991.0 /* up to here a double counts without a gap */

static size_t
size_of(const struct names *names)
{
	size_t len = 0, i;

	for (i = 0; i < names->count; i++)
		len += strlen(names->items[i]) + 3;
	return (len);
}

/*
 * A token goes into a header field, and those have 8 KiB together. Who holds more than fits has a
 * token without: an application that finds none there refuses, or asks. What is held in an org goes
 * first, for its owner decides how much that is.
 */
static void
put_rights(struct json *j, const struct standing *st)
{
	const size_t len = size_of(st->roles) + size_of(st->permissions);

	if (len > RIGHTS_MAX) {
		json_add_bool(j, "rights_omitted", true);
	} else {
		json_add_texts(j, "roles", st->roles->items, st->roles->count);
		json_add_texts(j, "permissions", st->permissions->items, st->permissions->count);
	}
	if (st->org_id == NULL)
		return;
	if (len + size_of(st->org_roles) + size_of(st->org_permissions) > RIGHTS_MAX) {
		json_add_text(j, "org_id", st->org_id);
		json_add_bool(j, "org_rights_omitted", true);
	} else {
		profile_add_org(st, j);
	}
}

/* While another password is due: who verifies the token by himself is not to let it in. */
static void
drop_rights(struct standing *st)
{

	st->roles->count = st->permissions->count = 0;
	st->org_id = NULL;
}

static enum err
add_rights(
    struct app *app, const struct user *u, const struct session *s, struct arena *a, struct json *j)
{
	struct standing st;
	struct db *db;
	enum err e;

	if ((e = store_read(app->store, &db)) != ERR_OK)
		return (e);
	if ((e = standing_in(db, u, s, clock_ms(), a, &st)) == ERR_OK) {
		if (u->update_password_required && st.actor_id == NULL)
			drop_rights(&st);
		put_rights(j, &st);
	}
	store_read_end(app->store, db);
	return (e);
}

/* Who acts in the user's name.  Source: RFC 8693 section 4.1. */
static void
add_act(const char *actor_id, struct arena *a, struct json *j)
{
	struct json act = json_object(a);

	json_add_text(&act, "sub", actor_id);
	json_add_raw(j, "act", json_print(&act));
}

/* The names that spaces separate in ${amr}, as a list. */
static void
add_amr(const char *amr, struct arena *a, struct json *j)
{
	char *names[8];
	size_t count = 0, len;

	for (; *amr != '\0' && count < COUNT(names); amr += len) {
		len = strcspn(amr, " ");
		if (len > 0 && (names[count] = arena_copy_len(a, amr, len)) != NULL)
			count++;
		len += amr[len] == ' ';
	}
	json_add_texts(j, "amr", names, count);
}

int64_t
claims_lifetime_s(const struct app *app, const struct session *s)
{
	const int64_t left_s = (s->ends_at - clock_ms()) / 1000;

	/* No refresh token would lengthen it. */
	if (s->actor_user_id != NULL)
		return (left_s);
	return (left_s < app->conf.session_access_s ? left_s : app->conf.session_access_s);
}

enum err
claims_issue_access(struct app *app, const struct user *u, const struct session *s, struct arena *a,
    char **ret_token)
{
	const int64_t now_s = clock_ms() / 1000;
	struct json j = json_object(a);
	char jti[ID_SIZE];
	const char *text;
	enum err e;

	id_random(jti);
	json_add_text(&j, "iss", app->conf.site_url);
	json_add_text(&j, "sub", u->id);
	json_add_text(&j, "aud", app->conf.site_audience);
	json_add_number(&j, "exp", now_s + claims_lifetime_s(app, s));
	json_add_number(&j, "iat", now_s);
	json_add_text(&j, "jti", jti);
	json_add_text(&j, "sid", s->id);
	json_add_text(&j, "email", u->email);
	json_add_bool(&j, "email_verified", u->email_confirmed);
	if ((e = add_rights(app, u, s, a, &j)) != ERR_OK)
		return (e);
	if (s->actor_user_id != NULL)
		add_act(s->actor_user_id, a, &j);
	add_amr(s->amr, a, &j);
	json_add_text(&j, "acr", "aal1");
	json_add_number(&j, "auth_time", s->created_at / 1000);
	if ((text = json_print(&j)) == NULL)
		return (ERR_NOMEM);
	return (keyring_sign(app->keyring, ACCESS_TYPE, text, a, ret_token));
}

static const char *
get_text(const cJSON *claims, const char *name)
{

	return (cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(claims, name)));
}

/* The whole number ${name}; -1 when it is not there or not one. */
static int64_t
get_number(const cJSON *claims, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(claims, name);

	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= NUMBER_MAX))
		return (-1);
	return ((int64_t)item->valuedouble);
}

/* Is ${wanted} the audience, or one of them?  Source: RFC 7519 section 4.1.3. */
static bool
has_audience(const cJSON *claims, const char *wanted)
{
	const cJSON *aud = cJSON_GetObjectItemCaseSensitive(claims, "aud"), *item;

	if (cJSON_IsString(aud))
		return (strcmp(aud->valuestring, wanted) == 0);
	cJSON_ArrayForEach(item,
	    aud) if (cJSON_IsString(item) && strcmp(item->valuestring, wanted) == 0) return (true);
	return (false);
}

/* Issuer and times, which both kinds of token have. */
static bool
is_current(const struct app *app, const cJSON *claims, int64_t now_s)
{
	const char *iss = get_text(claims, "iss");
	const int64_t iat = get_number(claims, "iat");

	if (iss == NULL || strcmp(iss, app->conf.site_url) != 0)
		return (false);
	if (get_number(claims, "exp") <= now_s || iat < 0 || iat > now_s + SKEW_S)
		return (false);
	return (!cJSON_HasObjectItem(claims, "nbf") ||
	        (get_number(claims, "nbf") >= 0 && get_number(claims, "nbf") <= now_s + SKEW_S));
}

enum err
claims_verify_access(
    struct app *app, const char *token, struct arena *a, struct access_claims *ret_claims)
{
	const char *detail;
	cJSON *claims;
	char *text;
	enum err e;

	if ((e = keyring_verify(app->keyring, ACCESS_TYPE, token, a, &text)) != ERR_OK)
		return (e);
	if (json_parse(text, strlen(text), a, &claims, &detail) != ERR_OK ||
	    !cJSON_IsObject(claims) || !is_current(app, claims, clock_ms() / 1000) ||
	    !has_audience(claims, app->conf.site_audience))
		return (ERR_INVALID_TOKEN);
	ret_claims->user_id = get_text(claims, "sub");
	ret_claims->session_id = get_text(claims, "sid");
	ret_claims->expires_at = get_number(claims, "exp") * 1000;
	return (id_ok(ret_claims->user_id) && id_ok(ret_claims->session_id) ? ERR_OK
	                                                                    : ERR_INVALID_TOKEN);
}

char *
claims_issue_refresh(const struct app *app, const struct session *s, struct arena *a)
{
	struct json j = json_object(a);
	unsigned char mac[32];
	const char *text;
	char *input;

	json_add_text(&j, "iss", app->conf.site_url);
	json_add_text(&j, "sub", s->user_id);
	json_add_text(&j, "sid", s->id);
	json_add_text(&j, "jti", s->token_id);
	json_add_number(&j, "gen", s->generation);
	json_add_number(&j, "iat", s->rotated_at / 1000);
	json_add_number(&j, "exp", s->expires_at / 1000);
	if ((text = json_print(&j)) == NULL ||
	    (input = jws_input("HS256", REFRESH_TYPE, NULL, text, a)) == NULL)
		return (NULL);
	master_mac(app->master, REFRESH_PURPOSE, input, strlen(input), mac);
	return (jws_join(input, mac, sizeof mac, a));
}

enum err
claims_verify_refresh(
    const struct app *app, const char *token, struct arena *a, struct refresh_claims *ret_claims)
{
	unsigned char mac[32];
	struct jws parts;
	const char *header, *detail;
	cJSON *claims;
	enum err e;

	if ((e = jws_split(token, a, &parts)) != ERR_OK)
		return (e);
	if ((header = jws_header("HS256", REFRESH_TYPE, NULL, a)) == NULL)
		return (ERR_NOMEM);
	if (strcmp(header, parts.header) != 0 || parts.signature_len != sizeof mac)
		return (ERR_INVALID_TOKEN);
	master_mac(app->master, REFRESH_PURPOSE, parts.input, parts.input_len, mac);
	if (!secret_equal(mac, parts.signature, sizeof mac))
		return (ERR_INVALID_TOKEN);
	if (json_parse(parts.payload, strlen(parts.payload), a, &claims, &detail) != ERR_OK ||
	    !is_current(app, claims, clock_ms() / 1000))
		return (ERR_INVALID_TOKEN);
	ret_claims->session_id = get_text(claims, "sid");
	ret_claims->token_id = get_text(claims, "jti");
	ret_claims->generation = get_number(claims, "gen");
	return (id_ok(ret_claims->session_id) && id_ok(ret_claims->token_id) &&
	                ret_claims->generation >= 0
	            ? ERR_OK
	            : ERR_INVALID_TOKEN);
}
