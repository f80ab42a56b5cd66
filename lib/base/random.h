/* Randomness, from the kernel through libsodium. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

/**
 * random_bytes(bytes, len):
 * Fill ${bytes} with ${len} bytes that nobody can guess. Test builds (-DTEST_HOOKS) repeat
 * themselves when the environment variable YETT_TEST_SEED is set.  Source: NIST SP 800-90A;
 * getrandom(2).
 */
void random_bytes(void *bytes, size_t len);

#endif
