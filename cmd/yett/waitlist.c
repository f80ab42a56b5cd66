/* yett waitlist, yett user invite: who asks to be let in, and who is. */
#include <stdio.h>

#include "access/admission.h"
#include "access/profile.h"
#include "access/waiting.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "listing.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX 10000

static void
list_one(void *arg, const struct waiter *w)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	if (l->array == NULL) {
		table_add(l->table, (const char *const[]){ w->email, waitlist_state_name(w->state),
		                        table_time(a, w->placed_at), table_time(a, w->invited_at),
		                        w->id, w->name, w->note });
		return;
	}
	item = json_object(a);
	waiting_print(&item, w);
	json_append(&l->json, l->array, &item);
}

int
cmd_waitlist_list(struct tool *t)
{
	static const char *const names[] = { "EMAIL", "STATE", "SINCE", "INVITED", "ID", "NAME",
		"NOTE" };
	const char *name = tool_value(t, "--state");
	struct listing l;
	enum waitlist_state state = WAITLIST_STATES;
	struct db *db;
	int64_t limit;
	int status;
	enum err e;

	if (name != NULL && !waitlist_state_find(name, &state))
		return (tool_misuse(
		    t, "--state: must be waiting, invited, refused, joined or unconfirmed"));
	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &limit))
		return (tool_misuse(t, "--limit: must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0 ||
	    (status = listing_begin(t, &l, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = waitlist_list(db, state, 0, "", limit, t->arena, list_one, &l);
		store_read_end(t->store, db);
	}
	return (listing_end(&l, e, "waitlist"));
}

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	struct post post;
	const char *who;     /* in small letters */
	const char *refusal; /* why it cannot be */
	struct waiter waiter;
	struct waiting_batch batch;
	struct waiting_site site;
	int64_t now;
};

static enum err
note(struct tool *t, struct tx *tx, const char *action, const char *type, const char *id)
{

	return (tool_note(
	    t, tx, &(struct event){ .action = action, .object_type = type, .object_id = id }));
}

/* The database, the master key and where mail goes; ${word} is an address or an id. */
static int
begin(struct tool *t, struct change *c, const char *word)
{
	int status;

	c->tool = t;
	c->now = clock_ms();
	if ((c->who = arena_copy_lower(t->arena, word)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	c->post = (struct post){ &t->conf, t->master, t->arena, tool_value(t, "--lang") };
	return (0);
}

/* Whoever is invited must be able to come, and to be told. */
static int
check_mode(struct tool *t)
{

	if (admission_mode(&t->conf) == ADMISSION_CLOSED)
		return (tool_fail("signup.mode is closed: an invitation would let nobody in"));
	if (t->conf.mail_url[0] == '\0')
		tool_warn("mail.url is not set: the mail waits until it is, for two days at most");
	return (0);
}

static enum err
note_invited(void *arg, struct tx *tx, struct arena *a, const struct waiter *w)
{

	(void)a;
	return (note(arg, tx, "waitlist.invited", "waitlist", w->id));
}

static enum err
write_invited(struct tx *tx, void *arg)
{
	struct change *c = arg;

	return (waiting_invite_next(tx, &c->post, &c->batch));
}

int
cmd_waitlist_invite(struct tool *t)
{
	struct change c = { .batch = { .note = note_invited, .arg = t } };
	int status;
	enum err e;

	if (!text_number(t->words[0], 1, WAITING_BATCH_MAX, &c.batch.count))
		return (tool_misuse(t, "COUNT must be a number from 1 to %d", WAITING_BATCH_MAX));
	if ((status = check_mode(t)) != 0 || (status = begin(t, &c, t->words[0])) != 0)
		return (status);
	c.batch.now = c.now;
	if ((e = store_write(t->store, write_invited, &c)) != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%lld invited\n", (long long)c.batch.invited);
	return (0);
}

static enum err
find(struct tx *tx, struct change *c)
{
	struct arena *a = c->tool->arena;
	enum err e;

	if ((e = waitlist_settle(tx)) != ERR_OK)
		return (e);
	return (id_ok(c->who) ? waitlist_find(tx_db(tx), c->who, a, &c->waiter)
	                      : waitlist_find_email(tx_db(tx), c->who, a, &c->waiter));
}

static enum err
write_approved(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = find(tx, c)) != ERR_OK)
		return (e);
	if (!waiting_may_invite(&c->waiter)) {
		c->refusal = c->waiter.state == WAITLIST_JOINED ? "has an account already"
		                                                : "has not confirmed the address";
		return (ERR_FIELDS);
	}
	if ((e = waiting_invite(tx, &c->post, &c->waiter, c->now)) != ERR_OK)
		return (e);
	return (note(c->tool, tx, "waitlist.invited", "waitlist", c->waiter.id));
}

static enum err
write_refused(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = find(tx, c)) != ERR_OK)
		return (e);
	if (!waiting_may_refuse(&c->waiter)) {
		c->refusal = "neither waits nor was invited";
		return (ERR_FIELDS);
	}
	if ((e = waiting_refuse(tx, &c->waiter)) != ERR_OK)
		return (e);
	return (note(c->tool, tx, "waitlist.refused", "waitlist", c->waiter.id));
}

