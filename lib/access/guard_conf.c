/* The rules of the guard that stand in yett.conf. */
#include "access/guard_conf.h"

#include <stdio.h>

#include "base/text.h"

#define SHOWN_MAX 300                       /* bytes of a line, in a message */
#define ARENA_MAX ((size_t)4 * 1024 * 1024) /* 500 rules take 2 MiB at most */

enum err
guard_conf_each(const struct conf *conf, struct arena *a,
    void (*each)(void *arg, const struct guard_rule *rule, const char *text), void *arg,
    char ret_message[static CONF_MESSAGE_SIZE])
{
	const char *rest = conf->guard_rules;
	char line[CONF_LINES_SIZE], why[GUARD_MESSAGE_SIZE];
	struct guard_rule rule;
	size_t count;
	char *text;
	enum err e;

	for (count = 0; conf_line(&rest, line); count++) {
		if (count == GUARD_RULES_MAX) {
			snprintf(ret_message, CONF_MESSAGE_SIZE,
			    "guard.rule: there are more than %d", GUARD_RULES_MAX);
			return (ERR_CONF);
		}
		snprintf(why, sizeof why, "it has more than %d bytes", GUARD_RULE_MAX);
		if ((e = guard_rule_parse(line, a, &rule, why)) == ERR_OK)
			e = guard_rule_print(&rule, a, &text);
		if (e == ERR_FIELDS) {
			snprintf(ret_message, CONF_MESSAGE_SIZE, "guard.rule = %.*s: %s",
			    (int)text_cut(line, SHOWN_MAX), line, why);
			return (ERR_CONF);
		}
		if (e != ERR_OK)
			return (e);
		each(arg, &rule, text);
	}
	return (ERR_OK);
}

static void
pass_over(void *arg, const struct guard_rule *rule, const char *text)
{

	(void)arg;
	(void)rule;
	(void)text;
}

enum err
guard_conf_check(const struct conf *conf, char ret_message[static CONF_MESSAGE_SIZE])
{
	struct arena *a;
	enum err e;

	if (conf->guard_rules[0] == '\0')
		return (ERR_OK);
	snprintf(ret_message, CONF_MESSAGE_SIZE, "guard.rule: out of memory");
	if ((a = arena_new(ARENA_MAX)) == NULL)
		return (ERR_NOMEM);
	e = guard_conf_each(conf, a, pass_over, NULL, ret_message);
	arena_free(a);
	return (e);
}
