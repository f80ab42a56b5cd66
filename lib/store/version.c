/* Versions: odd while a change is being committed, even when not; equal and even means unchanged.
 */
#include "store/version.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/file.h"

/* 65,536 slots: with a change each ms a slot is hit once a minute, so a remembered session lives
 * long enough. */
#define SLOTS 65536
#define SLOT_EVERYBODY 0

struct versions {
	_Atomic uint32_t *counts; /* SLOTS of them, mapped */
};

static const size_t map_len = SLOTS * sizeof(_Atomic uint32_t);

enum err
versions_open(const char *path, struct versions **ret_versions)
{
	struct versions *v;
	void *map;
	enum err e;

	if ((e = file_map(path, map_len, &map)) != ERR_OK)
		return (e);
	if ((v = calloc(1, sizeof *v)) == NULL) {
		munmap(map, map_len);
		return (ERR_NOMEM);
	}
	v->counts = map;
	*ret_versions = v;
	return (ERR_OK);
}

void
versions_close(struct versions *v)
{

	if (v == NULL)
		return;
	munmap(v->counts, map_len);
	free(v);
}

static uint32_t
slot_of(const char *id)
{
	/* The same in all processes. Who can choose ids to collide only slows down his own. */
	uint32_t hash = 2166136261U;

	if (id == NULL)
		return (SLOT_EVERYBODY);
	for (; *id != '\0'; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619U;
	return (1 + hash % (SLOTS - 1));
}

struct version
version_read(const struct versions *v, const char *id)
{
	const uint32_t slot = slot_of(id);

	return ((struct version){ .slot = slot, .count = atomic_load(&v->counts[slot]) });
}

bool
version_same(const struct versions *v, struct version read)
{

	return (read.count % 2 == 0 && atomic_load(&v->counts[read.slot]) == read.count);
}

void
version_begin(struct versions *v, const char *id)
{
	const uint32_t slot = slot_of(id);

	atomic_store(&v->counts[slot], atomic_load(&v->counts[slot]) | 1);
}

void
version_finish(struct versions *v, const char *id)
{
	const uint32_t slot = slot_of(id);

	atomic_store(&v->counts[slot], (atomic_load(&v->counts[slot]) | 1) + 1);
}
