/* The audit log: rows that are only added, the two ends of their chain, and how long they are kept.
 * What seals them is made by who holds the key: access/audit.h. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define AUDIT_MAC_LEN 32
#define AUDIT_WORDS_MAX 6 /* that are searched for at once */

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

/* Up to where retention has deleted. */
struct audit_cut {
	int64_t through_seq; /* the last row that is gone */
	unsigned char mac[AUDIT_MAC_LEN];
	int64_t cut_at;
	unsigned char seal[AUDIT_MAC_LEN];
};

/* How long rows are kept. */
struct audit_retention {
	int64_t keep_days; /* 0: for good */
	int64_t set_seq;   /* the row that says who set it */
	unsigned char seal[AUDIT_MAC_LEN];
};

/* What one looks for. */
enum audit_by {
	AUDIT_BY_NOTHING,
	AUDIT_BY_ACTION,
	AUDIT_BY_KIND, /* "role.": all actions that begin so */
	AUDIT_BY_USER,
	AUDIT_BY_BEHALF,
	AUDIT_BY_KEY,
	AUDIT_BY_ORG,
	AUDIT_BY_TYPE,
	AUDIT_BY_OBJECT,
	AUDIT_BY_ADDRESS,
	AUDIT_BY_WORD, /* the first of at most AUDIT_WORDS_MAX; then the second, ... */
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
 * Add a row, its words to what is searched, and one to its day's count. Its seq must be above all.
 * Errors: ERR_DB, also when it is not.
 */
MUST_USE enum err audit_add(struct tx *tx, const struct audit_row *row);

/**
 * audit_first(db, ret_seq), audit_last(db, ret_seq):
 * The lowest and the highest seq that there is; 0 when there is no row. Errors: ERR_DB.
 */
MUST_USE enum err audit_first(struct db *db, int64_t *ret_seq);
MUST_USE enum err audit_last(struct db *db, int64_t *ret_seq);

/**
 * audit_get(db, seq, a, ret_row), audit_get_id(db, id, a, ret_row), audit_time(db, seq, ret_at):
 * One row; only when it was written. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_get(struct db *db, int64_t seq, struct arena *a, struct audit_row *ret_row);
MUST_USE enum err
audit_get_id(struct db *db, const char *id, struct arena *a, struct audit_row *ret_row);
MUST_USE enum err audit_time(struct db *db, int64_t seq, int64_t *ret_at);

/**
 * audit_seek(db, by, value, at_most, ret_stmt):
 * All seqs, from ${at_most} down, whose rows have ${value} there: db_next() goes to one,
 * db_int(stmt, 0) is it. A word must have no '"'. Errors: ERR_DB.
 */
MUST_USE enum err audit_seek(
    struct db *db, unsigned int by, const char *value, int64_t at_most, struct stmt **ret_stmt);

/**
 * audit_last_before(db, time, ret_seq), audit_first_since(db, time, ret_seq):
 * The last row written before ${time}, the first one since; 0 and INT64_MAX when there is none. A
 * clock that was set back hides no row, unless over 1,000 were written in the time it went back by.
 * Errors: ERR_DB.
 */
MUST_USE enum err audit_last_before(struct db *db, int64_t time, int64_t *ret_seq);
MUST_USE enum err audit_first_since(struct db *db, int64_t time, int64_t *ret_seq);

/**
 * audit_each(db, from, limit, a, each, arg):
 * Call ${each} for at most ${limit} rows from ${from} up, but that of the highest
 * number that there is. ${whole}: is all that stands in the row
 * of the declared type, and without a NUL, behind which somebody could hide something?
 * Errors: what ${each} returns; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_each(struct db *db, int64_t from, int64_t limit, struct arena *a,
    enum err (*each)(void *arg, const struct audit_row *row, bool whole), void *arg);

/**
 * audit_each_cut(db, each, arg), audit_find_cut(db, ret_cut):
 * All cuts, the newest first; the newest. Errors: audit_find_cut() ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err
audit_each_cut(struct db *db, void (*each)(void *arg, const struct audit_cut *cut), void *arg);
MUST_USE enum err audit_find_cut(struct db *db, struct audit_cut *ret_cut);

/**
 * audit_add_cut(tx, cut), audit_drop(tx, through):
 * Note a cut; delete the rows up to it, and what is searched of them. Errors: ERR_DB, also for rows
 * that no cut allows to delete.
 */
MUST_USE enum err audit_add_cut(struct tx *tx, const struct audit_cut *cut);
MUST_USE enum err audit_drop(struct tx *tx, int64_t through);

/**
 * audit_find_retention(db, ret_retention), audit_set_retention(tx, retention):
 * How long rows are kept. Errors: audit_find_retention() ERR_NOT_FOUND when nobody ever said;
 * ERR_DB.
 */
MUST_USE enum err audit_find_retention(struct db *db, struct audit_retention *ret_retention);
MUST_USE enum err audit_set_retention(struct tx *tx, const struct audit_retention *retention);

/**
 * audit_each_day(db, from, to, a, each, arg):
 * Call ${each} for each action of each day from ${from} to ${to} (days since 1970, both included)
 * with its count, the days in order; texts are ${a}'s. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_each_day(struct db *db, int64_t from, int64_t to, struct arena *a,
    enum err (*each)(void *arg, int64_t day, const char *action, int64_t count), void *arg);

/**
 * audit_each_term(db, each, arg):
 * Call ${each} for each word that is searched and each row it is said to stand in. This reads the
 * whole index. ${word} is alive during the call only. Errors: ERR_DB.
 */
MUST_USE enum err audit_each_term(
    struct db *db, void (*each)(void *arg, const char *word, size_t len, int64_t seq), void *arg);

/**
 * audit_check_schema(db, a, ret_report), audit_check_indexes(db, a, ret_report):
 * Are the tables, triggers and indexes of the log those of this program, to the letter? Do the
 * indexes say what the rows say (this reads all of them)? "ok", or the first thing that is wrong,
 * owned by ${a}. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_check_schema(struct db *db, struct arena *a, const char **ret_report);
MUST_USE enum err audit_check_indexes(struct db *db, struct arena *a, const char **ret_report);

#endif
