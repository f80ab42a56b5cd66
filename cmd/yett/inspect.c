/* Whether a file is a sound database of Yett. */
#include "inspect.h"

#include "store/migrate.h"

enum err
inspect_version(const char *path, int64_t *ret_version)
{
	struct db *db = NULL;
	enum err e;

	if ((e = db_open(path, DB_READ, &db)) == ERR_OK)
		e = db_version(db, ret_version);
	db_close(db);
	return (e);
}

static enum err
ask(struct tool *t, const char *path,
    enum err (*how)(struct db *db, struct arena *a, const char **ret_report),
    const char **ret_report)
{
	struct db *db = NULL;
	enum err e;

	if ((e = db_open(path, DB_READ, &db)) == ERR_OK)
		e = how(db, t->arena, ret_report);
	db_close(db);
	return (e);
}

enum err
inspect_content(struct tool *t, const char *path, const char **ret_report)
{

	return (ask(t, path, db_check, ret_report));
}

enum err
inspect_schema(struct tool *t, const char *path, const char **ret_report)
{

	return (ask(t, path, migrate_check, ret_report));
}
