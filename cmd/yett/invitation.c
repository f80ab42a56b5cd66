/* yett invitation: who is invited into an org. */
#include <stdio.h>

#include "access/joining.h"
#include "access/mailing.h"
#include "access/profile.h"
#include "base/clock.h"
#include "commands.h"
#include "http/json.h"
#include "listing.h"
#include "store/org_role.h"
#include "whose.h"

#define DAY_MS ((int64_t)86400000)

static void
list_one(void *arg, const struct invitation *inv)
{
	struct listing *l = arg;
	struct json item;

	if (l->array == NULL) {
		table_add(l->table, (const char *const[]){ inv->email, inv->role_name,
		                        table_time(l->tool->arena, inv->created_at),
		                        table_time(l->tool->arena, inv->expires_at), inv->id });
		return;
	}
	item = json_object(l->tool->arena);
	joining_print_invitation(&item, inv);
	json_append(&l->json, l->array, &item);
}

int
cmd_invitation_list(struct tool *t)
{
	static const char *const names[] = { "EMAIL", "ROLE", "CREATED", "EXPIRES", "ID" };
	struct listing l;
	struct org org;
	struct db *db;
	int status;
	enum err e;

	if ((status = whose_read(t, t->words[0], &org)) != 0 ||
	    (status = listing_begin(t, &l, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = invitation_list(db, org.id, clock_ms(), t->arena, list_one, &l);
		store_read_end(t->store, db);
	}
	return (listing_end(&l, e, "invitations"));
}

/* An invitation, to give or to take back. */
struct change {
	struct tool *tool;
	struct org org;
	const char *email; /* in small letters */
	const char *role;
	const char *missing; /* what there is not */
	int64_t now;
	int64_t expires_at;
	bool show; /* the link, too */
	struct invitation invitation;
	char token[SECRET_TOKEN_SIZE];
};

static int
read_words(struct tool *t, struct change *c)
{

	c->tool = t;
	c->now = clock_ms();
	if ((c->email = arena_copy_lower(t->arena, t->words[1])) == NULL)
		return (tool_fail("out of memory"));
	if (!profile_email_ok(c->email))
		return (tool_fail("email: is not an e-mail address"));
	return (whose_read(t, t->words[0], &c->org));
}

/* The mail, where mail goes out; the tool is nobody who could be named in it. */
static enum err
mail_it(struct tx *tx, const struct change *c)
{
	const struct tool *t = c->tool;
	const struct post post = { &t->conf, t->master, t->arena, NULL };
	const struct joining_letter letter = { .org = c->org.name, .token = c->token };

	if (!joining_mails(&t->conf))
		return (ERR_OK);
	return (joining_mail(tx, &post, &c->invitation, &letter, c->now));
}

static enum err
write_new(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct arena *a = c->tool->arena;
	struct json details = json_object(a);
	const char *replaced;
	struct role role;
	enum err e;

	c->missing = "role";
	if ((e = org_role_get(tx_db(tx), c->org.id, c->role, a, &role)) != ERR_OK)
		return (e);
	c->missing = "org";
	c->invitation = (struct invitation){ .org_id = c->org.id,
		.email = c->email,
		.role_id = role.id,
		.role_name = role.name,
		.created_at = c->now,
		.expires_at = c->expires_at,
		.shown = c->show };
	if ((e = joining_invite(tx, &c->invitation, a, c->token, &replaced)) != ERR_OK ||
	    (e = mail_it(tx, c)) != ERR_OK)
		return (e);
	joining_note_invitation(&details, &c->invitation, replaced);
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = "invitation.created",
	        .object_type = "invitation",
	        .object_id = c->invitation.id,
	        .org_id = c->org.id,
	        .details = &details }));
}

/* Where no mail goes out the link is for whoever invites to send. */
static int
print_new(struct tool *t, const struct change *c)
{
	const struct invitation *inv = &c->invitation;
	const char *link;

	printf("%s is invited to be %s in %s until %s.", inv->email, inv->role_name, c->org.slug,
	    table_time(t->arena, inv->expires_at));
	if (joining_mails(&t->conf))
		printf(" A mail says so.");
	if (!inv->shown) {
		putchar('\n');
		return (0);
	}
	if ((link = joining_link(&t->conf, c->token, t->arena)) == NULL)
		return (tool_fail("out of memory"));
	puts(" Send this link, which is not shown again:");
	puts(link);
	return (0);
}

int
cmd_invitation_add(struct tool *t)
{
	const char *until = tool_value(t, "--until"), *role = tool_value(t, "--role");
	struct change c = { .role = role != NULL ? role : "org-member",
		.show = tool_has(t, "--show-link") || !joining_mails(&t->conf) };
	int status;
	enum err e;

	if ((status = read_words(t, &c)) != 0)
		return (status);
	c.expires_at = c.now + JOINING_DAYS * DAY_MS;
	if (until != NULL && (!clock_parse(until, &c.expires_at) || c.expires_at <= c.now ||
	                         c.expires_at > c.now + JOINING_DAYS_MAX * DAY_MS))
		return (tool_fail("--until: must be a time in the next %d days, such as "
		                  "2027-01-31T12:00:00Z",
		    JOINING_DAYS_MAX));
	if ((e = store_write(t->store, write_new, &c)) == ERR_NOT_FOUND)
		return (tool_fail("%s: there is no \"%s\"", c.missing, c.role));
	if (e == ERR_LIMIT)
		return (tool_fail("%s has %d open invitations: no org may have more", c.org.slug,
		    JOINING_INVITATIONS_MAX));
	if (e != ERR_OK)
		return (tool_fail("the invitation cannot be stored (%s)", err_slug(e)));
	return (print_new(t, &c));
}

static enum err
write_resend(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct invitation *inv = &c->invitation;
	enum err e;

	if ((e = invitation_find_email(tx_db(tx), c->org.id, c->email, c->tool->arena, inv)) !=
	    ERR_OK)
		return (e);
	if (inv->expires_at <= c->now)
		return (ERR_NOT_FOUND);
	inv->shown = c->show;
	if ((e = joining_renew(tx, inv, c->token)) != ERR_OK || (e = mail_it(tx, c)) != ERR_OK)
		return (e);
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = "invitation.resent",
	        .object_type = "invitation",
	        .object_id = inv->id,
	        .org_id = c->org.id }));
}

int
cmd_invitation_resend(struct tool *t)
{
	struct change c = { .show = tool_has(t, "--show-link") || !joining_mails(&t->conf) };
	int status;
	enum err e;

	if ((status = read_words(t, &c)) != 0)
		return (status);
	if ((e = store_write(t->store, write_resend, &c)) == ERR_NOT_FOUND)
		return (tool_fail("%s is not invited into %s", c.email, c.org.slug));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	return (print_new(t, &c));
}

static enum err
write_drop(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = invitation_find_email(
	         tx_db(tx), c->org.id, c->email, c->tool->arena, &c->invitation)) != ERR_OK ||
	    (e = invitation_drop(tx, c->invitation.id)) != ERR_OK)
		return (e);
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = "invitation.revoked",
	        .object_type = "invitation",
	        .object_id = c->invitation.id,
	        .org_id = c->org.id }));
}

int
cmd_invitation_revoke(struct tool *t)
{
	struct change c = { .tool = t };
	int status;
	enum err e;

	if ((status = read_words(t, &c)) != 0)
		return (status);
	if ((e = store_write(t->store, write_drop, &c)) == ERR_NOT_FOUND)
		return (tool_fail("%s is not invited into %s", c.email, c.org.slug));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s is no more invited into %s\n", c.email, c.org.slug);
	return (0);
}
