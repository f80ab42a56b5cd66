/* yett guard explain: what would be decided about a request, by which rule, and why. */
#include <stdio.h>
#include <string.h>

#include "access/guard_admin.h"
#include "base/clock.h"
#include "commands.h"
#include "options.h"
#include "who.h"

/* The question in the command; 0, or the exit status. */
static int
read_question(struct tool *t, struct guard_question *q)
{
	const struct guard_asked asked = { .url = t->words[0],
		.method = tool_value(t, "--method"),
		.from = tool_value(t, "--from"),
		.mfa = tool_value(t, "--mfa") };
	const char *field, *why;
	enum err e;

	e = guard_admin_question(&asked, "127.0.0.1", clock_ms(), t->arena, q, &field, &why);
	if (e == ERR_FIELDS && strcmp(field, "url") != 0)
		return (tool_misuse(t, "--%s: %s", field, why));
	if (e == ERR_FIELDS)
		return (tool_fail("refused, whatever the rules: %s", why));
	return (e == ERR_OK ? 0 : tool_fail("out of memory"));
}

/* What is decided about ${user}; NULL: a stranger. */
static int
print(struct tool *t, const struct guard_decision *d, const struct user *user)
{
	struct json j = json_object(t->arena);

	if (tool_has(t, "--json")) {
		guard_admin_add_decision(&j, d);
		return (tool_print_json(&j));
	}
	printf("%s\n", guard_verdict_name(d->verdict));
	if (d->rule != NULL)
		printf("rule:   %s (%s)\n", d->rule, d->rule_id != NULL ? d->rule_id : "yett.conf");
	printf("reason: %s\n", d->because);
	if (user != NULL && d->verdict == GUARD_ALLOWED && !user->email_confirmed &&
	    strcmp(t->conf.guard_user, "email") == 0)
		printf("name:   %s, for the address is not confirmed\n", user->id);
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
	return (print(t, &d, as != NULL ? &user : NULL));
}
