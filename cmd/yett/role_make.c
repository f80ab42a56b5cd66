/* yett role: making roles, the site's or an organisation's own, and what they hold. */
#include <stdio.h>
#include <string.h>

#include "access/right.h"
#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "store/db_rule.h"
#include "store/org_role.h"
#include "whose.h"

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *done; /* as the audit log calls it, behind "role." or "org_role." */
	struct org org;   /* whose own roles are meant; its id is NULL: the site's */
	struct role role; /* that the first word names */
	struct role parent;
	const char *second; /* the second word, or NULL */
	const char *condition;
	struct json details;
	const char *refusal; /* why not, for a person */
	char new_id[ID_SIZE];
	int64_t now;
};

static enum err
refuse(struct change *c, const char *why)
{

	c->refusal = why;
	return (ERR_FIELDS);
}

/* The role called ${name}; with ${any} in an org also one that every org has. */
static enum err
find(struct tx *tx, struct change *c, const char *name, bool any, struct role *ret_role)
{
	struct arena *a = c->tool->arena;
	struct role own;
	enum err e;

	if (c->org.id == NULL) {
		e = role_find_name(tx_db(tx), name, a, ret_role);
	} else if ((e = org_role_get(tx_db(tx), c->org.id, name, a, ret_role)) == ERR_OK &&
	           !(any && role_is_of_orgs(ret_role->id))) {
		if (role_is_of_orgs(ret_role->id))
			return (refuse(c, "a built-in one stays as it is"));
		e = org_role_find(tx_db(tx), c->org.id, ret_role->id, a, &own);
	}
	if (e != ERR_NOT_FOUND)
		return (e);
	c->refusal = arena_print(a, "there is no role \"%s\"%s%s", name,
	    c->org.id != NULL ? " in " : "", c->org.id != NULL ? c->org.slug : "");
	return (c->refusal == NULL ? ERR_NOMEM : ERR_FIELDS);
}

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct event ev = { .object_type = "role", .org_id = c->org.id, .details = &c->details };
	enum err e;

	if ((c->role.id == NULL &&
	        (e = find(tx, c, c->tool->words[0], false, &c->role)) != ERR_OK) ||
	    (e = c->how(tx, c)) != ERR_OK)
		return (e);
	ev.action =
	    arena_print(c->tool->arena, "%s.%s", c->org.id != NULL ? "org_role" : "role", c->done);
	ev.object_id = c->role.id;
	return (ev.action == NULL ? ERR_NOMEM : tool_note(c->tool, tx, &ev));
}

static int
change(struct tool *t, struct change *c, const char *done,
    enum err (*how)(struct tx *tx, struct change *c))
{
	const char *org = tool_value(t, "--org");
	int status;
	enum err e;

	c->tool = t;
	c->done = done;
	c->how = how;
	c->second = t->words_count > 1 ? t->words[1] : NULL;
	c->details = json_object(t->arena);
	c->now = clock_ms();
	id_new(c->new_id);
	if (org != NULL)
		status = whose_read(t, org, &c->org);
	else if ((status = tool_open_store(t)) == 0)
		status = tool_open_master(t);
	if (status != 0)
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_FIELDS && c->refusal != NULL)
		return (tool_fail("role: %s", c->refusal));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	return (0);
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	enum err e;

	json_add_text(&c->details, "name", c->role.name);
	e = c->org.id == NULL ? role_add(tx, &c->role) : org_role_add(tx, c->org.id, &c->role);
	if (e == ERR_LIMIT)
		return (refuse(c, c->org.id == NULL ? "there are 512 already"
		                                    : "there are 200 already in this org"));
	return (e == ERR_TAKEN ? refuse(c, "there is one of this name") : e);
}

int
cmd_role_add(struct tool *t)
{
	const char *description = tool_value(t, "--description");
	struct change c = { .refusal = NULL };
	int status;

	if (!right_role_ok(t->words[0]))
		return (tool_fail("NAME: must have 2 to 64 small letters, digits, '.', '_' or '-', "
		                  "a letter first"));
	if (tool_has(t, "--org") && right_role_reserved(t->words[0]))
		return (tool_fail("NAME: is as those of built-in roles"));
	c.role = (struct role){ .id = c.new_id,
		.name = t->words[0],
		.description = description == NULL ? "" : description,
		.created_at = clock_ms() };
	if (strlen(c.role.description) > 500)
		return (tool_fail("--description: must have at most 500 bytes"));
	if ((status = change(t, &c, "created", write_add)) == 0)
		printf("added the role %s (%s)\n", c.role.name, c.role.id);
	return (status);
}

