/* What a program does beside requests: all that is due, also when it is more than one transaction
 * takes. */
#include "access/housekeeping.h"

#include <string.h>

#include <sodium.h>

#include "access/app.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"

#define ROWS 1200 /* more than are deleted, and noted as seen, at once */

/* A user with many sessions, many attempts of long ago, and one of just now. */
static bool
make_database(struct store **ret_store)
{
	static const char sql[] =
	    "INSERT INTO users (id, email, email_key, created_at, updated_at) VALUES ('u', 'a@b', "
	    "'a@b', 0, 0);"
	    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)"
	    "INSERT INTO sessions (id, user_id, kind, token_hash, token_id, rotated_at, "
	    "created_at, last_seen_at, expires_at, "
	    "ends_at, amr, ip_address, user_agent) SELECT printf('%036d', i), 'u', 'cookie', "
	    "CAST(printf('%032d', i) AS BLOB), "
	    "i, 0, 0, 0, 9000000000000000, 9000000000000000, 'pwd', '', '' FROM n;"
	    "INSERT INTO login_attempts (id, attempted_at, success, ip_address, user_agent) "
	    "SELECT id, 1, 0, '', '' FROM sessions UNION ALL SELECT 'now', 9000000000000000, 0, "
	    "'', '';";
	char path[512];
	struct db *db;
	int64_t from;
	bool fine;

	snprintf(path, sizeof path, "%s/yett.db", state_dir());
	if (db_open(path, DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK && db_script(db, sql) == ERR_OK;
	db_close(db);
	return (fine && store_open(state_dir(), 2, ret_store) == ERR_OK);
}

static int64_t
count(struct store *s, const char *sql)
{
	struct db *db;
	int64_t number = -1;

	if (store_read(s, &db) != ERR_OK)
		return (-1);
	if (db_number(db, sql, NULL, 0, -1, &number) != ERR_OK)
		number = -1;
	store_read_end(s, db);
	return (number);
}

/* Each session was used just now, and never written down as seen. */
static void
use_all(struct cache *subjects)
{
	unsigned char key[CACHE_KEY_LEN];
	struct subject s;
	int i;

	for (i = 0; i < ROWS; i++) {
		memset(&s, 0, sizeof s);
		snprintf(s.session_id, sizeof s.session_id, "%036d", i);
		crypto_generichash(key, sizeof key, (const unsigned char *)&i, sizeof i, NULL, 0);
		cache_put(subjects, key, &s, sizeof s, clock_ms());
	}
}

int
main(void)
{
	static const char seen[] = "SELECT count(*) FROM sessions WHERE last_seen_at > 0";
	static const char attempts[] = "SELECT count(*) FROM login_attempts";
	static struct app app;

	if (sodium_init() < 0 || !make_database(&app.store) ||
	    (app.subjects = cache_new(8192, (size_t)10 << 20)) == NULL ||
	    master_create(state_dir()) != ERR_OK || master_open(state_dir(), &app.master) != ERR_OK)
		return (1);
	use_all(app.subjects);
	app.conf.keep_attempts_s = 60;
	app.asked = true;
	app.housekept_at = clock_steady_ms() - 29000;
	housekeeping_tick(&app);
	ok(count(app.store, seen) == 0 && count(app.store, attempts) == ROWS + 1,
	    "before half a minute nothing is done");
	app.housekept_at = clock_steady_ms() - 30000;
	housekeeping_tick(&app);
	while (atomic_load(&app.at_chores))
		usleep(1000);
	ok(count(app.store, seen) == ROWS, "then all sessions are noted as seen, however many");
	ok(count(app.store, attempts) == 1,
	    "and all attempts that are over are deleted, and no other");
	ok(!app.asked, "and it waits until something is asked");
	housekeeping_end(&app);
	cache_free(app.subjects);
	master_close(app.master);
	store_close(app.store);
	return (done());
}
