/* One SQLite connection, its prepared statements, and reading and writing through them. */
#include "store/db.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"

/* About 40 statements exist; each connection keeps those it used, found by their text's address. */
#define STMTS_MAX 128

struct stmt {
	struct db *db;
	const char *sql;
	sqlite3_stmt *handle;
};

struct db {
	sqlite3 *handle;
	struct stmt stmts[STMTS_MAX];
};

/* Say what SQLite says, which may name tables and columns, but has no values: those are bound. */
static enum err
report(sqlite3 *handle, const char *doing)
{

	log_event(LOG_ERROR, NULL, "database: %s: %s (%d)", doing, sqlite3_errmsg(handle),
	    sqlite3_extended_errcode(handle));
	return (ERR_DB);
}

enum err
db_number(struct db *db, const char *sql, const struct db_arg *args, size_t count,
    int64_t otherwise, int64_t *ret_number)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	e = db_next(stmt);
	*ret_number = e == ERR_OK && !db_is_null(stmt, 0) ? db_int(stmt, 0) : otherwise;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
db_script(struct db *db, const char *sql)
{

	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return (report(db->handle, "script"));
	return (ERR_OK);
}

/*
 * FULL: what is acknowledged survives power loss. The page cache is small, as the operating system
 * keeps the file's pages for all programs together. Temporary trees stay in memory: no secret in
 * /tmp.
 */
static const char settings[] = "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA "
                               "trusted_schema=OFF; PRAGMA temp_store=MEMORY; "
                               "PRAGMA cache_size=-1024; PRAGMA cell_size_check=ON;";

static enum err
set_up(struct db *db, enum db_mode mode)
{
	enum err e;

	/* What is prepared once needs no stock of small memory for the next time. */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_LOOKASIDE, (void *)NULL, 128, 64);
	sqlite3_busy_timeout(db->handle, 5000);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	if (mode == DB_LOOK)
		return (ERR_OK);
	if ((e = db_script(db, settings)) != ERR_OK)
		return (e);
	if (mode == DB_READ)
		return (db_script(db, "PRAGMA query_only=ON"));
	/* 16 MiB between two checkpoints: with a million sessions, refreshing them is 6 % faster
	 * than at SQLite's 4, and looking up a page still takes one look at the index of the log.
	 */
	return (db_script(db, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4000; "
	                      "PRAGMA journal_size_limit=16777216"));
}

/* Before the first connection: SQLite would give each the memory of 20 pages at once, and touch all
 * of it; and count each allocation under a lock of all threads, for figures that nobody asks for.
 */
static void
set_up_library(void)
{

	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)NULL, 0, 0);
}

enum err
db_open(const char *path, enum db_mode mode, struct db **ret_db)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	/* A reader opens for writing too: WAL's index is shared memory that a reader must be able
	 * to write. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, fd;
	struct db *db;
	enum err e;

	pthread_once(&once, set_up_library);
	if (mode == DB_CREATE) {
		/* SQLite would make it with the umask's mode, and its -wal and -shm take after it.
		 */
		if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
			return (ERR_IO);
		close(fd);
	}
	if ((db = calloc(1, sizeof *db)) == NULL)
		return (ERR_NOMEM);
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK)
		e = report(db->handle, "open");
	else
		e = set_up(db, mode);
	if (e != ERR_OK) {
		db_close(db);
		return (e);
	}
	/* The pages that say what tables there are were read once and for all. */
	sqlite3_db_release_memory(db->handle);
	*ret_db = db;
	return (ERR_OK);
}

void
db_close(struct db *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < STMTS_MAX; i++)
		sqlite3_finalize(db->stmts[i].handle);
	sqlite3_close(db->handle);
	free(db);
}

static enum err
prepare(struct db *db, const char *sql, struct stmt **ret_stmt)
{
	/* Multiplying by an odd constant spreads addresses that differ in few bits; the top bits
	 * are the mixed ones. */
	size_t at = (size_t)(((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 57), i;
	struct stmt *stmt;

	for (i = 0; i < STMTS_MAX; i++) {
		stmt = &db->stmts[(at + i) % STMTS_MAX];
		if (stmt->sql == sql) {
			sqlite3_reset(stmt->handle);
			*ret_stmt = stmt;
			return (ERR_OK);
		}
		if (stmt->sql != NULL)
			continue;
		if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
		        &stmt->handle, NULL) != SQLITE_OK)
			return (report(db->handle, "prepare"));
		stmt->db = db;
		stmt->sql = sql;
		*ret_stmt = stmt;
		return (ERR_OK);
	}
	log_event(LOG_ERROR, NULL, "database: more than %d statements", STMTS_MAX);
	return (ERR_DB);
}

static int
bind(struct stmt *stmt, int number, const struct db_arg *arg)
{

	switch (arg->type) {
	case DB_ARG_TEXT:
		if (arg->bytes == NULL)
			return (sqlite3_bind_null(stmt->handle, number));
		return (sqlite3_bind_text(stmt->handle, number, arg->bytes, -1, SQLITE_STATIC));
	case DB_ARG_INT:
		return (sqlite3_bind_int64(stmt->handle, number, arg->number));
	case DB_ARG_BLOB:
		return (sqlite3_bind_blob(
		    stmt->handle, number, arg->bytes, (int)arg->number, SQLITE_STATIC));
	}
	return (SQLITE_MISUSE);
}

