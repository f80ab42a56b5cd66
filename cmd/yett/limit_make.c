/* yett limit: making rate limits, and for whom they hold. */
#include <stdio.h>
#include <string.h>

#include "access/right.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "limit_words.h"

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action;         /* as the audit log calls it */
	struct limit_policy policy; /* that the first word names; a new one has its id already */
	const char *new_name, *description; /* NULL: as it is */
	int64_t limit_count, window_sec;    /* 0: as it is */
	struct limit_words words;           /* for whom */
	struct json details;
	const char *refusal; /* why not, for a person; "": that has been said */
	char new_id[ID_SIZE];
};

static enum err
refuse(struct change *c, const char *why)
{

	c->refusal = why;
	return (why == NULL ? ERR_NOMEM : ERR_FIELDS);
}

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct event ev = { .action = c->action, .object_type = "limit", .details = &c->details };
	const char *name = c->tool->words[0];
	enum err e = ERR_OK;

	if (c->policy.id == NULL)
		e = limit_policy_find_name(tx_db(tx), name, c->tool->arena, &c->policy);
	if (e == ERR_NOT_FOUND)
		return (
		    refuse(c, arena_print(c->tool->arena, "there is no rate limit \"%s\"", name)));
	if (e != ERR_OK || (e = c->how(tx, c)) != ERR_OK)
		return (e);
	ev.object_id = c->policy.id;
	json_add_text(&c->details, "name", c->policy.name);
	if (c->words.target.who != NULL)
		json_add_text(
		    &c->details, limit_policy_scope_name(c->policy.scope), c->words.target.who);
	if (c->words.target.route != NULL)
		json_add_text(&c->details, "route", c->words.target.route);
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
	c->details = json_object(t->arena);
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_FIELDS && c->refusal != NULL)
		return (c->refusal[0] == '\0' ? TOOL_FAILED : tool_fail("%s", c->refusal));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	return (0);
}

static void
add_numbers(struct change *c)
{

	json_add_text(&c->details, "scope", limit_policy_scope_name(c->policy.scope));
	json_add_number(&c->details, "limit_count", c->policy.limit_count);
	json_add_number(&c->details, "window_sec", c->policy.window_sec);
}

static enum err
check_rate(struct change *c)
{

	if (!quota_words_rate_ok(c->policy.limit_count, c->policy.window_sec))
		return (refuse(c, "so many cannot be counted: at most 25600 requests a second"));
	return (ERR_OK);
}

/* The result of storing a policy. */
static enum err
explain(struct change *c, enum err e)
{

	if (e == ERR_TAKEN)
		return (refuse(c, "there is a rate limit of this name"));
	if (e == ERR_TOO_LARGE)
		return (refuse(c, "there are 256 rate limits already, and no more can be"));
	return (e);
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	enum err e;

	add_numbers(c);
	if ((e = check_rate(c)) != ERR_OK)
		return (e);
	return (explain(c, limit_policy_add(tx, &c->policy)));
}

static int
check_words(const char *name, const char *description)
{

	if (name != NULL && !right_role_ok(name))
		return (
		    tool_fail("a name must have 2 to 64 small letters, digits, '.', '_' or '-', "
		              "a letter first"));
	if (description != NULL &&
	    (strlen(description) > 500 || !text_utf8_ok(description, strlen(description)) ||
	        !text_control_free(description)))
		return (tool_fail("--description: must have at most 500 bytes of text"));
	return (0);
}

int
cmd_limit_add(struct tool *t)
{
	struct change c = { .description = tool_value(t, "--description") };
	struct limit_policy *p = &c.policy;
	int status;

	if ((status = check_words(t->words[0], c.description)) != 0)
		return (status);
	if (!limit_policy_scope_find(t->words[1], &p->scope))
		return (tool_fail("SCOPE: must be user, org, key, network or route"));
	if (!text_number(t->words[2], 1, QUOTA_COUNT_MAX, &p->limit_count))
		return (tool_fail("COUNT: must be a number from 1 to %d", QUOTA_COUNT_MAX));
	if (!text_number(t->words[3], 1, QUOTA_WINDOW_MAX, &p->window_sec))
		return (tool_fail("SECONDS: must be a number from 1 to %d", QUOTA_WINDOW_MAX));
	id_new(c.new_id);
	p->id = c.new_id;
	p->name = t->words[0];
	p->description = c.description != NULL ? c.description : "";
	p->created_at = clock_ms();
	if ((status = change(t, &c, "limit.created", write_add)) == 0)
		printf("added %s (%s); it holds for nobody yet: \"yett limit assign %s\"\n",
		    p->name, p->id, p->name);
	return (status);
}

