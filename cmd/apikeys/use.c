/* Keys in use: whether one is good, for applications; and how much it is used. */
#include "use.h"

#include <string.h>

#include "access/app.h"
#include "access/right.h"
#include "access/subject.h"
#include "access/usage.h"
#include "allow.h"
#include "base/address.h"
#include "base/clock.h"
#include "cred/apikey.h"
#include "http/input.h"
#include "http/reply.h"

#define DAY_MS ((int64_t)86400000)
#define DAYS_USUAL 30
#define DAYS_MAX 366

struct question {
	const char *key;
	const char *permission; /* NULL: none in particular */
	const char *ip_address; /* NULL: from wherever */
};

/* Why a key is not good. */
static enum err
find_fault(struct req *r, const char *key, const char **ret_code)
{
	unsigned char hash[SECRET_HASH_LEN];
	struct api_key k;
	struct db *db;
	enum err e;

	*ret_code = "malformed";
	if (!apikey_foreign_ok(key))
		return (ERR_OK);
	secret_hash(key, strlen(key), hash);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = api_key_find_hash(db, hash, r->arena, &k);
	store_read_end(r->app->store, db);
	if (e == ERR_NOT_FOUND)
		*ret_code = "unknown";
	else if (e == ERR_OK)
		*ret_code = k.revoked_at != 0                ? "revoked"
		            : !api_key_alive(&k, clock_ms()) ? "expired"
		                                             : "user";
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* Does the key hold ${permission} in the org that it acts in? */
static enum err
check_in_org(struct req *r, const struct subject *s, const char *permission, const char **ret_code)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	enum err e;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = subject_org_permissions(s, r->arena, names)) != ERR_OK)
		return (e);
	*ret_code = right_covering(names, permission) != NULL ? NULL : "permission";
	return (ERR_OK);
}

/* The key's subject, and what is wrong with it for this question; NULL: nothing. */
static enum err
judge(struct req *r, const struct question *q, const struct subject **ret_subject,
    const char **ret_code)
{
	enum err e;

	if ((e = subject_of_key(r, q->key, ret_subject)) == ERR_INVALID_TOKEN)
		return (find_fault(r, q->key, ret_code));
	if (e != ERR_OK)
		return (e);
	if ((*ret_subject)->password_due)
		*ret_code = "user";
	else if (q->ip_address != NULL && !subject_allows_address(*ret_subject, q->ip_address))
		*ret_code = "network";
	else if (q->permission != NULL && !subject_may(*ret_subject, q->permission))
		return (check_in_org(r, *ret_subject, q->permission, ret_code));
	else
		*ret_code = NULL;
	return (ERR_OK);
}

static const char *
some(const char *id)
{

	return (id[0] == '\0' ? NULL : id);
}

static enum err
add_subject(struct req *r, const struct subject *s, struct json *j)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	enum err e;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = subject_permissions(s, r->arena, names)) != ERR_OK)
		return (e);
	json_add_text(j, "key_id", s->key_id);
	json_add_text(j, "user_id", some(s->user_id));
	json_add_text(j, "org_id", some(s->org_id));
	json_add_texts(j, "permissions", names->items, names->count);
	if ((e = subject_org_permissions(s, r->arena, names)) != ERR_OK)
		return (e);
	json_add_texts(j, "org_permissions", names->items, names->count);
	if (s->key_expires_at != 0)
		json_add_time(j, "expires_at", s->key_expires_at);
	else
		json_add_text(j, "expires_at", NULL);
	return (ERR_OK);
}

/* Of a key that is not good nothing is said but why. */
static void
add_nobody(struct json *j)
{

	json_add_text(j, "key_id", NULL);
	json_add_text(j, "user_id", NULL);
	json_add_text(j, "org_id", NULL);
	json_add_array(j, "permissions");
	json_add_array(j, "org_permissions");
	json_add_text(j, "expires_at", NULL);
}

enum err
use_verify(struct req *r)
{
	static const struct field fields[] = {
		{ "key", FIELD_TEXT, offsetof(struct question, key), 1, 1024, 0 },
		{ "permission", FIELD_TEXT, offsetof(struct question, permission), 1, RIGHT_MAX,
		    FIELD_OPTIONAL },
		{ "ip_address", FIELD_TEXT, offsetof(struct question, ip_address), 1,
		    ADDRESS_SIZE - 1, FIELD_OPTIONAL },
	};
	struct question q = { .key = NULL };
	struct json j = json_object(r->arena);
	const struct subject *s = NULL;
	const char *code = NULL;
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &q)) != ERR_OK)
		return (e);
	if (q.permission != NULL && !right_ok(q.permission))
		return (req_field_error(r, "permission", "must be resource:action"));
	if (q.ip_address != NULL && !address_ok(q.ip_address))
		return (req_field_error(r, "ip_address", "must be an address of IPv4 or IPv6"));
	if ((e = judge(r, &q, &s, &code)) != ERR_OK)
		return (e);
	json_add_bool(&j, "valid", code == NULL);
	json_add_text(&j, "code", code);
	if (code != NULL)
		add_nobody(&j);
	else if ((e = add_subject(r, s, &j)) != ERR_OK)
		return (e);
	if (code == NULL)
		usage_count(
		    r->app->usage, s->key_id, clock_ms(), q.ip_address != NULL ? q.ip_address : "");
	return (reply_json(r, 200, &j));
}

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	int64_t total;
};

static void
list_one(void *arg, int64_t day, int64_t requests)
{
	struct listing *l = arg;
	const char *time = clock_print(l->req->arena, day * DAY_MS);
	struct json item = json_object(l->req->arena);

	l->total += requests;
	if (time == NULL)
		item.failed = true;
	else
		json_add_text(&item, "day", arena_copy_len(l->req->arena, time, 10));
	json_add_number(&item, "requests", requests);
	json_append(l->json, l->items, &item);
}

/* The day that ${name} in the query says; ${usual} when it is not there. */
static enum err
read_day(struct req *r, const char *name, int64_t usual, int64_t *ret_day)
{
	const char *text = req_query(r, name);
	int64_t at;

	*ret_day = usual;
	if (text == NULL)
		return (ERR_OK);
	if (strlen(text) != 10 || (text = arena_print(r->arena, "%sT00:00:00Z", text)) == NULL ||
	    !clock_parse(text, &at))
		return (req_field_error(r, name, "must be a day such as 2027-01-31"));
	*ret_day = at / DAY_MS;
	return (ERR_OK);
}

enum err
use_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	int64_t from, to;
	struct api_key k;
	struct db *db;
	enum err e;

	if ((e = read_day(r, "to", clock_ms() / DAY_MS, &to)) != ERR_OK ||
	    (e = read_day(r, "from", to - DAYS_USUAL + 1, &from)) != ERR_OK)
		return (e);
	if (from > to || to - from >= DAYS_MAX)
		return (req_field_error(r, "from", "must be at most 366 days up to to"));
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = allow_see(r, db, &k)) == ERR_OK)
		e = api_key_usage(db, k.id, from, to, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_number(&j, "total", l.total);
	json_add_text(&j, "next", NULL);
	return (reply_json(r, 200, &j));
}