enum err
db_query(
    struct db *db, const char *sql, const struct db_arg *args, size_t count, struct stmt **ret_stmt)
{
	struct stmt *stmt = NULL;
	enum err e;
	size_t i;

	if ((e = prepare(db, sql, &stmt)) != ERR_OK)
		return (e);
	for (i = 0; i < count; i++)
		if (bind(stmt, (int)i + 1, &args[i]) != SQLITE_OK)
			return (report(db->handle, "bind"));
	*ret_stmt = stmt;
	return (ERR_OK);
}

enum err
db_next(struct stmt *stmt)
{
	const int code = sqlite3_step(stmt->handle);

	if (code == SQLITE_ROW)
		return (ERR_OK);
	if (code == SQLITE_DONE)
		return (ERR_NOT_FOUND);
	if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
		return (ERR_TAKEN);
	return (report(stmt->db->handle, "step"));
}

void
db_end(struct stmt *stmt)
{

	if (stmt == NULL)
		return;
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
}

enum err
db_run(
    struct db *db, const char *sql, const struct db_arg *args, size_t count, int64_t *ret_changes)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	e = db_next(stmt);
	db_end(stmt);
	if (e != ERR_NOT_FOUND)
		return (e == ERR_OK ? ERR_DB : e);
	if (ret_changes != NULL)
		*ret_changes = sqlite3_changes64(db->handle);
	return (ERR_OK);
}

enum err
db_change(struct db *db, const char *sql, const struct db_arg *args, size_t count)
{
	int64_t changes;
	enum err e;

	if ((e = db_run(db, sql, args, count, &changes)) != ERR_OK)
		return (e);
	return (changes == 0 ? ERR_NOT_FOUND : ERR_OK);
}

int64_t
db_int(struct stmt *stmt, int column)
{

	return (sqlite3_column_int64(stmt->handle, column));
}

char *
db_text(struct stmt *stmt, int column, struct arena *a)
{

	return (arena_copy(a, (const char *)sqlite3_column_text(stmt->handle, column)));
}

bool
db_blob(struct stmt *stmt, int column, void *ret_bytes, size_t len)
{
	const void *bytes = sqlite3_column_blob(stmt->handle, column);

	if (bytes == NULL || sqlite3_column_bytes(stmt->handle, column) != (int)len)
		return (false);
	memcpy(ret_bytes, bytes, len);
	return (true);
}

bool
db_is_null(struct stmt *stmt, int column)
{

	return (sqlite3_column_type(stmt->handle, column) == SQLITE_NULL);
}

bool
db_in_transaction(struct db *db)
{

	return (sqlite3_get_autocommit(db->handle) == 0);
}

enum err
db_version(struct db *db, int64_t *ret_version)
{
	static const char sql[] = "PRAGMA user_version";
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		*ret_version = db_int(stmt, 0);
	db_end(stmt);
	return (e);
}

enum err
db_check(struct db *db, struct arena *a, const char **ret_report)
{
	static const char integrity[] = "PRAGMA integrity_check(1)";
	static const char foreign[] = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, integrity, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK && (*ret_report = db_text(stmt, 0, a)) == NULL)
		e = ERR_NOMEM;
	db_end(stmt);
	if (e != ERR_OK || strcmp(*ret_report, "ok") != 0)
		return (e);
	if ((e = db_query(db, foreign, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		*ret_report = "a row refers to one that is not there";
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* Put all of ${from} in the place of ${to}, as one transaction. */
static enum err
copy(struct db *from, struct db *to)
{
	sqlite3_backup *backup;
	int code;

	if ((backup = sqlite3_backup_init(to->handle, "main", from->handle, "main")) == NULL)
		return (report(to->handle, "copy"));
	/* All at once: a step that lets writers in between would start anew at each of their
	 * commits. */
	code = sqlite3_backup_step(backup, -1);
	if (sqlite3_backup_finish(backup) != SQLITE_OK || code != SQLITE_DONE)
		return (report(to->handle, "copy"));
	return (ERR_OK);
}

enum err
db_copy(const char *from_path, const char *to_path)
{
	struct db *from = NULL, *to = NULL;
	const int fd = open(to_path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum err e;

	/* Nothing that somebody else put there, with a mode or an owner of his choice. */
	if (fd < 0)
		return (ERR_IO);
	close(fd);
	/* Only read, or what is copied, which may be a backup to restore, would be switched to WAL.
	 */
	if ((e = db_open(from_path, DB_READ, &from)) == ERR_OK &&
	    (e = db_open(to_path, DB_WRITE, &to)) == ERR_OK && (e = copy(from, to)) == ERR_OK)
		e = db_script(to, "PRAGMA journal_mode=DELETE");
	db_close(to);
	db_close(from);
	return (e);
}

enum err
db_overwrite(const char *from_path, const char *to_path)
{
	struct db *from = NULL, *to = NULL;
	enum err e;

	if ((e = db_open(from_path, DB_READ, &from)) == ERR_OK &&
	    (e = db_open(to_path, DB_WRITE, &to)) == ERR_OK)
		e = copy(from, to);
	db_close(to);
	db_close(from);
	return (e);
}
