/* The end of the audit log's chain as a line of text, to be kept where who attacks the site cannot
 * reach it. */
#ifndef ACCESS_AUDIT_HEAD_H
#define ACCESS_AUDIT_HEAD_H

#include "cred/secret.h"
#include "store/audit.h"

/* What such a line says: at ${taken_at} the log ended with row ${seq}, whose mac was ${mac}. */
struct audit_kept {
	int64_t seq;
	int64_t taken_at; /* ms */
	unsigned char mac[AUDIT_MAC_LEN];
};

/**
 * audit_head_take(db, m, now, ret_kept):
 * The end of the chain now; seq 0 and zeros when nothing was ever added.
 * Errors: ERR_CRYPTO when the end is forged or gone; ERR_DB.
 */
MUST_USE enum err
audit_head_take(struct db *db, const struct master *m, int64_t now, struct audit_kept *ret_kept);

/**
 * audit_head_print(m, kept, a):
 * "yett-head.SEQ.TAKEN_AT.MAC.SEAL": numbers, and 64 hexadecimal digits each. The seal is keyed
 * BLAKE2b by the master key and not a signature: it must be checked years later, when signing keys
 * have gone, and the chain itself cannot be checked without the master key anyway. Owned by ${a};
 * NULL when it is full.
 */
char *audit_head_print(const struct master *m, const struct audit_kept *kept, struct arena *a);

/**
 * audit_head_parse(m, text, ret_kept):
 * Read such a line, all of ${text}.
 * Errors: ERR_SYNTAX when it is none; ERR_CRYPTO when its seal is not this site's.
 */
MUST_USE enum err
audit_head_parse(const struct master *m, const char *text, struct audit_kept *ret_kept);

/**
 * audit_head_hex(mac, ret_text):
 * ${mac} as 64 hexadecimal digits and a NUL.
 */
void audit_head_hex(
    const unsigned char mac[static AUDIT_MAC_LEN], char ret_text[static 2 * AUDIT_MAC_LEN + 1]);

#endif
