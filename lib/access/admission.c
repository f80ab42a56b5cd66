/* Who may sign up: everybody, who was invited, nobody. */
#include "access/admission.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/joining.h"
#include "store/waitlist.h"

enum admission_mode
admission_mode(const struct conf *c)
{

	/* base/conf_check.c lets no other word through; one that came through would shut. */
	if (strcmp(c->signup_mode, "open") == 0)
		return (ADMISSION_OPEN);
	if (strcmp(c->signup_mode, "invite") == 0)
		return (ADMISSION_INVITE);
	if (strcmp(c->signup_mode, "waitlist") == 0)
		return (ADMISSION_WAITLIST);
	return (ADMISSION_CLOSED);
}

/* Is the token an invitation to the site? */
static enum err
find_ticket(struct req *r, struct db *db, struct admission *adm, int64_t now)
{
	struct ticket *t = arena_alloc(r->arena, sizeof *t);
	enum err e;

	if (t == NULL)
		return (ERR_NOMEM);
	if ((e = ticket_find(db, TICKET_SIGN_UP, adm->token, now, r->arena, t)) == ERR_OK)
		adm->ticket = t;
	return (e == ERR_TICKET ? ERR_OK : e);
}

/* Or one into an org? */
static enum err
find_org(struct req *r, struct db *db, struct admission *adm, int64_t now)
{
	struct invitation *inv = arena_alloc(r->arena, sizeof *inv);
	enum err e;

	if (inv == NULL)
		return (ERR_NOMEM);
	if ((e = joining_find(db, adm->token, now, r->arena, inv)) == ERR_OK)
		adm->org = inv;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* Both are looked for whatever the first is, so that no time tells of which kind a token is. */
static enum err
find_token(struct req *r, struct db *db, struct admission *adm, int64_t now)
{
	const char *email;
	enum err e;

	if ((e = find_ticket(r, db, adm, now)) != ERR_OK ||
	    (e = find_org(r, db, adm, now)) != ERR_OK)
		return (e);
	email = adm->ticket != NULL ? adm->ticket->email : adm->org != NULL ? adm->org->email : "";
	if (strcmp(email, adm->address) != 0)
		return (ERR_TICKET);
	adm->proven = adm->ticket != NULL || !adm->org->shown;
	return (ERR_OK);
}

enum err
admission_check(struct req *r, struct db *db, struct admission *adm, int64_t now)
{
	const enum admission_mode mode = admission_mode(&r->app->conf);
	const char *address = arena_copy_lower(r->arena, adm->email);

	if (address == NULL)
		return (ERR_NOMEM);
	*adm = (struct admission){ .email = adm->email, .token = adm->token, .address = address };
	if (mode == ADMISSION_CLOSED)
		return (
		    req_fail(r, ERR_SIGNUP_CLOSED, "the admins of this site make all accounts"));
	if (adm->token != NULL && adm->token[0] != '\0')
		return (find_token(r, db, adm, now));
	switch (mode) {
	case ADMISSION_OPEN:
		return (ERR_OK);
	case ADMISSION_WAITLIST:
		return (req_fail(r, ERR_INVITATION,
		    "ask for one at /waitlist; who was mailed one comes with the code in it"));
	case ADMISSION_INVITE:
	case ADMISSION_CLOSED:
		break;
	}
	return (req_fail(r, ERR_INVITATION,
	    "have an admin invite you; who was mailed an invitation comes with the code in it"));
}

/* Who comes with what was mailed to an address on the waitlist has joined. */
static enum err
leave_waitlist(struct tx *tx, struct req *r, const struct admission *adm, const char *user_id)
{
	struct waiter w;
	enum err e;

	if ((e = waitlist_find_email(tx_db(tx), adm->address, r->arena, &w)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	w.state = WAITLIST_JOINED;
	w.user_id = user_id;
	if ((e = waitlist_set(tx, &w)) != ERR_OK)
		return (e);
	return (audit_note(tx, r,
	    &(struct event){ .action = "waitlist.joined",
	        .object_type = "waitlist",
	        .object_id = w.id,
	        .user_id = user_id }));
}

enum err
admission_take(
    struct tx *tx, struct req *r, const struct admission *adm, const char *user_id, int64_t now)
{
	enum err e;

	if (adm->ticket != NULL && (e = ticket_forget(tx, adm->ticket)) != ERR_OK)
		return (e);
	if (adm->org != NULL && (e = joining_accept(tx, r, adm->org, user_id, now)) != ERR_OK)
		return (e);
	return (adm->proven ? leave_waitlist(tx, r, adm, user_id) : ERR_OK);
}
