/* May somebody do something, and why? */
#include "check.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/app.h"
#include "access/grants.h"
#include "access/right.h"
#include "access/subject.h"
#include "access/tenant.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/input.h"
#include "http/reply.h"

#define CHECKS_MAX 100
#define CONDITIONS_MS 100 /* a condition takes some 50 us, and no question asks many */
#define ATTRIBUTES_MAX 16384
#define EXACT_MAX 9007199254740992.0
#define USERS_MAX 16 /* finding out what one holds takes up to 60 KiB of the request's arena */

struct question {
	const char *subject; /* NULL: who asks */
	const char *org;     /* NULL: what may be done on the site */
	const char *resource;
	const char *action;
	struct cJSON *attributes; /* of what it is about, for conditions; NULL: none */
	const char *attributes_text;
};

static const struct field fields[] = {
	{ "subject", FIELD_TEXT, offsetof(struct question, subject), ID_SIZE - 1, ID_SIZE - 1,
	    FIELD_OPTIONAL },
	{ "org", FIELD_TEXT, offsetof(struct question, org), ID_SIZE - 1, ID_SIZE - 1,
	    FIELD_OPTIONAL },
	{ "resource", FIELD_TEXT, offsetof(struct question, resource), 1, 64, 0 },
	{ "action", FIELD_TEXT, offsetof(struct question, action), 1, 64, 0 },
	{ "attributes", FIELD_OBJECT, offsetof(struct question, attributes), 0, 0, FIELD_OPTIONAL },
};

/* Whom the last question was about; the next is often about the same. */
struct known {
	const char *user_id; /* NULL: nobody yet */
	const char *org_id;  /* in which org; NULL: in none */
	const struct grants *grants;
	const struct grants *there; /* what is held in the org alone; NULL: there is none */
	unsigned int users;         /* so far */
	int64_t deadline;           /* of all conditions together, ms of the steady clock */
};

static bool
same(const char *one, const char *other)
{

	return (one == NULL || other == NULL ? one == other : strcmp(one, other) == 0);
}

static enum err
know(struct req *r, const char *user_id, const char *org_id, struct known *k)
{
	enum err e;

	if (same(k->user_id, user_id) && same(k->org_id, org_id))
		return (ERR_OK);
	if (++k->users > USERS_MAX)
		return (req_field_error(r, "checks",
		    "go to and fro between more than 16 users, or orgs of one: sort them, or ask "
		    "again"));
	k->user_id = user_id;
	k->org_id = org_id;
	k->there = NULL;
	if (org_id != NULL && (e = grants_find(r, user_id, org_id, &k->there)) != ERR_OK)
		return (e);
	return (grants_find(r, user_id, NULL, &k->grants));
}

/* Add the names of roles that stand in ${lines}, the one held directly first. */
static enum err
add_through(struct arena *a, const char *lines, struct json *j)
{
	char *names[ROLE_NAMES_MAX];
	size_t count = 0, len;

	for (; *lines != '\0'; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		if (count == COUNT(names) ||
		    (names[count++] = arena_copy_len(a, lines, len)) == NULL)
			return (ERR_NOMEM);
	}
	json_add_text(j, "role", count > 0 ? names[count - 1] : NULL);
	json_add_texts(j, "through", names, count);
	return (ERR_OK);
}

/* What a condition says, and what it compares with, is for who may ask about anybody; of an org's
 * own, there. */
static enum err
find_may_see(struct req *r, const struct known *k, const struct grant *item, bool *ret_may)
{
	struct db *db;
	enum err e;

	*ret_may = subject_may(r->subject, "authz:check");
	if (*ret_may || !item->of_org)
		return (ERR_OK);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = tenant_may_in(r, db, k->org_id, "authz:check", ret_may);
	store_read_end(r->app->store, db);
	return (e);
}

static enum err
add_grounds(
    struct req *r, const struct known *k, const struct grants *g, size_t at, struct json *reason)
{
	bool may = false;
	enum err e;

