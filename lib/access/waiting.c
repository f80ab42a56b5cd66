/* The waitlist: asking to be let in, showing that one reads the address, being invited in order. */
#include "access/waiting.h"

#include <string.h>

#define LIST_MAX ((size_t)4 << 20) /* 500 rows of 1.6 KiB and what each takes on the way */

/* What somebody who asks is mailed. */
enum letter {
	LETTER_NONE,
	LETTER_CONFIRM,
	LETTER_INVITED,
	LETTER_KNOWN, /* how it stands */
};

static enum err
mail_confirm(struct tx *tx, const struct post *post, const char *email, bool pretend, int64_t now)
{
	struct ticket ticket = { .purpose = TICKET_WAITLIST, .life_s = WAITING_CONFIRM_S };
	/* Not what somebody wrote who may be anybody: no words of his go to others. */
	struct mailing m = {
		.kind = "waitlist-confirm",
		.to = email,
		.ticket = &ticket,
		.path = "/waitlist/confirm",
		.pretend = pretend,
	};

	return (mailing_send_by(tx, post, &m, now));
}

static enum err
mail_invited(struct tx *tx, const struct post *post, const struct waiter *w, int64_t now)
{
	/* Without the name: whoever knew the address could write it, until it was confirmed. */
	const struct user whom = { .email = w->email, .locale = w->locale };
	struct ticket ticket = { .purpose = TICKET_SIGN_UP, .life_s = WAITING_INVITED_S };
	struct mailing m = {
		.kind = "waitlist-invited", .user = &whom, .ticket = &ticket, .path = "/register"
	};

	return (mailing_send_by(tx, post, &m, now));
}

enum err
waiting_invite_site(struct tx *tx, const struct post *post, struct waiting_site *site, int64_t now)
{
	const struct user whom = { .email = site->email, .name = site->name };
	struct ticket ticket = { .purpose = TICKET_SIGN_UP, .life_s = WAITING_INVITED_S };
	struct mailing m = {
		.kind = "site-invitation",
		.user = &whom,
		.ticket = &ticket,
		.path = "/register",
		.pretend = site->pretend,
	};
	enum err e;

	if ((e = mailing_send_by(tx, post, &m, now)) != ERR_OK)
		return (e);
	site->id = ticket.id;
	site->expires_at = ticket.expires_at;
	return (ERR_OK);
}

/* How it stands: the place in the line, 0 for who has an account. */
static enum err
mail_known(struct tx *tx, const struct post *post, const char *email, int64_t position,
    bool pretend, int64_t now)
{
	struct json params = json_object(post->arena);
	struct mailing m = {
		.kind = "waitlist-known", .to = email, .params = &params, .pretend = pretend
	};

	if (position != 0)
		json_add_number(&params, "position", position);
	return (mailing_send_by(tx, post, &m, now));
}

/* What somebody wishes, and the row of the address. */
struct wishing {
	const struct post *post;
	const struct waiter *wish;
	struct waiter row;
	bool found;
	int64_t now;
};

/* Store the wish of who is new, or not confirmed yet. */
static enum err
write_wish(struct tx *tx, void *arg)
{
	struct wishing *t = arg;
	struct waiter *w = &t->row;
	char id[ID_SIZE];

	if (t->found) {
		w->name = t->wish->name;
		w->note = t->wish->note;
		w->locale = t->wish->locale;
		w->placed_at = t->now;
		return (waitlist_set(tx, w));
	}
	*w = *t->wish;
	id_new(id);
	if ((w->id = arena_copy(t->post->arena, id)) == NULL)
		return (ERR_NOMEM);
	w->state = WAITLIST_UNCONFIRMED;
	w->placed_at = w->created_at = t->now;
	return (waitlist_add(tx, w));
}

/* Or, for who has an account or a place already, do the same and let it come to nothing. */
static enum err
store_wish(struct tx *tx, struct wishing *t, bool has_account)
{
	struct wishing idle = *t;

	if (!has_account && t->row.state == WAITLIST_UNCONFIRMED)
		return (write_wish(tx, t));
	return (tx_pretend(tx, write_wish, &idle));
}

