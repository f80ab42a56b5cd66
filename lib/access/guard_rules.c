/* The rules of the guard as a program has them in memory: which one is about a request. */
#include "access/guard_rules.h"

#include <stdlib.h>
#include <string.h>

#include "access/guard_conf.h"
#include "base/log.h"
#include "base/text.h"
#include "store/guard_rule.h"

#define ARENA_MAX ((size_t)8 << 20) /* 1,000 rules of 1 KiB, as text and in parts */

struct guard_rules {
	struct arena *arena;
	size_t count;
	struct guard_listed items[2 * GUARD_RULES_MAX]; /* of yett.conf, of the database */
};

/* What loading needs besides. */
struct loading {
	struct guard_rules *rules;
	enum err err;
};

static void
add_of_conf(void *arg, const struct guard_rule *rule, const char *text)
{
	struct guard_rules *rules = arg;

	rules->items[rules->count++] = (struct guard_listed){ .rule = *rule, .text = text };
}

static void
add_row(void *arg, const struct guard_row *row)
{
	struct loading *l = arg;
	struct guard_rules *rules = l->rules;
	struct guard_listed *item = &rules->items[rules->count];
	char why[GUARD_MESSAGE_SIZE] = "";

	if (l->err != ERR_OK)
		return;
	l->err = guard_rule_parse(row->rule, rules->arena, &item->rule, why);
	if (l->err == ERR_FIELDS) {
		log_event(LOG_ERROR, NULL, "the guard's rule %s is none: %s", row->id, why);
		l->err = ERR_CONF;
	}
	if (l->err != ERR_OK)
		return;
	item->text = arena_copy(rules->arena, row->rule);
	item->id = arena_copy(rules->arena, row->id);
	if (item->text == NULL || item->id == NULL)
		l->err = ERR_NOMEM;
	rules->count++;
}

static enum err
load(const struct conf *conf, struct db *db, struct guard_rules *rules)
{
	struct loading l = { .rules = rules };
	char message[CONF_MESSAGE_SIZE] = "";
	struct arena *rows;
	enum err e;

	if ((rules->arena = arena_new(ARENA_MAX)) == NULL)
		return (ERR_NOMEM);
	if ((e = guard_conf_each(conf, rules->arena, add_of_conf, rules, message)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "%s", message);
		return (e);
	}
	if ((rows = arena_new(ARENA_MAX)) == NULL)
		return (ERR_NOMEM);
	e = guard_rule_list(db, 0, GUARD_RULES_MAX, rows, add_row, &l);
	arena_free(rows);
	return (e == ERR_OK ? l.err : e);
}

enum err
guard_rules_load(const struct conf *conf, struct db *db, struct guard_rules **ret_rules)
{
	struct guard_rules *rules = calloc(1, sizeof *rules);
	size_t len;
	enum err e;

	if (rules == NULL)
		return (ERR_NOMEM);
	if ((e = load(conf, db, rules)) != ERR_OK) {
		guard_rules_free(rules);
		return (e);
	}
	len = offsetof(struct guard_rules, items) + rules->count * sizeof rules->items[0];
	*ret_rules = rules;
	if ((rules = realloc(rules, len)) != NULL)
		*ret_rules = rules;
	return (ERR_OK);
}

void
guard_rules_free(struct guard_rules *rules)
{

	if (rules == NULL)
		return;
	arena_free(rules->arena);
	free(rules);
}

static bool
host_matches(const char *wanted, const char *host)
{
	const size_t len = strlen(host);
	size_t end;

	if (wanted == NULL)
		return (true);
	if (!text_starts(wanted, "*."))
		return (strcmp(wanted, host) == 0);
	end = strlen(wanted + 1); /* with its dot */
	return (len > end && strcmp(host + len - end, wanted + 1) == 0);
}

static bool
path_matches(const char *prefix, const char *path)
{
	const size_t len = strlen(prefix);

	if (len == 1)
		return (true);
	return (strncmp(path, prefix, len) == 0 && (path[len] == '\0' || path[len] == '/'));
}

static bool
method_matches(const struct guard_rule *rule, const char *method)
{
	size_t i;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (i = 0; i < rule->methods_count; i++)
		if (strcmp(rule->methods[i], method) == 0)
			return (true);
	return (rule->methods_count == 0);
}

const struct guard_listed *
guard_rules_find(const struct guard_rules *rules, const struct guard_target *target)
{
	const struct guard_rule *rule;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		rule = &rules->items[i].rule;
		if (path_matches(rule->path, target->path) &&
		    host_matches(rule->host, target->host) && method_matches(rule, target->method))
			return (&rules->items[i]);
	}
	return (NULL);
}

void
guard_rules_hidden(const struct guard_rules *rules,
    void (*each)(void *arg, const struct guard_listed *hidden, const struct guard_listed *by),
    void *arg)
{
	size_t i, j;

	for (i = 1; i < rules->count; i++)
		for (j = 0; j < i; j++)
			if (guard_rule_hides(&rules->items[j].rule, &rules->items[i].rule)) {
				each(arg, &rules->items[i], &rules->items[j]);
				break;
			}
}
