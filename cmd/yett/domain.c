/* yett domain: the domains of an org, and who joins by them. */
#include <stdio.h>
#include <string.h>

#include "access/joining.h"
#include "base/clock.h"
#include "commands.h"
#include "http/json.h"
#include "listing.h"
#include "whose.h"

static void
list_one(void *arg, const struct org_domain *d)
{
	struct listing *l = arg;
	struct json item;

	if (l->array == NULL) {
		table_add(l->table,
		    (const char *const[]){ d->domain, table_time(l->tool->arena, d->verified_at),
		        d->auto_join ? "yes" : "no",
		        arena_print(l->tool->arena, JOINING_LABEL "%s", d->domain),
		        arena_print(l->tool->arena, JOINING_TEXT "%s", d->token) });
		return;
	}
	item = json_object(l->tool->arena);
	joining_print_domain(&item, d);
	json_append(&l->json, l->array, &item);
}

int
cmd_domain_list(struct tool *t)
{
	static const char *const names[] = { "DOMAIN", "VERIFIED", "AUTO-JOIN", "TXT RECORD OF",
		"WITH" };
	struct listing l;
	struct org org;
	struct db *db;
	int status;
	enum err e;

	if ((status = whose_read(t, t->words[0], &org)) != 0 ||
	    (status = listing_begin(t, &l, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = org_domain_list(db, org.id, t->arena, list_one, &l);
		store_read_end(t->store, db);
	}
	return (listing_end(&l, e, "domains"));
}

/* A domain of an org, to make or to change. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action;
	struct org org;
	const char *name; /* in small letters */
	struct org_domain domain;
	bool auto_join;
};

static enum err
note(struct tx *tx, struct change *c)
{
	struct json details = json_object(c->tool->arena);

	json_add_text(&details, "domain", c->domain.domain);
	json_add_bool(&details, "auto_join", c->domain.auto_join);
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = c->action,
	        .object_type = "domain",
	        .object_id = c->domain.id,
	        .org_id = c->org.id,
	        .details = &details }));
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if (c->domain.id != NULL && (e = org_domain_find(tx_db(tx), c->org.id, c->domain.id,
	                                 c->tool->arena, &c->domain)) != ERR_OK)
		return (e);
	if ((e = c->how(tx, c)) != ERR_OK)
		return (e);
	return (note(tx, c));
}

static int
change(struct change *c, const char *action, enum err (*how)(struct tx *tx, struct change *c))
{
	enum err e;

	c->action = action;
	c->how = how;
	if ((e = store_write(c->tool->store, run_change, c)) == ERR_OK)
		return (0);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("%s has not claimed %s", c->org.slug, c->name));
	if (e == ERR_LIMIT)
		return (tool_fail(
		    "%s has %d domains: no org may claim more", c->org.slug, JOINING_DOMAINS_MAX));
	if (e == ERR_TAKEN)
		return (tool_fail("%s is %s", c->name,
		    c->domain.id == NULL ? "claimed for this org already"
		                         : "verified for another org"));
	return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
}

/* The org and the domain that the words name. */
static int
read_words(struct tool *t, struct change *c)
{

	c->tool = t;
	if ((c->name = arena_copy_lower(t->arena, t->words[1])) == NULL)
		return (tool_fail("out of memory"));
	return (whose_read(t, t->words[0], &c->org));
}

