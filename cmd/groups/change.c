/* One change of a group, in one transaction. */
#include "change.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/limit.h"
#include "access/subject.h"
#include "base/clock.h"

static enum err
check_group(struct tx *tx, struct change *c)
{
	struct req *r = c->req;
	struct held *held = arena_alloc(r->arena, sizeof *held);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = group_find(tx_db(tx), r->id, r->arena, &c->group)) != ERR_OK ||
	    (e = role_held_by_group(tx_db(tx), r->id, r->arena, held)) != ERR_OK)
		return (e);
	return (limit_held(r, tx_db(tx), held, NULL));
}

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK ||
	    (c->req->id != NULL && (e = check_group(tx, c)) != ERR_OK))
		return (e);
	return (c->how(tx, c));
}

enum err
change_run(struct req *r, struct change *c, enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->how = how;
	c->now = clock_ms();
	id_new(c->new_id);
	return (store_write(r->app->store, run, c));
}

enum err
change_note(struct tx *tx, struct change *c, const char *action, struct json *details)
{
	const struct event ev = {
		.action = action,
		.object_type = "group",
		.object_id = c->req->id != NULL ? c->req->id : c->new_id,
		.details = details,
	};

	return (audit_note(tx, c->req, &ev));
}
