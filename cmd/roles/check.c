/* May somebody do something, and why? */
#include "check.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/app.h"
#include "access/right.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/db_rule.h"
#include "store/user.h"

#define CHECKS_MAX 100
#define GRANTS_MAX 1024
#define USERS_MAX 16 /* what is known of one takes up to 60 KiB of the request's arena */

struct question {
	const char *subject; /* NULL: who asks */
	const char *resource;
	const char *action;
	struct cJSON *attributes; /* of what it is about, for conditions; NULL: none */
};

static const struct field fields[] = {
	{ "subject", FIELD_TEXT, offsetof(struct question, subject), ID_SIZE - 1, ID_SIZE - 1,
	    FIELD_OPTIONAL },
	{ "resource", FIELD_TEXT, offsetof(struct question, resource), 1, 64, 0 },
	{ "action", FIELD_TEXT, offsetof(struct question, action), 1, 64, 0 },
	{ "attributes", FIELD_OBJECT, offsetof(struct question, attributes), 0, 0, FIELD_OPTIONAL },
};

/* What is known of the user whom the last question was about; the next is often about the same. */
struct known {
	const char *user_id; /* NULL: nobody yet */
	const char *missing; /* why nothing is allowed; NULL: no reason */
	const char *properties;
	struct held held;
	size_t count;
	struct {
		int role; /* in held */
		struct permit permit;
	} grants[GRANTS_MAX];
	bool full;          /* there are more */
	unsigned int users; /* so far */
};

