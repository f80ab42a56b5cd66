/* Signed tokens: the RFCs' own example, every bit flipped, and another library's opinion. */
#include <string.h>

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include "check.h"
#include "cred/es256.h"
#include "cred/jws.h"
#include "cred/keyring.h"
#include "state.h"

#define TYPE "at+jwt"

/* RFC 7515 appendix A.3: its private key as PKCS #8, and its token. */
static const char rfc_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
                              "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
                              "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
                              "-----END PRIVATE KEY-----\n";
static const char rfc_token[] =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/* The SHA-256 of {"crv":"P-256","kty":"EC","x":...,"y":...} of that key, by RFC 7638. */
static const char rfc_thumbprint[] = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

static struct arena *arena;
static struct keyring *keyring;
static char pem[ES256_PEM_SIZE]; /* of the keyring's one key */

static void
test_rfc(void)
{
	unsigned char signature[ES256_SIGNATURE_LEN];
	struct es256 *key;
	struct jws parts;

	ok(es256_load(rfc_pem, &key) == ERR_OK, "the key of RFC 7515 A.3 loads");
	ok(jws_split(rfc_token, arena, &parts) == ERR_OK &&
	        parts.signature_len == ES256_SIGNATURE_LEN &&
	        strncmp(parts.payload, "{\"iss\":\"joe\",\r\n", 15) == 0,
	    "its token comes apart");
	ok(es256_verify(key, parts.input, parts.input_len, parts.signature),
	    "its signature verifies");
	ok(!es256_verify(key, parts.input, parts.input_len - 1, parts.signature),
	    "but not for a byte less");
	ok(strcmp(es256_kid(key), rfc_thumbprint) == 0, "the key's id is its thumbprint");
	ok(strstr(es256_jwk(key, arena),
	       "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	       "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"") != NULL,
	    "its JWK has the RFC's coordinates");
	ok(es256_sign(key, "abc", 3, signature) == ERR_OK && es256_verify(key, "abc", 3, signature),
	    "what it signs verifies");
	memset(signature, 0, sizeof signature);
	ok(!es256_verify(key, "abc", 3, signature), "a signature of zeros does not");
	memset(signature, 0xff, sizeof signature);
	ok(!es256_verify(key, "abc", 3, signature), "nor one of ones, larger than the curve");
	es256_free(key);
}

/* A key of another kind, as PEM. */
static const char *
other_pem(EVP_PKEY *pkey, bool public)
{
	static char text[4096];
	BIO *bio = BIO_new(BIO_s_mem());
	int len;

	if (public)
		PEM_write_bio_PUBKEY(bio, pkey);
	else
		PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
	len = BIO_read(bio, text, sizeof text - 1);
	text[len > 0 ? len : 0] = '\0';
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return (text);
}

static void
test_other_keys(void)
{
	struct es256 *key = NULL;

	ok(es256_load("", &key) == ERR_CRYPTO, "nothing is no key");
	ok(es256_load("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", &key) ==
	        ERR_CRYPTO,
	    "nor is garbage");
	ok(es256_load(other_pem(EVP_EC_gen("P-384"), false), &key) == ERR_CRYPTO,
	    "a key on P-384 is refused");
	ok(es256_load(other_pem(EVP_EC_gen("secp256k1"), false), &key) == ERR_CRYPTO,
	    "one on another curve of 256 bits, too");
	ok(es256_load(other_pem(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), false), &key) ==
	        ERR_CRYPTO,
	    "one for Ed25519");
	ok(es256_load(other_pem(EVP_RSA_gen(2048), false), &key) == ERR_CRYPTO, "one for RSA");
	ok(es256_load(other_pem(EVP_EC_gen("P-256"), true), &key) == ERR_CRYPTO,
	    "and a public half alone");
	es256_free(NULL);
}

static bool
splits(const char *token)
{
	struct jws parts;

	return (jws_split(token, arena, &parts) == ERR_OK);
}

