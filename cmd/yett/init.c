/* yett init: everything that a site keeps, made once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/turn.h"
#include "commands.h"
#include "cred/keyring.h"
#include "cred/secret.h"
#include "store/migrate.h"

static bool
is_there(const char *path)
{

	return (access(path, F_OK) == 0);
}

static int
make_state(struct tool *t, bool *ret_made)
{
	struct stat st;

	*ret_made = mkdir(t->conf.state_dir, 0700) == 0;
	if (*ret_made) {
		printf("made %s\n", t->conf.state_dir);
		return (0);
	}
	if (errno != EEXIST)
		return (tool_fail("cannot make %s: %s", t->conf.state_dir, strerror(errno)));
	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if (stat(t->conf.state_dir, &st) == 0 && (st.st_mode & 077) != 0)
		tool_warn("other users may look into %s: run \"chmod 700 %s\"", t->conf.state_dir,
		    t->conf.state_dir);
	return (0);
}

/* An empty database gets the schema. One that has another version is left to "yett migrate", which
 * backs up first. */
static enum err
fill_database(struct db *db, int64_t *ret_version, bool *ret_made)
{
	int64_t from;
	enum err e;

	*ret_made = false;
	if ((e = db_version(db, ret_version)) != ERR_OK || *ret_version != 0)
		return (e);
	if ((e = migrate_apply(db, &from)) != ERR_OK)
		return (e);
	*ret_made = true;
	*ret_version = migrate_newest();
	return (ERR_OK);
}

static int
make_database(struct tool *t, bool *ret_made)
{
	const char *path = tool_path(t, "yett.db"), *lock = tool_path(t, "write.lock");
	struct turn *turn = NULL;
	struct db *db = NULL;
	int64_t version = 0;
	enum err e;

	if (path == NULL || lock == NULL)
		return (tool_fail("out of memory"));
	/* Two that run this at the same time must not both find it empty. */
	if ((e = turn_open(lock, &turn)) != ERR_OK)
		return (tool_fail("cannot use %s: %s", lock, strerror(errno)));
	if ((e = turn_take(turn)) == ERR_OK) {
		if ((e = db_open(path, DB_CREATE, &db)) == ERR_OK)
			e = fill_database(db, &version, ret_made);
		db_close(db);
		turn_give(turn);
	}
	turn_close(turn);
	if (e != ERR_OK)
		return (tool_fail("cannot make the database %s (%s)", path, err_slug(e)));
	if (*ret_made)
		printf("made %s (version %lld)\n", path, (long long)version);
	if (version != migrate_newest())
		return (
		    tool_fail("%s is of version %lld, this program's is %lld: run \"yett migrate\"",
		        path, (long long)version, (long long)migrate_newest()));
	return (0);
}

/* ${had_database}: something may have been sealed with a key that is not there any more. */
static int
make_master(struct tool *t, bool had_database, bool *ret_made)
{
	const char *path = tool_path(t, "master.key");
	enum err e;

	if (path == NULL)
		return (tool_fail("out of memory"));
	*ret_made = !is_there(path);
	if ((e = master_create(t->conf.state_dir)) != ERR_OK)
		return (tool_fail("cannot make %s (%s)", path, err_slug(e)));
	if (*ret_made)
		printf("made %s\n", path);
	if (*ret_made && had_database)
		tool_warn("the database is older than this master key: refresh tokens made under "
		          "another are void now");
	return (0);
}

static int
make_keys(struct tool *t, bool *ret_made)
{
	const char *dir = tool_path(t, "keys");
	struct keyring *k = NULL;
	enum err e;

	if (dir == NULL)
		return (tool_fail("out of memory"));
	*ret_made = false;
	e = keyring_open(dir, t->conf.session_access_s, &k);
	keyring_close(k);
	if (e == ERR_OK)
		return (0);
	if (is_there(dir) && e != ERR_NOT_FOUND)
		return (tool_fail(
		    "the keys in %s cannot be used (%s): run \"yett doctor\"", dir, err_slug(e)));
	if ((e = keyring_create(dir)) != ERR_OK)
		return (tool_fail("cannot make a signing key in %s (%s)", dir, err_slug(e)));
	printf("made %s with a signing key\n", dir);
	*ret_made = true;
	return (0);
}

int
cmd_init(struct tool *t)
{
	bool made_state = false, made_database = false, made_master = false, made_keys = false;
	const char *option = t->conf_option;

	if (make_state(t, &made_state) != 0 || make_database(t, &made_database) != 0 ||
	    make_master(t, !made_database, &made_master) != 0 || make_keys(t, &made_keys) != 0)
		return (TOOL_FAILED);
	if (!made_state && !made_database && !made_master && !made_keys)
		printf("everything is there already in %s\n", t->conf.state_dir);
	if (made_database)
		printf("Next, make the first admin: yett %s%s%suser add "
		       "YOU@EXAMPLE.ORG --role admin\n",
		    option != NULL ? "--config " : "", option != NULL ? option : "",
		    option != NULL ? " " : "");
	return (0);
}
