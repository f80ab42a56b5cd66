/* A folder in the state folder where the next version of the database is made and tested. */
#include "stage.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/audit_verify.h"
#include "inspect.h"
#include "store/session.h"
#include "store/user.h"

/* All that we, SQLite and a store make there. */
static const char *const names[] = { "yett.db", "yett.db-wal", "yett.db-shm", "yett.db-journal",
	"backup.db", "backup.db-wal", "backup.db-shm", "backup.db-journal", "write.lock",
	"versions.map" };

/* Remove what is there. False when something stays. */
static bool
clear(const struct stage *s)
{
	const char *path;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		path = arena_print(s->arena, "%s/%s", s->dir, names[i]);
		if (path == NULL || (unlink(path) < 0 && errno != ENOENT))
			return (false);
	}
	return (rmdir(s->dir) == 0 || errno == ENOENT);
}

int
stage_open(struct stage *s, struct tool *t)
{

	s->arena = t->arena;
	s->dir = tool_path(t, "migrate.part");
	s->copy = tool_path(t, "migrate.part/backup.db");
	s->database = tool_path(t, "migrate.part/yett.db");
	if (s->dir == NULL || s->copy == NULL || s->database == NULL)
		return (tool_fail("out of memory"));
	if (!clear(s) || mkdir(s->dir, 0700) < 0)
		return (tool_fail("%s: %s; move it away", s->dir, strerror(errno)));
	return (0);
}

void
stage_close(const struct stage *s)
{

	if (!clear(s))
		tool_warn("%s is left over: %s", s->dir, strerror(errno));
}

/* Read what any program reads. */
static enum err
read_some(struct store *store)
{
	int64_t newest;
	struct db *db;
	enum err e;

	if ((e = store_read(store, &db)) != ERR_OK)
		return (e);
	if ((e = user_newest(db, &newest)) == ERR_OK)
		e = session_newest(db, &newest);
	store_read_end(store, db);
	return (e);
}

struct proof {
	struct arena *arena;
	const char *first; /* finding; NULL: none */
};

static void
note_finding(void *arg, const struct audit_finding *f)
{
	struct proof *p = arg;

	if (p->first == NULL)
		p->first = arena_print(p->arena,
		    "the audit log does not prove: %s (row %lld): see \"yett audit verify\" of the "
		    "version before, and --unproved",
		    f->detail, (long long)f->seq);
}

/* Every row of the audit log is still what was written. */
static const char *
prove(struct store *store, struct tool *t)
{
	struct proof p = { .arena = t->arena };
	struct audit_verify v = {
		.store = store, .master = t->master, .found = note_finding, .arg = &p
	};
	enum err e;

	if ((e = audit_verify_begin(&v, 0)) == ERR_OK &&
	    (e = audit_verify_go(&v, INT64_MAX)) == ERR_OK)
		e = audit_verify_rest(&v);
	audit_verify_end(&v);
	return (e != ERR_OK ? "the audit log cannot be read" : p.first);
}

const char *
stage_test(const struct stage *s, struct tool *t)
{
	const char *report = "it cannot be read";
	struct store *store = NULL;

	if (inspect_content(t, s->database, &report) != ERR_OK || strcmp(report, "ok") != 0 ||
	    inspect_schema(t, s->database, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (report);
	if (store_open(s->dir, 1, &store) != ERR_OK || read_some(store) != ERR_OK)
		report = "it cannot be read by this program";
	else if (tool_has(t, "--unproved"))
		report = NULL;
	else if (t->master == NULL && tool_open_master(t) != 0)
		report = "the audit log cannot be proved without the master key";
	else
		report = prove(store, t);
	store_close(store);
	return (report);
}
