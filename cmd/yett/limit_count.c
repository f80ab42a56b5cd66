/* yett limit: how it stands with one count, and beginning it anew. */
#include <stdio.h>

#include "base/limiter.h"
#include "commands.h"
#include "limit_words.h"

struct count {
	struct tool *tool;
	struct limit_policy policy;
	struct limit_words words;
	char of[QUOTA_OF_SIZE];
};

static enum err
find(struct db *db, struct count *c)
{
	struct arena *a = c->tool->arena;
	const char *name = c->tool->words[0];
	enum err e;

	if ((e = limit_policy_find_name(db, name, a, &c->policy)) == ERR_NOT_FOUND) {
		c->words.refusal = arena_print(a, "there is no rate limit \"%s\"", name);
		return (c->words.refusal == NULL ? ERR_NOMEM : ERR_FIELDS);
	}
	if (e != ERR_OK)
		return (e);
	return (limit_words_count_of(c->tool, db, &c->policy, &c->words, c->of));
}

static enum err
write_reset(struct tx *tx, void *arg)
{
	struct count *c = arg;
	struct json details = json_object(c->tool->arena);
	struct event ev = { .action = "limit.reset", .object_type = "limit", .details = &details };
	enum err e;

	if ((e = find(tx_db(tx), c)) != ERR_OK)
		return (e);
	ev.object_id = c->policy.id;
	json_add_text(&details, "name", c->policy.name);
	json_add_text(&details, limit_policy_scope_name(c->policy.scope),
	    c->policy.scope == LIMIT_ROUTE ? c->words.target.route : c->words.target.who);
	return (tool_note(c->tool, tx, &ev));
}

static enum err
read_count(struct count *c)
{
	struct db *db;
	enum err e;

	if ((e = store_read(c->tool->store, &db)) != ERR_OK)
		return (e);
	e = find(db, c);
	store_read_end(c->tool->store, db);
	return (e);
}

static int
print_tally(struct tool *t, const struct count *c, const struct tally *tally)
{
	const long long wait = (tally->wait_ms + 999) / 1000;
	const long long whole = (tally->whole_ms + 999) / 1000;
	struct json j = json_object(t->arena);

	if (!tool_has(t, "--json")) {
		printf("%lld of %lld are left; one more in %lld s, all in %lld s\n",
		    (long long)tally->left, (long long)c->policy.limit_count, wait, whole);
		return (0);
	}
	json_add_text(&j, "policy", c->policy.name);
	json_add_number(&j, "limit_count", c->policy.limit_count);
	json_add_number(&j, "window_sec", c->policy.window_sec);
	json_add_number(&j, "remaining", tally->left);
	json_add_number(&j, "retry_after_sec", wait);
	json_add_number(&j, "reset_sec", whole);
	return (tool_print_json(&j));
}

/* Say how it stands, after ${resetting} or not. */
static int
run(struct tool *t, bool resetting)
{
	struct count c = { .tool = t };
	struct limiter *l = NULL;
	struct tally tally;
	const char *path;
	int status;
	enum err e;

	if ((status = limit_words_read(t, &c.words)) != 0 || (status = tool_open_store(t)) != 0 ||
	    (status = tool_open_master(t)) != 0)
		return (status);
	e = resetting ? store_write(t->store, write_reset, &c) : read_count(&c);
	if (e == ERR_FIELDS && c.words.refusal != NULL)
		return (
		    c.words.refusal[0] == '\0' ? TOOL_FAILED : tool_fail("%s", c.words.refusal));
	if (e == ERR_OK && (path = tool_path(t, "quotas.map")) != NULL)
		e = limiter_open(path, &l);
	if (e == ERR_OK && resetting && l != NULL)
		e = quota_forget(l, &c.policy, c.of, t->arena);
	if (e == ERR_OK && l != NULL)
		e = quota_tell(l, &c.policy, c.of, t->arena, &tally);
	status = e == ERR_OK && l != NULL ? print_tally(t, &c, &tally)
	                                  : tool_fail("the count cannot be had (%s)", err_slug(e));
	limiter_close(l);
	return (status);
}

int
cmd_limit_count(struct tool *t)
{

	return (run(t, false));
}

int
cmd_limit_reset(struct tool *t)
{

	return (run(t, true));
}
