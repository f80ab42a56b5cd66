/* What the audit log rests on: its tables, triggers and indexes, and the words that are searched.
 */
#include <string.h>

#include "store/audit.h"
#include "store/migrate.h"

#define CHUNK 256 /* lines of a listing between two uses of the same memory */

enum err
audit_each_term(
    struct db *db, void (*each)(void *arg, const char *word, size_t len, int64_t seq), void *arg)
{
	static const char sql[] = "SELECT term, doc FROM audit_terms";
	struct arena *a = arena_new((size_t)CHUNK << 16);
	struct stmt *stmt = NULL;
	unsigned int count = 0;
	const char *word;
	enum err e;

	if (a == NULL)
		return (ERR_NOMEM);
	if ((e = db_query(db, sql, NULL, 0, &stmt)) == ERR_OK)
		while ((e = db_next(stmt)) == ERR_OK) {
			if ((word = db_text(stmt, 0, a)) == NULL) {
				e = ERR_NOMEM;
				break;
			}
			each(arg, word, strlen(word), db_int(stmt, 1));
			if (++count % CHUNK == 0)
				arena_reset(a);
		}
	db_end(stmt);
	arena_free(a);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* The next object and its text, NULL after the last. */
static enum err
next_object(struct stmt *stmt, struct arena *a, const char **ret_name, const char **ret_sql)
{
	enum err e;

	*ret_name = NULL;
	if ((e = db_next(stmt)) == ERR_NOT_FOUND)
		return (ERR_OK);
	if (e != ERR_OK)
		return (e);
	*ret_name = db_text(stmt, 0, a);
	*ret_sql = db_text(stmt, 1, a);
	return (*ret_name == NULL || *ret_sql == NULL ? ERR_NOMEM : ERR_OK);
}

static enum err
compare(struct stmt *stmt, struct stmt *model, struct arena *a, const char **ret_report)
{
	const char *name, *sql, *wanted, *wanted_sql;
	enum err e;

	do {
		if ((e = next_object(stmt, a, &name, &sql)) != ERR_OK ||
		    (e = next_object(model, a, &wanted, &wanted_sql)) != ERR_OK)
			return (e);
	} while (name != NULL && wanted != NULL && strcmp(name, wanted) == 0 &&
	         strcmp(sql, wanted_sql) == 0);
	/* The listings are sorted: the smaller of the two is what the other lacks. */
	if (name == NULL && wanted == NULL)
		*ret_report = "ok";
	else if (name == NULL || (wanted != NULL && strcmp(wanted, name) < 0))
		*ret_report = arena_print(a, "there is no %s", wanted);
	else if (wanted == NULL || strcmp(wanted, name) > 0)
		*ret_report = arena_print(a, "there should be no %s", name);
	else
		*ret_report = arena_print(a, "%s is not as it was made", name);
	return (*ret_report == NULL ? ERR_NOMEM : ERR_OK);
}

enum err
audit_check_schema(struct db *db, struct arena *a, const char **ret_report)
{
	/* What belongs to other tables may be altered; a trigger of any could reach the log. */
	static const char sql[] =
	    "SELECT type || ' ' || name AS line, coalesce(sql, '') FROM sqlite_schema "
	    "WHERE (tbl_name GLOB 'audit_*' OR type = 'trigger') "
	    "AND name NOT GLOB 'sqlite_autoindex_*' ORDER BY line";
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

enum err
audit_check_indexes(struct db *db, struct arena *a, const char **ret_report)
{
	static const char sql[] = "PRAGMA integrity_check('audit_log')";
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK && (*ret_report = db_text(stmt, 0, a)) == NULL)
		e = ERR_NOMEM;
	db_end(stmt);
	return (e);
}
