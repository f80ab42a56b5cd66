/* The database of a process: connections to read, one to write, the turn among processes, what
 * others changed. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"
#include "store/version.h"

struct store;
struct tx;

/**
 * store_open(state_dir, readers_max, ret_store):
 * The database in ${state_dir}, read by at most ${readers_max} threads at once. Close with
 * store_close() (NULL too). Errors: ERR_VERSION when its schema is not this program's;
 * ERR_NOT_FOUND when there is none; ERR_IO, ERR_DB.
 */
MUST_USE enum err
store_open(const char *state_dir, unsigned int readers_max, struct store **ret_store);
void store_close(struct store *s);

/**
 * store_read(s, ret_db), store_read_end(s, db):
 * A connection in a read transaction: everything read through it is of one moment. Wait while all
 * are in use. Never hash a password or wait for anything between the two. Errors: ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err store_read(struct store *s, struct db **ret_db);
void store_read_end(struct store *s, struct db *db);

/**
 * store_write(s, work, arg):
 * Run ${work} in a write transaction, on disk when this returns ERR_OK; undone as a whole when it
 * returns another. Threads that write at the same time share one transaction and one flush (each in
 * a savepoint of its own), so ${work} may run in another thread: it must touch only ${arg} and the
 * tx. Errors: what ${work} returns; ERR_DB, ERR_IO.
 */
MUST_USE enum err
store_write(struct store *s, enum err (*work)(struct tx *tx, void *arg), void *arg);

/**
 * store_relax(s):
 * From now on what this process writes is not flushed to disk at once: it survives the process's
 * death, not a power failure. For who only notes what it can find out again, before others use
 * ${s}. Errors: ERR_DB.
 */
MUST_USE enum err store_relax(struct store *s);

/**
 * store_idle(s, idle_ms), store_rest(s, idle_ms):
 * Is there a connection that nobody has used for ${idle_ms}? And: close all of those. Each has some
 * 150 KiB of what it knows of the schema, and is opened again in 1 to 2 ms when it is needed.
 */
bool store_idle(struct store *s, int64_t idle_ms);
void store_rest(struct store *s, int64_t idle_ms);

/**
 * tx_db(tx):
 * The connection of the transaction.
 */
struct db *tx_db(struct tx *tx);

/**
 * tx_touch(tx, id):
 * Say that the transaction changes what is remembered of ${id} (a user, a session; NULL: of
 * everybody). ${id} must live until store_write() returns. Errors: ERR_INTERNAL beyond 64 ids a
 * transaction: touch everybody instead.
 */
MUST_USE enum err tx_touch(struct tx *tx, const char *id);

/**
 * store_versions(s):
 * The versions that tx_touch() moves.
 */
struct versions *store_versions(struct store *s);

/**
 * store_check_file(s):
 * Is what was opened still the file of that name, and does it begin as a database does? SQLite
 * itself may go on for long with what it has in memory. Errors: ERR_IO.
 */
MUST_USE enum err store_check_file(const struct store *s);

/**
 * store_turn_stats(s, ret_turns, ret_longest_ms):
 * How many turns to write this process had, and the longest it waited for one: what the bench of
 * fairness prints.
 */
void store_turn_stats(struct store *s, int64_t *ret_turns, int64_t *ret_longest_ms);

/**
 * tx_pretend(tx, work, arg):
 * Do ${work} within ${tx}, and take back what it wrote: for whom it is not to come to anything, and
 * to take as long. Errors: as of ${work}; ERR_DB.
 */
MUST_USE enum err tx_pretend(struct tx *tx, enum err (*work)(struct tx *tx, void *arg), void *arg);

#endif
