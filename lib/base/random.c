/* Randomness, from the kernel through libsodium. */
#include "base/random.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#ifdef TEST_HOOKS
static int
seeded_bytes(void *bytes, size_t len)
{
	static atomic_uint calls;
	unsigned char seed[randombytes_SEEDBYTES] = { 0 };
	const char *text = getenv("YETT_TEST_SEED");
	unsigned int call;

	if (text == NULL)
		return (0);
	call = atomic_fetch_add(&calls, 1);
	crypto_generichash(seed, sizeof seed, (const unsigned char *)text, strlen(text),
	    (const unsigned char *)NULL, 0);
	seed[0] ^= (unsigned char)call;
	seed[1] ^= (unsigned char)(call >> 8);
	seed[2] ^= (unsigned char)(call >> 16);
	randombytes_buf_deterministic(bytes, len, seed);
	return (1);
}
#else
static int
seeded_bytes(void *bytes, size_t len)
{

	(void)bytes;
	(void)len;
	return (0);
}
#endif

void
random_bytes(void *bytes, size_t len)
{

	if (!seeded_bytes(bytes, len))
		randombytes_buf(bytes, len);
}
