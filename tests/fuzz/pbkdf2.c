/* A hash of elsewhere through pbkdf2_knows() and, where it costs little, pbkdf2_verify(). */
#include "cred/pbkdf2.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *hash = fuzz_copy(data, len);
	const char *rounds;

	if (pbkdf2_knows(hash)) {
		must(pbkdf2_is(hash));
		must(strlen(hash) < 300);
		rounds = strchr(hash + 1, '$');
		must(rounds != NULL);
		if (strcspn(rounds + 1, "$") <= 3)
			must(pbkdf2_verify(hash, "password") != ERR_CRYPTO);
	} else {
		must(pbkdf2_verify(hash, "password") == ERR_INVALID_CREDENTIALS);
	}
	free(hash);
	return (0);
}