	json_add_text(reason, "permission", grants_text(g, g->items[at].permission));
	if (g->items[at].condition != 0 && (e = find_may_see(r, k, &g->items[at], &may)) != ERR_OK)
		return (e);
	if (may)
		json_add_text(reason, "condition", grants_text(g, g->items[at].condition));
	if ((e = add_through(r->arena, grants_text(g, g->items[at].through), reason)) != ERR_OK)
		return (e);
	if (g->items[at].group != 0)
		json_add_text(reason, "through_group", grants_text(g, g->items[at].group));
	return (ERR_OK);
}

/* Is it a question about who asks, whose proof lets him do less than he may himself: in somebody's
 * name, or by an API key? */
static enum err
find_held_back(struct req *r, const struct known *k, const char *wanted, bool *ret_held_back)
{
	const struct subject *s = r->subject;
	struct db *db;
	bool may;
	enum err e;

	*ret_held_back = (s->actor_id[0] != '\0' || s->key_id[0] != '\0') &&
	                 strcmp(k->user_id, s->user_id) == 0 && !subject_may(s, wanted);
	if (!*ret_held_back || k->org_id == NULL)
		return (ERR_OK);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = tenant_may_in(r, db, k->org_id, wanted, &may)) == ERR_OK)
		*ret_held_back = !may;
	store_read_end(r->app->store, db);
	return (e);
}

/* Which roles and groups of the site somebody is in is told to himself, and to who may ask about
 * anybody; not to who may ask about the members of an org. */
static bool
may_see_grounds(const struct subject *s, const char *user_id)
{

	return (strcmp(s->user_id, user_id) == 0 || subject_may(s, "authz:check"));
}

/* ${g} is what was looked at last; in it is what is held on a condition that is not met, or else at
 * g->count. */
static enum err
add_missing(struct req *r, const struct known *k, const char *wanted, const struct grants *g,
    size_t unmet, bool held_back, struct json *reason)
{
	const char *why = grants_text(k->grants, k->grants->missing);

	if (held_back)
		why = "the proof of who asks does not go so far";
	else if (why[0] == '\0')
		why = arena_print(r->arena,
		    unmet < g->count    ? "%s is held on a condition, which is not met"
		    : k->org_id != NULL ? "no role of the user holds %s, in the org or everywhere"
		                        : "no role of the user holds %s",
		    wanted);
	json_add_text(reason, "missing", why);
	if (unmet == g->count || held_back)
		return (ERR_OK);
	if (g == k->there)
		json_add_text(reason, "org", k->org_id);
	else if (!may_see_grounds(r->subject, k->user_id))
		return (ERR_OK);
	return (add_grounds(r, k, g, unmet, reason));
}

/* What is known of the user is enough for ${wanted}, or not: what counts in the org comes first. */
static enum err
find_covering(const struct known *k, const char *wanted, struct db_rule_facts *facts,
    const struct grants **ret_grants, size_t *ret_at, size_t *ret_unmet)
{
	size_t at = 0, unmet = 0;
	enum err e;

	*ret_grants = k->there;
	if (k->there != NULL &&
	    ((e = grants_covering(k->there, wanted, facts, ret_at, ret_unmet)) != ERR_OK ||
	        *ret_at < k->there->count))
		return (e);
	if ((e = grants_covering(k->grants, wanted, facts, &at, &unmet)) != ERR_OK)
		return (e);
	/* Missed in the org is told rather than not held elsewhere. */
	if (at == k->grants->count && k->there != NULL && *ret_unmet < k->there->count)
		return (ERR_OK);
	*ret_grants = k->grants;
	*ret_at = at;
	*ret_unmet = unmet;
	return (ERR_OK);
}

static enum err
judge(struct req *r, const struct known *k, const char *wanted, struct db_rule_facts *facts,
    struct json *j)
{
	struct json reason = json_object(r->arena);
	const struct grants *g;
	size_t at, unmet;
	bool held_back;
	enum err e;

