/* The audit log: rows that are only added, and the end of their chain. What seals them is made by
 * who holds the key: access/audit.h. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include <stdint.h>

#include "store/store.h"

#define AUDIT_MAC_LEN 32

/* A row of audit_log; texts are owned by the arena it was read into, NULL where the column is. */
struct audit_row {
	int64_t seq;
	const char *id;
	int64_t occurred_at;
	const char *actor;
	const char *user_id;
	const char *on_behalf_of;
	const char *key_id;
	const char *org_id;
	const char *action;
	const char *object_type;
	const char *object_id;
	const char *ip_address;
	const char *user_agent;
	const char *request_id;
	const char *details; /* JSON */
	unsigned char mac[AUDIT_MAC_LEN];
};

/* The end of the chain. */
struct audit_head {
	int64_t seq; /* 0: there is no row */
	unsigned char mac[AUDIT_MAC_LEN];
	unsigned char seal[AUDIT_MAC_LEN];
};

/**
 * audit_find_head(db, ret_head), audit_set_head(tx, head):
 * The end of the chain. Errors: audit_find_head() ERR_NOT_FOUND when nothing was ever added;
 * ERR_DB.
 */
MUST_USE enum err audit_find_head(struct db *db, struct audit_head *ret_head);
MUST_USE enum err audit_set_head(struct tx *tx, const struct audit_head *head);

/**
 * audit_add(tx, row):
 * Add a row, and its words to what is searched. Its seq must be the next.
 * Errors: ERR_TAKEN when it is not; ERR_DB.
 */
MUST_USE enum err audit_add(struct tx *tx, const struct audit_row *row);

#endif
