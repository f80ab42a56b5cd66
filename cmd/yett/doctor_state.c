/* What yett doctor looks for in the state folder. */
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cred/keyring.h"
#include "cred/secret.h"
#include "doctor.h"
#include "inspect.h"
#include "store/migrate.h"
#include "store/session.h"
#include "store/user.h"
#include "table.h"

#define SLACK_MS 60000 /* two machines' clocks may differ by so much */

static const char *
user_name(uid_t uid, struct arena *a)
{
	const struct passwd *p = getpwuid(uid);

	return (p != NULL ? arena_copy(a, p->pw_name) : arena_print(a, "%ld", (long)uid));
}

/* Is ${path} ours, and nobody else's to read? A link counts as what it leads to; what just went
 * away is fine. */
static bool
check_one(struct doctor *d, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno == ENOENT)
			return (true);
		doctor_say(d, FINDING_FAIL, "files", "%s: %s", path, strerror(errno));
		return (false);
	}
	if (st.st_uid != geteuid()) {
		doctor_say(d, FINDING_FAIL, "files", "%s belongs to %s: run \"chown %s %s\"", path,
		    user_name(st.st_uid, d->tool->arena), user_name(geteuid(), d->tool->arena),
		    path);
		return (false);
	}
	if ((st.st_mode & 077) != 0) {
		doctor_say(d, FINDING_FAIL, "files",
		    "others may use %s (mode %04o): run \"chmod %s %s\"", path,
		    (unsigned int)(st.st_mode & 07777), S_ISDIR(st.st_mode) ? "700" : "600", path);
		return (false);
	}
	return (true);
}

/* Did Yett make ${name} in the state folder? A web server may keep sockets and logs there too. */
static bool
is_ours(const char *name)
{
	static const char *const beginnings[] = { "yett.db", "backup-v", "restore-", "migrate.part",
		"master.key", "keys", "versions.map", "limits.map", "quotas.map", "arrivals.map",
		"work.map", "write.lock", "courier.lock", "mail", "hash" };
	size_t i;

	for (i = 0; i < COUNT(beginnings); i++)
		if (text_starts(name, beginnings[i]))
			return (true);
	return (false);
}

/* All that is in ${dir}, or only what is ours by name, and how many there are. */
static bool
check_folder(struct doctor *d, const char *dir, bool all, unsigned int *count)
{
	const struct dirent *entry;
	const char *path;
	bool good = true;
	DIR *handle;

	if ((handle = opendir(dir)) == NULL)
		return (errno == ENOENT);
	while ((entry = readdir(handle)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    (!all && !is_ours(entry->d_name)))
			continue;
		(*count)++;
		path = arena_print(d->tool->arena, "%s/%s", dir, entry->d_name);
		good = (path == NULL || check_one(d, path)) && good;
	}
	closedir(handle);
	return (good);
}

bool
doctor_check_files(struct doctor *d)
{
	const char *dir = d->tool->conf.state_dir, *keys = tool_path(d->tool, "keys");
	unsigned int count = 0;
	struct stat st;
	bool good;

	if (stat(dir, &st) < 0) {
		doctor_say(d, FINDING_FAIL, "state", "%s: %s; run \"yett init\", or set site.state",
		    dir, strerror(errno));
		return (false);
	}
	if (st.st_uid != geteuid() && geteuid() == 0) {
		doctor_say(d, FINDING_FAIL, "state",
		    "%s belongs to %s: run \"sudo -u %s yett doctor\"", dir,
		    user_name(st.st_uid, d->tool->arena), user_name(st.st_uid, d->tool->arena));
		return (false);
	}
	if (st.st_uid != geteuid()) {
		doctor_say(d, FINDING_FAIL, "state",
		    "%s belongs to %s: run this as that user, or \"chown -R %s %s\"", dir,
		    user_name(st.st_uid, d->tool->arena), user_name(geteuid(), d->tool->arena),
		    dir);
		return (false);
	}
	good = check_one(d, dir);
	good = check_folder(d, dir, false, &count) && good;
	good = (keys == NULL || check_folder(d, keys, true, &count)) && good;
	d->files_wrong = !good;
	if (good)
		doctor_say(d, FINDING_OK, "files", "%s and %u files in it belong to %s alone", dir,
		    count, user_name(geteuid(), d->tool->arena));
	if (geteuid() == 0)
		doctor_say(d, FINDING_WARN, "user",
		    "this is root's: better give %s to a user of its own, that the programs run as",
		    dir);
	return (true);
}

/* Is nothing in the database younger than the clock says? */
static void
check_times(struct doctor *d, const char *path)
{
	struct db *db = NULL;
	int64_t user = 0, session = 0, newest;

	if (db_open(path, DB_READ, &db) == ERR_OK && user_newest(db, &user) == ERR_OK &&
	    session_newest(db, &session) == ERR_OK) {
		newest = user > session ? user : session;
		if (newest > clock_ms() + SLACK_MS)
			doctor_say(d, FINDING_FAIL, "clock",
			    "the newest user or session is from %s, later than now: set the clock",
			    table_time(d->tool->arena, newest));
	}
	db_close(db);
}

