/* Rate limits as a program has them in memory: which policies hold for a request. */
#include "access/quota_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/address.h"
#include "base/id.h"
#include "base/log.h"

#define LOAD_MAX ((size_t)8 * 1024 * 1024)      /* bytes; 4,096 assignments take some 2 MiB */
#define ENTRIES_MAX (2 * LIMIT_ASSIGNMENTS_MAX) /* some keys have successors */
#define RANKS_MAX 130                           /* networks of 0 to 128 bits, and everybody */
#define RANK_EVERYBODY 0
#define RANK_OWN 1 /* of a network: and its bits */

/* Which requests a policy holds for, as bytes that are compared at once: no padding, and 0 where
 * there is nothing. */
struct target {
	unsigned char scope;
	unsigned char rank;
	uint16_t route; /* number; 0: any */
	unsigned char who[ID_SIZE - 1];
};

struct entry {
	struct target target;
	uint16_t policy;
};

_Static_assert(sizeof(struct target) == 4 + ID_SIZE - 1, "a target has no padding");

struct quota_rules {
	size_t policies_count, entries_count;
	struct {
		unsigned char ranks[RANKS_MAX]; /* that entries have, the highest first */
		size_t ranks_count;
		bool has_route; /* any of them */
	} scopes[LIMIT_SCOPES];
	struct quota_policy policies[LIMIT_POLICIES_MAX];
	struct entry entries[ENTRIES_MAX]; /* sorted; only those that there are have memory */
};

/* What loading needs besides. */
struct loading {
	struct quota_rules *rules;
	char (*ids)[ID_SIZE]; /* of the policies */
	char *const *routes;
	size_t routes_count;
	struct db *db;
	int64_t now;
	struct target target; /* of the assignment at hand */
	uint16_t policy;
	enum err err;
};

