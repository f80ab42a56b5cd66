/* Looking into the audit log: rows that have several things in common, the newest first, a page at
 * a time and in a bounded time. */
#ifndef ACCESS_AUDIT_FIND_H
#define ACCESS_AUDIT_FIND_H

#include "store/audit.h"

#define AUDIT_FIND_Q_MAX 200 /* bytes that words to search for may have */

/* What rows must have, all of it; NULL and 0 where nothing is asked. */
struct audit_filter {
	const char *action; /* "role.": all that begin so */
	const char *user_id;
	const char *on_behalf_of;
	const char *key_id;
	const char *org_id;
	const char *object_type;
	const char *object_id;
	const char *ip_address;
	int64_t from; /* ms; since then */
	int64_t to;   /* ms; before that */
	const char *words[AUDIT_WORDS_MAX];
	size_t words_count;
};

/**
 * audit_find_split(text, a, words, ret_count):
 * Cut ${text} into words as the index of words does, at all of ASCII but letters and digits; a word
 * twice is once. Owned by ${a}.
 * Errors: ERR_SYNTAX when there is no word; ERR_TOO_LARGE beyond AUDIT_WORDS_MAX; ERR_NOMEM.
 */
MUST_USE enum err audit_find_split(const char *text, struct arena *a,
    const char *words[static AUDIT_WORDS_MAX], size_t *ret_count);

/**
 * audit_find(db, f, before, limit, a, each, arg, ret_next):
 * Call ${each} for at most ${limit} rows that fit ${f} and have a seq below ${before}, the newest
 * first; texts are ${a}'s. ${ret_next} is what to go on before, 0 when there are no more. It is so
 * also when less than ${limit} were found, or none, after so much work that a request has done its
 * share, or once the rows have 256 KiB. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_find(struct db *db, const struct audit_filter *f, int64_t before,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct audit_row *row), void *arg,
    int64_t *ret_next);

#endif
