/* Lists of texts as the database keeps them: one text. */
#ifndef ACCESS_TEXT_JOIN_H
#define ACCESS_TEXT_JOIN_H

#include <stdbool.h>

#include "http/input.h"

/**
 * text_join(t, ok, count_max, len_max, what, a, ret_text, ret_wrong):
 * The texts, each of which must be ${ok}, none twice, with spaces between them, owned by ${a}: at
 * most ${count_max} in ${len_max} bytes. Errors: ERR_FIELDS, and ${ret_wrong} says what is wrong
 * with them, to stand behind the field's name; they must be a list of ${what}. ERR_NOMEM.
 */
MUST_USE enum err
text_join(const struct text_list *t, bool (*ok)(const char *text), size_t count_max, size_t len_max,
    const char *what, struct arena *a, const char **ret_text, const char **ret_wrong);

#endif
