/* yett guard: making, changing and ordering the rules of the database. */
#include <stdio.h>
#include <string.h>

#include "access/guard_rules.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "guard_find.h"
#include "table.h"

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action;           /* as the audit log calls it */
	const char *rule;             /* as it was written; NULL: as it is */
	const char *description;      /* NULL: as it is */
	int64_t position;             /* 0: as it is, or behind all others */
	bool making;                  /* else the first word says which rule */
	struct guard_row before, row; /* as it was; as it becomes */
	const char *refusal;          /* why not, for a person */
	char new_id[ID_SIZE];
};

static enum err
refuse(struct change *c, const char *why)
{

	c->refusal = why;
	return (why == NULL ? ERR_NOMEM : ERR_FIELDS);
}

/* The rule as it was written, into the row. */
static enum err
take_rule(struct tx *tx, struct change *c)
{
	char message[GUARD_MESSAGE_SIZE];
	struct arena *a = c->tool->arena;
	enum err e;

	e = guard_admin_read(tx_db(tx), c->rule, a, &c->row.rule, message);
	return (e == ERR_FIELDS ? refuse(c, arena_print(a, "RULE: %s", message)) : e);
}

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct json details = json_object(c->tool->arena);
	struct event ev = { .action = c->action, .object_type = "guard_rule", .details = &details };
	const char *word = c->tool->words[0];
	enum err e = ERR_OK;

	if (!c->making) {
		e = guard_find(tx_db(tx), word, c->tool->arena, &c->before);
		c->row = c->before;
	}
	if (e == ERR_NOT_FOUND)
		return (refuse(c,
		    arena_print(c->tool->arena, "there is no rule \"%s\" in the database", word)));
	if (e == ERR_OK && c->rule != NULL)
		e = take_rule(tx, c);
	if (e == ERR_OK)
		e = c->how(tx, c);
	if (e == ERR_TAKEN)
		return (refuse(c, "POSITION: is taken, and so is all behind it: move one of these "
		                  "away"));
	if (e != ERR_OK)
		return (e);
	ev.object_id = c->row.id;
	guard_admin_details(&details, c->making ? NULL : &c->before, &c->row);
	return (tool_note(c->tool, tx, &ev));
}

/* Rules that only seem to count. */
static void
warn_hidden(void *arg, const struct guard_listed *hidden, const struct guard_listed *by)
{
	const struct change *c = arg;

	if (hidden->id != NULL && strcmp(hidden->id, c->row.id) == 0)
		tool_warn(
		    "this rule never decides: \"%s\" before it is about all the same requests",
		    by->text);
	else if (by->id != NULL && strcmp(by->id, c->row.id) == 0)
		tool_warn(
		    "\"%s\" decides no more: this rule before it is about all the same requests",
		    hidden->text);
}

static void
look_at_order(struct tool *t, struct change *c)
{
	struct guard_rules *rules;
	struct db *db;

	if (store_read(t->store, &db) != ERR_OK)
		return;
	if (guard_rules_load(&t->conf, db, &rules) == ERR_OK) {
		guard_rules_hidden(rules, warn_hidden, c);
		guard_rules_free(rules);
	}
	store_read_end(t->store, db);
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
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_FIELDS && c->refusal != NULL)
		return (tool_fail("%s", c->refusal));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	if (strcmp(action, "guard_rule.deleted") != 0)
		look_at_order(t, c);
	return (0);
}

/* Say what became of it. */
static void
say(const char *what, const struct guard_row *row)
{

	printf("%s %lld: ", what, (long long)row->position);
	table_text(row->rule);
	putchar('\n');
}

static int
check_description(const char *text)
{

	if (text != NULL && (strlen(text) > GUARD_DESCRIPTION_MAX ||
	                        !text_utf8_ok(text, strlen(text)) || !text_control_free(text)))
		return (tool_fail(
		    "--description: must have at most %d bytes of text", GUARD_DESCRIPTION_MAX));
	return (0);
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = guard_rule_add(tx, &c->row, &c->row.position)) == ERR_TOO_LARGE)
		return (refuse(c, "there are 500 rules already, and no more can be"));
	return (e);
}

int
cmd_guard_add(struct tool *t)
{
	struct change c = {
		.making = true, .rule = t->words[0], .description = tool_value(t, "--description")
	};
	int status;

	if (!tool_number(t, "--position", 0, GUARD_POSITION_MAX, &c.position))
		return (tool_fail("--position: must be a number from 1 to %d", GUARD_POSITION_MAX));
	if ((status = check_description(c.description)) != 0)
		return (status);
	id_new(c.new_id);
	c.row = (struct guard_row){ .id = c.new_id,
		.position = c.position,
		.description = c.description != NULL ? c.description : "",
		.created_at = clock_ms() };
	if ((status = change(t, &c, "guard_rule.created", write_add)) == 0)
		say("added", &c.row);
	return (status);
}

static enum err
write_set(struct tx *tx, struct change *c)
{

	if (c->description != NULL)
		c->row.description = c->description;
	c->row.updated_at = clock_ms();
	return (guard_rule_set(tx, &c->row));
}

int
cmd_guard_set(struct tool *t)
{
	struct change c = { .rule = t->words_count > 1 ? t->words[1] : NULL,
		.description = tool_value(t, "--description") };
	int status;

	if (c.rule == NULL && c.description == NULL)
		return (tool_misuse(t, "nothing to change"));
	if ((status = check_description(c.description)) != 0)
		return (status);
	if ((status = change(t, &c, "guard_rule.updated", write_set)) == 0)
		say("changed", &c.row);
	return (status);
}

static enum err
write_move(struct tx *tx, struct change *c)
{

	c->row.position = c->position;
	return (guard_rule_move(tx, c->row.id, c->position, clock_ms()));
}

int
cmd_guard_move(struct tool *t)
{
	struct change c = { .making = false };
	int status;

	if (!text_number(t->words[1], 1, GUARD_POSITION_MAX, &c.position))
		return (tool_fail("POSITION: must be a number from 1 to %d", GUARD_POSITION_MAX));
	if ((status = change(t, &c, "guard_rule.updated", write_move)) == 0)
		say("moved to", &c.row);
	return (status);
}

static enum err
write_delete(struct tx *tx, struct change *c)
{

	return (guard_rule_drop(tx, c->row.id));
}

int
cmd_guard_delete(struct tool *t)
{
	struct change c = { .making = false };
	int status;

	if ((status = change(t, &c, "guard_rule.deleted", write_delete)) == 0)
		say("deleted", &c.row);
	return (status);
}
