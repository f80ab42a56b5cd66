/* PBKDF2 hashes that users bring along. */
#include "cred/pbkdf2.h"

#include <string.h>

#include <openssl/evp.h>
#include <sodium.h>

#include "base/text.h"

#define SALT_MAX 64   /* bytes */
#define DIGEST_MAX 64 /* SHA-512's */
#define PASSLIB sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define DJANGO sodium_base64_VARIANT_ORIGINAL

/* PREFIX ROUNDS $ SALT $ RESULT. Django's salt is text; all else is base64, passlib's with '.' for
 * '+'. */
static const struct form {
	const char *prefix;
	const EVP_MD *(*digest)(void);
	size_t digest_len;
	int variant;
} forms[] = {
	{ "$pbkdf2$", EVP_sha1, 20, PASSLIB },
	{ "$pbkdf2-sha256$", EVP_sha256, 32, PASSLIB },
	{ "$pbkdf2-sha512$", EVP_sha512, 64, PASSLIB },
	{ "pbkdf2_sha1$", EVP_sha1, 20, DJANGO },
	{ "pbkdf2_sha256$", EVP_sha256, 32, DJANGO },
};

struct parsed {
	const struct form *form;
	int64_t rounds;
	unsigned char salt[SALT_MAX];
	size_t salt_len;
	unsigned char result[DIGEST_MAX];
};

static const struct form *
find_form(const char *hash)
{
	size_t i;

	for (i = 0; i < COUNT(forms); i++)
		if (text_starts(hash, forms[i].prefix))
			return (&forms[i]);
	return (NULL);
}

/* What stands before the next '$', or the end, into ${to}; ${*p} is then behind it. False when it
 * does not fit. */
static bool
take_part(const char **p, char *to, size_t size)
{
	const size_t len = strcspn(*p, "$");

	if (len == 0 || len >= size)
		return (false);
	memcpy(to, *p, len);
	to[len] = '\0';
	*p += len;
	return (true);
}

static bool
decode(char *text, int variant, unsigned char *ret_bytes, size_t size, size_t *ret_len)
{
	char *p;

	for (p = text; variant == PASSLIB && *p != '\0'; p++) {
		if (*p == '+')
			return (false);
		if (*p == '.')
			*p = '+';
	}
	return (sodium_base642bin(
	            ret_bytes, size, text, strlen(text), NULL, ret_len, NULL, variant) == 0);
}

static bool
take_salt(const struct form *form, char *text, struct parsed *p)
{

	if (form->variant == PASSLIB)
		return (decode(text, PASSLIB, p->salt, sizeof p->salt, &p->salt_len));
	p->salt_len = strlen(text);
	if (p->salt_len > sizeof p->salt || !text_control_free(text))
		return (false);
	memcpy(p->salt, text, p->salt_len);
	return (true);
}

static bool
parse(const char *hash, struct parsed *ret_parsed)
{
	char part[2 * SALT_MAX];
	const struct form *form = find_form(hash);
	size_t len;

	if ((ret_parsed->form = form) == NULL)
		return (false);
	hash += strlen(form->prefix);
	if (!take_part(&hash, part, sizeof part) ||
	    !text_number(part, 1, PBKDF2_ROUNDS_MAX, &ret_parsed->rounds) || *hash++ != '$')
		return (false);
	if (!take_part(&hash, part, sizeof part) || !take_salt(form, part, ret_parsed) ||
	    *hash++ != '$')
		return (false);
	return (take_part(&hash, part, sizeof part) && *hash == '\0' &&
	        decode(part, form->variant, ret_parsed->result, form->digest_len, &len) &&
	        len == form->digest_len);
}

bool
pbkdf2_is(const char *hash)
{

	return (find_form(hash) != NULL);
}

bool
pbkdf2_knows(const char *hash)
{
	struct parsed p;

	return (parse(hash, &p));
}

enum err
pbkdf2_verify(const char *hash, const char *password)
{
	unsigned char made[DIGEST_MAX];
	struct parsed p;
	bool same;

	if (!parse(hash, &p))
		return (ERR_INVALID_CREDENTIALS);
	if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), p.salt, (int)p.salt_len,
	        (int)p.rounds, p.form->digest(), (int)p.form->digest_len, made) != 1)
		return (ERR_CRYPTO);
	same = sodium_memcmp(made, p.result, p.form->digest_len) == 0;
	sodium_memzero(made, sizeof made);
	return (same ? ERR_OK : ERR_INVALID_CREDENTIALS);
}