static enum err
write_delete(struct tx *tx, struct change *c)
{

	if (role_is_built_in(c->role.id))
		return (refuse(c, "a built-in one stays"));
	json_add_text(&c->details, "name", c->role.name);
	return (c->org.id == NULL ? role_drop(tx, c->role.id)
	                          : org_role_drop(tx, c->org.id, c->role.id));
}

int
cmd_role_delete(struct tool *t)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = change(t, &c, "deleted", write_delete)) == 0)
		printf("deleted the role %s\n", c.role.name);
	return (status);
}

/* What makes an admin one stays as it is. */
static enum err
check_admin(struct change *c)
{

	if (c->org.id == NULL && strcmp(c->role.name, "admin") == 0 &&
	    strcmp(c->second, "*:*") == 0)
		return (refuse(c, "*:* is what makes an admin one"));
	return (ERR_OK);
}

static enum err
write_allow(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->condition != NULL && (e = check_admin(c)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "permission", c->second);
	json_add_bool(&c->details, "conditional", c->condition != NULL);
	e = c->org.id == NULL
	        ? role_allow(tx, c->role.id, c->second, c->condition, c->new_id, c->now)
	        : org_role_allow(
	              tx, c->org.id, c->role.id, c->second, c->condition, c->new_id, c->now);
	if (e != ERR_LIMIT)
		return (e);
	return (refuse(c, c->org.id == NULL
	                      ? "there are 512 permissions, or it holds 32 on conditions, already"
	                      : "the roles of this org hold 200 others, or it 32 on conditions, "
	                        "already"));
}

int
cmd_role_allow(struct tool *t)
{
	struct change c = { .condition = tool_value(t, "--if") };
	const char *detail;
	int status;

	if (!right_ok(t->words[1]))
		return (tool_fail("PERMISSION: must be resource:action, each of small letters, "
		                  "digits, '.', '_' and '-', or '*'"));
	if (c.condition != NULL &&
	    db_rule_check(c.condition, tool_has(t, "--org"), t->arena, &detail) != ERR_OK)
		return (tool_fail("--if: %s", detail));
	if ((status = change(t, &c, "allowed", write_allow)) == 0)
		printf("%s now holds %s%s\n", c.role.name, c.second,
		    c.condition != NULL ? " on that condition" : "");
	return (status);
}

static enum err
write_forbid(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = check_admin(c)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "permission", c->second);
	e = c->org.id == NULL ? role_forbid(tx, c->role.id, c->second)
	                      : org_role_forbid(tx, c->org.id, c->role.id, c->second);
	return (e == ERR_NOT_FOUND ? refuse(c, "it does not hold this permission itself") : e);
}

int
cmd_role_forbid(struct tool *t)
{
	struct change c = { .condition = NULL };
	int status;

	if ((status = change(t, &c, "forbidden", write_forbid)) == 0)
		printf("%s holds %s no more\n", c.role.name, c.second);
	return (status);
}

static enum err
write_inherit(struct tx *tx, struct change *c)
{
	const char *circle;
	enum err e;

	if ((e = find(tx, c, c->second, true, &c->parent)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", c->parent.id);
	e = c->org.id == NULL ? role_inherit(tx, c->role.id, c->parent.id, c->tool->arena, &circle)
	                      : org_role_inherit(tx, c->org.id, c->role.id, c->parent.id,
	                            c->tool->arena, &circle);
	if (e != ERR_TAKEN)
		return (e);
	c->refusal = arena_print(c->tool->arena, "that would close a circle: %s", circle);
	return (c->refusal == NULL ? ERR_NOMEM : ERR_FIELDS);
}

int
cmd_role_inherit(struct tool *t)
{
	struct change c = { .condition = NULL };
	int status;

	if ((status = change(t, &c, "inherited", write_inherit)) == 0)
		printf("%s now holds all that %s holds\n", c.role.name, c.parent.name);
	return (status);
}

static enum err
write_disinherit(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = find(tx, c, c->second, true, &c->parent)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", c->parent.id);
	e = c->org.id == NULL ? role_disinherit(tx, c->role.id, c->parent.id)
	                      : org_role_disinherit(tx, c->org.id, c->role.id, c->parent.id);
	return (e == ERR_NOT_FOUND ? refuse(c, "it does not inherit from this one itself") : e);
}

int
cmd_role_disinherit(struct tool *t)
{
	struct change c = { .condition = NULL };
	int status;

	if ((status = change(t, &c, "disinherited", write_disinherit)) == 0)
		printf("%s no more holds what %s holds\n", c.role.name, c.parent.name);
	return (status);
}
