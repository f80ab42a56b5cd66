/* What admins write of rate limits, and which policies hold for a request. */
#include "access/quota_words.h"

#include <string.h>

#include "access/quota_rules.h"
#include "base/address.h"
#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"

#define USER "01890a5d-ac96-774b-bcce-b302099a8001"
#define OTHER "01890a5d-ac96-774b-bcce-b302099a8002"

static void
test_rate(void)
{

	ok(quota_words_rate_ok(25600, 1) && !quota_words_rate_ok(25601, 1),
	    "25,600 a second are the most");
	ok(quota_words_rate_ok(QUOTA_COUNT_MAX, QUOTA_WINDOW_MAX) && quota_words_rate_ok(1, 1),
	    "of the largest numbers, too");
}

static void
test_route(void)
{
	char longest[QUOTA_OF_SIZE + 1] = "GET /";

	ok(quota_words_route_ok("GET /") && quota_words_route_ok("POST /auth/login") &&
	        quota_words_route_ok("PATCH /users/{id}") && quota_words_route_ok("DELETE /a") &&
	        quota_words_route_ok("* /api/*"),
	    "a route is METHOD /path");
	ok(!quota_words_route_ok("") && !quota_words_route_ok("GET") &&
	        !quota_words_route_ok("GET ") && !quota_words_route_ok("GET  /a") &&
	        !quota_words_route_ok("get /a") && !quota_words_route_ok("PUT /a") &&
	        !quota_words_route_ok("GET a") && !quota_words_route_ok("/a") &&
	        !quota_words_route_ok(" /a"),
	    "and nothing else");
	ok(!quota_words_route_ok("GET /a b") && !quota_words_route_ok("GET /a\n") &&
	        !quota_words_route_ok("GET /\x7f") && !quota_words_route_ok("GET /\xc3\xa9"),
	    "of visible ASCII");
	memset(longest + 5, 'a', QUOTA_OF_SIZE - 6);
	ok(quota_words_route_ok(longest), "127 bytes long");
	strcat(longest, "a");
	ok(!quota_words_route_ok(longest), "and no longer");
}

static bool
fixed(enum limit_scope scope, const char *who, const char *wanted)
{
	char fixed_who[QUOTA_OF_SIZE];

	if (!quota_words_fix_who(scope, who, fixed_who))
		return (wanted == NULL);
	return (wanted != NULL && strcmp(fixed_who, wanted) == 0);
}

static void
test_who(void)
{

	ok(fixed(LIMIT_USER, USER, USER) && fixed(LIMIT_ORG, USER, USER) &&
	        fixed(LIMIT_KEY, USER, USER),
	    "users, orgs and keys are ids");
	ok(fixed(LIMIT_USER, "ann", NULL) && fixed(LIMIT_ORG, "", NULL) &&
	        fixed(LIMIT_KEY, "192.0.2.1", NULL),
	    "and nothing else");
	ok(fixed(LIMIT_NETWORK, "192.0.2.1/24", "192.0.2.0/24") &&
	        fixed(LIMIT_NETWORK, "::1", "::1") && fixed(LIMIT_NETWORK, USER, NULL),
	    "a network is one");
	ok(fixed(LIMIT_ROUTE, "GET /", NULL), "a route is nobody");
}

/* The rules of what is in the database now. */
static struct quota_rules *rules;

static char first_route[] = "GET /a", second_route[] = "POST /b";
static char *const routes[] = { first_route, second_route };

static int
by_name(const void *one, const void *other)
{

	return (strcmp(*(const char *const *)one, *(const char *const *)other));
}

/* Do these policies hold for whoever is ${bytes}: their names, sorted, with a space before each? */
static bool
hold(enum limit_scope scope, const void *bytes, size_t len, unsigned int route, const char *wanted)
{
	const struct quota_who who = { bytes, len, "x", 1 };
	static struct quota_plan plan;
	const char *names[LIMIT_POLICIES_MAX] = { NULL };
	char text[256] = "";
	size_t i;

	plan.count = 0;
	quota_rules_match(rules, scope, &who, route, &plan);
	for (i = 0; i < plan.count; i++)
		names[i] = plan.items[i].policy->name;
	qsort(names, plan.count, sizeof names[0], by_name);
	for (i = 0; i < plan.count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), " %s", names[i]);
	if (strcmp(text, wanted) != 0)
		printf("# hold:%s, not%s\n", text, wanted);
	return (strcmp(text, wanted) == 0);
}

static bool
user_has(const char *id, unsigned int route, const char *wanted)
{

	return (hold(LIMIT_USER, id, strlen(id), route, wanted));
}

static bool
address_has(const char *address, unsigned int route, const char *wanted)
{
	struct address_network n;

	return (address_network_parse(address, &n) &&
	        hold(LIMIT_NETWORK, n.address, sizeof n.address, route, wanted));
}

/* A policy of the name, and whom it is assigned to: at most two targets. */
static enum err
add(struct tx *tx, const char *name, enum limit_scope scope, struct limit_target one,
    struct limit_target two)
{
	char id[ID_SIZE], as_id[ID_SIZE];
	const struct limit_policy p = { id, name, scope, 10, 60, "", 0 };
	struct limit_assignment as = { as_id, id, scope, one, 0 };
	enum err e;

