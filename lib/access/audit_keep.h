/* How long the audit log is kept, and deleting what is older so that the rest can still be
 * verified. */
#ifndef ACCESS_AUDIT_KEEP_H
#define ACCESS_AUDIT_KEEP_H

#include "cred/secret.h"
#include "store/audit.h"

#define AUDIT_KEEP_MIN 30 /* days */
#define AUDIT_KEEP_MAX 36500

/**
 * audit_keep_find(db, m, ret_days):
 * How many days rows are kept; 0: for good. Errors: ERR_CRYPTO when somebody else than Yett has set
 * it, or has put back what was set once; ERR_DB.
 */
MUST_USE enum err audit_keep_find(struct db *db, const struct master *m, int64_t *ret_days);

/**
 * audit_keep_set(tx, m, days):
 * Set it, within the transaction whose last row in the log says so. Errors: ERR_DB.
 */
MUST_USE enum err audit_keep_set(struct tx *tx, const struct master *m, int64_t days);

/**
 * audit_keep_cut(s, m, ret_count):
 * When the oldest row has been there a day longer than it should: delete up to 500 of those that
 * are too old, from the beginning of the log only, and note up to which, in one transaction. What
 * is deleted is verified before, so that nobody has his traces swept away by us.
 * Errors: ERR_CRYPTO when what should be deleted is not what was written, or how long to keep rows
 * is not known for sure: nothing is deleted then; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err audit_keep_cut(struct store *s, const struct master *m, int64_t *ret_count);

#endif
