/* One change in an org: asked for in the transaction that does it, and noted there. */
#include "change.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "base/clock.h"

static enum err
write_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK)
		return (e);
	e = c->permission != NULL ? tenant_may(c->req, tx_db(tx), c->permission, &c->tenant)
	                          : tenant_of_mine(c->req, tx_db(tx), &c->tenant);
	if (e != ERR_OK || (e = c->how(tx, c)) != ERR_OK)
		return (e);
	return (audit_note(tx, c->req,
	    &(struct event){ .action = c->action,
	        .object_type = c->object_type,
	        .object_id = c->object_id,
	        .org_id = c->req->id,
	        .details = &c->details }));
}

enum err
change_run(struct change *c)
{

	c->details = json_object(c->req->arena);
	c->now = clock_ms();
	id_new(c->new_id);
	return (store_write(c->req->app->store, write_change, c));
}
