/* Devices are found by user and hash, those seen longest ago go first, and those of a year ago,
 * some at a time. */
#include "store/user_device.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"
#include "store/user.h"

#define COUNT_MADE 5
#define ANN "01890000-0000-7000-8000-000000000001"
#define BOB "01890000-0000-7000-8000-000000000002"

static struct arena *arena;
static struct store *store;

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

static enum err
add_user(struct tx *tx, const char *id, const char *email)
{
	const struct user u = {
		.id = id, .email = email, .properties = "{}", .enabled = true, .created_at = 1
	};

	return (user_add(tx, &u, arena));
}

/* Ann has devices that were seen at 100, 200, ...; Bob one with the hash of her first. */
static enum err
write_all(struct tx *tx, void *arg)
{
	struct user_device d = { .name = "d", .first_seen_at = 1 };
	char id[ID_SIZE];
	enum err e;
	int i;

	(void)arg;
	if ((e = add_user(tx, ANN, "ann@example.org")) != ERR_OK ||
	    (e = add_user(tx, BOB, "bob@example.org")) != ERR_OK)
		return (e);
	d.id = id;
	for (i = 0; e == ERR_OK && i <= COUNT_MADE; i++) {
		id_new(id);
		d.user_id = i == 0 ? BOB : ANN;
		d.hash[0] = (unsigned char)(i == 0 ? 1 : i);
		d.last_seen_at = i == 0 ? 1000 : i * (int64_t)100;
		e = user_device_add(tx, &d);
	}
	return (e);
}

static enum err
write_again(struct tx *tx, void *arg)
{
	struct user_device d = {
		.id = "01890000-0000-7000-8000-000000000009", .user_id = ANN, .name = "d"
	};

	(void)arg;
	d.hash[0] = 1;
	return (user_device_add(tx, &d));
}

static enum err
write_trim(struct tx *tx, void *arg)
{

	return (user_device_trim(tx, ANN, *(int64_t *)arg));
}

static int64_t purged;

static enum err
write_purge(struct tx *tx, void *arg)
{

	return (user_device_purge(tx, 400, *(int64_t *)arg, &purged));
}

/* One of Ann's. */
static enum err
write_see(struct tx *tx, void *arg)
{

	return (user_device_see(tx, arg, 9999));
}

static enum err
write_drop_as_bob(struct tx *tx, void *arg)
{

	return (user_device_drop(tx, BOB, arg));
}

static int64_t
count_of(const char *user_id)
{
	struct db *db;
	int64_t count;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	if (user_device_count(db, user_id, &count) != ERR_OK)
		count = -1;
	store_read_end(store, db);
	return (count);
}

/* When the device was last seen; -1: there is none. */
static int64_t
seen_at(const char *user_id, int number, struct user_device *ret_device)
{
	unsigned char hash[USER_DEVICE_HASH_LEN] = { (unsigned char)number };
	struct db *db;
	enum err e;

	if (store_read(store, &db) != ERR_OK)
		return (-2);
	e = user_device_find(db, user_id, hash, arena, ret_device);
	store_read_end(store, db);
	return (e == ERR_OK ? ret_device->last_seen_at : e == ERR_NOT_FOUND ? -1 : -2);
}

int
main(void)
{
	struct user_device d = { .id = NULL };
	int64_t limit;

	if ((arena = arena_new(1 << 20)) == NULL || !make_database() ||
	    store_write(store, write_all, NULL) != ERR_OK)
		return (1);
	ok(count_of(ANN) == COUNT_MADE && count_of(BOB) == 1, "each has his own");
	ok(seen_at(ANN, 1, &d) == 100 && seen_at(BOB, 1, &d) == 1000 && seen_at(BOB, 2, &d) == -1,
	    "found by user and hash together");
	ok(store_write(store, write_again, NULL) == ERR_TAKEN, "none is there twice");
	limit = 4;
	ok(store_write(store, write_trim, &limit) == ERR_OK && count_of(ANN) == 4 &&
	        seen_at(ANN, 1, &d) == -1 && count_of(BOB) == 1,
	    "the one that was seen longest ago goes, and nobody else's");
	limit = 1;
	ok(store_write(store, write_purge, &limit) == ERR_OK && seen_at(ANN, 2, &d) == -1 &&
	        count_of(ANN) == 3 && purged == 1,
	    "so many of those that are over go");
	limit = 10;
	ok(store_write(store, write_purge, &limit) == ERR_OK && count_of(ANN) == 2 &&
	        seen_at(ANN, 4, &d) == 400,
	    "then the rest, and not the one of that very moment");
	ok(store_write(store, write_see, (void *)(uintptr_t)d.id) == ERR_OK &&
	        seen_at(ANN, 4, &d) == 9999,
	    "one is seen again");
	ok(store_write(store, write_drop_as_bob, (void *)(uintptr_t)d.id) == ERR_OK &&
	        count_of(ANN) == 2,
	    "nobody drops another's");
	store_close(store);
	arena_free(arena);
	return (done());
}
