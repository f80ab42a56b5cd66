/* yett migrate: the database of an older version becomes one of this; or stays what it was. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "commands.h"
#include "hold.h"
#include "inspect.h"
#include "store/migrate.h"

static enum err
apply(const char *path)
{
	struct db *db = NULL;
	int64_t from;
	enum err e;

	if ((e = db_open(path, DB_WRITE, &db)) == ERR_OK)
		e = migrate_apply(db, &from);
	db_close(db);
	return (e);
}

/* What the new version must pass before anybody uses it. NULL when it does, else what is wrong. */
static const char *
test_result(struct tool *t, const char *path)
{
	const char *report = "it cannot be read";

	if (inspect_content(t, path, &report) != ERR_OK || strcmp(report, "ok") != 0 ||
	    inspect_schema(t, path, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (report);
	return (NULL);
}

/* Change the database, whose turn we hold, and go back to ${backup} when that does not work out. */
static int
change(struct tool *t, struct hold *h, const char *path, const char *backup)
{
	const char *wrong = NULL;
	enum err e, back = ERR_OK;

	hold_change_begin(h);
	if ((e = apply(path)) != ERR_OK || (wrong = test_result(t, path)) != NULL)
		back = db_overwrite(backup, path);
	hold_change_end(h);
	if (e == ERR_OK && wrong == NULL)
		return (0);
	tool_fail("the migration failed: %s", wrong != NULL ? wrong : err_slug(e));
	if (back != ERR_OK)
		return (tool_fail("and %s could not be put back: \"yett restore\" it", backup));
	return (tool_fail("the database is as it was before"));
}

static int
migrate(struct tool *t, struct hold *h, const char *path)
{
	const int64_t to = migrate_newest();
	int64_t from;
	char *backup;
	int status;

	if (inspect_version(path, &from) != ERR_OK)
		return (tool_fail("%s cannot be read: run \"yett doctor\"", path));
	if (from == to) {
		printf("nothing to do: the database is of version %lld, as is this program\n",
		    (long long)to);
		return (0);
	}
	if (from > to)
		return (tool_fail("the database is of version %lld, newer than this program's "
		                  "%lld: install the newer Yett",
		    (long long)from, (long long)to));
	backup = arena_print(t->arena, "%s/backup-v%lld-%lld.db", t->conf.state_dir,
	    (long long)from, (long long)clock_ms());
	if (backup == NULL)
		return (tool_fail("out of memory"));
	if (db_copy(path, backup) != ERR_OK) {
		unlink(backup);
		return (tool_fail("cannot make the backup %s; nothing was changed", backup));
	}
	printf("kept version %lld as %s\n", (long long)from, backup);
	if ((status = change(t, h, path, backup)) == 0)
		printf("the database went from version %lld to %lld; start the programs of this "
		       "version\n",
		    (long long)from, (long long)to);
	return (status);
}

int
cmd_migrate(struct tool *t)
{
	const char *path = tool_path(t, "yett.db");
	struct hold h;
	int status;

	if (path == NULL)
		return (tool_fail("out of memory"));
	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if (access(path, F_OK) != 0)
		return (
		    tool_fail("there is no database in %s: run \"yett init\"", t->conf.state_dir));
	if ((status = hold_take(t, &h)) != 0)
		return (status);
	status = migrate(t, &h, path);
	hold_give(&h);
	return (status);
}
