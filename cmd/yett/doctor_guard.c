/* What yett doctor looks for in the rules of the guard. */
#include <stdio.h>

#include "access/guard_admin.h"
#include "access/guard_conf.h"
#include "access/guard_rules.h"
#include "doctor.h"

struct check {
	struct doctor *doctor;
	struct db *db;
	unsigned int count;
	bool wrong; /* something was said */
};

/* A name that leads nowhere lets nobody in. */
static void
check_names(struct check *c, const struct guard_rule *rule, const char *text)
{
	char message[GUARD_MESSAGE_SIZE];
	size_t word;

	c->count++;
	if (c->db == NULL ||
	    guard_admin_names(c->db, rule, c->doctor->tool->arena, &word, message) != ERR_FIELDS)
		return;
	doctor_say(c->doctor, FINDING_WARN, "guard", "%s, so that word lets nobody in: %.300s",
	    message, text);
	c->wrong = true;
}

static void
check_configured(void *arg, const struct guard_rule *rule, const char *text)
{

	check_names(arg, rule, text);
}

static void
check_stored(void *arg, const struct guard_row *row)
{
	char message[GUARD_MESSAGE_SIZE];
	struct check *c = arg;
	struct guard_rule rule;

	if (guard_rule_parse(row->rule, c->doctor->tool->arena, &rule, message) == ERR_OK) {
		check_names(c, &rule, row->rule);
		return;
	}
	doctor_say(c->doctor, FINDING_FAIL, "guard",
	    "what is at %lld is no rule: %s; run \"yett guard set %lld RULE\", or \"delete %lld\"",
	    (long long)row->position, message, (long long)row->position, (long long)row->position);
	c->wrong = true;
}

static void
tell_hidden(void *arg, const struct guard_listed *hidden, const struct guard_listed *by)
{
	struct check *c = arg;

	doctor_say(c->doctor, FINDING_WARN, "guard",
	    "\"%.300s\" never decides: \"%.300s\" before it is about all the same requests",
	    hidden->text, by->text);
	c->wrong = true;
}

/* Rules that others stand before. Those that are none have been told. */
static void
check_order(struct check *c)
{
	struct guard_rules *rules;

	if (c->db == NULL || c->wrong ||
	    guard_rules_load(&c->doctor->tool->conf, c->db, &rules) != ERR_OK)
		return;
	guard_rules_hidden(rules, tell_hidden, c);
	guard_rules_free(rules);
}

void
doctor_check_guard(struct doctor *d, bool readable)
{
	struct check c = { .doctor = d };
	struct tool *t = d->tool;
	const char *path = tool_path(t, "yett.db");
	char message[CONF_MESSAGE_SIZE] = "out of memory";

	if (readable && (path == NULL || db_open(path, DB_READ, &c.db) != ERR_OK))
		c.db = NULL;
	if (guard_conf_each(&t->conf, t->arena, check_configured, &c, message) != ERR_OK) {
		doctor_say(d, FINDING_FAIL, "guard",
		    "%s; no program starts before that is mended in yett.conf", message);
		c.wrong = true;
	}
	if (c.db != NULL &&
	    guard_rule_list(c.db, 0, GUARD_ROWS_MAX, t->arena, check_stored, &c) != ERR_OK) {
		doctor_say(d, FINDING_FAIL, "guard", "the rules cannot be read");
		c.wrong = true;
	}
	check_order(&c);
	db_close(c.db);
	if (!c.wrong)
		doctor_say(d, FINDING_OK, "guard", "%u rule%s%s", c.count, c.count == 1 ? "" : "s",
		    c.count == 0 ? ": who comes to a guarded page is not let in" : "");
}
