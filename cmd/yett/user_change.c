/* yett user: changes of one user. */
#include "user_change.h"

#include <stdio.h>
#include <string.h>

#include "access/person.h"
#include "access/ticket.h"
#include "base/clock.h"
#include "base/text.h"
#include "commands.h"
#include "store/session.h"
#include "who.h"

int
user_change_open(struct tool *t, struct user_change *ret_c)
{
	int status;

	memset(ret_c, 0, sizeof *ret_c);
	ret_c->tool = t;
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	return (who_read(t, t->words[0], &ret_c->user));
}

enum err
user_change_note(
    struct tool *t, struct tx *tx, const char *action, const char *user_id, struct json *details)
{
	const struct event ev = {
		.action = action, .object_type = "user", .object_id = user_id, .details = details
	};

	return (tool_note(t, tx, &ev));
}

enum err
user_change_end(struct tx *tx, struct user_change *c)
{
	struct json details = json_object(c->tool->arena);
	enum err e;

	if ((e = ticket_forget_all(tx, c->user.id)) != ERR_OK ||
	    (e = session_revoke_all(tx, c->user.id, NULL, NULL, c->now, &c->ended)) != ERR_OK)
		return (e);
	json_add_number(&details, "count", c->ended);
	return (user_change_note(c->tool, tx, "sessions.ended", c->user.id, &details));
}

enum err
user_change_tell(struct tx *tx, struct user_change *c, enum notice_how how)
{
	const struct tool *t = c->tool;
	const struct notice n = {
		.conf = &t->conf, .master = t->master, .arena = t->arena, .now = c->now
	};
	enum err e;

	if ((e = ticket_forget_user(tx, TICKET_RESET, c->user.id)) != ERR_OK)
		return (e);
	return (notice_password(tx, &n, &c->user, how));
}

struct running {
	struct user_change *change;
	bool last_admin; /* there is none any more */
};

/* The machine's admin may lock out even the last one of the site, whose account may be stolen. */
static enum err
run(struct tx *tx, void *arg)
{
	struct running *running = arg;
	struct user_change *c = running->change;
	int64_t before, after;
	enum err e;

	if ((e = role_count_holders(tx_db(tx), ROLE_ADMIN, &before)) != ERR_OK ||
	    (e = c->how(tx, c)) != ERR_OK ||
	    (e = role_count_holders(tx_db(tx), ROLE_ADMIN, &after)) != ERR_OK)
		return (e);
	running->last_admin = before > 0 && after == 0;
	return (ERR_OK);
}

int
user_change_store(struct user_change *c, enum err (*how)(struct tx *tx, struct user_change *c))
{
	struct running running = { .change = c };
	enum err e;

	c->how = how;
	c->now = clock_ms();
	e = store_write(c->tool->store, run, &running);
	if (e != ERR_OK && c->said != NULL)
		return (tool_fail("%s", c->said));
	if (e == ERR_TAKEN && c->taken != NULL)
		return (tool_fail("%s: is taken", c->taken));
	if (e == ERR_NOT_FOUND)
		return (tool_fail("somebody has deleted this user meanwhile"));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	if (running.last_admin)
		tool_warn("that was the last admin: \"yett role grant WHO admin\" makes another");
	return (0);
}

/* Change the user by ${how}, and say ${what} became of it. */
static int
change(struct tool *t, enum err (*how)(struct tx *tx, struct user_change *c), const char *what,
    bool ending)
{
	struct user_change c;
	int status;

	if ((status = user_change_open(t, &c)) != 0 || (status = user_change_store(&c, how)) != 0)
		return (status);
	printf("%s %s", c.user.email, what);
	if (ending)
		printf("; sessions ended: %lld", (long long)c.ended);
	putchar('\n');
	return (0);
}

static enum err
write_enable(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_set_enabled(tx, c->user.id, true, c->now)) != ERR_OK)
		return (e);
	return (user_change_note(c->tool, tx, "user.enabled", c->user.id, NULL));
}

int
cmd_user_enable(struct tool *t)
{

	return (change(t, write_enable, "is enabled", false));
}

static enum err
write_disable(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_set_enabled(tx, c->user.id, false, c->now)) != ERR_OK ||
	    (e = user_change_note(c->tool, tx, "user.disabled", c->user.id, NULL)) != ERR_OK)
		return (e);
	return (user_change_end(tx, c));
}

int
cmd_user_disable(struct tool *t)
{

	return (change(t, write_disable, "is disabled", true));
}

int
cmd_user_logout(struct tool *t)
{

	return (change(t, user_change_end, "is signed out everywhere", true));
}

static enum err
write_required(struct tx *tx, struct user_change *c)
{
	enum err e;

	if (c->user.password_hash == NULL) {
		c->said = "the user has no password to update";
		return (ERR_TAKEN);
	}
	if ((e = user_require_password(tx, c->user.id, c->now)) != ERR_OK)
		return (e);
	return (user_change_note(c->tool, tx, "password.update_required", c->user.id, NULL));
}

int
cmd_user_require_password_update(struct tool *t)
{

	return (change(t, write_required, "must choose another password", false));
}

