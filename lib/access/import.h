/* Users brought along from elsewhere, a line of JSON each, with the hashes of their passwords. */
#ifndef ACCESS_IMPORT_H
#define ACCESS_IMPORT_H

#include "access/person.h"
#include "base/id.h"
#include "store/store.h"

#define IMPORT_BATCH 50 /* lines a transaction: it may touch 64 users */

/* One line; everything is owned by the arena it was read into. */
struct import_line {
	int64_t number; /* from 1 */
	enum { IMPORT_READ, IMPORT_CREATED, IMPORT_EXISTING, IMPORT_FAILED } outcome;
	struct req said; /* what is wrong: detail and field errors */
	struct person person;
	struct user user;
	char id[ID_SIZE]; /* of the user, also of one who was there already */
	char group_id[ID_SIZE];
};

/**
 * import_read(l, number, text, len, a):
 * Read one line into ${l}, IMPORT_READ or IMPORT_FAILED. Errors: ERR_NOMEM.
 */
MUST_USE enum err
import_read(struct import_line *l, int64_t number, const char *text, size_t len, struct arena *a);

/**
 * import_write(tx, l, a):
 * Store the user of ${l}, unless it failed before or somebody has the address already: that user
 * stays as it is. What is taken fails, and stops nobody else. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err import_write(struct tx *tx, struct import_line *l, struct arena *a);

/**
 * import_fail(l, field, detail):
 * Let ${l} have failed for what is wrong with ${field}.
 */
void import_fail(struct import_line *l, const char *field, const char *detail);

/**
 * import_tell(l, details):
 * Add to the details of the audit row of ${l}, whose user was created, that it was imported, the
 * kind of its password's hash, and its id in the system that it came from, unless that is an
 * address: rows name people by ids only.
 */
void import_tell(const struct import_line *l, struct json *details);

/**
 * import_report(l):
 * What became of ${l}, as {"line","status","id"} or {"line","status","detail","errors"}.
 */
struct json import_report(const struct import_line *l);

#endif