static void
test_split(void)
{
	char token[JWS_TOKEN_MAX + 8];

	ok(splits("AAAA.e30.AAAA"), "three parts are a token");
	ok(splits("AAAA.e30."), "its signature may be empty: who verifies refuses it");
	ok(!splits("") && !splits("AAAA") && !splits("AAAA.e30"), "two are none");
	ok(!splits("AAAA.e30.AAAA.AAAA") && !splits("AAAA.e30.AAAA."), "nor are four");
	ok(!splits("AAAA.e30=.AAAA"), "padding is refused");
	ok(!splits("AAAA.e31.AAAA"), "bits left over must be zero");
	ok(!splits("AAAA.e3 0.AAAA") && !splits("AAAA.e30\n.AAAA"), "white space is refused");
	ok(!splits("AAAA.e+0.AAAA") && !splits("AAAA.e/0.AAAA"), "so is the other alphabet");
	ok(!splits("AAAA.e30.AAA\xdf"), "and a byte that libsodium takes for a digit");
	ok(!splits("AAAA.AAAA.AAAA"), "a payload with a NUL is refused");
	ok(!splits("AAAA.__4.AAAA"), "so is one that is not UTF-8");
	memset(token, 'A', sizeof token);
	memcpy(token + 4, ".e30.", 5);
	token[9 + 86] = '\0';
	token[9 + 85] = 'A';
	ok(splits(token), "a signature of 64 bytes is taken");
	token[9 + 86] = 'A';
	token[9 + 87] = '\0';
	ok(!splits(token), "a longer one is not");
	memset(token, 'A', sizeof token);
	memcpy(token + JWS_TOKEN_MAX - 9, ".e30.AAAA", 10);
	ok(splits(token), "8,192 bytes are taken");
	memset(token, 'A', sizeof token);
	memcpy(token + JWS_TOKEN_MAX - 8, ".e30.AAAA", 10);
	ok(!splits(token), "one more is not");
}

static enum err
verify(const char *token)
{
	char *claims;

	arena_reset(arena);
	return (keyring_verify(keyring, TYPE, token, arena, &claims));
}

static void
test_every_bit(void)
{
	char *signed_token, token[1024], part[1024], *claims;
	bool refused = true;
	size_t i;
	int bit;

	ok(keyring_sign(keyring, TYPE, "{\"sub\":\"x\"}", arena, &signed_token) == ERR_OK,
	    "claims are signed");
	snprintf(token, sizeof token, "%s", signed_token);
	ok(keyring_verify(keyring, TYPE, token, arena, &claims) == ERR_OK &&
	        strcmp(claims, "{\"sub\":\"x\"}") == 0,
	    "and verified");
	for (i = 0; token[i] != '\0'; i++)
		for (bit = 0; bit < 8; bit++) {
			token[i] = (char)(token[i] ^ (1 << bit));
			refused &= verify(token) == ERR_INVALID_TOKEN;
			token[i] = (char)(token[i] ^ (1 << bit));
		}
	ok(refused, "with any one bit flipped they are refused");
	ok(verify(token) == ERR_OK, "and with none they are not");
	for (i = 0; i < strlen(token); i++) {
		snprintf(part, sizeof part, "%.*s", (int)i, token);
		refused &= verify(part) == ERR_INVALID_TOKEN;
	}
	ok(refused, "cut anywhere they are refused");
	strcat(token, "A");
	ok(verify(token) == ERR_INVALID_TOKEN, "with a character more, too");
	token[strlen(token) - 1] = '.';
	ok(verify(token) == ERR_INVALID_TOKEN, "or a dot more");
}

