/* Connections that read, as many as threads read at once, and who waits for one. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

struct pool;

/**
 * pool_new(path, max, ret_pool), pool_free(p):
 * At most ${max} connections (and no more than 64) to the database ${path}, none of them open yet.
 * ${path} must outlive it. NULL may be freed, too. Errors: ERR_NOMEM.
 */
MUST_USE enum err pool_new(const char *path, unsigned int max, struct pool **ret_pool);
void pool_free(struct pool *p);

/**
 * pool_take(p, ret_db), pool_give(p, db):
 * A connection for one thread, the one used last; opened when all that are open are taken. Waits
 * while ${max} are. Errors: ERR_VERSION when the
 * database is not, or no longer, of this program's; as of db_open().
 */
MUST_USE enum err pool_take(struct pool *p, struct db **ret_db);
void pool_give(struct pool *p, struct db *db);

/**
 * pool_idle(p, idle_ms), pool_rest(p, idle_ms):
 * Is there a connection that nobody has had for ${idle_ms}? And: close all of those.
 */
bool pool_idle(struct pool *p, int64_t idle_ms);
void pool_rest(struct pool *p, int64_t idle_ms);

#endif
