/* One change of a group, in one transaction. */
#ifndef GROUPS_CHANGE_H
#define GROUPS_CHANGE_H

#include "base/id.h"
#include "http/request.h"
#include "store/group.h"

struct json;

struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	struct group group; /* that the path names, as it was; nothing where it names none */
	/* What the body says; NULL: nothing. */
	const char *name;
	const char *description;
	const char *role; /* a name */
	const char *user; /* an id */
	char new_id[ID_SIZE];
	int64_t now;
};

/**
 * change_run(r, c, how):
 * Run ${how} in a transaction, once it is sure that the proof still holds, that the group is there,
 * and that the subject holds all that the group's roles hold: who could put himself into it, or
 * others out of it, would otherwise give or take more than he holds.
 * Errors: ERR_INVALID_TOKEN, ERR_FORBIDDEN, ERR_NOT_FOUND; what ${how} returns; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
change_run(struct req *r, struct change *c, enum err (*how)(struct tx *tx, struct change *c));

/**
 * change_note(tx, c, action, details):
 * Write into the audit log what was done to the group of ${c}.
 * Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
change_note(struct tx *tx, struct change *c, const char *action, struct json *details);

#endif
