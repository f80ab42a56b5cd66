/* Which org a session acts in. */
#include "active.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/claims.h"
#include "access/subject.h"
#include "access/tenant.h"
#include "http/reply.h"
#include "store/session.h"
#include "store/user.h"

struct switching {
	struct req *req;
	struct user user;
	struct session session;
};

static enum err
write_switch(struct tx *tx, void *arg)
{
	struct switching *w = arg;
	struct req *r = w->req;
	struct json details = json_object(r->arena);
	struct tenant t;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (r->id != NULL && (e = tenant_of_mine(r, tx_db(tx), &t)) != ERR_OK) ||
	    (e = session_set_org(tx, r->subject->session_id, r->id)) != ERR_OK ||
	    (e = session_find(tx_db(tx), r->subject->session_id, r->arena, &w->session)) !=
	        ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, w->session.user_id, r->arena, &w->user)) !=
	        ERR_OK)
		return (e);
	json_add_text(&details, "org_id", r->id);
	return (audit_note(tx, r,
	    &(struct event){ .action = "session.org_set",
	        .object_type = "session",
	        .object_id = w->session.id,
	        .org_id = r->id,
	        .details = &details }));
}

/* What an access token says was so when it was issued, so there is a new one. Cookies and opaque
 * tokens say nothing. */
static enum err
reply_token(struct req *r, const struct switching *w)
{
	struct json j = json_object(r->arena);
	char *token;
	enum err e;

	if (w->session.kind != SESSION_REFRESH)
		return (reply_none(r));
	if ((e = claims_issue_access(r->app, &w->user, &w->session, r->arena, &token)) != ERR_OK)
		return (e);
	json_add_text(&j, "access_token", token);
	json_add_text(&j, "token_type", "Bearer");
	json_add_number(&j, "expires_in", claims_lifetime_s(r->app, &w->session));
	json_add_text(&j, "org_id", r->id);
	return (reply_json(r, 200, &j));
}

static enum err
switch_org(struct req *r)
{
	struct switching w = { .req = r };
	enum err e;

	if (r->subject->session_id[0] == '\0')
		return (req_fail(r, ERR_FORBIDDEN,
		    "this is of a session, and a key has none: a key acts in the org that it was "
		    "made for"));
	if ((e = store_write(r->app->store, write_switch, &w)) != ERR_OK)
		return (e);
	return (reply_token(r, &w));
}

enum err
active_set(struct req *r)
{

	return (switch_org(r));
}

enum err
active_clear(struct req *r)
{

	return (switch_org(r));
}
