/* Is the audit log what was written? A walk along the chain, in short reads, that says which rows
 * are not. */
#ifndef ACCESS_AUDIT_VERIFY_H
#define ACCESS_AUDIT_VERIFY_H

#include "access/audit_head.h"
#include "cred/secret.h"
#include "store/audit.h"

/* One thing that is wrong. Texts are alive during the call that tells it. */
struct audit_finding {
	const char *what; /* changed, missing, early, late, broken, head, cut, kept, words, schema,
	                     index; docs/audit.md says what each means */
	int64_t seq;      /* of the row; 0: of none */
	const char *id;   /* of the row; NULL: it is gone, or of none */
	const char *detail; /* a sentence */
};

/* A walk. The caller sets the first four. */
struct audit_verify {
	struct store *store;
	const struct master *master;
	void (*found)(void *arg, const struct audit_finding *finding);
	void *arg;
	/* How far it has come. */
	int64_t rows;    /* that were looked at */
	int64_t through; /* the last of them; or where the chain begins */
	bool at_end;     /* and the head is of this row, or was told to be wrong */
	/* Its own. */
	struct arena *arena;
	unsigned char before[AUDIT_MAC_LEN];
	bool anchored; /* is ${before} what the next row must be chained to? */
};

/**
 * audit_verify_begin(v, after):
 * Begin behind row ${after}, which is taken to be right; 0: where the chain begins, which is
 * checked. End with audit_verify_end(), whatever this returns. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_verify_begin(struct audit_verify *v, int64_t after);
void audit_verify_end(struct audit_verify *v);

/**
 * audit_verify_go(v, max):
 * Go on over at most ${max} rows, in reads of at most 200 each: rows may be added meanwhile, and
 * retention may delete. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_verify_go(struct audit_verify *v, int64_t max);

/**
 * audit_verify_kept(v, kept, ret_comparable):
 * Does the log still have the row that it ended with when ${kept} was taken?
 * ${ret_comparable}: false when retention has deleted that row since. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
audit_verify_kept(struct audit_verify *v, const struct audit_kept *kept, bool *ret_comparable);

/**
 * audit_verify_rest(v):
 * What takes the whole log at once: are tables, triggers and indexes as they were made, and are the
 * words that are searched those of the rows? One read for some seconds a million rows.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_verify_rest(struct audit_verify *v);

#endif