static bool
check_version(struct doctor *d, const char *path)
{
	const int64_t ours = migrate_newest();
	int64_t version;

	if (access(path, F_OK) != 0)
		doctor_say(d, FINDING_FAIL, "database",
		    "there is no %s: run \"yett restore FILE\" with a backup, or \"yett init\" for "
		    "an empty one",
		    path);
	else if (access(path, R_OK | W_OK) != 0)
		doctor_say(d, FINDING_FAIL, "database", "%s: %s", path, strerror(errno));
	else if (inspect_version(path, &version) != ERR_OK)
		doctor_say(d, FINDING_FAIL, "database",
		    "%s is not a database: run \"yett restore FILE\" with a backup", path);
	else if (version > ours)
		doctor_say(d, FINDING_FAIL, "database",
		    "%s is of version %lld, newer than this program's %lld: install the newer Yett",
		    path, (long long)version, (long long)ours);
	else if (version < ours)
		doctor_say(d, FINDING_FAIL, "database",
		    "%s is of version %lld, this program's is %lld: run \"yett migrate\"", path,
		    (long long)version, (long long)ours);
	else
		return (true);
	return (false);
}

bool
doctor_check_database(struct doctor *d)
{
	const char *path = tool_path(d->tool, "yett.db"), *report = "it cannot be read";
	bool sound = false;
	enum err e;

	if (path == NULL || !check_version(d, path))
		return (false);
	if ((e = inspect_content(d->tool, path, &report)) != ERR_OK || strcmp(report, "ok") != 0)
		doctor_say(d, FINDING_FAIL, "database",
		    "%s is damaged: %s; stop the programs, copy the state folder away, then "
		    "\"yett restore FILE\" with a backup",
		    path, report);
	else if ((e = inspect_schema(d->tool, path, &report)) != ERR_OK ||
	         strcmp(report, "ok") != 0)
		doctor_say(d, FINDING_FAIL, "database", "%s was changed by another hand: %s", path,
		    report);
	else
		sound = true;
	if (sound)
		doctor_say(d, FINDING_OK, "database", "%s, version %lld, is sound", path,
		    (long long)migrate_newest());
	check_times(d, path);
	return (sound);
}

static void
check_master(struct doctor *d)
{
	const char *path = tool_path(d->tool, "master.key");
	struct master *m = NULL;
	enum err e;

	if ((e = master_open(d->tool->conf.state_dir, &m)) == ERR_OK)
		doctor_say(d, FINDING_OK, "master key", "%s", path);
	else if (e == ERR_NOT_FOUND)
		doctor_say(d, FINDING_FAIL, "master key",
		    "there is no %s: put the one you kept there, or make one by \"yett init\", "
		    "which "
		    "signs everybody out",
		    path);
	else if (!d->files_wrong)
		doctor_say(d, FINDING_FAIL, "master key",
		    "%s cannot be used: it must be 32 bytes, mode 0600; put the one you kept in "
		    "its place",
		    path);
	master_close(m);
}

struct keys {
	unsigned int count;
	int64_t newest_at;
};

static void
count_key(void *arg, const char *kid, int64_t created_at, int64_t until)
{
	struct keys *k = arg;

	(void)kid;
	k->count++;
	if (until == 0)
		k->newest_at = created_at;
}

void
doctor_check_keys(struct doctor *d)
{
	const char *dir = tool_path(d->tool, "keys");
	struct keys k = { .count = 0 };
	struct keyring *ring = NULL;
	enum err e;

	check_master(d);
	if (dir == NULL)
		return;
	if ((e = keyring_open(dir, d->tool->conf.session_access_s, &ring)) != ERR_OK) {
		if (e == ERR_NOT_FOUND || e == ERR_IO)
			doctor_say(d, FINDING_FAIL, "signing keys",
			    "there is none in %s: run \"yett init\"", dir);
		else if (!d->files_wrong)
			doctor_say(d, FINDING_FAIL, "signing keys",
			    "one in %s cannot be used: each must be a private key on P-256 in PEM, "
			    "mode 0600; put the one you kept in "
			    "its place, or move it away",
			    dir);
		return;
	}
	keyring_each(ring, count_key, &k);
	keyring_close(ring);
	if (k.newest_at > clock_ms() + SLACK_MS)
		doctor_say(d, FINDING_FAIL, "signing keys",
		    "the newest is from %s, later than now: set the clock",
		    table_time(d->tool->arena, k.newest_at));
	else
		doctor_say(d, FINDING_OK, "signing keys", "%u in %s, the newest from %s", k.count,
		    dir, table_time(d->tool->arena, k.newest_at));
}
