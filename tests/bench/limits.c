/* The CPU time that rate limiting alone costs a request: limits STATE_DIR. Exit status 1: more than
 * 1 us. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "access/app.h"
#include "access/quota.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/request.h"

#define ROUNDS 9
#define REQUESTS 200000
#define ARENA_MAX ((size_t)1 << 20)
#define FLOOR_NS 1000

#define USER "01890a5d-ac96-774b-bcce-b302099a8001"
#define ORG "01890a5d-ac96-774b-bcce-b302099a8002"

static const struct route routes[] = {
	{ "GET", "/users/me", NULL, 0, WHO_USER, NULL, NULL },
};

struct site {
	struct app app;
	struct arena *arena;
	struct subject *subject;
};

/* One policy of each scope, for everybody; each has enough for the whole run. */
static enum err
write_policies(struct tx *tx, void *arg)
{
	char id[ID_SIZE], assignment_id[ID_SIZE];
	unsigned int i;
	enum err e = ERR_OK;

	(void)arg;
	for (i = 0; e == ERR_OK && i < LIMIT_SCOPES; i++) {
		const enum limit_scope scope = (enum limit_scope)i;

		id_new(id);
		id_new(assignment_id);
		e = limit_policy_add(tx, &(struct limit_policy){ .id = id,
		                             .name = limit_policy_scope_name(scope),
		                             .scope = scope,
		                             .limit_count = 1000000000,
		                             .window_sec = 86400,
		                             .description = "" });
		if (e == ERR_OK)
			e = limit_policy_assign(
			    tx, &(struct limit_assignment){
			            .id = assignment_id, .policy_id = id, .scope = scope });
	}
	return (e);
}

static int64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ((int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec);
}

/* CPU ns a request, the arena's wiping included. */
static double
measure(struct site *s, bool counting)
{
	const int64_t since = cpu_ns();
	struct req r;
	enum err e = ERR_OK;
	int i;

	for (i = 0; i < REQUESTS && e == ERR_OK; i++) {
		r = (struct req){ .arena = s->arena,
			.app = &s->app,
			.route = routes,
			.subject = s->subject,
			.method = "GET",
			.path = "/users/me",
			.remote_addr = "192.0.2.7",
			.x_api_key = "yett_4fGk29sLqPz0WvXn7RtYb3McJd8Hs5Ea1Uo6" };
		if (counting && (e = quota_arrive(&r)) == ERR_OK)
			e = quota_identified(&r);
		if (e != ERR_OK)
			printf("FAIL  request %d: %s\n", i, err_slug(e));
		arena_reset(s->arena);
	}
	return ((double)(cpu_ns() - since) / REQUESTS);
}

static double
median(struct site *s, bool counting)
{
	double times[ROUNDS] = { 0 }, time;
	int i, n;

	for (n = 0; n < ROUNDS; n++) {
		time = measure(s, counting);
		for (i = n; i > 0 && times[i - 1] > time; i--)
			times[i] = times[i - 1];
		times[i] = time;
	}
	return (times[ROUNDS / 2]);
}

static bool
open_site(struct site *s, const char *state)
{
	char path[600];

	snprintf(path, sizeof path, "%s/quotas.map", state);
	if ((s->subject = calloc(1, sizeof *s->subject)) == NULL)
		return (false);
	memcpy(s->subject->user_id, USER, ID_SIZE);
	memcpy(s->subject->org_id, ORG, ID_SIZE);
	return (sodium_init() >= 0 && (s->arena = arena_new(ARENA_MAX)) != NULL &&
	        store_open(state, 1, &s->app.store) == ERR_OK &&
	        limiter_open(path, &s->app.counts) == ERR_OK &&
	        quota_open(s->app.store, routes, COUNT(routes), &s->app.quotas) == ERR_OK);
}

int
main(int argc, char **argv)
{
	static struct site s;
	double bare, none, five;

	if (argc != 2) {
		fputs("usage: limits STATE_DIR\n", stderr);
		return (100);
	}
	log_setup("limits", false, LOG_WARN);
	if (!open_site(&s, argv[1]))
		return (100);
	bare = median(&s, false);
	none = median(&s, true) - bare;
	if (store_write(s.app.store, write_policies, NULL) != ERR_OK)
		return (100);
	five = median(&s, true) - bare;
	printf("rate limits, ns a request: %.0f without a policy, %.0f with five that hold\n", none,
	    five);
	printf("%s  rate limiting alone, ns   floor < %d\n", five < FLOOR_NS ? "PASS" : "FAIL",
	    FLOOR_NS);
	quota_close(s.app.quotas);
	limiter_close(s.app.counts);
	store_close(s.app.store);
	arena_free(s.arena);
	free(s.subject);
	return (five < FLOOR_NS ? 0 : 1);
}
