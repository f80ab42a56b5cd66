/* The rules of the guard as a program has them in memory: which one is about a request. */
#ifndef ACCESS_GUARD_RULES_H
#define ACCESS_GUARD_RULES_H

#include "access/guard_rule.h"
#include "base/conf.h"
#include "store/db.h"

struct guard_rules;

/* A rule in its place. */
struct guard_listed {
	struct guard_rule rule;
	const char *text;
	const char *id; /* NULL: it stands in yett.conf */
};

/* A request to somebody else's pages. */
struct guard_target {
	const char *host; /* small letters, no port; "": not said */
	const char *path; /* as guard_path_read() gives it */
	const char *method;
};

/**
 * guard_rules_load(conf, db, ret_rules):
 * Read the rules of ${conf}, and behind them those of the database. Free with guard_rules_free()
 * (NULL too). Errors: ERR_CONF for a rule that is none (logged): if it were left out, another would
 * decide in its place; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
guard_rules_load(const struct conf *conf, struct db *db, struct guard_rules **ret_rules);
void guard_rules_free(struct guard_rules *rules);

/**
 * guard_rules_find(rules, target):
 * The first rule that is about ${target}; NULL: none is.
 */
const struct guard_listed *
guard_rules_find(const struct guard_rules *rules, const struct guard_target *target);

/**
 * guard_rules_hidden(rules, each, arg):
 * Call ${each} for every rule that never decides anything, with the first that stands before it and
 * is about all the same requests.
 */
void guard_rules_hidden(const struct guard_rules *rules,
    void (*each)(void *arg, const struct guard_listed *hidden, const struct guard_listed *by),
    void *arg);

#endif
