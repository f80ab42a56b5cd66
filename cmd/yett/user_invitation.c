/* yett user invitations, yett user uninvite: who is invited to sign up, and is no more. */
#include <stdio.h>

#include "access/waiting.h"
#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "listing.h"

#define LIMIT_USUAL 200
#define LIMIT_MAX 10000

struct pages {
	struct listing list;
	int64_t count;
	int64_t limit;
	bool more;
	const char *last;
};

static void
list_one(void *arg, const struct ticket *t)
{
	struct pages *p = arg;
	struct listing *l = &p->list;
	struct arena *a = l->tool->arena;
	struct json item;

	if ((p->more = p->count == p->limit))
		return;
	p->count++;
	p->last = t->id;
	if (l->array == NULL) {
		table_add(l->table, (const char *const[]){ t->email, table_time(a, t->created_at),
		                        table_time(a, t->expires_at), t->id });
		return;
	}
	item = json_object(a);
	waiting_print_invitation(&item, t);
	json_append(&l->json, l->array, &item);
}

int
cmd_user_invitations(struct tool *t)
{
	static const char *const names[] = { "EMAIL", "CREATED", "EXPIRES", "ID" };
	const char *after = tool_value(t, "--after");
	struct pages p = { .last = NULL };
	struct db *db;
	int status;
	enum err e;

	if (after != NULL && !id_ok(after))
		return (tool_misuse(t, "--after must be what the list before said"));
	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &p.limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0 ||
	    (status = listing_begin(t, &p.list, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = ticket_list_sign_up(db, after, clock_ms(), p.limit + 1, t->arena, list_one, &p);
		store_read_end(t->store, db);
	}
	if (p.list.array != NULL)
		json_add_text(&p.list.json, "next", p.more ? p.last : NULL);
	if ((status = listing_end(&p.list, e, "invitations")) == 0 && p.more &&
	    p.list.array == NULL)
		tool_warn("there are more: --after %s", p.last);
	return (status);
}

struct change {
	struct tool *tool;
	char *who; /* an address in small letters, or the id of an invitation */
	struct ticket ticket;
	const char *refused; /* the id of who was invited off the waitlist; NULL: nobody */
};

static enum err
note(struct tool *t, struct tx *tx, const char *action, const char *type, const char *id)
{

	return (tool_note(
	    t, tx, &(struct event){ .action = action, .object_type = type, .object_id = id }));
}

static enum err
write_drop(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct arena *a = c->tool->arena;
	const int64_t now = clock_ms();
	enum err e;

	e = id_ok(c->who)
	        ? ticket_find_id(tx_db(tx), TICKET_SIGN_UP, c->who, now, a, &c->ticket)
	        : ticket_find_newest(tx_db(tx), TICKET_SIGN_UP, c->who, now, a, &c->ticket);
	if (e != ERR_OK || (e = waiting_uninvite(tx, &c->ticket, a, &c->refused)) != ERR_OK ||
	    (e = note(c->tool, tx, "user.uninvited", "ticket", c->ticket.id)) != ERR_OK ||
	    c->refused == NULL)
		return (e);
	return (note(c->tool, tx, "waitlist.refused", "waitlist", c->refused));
}

int
cmd_user_uninvite(struct tool *t)
{
	struct change c = { .tool = t, .who = arena_copy_lower(t->arena, t->words[0]) };
	int status;
	enum err e;

	if (c.who == NULL)
		return (tool_fail("out of memory"));
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_drop, &c)) == ERR_NOT_FOUND)
		return (tool_fail("%s is not invited to sign up", c.who));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s is no more invited to sign up%s\n", c.ticket.email,
	    c.refused != NULL ? ", and is refused on the waitlist" : "");
	return (0);
}
