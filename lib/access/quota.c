/* How many requests are let through: the rules of now, and which of them hold for a request. */
#include "access/quota.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/app.h"
#include "access/quota_take.h"
#include "access/subject.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "http/route.h"
#include "store/kept.h"

#define KEY_PREFIX "yett_" /* of API keys */
#define KEYS_MAX 2         /* one in each field that may hold one */

struct quotas {
	struct store *store;
	const struct route *routes;
	char **names; /* of the routes: "METHOD /path" */
	size_t count;

	/* The version of everybody under which there was no policy; an odd one: never so far. */
	_Atomic uint32_t none_at;
	struct kept *rules; /* struct quota_rules */
};

static bool
name_routes(struct quotas *q)
{
	const char *method;
	size_t i;

	if ((q->names = calloc(q->count, sizeof q->names[0])) == NULL)
		return (false);
	for (i = 0; i < q->count; i++) {
		method = q->routes[i].method == NULL ? "*" : q->routes[i].method;
		if (asprintf(&q->names[i], "%s %s", method, q->routes[i].path) < 0) {
			q->names[i] = NULL;
			return (false);
		}
	}
	return (true);
}

/* Read the rules anew. */
static enum err
make_rules(void *arg, struct db *db, struct version version, void **ret_value)
{
	struct quotas *q = arg;
	struct quota_rules *rules;
	enum err e;

	if ((e = quota_rules_load(db, q->names, q->count, clock_ms(), &rules)) != ERR_OK)
		return (e);
	if (version.count % 2 == 0 && quota_rules_none(rules))
		atomic_store(&q->none_at, version.count);
	*ret_value = rules;
	return (ERR_OK);
}

static void
drop_rules(void *value)
{

	quota_rules_free(value);
}

/* The rules; let go of them by kept_release(). */
static enum err
hold_rules(struct quotas *q, const struct quota_rules **ret_rules)
{
	const void *value;
	enum err e;

	if ((e = kept_hold(q->rules, &value)) == ERR_OK)
		*ret_rules = value;
	return (e);
}

enum err
quota_open(
    struct store *store, const struct route *routes, size_t count, struct quotas **ret_quotas)
{
	struct quotas *q;

	if ((q = calloc(1, sizeof *q)) == NULL)
		return (ERR_NOMEM);
	q->store = store;
	q->routes = routes;
	q->count = count;
	q->none_at = 1;
	if (!name_routes(q) ||
	    kept_new(store, &(struct kept_maker){ make_rules, drop_rules, q, NULL }, &q->rules) !=
	        ERR_OK) {
		quota_close(q);
		return (ERR_NOMEM);
	}
	*ret_quotas = q;
	return (ERR_OK);
}

void
quota_close(struct quotas *q)
{
	size_t i;

	if (q == NULL)
		return;
	for (i = 0; q->names != NULL && i < q->count; i++)
		free(q->names[i]);
	free(q->names);
	kept_free(q->rules);
	free(q);
}

/* Is there nothing to count, as far as is known and still true? */
static bool
has_none(struct quotas *q)
{
	const struct version now = version_read(store_versions(q->store), NULL);

	return (now.count % 2 == 0 && now.count == atomic_load(&q->none_at));
}

static void
print_hex(const unsigned char *bytes, size_t len, char *ret_hex)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		*ret_hex++ = digits[bytes[i] >> 4];
		*ret_hex++ = digits[bytes[i] & 15];
	}
	*ret_hex = '\0';
}

void
quota_of_key(const unsigned char hash[static LIMIT_KEY_HASH_LEN], char ret_of[static QUOTA_OF_SIZE])
{

	/* 128 bits are enough to tell keys apart. */
	print_hex(hash, LIMIT_KEY_HASH_LEN / 2, ret_of);
}

static void
print_customer(const struct address_network *n, char ret_of[static QUOTA_OF_SIZE])
{
	unsigned char address[ADDRESS_LEN];

	memcpy(address, n->address, sizeof address);
	address_cut(address, address_customer_bits(address));
	print_hex(address, sizeof address, ret_of);
}

void
quota_of_network(const char *address, char ret_of[static QUOTA_OF_SIZE])
{
	struct address_network n;

	if (!address_network_parse(address, &n))
		memset(&n, 0, sizeof n);
	print_customer(&n, ret_of);
}

/* ${text}, which has to live until the plan is carried out, is both what it is and its count's. */
static struct quota_who
who_of_text(const char *text)
{
	const size_t len = strlen(text);

	return ((struct quota_who){ text, len, text, len });
}

static unsigned int
route_number(const struct req *r)
{

	return ((unsigned int)(r->route - r->app->quotas->routes) + 1);
}