void
quota_rules_key(const struct limit_policy *policy, char ret_key[static QUOTA_KEY_SIZE])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char text[128];

	/* Short, because hashing keys is most of what counting costs. */
	snprintf(text, sizeof text, "%s %lld/%lld", policy->id, (long long)policy->limit_count,
	    (long long)policy->window_sec);
	crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text), NULL, 0);
	snprintf(ret_key, QUOTA_KEY_SIZE, "quota\n");
	sodium_bin2base64(ret_key + strlen(ret_key), QUOTA_KEY_SIZE - strlen(ret_key), hash,
	    sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void
load_policy(void *arg, const struct limit_policy *policy)
{
	struct loading *l = arg;
	struct quota_policy *p = &l->rules->policies[l->rules->policies_count];

	p->limit = (struct limit){ policy->limit_count, policy->window_sec * 1000 };
	snprintf(p->name, sizeof p->name, "%s", policy->name);
	quota_rules_key(policy, p->key);
	/* RFC 9651 section 3.3.3: a name has nothing that would need an escape. */
	snprintf(p->says, sizeof p->says, "\"%s\";q=%lld;w=%lld", policy->name,
	    (long long)policy->limit_count, (long long)policy->window_sec);
	p->name_len = strlen(p->name);
	p->key_len = strlen(p->key);
	snprintf(l->ids[l->rules->policies_count++], ID_SIZE, "%s", policy->id);
}

static void
add_entry(struct loading *l)
{

	if (l->rules->entries_count == ENTRIES_MAX)
		log_event(LOG_ERROR, NULL, "rate limits: too many API keys are assigned");
	else
		l->rules->entries[l->rules->entries_count++] =
		    (struct entry){ .target = l->target, .policy = l->policy };
}

static void
add_key(void *arg, const unsigned char hash[static LIMIT_KEY_HASH_LEN])
{
	struct loading *l = arg;

	memcpy(l->target.who, hash, LIMIT_KEY_HASH_LEN);
	add_entry(l);
}

/* The number of a route; 0: it is not of this program. */
static uint16_t
find_route(const struct loading *l, const char *route)
{
	size_t i;

	for (i = 0; i < l->routes_count; i++)
		if (strcmp(l->routes[i], route) == 0)
			return ((uint16_t)(i + 1));
	return (0);
}

static bool
find_policy(struct loading *l, const char *id)
{
	size_t i;

	for (i = 0; i < l->rules->policies_count; i++)
		if (strcmp(l->ids[i], id) == 0) {
			l->policy = (uint16_t)i;
			return (true);
		}
	return (false);
}

static void
add_who(struct loading *l, const struct limit_assignment *as)
{
	struct address_network n;

	l->target.rank = RANK_OWN;
	switch (as->scope) {
	case LIMIT_USER:
	case LIMIT_ORG:
		if (!id_ok(as->target.who))
			return;
		memcpy(l->target.who, as->target.who, sizeof l->target.who);
		break;
	case LIMIT_NETWORK:
		if (!address_network_parse(as->target.who, &n))
			return;
		l->target.rank = (unsigned char)(RANK_OWN + n.bits);
		memcpy(l->target.who, n.address, sizeof n.address);
		break;
	case LIMIT_KEY:
		l->err = limit_policy_key_hashes(l->db, as->target.who, l->now, add_key, l);
		return;
	case LIMIT_ROUTE:
	case LIMIT_SCOPES:
		return;
	}
	add_entry(l);
}

static void
load_assignment(void *arg, const struct limit_assignment *as)
{
	struct loading *l = arg;

	if (l->err != ERR_OK || !find_policy(l, as->policy_id))
		return;
	memset(&l->target, 0, sizeof l->target);
	l->target.scope = (unsigned char)as->scope;
	if (as->target.route != NULL && (l->target.route = find_route(l, as->target.route)) == 0)
		return;
	if (as->target.who != NULL)
		add_who(l, as);
	else
		add_entry(l);
}

static int
by_target(const void *one, const void *other)
{

	return (memcmp(one, other, sizeof(struct target)));
}

/* From the entries, which are sorted: the ranks of each scope rise. */
static void
note_ranks(struct quota_rules *rules)
{
	const struct target *t;
	unsigned char *ranks;
	size_t i, *count;

	for (i = rules->entries_count; i > 0; i--) {
		t = &rules->entries[i - 1].target;
		ranks = rules->scopes[t->scope].ranks;
		count = &rules->scopes[t->scope].ranks_count;
		if (*count == 0 || ranks[*count - 1] != t->rank)
			ranks[(*count)++] = t->rank;
		rules->scopes[t->scope].has_route |= t->route != 0;
	}
}

static enum err
load(struct loading *l, struct arena *a)
{
	enum err e;

	if ((l->ids = arena_alloc(a, LIMIT_POLICIES_MAX * sizeof l->ids[0])) == NULL)
		return (ERR_NOMEM);
	if ((e = limit_policy_list(l->db, "", LIMIT_POLICIES_MAX, a, load_policy, l)) != ERR_OK ||
	    (e = limit_policy_all_assignments(l->db, a, load_assignment, l)) != ERR_OK)
		return (e);
	return (l->err);
}

enum err
quota_rules_load(
    struct db *db, char *const *routes, size_t count, int64_t now, struct quota_rules **ret_rules)
{
	struct arena *a = arena_new(LOAD_MAX);
	struct quota_rules *rules = calloc(1, sizeof *rules);
	struct loading l = {
		.rules = rules, .routes = routes, .routes_count = count, .db = db, .now = now
	};
	enum err e = ERR_NOMEM;
	size_t len;

	if (a == NULL || rules == NULL || (e = load(&l, a)) != ERR_OK) {
		arena_free(a);
		free(rules);
		return (e);
	}
	arena_free(a);
	qsort(rules->entries, rules->entries_count, sizeof rules->entries[0], by_target);
	note_ranks(rules);
	*ret_rules = rules;
	len =
	    offsetof(struct quota_rules, entries) + rules->entries_count * sizeof rules->entries[0];
	if ((rules = realloc(rules, len)) != NULL)
		*ret_rules = rules;
	return (ERR_OK);
}

void
quota_rules_free(struct quota_rules *rules)
{

	free(rules);
}

bool
quota_rules_none(const struct quota_rules *rules)
{

	return (rules->entries_count == 0);
}

/* Where the entries of ${t} begin, or would. */
static size_t
find_first(const struct quota_rules *rules, const struct target *t)
{
	size_t low = 0, high = rules->entries_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (memcmp(&rules->entries[middle].target, t, sizeof *t) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

static void
add_to_plan(struct quota_plan *plan, size_t from, const struct quota_policy *policy,
    const struct quota_who *who)
{
	size_t i;

	for (i = from; i < plan->count; i++)
		if (plan->items[i].policy == policy)
			return;
	if (plan->count == sizeof plan->items / sizeof plan->items[0])
		return;
	plan->items[plan->count].policy = policy;
	plan->items[plan->count].of = who->of;
	plan->items[plan->count++].of_len = who->of_len;
}

/* Add the policies of exactly ${t}; were there any? */
static bool
add_exact(const struct quota_rules *rules, const struct target *t, size_t from,
    const struct quota_who *who, struct quota_plan *plan)
{
	const size_t first = find_first(rules, t);
	size_t i;

	for (i = first;
	     i < rules->entries_count && memcmp(&rules->entries[i].target, t, sizeof *t) == 0; i++)
		add_to_plan(plan, from, &rules->policies[rules->entries[i].policy], who);
	return (i > first);
}

/* Add those of the highest rank that has any; was there one? */
static bool
add_nearest(const struct quota_rules *rules, struct target *t, size_t from,
    const struct quota_who *who, struct quota_plan *plan)
{
	const unsigned char *ranks = rules->scopes[t->scope].ranks;
	const size_t count = rules->scopes[t->scope].ranks_count;
	size_t i;

	if (who->bytes != NULL)
		memcpy(t->who, who->bytes, who->len);
	for (i = 0; i < count; i++) {
		t->rank = ranks[i];
		if (t->rank == RANK_EVERYBODY)
			memset(t->who, 0, sizeof t->who);
		else if (t->scope == LIMIT_NETWORK)
			address_cut(t->who, t->rank - RANK_OWN);
		if (add_exact(rules, t, from, who, plan))
			return (true);
	}
	return (false);
}

void
quota_rules_match(const struct quota_rules *rules, enum limit_scope scope,
    const struct quota_who *who, unsigned int route, struct quota_plan *plan)
{
	struct target t = { .scope = (unsigned char)scope, .route = (uint16_t)route };
	const size_t from = plan->count;

	/* A route has its own policies, or else those of every route. */
	if (rules->scopes[scope].has_route && add_nearest(rules, &t, from, who, plan) &&
	    scope == LIMIT_ROUTE)
		return;
	t.route = 0;
	add_nearest(rules, &t, from, who, plan);
}
