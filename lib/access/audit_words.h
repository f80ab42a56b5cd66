/* Are the words that the audit log is searched by those of its rows? */
#ifndef ACCESS_AUDIT_WORDS_H
#define ACCESS_AUDIT_WORDS_H

#include "store/audit.h"

/**
 * audit_words_compare(db, first, last, differs, arg):
 * Call ${differs} for each row from ${first} to ${last} that the index of words has others for than
 * stand in it, and for one beyond that it has any for. All in the one read that ${db} is in; 8
 * bytes of memory a row, at most 32 MiB, and a reading of the whole index for each 4 million rows.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_words_compare(
    struct db *db, int64_t first, int64_t last, void (*differs)(void *arg, int64_t seq), void *arg);

#endif
