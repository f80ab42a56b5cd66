/*
 * yett restore: the database of a file in the place of the present one, which programs may be
 * using.
 *
 * The file is copied into the state folder first, and the copy is checked, so that what is checked
 * is what is restored. Then, with the turn to write in hand, the present database is kept beside
 * itself and its content replaced in one transaction of SQLite's backup: the file stays the same
 * file, so programs that have it open see the old content or the new one and never a mixture, and
 * are told that whatever they remember counts no more. Only a database that is so damaged that
 * SQLite will not open it is moved aside; then programs must be started anew, and are told so.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "commands.h"
#include "hold.h"
#include "inspect.h"
#include "store/migrate.h"

struct restoring {
	struct tool *tool;
	const char *from;   /* FILE */
	const char *staged; /* its copy in the state folder */
	const char *live;
	const char *kept;
	int64_t version; /* of FILE */
	bool had_live;
	bool moved; /* the live one was too damaged to be written over */
};

static bool
is_same_file(const char *a, const char *b)
{
	struct stat one, other;

	return (stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	        one.st_ino == other.st_ino);
}

static enum err
bring_up(const char *path)
{
	struct db *db = NULL;
	int64_t from;
	enum err e;

	if ((e = db_open(path, DB_WRITE, &db)) == ERR_OK)
		e = migrate_apply(db, &from);
	db_close(db);
	return (e);
}

/* Is the staged copy one that may go live? An older version is brought up to ours first. */
static int
check_staged(struct restoring *r)
{
	const char *report = "it cannot be read";

	if (inspect_version(r->staged, &r->version) != ERR_OK)
		return (tool_fail("%s is not a database", r->from));
	if (inspect_content(r->tool, r->staged, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (tool_fail("%s is damaged: %s", r->from, report));
	if (r->version == 0)
		return (tool_fail("%s is not a database of Yett", r->from));
	if (r->version > migrate_newest())
		return (tool_fail(
		    "%s is of version %lld, newer than this program's %lld: install the newer Yett",
		    r->from, (long long)r->version, (long long)migrate_newest()));
	if (r->version < migrate_newest() && bring_up(r->staged) != ERR_OK)
		return (tool_fail("%s is not a database of Yett, or was changed by hand: it cannot "
		                  "be brought from "
		                  "version %lld to %lld",
		    r->from, (long long)r->version, (long long)migrate_newest()));
	if (inspect_schema(r->tool, r->staged, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (tool_fail("%s is not a database of Yett: %s", r->from, report));
	return (0);
}

/* Move a database and its log; the index of the log is made anew by whoever opens it. */
static int
move(struct restoring *r, const char *from, const char *to)
{
	const char *log = arena_print(r->tool->arena, "%s-wal", from),
	           *to_log = arena_print(r->tool->arena, "%s-wal", to);
	const char *index = arena_print(r->tool->arena, "%s-shm", from);

	if (log == NULL || to_log == NULL || index == NULL)
		return (tool_fail("out of memory"));
	if (rename(from, to) < 0 || (rename(log, to_log) < 0 && errno != ENOENT))
		return (tool_fail("cannot move %s to %s: %s", from, to, strerror(errno)));
	if (unlink(index) < 0 && errno != ENOENT)
		return (tool_fail("cannot remove %s: %s", index, strerror(errno)));
	return (0);
}

static int
keep_live(struct restoring *r)
{
	int64_t version;

	if (access(r->live, F_OK) != 0)
		return (0);
	r->had_live = true;
	if (inspect_version(r->live, &version) == ERR_OK) {
		if (db_copy(r->live, r->kept) == ERR_OK)
			return (0);
		unlink(r->kept);
		return (tool_fail(
		    "the present database cannot be kept as %s: is there room?", r->kept));
	}
	r->moved = true;
	return (move(r, r->live, r->kept));
}

/* The turn is ours from before the present database is kept: nothing acknowledged falls between the
 * two. */
static int
replace(struct restoring *r)
{
	struct hold h;
	int status;
	enum err e;

	if ((status = hold_take(r->tool, &h)) != 0)
		return (status);
	if ((status = keep_live(r)) == 0) {
		hold_change_begin(&h);
		e = r->had_live && !r->moved ? db_overwrite(r->staged, r->live)
		                             : db_copy(r->staged, r->live);
		hold_change_end(&h);
		if (e != ERR_OK && r->moved) {
			unlink(r->live);
			move(r, r->kept, r->live);
		}
		if (e != ERR_OK)
			status = tool_fail("the database cannot be written (%s)", err_slug(e));
	}
	hold_give(&h);
	return (status);
}

static void
report(const struct restoring *r)
{

	printf("restored %s (version %lld)\n", r->from, (long long)r->version);
	if (r->version < migrate_newest())
		printf("brought up to version %lld\n", (long long)migrate_newest());
	if (r->had_live)
		printf("kept the one before as %s\n", r->kept);
	if (r->moved || !r->had_live)
		printf("%s: stop the programs and start them again\n",
		    r->moved ? "The one before could not be opened" : "There was none before");
	puts("Sessions that ended since the backup are alive again; \"yett session revoke --all\" "
	     "ends all of them.");
}

int
cmd_restore(struct tool *t)
{
	const long long now = clock_ms();
	struct restoring r = {
		.tool = t,
		.from = t->words[0],
		.staged = arena_print(t->arena, "%s/restore-%lld.part", t->conf.state_dir, now),
		.live = tool_path(t, "yett.db"),
		.kept =
		    arena_print(t->arena, "%s/yett.db.before-restore-%lld", t->conf.state_dir, now),
	};
	int status;

	if (r.staged == NULL || r.live == NULL || r.kept == NULL)
		return (tool_fail("out of memory"));
	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if (access(r.from, R_OK) != 0)
		return (tool_fail("%s: %s", r.from, strerror(errno)));
	if (is_same_file(r.from, r.live))
		return (tool_fail("%s is the present database", r.from));
	if (db_copy(r.from, r.staged) != ERR_OK)
		status = tool_fail("%s is not a database, or there is no room for a copy in %s",
		    r.from, t->conf.state_dir);
	else if ((status = check_staged(&r)) == 0)
		status = replace(&r);
	unlink(r.staged);
	if (status != 0)
		return (tool_fail("nothing was changed"));
	report(&r);
	return (tool_note_alone(
	    t, &(struct event){ .action = "database.restored", .object_type = "database" }));
}
