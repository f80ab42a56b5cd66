/* The domains of an org: claimed, proven by a record in the DNS, and joined by. */
#include "domains.h"

#include <stdatomic.h>
#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/joining.h"
#include "access/subject.h"
#include "access/tenant.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/input.h"
#include "http/reply.h"

/* Of this program's threads only so many wait for the DNS: whose servers are slow keeps nobody else
 * from being served. */
#define ASKING_MAX 2

static atomic_uint asking;

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	const char *permission;
	enum err (*how)(struct tx *tx, struct change *c);
	struct tenant tenant;
	struct org_domain domain; /* that the path names; or the new one */
	const char *name;
	bool auto_join;
	int64_t now;
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

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (e = tenant_may(r, tx_db(tx), c->permission, &c->tenant)) != ERR_OK)
		return (e);
	if (r->item_id != NULL &&
	    (e = org_domain_find(tx_db(tx), r->id, r->item_id, r->arena, &c->domain)) != ERR_OK)
		return (e);
	return (c->how(tx, c));
}

static enum err
change(struct req *r, struct change *c, const char *permission,
    enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->permission = permission;
	c->how = how;
	c->now = clock_ms();
	return (store_write(r->app->store, run_change, c));
}

static enum err
note(struct tx *tx, struct change *c, const char *action)
{
	struct json details = json_object(c->req->arena);

	json_add_text(&details, "domain", c->domain.domain);
	json_add_bool(&details, "auto_join", c->domain.auto_join);
	return (audit_note(tx, c->req,
	    &(struct event){ .action = action,
	        .object_type = "domain",
	        .object_id = c->domain.id,
	        .org_id = c->req->id,
	        .details = &details }));
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

	if (!c->auto_join)
		return (ERR_OK);
	return (tenant_limit_role(c->req, tx_db(tx), &c->tenant, ROLE_ORG_MEMBER, "auto_join"));
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = check_auto_join(tx, c)) != ERR_OK)
		return (e);
	c->domain = (struct org_domain){ .org_id = c->req->id,
		.domain = c->name,
		.auto_join = c->auto_join,
		.created_at = c->now };
	if ((e = joining_claim(tx, &c->domain, c->req->arena)) == ERR_LIMIT)
		return (req_field_error(
		    c->req, "domain", "is one more than the 20 that an organisation may claim"));
	return (e != ERR_OK ? e : note(tx, c, "domain.claimed"));
}

enum err
domains_add(struct req *r)
{
	static const struct field fields[] = {
		{ "domain", FIELD_TEXT, offsetof(struct change, name), 1, DNS_NAME_MAX, 0 },
		{ "auto_join", FIELD_BOOL, offsetof(struct change, auto_join), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	char *name;
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	if ((name = arena_copy(r->arena, c.name)) == NULL)
		return (ERR_NOMEM);
	text_lower(name);
	c.name = name;
	if (!dns_domain_ok(name))
		return (req_field_error(r, "domain",
		    "must be a domain such as example.org: two labels or more of letters, digits "
		    "and '-', 236 bytes at most; an internationalised one in its ASCII form"));
	if ((e = change(r, &c, "domains:create", write_new)) == ERR_TAKEN)
		req_field_error(r, "domain", "has been claimed for this organisation already");
	return (e != ERR_OK ? e : reply_domain(r, 201, &c.domain));
}

/* Look whether somebody else's transaction changed it meanwhile: then what the DNS said is of
 * another claim. */
static enum err
write_verified(struct tx *tx, struct change *c)
{
	enum err e;

	if (strcmp(c->name, c->domain.token) != 0)
		return (ERR_NOT_FOUND);
	if (c->domain.verified_at != 0)
		return (ERR_OK);
	if ((e = org_domain_verify(tx, c->domain.id, c->now)) != ERR_OK)
		return (e);
	c->domain.verified_at = c->now;
	return (note(tx, c, "domain.verified"));
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
	struct change c = { .name = NULL };
	struct org_domain d;
	enum err e;

	if ((e = read_claim(r, &d)) != ERR_OK)
		return (e);
	if (d.verified_at == 0 && (e = ask(r, &d)) != ERR_OK)
		return (e);
	c.name = d.token;
	if ((e = change(r, &c, "domains:update", write_verified)) == ERR_TAKEN)
		req_field_error(r, "domain", "is verified for another organisation");
	return (e != ERR_OK ? e : reply_domain(r, 200, &c.domain));
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->auto_join == c->domain.auto_join)
		return (ERR_OK);
	if ((e = check_auto_join(tx, c)) != ERR_OK ||
	    (e = org_domain_set_auto_join(tx, c->domain.id, c->auto_join)) != ERR_OK)
		return (e);
	c->domain.auto_join = c->auto_join;
	return (note(tx, c, "domain.updated"));
}

enum err
domains_set(struct req *r)
{
	static const struct field fields[] = {
		{ "auto_join", FIELD_BOOL, offsetof(struct change, auto_join), 0, 0, 0 },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = change(r, &c, "domains:update", write_set)) != ERR_OK)
		return (e);
	return (reply_domain(r, 200, &c.domain));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = org_domain_drop(tx, c->domain.id)) != ERR_OK)
		return (e);
	return (note(tx, c, "domain.dropped"));
}

enum err
domains_drop(struct req *r)
{
	struct change c = { .name = NULL };
	enum err e;

	if ((e = change(r, &c, "domains:delete", write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
