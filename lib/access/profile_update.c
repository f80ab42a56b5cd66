/* Changing what users may change of themselves. */
#include "access/app.h"
#include "access/audit.h"
#include "access/person.h"
#include "access/profile.h"
#include "access/subject.h"
#include "base/clock.h"

/* For the transaction. */
struct update {
	struct req *req;
	struct person person;
	const char *taken; /* the member that is somebody else's */
};

/* Which members changed; not what is in them, for the log outlives the user. */
static enum err
note_update(struct tx *tx, const struct update *in)
{
	struct json details = json_object(in->req->arena);
	const struct event ev = { .action = "user.updated",
		.object_type = "user",
		.object_id = in->req->subject->user_id,
		.details = &details };

	if (!person_add_fields(&in->person, &details))
		return (ERR_OK);
	return (audit_note(tx, in->req, &ev));
}

static enum err
write_update(struct tx *tx, void *arg)
{
	struct update *in = arg;
	struct arena *a = in->req->arena;
	struct user u;
	enum err e;

	if ((e = subject_recheck(tx, in->req)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, in->req->subject->user_id, a, &u)) != ERR_OK ||
	    (e = person_apply(in->req, &in->person, false, &u)) != ERR_OK)
		return (e);
	if ((e = user_set_profile(tx, &u, clock_ms(), a)) == ERR_TAKEN)
		in->taken = person_taken(tx_db(tx), &u, a);
	return (e != ERR_OK ? e : note_update(tx, in));
}

enum err
profile_update(struct req *r, const char **ret_return_to)
{
	struct update in = { .req = r };
	enum err e;

	if ((e = person_read(r, PERSON_OWN, &in.person)) != ERR_OK)
		return (e);
	/* One signs in by it: it is the user's own to choose. */
	if (in.person.username != NULL && r->subject->actor_id[0] != '\0')
		return (
		    req_fail(r, ERR_FORBIDDEN, "username: is not changed in somebody else's name"));
	if ((e = store_write(r->app->store, write_update, &in)) == ERR_TAKEN && in.taken != NULL)
		req_field_error(r, in.taken, "is taken");
	if (e == ERR_OK)
		*ret_return_to = in.person.return_to;
	return (e);
}
