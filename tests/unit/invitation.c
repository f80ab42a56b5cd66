/* Invitations that are over go, some at a time, and no others. */
#include "store/invitation.h"

#include <string.h>

#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"
#include "store/org.h"
#include "store/role.h"

#define COUNT_MADE 5

static struct store *store;
static char org_id[ID_SIZE];

static bool
make_database(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK;
	db_close(db);
	return (fine && store_open(state_dir(), 1, &store) == ERR_OK);
}

/* An org with invitations that end at 100, 200, ... */
static enum err
write_all(struct tx *tx, void *arg)
{
	const struct org org = { .id = org_id, .name = "A", .slug = "a", .metadata = "{}" };
	unsigned char hash[INVITATION_HASH_LEN] = { 0 };
	char id[ID_SIZE], email[32];
	enum err e;
	int i;

	(void)arg;
	if ((e = org_add(tx, &org)) != ERR_OK)
		return (e);
	for (i = 1; e == ERR_OK && i <= COUNT_MADE; i++) {
		const struct invitation inv = { .id = id,
			.org_id = org_id,
			.email = email,
			.role_id = ROLE_ORG_MEMBER,
			.expires_at = i * (int64_t)100 };

		id_new(id);
		hash[0] = (unsigned char)i;
		snprintf(email, sizeof email, "%d@example.org", i);
		e = invitation_add(tx, &inv, hash);
	}
	return (e);
}

static int64_t purged;

static enum err
write_purge(struct tx *tx, void *arg)
{

	return (invitation_purge(tx, 301, *(int64_t *)arg, &purged));
}

/* How many have not expired at ${now}. */
static int64_t
count_at(int64_t now)
{
	struct db *db;
	int64_t count;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	if (invitation_count(db, org_id, now, &count) != ERR_OK)
		count = -1;
	store_read_end(store, db);
	return (count);
}

int
main(void)
{
	int64_t limit = 2;

	id_new(org_id);
	if (!make_database() || store_write(store, write_all, NULL) != ERR_OK)
		return (1);
	ok(count_at(0) == COUNT_MADE && count_at(100) == COUNT_MADE - 1 &&
	        count_at(99) == COUNT_MADE && count_at(500) == 0,
	    "an invitation is open until its end");
	ok(store_write(store, write_purge, &limit) == ERR_OK && count_at(0) == 3 && purged == limit,
	    "of those that are over so many go");
	ok(store_write(store, write_purge, &limit) == ERR_OK && count_at(0) == 2 &&
	        count_at(301) == 2,
	    "then the rest");
	ok(purged == 1, "and who asked for it knows how many");
	ok(store_write(store, write_purge, &limit) == ERR_OK && count_at(0) == 2 && purged == 0,
	    "and no others");
	store_close(store);
	return (done());
}
