/* Orgs themselves: made, read, changed, dropped. */
#include "orgs.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/slug.h"
#include "access/subject.h"
#include "base/clock.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/org_role.h"
#include "store/user.h"

#define NAME_MAX_LEN 200
#define SEATS_MAX 1000000
#define METADATA_MAX 16384
#define METADATA_VALUES_MAX 2048
#define METADATA_LEVELS_MAX 24
#define UNSAID (-1) /* a number that the body does not have */

/* What a body says. */
struct input {
	const char *name;
	const char *slug;
	struct cJSON *metadata;
	int64_t seat_limit;
};

static void
add_org(struct json *j, const struct org *org)
{

	json_add_text(j, "id", org->id);
	json_add_text(j, "name", org->name);
	json_add_text(j, "slug", org->slug);
	if (org->seat_limit != 0)
		json_add_number(j, "seat_limit", org->seat_limit);
	else
		json_add_text(j, "seat_limit", NULL);
	json_add_raw(j, "metadata", org->metadata);
	json_add_time(j, "created_at", org->created_at);
	json_add_time(j, "updated_at", org->updated_at);
}

static enum err
reply_org(struct req *r, int status, const struct org *org)
{
	struct json j = json_object(r->arena);

	add_org(&j, org);
	return (reply_json(r, status, &j));
}

enum err
orgs_get(struct req *r)
{
	struct tenant t;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = tenant_may(r, db, "orgs:read", &t);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_org(r, 200, &t.org) : e);
}

static enum err
check_input(struct req *r, const struct input *in)
{
	enum err e = ERR_OK;

	if (in->slug != NULL && !slug_ok(in->slug))
		e = req_field_error(r, "slug",
		    "must have 2 to 63 small letters, digits or '-', which is neither first nor "
		    "last");
	if (in->metadata != NULL &&
	    !json_within(in->metadata, METADATA_VALUES_MAX, METADATA_LEVELS_MAX))
		e = req_field_error(r, "metadata",
		    "must have at most 2048 values and be nested at most 24 levels deep");
	return (e);
}

/* Put what ${patch} says into the metadata of ${org}; all of it, merged, must be read again as part
 * of something larger. */
static enum err
merge_metadata(struct req *r, struct org *org, struct cJSON *patch)
{
	const char *text, *detail;
	struct cJSON *all;
	enum err e;

	if ((e = json_parse(org->metadata, strlen(org->metadata), r->arena, &all, &detail)) !=
	    ERR_OK)
		return (e);
	if (!json_merge(all, patch, r->arena))
		return (ERR_NOMEM);
	if (!json_within(all, METADATA_VALUES_MAX, METADATA_LEVELS_MAX))
		return (req_field_error(r, "metadata",
		    "must have at most 2048 values and be nested at most 24 levels deep"));
	if ((text = json_print_tree(all, r->arena)) == NULL)
		return (ERR_NOMEM);
	if (strlen(text) > METADATA_MAX)
		return (req_field_error(r, "metadata", "must have at most 16384 bytes"));
	if (json_parse(text, strlen(text), r->arena, &all, &detail) != ERR_OK)
		return (req_field_error(r, "metadata", detail));
	org->metadata = text;
	return (ERR_OK);
}

/* What is the site's to say: slugs, which are unique, so that whoever chooses one learns that
 * another org has it; and how many seats there are. */
static enum err
check_site_wide(struct req *r, const struct input *in, const char *permission)
{
	const char *field = in->slug != NULL           ? "slug"
	                    : in->seat_limit != UNSAID ? "seat_limit"
	                                               : NULL;

	if (field == NULL || subject_may(r->subject, permission))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "%s: the permission %s of the whole site is needed",
	    field, permission));
}

struct creation {
	struct req *req;
	struct input in;
	struct org org;
};

/* A user whom an admin lets make orgs does so himself: by no key, and nobody in his name. */
static enum err
check_may_create(struct tx *tx, struct req *r)
{
	const struct subject *s = r->subject;
	struct user u;
	enum err e;

	if (subject_may(s, "orgs:create"))
		return (ERR_OK);
	if ((e = user_find(tx_db(tx), USER_BY_ID, s->user_id, r->arena, &u)) != ERR_OK)
		return (e);
	if (u.can_create_orgs && s->key_id[0] == '\0' && s->actor_id[0] == '\0')
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "the permission orgs:create is needed"));
}