	if ((e = find_covering(k, wanted, facts, &g, &at, &unmet)) != ERR_OK ||
	    (e = find_held_back(r, k, wanted, &held_back)) != ERR_OK)
		return (e);
	json_add_bool(j, "allowed", at < g->count && !held_back);
	if (at == g->count || held_back) {
		e = add_missing(r, k, wanted, g, unmet, held_back, &reason);
	} else {
		if (g == k->there)
			json_add_text(&reason, "org", k->org_id);
		if (g == k->there || may_see_grounds(r->subject, k->user_id))
			e = add_grounds(r, k, g, at, &reason);
	}
	json_add_raw(j, "reason", json_print(&reason));
	return (e);
}

/* Of a key that is no user's: what it may is with the proof, and no role is to be named. */
static enum err
answer_service(struct req *r, const struct question *q, const char *wanted, struct json *j)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	struct json reason = json_object(r->arena);
	const char *permission;
	enum err e;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = subject_permissions(r->subject, r->arena, names)) != ERR_OK)
		return (e);
	permission = right_covering(names, wanted);
	if (permission == NULL && q->org != NULL && strcmp(q->org, r->subject->org_id) == 0) {
		if ((e = subject_org_permissions(r->subject, r->arena, names)) != ERR_OK)
			return (e);
		permission = right_covering(names, wanted);
	}
	json_add_bool(j, "allowed", permission != NULL);
	if (permission != NULL)
		json_add_text(&reason, "permission", permission);
	else
		json_add_text(&reason, "missing",
		    arena_print(r->arena, "the API key does not hold %s", wanted));
	json_add_raw(j, "reason", json_print(&reason));
	return (ERR_OK);
}

static enum err
answer(struct req *r, const struct question *q, struct known *k, struct json *j)
{
	const char *wanted = arena_print(r->arena, "%s:%s", q->resource, q->action);
	const char *user_id = q->subject != NULL ? q->subject : r->subject->user_id;
	struct db_rule_facts facts = { .subject = user_id[0] != '\0' ? user_id : NULL,
		.org = q->org,
		.resource = q->resource,
		.action = q->action,
		.attributes = q->attributes_text,
		.now = clock_ms(),
		.deadline = k->deadline };
	enum err e;

	if (wanted == NULL)
		return (ERR_NOMEM);
	if (user_id[0] == '\0' && r->subject->key_id[0] != '\0')
		return (answer_service(r, q, wanted, j));
	if ((e = know(r, user_id, q->org, k)) != ERR_OK)
		return (e);
	facts.user = grants_text(k->grants, k->grants->attributes);
	return (judge(r, k, wanted, &facts, j));
}

/* A number that JSON's readers round would be equal to others: 2^53 is the first. */
static bool
has_rounded(const cJSON *item)
{
	const cJSON *child;

	if (cJSON_IsNumber(item))
		return (item->valuedouble >= EXACT_MAX || item->valuedouble <= -EXACT_MAX);
	cJSON_ArrayForEach(child, item) if (has_rounded(child)) return (true);
	return (false);
}

/* The attributes of ${q} as text. */
static enum err
take_attributes(struct req *r, struct question *q, const char *prefix)
{
	const char *name = arena_print(r->arena, "%sattributes", prefix);

	q->attributes_text = "{}";
	if (name == NULL)
		return (ERR_NOMEM);
	if (q->attributes == NULL)
		return (ERR_OK);
	if (has_rounded(q->attributes))
		return (req_field_error(
		    r, name, "have a number beyond 2^53, which is not exact: write it as text"));
	if ((q->attributes_text = json_print_tree(q->attributes, r->arena)) == NULL)
		return (ERR_NOMEM);
	if (strlen(q->attributes_text) > ATTRIBUTES_MAX)
		return (req_field_error(r, name, "must have at most 16384 bytes"));
	return (ERR_OK);
}

/* May the subject ask for others: everywhere, or for those who belong to the org in which it may?
 */
