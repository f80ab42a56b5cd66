/* The claims of our own tokens: each of them wrong, and the times from both sides. */
#include "access/claims.h"

#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "check.h"
#include "cred/jws.h"
#include "http/json.h"
#include "state.h"

#define ANNA "01890a5d-ac96-774b-bcce-b302099a8057"
#define STAY "01890a5d-ac96-774b-bcce-b302099a8058"
#define ISS "\"iss\":\"http://127.0.0.1:8080\","
#define AUD "\"aud\":\"http://127.0.0.1:8080\","
#define IDS "\"sub\":\"" ANNA "\",\"sid\":\"" STAY "\",\"jti\":\"" STAY "\",\"gen\":3,"

static struct arena *arena;
static struct app app; /* of it, only what claims need */

/* Is a well-signed access token with ${claims}, issued ${iat_s} and ending ${exp_s} from now, good?
 */
static bool
takes_access(const char *claims, int iat_s, int exp_s)
{
	const long long now_s = clock_ms() / 1000;
	struct access_claims got = { .user_id = NULL };
	char *token;
	enum err e;

	arena_reset(arena);
	if (keyring_sign(app.keyring, "at+jwt",
	        arena_print(
	            arena, "{%s\"iat\":%lld,\"exp\":%lld}", claims, now_s + iat_s, now_s + exp_s),
	        arena, &token) != ERR_OK)
		return (false);
	e = claims_verify_access(&app, token, arena, &got);
	if (e == ERR_OK && (strcmp(got.user_id, ANNA) != 0 || strcmp(got.session_id, STAY) != 0 ||
	                       got.expires_at != (now_s + exp_s) * 1000))
		return (false);
	return (e == ERR_OK);
}

static void
test_access(void)
{

	ok(takes_access(ISS AUD IDS, 0, 60), "a good token is good");
	ok(!takes_access(AUD IDS, 0, 60), "without an issuer it is not");
	ok(!takes_access("\"iss\":\"http://127.0.0.1:8081\"," AUD IDS, 0, 60), "nor from another");
	ok(!takes_access("\"iss\":1," AUD IDS, 0, 60), "nor from a number");
	ok(!takes_access(ISS IDS, 0, 60), "nor without an audience");
	ok(!takes_access(ISS "\"aud\":\"https://api.example.org\"," IDS, 0, 60), "nor for another");
	ok(takes_access(ISS "\"aud\":[\"x\",\"http://127.0.0.1:8080\"]," IDS, 0, 60),
	    "one of several is enough");
	ok(!takes_access(ISS "\"aud\":[\"x\",1,[]]," IDS, 0, 60), "it must be among them");
	ok(!takes_access(ISS "\"aud\":{\"a\":\"http://127.0.0.1:8080\"},x" IDS, 0, 60),
	    "an object names no audience");
	ok(!takes_access(ISS AUD "\"sub\":\"" ANNA "\",", 0, 60), "there must be a session");
	ok(!takes_access(ISS AUD "\"sid\":\"" STAY "\",", 0, 60), "and a user");
	ok(!takes_access(ISS AUD "\"sub\":\"anna\",\"sid\":\"" STAY "\",", 0, 60), "by id");
	ok(!takes_access(ISS ISS AUD IDS, 0, 60), "a claim that is there twice is refused");
}

static void
test_times(void)
{
	const long long now_s = clock_ms() / 1000;
	char claims[512];

	ok(!takes_access(ISS AUD IDS, 0, 0), "a token is dead in the second that it names");
	ok(!takes_access(ISS AUD IDS, -60, -1), "and later");
	ok(takes_access(ISS AUD IDS, 4, 60), "a clock may be a few seconds ahead");
	ok(!takes_access(ISS AUD IDS, 8, 60), "not more");
	snprintf(claims, sizeof claims, ISS AUD IDS "\"nbf\":%lld,", now_s + 30);
	ok(!takes_access(claims, 0, 60), "a token that is not yet valid is refused");
	snprintf(claims, sizeof claims, ISS AUD IDS "\"nbf\":%lld,", now_s - 1);
	ok(takes_access(claims, 0, 60), "one that is since a second is not");
	ok(!takes_access(ISS AUD IDS "\"nbf\":\"1\",", 0, 60), "a time is a number");
	ok(!takes_access(ISS AUD IDS "\"nbf\":-1,", 0, 60), "and no negative one");
}

/* As takes_access(), of a refresh token. */
static bool
takes_refresh(const char *claims, const char *header_type, int exp_s)
{
	const long long now_s = clock_ms() / 1000;
	struct refresh_claims got = { .generation = -1 };
	unsigned char mac[32];
	char *input;
	enum err e;

	arena_reset(arena);
	input = jws_input("HS256", header_type, NULL,
	    arena_print(arena, "{%s\"iat\":%lld,\"exp\":%lld}", claims, now_s, now_s + exp_s),
	    arena);
	master_mac(app.master, "refresh1", input, strlen(input), mac);
	e = claims_verify_refresh(&app, jws_join(input, mac, sizeof mac, arena), arena, &got);
	return (e == ERR_OK && got.generation == 3 && strcmp(got.session_id, STAY) == 0 &&
	        strcmp(got.token_id, STAY) == 0);
}

static void
test_refresh(void)
{

	ok(takes_refresh(ISS IDS, "rt+jwt", 60), "a good refresh token is good");
	ok(!takes_refresh(ISS IDS, "at+jwt", 60), "of another type it is not");
	ok(!takes_refresh(IDS, "rt+jwt", 60), "nor without an issuer");
	ok(!takes_refresh(ISS IDS, "rt+jwt", 0), "nor dead");
	ok(!takes_refresh(ISS "\"sid\":\"" STAY "\",\"jti\":\"" STAY "\",", "rt+jwt", 60),
	    "nor without its generation");
	ok(!takes_refresh(ISS "\"sid\":\"" STAY "\",\"gen\":3,", "rt+jwt", 60),
	    "nor without its id");
}

static void
test_issue(void)
{
	const int64_t now = clock_ms();
	struct session s = { .id = STAY,
		.user_id = ANNA,
		.token_id = STAY,
		.generation = 3,
		.rotated_at = now,
		.expires_at = now + 60000 };
	struct refresh_claims refresh;
	struct access_claims access;
	const char *one, *other;

	arena_reset(arena);
	one = claims_issue_refresh(&app, &s, arena);
	other = claims_issue_refresh(&app, &s, arena);
	ok(one != NULL && strcmp(one, other) == 0, "the same row gives the same refresh token");
	ok(claims_verify_refresh(&app, one, arena, &refresh) == ERR_OK && refresh.generation == 3,
	    "which verifies");
	ok(claims_verify_access(&app, one, arena, &access) == ERR_INVALID_TOKEN,
	    "but never as an access token");
	s.generation = 4;
	ok(strcmp(one, claims_issue_refresh(&app, &s, arena)) != 0, "another row gives another");
}

int
main(void)
{
	char message[CONF_MESSAGE_SIZE];

	arena = arena_new(1 << 20);
	if (sodium_init() < 0 || arena == NULL || conf_parse("", &app.conf, message) != ERR_OK ||
	    master_create(state_dir()) != ERR_OK ||
	    master_open(state_dir(), &app.master) != ERR_OK ||
	    keyring_create(state_file("keys")) != ERR_OK ||
	    keyring_open(state_file("keys"), 1800, &app.keyring) != ERR_OK)
		return (1);
	test_access();
	test_times();
	test_refresh();
	test_issue();
	json_use(NULL);
	keyring_close(app.keyring);
	master_close(app.master);
	arena_free(arena);
	return (done());
}
