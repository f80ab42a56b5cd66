/* yett group: making groups, putting users into them, giving them roles. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "group.h"
#include "who.h"

#define NAME_MAX_LEN 200
#define DESCRIPTION_MAX 500

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct group group; /* that the first word names */
	struct user user;   /* that the second word names, or nobody */
	struct role role;
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
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct tool *t = c->tool;
	struct event ev = { .action = c->action, .object_type = "group", .details = &c->details };
	enum err e;

	if (c->group.id == NULL &&
	    (e = group_named(tx_db(tx), t->words[0], t->arena, &c->group)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? refuse(c, "there is no such group") : e);
	if ((e = c->how(tx, c)) != ERR_OK)
		return (e);
	ev.object_id = c->group.id;
	return (tool_note(t, tx, &ev));
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
	c->details = json_object(t->arena);
	c->now = clock_ms();
	id_new(c->new_id);
	if ((t->store == NULL && (status = tool_open_store(t)) != 0) ||
	    (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_FIELDS && c->refusal != NULL)
		return (tool_fail("group: %s", c->refusal));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	return (0);
}

static void
print_group(const char *before, const struct change *c)
{

	fputs(before, stdout);
	table_text(c->group.name);
	putchar('\n');
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	const enum err e = group_add(tx, &c->group);

	json_add_text(&c->details, "name", c->group.name);
	return (e == ERR_TAKEN ? refuse(c, "there is one of this name") : e);
}

static bool
text_ok(const char *text, size_t max)
{

	return (strlen(text) <= max && text_control_free(text) && text_utf8_ok(text, strlen(text)));
}

int
cmd_group_add(struct tool *t)
{
	const char *name = t->words[0], *description = tool_value(t, "--description");
	struct change c = { .refusal = NULL };
	int status;

	if (name[0] == '\0' || name[0] == ' ' || name[strlen(name) - 1] == ' ' ||
	    !text_ok(name, NAME_MAX_LEN))
		return (tool_fail("NAME: must have 1 to %d bytes of UTF-8 without control "
		                  "characters, and no space around it",
		    NAME_MAX_LEN));
	if (description != NULL && !text_ok(description, DESCRIPTION_MAX))
		return (tool_fail("--description: must have at most %d bytes of UTF-8 without "
		                  "control characters",
		    DESCRIPTION_MAX));
	c.group = (struct group){ .id = c.new_id,
		.name = name,
		.description = description == NULL ? "" : description,
		.created_at = clock_ms() };
	if ((status = change(t, &c, "group.created", write_add)) == 0)
		print_group("added the group ", &c);
	return (status);
}

static enum err
write_delete(struct tx *tx, struct change *c)
{

	if (c->group.home_user_id != NULL)
		return (refuse(c, "a user's own stays as long as the user"));
	json_add_text(&c->details, "name", c->group.name);
	return (group_drop(tx, c->group.id));
}

int
cmd_group_delete(struct tool *t)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = ask_sure(t, "Delete the group, and take from its members what it gives?")) !=
	    0)
		return (status);
	if ((status = change(t, &c, "group.deleted", write_delete)) == 0)
		print_group("deleted the group ", &c);
	return (status);
}

static enum err
write_join(struct tx *tx, struct change *c)
{
	bool added;
	enum err e;

	json_add_text(&c->details, "user_id", c->user.id);
	if ((e = group_add_member(tx, c->group.id, c->user.id, c->now, &added)) != ERR_OK)
		return (e);
	return (added ? ERR_OK : refuse(c, "the user is in it already"));
}

static enum err
write_leave(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->group.home_user_id != NULL && strcmp(c->group.home_user_id, c->user.id) == 0)
		return (refuse(c, "it is this user's own"));
	json_add_text(&c->details, "user_id", c->user.id);
	e = group_drop_member(tx, c->group.id, c->user.id);
	return (e == ERR_NOT_FOUND ? refuse(c, "the user is not in it") : e);
}

static int
change_member(struct tool *t, const char *action, enum err (*how)(struct tx *tx, struct change *c),
    const char *said)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = tool_open_store(t)) != 0 ||
	    (status = who_read(t, t->words[1], &c.user)) != 0 ||
	    (status = change(t, &c, action, how)) != 0)
		return (status);
	printf("%s %s ", c.user.email, said);
	print_group("", &c);
	return (0);
}

int
cmd_group_join(struct tool *t)
{

	return (change_member(t, "group.member_added", write_join, "is now in"));
}

int
cmd_group_leave(struct tool *t)
{

	return (change_member(t, "group.member_removed", write_leave, "is no more in"));
}

static enum err
find_role(struct tx *tx, struct change *c)
{
	struct tool *t = c->tool;
	enum err e;

	if ((e = role_find_name(tx_db(tx), t->words[1], t->arena, &c->role)) == ERR_NOT_FOUND)
		return (refuse(c, "there is no such role"));
	json_add_text(&c->details, "role_id", c->role.id);
	json_add_text(&c->details, "role", c->role.name);
	return (e);
}

static enum err
write_grant(struct tx *tx, struct change *c)
{
	bool added;
	enum err e;

	if ((e = find_role(tx, c)) != ERR_OK)
		return (e);
	if (role_is_of_orgs(c->role.id))
		return (refuse(c, "this role is held in an org, not on the whole site"));
	if ((e = group_add_role(tx, c->group.id, c->role.id, c->now, &added)) == ERR_LIMIT)
		return (refuse(c, "it would have more than 64 roles"));
	return (e != ERR_OK || added ? e : refuse(c, "it has this role already"));
}

int
cmd_group_grant(struct tool *t)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = change(t, &c, "group.role_assigned", write_grant)) != 0)
		return (status);
	printf("%s is now the role of all who are in ", c.role.name);
	print_group("", &c);
	return (0);
}

static enum err
write_revoke(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = find_role(tx, c)) != ERR_OK)
		return (e);
	e = group_drop_role(tx, c->group.id, c->role.id);
	return (e == ERR_NOT_FOUND ? refuse(c, "it does not have this role") : e);
}

int
cmd_group_revoke(struct tool *t)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = change(t, &c, "group.role_unassigned", write_revoke)) != 0)
		return (status);
	printf("%s is no more the role of all who are in ", c.role.name);
	print_group("", &c);
	return (0);
}