static void
match_network(
    const struct quota_rules *rules, const struct req *r, char *of, struct quota_plan *plan)
{
	struct address_network n;

	/* Who has no address shares the one of all zeros. */
	if (!address_network_parse(r->remote_addr, &n))
		memset(&n, 0, sizeof n);
	print_customer(&n, of);
	quota_rules_match(rules, LIMIT_NETWORK,
	    &(struct quota_who){ n.address, sizeof n.address, of, strlen(of) }, route_number(r),
	    plan);
}

/* A key is counted by what was presented, be it one or not: who floods with a bad key is refused
 * without a look at the database. */
static void
match_key(const struct quota_rules *rules, const struct req *r, const char *key, char *of,
    struct quota_plan *plan)
{
	unsigned char hash[SECRET_HASH_LEN];

	secret_hash(key, strlen(key), hash);
	quota_of_key(hash, of);
	quota_rules_match(rules, LIMIT_KEY,
	    &(struct quota_who){ hash, sizeof hash, of, strlen(of) }, route_number(r), plan);
}

static void
match_route(const struct quota_rules *rules, const struct req *r, struct quota_plan *plan)
{
	const char *name = r->app->quotas->names[route_number(r) - 1];

	quota_rules_match(rules, LIMIT_ROUTE, &(struct quota_who){ NULL, 0, name, strlen(name) },
	    route_number(r), plan);
}

/* Whichever of two keys is believed, it is counted. */
static void
match_keys(const struct quota_rules *rules, const struct req *r, char of[][QUOTA_OF_SIZE],
    struct quota_plan *plan)
{
	const char *bearer = req_bearer(r), *key = r->x_api_key;

	if (key != NULL)
		match_key(rules, r, key, of[0], plan);
	if (text_starts(bearer, KEY_PREFIX) && (key == NULL || strcmp(bearer, key) != 0))
		match_key(rules, r, bearer, of[1], plan);
}

/* Is it one of the routes by which policies are changed? */
static bool
is_way_out(const struct req *r)
{

	return (text_starts(r->route->permission, "limits:"));
}

enum err
quota_arrive(struct req *r)
{
	struct quotas *q = r->app->quotas;
	char network[QUOTA_OF_SIZE], keys[KEYS_MAX][QUOTA_OF_SIZE];
	const struct quota_rules *rules;
	struct quota_plan plan;
	enum err e;

	if (has_none(q))
		return (ERR_OK);
	if ((e = hold_rules(q, &rules)) != ERR_OK)
		return (e);
	plan.count = 0;
	match_network(rules, r, network, &plan);
	match_keys(rules, r, keys, &plan);
	if (!is_way_out(r))
		match_route(rules, r, &plan);
	e = quota_take(r, &plan);
	kept_release(q->rules);
	return (e);
}

enum err
quota_identified(struct req *r)
{
	const struct subject *s = r->subject;
	struct quotas *q = r->app->quotas;
	const struct quota_rules *rules;
	struct quota_plan plan;
	struct quota_who who;
	enum err e;

	if (has_none(q) || (is_way_out(r) && subject_may(s, "limits:update")))
		return (ERR_OK);
	if ((e = hold_rules(q, &rules)) != ERR_OK)
		return (e);
	plan.count = 0;
	/* Who acts in somebody's name uses up his own. */
	who = who_of_text(s->actor_id[0] != '\0' ? s->actor_id : s->user_id);
	if (who.len > 0)
		quota_rules_match(rules, LIMIT_USER, &who, route_number(r), &plan);
	who = who_of_text(s->org_id);
	if (who.len > 0)
		quota_rules_match(rules, LIMIT_ORG, &who, route_number(r), &plan);
	if (is_way_out(r))
		match_route(rules, r, &plan);
	e = quota_take(r, &plan);
	kept_release(q->rules);
	return (e);
}

static char *
print_key(const struct limit_policy *policy, const char *of, struct arena *a)
{
	char prefix[QUOTA_KEY_SIZE];

	quota_rules_key(policy, prefix);
	return (arena_print(a, "%s%s", prefix, of));
}

enum err
quota_tell(struct limiter *l, const struct limit_policy *policy, const char *of, struct arena *a,
    struct tally *ret_tally)
{
	const struct limit limit = { policy->limit_count, policy->window_sec * 1000 };
	const char *key = print_key(policy, of, a);

	if (key == NULL)
		return (ERR_NOMEM);
	limiter_tell(l, key, limit, ret_tally);
	return (ERR_OK);
}

enum err
quota_forget(struct limiter *l, const struct limit_policy *policy, const char *of, struct arena *a)
{
	const char *key = print_key(policy, of, a);

	if (key == NULL)
		return (ERR_NOMEM);
	limiter_forget(l, key);
	return (ERR_OK);
}
