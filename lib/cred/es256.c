/* One ES256 key: a private key on P-256, its public half as a JWK, signatures as JOSE writes them.
 */
#include "cred/es256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#define HALF 32            /* bytes of R, of S, of a coordinate */
#define DER_MAX 72         /* SEQUENCE of two INTEGERs of up to 33 bytes, with their heads */
#define BASE64_SIZE 44     /* 32 bytes in base64url, and a NUL */
#define CURVE "prime256v1" /* P-256, as OpenSSL calls it */

struct es256 {
	EVP_PKEY *pkey;
	char x[BASE64_SIZE];
	char y[BASE64_SIZE];
	char kid[BASE64_SIZE];
};

static void
encode(char to[static BASE64_SIZE], const unsigned char bytes[static HALF])
{

	sodium_bin2base64(to, BASE64_SIZE, bytes, HALF, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* Before the first key: the texts of OpenSSL's errors, which nobody here prints, would be 55 KiB of
 * each program. Should this fail, so will what comes next. */
static void
begin(void)
{

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}

enum err
es256_generate(char ret_pem[static ES256_PEM_SIZE])
{
	EVP_PKEY *pkey = NULL;
	BIO *bio = NULL;
	enum err e = ERR_CRYPTO;
	int len;

	begin();
	if ((pkey = EVP_EC_gen("P-256")) == NULL || (bio = BIO_new(BIO_s_secmem())) == NULL)
		goto out;
	if (PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1)
		goto out;
	if ((len = BIO_read(bio, ret_pem, ES256_PEM_SIZE - 1)) <= 0)
		goto out;
	ret_pem[len] = '\0';
	e = ERR_OK;
out:
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return (e);
}

/* The public point's coordinates and the thumbprint of the JWK that they make. */
static enum err
set_public(struct es256 *key)
{
	unsigned char point[1 + 2 * HALF], hash[crypto_hash_sha256_BYTES];
	char group[32], jwk[192];
	size_t len;

	if (EVP_PKEY_get_utf8_string_param(
	        key->pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &len) != 1 ||
	    strcmp(group, CURVE) != 0)
		return (ERR_CRYPTO);
	if (EVP_PKEY_get_octet_string_param(
	        key->pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof point, &len) != 1 ||
	    len != sizeof point || point[0] != POINT_CONVERSION_UNCOMPRESSED)
		return (ERR_CRYPTO);
	encode(key->x, point + 1);
	encode(key->y, point + 1 + HALF);
	snprintf(jwk, sizeof jwk, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
	    key->x, key->y);
	crypto_hash_sha256(hash, (const unsigned char *)jwk, strlen(jwk));
	encode(key->kid, hash);
	return (ERR_OK);
}

enum err
es256_load(const char *pem, struct es256 **ret_key)
{
	struct es256 *key;
	enum err e = ERR_CRYPTO;
	BIO *bio;

	begin();
	if ((key = calloc(1, sizeof *key)) == NULL)
		return (ERR_NOMEM);
	if ((bio = BIO_new_mem_buf(pem, -1)) != NULL)
		key->pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (key->pkey != NULL && EVP_PKEY_is_a(key->pkey, "EC"))
		e = set_public(key);
	if (e != ERR_OK) {
		es256_free(key);
		return (e);
	}
	*ret_key = key;
	return (ERR_OK);
}

void
es256_free(struct es256 *key)
{

	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

const char *
es256_kid(const struct es256 *key)
{

	return (key->kid);
}

char *
es256_jwk(const struct es256 *key, struct arena *a)
{

	return (arena_print(a,
	    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"%s\","
	    "\"x\":\"%s\",\"y\":\"%s\"}",
	    key->kid, key->x, key->y));
}

enum err
es256_sign(const struct es256 *key, const char *text, size_t len,
    unsigned char ret_signature[static ES256_SIGNATURE_LEN])
{
	unsigned char der[DER_MAX];
	const unsigned char *p = der;
	size_t der_len = sizeof der;
	EVP_MD_CTX *ctx;
	ECDSA_SIG *sig = NULL;
	enum err e = ERR_CRYPTO;

	if ((ctx = EVP_MD_CTX_new()) == NULL)
		return (ERR_NOMEM);
	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
	    EVP_DigestSign(ctx, der, &der_len, (const unsigned char *)text, len) == 1 &&
	    (sig = d2i_ECDSA_SIG(NULL, &p, (long)der_len)) != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret_signature, HALF) == HALF &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret_signature + HALF, HALF) == HALF)
		e = ERR_OK;
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	return (e);
}

/* R and S as the DER that OpenSSL takes; 0 when memory is out. */
static size_t
to_der(const unsigned char signature[static ES256_SIGNATURE_LEN],
    unsigned char ret_der[static DER_MAX])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
	int len = 0;

	if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* they are sig's now */
		if ((len = i2d_ECDSA_SIG(sig, NULL)) > 0 && len <= DER_MAX)
			len = i2d_ECDSA_SIG(sig, &ret_der);
		else
			len = 0;
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return (len > 0 ? (size_t)len : 0);
}

bool
es256_verify(const struct es256 *key, const char *text, size_t len,
    const unsigned char signature[static ES256_SIGNATURE_LEN])
{
	unsigned char der[DER_MAX];
	size_t der_len;
	EVP_MD_CTX *ctx;
	bool ok;

	if ((der_len = to_der(signature, der)) == 0 || (ctx = EVP_MD_CTX_new()) == NULL)
		return (false);
	ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
	     EVP_DigestVerify(ctx, der, der_len, (const unsigned char *)text, len) == 1;
	EVP_MD_CTX_free(ctx);
	return (ok);
}
