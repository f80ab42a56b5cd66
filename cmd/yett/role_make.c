/* yett role: making roles, and what they hold. */
#include <stdio.h>
#include <string.h>

#include "access/right.h"
#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "store/db_rule.h"

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct role role;   /* that the first word names */
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

static enum err
find(struct tx *tx, struct change *c, const char *name, struct role *ret_role)
{
	struct arena *a = c->tool->arena;
	enum err e;

	if ((e = role_find_name(tx_db(tx), name, a, ret_role)) != ERR_NOT_FOUND)
		return (e);
	c->refusal = arena_print(a, "there is no role \"%s\"", name);
	return (c->refusal == NULL ? ERR_NOMEM : ERR_FIELDS);
}

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct event ev = { .action = c->action, .object_type = "role", .details = &c->details };
	enum err e;

	if ((c->role.id == NULL && (e = find(tx, c, c->tool->words[0], &c->role)) != ERR_OK) ||
	    (e = c->how(tx, c)) != ERR_OK)
		return (e);
	ev.object_id = c->role.id;
	return (tool_note(c->tool, tx, &ev));
}

static int
change(struct tool *t, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{
	int status;
	enum err e;

	c->tool = t;
	c->action = action;
	c->how = how;
	c->second = t->words_count > 1 ? t->words[1] : NULL;
	c->details = json_object(t->arena);
	c->now = clock_ms();
	id_new(c->new_id);
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
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
	if ((e = role_add(tx, &c->role)) == ERR_LIMIT)
		return (refuse(c, "there are 512 already"));
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
	c.role = (struct role){ .id = c.new_id,
		.name = t->words[0],
		.description = description == NULL ? "" : description,
		.created_at = clock_ms() };
	if (strlen(c.role.description) > 500)
		return (tool_fail("--description: must have at most 500 bytes"));
	if ((status = change(t, &c, "role.created", write_add)) == 0)
		printf("added the role %s (%s)\n", c.role.name, c.role.id);
	return (status);
}

static enum err
write_delete(struct tx *tx, struct change *c)
{

	if (role_is_built_in(c->role.id))
		return (refuse(c, "a built-in one stays"));
	json_add_text(&c->details, "name", c->role.name);
	return (role_drop(tx, c->role.id));
}

int
cmd_role_delete(struct tool *t)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = change(t, &c, "role.deleted", write_delete)) == 0)
		printf("deleted the role %s\n", c.role.name);
	return (status);
}

/* What makes an admin one stays as it is. */
static enum err
check_admin(struct change *c)
{

	if (strcmp(c->role.name, "admin") == 0 && strcmp(c->second, "*:*") == 0)
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
	e = role_allow(tx, c->role.id, c->second, c->condition, c->new_id, c->now);
	if (e == ERR_LIMIT)
		return (
		    refuse(c, "there are 512 permissions, or it holds 32 on conditions, already"));
	return (e);
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
	if (c.condition != NULL && db_rule_check(c.condition, false, t->arena, &detail) != ERR_OK)
		return (tool_fail("--if: %s", detail));
	if ((status = change(t, &c, "role.allowed", write_allow)) == 0)
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
	e = role_forbid(tx, c->role.id, c->second);
	return (e == ERR_NOT_FOUND ? refuse(c, "it does not hold this permission itself") : e);
}

int
cmd_role_forbid(struct tool *t)
{
	struct change c = { .condition = NULL };
	int status;

	if ((status = change(t, &c, "role.forbidden", write_forbid)) == 0)
		printf("%s holds %s no more\n", c.role.name, c.second);
	return (status);
}

static enum err
write_inherit(struct tx *tx, struct change *c)
{
	const char *circle;
	enum err e;

	if ((e = find(tx, c, c->second, &c->parent)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", c->parent.id);
	e = role_inherit(tx, c->role.id, c->parent.id, c->tool->arena, &circle);
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

	if ((status = change(t, &c, "role.inherited", write_inherit)) == 0)
		printf("%s now holds all that %s holds\n", c.role.name, c.parent.name);
	return (status);
}

static enum err
write_disinherit(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = find(tx, c, c->second, &c->parent)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", c->parent.id);
	e = role_disinherit(tx, c->role.id, c->parent.id);
	return (e == ERR_NOT_FOUND ? refuse(c, "it does not inherit from this one itself") : e);
}

int
cmd_role_disinherit(struct tool *t)
{
	struct change c = { .condition = NULL };
	int status;

	if ((status = change(t, &c, "role.disinherited", write_disinherit)) == 0)
		printf("%s no more holds what %s holds\n", c.role.name, c.parent.name);
	return (status);
}
