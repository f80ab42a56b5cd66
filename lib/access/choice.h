/* Choosing a password. */
#ifndef ACCESS_CHOICE_H
#define ACCESS_CHOICE_H

#include "http/request.h"

/**
 * choice_check(r, field, password, words):
 * May ${password} be chosen, where an attacker would try ${words} (NULL at the end) first? Else
 * note why at ${field}. Errors: ERR_FIELDS; ERR_NOMEM.
 */
MUST_USE enum err
choice_check(struct req *r, const char *field, const char *password, const char *const *words);

#endif
