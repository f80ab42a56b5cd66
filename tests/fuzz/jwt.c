/*
 * Tokens, with keys made for this run. The first byte of the input says what the rest is:
 *   t  a token: nobody can forge one, so it is refused
 *   m  changes to the good tokens, two bytes each (where, which bits): they are refused
 *   a  the claims of an access token, then well signed
 *   r  the claims of a refresh token, likewise
 */
#include <cjson/cJSON.h>
#include <sodium.h>

#include "../unit/state.h"
#include "access/claims.h"
#include "base/clock.h"
#include "base/id.h"
#include "cred/jws.h"
#include "fuzz.h"
#include "http/json.h"

#define ID_ONE "00000000-0000-7000-8000-000000000001"
#define ID_TWO "00000000-0000-7000-8000-000000000002"

static struct app app;
static char good_access[2048], good_refresh[2048];

static char *
sign_refresh(const char *claims, struct arena *a)
{
	char *input = jws_input("HS256", "rt+jwt", NULL, claims, a);
	unsigned char mac[32];

	must(input != NULL);
	master_mac(app.master, "refresh1", input, strlen(input), mac);
	return (jws_join(input, mac, sizeof mac, a));
}

static void
make_good(void)
{
	static const char claims[] =
	    "{\"iss\":\"http://127.0.0.1:8080\",\"aud\":\"http://127.0.0.1:8080\","
	    "\"iat\":1,\"exp\":99999999999,\"sub\":\"" ID_ONE "\",\"sid\":\"" ID_TWO
	    "\",\"jti\":\"" ID_ONE "\",\"gen\":1}";
	struct arena *a = arena_new(1 << 20);
	struct refresh_claims refresh;
	struct access_claims access;
	char *token;

	must(keyring_sign(app.keyring, "at+jwt", claims, a, &token) == ERR_OK);
	must(claims_verify_access(&app, token, a, &access) == ERR_OK);
	snprintf(good_access, sizeof good_access, "%s", token);
	token = sign_refresh(claims, a);
	must(claims_verify_refresh(&app, token, a, &refresh) == ERR_OK);
	snprintf(good_refresh, sizeof good_refresh, "%s", token);
	arena_free(a);
}

/* Of an app, only what verifying needs. */
static void
set_up(void)
{
	char message[CONF_MESSAGE_SIZE];

	must(sodium_init() >= 0);
	must(conf_parse("", &app.conf, message) == ERR_OK);
	must(master_create(state_dir()) == ERR_OK);
	must(master_open(state_dir(), &app.master) == ERR_OK);
	must(keyring_create(state_file("keys")) == ERR_OK);
	must(keyring_open(state_file("keys"), 1800, &app.keyring) == ERR_OK);
	make_good();
}

static void
check_refused(const char *token, struct arena *a)
{
	struct refresh_claims refresh;
	struct access_claims access;

	must(claims_verify_access(&app, token, a, &access) == ERR_INVALID_TOKEN);
	must(claims_verify_refresh(&app, token, a, &refresh) == ERR_INVALID_TOKEN);
}

/* There is one way only to write what was taken apart. */
static void
check_split(const char *token, struct arena *a)
{
	char payload[JWS_TOKEN_MAX + 1];
	struct jws parts;
	const char *again;

	if (jws_split(token, a, &parts) != ERR_OK)
		return;
	must(fuzz_is_utf8(parts.payload) && parts.signature_len <= sizeof parts.signature);
	sodium_bin2base64(payload, sizeof payload, (const unsigned char *)parts.payload,
	    strlen(parts.payload), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	again = arena_print(a, "%s.%s", parts.header, payload);
	must(strlen(again) == parts.input_len && memcmp(again, token, parts.input_len) == 0);
	again = jws_join(again, parts.signature, parts.signature_len, a);
	must(strcmp(again, token) == 0);
}

static void
change(const char *good, const uint8_t *data, size_t len, struct arena *a)
{
	char *token = fuzz_copy(good, strlen(good));
	const size_t token_len = strlen(good);
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		token[(data[i] * 256 + data[i + 1] / 8) % token_len] ^=
		    (char)(1 << (data[i + 1] % 8));
	if (strcmp(token, good) != 0)
		check_refused(token, a);
	free(token);
}

/* Who has passed: whatever else the claims hold, these are right. */
static void
check_claims(const char *text, struct arena *a, bool with_audience)
{
	const char *detail;
	cJSON *claims, *aud;

	must(json_parse(text, strlen(text), a, &claims, &detail) == ERR_OK);
	must(strcmp(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(claims, "iss")),
	         app.conf.site_url) == 0);
	must(cJSON_GetObjectItemCaseSensitive(claims, "exp")->valuedouble * 1000 >
	     (double)clock_ms() - 1000);
	must(cJSON_GetObjectItemCaseSensitive(claims, "iat")->valuedouble * 1000 <
	     (double)clock_ms() + 6000);
	if (!with_audience)
		return;
	aud = cJSON_GetObjectItemCaseSensitive(claims, "aud");
	must(cJSON_IsArray(aud) || strcmp(aud->valuestring, app.conf.site_audience) == 0);
}

static void
check_access(const char *text, struct arena *a)
{
	struct refresh_claims refresh;
	struct access_claims access;
	char *token, *claims;
	enum err e;

	must(keyring_sign(app.keyring, "at+jwt", text, a, &token) == ERR_OK);
	must(claims_verify_refresh(&app, token, a, &refresh) == ERR_INVALID_TOKEN);
	e = keyring_verify(app.keyring, "at+jwt", token, a, &claims);
	must((e == ERR_OK) == (fuzz_is_utf8(text) && strlen(token) <= JWS_TOKEN_MAX));
	must(e != ERR_OK || strcmp(claims, text) == 0);
	if ((e = claims_verify_access(&app, token, a, &access)) == ERR_OK) {
		check_claims(text, a, true);
		must(id_ok(access.user_id) && id_ok(access.session_id));
		must(access.expires_at > clock_ms() - 1000);
	} else {
		must(e == ERR_INVALID_TOKEN);
	}
}

static void
check_refresh(const char *text, struct arena *a)
{
	const char *token = sign_refresh(text, a);
	struct refresh_claims refresh;
	struct access_claims access;
	enum err e;

	must(token != NULL);
	must(claims_verify_access(&app, token, a, &access) == ERR_INVALID_TOKEN);
	if ((e = claims_verify_refresh(&app, token, a, &refresh)) == ERR_OK) {
		check_claims(text, a, false);
		must(id_ok(refresh.session_id) && id_ok(refresh.token_id));
		must(refresh.generation >= 0);
	} else {
		must(e == ERR_INVALID_TOKEN);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a;
	char *text;

	if (app.keyring == NULL)
		set_up();
	if (len == 0)
		return (0);
	must((a = arena_new(1 << 22)) != NULL);
	text = fuzz_copy(data + 1, len - 1);
	if (data[0] == 't') {
		check_split(text, a);
		check_refused(text, a);
	} else if (data[0] == 'm') {
		change(good_access, data + 1, len - 1, a);
		change(good_refresh, data + 1, len - 1, a);
	} else if (data[0] == 'a') {
		check_access(text, a);
	} else if (data[0] == 'r') {
		check_refresh(text, a);
	}
	json_use(NULL);
	free(text);
	arena_free(a);
	return (0);
}
