/* How much API keys are used: counted in memory, written down together. */
#include "access/usage.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/id.h"
#include "base/log.h"
#include "store/api_key.h"

#define SLOTS 2048    /* 112 bytes each: 450 KiB of both tables, touched as far as they are used */
#define KEYS_MAX 1024 /* half of the slots, so that a free one is near */
#define BATCH 256     /* keys written at once: some 5 ms of the turn to write */
#define TRIES 16      /* to find room, while others fill what was made */
#define DAY_MS ((int64_t)86400000)

/* What a key was used for on one day. */
struct count {
	char key_id[ID_SIZE]; /* "": free */
	char address[ADDRESS_SIZE];
	int64_t day;
	int64_t requests;
	int64_t last_at;
};

struct table {
	size_t keys;
	struct count slots[SLOTS];
};

struct usage {
	struct store *store;
	pthread_mutex_t mutex; /* of what is counted */
	pthread_mutex_t flushing;
	struct table *counting;
	struct table *writing; /* whoever has ${flushing} has this */
};

struct usage *
usage_new(struct store *store)
{
	struct usage *u = calloc(1, sizeof *u);

	if (u == NULL)
		return (NULL);
	u->store = store;
	u->counting = calloc(1, sizeof *u->counting);
	u->writing = calloc(1, sizeof *u->writing);
	pthread_mutex_init(&u->mutex, NULL);
	pthread_mutex_init(&u->flushing, NULL);
	if (u->counting == NULL || u->writing == NULL) {
		usage_free(u);
		return (NULL);
	}
	return (u);
}

void
usage_free(struct usage *u)
{

	if (u == NULL)
		return;
	pthread_mutex_destroy(&u->mutex);
	pthread_mutex_destroy(&u->flushing);
	free(u->counting);
	free(u->writing);
	free(u);
}

/* Where the search for the key begins. Source: FNV-1a. */
static size_t
slot_of(const char *key_id)
{
	uint32_t hash = 2166136261U;

	for (; *key_id != '\0'; key_id++)
		hash = (hash ^ (unsigned char)*key_id) * 16777619U;
	return (hash % SLOTS);
}

/* Where ${c} is counted in ${t}, or will be; NULL when there are too many. */
static struct count *
find_slot(struct table *t, const struct count *c)
{
	size_t at = slot_of(c->key_id);
	struct count *slot;

	for (;; at = (at + 1) % SLOTS) {
		slot = &t->slots[at];
		if (slot->key_id[0] == '\0')
			break;
		if (slot->day == c->day && strcmp(slot->key_id, c->key_id) == 0)
			return (slot);
	}
	if (t->keys == KEYS_MAX)
		return (NULL);
	t->keys++;
	*slot = *c;
	slot->requests = 0;
	return (slot);
}

/* Add ${c} to what is counted; false when there is no room. */
static bool
add(struct usage *u, const struct count *c)
{
	struct count *slot;

	pthread_mutex_lock(&u->mutex);
	if ((slot = find_slot(u->counting, c)) != NULL) {
		slot->requests += c->requests;
		if (c->last_at >= slot->last_at) {
			slot->last_at = c->last_at;
			memcpy(slot->address, c->address, sizeof slot->address);
		}
	}
	pthread_mutex_unlock(&u->mutex);
	return (slot != NULL);
}

void
usage_count(struct usage *u, const char *key_id, int64_t now, const char *address)
{
	struct count c = { .day = now / DAY_MS, .requests = 1, .last_at = now };
	int tries;

	memcpy(c.key_id, key_id, ID_SIZE);
	/* What is no address, the web server made up. */
	if (strlen(address) < sizeof c.address)
		memcpy(c.address, address, strlen(address) + 1);
	for (tries = 0; tries < TRIES; tries++) {
		if (add(u, &c))
			return;
		usage_flush(u);
	}
	if (!add(u, &c))
		log_event(LOG_ERROR, NULL, "a use of the API key %s is not counted", key_id);
}

/* Some of a table, in one transaction. */
struct batch {
	size_t count;
	const struct count *items[BATCH];
};

static enum err
write_batch(struct tx *tx, void *arg)
{
	const struct batch *b = arg;
	const struct count *c;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < b->count; i++) {
		c = b->items[i];
		if ((e = api_key_add_usage(tx, c->key_id, c->day, c->requests)) == ERR_OK)
			e = api_key_note_use(tx, c->key_id, c->last_at, c->address);
	}
	return (e);
}

static void
flush_batch(struct usage *u, struct batch *b)
{
	size_t i;
	enum err e;

	if (b->count > 0 && (e = store_write(u->store, write_batch, b)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "could not write down how API keys were used: %s",
		    err_slug(e));
		for (i = 0; i < b->count; i++)
			if (!add(u, b->items[i]))
				log_event(LOG_ERROR, NULL, "uses of the API key %s are lost",
				    b->items[i]->key_id);
	}
	b->count = 0;
}

void
usage_flush(struct usage *u)
{
	struct batch b = { .count = 0 };
	struct table *full;
	size_t i;

	if (u == NULL)
		return;
	pthread_mutex_lock(&u->flushing);
	pthread_mutex_lock(&u->mutex);
	full = u->counting;
	if (full->keys > 0) {
		u->counting = u->writing;
		u->writing = full;
	}
	pthread_mutex_unlock(&u->mutex);
	if (full->keys > 0) {
		for (i = 0; i < SLOTS; i++) {
			if (full->slots[i].key_id[0] == '\0')
				continue;
			b.items[b.count++] = &full->slots[i];
			if (b.count == BATCH)
				flush_batch(u, &b);
		}
		flush_batch(u, &b);
		memset(full, 0, sizeof *full);
	}
	pthread_mutex_unlock(&u->flushing);
}