/* And the claim. */
static int
read_claim(struct tool *t, struct change *c)
{
	struct db *db;
	int status;
	enum err e;

	if ((status = read_words(t, c)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = org_domain_find_name(db, c->org.id, c->name, t->arena, &c->domain);
		store_read_end(t->store, db);
	}
	if (e == ERR_NOT_FOUND)
		return (tool_fail("%s has not claimed %s", c->org.slug, c->name));
	return (e == ERR_OK ? 0 : tool_fail("the database cannot be read (%s)", err_slug(e)));
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	struct org_domain d = { .org_id = c->org.id,
		.domain = c->name,
		.auto_join = c->auto_join,
		.created_at = clock_ms() };
	enum err e;

	if ((e = joining_claim(tx, &d, c->tool->arena)) == ERR_OK)
		c->domain = d;
	return (e);
}

static int
read_auto_join(struct tool *t, struct change *c)
{
	const char *value = tool_value(t, "--auto-join");

	c->auto_join = value != NULL && strcmp(value, "yes") == 0;
	return (value == NULL || c->auto_join || strcmp(value, "no") == 0
	            ? 0
	            : tool_misuse(t, "--auto-join must be yes or no"));
}

int
cmd_domain_add(struct tool *t)
{
	struct change c = { .auto_join = false };
	int status;

	if ((status = read_auto_join(t, &c)) != 0 || (status = read_words(t, &c)) != 0)
		return (status);
	if (!dns_domain_ok(c.name))
		return (tool_fail("domain: must be one such as example.org, an internationalised "
		                  "one in its ASCII form"));
	if ((status = change(&c, "domain.claimed", write_new)) != 0)
		return (status);
	printf("%s claims %s. Set this record, then: yett domain verify %s %s\n", c.org.slug,
	    c.name, c.org.slug, c.name);
	printf(JOINING_LABEL "%s TXT \"" JOINING_TEXT "%s\"\n", c.name, c.domain.token);
	return (0);
}

static enum err
write_verified(struct tx *tx, struct change *c)
{

	return (org_domain_verify(tx, c->domain.id, clock_ms()));
}

/* What is to be done when the record was not found. */
static int
say_not_found(const struct change *c, enum dns_found found)
{

	switch (found) {
	case DNS_OTHER:
		return (
		    tool_fail(JOINING_LABEL "%s has TXT records, but not \"" JOINING_TEXT "%s\"",
		        c->name, c->domain.token));
	case DNS_NONE:
		return (tool_fail(JOINING_LABEL
		    "%s has no TXT record yet; it must be \"" JOINING_TEXT "%s\"",
		    c->name, c->domain.token));
	case DNS_FOUND:
	case DNS_UNKNOWN:
	case DNS_CUT:
	case DNS_STRAY:
		break;
	}
	return (tool_fail("the DNS did not answer: try again, or see [dns] in yett.conf"));
}

int
cmd_domain_verify(struct tool *t)
{
	struct change c = { .tool = t };
	enum dns_found found;
	int status;

	if ((status = read_claim(t, &c)) != 0)
		return (status);
	if (c.domain.verified_at == 0) {
		if ((found = joining_ask(&t->conf, &c.domain, t->arena)) != DNS_FOUND)
			return (say_not_found(&c, found));
		if ((status = change(&c, "domain.verified", write_verified)) != 0)
			return (status);
	}
	printf("%s is %s's\n", c.name, c.org.slug);
	return (0);
}

static enum err
write_auto_join(struct tx *tx, struct change *c)
{

	c->domain.auto_join = c->auto_join;
	return (org_domain_set_auto_join(tx, c->domain.id, c->auto_join));
}

int
cmd_domain_set(struct tool *t)
{
	struct change c = { .tool = t };
	int status;

	if (!tool_has(t, "--auto-join"))
		return (tool_misuse(t, "--auto-join is needed"));
	if ((status = read_auto_join(t, &c)) != 0 || (status = read_claim(t, &c)) != 0)
		return (status);
	if (c.domain.auto_join != c.auto_join &&
	    (status = change(&c, "domain.updated", write_auto_join)) != 0)
		return (status);
	printf("who has a confirmed address at %s %s %s by signing in%s\n", c.name,
	    c.auto_join ? "joins" : "no more joins", c.org.slug,
	    c.auto_join && c.domain.verified_at == 0 ? ", once the domain is verified" : "");
	return (0);
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	return (org_domain_drop(tx, c->domain.id));
}

int
cmd_domain_delete(struct tool *t)
{
	struct change c = { .tool = t };
	int status;

	if ((status = read_claim(t, &c)) != 0 ||
	    (status = change(&c, "domain.dropped", write_drop)) != 0)
		return (status);
	printf("%s no more claims %s\n", c.org.slug, c.name);
	return (0);
}
