/* Identifiers: UUIDs as 36 lower-case characters. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>

#define ID_SIZE 37 /* 36 characters and a NUL */

/**
 * id_new(ret_id), id_random(ret_id):
 * A new UUID: version 7 (its order is that of creation; for rows), or version 4 (122 random bits;
 * for bearer tokens). Source: RFC 9562 sections 5.7 and 5.4.
 */
void id_new(char ret_id[static ID_SIZE]);
void id_random(char ret_id[static ID_SIZE]);

/**
 * id_ok(text):
 * Is ${text} a UUID in lower case? Nothing else may reach a query as an id.
 */
bool id_ok(const char *text);

#endif
