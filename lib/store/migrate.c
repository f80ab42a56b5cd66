/* The schema's history: numbered scripts, each applied once, in one transaction with the number it
 * leads to. */
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#ifdef TEST_HOOKS
/* One more migration, the newest: the file that the environment variable YETT_TEST_MIGRATION names.
 * NULL: none. */
static const char *
test_script(void)
{
	static char script[4096];
	const char *path = getenv("YETT_TEST_MIGRATION");
	FILE *f;

	if (path == NULL || script[0] != '\0')
		return (path == NULL ? NULL : script);
	if ((f = fopen(path, "r")) == NULL || fread(script, 1, sizeof script - 1, f) == 0)
		abort();
	fclose(f);
	return (script);
}
#else
static const char *
test_script(void)
{

	return (NULL);
}
#endif

int64_t
migrate_newest(void)
{

	return (migrations_count + (test_script() != NULL));
}

static const char *
script_of(int64_t version)
{

	return (version > migrations_count ? test_script() : migrations[version - 1].sql);
}

static enum err
apply_one(struct db *db, int64_t version)
{
	char bump[64];
	enum err e;

	if ((e = db_script(db, "BEGIN IMMEDIATE")) != ERR_OK)
		return (e);
	snprintf(bump, sizeof bump, "PRAGMA user_version=%lld", (long long)version);
	if ((e = db_script(db, script_of(version))) == ERR_OK &&
	    (e = db_script(db, bump)) == ERR_OK)
		e = db_script(db, "COMMIT");
	if (e != ERR_OK && db_script(db, "ROLLBACK") != ERR_OK)
		log_event(
		    LOG_ERROR, NULL, "migration %lld could not be rolled back", (long long)version);
	return (e);
}

enum err
migrate_require(struct db *db)
{
	int64_t version;
	enum err e;

	if ((e = db_version(db, &version)) != ERR_OK)
		return (e);
	if (version == migrate_newest())
		return (ERR_OK);
	log_event(LOG_ERROR, NULL, "the database has version %lld, and this program %lld",
	    (long long)version, (long long)migrate_newest());
	return (ERR_VERSION);
}

enum err
migrate_apply(struct db *db, int64_t *ret_from)
{
	int64_t version;
	enum err e;

	if ((e = db_version(db, &version)) != ERR_OK)
		return (e);
	*ret_from = version;
	if (version > migrate_newest())
		return (ERR_VERSION);
	while (e == ERR_OK && version < migrate_newest())
		e = apply_one(db, ++version);
	return (e);
}

/* The next line of a listing, NULL after the last. */
static enum err
next_line(struct stmt *stmt, struct arena *a, const char **ret_line)
{
	enum err e;

	if ((e = db_next(stmt)) == ERR_OK && (*ret_line = db_text(stmt, 0, a)) == NULL)
		return (ERR_NOMEM);
	if (e == ERR_NOT_FOUND)
		*ret_line = NULL;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

static enum err
compare(struct stmt *stmt, struct stmt *model, struct arena *a, const char **ret_report)
{
	const char *line, *wanted;
	enum err e;

	do {
		if ((e = next_line(stmt, a, &line)) != ERR_OK ||
		    (e = next_line(model, a, &wanted)) != ERR_OK)
			return (e);
	} while (line != NULL && wanted != NULL && strcmp(line, wanted) == 0);
	/* The listings are sorted: the smaller of the two is what the other lacks. */
	if (line == NULL && wanted == NULL)
		*ret_report = "ok";
	else if (line == NULL || (wanted != NULL && strcmp(wanted, line) < 0))
		*ret_report = arena_print(a, "there is no %s", wanted);
	else
		*ret_report = arena_print(a, "there should be no %s", line);
	return (*ret_report == NULL ? ERR_NOMEM : ERR_OK);
}

enum err
migrate_check(struct db *db, struct arena *a, const char **ret_report)
{
	/* No indexes: one more of the admin's own does no harm. Nor do the two tables that
	 * Litestream makes to take locks by. */
	static const char sql[] =
	    "SELECT type || ' ' || name AS line FROM sqlite_schema "
	    "WHERE type <> 'index' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
	    "AND NOT (type = 'table' AND name IN ('_litestream_lock', '_litestream_seq')) "
	    "UNION ALL SELECT 'column ' || s.name || '.' || c.name || ' ' || c.type "
	    "FROM sqlite_schema s JOIN pragma_table_info(s.name) c "
	    "WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!' "
	    "AND s.name NOT IN ('_litestream_lock', '_litestream_seq') ORDER BY line";
	struct stmt *stmt = NULL, *wanted = NULL;
	struct db *model = NULL;
	int64_t from;
	enum err e;

	if ((e = db_open(":memory:", DB_WRITE, &model)) == ERR_OK &&
	    (e = migrate_apply(model, &from)) == ERR_OK &&
	    (e = db_query(db, sql, NULL, 0, &stmt)) == ERR_OK &&
	    (e = db_query(model, sql, NULL, 0, &wanted)) == ERR_OK)
		e = compare(stmt, wanted, a, ret_report);
	db_end(wanted);
	db_end(stmt);
	db_close(model);
	return (e);
}