static enum err
find_may_ask(struct req *r, const struct question *q, bool *ret_may)
{
	struct db *db;
	bool belongs;
	enum err e;

	*ret_may = subject_may(r->subject, "authz:check");
	if (*ret_may || q->org == NULL)
		return (ERR_OK);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = tenant_may_in(r, db, q->org, "authz:check", ret_may)) == ERR_OK && *ret_may &&
	    (e = org_has_member(db, q->org, q->subject, &belongs)) == ERR_OK)
		*ret_may = belongs;
	store_read_end(r->app->store, db);
	return (e);
}

/* Of oneself anybody may ask. */
static enum err
check_asker(struct req *r, const struct question *q, const char *prefix)
{
	const char *name = arena_print(r->arena, "%ssubject", prefix);
	bool may;
	enum err e;

	if (q->subject == NULL || strcmp(q->subject, r->subject->user_id) == 0)
		return (ERR_OK);
	if (name == NULL)
		return (ERR_NOMEM);
	if (!id_ok(q->subject))
		return (req_field_error(r, name, "must be the id of a user"));
	if ((e = find_may_ask(r, q, &may)) != ERR_OK || may)
		return (e);
	return (req_fail(
	    r, ERR_FORBIDDEN, "%s: the permission authz:check is needed to ask for others", name));
}

/* Is it well put, and may it be asked? */
static enum err
check_question(struct req *r, const struct question *q, const char *prefix)
{
	const char *wanted = arena_print(r->arena, "%s:%s", q->resource, q->action);
	const char *name = arena_print(r->arena, "%sresource", prefix);
	const char *org = arena_print(r->arena, "%sorg", prefix);

	if (wanted == NULL || name == NULL || org == NULL)
		return (ERR_NOMEM);
	if (!right_ok(wanted))
		return (req_field_error(r, name,
		    "and action must have small letters, digits, '.', '_' and '-', or be '*'"));
	if (q->org != NULL && !id_ok(q->org))
		return (req_field_error(r, org, "must be the id of an org"));
	return (check_asker(r, q, prefix));
}

static enum err
answer_one(struct req *r, struct known *k, struct json *j)
{
	struct question q = { .subject = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &q)) != ERR_OK ||
	    (e = check_question(r, &q, "")) != ERR_OK || (e = take_attributes(r, &q, "")) != ERR_OK)
		return (e);
	return (answer(r, &q, k, j));
}

static enum err
answer_many(struct req *r, const struct cJSON *checks, struct known *k, struct json *j)
{
	struct cJSON *results = json_add_array(j, "results");
	const struct cJSON *check;
	const char *prefix, *inside;
	struct question q;
	struct json item;
	int count = 0;
	enum err e;

	cJSON_ArrayForEach(check, checks)
	{
		prefix = arena_print(r->arena, "checks[%d]", count);
		inside = arena_print(r->arena, "checks[%d].", count);
		if (prefix == NULL || inside == NULL)
			return (ERR_NOMEM);
		if (!cJSON_IsObject(check))
			return (req_field_error(r, prefix, "must be an object"));
		if (++count > CHECKS_MAX)
			return (req_field_error(r, "checks", "must have at most 100 items"));
		memset(&q, 0, sizeof q);
		if ((e = input_read_object(r, check, prefix, fields, COUNT(fields), &q)) !=
		        ERR_OK ||
		    (e = check_question(r, &q, inside)) != ERR_OK ||
		    (e = take_attributes(r, &q, inside)) != ERR_OK)
			return (e);
		item = json_object(r->arena);
		if ((e = answer(r, &q, k, &item)) != ERR_OK)
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
	struct known k = { .deadline = clock_steady_ms() + CONDITIONS_MS };
	const struct cJSON *checks;
	enum err e;

	if ((e = find_checks(r, &checks)) != ERR_OK)
		return (e);
	e = checks == NULL ? answer_one(r, &k, &j) : answer_many(r, checks, &k, &j);
	return (e == ERR_OK ? reply_json(r, 200, &j) : e);
}