/* A token of ${header}, signed well by the keyring's key. */
static const char *
sign_under(const char *header)
{
	static char token[1024];
	unsigned char signature[ES256_SIGNATURE_LEN];
	char input[512];
	struct es256 *key;
	struct arena *a = arena_new(1 << 16);

	sodium_bin2base64(input, sizeof input, (const unsigned char *)header, strlen(header),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	strcat(input, ".e30");
	if (es256_load(pem, &key) != ERR_OK ||
	    es256_sign(key, input, strlen(input), signature) != ERR_OK)
		return (NULL);
	snprintf(token, sizeof token, "%s", jws_join(input, signature, sizeof signature, a));
	es256_free(key);
	arena_free(a);
	return (token);
}

static void
test_headers(void)
{
	char header[256], kid[64];
	struct es256 *key;

	if (es256_load(pem, &key) != ERR_OK)
		return;
	snprintf(kid, sizeof kid, "%s", es256_kid(key));
	es256_free(key);
	snprintf(
	    header, sizeof header, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", kid);
	ok(verify(sign_under(header)) == ERR_OK, "under our header a good signature is good");
	snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", kid);
	ok(verify(sign_under(header)) == ERR_INVALID_TOKEN, "under another type it is refused");
	snprintf(
	    header, sizeof header, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"x%s\"}", kid);
	ok(verify(sign_under(header)) == ERR_INVALID_TOKEN, "under another key's id");
	snprintf(
	    header, sizeof header, "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", kid);
	ok(verify(sign_under(header)) == ERR_INVALID_TOKEN, "under alg none");
	snprintf(
	    header, sizeof header, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", kid);
	ok(verify(sign_under(header)) == ERR_INVALID_TOKEN, "under alg HS256");
	ok(verify(sign_under("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}")) == ERR_INVALID_TOKEN,
	    "without a key's id");
}

/* The public half of the keyring's key, as PEM. */
static const char *
public_pem(void)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return (other_pem(pkey, true));
}

/* HS256 with the public key as its secret: the classic confusion. */
static void
test_confusion(void)
{
	const char *secret = public_pem();
	char *token;
	jwt_t *jwt;

	jwt_new(&jwt);
	jwt_add_header(jwt, "typ", TYPE);
	jwt_add_grant(jwt, "sub", "x");
	jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)secret, (int)strlen(secret));
	token = jwt_encode_str(jwt);
	ok(token != NULL && verify(token) == ERR_INVALID_TOKEN,
	    "a token by HS256 under the public key is refused");
	free(token);
	jwt_free(jwt);
}

static void
test_libjwt(void)
{
	const char *public = public_pem();
	struct es256 *key;
	struct jws parts;
	char *token;
	jwt_t *jwt;

	/* libjwt takes no other type than JWT. */
	ok(keyring_sign(keyring, "JWT", "{\"sub\":\"x\"}", arena, &token) == ERR_OK &&
	        jwt_decode(&jwt, token, (const unsigned char *)public, (int)strlen(public)) == 0 &&
	        strcmp(jwt_get_grant(jwt, "sub"), "x") == 0 && jwt_get_alg(jwt) == JWT_ALG_ES256,
	    "libjwt verifies what we signed");
	jwt_free(jwt);
	jwt_new(&jwt);
	jwt_add_grant(jwt, "sub", "x");
	jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)pem, (int)strlen(pem));
	token = jwt_encode_str(jwt);
	ok(es256_load(pem, &key) == ERR_OK && jws_split(token, arena, &parts) == ERR_OK &&
	        es256_verify(key, parts.input, parts.input_len, parts.signature),
	    "what libjwt signed verifies here");
	ok(verify(token) == ERR_INVALID_TOKEN, "though its header is not ours, so it is no token");
	free(token);
	jwt_free(jwt);
	es256_free(key);
}

int
main(void)
{
	char path[512];
	FILE *f;

	if (sodium_init() < 0 || (arena = arena_new(1 << 20)) == NULL ||
	    es256_generate(pem) != ERR_OK)
		return (1);
	mkdir(state_file("keys"), 0700);
	snprintf(path, sizeof path, "%s/0000000000001.pem", state_file("keys"));
	f = fopen(path, "w");
	fputs(pem, f);
	fclose(f);
	chmod(path, 0600);
	if (keyring_open(state_file("keys"), 1800, &keyring) != ERR_OK)
		return (1);
	test_rfc();
	test_other_keys();
	test_split();
	test_every_bit();
	test_headers();
	test_confusion();
	test_libjwt();
	keyring_close(keyring);
	arena_free(arena);
	return (done());
}
