/* API keys as text: made so that a slip in copying one is seen without looking it up. */
#ifndef CRED_APIKEY_H
#define CRED_APIKEY_H

#include <stdbool.h>

#define APIKEY_PREFIX "yett_"
#define APIKEY_BYTES 32
#define APIKEY_LEN 54 /* the prefix, 43 digits of the bytes, 6 of the checksum */
#define APIKEY_SIZE (APIKEY_LEN + 1)
#define APIKEY_HINT_SIZE 10 /* the prefix and 4 digits */

/* What a key of another system may have; fewer could be guessed. */
#define APIKEY_FOREIGN_MIN 20
#define APIKEY_FOREIGN_MAX 200

/**
 * apikey_make(ret_key), apikey_print(bytes, ret_key):
 * A new key, which nobody can guess; the key that ${bytes} make. "yett_", the bytes in 43 digits of
 * base62 (0-9, A-Z, a-z), and the CRC-32 of all that in 6: any one wrong character is found, and
 * of other slips all but one in four thousand million.
 * Source: RFC 1952 section 8 for the CRC.
 */
void apikey_make(char ret_key[static APIKEY_SIZE]);
void apikey_print(const unsigned char bytes[static APIKEY_BYTES], char ret_key[static APIKEY_SIZE]);

/**
 * apikey_is_ours(text), apikey_ok(text):
 * Does ${text} begin as our keys do? Is it a key that apikey_print() can have made?
 */
bool apikey_is_ours(const char *text);
bool apikey_ok(const char *text);

/**
 * apikey_foreign_ok(text):
 * May ${text} be a key that any system made: one of ours, or else 20 to 200 visible characters of
 * ASCII, 8 different ones at least?
 */
bool apikey_foreign_ok(const char *text);

/**
 * apikey_hint(text, ret_hint):
 * The beginning of the key ${text}: enough to tell keys apart, too little to guess one.
 */
void apikey_hint(const char *text, char ret_hint[static APIKEY_HINT_SIZE]);

#endif
