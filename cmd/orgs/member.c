/* Members of an org: added, removed, given roles and taken them. */
#include "member.h"

#include <string.h>

#include "access/app.h"
#include "access/subject.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"
#include "members.h"
#include "store/org_role.h"
#include "store/user.h"

#define KEY_MAX 254 /* an address, or an id */

struct input {
	const char *user;
	const char *role;
	int64_t expires_at;
	/* For the transaction. */
	struct user found;
};

static enum err
check_time(struct change *c, const struct input *in)
{

	if (in->expires_at == 0 || in->expires_at > c->now)
		return (ERR_OK);
	return (req_field_error(c->req, "expires_at", "must be in the future"));
}

/* The role that the body names, if it is no more than the subject holds. */
static enum err
find_role(struct tx *tx, struct change *c, const char *key, struct role *ret_role)
{
	enum err e;

	if ((e = org_role_get(tx_db(tx), c->req->id, key, c->req->arena, ret_role)) ==
	    ERR_NOT_FOUND)
		return (req_field_error(c->req, "role", "there is no such role here"));
	if (e != ERR_OK)
		return (e);
	return (tenant_limit_role(c->req, tx_db(tx), &c->tenant, ret_role->id, "role"));
}

static void
note_role(struct change *c, const struct role *role, int64_t expires_at)
{

	json_add_text(&c->details, "role_id", role->id);
	json_add_text(&c->details, "role", role->name);
	if (expires_at != 0)
		json_add_time(&c->details, "expires_at", expires_at);
}

/* Whoever is added has not been asked, and is shown to the others: so only who may see the users of
 * the site does that. Everybody else invites. */
static enum err
check_may_add(struct req *r)
{

	if (subject_may(r->subject, "users:read"))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN,
	    "the permission users:read of the whole site is needed to add somebody unasked: invite "
	    "instead"));
}

static enum err
find_user(struct tx *tx, struct change *c, struct input *in)
{
	const char *key = arena_copy_lower(c->req->arena, in->user);
	enum err e;

	if (key == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(tx_db(tx), id_ok(key) ? USER_BY_ID : USER_BY_EMAIL, key, c->req->arena,
	         &in->found)) == ERR_NOT_FOUND)
		return (req_field_error(c->req, "user", "there is no such user"));
	return (e);
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	struct role role;
	enum err e;

	if ((e = check_may_add(c->req)) != ERR_OK || (e = check_time(c, in)) != ERR_OK ||
	    (e = find_role(tx, c, in->role != NULL ? in->role : ROLE_ORG_MEMBER, &role)) !=
	        ERR_OK ||
	    (e = find_user(tx, c, in)) != ERR_OK)
		return (e);
	if ((e = org_member_add(tx, c->req->id, in->found.id, c->now)) == ERR_TAKEN)
		return (req_fail(c->req, e, "user: belongs to this organisation already"));
	if (e != ERR_OK || (e = org_role_assign(tx, c->req->id, in->found.id, role.id,
	                        in->expires_at, c->now)) != ERR_OK)
		return (e);
	c->object_id = in->found.id;
	note_role(c, &role, in->expires_at);
	return (ERR_OK);
}

enum err
members_add(struct req *r)
{
	static const struct field fields[] = {
		{ "user", FIELD_TEXT, offsetof(struct input, user), 1, KEY_MAX, 0 },
		{ "role", FIELD_TEXT, offsetof(struct input, role), 1, 64, FIELD_OPTIONAL },
		{ "expires_at", FIELD_TIME, offsetof(struct input, expires_at), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct input in = { .user = NULL };
	struct change c = { .req = r,
		.permission = "members:create",
		.action = "org_member.added",
		.object_type = "user",
		.how = write_add,
		.in = &in };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = change_run(&c)) != ERR_OK)
		return (e);
	return (member_reply(r, 201, in.found.id));
}

/* Looking for a role of a member that is more than the subject holds. */
struct comparison {
	struct tx *tx;
	struct change *change;
	enum err err;
};

static void
compare_role(void *arg, const struct assignment *as)
{
	struct comparison *m = arg;

	if (m->err == ERR_OK)
		m->err = tenant_limit_role(m->change->req, tx_db(m->tx), &m->change->tenant,
		    as->role.id, "what the member holds");
}

/* Nobody removes who may do more than he. */
static enum err
check_not_above(struct tx *tx, struct change *c, const char *user_id)
{
	struct comparison m = { .tx = tx, .change = c };
	enum err e;

	if ((e = org_role_assignments(tx_db(tx), c->req->id, user_id, c->now, c->req->arena,
	         compare_role, &m)) != ERR_OK)
		return (e);
	return (m.err);
}

/* Who may do everything in the org for good: when the last one goes, nobody there could give it
 * back. */
