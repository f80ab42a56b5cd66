/* Passwords known from breaches, as a Bloom filter in a file: no network, no list in memory. */
#ifndef CRED_BREACH_H
#define CRED_BREACH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct breach;

/**
 * breach_open(path, ret_breach):
 * Map the filter ${path}. Close with breach_close(), which accepts NULL.
 * Errors: ERR_NOT_FOUND; ERR_SYNTAX when it is not a whole filter; ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err breach_open(const char *path, struct breach **ret_breach);
void breach_close(struct breach *b);

/**
 * breach_has(b, password):
 * Is ${password} in the list that ${b} was built from? No false no; a false yes for one in 10,000.
 * NULL has nothing.
 */
bool breach_has(const struct breach *b, const char *password);

/**
 * breach_count(b):
 * How many passwords were put in.
 */
uint64_t breach_count(const struct breach *b);

/**
 * breach_build(list, path, ret_count, ret_line):
 * Make the filter ${path} of ${list}: a line each, the SHA-1 of a password in 40 hexadecimal
 * digits, then the end of the line or ":COUNT", as Have I Been Pwned publishes it; empty lines and
 * lines that begin with '#' are passed over. The list is read twice, so it must be seekable.
 * Errors: ERR_SYNTAX (${ret_line} is the line's number); ERR_IO.
 */
MUST_USE enum err
breach_build(FILE *list, const char *path, uint64_t *ret_count, uint64_t *ret_line);

#endif
