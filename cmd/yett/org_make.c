/* yett org: making organisations, and what they are. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "access/slug.h"
#include "ask.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "store/org_role.h"
#include "who.h"
#include "whose.h"

#define NAME_MAX_LEN 200
#define SEATS_MAX 1000000
#define METADATA_MAX 16384
#define METADATA_VALUES_MAX 2048
#define METADATA_LEVELS_MAX 24

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct org org;
	struct user owner;
	struct cJSON *metadata; /* to merge; NULL: nothing */
	struct json details;
};

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = c->how(tx, c)) != ERR_OK)
		return (e);
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = c->action,
	        .object_type = "org",
	        .object_id = c->org.id,
	        .org_id = c->org.id,
	        .details = &c->details }));
}

static int
change(struct tool *t, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{
	enum err e;

	c->tool = t;
	c->action = action;
	c->how = how;
	if ((e = store_write(t->store, run, c)) == ERR_TAKEN)
		return (tool_fail("--slug: is another organisation's"));
	if (e == ERR_FIELDS)
		return (tool_fail("--metadata: all of it must have at most %d bytes, %d values and "
		                  "%d levels",
		    METADATA_MAX, METADATA_VALUES_MAX, METADATA_LEVELS_MAX));
	if (e == ERR_NOT_FOUND)
		return (tool_fail("somebody has deleted this organisation meanwhile"));
	return (e == ERR_OK ? 0 : tool_fail("the change cannot be stored (%s)", err_slug(e)));
}

static int
check_name(const char *name, const char *what)
{

	if (name[0] == '\0' || strlen(name) > NAME_MAX_LEN || !text_control_free(name) ||
	    !text_utf8_ok(name, strlen(name)))
		return (tool_fail("%s: must have 1 to %d bytes of UTF-8 without control characters",
		    what, NAME_MAX_LEN));
	return (0);
}

static int
read_slug(struct tool *t, const char **ret_slug)
{
	const char *slug = tool_value(t, "--slug");

	if (slug == NULL)
		return (0);
	if (!slug_ok(slug))
		return (tool_fail("--slug: must have 2 to 63 small letters, digits or '-', which "
		                  "is neither first nor last"));
	*ret_slug = slug;
	return (0);
}

static int
read_seats(struct tool *t, int64_t *ret_seats)
{
	const char *seats = tool_value(t, "--seats");

	if (seats == NULL || text_number(seats, 0, SEATS_MAX, ret_seats))
		return (0);
	return (tool_fail("--seats: must be a number from 0 to %d", SEATS_MAX));
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	const struct org *org = &c->org;
	enum err e;

	if ((e = org_add(tx, org)) != ERR_OK || c->owner.id == NULL)
		return (e);
	json_add_text(&c->details, "owner_id", c->owner.id);
	if ((e = org_member_add(tx, org->id, c->owner.id, org->created_at)) != ERR_OK)
		return (e);
	return (org_role_assign(tx, org->id, c->owner.id, ROLE_ORG_OWNER, 0, org->created_at));
}

int
cmd_org_add(struct tool *t)
{
	const char *owner = tool_value(t, "--owner");
	struct change c = { .details = json_object(t->arena) };
	char id[ID_SIZE], slug[SLUG_SIZE];
	int status;

	id_new(id);
	c.org = (struct org){ .id = id,
		.name = t->words[0],
		.slug = slug,
		.metadata = "{}",
		.created_at = clock_ms() };
	if ((status = check_name(c.org.name, "NAME")) != 0)
		return (status);
	slug_make(c.org.name, id, slug);
	if ((status = read_slug(t, &c.org.slug)) != 0 ||
	    (status = read_seats(t, &c.org.seat_limit)) != 0 ||
	    (status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0 ||
	    (owner != NULL && (status = who_read(t, owner, &c.owner)) != 0))
		return (status);
	if ((status = change(t, &c, "org.created", write_add)) == 0)
		printf("added %s (%s)\n", c.org.slug, id);
	return (status);
}

static enum err
merge(struct change *c)
{
	struct arena *a = c->tool->arena;
	const char *text, *detail;
	struct cJSON *all;

	if (json_parse(c->org.metadata, strlen(c->org.metadata), a, &all, &detail) != ERR_OK)
		return (ERR_DB);
	if (!json_merge(all, c->metadata, a))
		return (ERR_NOMEM);
	if (!json_within(all, METADATA_VALUES_MAX, METADATA_LEVELS_MAX))
		return (ERR_FIELDS);
	if ((text = json_print_tree(all, a)) == NULL)
		return (ERR_NOMEM);
	if (strlen(text) > METADATA_MAX ||
	    json_parse(text, strlen(text), a, &all, &detail) != ERR_OK)
		return (ERR_FIELDS);
	c->org.metadata = text;
	return (ERR_OK);
}

static enum err
write_edit(struct tx *tx, struct change *c)
{
	static char name[] = "name", slug[] = "slug", seats[] = "seat_limit",
	            metadata[] = "metadata";
	struct tool *t = c->tool;
	struct org now;
	char *fields[4];
	size_t count = 0;
	enum err e;

	/* What the options do not name is as it is now, not as it was when they were read. */
	if ((e = org_find(tx_db(tx), c->org.id, t->arena, &now)) != ERR_OK)
		return (e);
	if (tool_has(t, "--name"))
		now.name = c->org.name, fields[count++] = name;
	if (tool_has(t, "--slug"))
		now.slug = c->org.slug, fields[count++] = slug;
	if (tool_has(t, "--seats"))
		now.seat_limit = c->org.seat_limit, fields[count++] = seats;
	if (tool_has(t, "--metadata"))
		fields[count++] = metadata;
	now.updated_at = clock_ms();
	c->org = now;
	if (c->metadata != NULL && (e = merge(c)) != ERR_OK)
		return (e);
	json_add_texts(&c->details, "fields", fields, count);
	return (org_set(tx, &c->org));
}

static int
read_metadata(struct tool *t, struct change *c)
{
	const char *text = tool_value(t, "--metadata"), *detail;

	if (text == NULL)
		return (0);
	if (json_parse(text, strlen(text), t->arena, &c->metadata, &detail) == ERR_OK &&
	    cJSON_IsObject(c->metadata) &&
	    json_within(c->metadata, METADATA_VALUES_MAX, METADATA_LEVELS_MAX))
		return (0);
	return (tool_fail("--metadata: must be a JSON object"));
}

int
cmd_org_edit(struct tool *t)
{
	const char *name = tool_value(t, "--name");
	struct change c = { .details = json_object(t->arena) };
	int status;

	if (t->options_count == 0)
		return (tool_misuse(t, "say what to change"));
	if ((name != NULL && (status = check_name(name, "--name")) != 0) ||
	    (status = read_metadata(t, &c)) != 0 ||
	    (status = whose_read(t, t->words[0], &c.org)) != 0 ||
	    (status = read_slug(t, &c.org.slug)) != 0 ||
	    (status = read_seats(t, &c.org.seat_limit)) != 0)
		return (status);
	if (name != NULL)
		c.org.name = name;
	if ((status = change(t, &c, "org.updated", write_edit)) == 0)
		printf("changed %s (%s)\n", c.org.slug, c.org.id);
	return (status);
}

static enum err
write_delete(struct tx *tx, struct change *c)
{

	return (org_drop(tx, c->org.id));
}

int
cmd_org_delete(struct tool *t)
{
	struct change c = { .details = json_object(t->arena) };
	const char *question;
	int status;

	if ((status = whose_read(t, t->words[0], &c.org)) != 0)
		return (status);
	if ((question = arena_print(t->arena, "Delete %s (%s) for good, with all that is its own?",
	         c.org.slug, c.org.id)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = ask_sure(t, question)) != 0)
		return (status);
	if ((status = change(t, &c, "org.deleted", write_delete)) == 0)
		printf("deleted %s (%s)\n", c.org.slug, c.org.id);
	return (status);
}
