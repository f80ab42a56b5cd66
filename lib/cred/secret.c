/* Secrets that Yett makes: bearer tokens and their hashes, the master key and what is derived from
 * it. */
#include "cred/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"
#include "base/random.h"

#define PATH_SIZE 600

struct master {
	unsigned char key[crypto_kdf_KEYBYTES];
};

void
secret_hash(const char *text, size_t len, unsigned char ret_hash[static SECRET_HASH_LEN])
{

	crypto_generichash(ret_hash, SECRET_HASH_LEN, (const unsigned char *)text, len, NULL, 0);
}

void
secret_token(char ret_token[static SECRET_TOKEN_SIZE])
{
	unsigned char bytes[32];

	random_bytes(bytes, sizeof bytes);
	sodium_bin2base64(ret_token, SECRET_TOKEN_SIZE, bytes, sizeof bytes,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
}

bool
secret_equal(const void *a, const void *b, size_t len)
{

	return (sodium_memcmp(a, b, len) == 0);
}

enum err
master_create(const char *state_dir)
{
	unsigned char key[crypto_kdf_KEYBYTES];
	char path[PATH_SIZE];
	enum err e;

	snprintf(path, sizeof path, "%s/master.key", state_dir);
	if (access(path, F_OK) == 0)
		return (ERR_OK);
	random_bytes(key, sizeof key);
	e = file_create(path, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return (e == ERR_TAKEN ? ERR_OK : e);
}

enum err
master_open(const char *state_dir, struct master **ret_master)
{
	struct master *m;
	char path[PATH_SIZE];
	size_t len;
	enum err e;

	snprintf(path, sizeof path, "%s/master.key", state_dir);
	if ((m = sodium_malloc(sizeof *m)) == NULL)
		return (ERR_NOMEM);
	e = file_read_private(path, m->key, sizeof m->key, &len);
	if (e == ERR_TOO_LARGE || (e == ERR_OK && len != sizeof m->key))
		e = ERR_CRYPTO;
	if (e != ERR_OK) {
		master_close(m);
		return (e);
	}
	sodium_mprotect_readonly(m);
	*ret_master = m;
	return (ERR_OK);
}

void
master_close(struct master *m)
{

	sodium_free(m);
}

void
master_mac(const struct master *m, const char *purpose, const char *text, size_t len,
    unsigned char ret_mac[static 32])
{
	crypto_auth_hmacsha256_state state;
	unsigned char key[32];

	crypto_kdf_derive_from_key(key, sizeof key, 1, purpose, m->key);
	crypto_auth_hmacsha256_init(&state, key, sizeof key);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, len);
	crypto_auth_hmacsha256_final(&state, ret_mac);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&state, sizeof state);
}

void
master_seal(const struct master *m, const char *purpose, const char *text, size_t len,
    unsigned char ret_seal[static SECRET_HASH_LEN])
{
	unsigned char key[32];

	crypto_kdf_derive_from_key(key, sizeof key, 1, purpose, m->key);
	crypto_generichash(
	    ret_seal, SECRET_HASH_LEN, (const unsigned char *)text, len, key, sizeof key);
	sodium_memzero(key, sizeof key);
}

enum err
master_encrypt(const struct master *m, const char *purpose, const char *text, struct arena *a,
    const char **ret_sealed)
{
	const size_t text_len = strlen(text);
	const size_t len = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text_len;
	const size_t size =
	    sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	unsigned char key[crypto_secretbox_KEYBYTES], *bytes = arena_alloc(a, len);
	char *sealed = arena_alloc(a, size);

	if (bytes == NULL || sealed == NULL)
		return (ERR_NOMEM);
	/* 192 bits at random: no two are ever the same. */
	random_bytes(bytes, crypto_secretbox_NONCEBYTES);
	crypto_kdf_derive_from_key(key, sizeof key, 1, purpose, m->key);
	crypto_secretbox_easy(
	    bytes + crypto_secretbox_NONCEBYTES, (const unsigned char *)text, text_len, bytes, key);
	sodium_memzero(key, sizeof key);
	sodium_bin2base64(sealed, size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	*ret_sealed = sealed;
	return (ERR_OK);
}

enum err
master_decrypt(const struct master *m, const char *purpose, const char *sealed, struct arena *a,
    const char **ret_text)
{
	const size_t most = strlen(sealed), head = crypto_secretbox_NONCEBYTES;
	unsigned char key[crypto_secretbox_KEYBYTES], *bytes = arena_alloc(a, most + 1);
	char *text = arena_alloc(a, most + 1);
	size_t len;
	int opened;

	if (bytes == NULL || text == NULL)
		return (ERR_NOMEM);
	if (sodium_base642bin(bytes, most, sealed, most, NULL, &len, NULL,
	        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    len < head + crypto_secretbox_MACBYTES)
		return (ERR_CRYPTO);
	crypto_kdf_derive_from_key(key, sizeof key, 1, purpose, m->key);
	opened =
	    crypto_secretbox_open_easy((unsigned char *)text, bytes + head, len - head, bytes, key);
	sodium_memzero(key, sizeof key);
	if (opened != 0)
		return (ERR_CRYPTO);
	*ret_text = text;
	return (ERR_OK);
}