/* Only who may sign in may do anything. */
static enum err
check_user(struct db *db, struct arena *a, struct known *k)
{
	struct user u;
	enum err e;

	if ((e = user_find(db, USER_BY_ID, k->user_id, a, &u)) == ERR_NOT_FOUND)
		k->missing = "there is no such user";
	else if (e == ERR_OK && !u.enabled)
		k->missing = "the user is disabled";
	else if (e == ERR_OK && u.locked)
		k->missing = "the user is locked";
	else if (e == ERR_OK)
		k->properties = u.properties;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* What a role holds, as it is read. */
struct reading {
	struct known *known;
	int role;
};

static void
add_grant(void *arg, const struct permit *permit)
{
	const struct reading *in = arg;
	struct known *k = in->known;

	if ((k->full = k->count == GRANTS_MAX))
		return;
	k->grants[k->count].role = in->role;
	k->grants[k->count++].permit = *permit;
}

/* The permissions of all roles, those of the nearest role first. */
static enum err
read_grants(struct db *db, struct arena *a, struct known *k)
{
	struct reading in = { .known = k };
	enum err e;
	size_t i;

	k->count = 0;
	for (i = 0; i < k->held.count; i++) {
		in.role = (int)i;
		if ((e = role_permits(db, k->held.items[i].id, a, add_grant, &in)) != ERR_OK)
			return (e);
		if (k->full)
			return (ERR_NOMEM);
	}
	return (ERR_OK);
}

static enum err
know_guest(struct req *r, struct db *db, struct known *k)
{
	enum err e;

	if ((e = role_held_by_role(db, ROLE_GUEST, r->arena, &k->held)) != ERR_OK)
		return (e);
	return (read_grants(db, r->arena, k));
}

static enum err
know(struct req *r, struct db *db, const char *user_id, struct known *k)
{
	enum err e;

	if (k->user_id != NULL && strcmp(k->user_id, user_id) == 0)
		return (ERR_OK);
	if (++k->users > USERS_MAX)
		return (req_field_error(r, "checks",
		    "go to and fro between more than 16 users: sort them, or ask again"));
	k->user_id = user_id;
	k->count = 0;
	k->missing = NULL;
	k->properties = "{}";
	if (user_id[0] == '\0')
		return (know_guest(r, db, k));
	if ((e = check_user(db, r->arena, k)) != ERR_OK || k->missing != NULL)
		return (e);
	if ((e = role_held(db, user_id, clock_ms(), r->arena, &k->held)) != ERR_OK)
		return (e);
	return (read_grants(db, r->arena, k));
}

/* How the role at ${at} came to be held: the names of roles, the one held directly first. */
static enum err
add_through(struct req *r, struct db *db, const struct held *held, int at, struct json *j)
{
	char *names[ROLE_NAMES_MAX];
	struct role role;
	size_t first = COUNT(names);
	enum err e;

	for (; at >= 0; at = held->items[at].via) {
		if ((e = role_find(db, held->items[at].id, r->arena, &role)) != ERR_OK)
			return (e);
		if ((names[--first] = arena_copy(r->arena, role.name)) == NULL)
			return (ERR_NOMEM);
	}
	json_add_text(j, "role", names[COUNT(names) - 1]);
	json_add_texts(j, "through", names + first, COUNT(names) - first);
	return (ERR_OK);
}

/* Which of what is known covers ${wanted} and holds now, one without a condition before others;
 * k->count: none, and ${ret_unmet} is the first whose condition does not hold. */
static size_t
find_grant(
    const struct known *k, const char *wanted, const struct db_rule_facts *facts, size_t *ret_unmet)
{
	const struct permit *p;
	bool holds;
	size_t i;

	*ret_unmet = k->count;
	for (i = 0; i < k->count; i++) {
		p = &k->grants[i].permit;
		if (p->condition == NULL && right_covers(p->permission, wanted))
			return (i);
	}
	for (i = 0; i < k->count; i++) {
		p = &k->grants[i].permit;
		if (p->condition == NULL || !right_covers(p->permission, wanted))
			continue;
		if (db_rule_holds(p->condition, facts, &holds) == ERR_OK && holds)
			return (i);
		if (*ret_unmet == k->count)
			*ret_unmet = i;
	}
	return (k->count);
}

static enum err
add_grounds(struct req *r, struct db *db, const struct known *k, size_t at, struct json *reason)
{

	json_add_text(reason, "permission", k->grants[at].permit.permission);
	if (k->grants[at].permit.condition != NULL)
		json_add_text(reason, "condition", k->grants[at].permit.condition);
	return (add_through(r, db, &k->held, k->grants[at].role, reason));
}

static enum err
answer(struct req *r, struct db *db, const struct question *q, struct known *k, struct json *j)
{
	const char *wanted = arena_print(r->arena, "%s:%s", q->resource, q->action);
	struct json reason = json_object(r->arena);
	const char *user_id = q->subject != NULL ? q->subject : r->subject->user_id;
	struct db_rule_facts facts = { .subject = user_id[0] != '\0' ? user_id : NULL,
		.resource = q->resource,
		.action = q->action,
		.attributes = "{}",
		.now = clock_ms() };
	size_t at, unmet;
	enum err e;

	if (wanted == NULL || (q->attributes != NULL && (facts.attributes = json_print_tree(
	                                                     q->attributes, r->arena)) == NULL))
		return (ERR_NOMEM);
	if ((e = know(r, db, user_id, k)) != ERR_OK)
		return (e);
	facts.properties = k->properties;
	at = find_grant(k, wanted, &facts, &unmet);
	json_add_bool(j, "allowed", at < k->count);
	if (at == k->count) {
		json_add_text(&reason, "missing",
		    k->missing != NULL ? k->missing
		    : unmet < k->count
		        ? arena_print(
		              r->arena, "%s is held on a condition, which is not met", wanted)
		        : arena_print(r->arena, "no role of the user holds %s", wanted));
		at = unmet;
	}
	if (at < k->count && (e = add_grounds(r, db, k, at, &reason)) != ERR_OK)
		return (e);
	json_add_raw(j, "reason", json_print(&reason));
	return (ERR_OK);
}

/* Is it well put, and may it be asked? Of oneself anybody may. */
static enum err
check_question(struct req *r, const struct question *q, const char *prefix)
{
	const char *wanted = arena_print(r->arena, "%s:%s", q->resource, q->action);
	const char *name = arena_print(r->arena, "%sresource", prefix);

	if (wanted == NULL || name == NULL)
		return (ERR_NOMEM);
	if (!right_ok(wanted))
		return (req_field_error(r, name,
		    "and action must have small letters, digits, '.', '_' and '-', or be '*'"));
	if (q->subject == NULL || strcmp(q->subject, r->subject->user_id) == 0)
		return (ERR_OK);
	name = arena_print(r->arena, "%ssubject", prefix);
	if (name == NULL)
		return (ERR_NOMEM);
	if (!id_ok(q->subject))
		return (req_field_error(r, name, "must be the id of a user"));
	if (!subject_may(r->subject, "authz:check"))
		return (req_fail(r, ERR_FORBIDDEN,
		    "%s: the permission authz:check is needed to ask for others", name));
	return (ERR_OK);
}

static enum err
answer_one(struct req *r, struct db *db, struct known *k, struct json *j)
{
	struct question q = { .subject = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &q)) != ERR_OK ||
	    (e = check_question(r, &q, "")) != ERR_OK)
		return (e);
	return (answer(r, db, &q, k, j));
}