	id_new(id);
	id_new(as_id);
	if ((e = limit_policy_add(tx, &p)) != ERR_OK ||
	    (e = limit_policy_assign(tx, &as)) != ERR_OK)
		return (e);
	id_new(as_id);
	as.target = two;
	return (limit_policy_assign(tx, &as));
}

#define ALL \
	(struct limit_target) \
	{ \
		NULL, NULL \
	}
#define AT(who, route) \
	(struct limit_target) \
	{ \
		(who), (route) \
	}

/* A database with two users and no rules. */
static bool
make_database(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK &&
	       db_script(db, "INSERT INTO users (id, email, email_key, created_at, updated_at) "
	                     "VALUES ('" USER "', 'a@x.y', 'a@x.y', 0, 0), "
	                     "('" OTHER "', 'b@x.y', 'b@x.y', 0, 0)") == ERR_OK;
	db_close(db);
	return (fine);
}

static enum err
fill(struct tx *tx, void *arg)
{
	enum err e;

	(void)arg;
	if ((e = add(tx, "all", LIMIT_USER, ALL, ALL)) != ERR_OK ||
	    (e = add(tx, "all2", LIMIT_USER, ALL, AT(NULL, "GET /a"))) != ERR_OK ||
	    (e = add(tx, "own-at-a", LIMIT_USER, AT(USER, "GET /a"), AT(USER, "GET /a"))) !=
	        ERR_OK ||
	    (e = add(tx, "at-a", LIMIT_USER, AT(NULL, "GET /a"), AT(NULL, "GET /z"))) != ERR_OK ||
	    (e = add(tx, "own", LIMIT_USER, AT(OTHER, NULL), AT(OTHER, NULL))) != ERR_OK ||
	    (e = add(tx, "world", LIMIT_NETWORK, AT("0.0.0.0/0", NULL), AT("::/0", NULL))) !=
	        ERR_OK ||
	    (e = add(tx, "ten", LIMIT_NETWORK, AT("10.0.0.0/8", NULL), ALL)) != ERR_OK ||
	    (e = add(tx, "ten-one", LIMIT_NETWORK, AT("10.1.0.0/16", NULL),
	         AT("2001:db8::/32", NULL))) != ERR_OK ||
	    (e = add(tx, "ten-b", LIMIT_NETWORK, AT("10.0.0.0/8", "POST /b"),
	         AT("10.2.0.0/16", "GET /a"))) != ERR_OK ||
	    (e = add(tx, "each", LIMIT_ROUTE, ALL, ALL)) != ERR_OK)
		return (e);
	return (add(tx, "a-alone", LIMIT_ROUTE, AT(NULL, "GET /a"), AT(NULL, "GET /z")));
}

static void
test_users(void)
{

	ok(user_has(USER, 2, " all all2"), "everybody's policies hold for everybody, all of them");
	ok(user_has(USER, 1, " all all2 own-at-a"),
	    "at a route the own one instead of everybody's there, besides those at all routes");
	ok(user_has(OTHER, 1, " all2 at-a own"),
	    "at all routes the own one instead of everybody's there, besides those at the route");
	ok(user_has(OTHER, 2, " own"), "elsewhere the own one alone");
}

static void
test_networks(void)
{

	ok(address_has("192.0.2.1", 1, " world"), "all addresses of IPv4 are a network");
	ok(address_has("10.200.0.1", 1, " ten") && address_has("10.1.0.1", 1, " ten-one"),
	    "the smallest network holds");
	ok(address_has("10.1.0.1", 2, " ten-b ten-one"), "at the route its own smallest");
	ok(address_has("10.2.0.1", 1, " ten ten-b") && address_has("10.3.0.1", 1, " ten"),
	    "and only there");
	ok(address_has("2001:db8::1", 1, " ten-one") && address_has("2001:db9::1", 1, " world"),
	    "so it is with IPv6");
	ok(hold(LIMIT_ROUTE, NULL, 0, 1, " a-alone") && hold(LIMIT_ROUTE, NULL, 0, 2, " each"),
	    "a route has its own policy, or that of each");
	ok(hold(LIMIT_ORG, USER, strlen(USER), 1, "") && hold(LIMIT_KEY, USER, 32, 1, ""),
	    "where there is none, none holds");
}

int
main(void)
{
	struct store *store;
	struct db *db;

	test_rate();
	test_route();
	test_who();
	if (!make_database() || store_open(state_dir(), 1, &store) != ERR_OK)
		return (1);
	ok(store_read(store, &db) == ERR_OK &&
	        quota_rules_load(db, routes, COUNT(routes), 0, &rules) == ERR_OK &&
	        quota_rules_none(rules) && user_has(USER, 1, ""),
	    "a fresh database has no rules");
	store_read_end(store, db);
	quota_rules_free(rules);
	ok(store_write(store, fill, NULL) == ERR_OK && store_read(store, &db) == ERR_OK &&
	        quota_rules_load(db, routes, COUNT(routes), 0, &rules) == ERR_OK &&
	        !quota_rules_none(rules),
	    "rules are read");
	store_read_end(store, db);
	test_users();
	test_networks();
	quota_rules_free(rules);
	quota_rules_free(NULL);
	store_close(store);
	return (done());
}