static enum err
count_owners(struct tx *tx, struct change *c, int64_t *ret_count)
{

	return (org_role_count_owners(tx_db(tx), c->req->id, ret_count));
}

static enum err
drop(struct tx *tx, struct change *c, const char *user_id, const char *last)
{
	int64_t before, after;
	enum err e;

	if ((e = count_owners(tx, c, &before)) != ERR_OK ||
	    (e = org_member_drop(tx, c->req->id, user_id)) != ERR_OK ||
	    (e = count_owners(tx, c, &after)) != ERR_OK)
		return (e);
	return (before > 0 && after == 0 ? req_fail(c->req, ERR_FORBIDDEN, "%s", last) : ERR_OK);
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	const char *user_id = c->req->item_id;
	bool is;
	enum err e;

	if ((e = org_has_member(tx_db(tx), c->req->id, user_id, &is)) != ERR_OK)
		return (e);
	if (!is)
		return (ERR_NOT_FOUND);
	if ((e = check_not_above(tx, c, user_id)) != ERR_OK)
		return (e);
	return (drop(tx, c, user_id, "the last owner stays: give org-owner to another first"));
}

enum err
members_drop(struct req *r)
{
	struct change c = { .req = r,
		.permission = "members:delete",
		.action = "org_member.removed",
		.object_type = "user",
		.object_id = r->item_id,
		.how = write_drop };
	enum err e;

	return ((e = change_run(&c)) == ERR_OK ? reply_none(r) : e);
}

static enum err
write_leave(struct tx *tx, struct change *c)
{

	return (drop(tx, c, c->req->subject->user_id,
	    "you are the last owner: give org-owner to another first, or delete the organisation"));
}

enum err
members_leave(struct req *r)
{
	struct change c = { .req = r,
		.action = "org_member.left",
		.object_type = "user",
		.object_id = r->subject->user_id,
		.how = write_leave };
	enum err e;

	return ((e = change_run(&c)) == ERR_OK ? reply_none(r) : e);
}

/* Who is given a role, or loses it, must belong to the org. */
static enum err
check_member(struct tx *tx, struct change *c)
{
	bool is;
	enum err e;

	if ((e = org_has_member(tx_db(tx), c->req->id, c->req->item_id, &is)) != ERR_OK)
		return (e);
	return (is ? ERR_OK : ERR_NOT_FOUND);
}

static enum err
write_assign(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	int64_t before, after;
	struct role role;
	enum err e;

	if ((e = check_member(tx, c)) != ERR_OK || (e = check_time(c, in)) != ERR_OK ||
	    (e = find_role(tx, c, in->role, &role)) != ERR_OK ||
	    (e = count_owners(tx, c, &before)) != ERR_OK ||
	    (e = org_role_assign(
	         tx, c->req->id, c->req->item_id, role.id, in->expires_at, c->now)) != ERR_OK ||
	    (e = count_owners(tx, c, &after)) != ERR_OK)
		return (e);
	if (before > 0 && after == 0)
		return (
		    req_field_error(c->req, "expires_at", "the last owner is one without an end"));
	note_role(c, &role, in->expires_at);
	return (ERR_OK);
}

static enum err
write_unassign(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	int64_t before, after;
	struct role role;
	enum err e;

	if ((e = check_member(tx, c)) != ERR_OK ||
	    (e = find_role(tx, c, in->role, &role)) != ERR_OK ||
	    (e = count_owners(tx, c, &before)) != ERR_OK)
		return (e);
	if ((e = org_role_unassign(tx, c->req->id, c->req->item_id, role.id)) == ERR_NOT_FOUND)
		return (req_fail(c->req, e, "the member does not hold this role directly"));
	if (e != ERR_OK || (e = count_owners(tx, c, &after)) != ERR_OK)
		return (e);
	if (before > 0 && after == 0)
		return (req_field_error(c->req, "role", "is the last owner's"));
	note_role(c, &role, 0);
	return (ERR_OK);
}

enum err
members_assign(struct req *r)
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct input, role), 1, 64, 0 },
		{ "expires_at", FIELD_TIME, offsetof(struct input, expires_at), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct input in = { .user = NULL };
	struct change c = { .req = r,
		.permission = "members:assign",
		.action = "org_role.assigned",
		.object_type = "user",
		.object_id = r->item_id,
		.how = write_assign,
		.in = &in };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = change_run(&c)) != ERR_OK)
		return (e);
	return (member_reply(r, 200, r->item_id));
}

enum err
members_unassign(struct req *r)
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct input, role), 1, 64, 0 },
	};
	struct input in = { .user = NULL };
	struct change c = { .req = r,
		.permission = "members:assign",
		.action = "org_role.unassigned",
		.object_type = "user",
		.object_id = r->item_id,
		.how = write_unassign,
		.in = &in };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = change_run(&c)) != ERR_OK)
		return (e);
	return (member_reply(r, 200, r->item_id));
}
