/* Challenges to compute: made, recognised and checked without anything being stored. */
#ifndef CRED_CHALLENGE_H
#define CRED_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

#include "cred/secret.h"

#define CHALLENGE_SIZE 44 /* 43 characters and a NUL */
#define CHALLENGE_BITS_MIN 8
#define CHALLENGE_BITS_MAX 30
#define CHALLENGE_NONCE_MAX 32 /* characters */

struct challenge {
	int64_t expires_at; /* Unix ms, below 2^48 */
	int bits;           /* so many zeros the hash of the solution has to begin with */
};

/**
 * challenge_print(m, c, ret_text):
 * A new challenge of what ${c} says, 72 random bits, and 128 bits of an HMAC-SHA-256 of both by the
 * master key; in base64url. It fits into one block of SHA-256, with a nonce of 11 characters.
 * Source: RFC 2104; Hashcash (Back 2002), whose stamps are made by who spends them, and so have to
 * name what they are for.
 */
void challenge_print(
    const struct master *m, const struct challenge *c, char ret_text[static CHALLENGE_SIZE]);

/**
 * challenge_parse(solution, ret_challenge):
 * Read CHALLENGE.NONCE, as somebody may have made it up. The nonce is 1 to 32 characters of
 * base64url. False when it is none.
 */
bool challenge_parse(const char *solution, struct challenge *ret_challenge);

/**
 * challenge_is_ours(m, solution), challenge_zeros(solution):
 * Was the challenge in ${solution}, which challenge_parse() took, made by challenge_print() with
 * this key? How many zero bits, 256 at most, does the SHA-256 of ${solution} begin with?
 */
bool challenge_is_ours(const struct master *m, const char *solution);
int challenge_zeros(const char *solution);

#endif
