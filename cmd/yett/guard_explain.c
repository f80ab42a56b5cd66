/* yett guard explain: what would be decided about a request, by which rule, and why. */
#include <stdio.h>

#include "access/guard.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/text.h"
#include "commands.h"
#include "options.h"
#include "who.h"

#define MINUTES_MAX 43200 /* 30 days */

/* The question in the command; 0, or the exit status. */
static int
read_question(struct tool *t, struct guard_question *q)
{
	const char *from = tool_value(t, "--from"), *mfa = tool_value(t, "--mfa"), *why = NULL;
	const char *method = tool_value(t, "--method");
	int64_t minutes;
	enum err e;

	*q = (struct guard_question){ .address = from != NULL ? from : "127.0.0.1",
		.began_at = clock_ms() };
	if (method != NULL && !guard_method_ok(method))
		return (tool_misuse(t, "--method: must be in capital letters"));
	if (from != NULL && !address_ok(from))
		return (tool_misuse(t, "--from: %s is no address", from));
	if (mfa != NULL && !text_number(mfa, 0, MINUTES_MAX, &minutes))
		return (tool_misuse(t, "--mfa: so many minutes ago, 0 to %d", MINUTES_MAX));
	if (mfa != NULL) {
		q->amr = "pwd mfa";
		q->began_at -= minutes * 60000;
	}
	e = guard_target_read(
	    t->words[0], method != NULL ? method : "GET", t->arena, &q->target, &why);
	if (e == ERR_BAD_REQUEST)
		return (tool_fail("refused, whatever the rules: %s", why));
	return (e == ERR_OK ? 0 : tool_fail("out of memory"));
}

static int
print(struct tool *t, const struct guard_decision *d)
{
	struct json j = json_object(t->arena);

	if (tool_has(t, "--json")) {
		json_add_text(&j, "decision", guard_verdict_name(d->verdict));
		json_add_text(&j, "rule", d->rule);
		json_add_text(&j, "rule_id", d->rule_id);
		json_add_text(&j, "reason", d->because);
		return (tool_print_json(&j));
	}
	printf("%s\n", guard_verdict_name(d->verdict));
	if (d->rule != NULL)
		printf("rule:   %s (%s)\n", d->rule, d->rule_id != NULL ? d->rule_id : "yett.conf");
	printf("reason: %s\n", d->because);
	return (0);
}

int
cmd_guard_explain(struct tool *t)
{
	const char *as = tool_value(t, "--as");
	struct guard_decision d;
	struct guard_question q;
	struct user user;
	struct db *db;
	int status;
	enum err e;

	if ((status = read_question(t, &q)) != 0 || (status = tool_open_store(t)) != 0)
		return (status);
	if (as != NULL && (status = who_read(t, as, &user)) != 0)
		return (status);
	q.user_id = as != NULL ? user.id : NULL;
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	e = guard_explain(&t->conf, db, &q, t->arena, &d);
	store_read_end(t->store, db);
	if (e != ERR_OK)
		return (
		    tool_fail("nothing can be decided (%s): everybody is kept out", err_slug(e)));
	return (print(t, &d));
}
