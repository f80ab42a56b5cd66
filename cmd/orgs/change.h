/* One change in an org: asked for in the transaction that does it, and noted there. */
#ifndef ORGS_CHANGE_H
#define ORGS_CHANGE_H

#include "access/tenant.h"
#include "base/id.h"
#include "http/json.h"
#include "store/store.h"

struct change {
	struct req *req;
	const char *permission; /* that it takes in the org ${req}->id; NULL: to belong to it */
	const char *action;     /* as the audit log calls it */
	const char *object_type;
	const char *object_id;
	enum err (*how)(struct tx *tx, struct change *c);
	void *in; /* what the body says, for ${how} */
	/* Filled by change_run(). */
	struct tenant tenant;
	struct json details; /* for the audit log */
	int64_t now;
	char new_id[ID_SIZE];
};

/**
 * change_run(c):
 * In one transaction: look again who asks and whether he may, let ${c}->how do it, and write it
 * into the audit log. Errors: as tenant_may() and ${c}->how.
 */
MUST_USE enum err change_run(struct change *c);

#endif
