/* Bytes that claim to be text: checks, comparisons, whole numbers. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * text_utf8_ok(bytes, len):
 * Are ${len} ${bytes} well-formed UTF-8: no overlong form, no surrogate, nothing over U+10FFFF?
 * Source: RFC 3629 section 4.
 */
bool text_utf8_ok(const char *bytes, size_t len);

/**
 * text_control_free(text):
 * Has ${text} no control character (U+0000-U+001F, U+007F)?
 */
bool text_control_free(const char *text);

/**
 * text_cut(text, max):
 * How many bytes of ${text} (UTF-8) to keep so that they are at most ${max} and end with a whole
 * character.
 */
size_t text_cut(const char *text, size_t max);

/**
 * text_number(text, min, max, ret_number):
 * Read all of ${text} as a decimal number from ${min} to ${max}. False, and nothing filled, when it
 * is not one.
 */
bool text_number(const char *text, int64_t min, int64_t max, int64_t *ret_number);

/**
 * text_hex(c):
 * The value of the hexadecimal digit ${c}; -1: it is none.
 */
int text_hex(char c);

/**
 * text_lower(text):
 * Turn the ASCII letters of ${text} into small ones, in place, in every locale.
 */
void text_lower(char *text);

/**
 * text_starts(text, prefix):
 * Does ${text} begin with ${prefix}? NULL begins with nothing.
 */
bool text_starts(const char *text, const char *prefix);

/**
 * text_same_nocase(a, b):
 * Are ${a} and ${b} equal but for the case of ASCII letters? NULL equals nothing.
 */
bool text_same_nocase(const char *a, const char *b);

#endif
