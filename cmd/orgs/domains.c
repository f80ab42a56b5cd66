/* The domains of an org: claimed, proven by a record in the DNS, and joined by. */
#include "domains.h"

#include <stdatomic.h>
#include <string.h>

#include "access/app.h"
#include "access/joining.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"

/* Of this program's threads only so many wait for the DNS: whose servers are slow keeps nobody else
 * from being served. */
#define ASKING_MAX 2

static atomic_uint asking;

/* What the body says, and what the transaction finds. */
struct input {
	const char *name;
	bool auto_join;
	const char *token; /* that the DNS has shown */
	struct org_domain domain;
};

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
};

static void
list_one(void *arg, const struct org_domain *d)
{
	struct listing *l = arg;
	struct json item = json_object(l->req->arena);

	joining_print_domain(&item, d);
	json_append(l->json, l->items, &item);
}

/* At most 20: one page. */
enum err
domains_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	struct tenant t;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = tenant_may(r, db, "domains:read", &t)) == ERR_OK)
		e = org_domain_list(db, r->id, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", NULL);
	return (reply_json(r, 200, &j));
}

/* The claim that the path names. */
static enum err
find_claim(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	struct req *r = c->req;

	return (org_domain_find(tx_db(tx), r->id, r->item_id, r->arena, &in->domain));
}

static enum err
change(struct req *r, struct input *in, const char *permission, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{
	struct change c = { .req = r,
		.permission = permission,
		.action = action,
		.object_type = "domain",
		.how = how,
		.in = in };

	return (change_run(&c));
}

/* What the log says of it. */
static enum err
note(struct change *c)
{
	const struct input *in = c->in;

	c->object_id = in->domain.id;
	json_add_text(&c->details, "domain", in->domain.domain);
	json_add_bool(&c->details, "auto_join", in->domain.auto_join);
	return (ERR_OK);
}

static enum err
reply_domain(struct req *r, int status, const struct org_domain *d)
{
	struct json j = json_object(r->arena);

	joining_print_domain(&j, d);
	return (reply_json(r, status, &j));
}

/* Who lets people join gives them what org-member holds. */
static enum err
check_auto_join(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;

	if (!in->auto_join)
		return (ERR_OK);
	return (tenant_limit_role(c->req, tx_db(tx), &c->tenant, ROLE_ORG_MEMBER, "auto_join"));
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	enum err e;

	if ((e = check_auto_join(tx, c)) != ERR_OK)
		return (e);
	in->domain = (struct org_domain){ .org_id = c->req->id,
		.domain = in->name,
		.auto_join = in->auto_join,
		.created_at = c->now };
	if ((e = joining_claim(tx, &in->domain, c->req->arena)) == ERR_LIMIT)
		return (req_field_error(
		    c->req, "domain", "is one more than the 20 that an organisation may claim"));
	return (e == ERR_OK ? note(c) : e);
}

enum err
domains_add(struct req *r)
{
	static const struct field fields[] = {
		{ "domain", FIELD_TEXT, offsetof(struct input, name), 1, DNS_NAME_MAX, 0 },
		{ "auto_join", FIELD_BOOL, offsetof(struct input, auto_join), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct input in = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK)
		return (e);
	if ((in.name = arena_copy_lower(r->arena, in.name)) == NULL)
		return (ERR_NOMEM);
	if (!dns_domain_ok(in.name))
		return (req_field_error(r, "domain",
		    "must be a domain such as example.org: two labels or more of letters, digits "
		    "and '-', 236 bytes at most; an internationalised one in its ASCII form"));
	if ((e = change(r, &in, "domains:create", "domain.claimed", write_new)) == ERR_TAKEN)
		req_field_error(r, "domain", "has been claimed for this organisation already");
	return (e == ERR_OK ? reply_domain(r, 201, &in.domain) : e);
}

/* The claim may have been dropped meanwhile, and another made: of that the DNS said nothing. */
static enum err
write_verified(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	enum err e;

	if ((e = find_claim(tx, c)) != ERR_OK)
		return (e);
	if (strcmp(in->token, in->domain.token) != 0)
		return (ERR_NOT_FOUND);
	if ((e = org_domain_verify(tx, in->domain.id, c->now)) != ERR_OK)
		return (e);
	in->domain.verified_at = c->now;
	return (note(c));
}

/* Read the claim, if the subject may have it verified. */
static enum err
read_claim(struct req *r, struct org_domain *ret_domain)
{
	struct tenant t;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = tenant_may(r, db, "domains:update", &t)) == ERR_OK)
		e = org_domain_find(db, r->id, r->item_id, r->arena, ret_domain);
	store_read_end(r->app->store, db);
	return (e);
}

static enum err
ask(struct req *r, const struct org_domain *d)
{
	enum dns_found found = DNS_UNKNOWN;

	if (atomic_fetch_add(&asking, 1) < ASKING_MAX)
		found = joining_ask(&r->app->conf, d, r->arena);
	atomic_fetch_sub(&asking, 1);
	switch (found) {
	case DNS_FOUND:
		return (ERR_OK);
	case DNS_OTHER:
		return (req_field_error(r, "record", "is not among the TXT records of this name"));
	case DNS_NONE:
		return (req_field_error(r, "record",
		    "is not there: the name has no TXT record. A new one may take a while to be "
		    "seen"));
	case DNS_UNKNOWN:
	case DNS_CUT:
	case DNS_STRAY:
		break;
	}
	return (req_fail(r, ERR_BUSY, "the DNS did not answer: try again"));
}

enum err
domains_verify(struct req *r)
{
	struct input in = { .name = NULL };
	struct org_domain d;
	enum err e;

	if ((e = read_claim(r, &d)) != ERR_OK)
		return (e);
	/* Once is enough: what the DNS has lost since stays verified. */
	if (d.verified_at != 0)
		return (reply_domain(r, 200, &d));
	if ((e = ask(r, &d)) != ERR_OK)
		return (e);
	in.token = d.token;
	if ((e = change(r, &in, "domains:update", "domain.verified", write_verified)) == ERR_TAKEN)
		req_field_error(r, "domain", "is verified for another organisation");
	return (e == ERR_OK ? reply_domain(r, 200, &in.domain) : e);
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	enum err e;

	if ((e = find_claim(tx, c)) != ERR_OK || (e = check_auto_join(tx, c)) != ERR_OK ||
	    (e = org_domain_set_auto_join(tx, in->domain.id, in->auto_join)) != ERR_OK)
		return (e);
	in->domain.auto_join = in->auto_join;
	return (note(c));
}

enum err
domains_set(struct req *r)
{
	static const struct field fields[] = {
		{ "auto_join", FIELD_BOOL, offsetof(struct input, auto_join), 0, 0, 0 },
	};
	struct input in = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = change(r, &in, "domains:update", "domain.updated", write_set)) != ERR_OK)
		return (e);
	return (reply_domain(r, 200, &in.domain));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	enum err e;

	if ((e = find_claim(tx, c)) != ERR_OK || (e = org_domain_drop(tx, in->domain.id)) != ERR_OK)
		return (e);
	return (note(c));
}

enum err
domains_drop(struct req *r)
{
	struct input in = { .name = NULL };
	enum err e;

	if ((e = change(r, &in, "domains:delete", "domain.dropped", write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
