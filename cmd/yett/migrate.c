/*
 * yett migrate: the database of an older version becomes one of this; or stays what it was.
 *
 * With the turn to write in hand, the database is copied and the copy checked: that is the backup.
 * A second copy is brought to the new version, and tested. Only then does its content take the
 * place of the live one, in one transaction of SQLite's backup: until that commits, nothing has
 * touched the live file, so whatever breaks, or kills us, before leaves the old version as it is.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "commands.h"
#include "hold.h"
#include "inspect.h"
#include "stage.h"
#include "store/migrate.h"

struct migration_run {
	struct tool *tool;
	struct stage stage;
	const char *live;
	const char *backup;
	int64_t from, to;
};

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

static int
unchanged(void)
{

	return (tool_fail("the database is as it was before"));
}

/* Nobody could restore a backup of a damaged database, and no migration mends one. */
static int
keep_backup(struct migration_run *m)
{
	const char *report = "it cannot be read";

	if (db_copy(m->live, m->stage.copy) != ERR_OK)
		return (tool_fail("cannot make the backup %s: is there room in %s?", m->backup,
		    m->tool->conf.state_dir));
	if (inspect_content(m->tool, m->stage.copy, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (tool_fail("the database is damaged: %s; run \"yett doctor\"", report));
	if (rename(m->stage.copy, m->backup) < 0)
		return (tool_fail("cannot make the backup %s", m->backup));
	return (0);
}

/* Make the new version beside the live one, and test it. */
static int
prepare(struct migration_run *m)
{
	const char *wrong = NULL;
	enum err e;

	if (db_copy(m->backup, m->stage.database) != ERR_OK)
		return (tool_fail("cannot make a copy to migrate: is there room in %s?",
		    m->tool->conf.state_dir));
	if ((e = apply(m->stage.database)) != ERR_OK)
		return (tool_fail("the migration failed (%s)", err_slug(e)));
	if ((wrong = stage_test(&m->stage, m->tool)) != NULL)
		return (tool_fail("the migration failed its test: %s", wrong));
	return (0);
}

/* The live one, now that it is the new one. NULL: sound. */
static const char *
live_fault(struct migration_run *m, struct db *live)
{
	const char *report = "it cannot be read";
	int64_t version;

	if (db_version(live, &version) != ERR_OK ||
	    db_check(live, m->tool->arena, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (report);
	return (version == m->to ? NULL : "it is of another version");
}

/* One transaction: the live database is the old one, or the new one, and nothing between. */
static int
replace(struct migration_run *m, struct hold *h)
{
	enum err e, back = ERR_OK;
	const char *wrong = NULL;
	struct db *live = NULL;

	/* Open before: on a full disk nobody could open it any more to look at what it became. */
	if (db_open(m->live, DB_READ, &live) != ERR_OK)
		return (tool_fail("%s cannot be read: is there room?", m->live));
	hold_change_begin(h);
	if ((e = db_overwrite(m->stage.database, m->live)) == ERR_OK &&
	    (wrong = live_fault(m, live)) != NULL)
		back = db_overwrite(m->backup, m->live);
	hold_change_end(h);
	db_close(live);
	if (e == ERR_OK && wrong == NULL)
		return (0);
	tool_fail("the new version could not take the place of the old: %s",
	    wrong != NULL ? wrong : "is there room?");
	if (back == ERR_OK)
		return (TOOL_FAILED);
	/* Not "unchanged", and the backup stays: see migrate(). */
	m->live = NULL;
	return (tool_fail("and %s could not be put back: \"yett restore\" it", m->backup));
}

static int
migrate(struct migration_run *m, struct hold *h)
{
	int status;

	if ((status = stage_open(&m->stage, m->tool)) != 0)
		return (status);
	if ((status = keep_backup(m)) == 0 && (status = prepare(m)) == 0)
		status = replace(m, h);
	stage_close(&m->stage);
	if (status == 0) {
		printf("kept version %lld as %s\n"
		       "the database went from version %lld to %lld; start the programs of this "
		       "version\n",
		    (long long)m->from, m->backup, (long long)m->from, (long long)m->to);
		return (0);
	}
	if (m->live == NULL)
		return (status);
	unlink(m->backup);
	return (unchanged());
}

/* Is there anything to do? */
static int
check_versions(struct migration_run *m, bool *ret_needed)
{

	*ret_needed = false;
	if (inspect_version(m->live, &m->from) != ERR_OK)
		return (tool_fail("%s cannot be read: run \"yett doctor\"", m->live));
	if (m->from > m->to)
		return (tool_fail("the database is of version %lld, newer than this program's "
		                  "%lld: install the newer Yett",
		    (long long)m->from, (long long)m->to));
	*ret_needed = m->from < m->to;
	if (!*ret_needed)
		printf("nothing to do: the database is of version %lld, as is this program\n",
		    (long long)m->to);
	return (0);
}

static int
run(struct migration_run *m, bool *ret_done)
{
	struct hold h;
	int status;

	if ((status = hold_take(m->tool, &h)) != 0)
		return (status);
	if ((status = check_versions(m, ret_done)) == 0 && *ret_done) {
		m->backup = arena_print(m->tool->arena, "%s/backup-v%lld-%lld.db",
		    m->tool->conf.state_dir, (long long)m->from, (long long)clock_ms());
		status = m->backup == NULL ? tool_fail("out of memory") : migrate(m, &h);
	}
	hold_give(&h);
	return (status);
}

int
cmd_migrate(struct tool *t)
{
	struct migration_run m = {
		.tool = t, .live = tool_path(t, "yett.db"), .to = migrate_newest()
	};
	struct json details = json_object(t->arena);
	bool done;
	int status;

	if (m.live == NULL)
		return (tool_fail("out of memory"));
	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if (access(m.live, F_OK) != 0)
		return (
		    tool_fail("there is no database in %s: run \"yett init\"", t->conf.state_dir));
	if ((status = run(&m, &done)) != 0 || !done)
		return (status);
	json_add_number(&details, "from", m.from);
	json_add_number(&details, "to", m.to);
	return (tool_note_alone(t,
	    &(struct event){
	        .action = "database.migrated", .object_type = "database", .details = &details }));
}