static enum err
write_cleared(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_set_password(tx, c->user.id, NULL, c->now)) != ERR_OK ||
	    (e = user_change_note(c->tool, tx, "password.cleared", c->user.id, NULL)) != ERR_OK ||
	    (e = user_change_end(tx, c)) != ERR_OK)
		return (e);
	return (user_change_tell(tx, c, NOTICE_CLEARED));
}

int
cmd_user_clear_password(struct tool *t)
{

	return (change(t, write_cleared, "has no password any more", true));
}

/* The options of user edit, and the members that they stand for. */
static const struct edit {
	const char *option, *member;
	enum { EDIT_TEXT, EDIT_BOOL, EDIT_JSON } type;
} edits[] = {
	{ "--email", "email", EDIT_TEXT },
	{ "--username", "username", EDIT_TEXT },
	{ "--name", "name", EDIT_TEXT },
	{ "--first-name", "first_name", EDIT_TEXT },
	{ "--last-name", "last_name", EDIT_TEXT },
	{ "--picture", "picture_url", EDIT_TEXT },
	{ "--lang", "locale", EDIT_TEXT },
	{ "--legacy-id", "legacy_user_id", EDIT_TEXT },
	{ "--email-confirmed", "email_confirmed", EDIT_BOOL },
	{ "--can-create-orgs", "can_create_orgs", EDIT_BOOL },
	{ "--hidden", "hidden", EDIT_BOOL },
	{ "--properties", "properties", EDIT_JSON },
	{ "--attributes", "attributes", EDIT_JSON },
};

static int
add_edit(const struct edit *ed, const char *value, struct json *j)
{
	const char *detail;
	struct cJSON *tree;

	switch (ed->type) {
	case EDIT_TEXT:
		json_add_text(j, ed->member, value);
		return (0);
	case EDIT_BOOL:
		if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
			return (tool_fail("%s must be true or false", ed->option));
		json_add_bool(j, ed->member, strcmp(value, "true") == 0);
		return (0);
	case EDIT_JSON:
		if (json_parse(value, strlen(value), j->arena, &tree, &detail) != ERR_OK)
			return (tool_fail("%s must be a JSON object", ed->option));
		json_add_tree(j, ed->member, tree);
		return (0);
	}
	return (TOOL_MISUSED);
}

/* What is wrong, as the programs would say it. */
static int
fail_as(const struct req *said, enum err e)
{

	if (said->field_errors_count > 0)
		return (
		    tool_fail("%s: %s", said->field_errors[0].name, said->field_errors[0].value));
	return (said->detail != NULL ? tool_fail("%s", said->detail)
	                             : tool_fail("the change is refused (%s)", err_slug(e)));
}

static int
read_edits(struct tool *t, struct req *said, struct person *ret_person)
{
	struct json j = json_object(t->arena);
	const char *value, *text;
	size_t i, count = 0;
	int status;
	enum err e;

	for (i = 0; i < COUNT(edits); i++) {
		if ((value = tool_value(t, edits[i].option)) == NULL)
			continue;
		count++;
		if ((status = add_edit(&edits[i], value, &j)) != 0)
			return (status);
	}
	if (count == 0)
		return (tool_misuse(t, "what is to be changed?"));
	if ((text = json_print(&j)) == NULL)
		return (tool_fail("out of memory"));
	if ((e = person_read_text(said, PERSON_CHANGE, text, strlen(text), ret_person)) != ERR_OK)
		return (fail_as(said, e));
	return (0);
}

static enum err
write_edit(struct tx *tx, struct user_change *c)
{
	struct arena *a = c->tool->arena;
	struct json details = json_object(a);
	struct req said = { .arena = a };
	const char *old;
	struct user u;
	enum err e;

	if ((e = user_find(tx_db(tx), USER_BY_ID, c->user.id, a, &u)) != ERR_OK)
		return (e);
	old = u.email;
	if ((e = person_apply(&said, c->arg, true, &u)) == ERR_FIELDS)
		c->said =
		    arena_print(a, "%s: %s", said.field_errors[0].name, said.field_errors[0].value);
	if (e != ERR_OK)
		return (e);
	if ((e = user_set_profile(tx, &u, c->now, a)) == ERR_TAKEN)
		c->taken = person_taken(tx_db(tx), &u, a);
	if (e == ERR_OK && !text_same_nocase(old, u.email))
		e = ticket_forget_all(tx, u.id);
	if (e != ERR_OK)
		return (e);
	c->user.email = u.email;
	(void)person_add_fields(c->arg, &details);
	return (user_change_note(c->tool, tx, "user.updated", u.id, &details));
}

int
cmd_user_edit(struct tool *t)
{
	struct req said = { .arena = t->arena };
	struct person person;
	struct user_change c;
	int status;

	if ((status = read_edits(t, &said, &person)) != 0 ||
	    (status = user_change_open(t, &c)) != 0)
		return (status);
	c.arg = &person;
	if ((status = user_change_store(&c, write_edit)) != 0)
		return (status);
	printf("%s is changed\n", c.user.email);
	return (0);
}
