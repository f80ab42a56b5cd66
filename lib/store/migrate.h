/* The schema's history: numbered scripts, each applied once, in one transaction with the number it
 * leads to. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

struct migration {
	const char *slug;
	const char *sql;
};

/* Made from schema/NNNN_slug.sql by the Makefile: element 0 leads to version 1. */
extern const struct migration migrations[];
extern const int64_t migrations_count;

/**
 * migrate_newest():
 * The version that this program's schema has.
 */
int64_t migrate_newest(void);

/**
 * migrate_require(db):
 * Is ${db} of that version? Errors: ERR_VERSION (logged), ERR_DB.
 */
MUST_USE enum err migrate_require(struct db *db);

/**
 * migrate_apply(db, ret_from):
 * Bring the database up to the newest version; ${ret_from} is the one it had. A newer one than ours
 * is left alone. Errors: ERR_VERSION when it is newer; ERR_DB.
 */
MUST_USE enum err migrate_apply(struct db *db, int64_t *ret_from);

/**
 * migrate_check(db, a, ret_report):
 * Are the tables, columns, triggers and views of ${db} those of the newest version? "ok", or the
 * first that differs, owned by ${a}. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err migrate_check(struct db *db, struct arena *a, const char **ret_report);

#endif
