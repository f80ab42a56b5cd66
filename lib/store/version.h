/*
 * Versions: counters in memory shared by all processes, by which a process sees at once that
 * something it remembers has been changed by another, without asking the database.
 */
#ifndef STORE_VERSION_H
#define STORE_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct versions;

/* What something remembered was read under; fill it by version_read() before the read. */
struct version {
	uint32_t slot;
	uint32_t count;
};

/**
 * versions_open(path, ret_versions):
 * Map ${path} (made with mode 0600 when absent). Close with versions_close(), which accepts NULL.
 * Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err versions_open(const char *path, struct versions **ret_versions);
void versions_close(struct versions *v);

/**
 * version_read(v, id):
 * The version now of whatever ${id} names (a user, a session; NULL: what concerns everybody). Ids
 * share slots, which costs a needless read now and then, never a stale answer.
 */
struct version version_read(const struct versions *v, const char *id);

/**
 * version_same(v, read):
 * Is what was read under ${read} still true? False also while somebody is changing it.
 */
bool version_same(const struct versions *v, struct version read);

/**
 * version_begin(v, id), version_finish(v, id):
 * Before the commit that changes what ${id} names, and after it. Only for who holds the turn to
 * write. Between the two nothing of ${id} counts as known; a process killed there leaves it so
 * until the next change, which costs reads only.
 */
void version_begin(struct versions *v, const char *id);
void version_finish(struct versions *v, const char *id);

#endif