static enum err
answer_many(
    struct req *r, struct db *db, const struct cJSON *checks, struct known *k, struct json *j)
{
	struct cJSON *results = json_add_array(j, "results");
	const struct cJSON *check;
	const char *prefix;
	struct question q;
	struct json item;
	int count = 0;
	enum err e;

	cJSON_ArrayForEach(check, checks)
	{
		if ((prefix = arena_print(r->arena, "checks[%d]", count)) == NULL)
			return (ERR_NOMEM);
		if (!cJSON_IsObject(check))
			return (req_field_error(r, prefix, "must be an object"));
		if (++count > CHECKS_MAX)
			return (req_field_error(r, "checks", "must have at most 100 items"));
		memset(&q, 0, sizeof q);
		if ((e = input_read_object(r, check, prefix, fields, COUNT(fields), &q)) !=
		        ERR_OK ||
		    (e = check_question(r, &q, arena_print(r->arena, "%s.", prefix))) != ERR_OK)
			return (e);
		item = json_object(r->arena);
		if ((e = answer(r, db, &q, k, &item)) != ERR_OK)
			return (e);
		json_append(j, results, &item);
	}
	return (ERR_OK);
}

/* The list ${checks} of a JSON body that has nothing else; NULL when it is one question. */
static enum err
find_checks(struct req *r, const struct cJSON **ret_checks)
{
	const char *detail;
	struct cJSON *body;

	*ret_checks = NULL;
	if (req_is_form(r) || json_parse(r->body, r->body_len, r->arena, &body, &detail) != ERR_OK)
		return (ERR_OK); /* input_read() says what is wrong */
	*ret_checks = cJSON_GetObjectItemCaseSensitive(body, "checks");
	if (*ret_checks == NULL)
		return (ERR_OK);
	if (!cJSON_IsArray(*ret_checks))
		return (req_field_error(r, "checks", "must be a list"));
	if (body->child->next != NULL)
		return (req_field_error(r, "checks", "goes with no other member"));
	return (ERR_OK);
}

enum err
check_post(struct req *r)
{
	struct json j = json_object(r->arena);
	struct known *k = arena_alloc(r->arena, sizeof *k);
	const struct cJSON *checks;
	struct db *db;
	enum err e;

	if (k == NULL)
		return (ERR_NOMEM);
	k->user_id = NULL;
	k->users = 0;
	if ((e = find_checks(r, &checks)) != ERR_OK)
		return (e);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = checks == NULL ? answer_one(r, db, k, &j) : answer_many(r, db, checks, k, &j);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, 200, &j) : e);
}
