/* Invitations to the site: mailed links to sign up by, listed while they are open, taken back. */
#include "invite.h"

#include "access/admission.h"
#include "access/app.h"
#include "access/audit.h"
#include "access/profile.h"
#include "access/subject.h"
#include "access/waiting.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "http/input.h"
#include "http/reply.h"
#include "reader.h"

#define PAGE_USUAL 50
#define PAGE_MAX 200

/* What the body says, and what the transaction makes of it. */
struct inviting {
	struct req *req;
	const char *email;
	const char *name;
	struct waiting_site site;
};

/* Only who may read users is told that the address is somebody's; who may not sees no difference,
 * and nothing is mailed. */
static enum err
write_invitation(struct tx *tx, void *arg)
{
	struct inviting *in = arg;
	struct req *r = in->req;
	const struct post post = { &r->app->conf, r->app->master, r->arena, mailing_locale(r) };
	struct user u;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK)
		return (e);
	e = user_find(tx_db(tx), USER_BY_EMAIL, in->site.email, r->arena, &u);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	in->site.pretend = e == ERR_OK;
	if (in->site.pretend && subject_may(r->subject, "users:read"))
		return (ERR_TAKEN);
	if ((e = waiting_invite_site(tx, &post, &in->site, clock_ms())) != ERR_OK)
		return (e);
	return (audit_note(tx, r,
	    &(struct event){
	        .action = "user.invited", .object_type = "ticket", .object_id = in->site.id }));
}

static enum err
read_invitation(struct req *r, struct inviting *in)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct inviting, email), 1, USER_EMAIL_MAX, 0 },
		{ "name", FIELD_TEXT, offsetof(struct inviting, name), 1, WAITLIST_NAME_MAX,
		    FIELD_OPTIONAL },
	};
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), in)) != ERR_OK)
		return (e);
	if (!profile_email_ok(in->email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if (admission_mode(&r->app->conf) == ADMISSION_CLOSED)
		return (req_fail(r, ERR_SIGNUP_CLOSED, "signup.mode is closed"));
	if ((in->site.email = arena_copy_lower(r->arena, in->email)) == NULL)
		return (ERR_NOMEM);
	in->site.name = in->name;
	return (ERR_OK);
}

enum err
invite_post(struct req *r)
{
	struct inviting in = { .req = r };
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = read_invitation(r, &in)) != ERR_OK ||
	    (e = mailing_allow_known(r, in.site.email)) != ERR_OK)
		return (e);
	if ((e = store_write(r->app->store, write_invitation, &in)) == ERR_TAKEN)
		req_field_error(r, "email", "is somebody's who has an account");
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "email", in.site.email);
	json_add_time(&j, "expires_at", in.site.expires_at);
	return (reply_json(r, 202, &j));
}

struct listing {
	struct req *req;
	struct json json;
	struct cJSON *items;
	int64_t count, limit;
	const char *last;
	bool more;
};

static void
list_one(void *arg, const struct ticket *t)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == l->limit))
		return;
	l->count++;
	l->last = t->id;
	item = json_object(l->req->arena);
	waiting_print_invitation(&item, t);
	json_append(&l->json, l->items, &item);
}

enum err
invite_list(struct req *r)
{
	const char *after = req_query(r, "after"), *limit = req_query(r, "limit");
	struct listing l = { .req = r, .json = json_object(r->arena), .limit = PAGE_USUAL };
	struct db *db;
	enum err e;

	if (after != NULL && !id_ok(after))
		return (req_field_error(r, "after", "must be what next said"));
	if (limit != NULL && !text_number(limit, 1, PAGE_MAX, &l.limit))
		return (req_field_error(r, "limit", "must be a number from 1 to 200"));
	l.items = json_add_array(&l.json, "items");
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = ticket_list_sign_up(db, after, clock_ms(), l.limit + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &l.json));
}

/* Of an address that is somebody's there is no invitation, but a row in the audit log that names
 * one: whether it is there is told only to who may read users. */
static enum err
write_drop(struct tx *tx, void *arg)
{
	struct req *r = arg;
	const char *refused;
	struct ticket t;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK || (e = reader_check(r)) != ERR_OK ||
	    (e = ticket_find_id(tx_db(tx), TICKET_SIGN_UP, r->id, clock_ms(), r->arena, &t)) !=
	        ERR_OK ||
	    (e = waiting_uninvite(tx, &t, r->arena, &refused)) != ERR_OK ||
	    (e = audit_note(tx, r,
	         &(struct event){
	             .action = "user.uninvited", .object_type = "ticket", .object_id = t.id })) !=
	        ERR_OK ||
	    refused == NULL)
		return (e);
	return (audit_note(tx, r,
	    &(struct event){
	        .action = "waitlist.refused", .object_type = "waitlist", .object_id = refused }));
}

enum err
invite_drop(struct req *r)
{
	enum err e;

	return ((e = store_write(r->app->store, write_drop, r)) == ERR_OK ? reply_none(r) : e);
}