static enum err
write_edit(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->new_name != NULL)
		c->policy.name = c->new_name;
	if (c->description != NULL)
		c->policy.description = c->description;
	if (c->limit_count != 0)
		c->policy.limit_count = c->limit_count;
	if (c->window_sec != 0)
		c->policy.window_sec = c->window_sec;
	add_numbers(c);
	if ((e = check_rate(c)) != ERR_OK)
		return (e);
	return (explain(c, limit_policy_set(tx, &c->policy)));
}

int
cmd_limit_edit(struct tool *t)
{
	struct change c = { .new_name = tool_value(t, "--name"),
		.description = tool_value(t, "--description") };
	int status;

	if (t->options_count == 0)
		return (tool_misuse(t, "nothing to change"));
	if ((status = check_words(c.new_name, c.description)) != 0)
		return (status);
	if (!tool_number(t, "--count", 0, QUOTA_COUNT_MAX, &c.limit_count))
		return (tool_fail("--count: must be a number from 1 to %d", QUOTA_COUNT_MAX));
	if (!tool_number(t, "--seconds", 0, QUOTA_WINDOW_MAX, &c.window_sec))
		return (tool_fail("--seconds: must be a number from 1 to %d", QUOTA_WINDOW_MAX));
	if ((status = change(t, &c, "limit.updated", write_edit)) == 0)
		printf("%s lets each %s have %lld requests in %lld s\n", c.policy.name,
		    limit_policy_scope_name(c.policy.scope), (long long)c.policy.limit_count,
		    (long long)c.policy.window_sec);
	return (status);
}

static enum err
write_delete(struct tx *tx, struct change *c)
{

	return (limit_policy_drop(tx, c->policy.id));
}

int
cmd_limit_delete(struct tool *t)
{
	struct change c = { .refusal = NULL };
	int status;

	if ((status = change(t, &c, "limit.deleted", write_delete)) == 0)
		printf("deleted %s\n", c.policy.name);
	return (status);
}

/* What the options mean to the policy, which is known only now. */
static enum err
mean(struct tx *tx, struct change *c)
{
	const enum err e = limit_words_mean(c->tool, tx_db(tx), &c->policy, &c->words);

	c->refusal = c->words.refusal;
	return (e);
}

static enum err
write_assign(struct tx *tx, struct change *c)
{
	struct limit_assignment as = {
		.id = c->new_id, .policy_id = c->policy.id, .created_at = clock_ms()
	};
	enum err e;

	if ((e = mean(tx, c)) != ERR_OK)
		return (e);
	as.scope = c->policy.scope;
	as.target = c->words.target;
	if ((e = limit_policy_assign(tx, &as)) == ERR_TOO_LARGE)
		return (refuse(c, "there are 4096 assignments already, and no more can be"));
	return (e);
}

static enum err
write_unassign(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = mean(tx, c)) != ERR_OK)
		return (e);
	if ((e = limit_policy_unassign(tx, &c->policy, &c->words.target)) == ERR_NOT_FOUND)
		return (refuse(c, "the rate limit is not assigned so"));
	return (e);
}

static int
change_target(struct tool *t, const char *action, enum err (*how)(struct tx *tx, struct change *c),
    const char *holds)
{
	struct change c = { .refusal = NULL };
	int status;

	id_new(c.new_id);
	if ((status = limit_words_read(t, &c.words)) != 0 ||
	    (status = change(t, &c, action, how)) != 0)
		return (status);
	printf("%s %s %s at %s\n", c.policy.name, holds,
	    c.words.target.who != NULL ? c.words.target.who : "everybody",
	    c.words.target.route != NULL ? c.words.target.route : "all routes");
	return (0);
}

int
cmd_limit_assign(struct tool *t)
{

	return (change_target(t, "limit.assigned", write_assign, "now holds for"));
}

int
cmd_limit_unassign(struct tool *t)
{

	return (change_target(t, "limit.unassigned", write_unassign, "holds no more for"));
}