/* Which mail ${w} gets. */
static enum letter
choose(const struct waiter *w, bool has_account)
{

	if (has_account)
		return (LETTER_KNOWN);
	switch (w->state) {
	case WAITLIST_UNCONFIRMED:
		return (LETTER_CONFIRM);
	case WAITLIST_WAITING:
	case WAITLIST_JOINED:
		return (LETTER_KNOWN);
	case WAITLIST_INVITED:
		return (LETTER_INVITED);
	case WAITLIST_REFUSED:
	case WAITLIST_STATES:
		break;
	}
	return (LETTER_NONE);
}

/* Both mails are made in any case, so that it takes as long; at most one is sent. */
static enum err
answer(struct tx *tx, const struct post *post, const struct waiter *w, enum letter letter,
    int64_t position, int64_t now)
{
	enum err e;

	if (letter == LETTER_INVITED)
		e = mail_invited(tx, post, w, now);
	else
		e = mail_confirm(tx, post, w->email, letter != LETTER_CONFIRM, now);
	if (e != ERR_OK)
		return (e);
	return (mail_known(tx, post, w->email, position, letter != LETTER_KNOWN, now));
}

enum err
waiting_ask(struct tx *tx, const struct post *post, const struct waiter *wish, int64_t now)
{
	struct wishing t = { .post = post, .wish = wish, .row = *wish, .now = now };
	struct waiter *w = &t.row;
	struct user u;
	int64_t position;
	bool has_account;
	enum err e;

	w->state = WAITLIST_UNCONFIRMED;
	if ((e = user_find(tx_db(tx), USER_BY_EMAIL, wish->email, post->arena, &u)) != ERR_OK &&
	    e != ERR_NOT_FOUND)
		return (e);
	has_account = e == ERR_OK;
	e = waitlist_find_email(tx_db(tx), wish->email, post->arena, w);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	t.found = e == ERR_OK;
	if ((e = store_wish(tx, &t, has_account)) != ERR_OK ||
	    (e = waitlist_position(tx_db(tx), w, &position)) != ERR_OK)
		return (e);
	if (has_account || w->state != WAITLIST_WAITING)
		position = 0;
	return (answer(tx, post, w, choose(w, has_account), position, now));
}

enum err
waiting_confirm(struct tx *tx, const char *token, int64_t now, struct arena *a,
    struct waiter *ret_waiter, int64_t *ret_position)
{
	struct ticket t;
	struct waiter w;
	enum err e;

	if ((e = ticket_take(tx, TICKET_WAITLIST, token, now, a, &t)) != ERR_OK)
		return (e);
	if ((e = waitlist_find_email(tx_db(tx), t.email, a, &w)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_TICKET : e);
	if (w.state != WAITLIST_UNCONFIRMED)
		return (ERR_TICKET);
	w.state = WAITLIST_WAITING;
	w.placed_at = now;
	if ((e = waitlist_set(tx, &w)) != ERR_OK ||
	    (e = waitlist_position(tx_db(tx), &w, ret_position)) != ERR_OK)
		return (e);
	*ret_waiter = w;
	return (ERR_OK);
}

bool
waiting_may_invite(const struct waiter *w)
{

	return (w->state == WAITLIST_WAITING || w->state == WAITLIST_INVITED ||
	        w->state == WAITLIST_REFUSED);
}

bool
waiting_may_refuse(const struct waiter *w)
{

	return (w->state == WAITLIST_WAITING || w->state == WAITLIST_INVITED);
}

enum err
waiting_invite(struct tx *tx, const struct post *post, struct waiter *w, int64_t now)
{
	enum err e;

	w->state = WAITLIST_INVITED;
	w->invited_at = now;
	if ((e = waitlist_set(tx, w)) != ERR_OK)
		return (e);
	return (mail_invited(tx, post, w, now));
}

/* Only the ids: the rows are read one by one, for 500 have more than fits into a request. */
struct picked {
	size_t count;
	char ids[WAITING_BATCH_MAX][ID_SIZE];
};

static void
pick(void *arg, const struct waiter *w)
{
	struct picked *p = arg;

	memcpy(p->ids[p->count++], w->id, ID_SIZE);
}

static enum err
invite_picked(
    struct tx *tx, const struct post *post, const struct picked *p, struct waiting_batch *batch)
{
	struct waiter w;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < p->count; i++) {
		arena_reset(post->arena);
		if ((e = waitlist_find(tx_db(tx), p->ids[i], post->arena, &w)) == ERR_OK &&
		    (e = waiting_invite(tx, post, &w, batch->now)) == ERR_OK)
			e = batch->note(batch->arg, tx, post->arena, &w);
	}
	return (e);
}