static enum err
write_deleted(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = find(tx, c)) != ERR_OK || (e = waiting_forget(tx, &c->waiter)) != ERR_OK)
		return (e);
	return (note(c->tool, tx, "waitlist.deleted", "waitlist", c->waiter.id));
}

/* Do ${how} with one, and say ${done}. */
static int
change_one(struct tool *t, enum err (*how)(struct tx *tx, void *arg), const char *done)
{
	struct change c = { .refusal = NULL };
	int status;
	enum err e;

	if ((status = begin(t, &c, t->words[0])) != 0)
		return (status);
	if ((e = store_write(t->store, how, &c)) == ERR_NOT_FOUND)
		return (tool_fail("%s is not on the waitlist", c.who));
	if (e == ERR_FIELDS && c.refusal != NULL)
		return (tool_fail("%s %s", c.waiter.email, c.refusal));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s %s\n", c.waiter.email, done);
	return (0);
}

int
cmd_waitlist_approve(struct tool *t)
{
	const int status = check_mode(t);

	return (status != 0 ? status : change_one(t, write_approved, "is invited"));
}

int
cmd_waitlist_refuse(struct tool *t)
{

	return (change_one(t, write_refused, "is refused"));
}

int
cmd_waitlist_delete(struct tool *t)
{

	return (change_one(t, write_deleted, "is forgotten"));
}

static enum err
write_site(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct user u;
	enum err e;

	if ((e = user_find(tx_db(tx), USER_BY_EMAIL, c->who, c->tool->arena, &u)) == ERR_OK)
		return (ERR_TAKEN);
	if (e != ERR_NOT_FOUND)
		return (e);
	if ((e = waiting_invite_site(tx, &c->post, &c->site, c->now)) != ERR_OK)
		return (e);
	return (note(c->tool, tx, "user.invited", "ticket", c->site.id));
}

int
cmd_user_invite(struct tool *t)
{
	const char *locale = tool_value(t, "--lang");
	struct change c = { .site = { .name = tool_value(t, "--name") } };
	int status;
	enum err e;

	if (locale != NULL && !profile_locale_ok(locale))
		return (tool_misuse(t, "--lang: must be a language such as de or de-AT"));
	if (!profile_email_ok(t->words[0]))
		return (tool_fail("email: is not an e-mail address"));
	if ((status = check_mode(t)) != 0 || (status = begin(t, &c, t->words[0])) != 0)
		return (status);
	c.site.email = c.who;
	if ((e = store_write(t->store, write_site, &c)) == ERR_TAKEN)
		return (tool_fail("%s has an account already", c.who));
	if (e != ERR_OK)
		return (tool_fail("the invitation cannot be stored (%s)", err_slug(e)));
	printf("%s is invited to sign up until %s. A mail says so.\n", c.who,
	    table_time(t->arena, c.site.expires_at));
	return (0);
}
