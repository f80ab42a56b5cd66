/* One SQLite connection, its prepared statements, and reading and writing through them. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;
struct stmt;

/* An argument of a statement: DB_TEXT(NULL) is SQL's NULL. */
struct db_arg {
	enum { DB_ARG_TEXT, DB_ARG_INT, DB_ARG_BLOB } type;
	const void *bytes;
	int64_t number; /* the number, or a blob's length */
};

#define DB_TEXT(s) \
	{ \
		.type = DB_ARG_TEXT, .bytes = (s) \
	}
#define DB_INT(n) \
	{ \
		.type = DB_ARG_INT, .number = (n) \
	}
#define DB_BLOB(p, len) \
	{ \
		.type = DB_ARG_BLOB, .bytes = (p), .number = (int64_t)(len) \
	}

enum db_mode {
	DB_LOOK, /* only for db_version(): nothing is set, and little read */
	DB_READ, /* queries only: the connection refuses to write */
	DB_WRITE,
	DB_CREATE, /* and make the file, mode 0600, when there is none */
};

/**
 * db_open(path, mode, ret_db):
 * A connection to ${path}: WAL, synchronous=FULL, foreign keys, untrusted schema. For one thread at
 * a time. Close with db_close(), which accepts NULL. Errors: ERR_DB (logged), ERR_NOMEM.
 */
MUST_USE enum err db_open(const char *path, enum db_mode mode, struct db **ret_db);
void db_close(struct db *db);

/**
 * db_query(db, sql, args, count, ret_stmt):
 * Prepare ${sql} (a static string: it is prepared once and found again by its address), bind
 * ${args} as ?1, ?2, ..., ready for db_next(). End it with db_end(). Errors: ERR_DB (logged).
 */
MUST_USE enum err db_query(struct db *db, const char *sql, const struct db_arg *args, size_t count,
    struct stmt **ret_stmt);

/**
 * db_next(stmt):
 * Go to the next row.
 * Errors: ERR_NOT_FOUND after the last; ERR_TAKEN when a UNIQUE constraint refuses; ERR_DB
 * (logged).
 */
MUST_USE enum err db_next(struct stmt *stmt);
void db_end(struct stmt *stmt);

/**
 * db_run(db, sql, args, count, ret_changes):
 * A statement that gives no rows. ${ret_changes} (or NULL) is the number of rows it changed.
 * Errors: ERR_TAKEN, ERR_DB.
 */
MUST_USE enum err db_run(
    struct db *db, const char *sql, const struct db_arg *args, size_t count, int64_t *ret_changes);

/**
 * db_change(db, sql, args, count):
 * The same of what must change a row that is there.
 * Errors: ERR_NOT_FOUND when it changed none; ERR_TAKEN, ERR_DB.
 */
MUST_USE enum err
db_change(struct db *db, const char *sql, const struct db_arg *args, size_t count);

/**
 * db_number(db, sql, args, count, otherwise, ret_number):
 * The one number that ${sql} asks for; ${otherwise} when there is no row, or it is NULL.
 * Errors: ERR_DB.
 */
MUST_USE enum err db_number(struct db *db, const char *sql, const struct db_arg *args, size_t count,
    int64_t otherwise, int64_t *ret_number);

/**
 * db_int(stmt, column), db_text(stmt, column, a), db_blob(stmt, column, ret_bytes, len),
 * db_is_null(stmt, column): The value of a column of the row, counted from 0. Text is copied to
 * ${a} (NULL for NULL, or when ${a} is full). db_blob() is false when the column is not exactly
 * ${len} bytes.
 */
int64_t db_int(struct stmt *stmt, int column);
char *db_text(struct stmt *stmt, int column, struct arena *a);
bool db_blob(struct stmt *stmt, int column, void *ret_bytes, size_t len);
bool db_is_null(struct stmt *stmt, int column);

/**
 * db_script(db, sql):
 * Run several statements: for migrations and transactions' brackets.
 * Errors: ERR_DB (logged).
 */
MUST_USE enum err db_script(struct db *db, const char *sql);

/**
 * db_in_transaction(db):
 * Has a transaction begun that is neither committed nor rolled back, by us or by SQLite itself?
 */
bool db_in_transaction(struct db *db);

/**
 * db_version(db, ret_version), db_check(db, a, ret_report):
 * PRAGMA user_version; and PRAGMA integrity_check with foreign_key_check: "ok", or what is wrong,
 * owned by ${a}. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err db_version(struct db *db, int64_t *ret_version);
MUST_USE enum err db_check(struct db *db, struct arena *a, const char **ret_report);

/**
 * db_copy(from_path, to_path):
 * Copy a database page by page while others use it, by SQLite's online backup; ${to_path}, which
 * must not be there yet, becomes a database of its own, mode 0600, with the very state of one
 * moment. Errors: ERR_IO when it is there or can't be made; ERR_DB (logged).
 */
MUST_USE enum err db_copy(const char *from_path, const char *to_path);

/**
 * db_overwrite(from_path, to_path):
 * Put the content of the database ${from_path} in the place of that of ${to_path}, in one
 * transaction, while others use it: they go on reading the old state until their transaction ends,
 * and see the new one in the next. Errors: ERR_DB (logged); then ${to_path} is as it was.
 */
MUST_USE enum err db_overwrite(const char *from_path, const char *to_path);

#endif
