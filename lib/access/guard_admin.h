/* The rules of the guard as admins see and change them. */
#ifndef ACCESS_GUARD_ADMIN_H
#define ACCESS_GUARD_ADMIN_H

#include "access/guard.h"
#include "http/json.h"
#include "store/guard_rule.h"

#define GUARD_DESCRIPTION_MAX 500 /* bytes */

/**
 * guard_admin_names(db, rule, a, ret_word, ret_message):
 * Are there the roles, orgs and groups that let in by ${rule}? ${ret_word} is the first that is
 * not, counted from 0, and ${ret_message} says so. Errors: ERR_FIELDS; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err guard_admin_names(struct db *db, const struct guard_rule *rule, struct arena *a,
    size_t *ret_word, char ret_message[static GUARD_MESSAGE_SIZE]);

/**
 * guard_admin_read(db, text, a, ret_text, ret_message):
 * ${text} as the one way to write that rule, with names that are there.
 * Errors: ERR_FIELDS, with what is wrong; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err guard_admin_read(struct db *db, const char *text, struct arena *a,
    const char **ret_text, char ret_message[static GUARD_MESSAGE_SIZE]);

/**
 * guard_admin_add_rule(j, rule, text), guard_admin_add_row(j, row):
 * Add to ${j} the members of a rule; of a stored one all there is to tell. What stands there and is
 * no rule any more has a path of null.
 */
void guard_admin_add_rule(struct json *j, const struct guard_rule *rule, const char *text);
void guard_admin_add_row(struct json *j, const struct guard_row *row);

/**
 * guard_admin_details(j, before, after):
 * Fill ${j} with what the audit log has of a change: the rule and its position, and what they were
 * when they were others. ${before} is NULL for a rule made or deleted.
 */
void
guard_admin_details(struct json *j, const struct guard_row *before, const struct guard_row *after);

/* A question about a decision, as somebody wrote it; NULL where nothing is said. */
struct guard_asked {
	const char *url;
	const char *method; /* GET */
	const char *from;
	const char *mfa; /* minutes since a second factor was used; none was */
};

/**
 * guard_admin_question(asked, address, now, a, ret_question, ret_field, ret_why):
 * Read all of ${asked} but who it is about; ${address} is where it comes from unless that is said.
 * Errors: ERR_FIELDS, ${ret_field} ("url", "method", "from", "mfa") and ${ret_why} (both static)
 * say what is wrong; ERR_NOMEM.
 */
MUST_USE enum err guard_admin_question(const struct guard_asked *asked, const char *address,
    int64_t now, struct arena *a, struct guard_question *ret_question, const char **ret_field,
    const char **ret_why);

/**
 * guard_admin_add_decision(j, d):
 * Add to ${j} what was decided, and why.
 */
void guard_admin_add_decision(struct json *j, const struct guard_decision *d);

#endif
