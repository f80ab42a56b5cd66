/* What people may write of a user: read from JSON or a form, checked, and put into a row. */
#ifndef ACCESS_PERSON_H
#define ACCESS_PERSON_H

#include "http/input.h"
#include "http/json.h"
#include "http/request.h"
#include "store/user.h"

struct cJSON;

/* Who writes what: each takes other members. */
enum person_use {
	PERSON_OWN = 1,    /* a user, of himself */
	PERSON_NEW = 2,    /* an admin makes a user */
	PERSON_CHANGE = 4, /* an admin changes one */
	PERSON_IMPORT = 8, /* a line of an import */
};

/* As it came; a text is NULL when it is absent and "" when it is to be cleared. */
struct person {
	const char *email, *username, *name, *first_name, *last_name, *picture_url;
	const char *legacy_user_id, *locale;
	enum flag email_confirmed, can_create_orgs, hidden;
	enum flag enabled, locked, update_password_required;
	struct cJSON *properties, *attributes;
	const char *password;
	const char *password_hash;
	const char *return_to;
	const char *ignored; /* what an export says and an import cannot take over */
	enum flag ignored_flag;
	int64_t ignored_time;
};

/**
 * person_read(r, use, ret_person), person_read_text(r, use, text, len, ret_person):
 * Read the body of ${r}, or the JSON object ${text}, so that all members are well-formed;
 * whether a password may be chosen is not asked here. Errors: ERR_FIELDS, ERR_SYNTAX, both said at
 * ${r}; ERR_NOMEM.
 */
MUST_USE enum err person_read(struct req *r, enum person_use use, struct person *ret_person);
MUST_USE enum err person_read_text(
    struct req *r, enum person_use use, const char *text, size_t len, struct person *ret_person);

/**
 * person_check(r, p):
 * Note what is wrong with the members of ${p}: what the two above have done already.
 * Errors: ERR_FIELDS.
 */
MUST_USE enum err person_check(struct req *r, const struct person *p);

/**
 * person_apply(r, p, merging, u):
 * Put into ${u} what ${p} says of it; with ${merging} its properties and attributes are changed as
 * RFC 7396 has it, else put in the place of the old. An address that changes is not confirmed any
 * more, unless
 * ${p} says so. Errors: ERR_FIELDS when these become too large; ERR_NOMEM.
 */
MUST_USE enum err person_apply(struct req *r, const struct person *p, bool merging, struct user *u);

/**
 * person_add_fields(p, j):
 * Add to ${j} the list "fields": the names of the members of ${p} that are there. Are there any?
 */
bool person_add_fields(const struct person *p, struct json *j);

/**
 * person_prepare(p, id, now, ret_user), person_add(tx, u, group_id, a):
 * A new user with what person_apply() does not put there: id, states, password hash; and storing
 * it, with the role viewer and a group of the own that gets the id ${group_id}.
 * Errors: ERR_TAKEN, ERR_DB, ERR_NOMEM.
 */
void person_prepare(const struct person *p, const char *id, int64_t now, struct user *ret_user);
MUST_USE enum err
person_add(struct tx *tx, const struct user *u, const char *group_id, struct arena *a);

/**
 * person_taken(db, u, a):
 * Which member of ${u} is another user's: its name; NULL when none is, or it cannot be read.
 */
const char *person_taken(struct db *db, const struct user *u, struct arena *a);

#endif
