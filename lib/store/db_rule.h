/* Conditions on permissions: expressions of SQLite, evaluated where there is no table, no file and
 * no end to wait for. */
#ifndef STORE_DB_RULE_H
#define STORE_DB_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define RULE_MAX 1000 /* bytes of an expression */

/* What an expression may speak of. NULL where there is none. */
struct db_rule_facts {
	const char *subject;    /* :subject, the id of the user */
	const char *org;        /* :org, the id of the org that is asked about */
	const char *resource;   /* :resource */
	const char *action;     /* :action */
	const char *attributes; /* :attributes, a JSON object that came with the question */
	const char *user;       /* :user, a JSON object: what admins wrote of the user */
	bool of_org; /* the expression is an org's, whose owner is not to learn that: no :user */
	int64_t deadline; /* ms of the steady clock: no condition is judged any longer */
	int64_t now; /* in UTC :date "2026-01-31", :time "12:00", :hour, :weekday (0: Sunday) */
};

/**
 * db_rule_check(expression, of_org, a, ret_detail):
 * Is ${expression} one that db_rule_holds() could evaluate: one expression, of operators, the facts
 * above (without :user when it is ${of_org}) and a few functions without effect (coalesce, iif,
 * json_extract, length, like, lower, ...; also -> and ->>)? ${ret_detail} says what is wrong, owned
 * by ${a}. Errors: ERR_FIELDS; ERR_NOMEM.
 */
MUST_USE enum err
db_rule_check(const char *expression, bool of_org, struct arena *a, const char **ret_detail);

/**
 * db_rule_holds(expression, facts, ret_holds):
 * Is ${expression} true of ${facts}? What is NULL is not. Errors: ERR_SYNTAX when it cannot be
 * evaluated: not an expression, a fact that is not JSON or has more than 20 KiB. ERR_BUSY when the
 * time is up. ERR_NOMEM.
 */
MUST_USE enum err
db_rule_holds(const char *expression, const struct db_rule_facts *facts, bool *ret_holds);

#endif