static enum err
write_new(struct tx *tx, void *arg)
{
	struct creation *c = arg;
	const char *maker = c->req->subject->user_id;
	const struct org *org = &c->org;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK ||
	    (e = check_may_create(tx, c->req)) != ERR_OK ||
	    (e = check_site_wide(c->req, &c->in, "orgs:create")) != ERR_OK ||
	    (c->in.metadata != NULL &&
	        (e = merge_metadata(c->req, &c->org, c->in.metadata)) != ERR_OK))
		return (e);
	if ((e = org_add(tx, org)) != ERR_OK ||
	    (e = org_member_add(tx, org->id, maker, org->created_at)) != ERR_OK ||
	    (e = org_role_assign(tx, org->id, maker, ROLE_ORG_OWNER, 0, org->created_at)) != ERR_OK)
		return (e);
	return (audit_note(tx, c->req,
	    &(struct event){ .action = "org.created",
	        .object_type = "org",
	        .object_id = org->id,
	        .org_id = org->id }));
}

enum err
orgs_add(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct input, name), 1, NAME_MAX_LEN, 0 },
		{ "slug", FIELD_TEXT, offsetof(struct input, slug), 1, SLUG_SIZE - 1,
		    FIELD_OPTIONAL },
		{ "metadata", FIELD_OBJECT, offsetof(struct input, metadata), 0, 0,
		    FIELD_OPTIONAL },
		{ "seat_limit", FIELD_NUMBER, offsetof(struct input, seat_limit), 0, SEATS_MAX,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
	};
	struct creation c = { .req = r, .in = { .seat_limit = UNSAID } };
	char id[ID_SIZE], slug[SLUG_SIZE];
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c.in)) != ERR_OK ||
	    (e = check_input(r, &c.in)) != ERR_OK)
		return (e);
	id_new(id);
	slug_make(c.in.name, id, slug);
	c.org = (struct org){ .id = arena_copy(r->arena, id),
		.name = c.in.name,
		.slug = c.in.slug != NULL ? c.in.slug : arena_copy(r->arena, slug),
		.metadata = "{}",
		.seat_limit = c.in.seat_limit == UNSAID ? 0 : c.in.seat_limit,
		.created_at = clock_ms() };
	c.org.updated_at = c.org.created_at;
	if (c.org.id == NULL || c.org.slug == NULL)
		return (ERR_NOMEM);
	if ((e = store_write(r->app->store, write_new, &c)) == ERR_TAKEN)
		req_field_error(r, "slug", "is another organisation's");
	return (e == ERR_OK ? reply_org(r, 201, &c.org) : e);
}

/* Which members the body changes; not what is in them. */
static void
note_fields(struct change *c, const struct input *in)
{
	static char name[] = "name", slug[] = "slug", metadata[] = "metadata",
	            seat_limit[] = "seat_limit";
	char *fields[4];
	size_t count = 0;

	if (in->name != NULL)
		fields[count++] = name;
	if (in->slug != NULL)
		fields[count++] = slug;
	if (in->metadata != NULL)
		fields[count++] = metadata;
	if (in->seat_limit != UNSAID)
		fields[count++] = seat_limit;
	json_add_texts(&c->details, "fields", fields, count);
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	struct org *org = &c->tenant.org;
	enum err e;

	if ((e = check_site_wide(c->req, in, "orgs:update")) != ERR_OK)
		return (e);
	if (in->name != NULL)
		org->name = in->name;
	if (in->slug != NULL)
		org->slug = in->slug;
	if (in->seat_limit != UNSAID)
		org->seat_limit = in->seat_limit;
	if (in->metadata != NULL && (e = merge_metadata(c->req, org, in->metadata)) != ERR_OK)
		return (e);
	org->updated_at = c->now;
	note_fields(c, in);
	return (org_set(tx, org));
}

enum err
orgs_set(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct input, name), 1, NAME_MAX_LEN,
		    FIELD_OPTIONAL },
		{ "slug", FIELD_TEXT, offsetof(struct input, slug), 1, SLUG_SIZE - 1,
		    FIELD_OPTIONAL },
		{ "metadata", FIELD_OBJECT, offsetof(struct input, metadata), 0, 0,
		    FIELD_OPTIONAL },
		{ "seat_limit", FIELD_NUMBER, offsetof(struct input, seat_limit), 0, SEATS_MAX,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
	};
	struct input in = { .seat_limit = UNSAID };
	struct change c = { .req = r,
		.permission = "orgs:update",
		.action = "org.updated",
		.object_type = "org",
		.object_id = r->id,
		.how = write_set,
		.in = &in };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_input(r, &in)) != ERR_OK)
		return (e);
	if ((e = change_run(&c)) == ERR_TAKEN)
		req_field_error(r, "slug", "is another organisation's");
	return (e == ERR_OK ? reply_org(r, 200, &c.tenant.org) : e);
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	return (org_drop(tx, c->req->id));
}

enum err
orgs_drop(struct req *r)
{
	struct change c = { .req = r,
		.permission = "orgs:delete",
		.action = "org.deleted",
		.object_type = "org",
		.object_id = r->id,
		.how = write_drop };
	enum err e;

	return ((e = change_run(&c)) == ERR_OK ? reply_none(r) : e);
}