enum err
waiting_invite_next(struct tx *tx, const struct post *post, struct waiting_batch *batch)
{
	struct post mine = *post;
	struct picked *p = arena_alloc(post->arena, sizeof *p);
	const int64_t count = batch->count < WAITING_BATCH_MAX ? batch->count : WAITING_BATCH_MAX;
	enum err e;

	if (p == NULL)
		return (ERR_NOMEM);
	p->count = 0;
	if ((e = waitlist_settle(tx)) != ERR_OK)
		return (e);
	if ((mine.arena = arena_new(LIST_MAX)) == NULL)
		return (ERR_NOMEM);
	if ((e = waitlist_list(tx_db(tx), WAITLIST_WAITING, 0, "", count, mine.arena, pick, p)) ==
	    ERR_OK)
		e = invite_picked(tx, &mine, p, batch);
	arena_free(mine.arena);
	if (e == ERR_OK)
		batch->invited = (int64_t)p->count;
	return (e);
}

enum err
waiting_refuse(struct tx *tx, struct waiter *w)
{
	enum err e;

	w->state = WAITLIST_REFUSED;
	if ((e = waitlist_set(tx, w)) != ERR_OK)
		return (e);
	return (ticket_forget_email(tx, TICKET_SIGN_UP, w->email));
}

/* Is the address of ${t} that of somebody who was invited off the list, and has no account? */
static enum err
find_invited(struct tx *tx, const struct ticket *t, struct arena *a, struct waiter *ret_waiter)
{
	enum err e;

	if ((e = waitlist_find_email(tx_db(tx), t->email, a, ret_waiter)) != ERR_OK)
		return (e);
	if (ret_waiter->state != WAITLIST_INVITED)
		return (ERR_NOT_FOUND);
	if ((e = waitlist_settle(tx)) != ERR_OK ||
	    (e = waitlist_find_email(tx_db(tx), t->email, a, ret_waiter)) != ERR_OK)
		return (e);
	return (ret_waiter->state == WAITLIST_INVITED ? ERR_OK : ERR_NOT_FOUND);
}

enum err
waiting_uninvite(struct tx *tx, const struct ticket *t, struct arena *a, const char **ret_refused)
{
	struct waiter w;
	enum err e;

	*ret_refused = NULL;
	if ((e = ticket_forget(tx, t)) != ERR_OK)
		return (e);
	if ((e = find_invited(tx, t, a, &w)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	*ret_refused = w.id;
	return (waiting_refuse(tx, &w));
}

enum err
waiting_forget(struct tx *tx, const struct waiter *w)
{
	enum err e;

	if ((e = waitlist_drop(tx, w->id)) != ERR_OK ||
	    (e = ticket_forget_email(tx, TICKET_WAITLIST, w->email)) != ERR_OK)
		return (e);
	return (ticket_forget_email(tx, TICKET_SIGN_UP, w->email));
}

void
waiting_print_invitation(struct json *j, const struct ticket *t)
{

	json_add_text(j, "id", t->id);
	json_add_text(j, "email", t->email);
	json_add_time(j, "created_at", t->created_at);
	json_add_time(j, "expires_at", t->expires_at);
}

void
waiting_print(struct json *j, const struct waiter *w)
{

	json_add_text(j, "id", w->id);
	json_add_text(j, "email", w->email);
	json_add_text(j, "name", w->name);
	json_add_text(j, "note", w->note);
	json_add_text(j, "locale", w->locale);
	json_add_text(j, "state", waitlist_state_name(w->state));
	json_add_time(j, "created_at", w->created_at);
	json_add_time_or_null(
	    j, "confirmed_at", w->state == WAITLIST_UNCONFIRMED ? 0 : w->placed_at);
	json_add_time_or_null(j, "invited_at", w->invited_at);
	json_add_text(j, "user_id", w->user_id);
}
