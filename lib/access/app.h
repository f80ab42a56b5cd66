/* What every program has in its hands while it runs, and its main function. */
#ifndef ACCESS_APP_H
#define ACCESS_APP_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/cache.h"
#include "base/conf.h"
#include "base/limiter.h"
#include "cred/breach.h"
#include "cred/hasher.h"
#include "cred/keyring.h"
#include "cred/secret.h"
#include "http/page.h"
#include "http/route.h"
#include "store/store.h"

struct arrivals;
struct guard;
struct quotas;
struct req;
struct usage;

struct app {
	struct conf conf;
	struct store *store;
	struct keyring *keyring;
	struct master *master;
	struct hasher *hasher;
	struct breach *breach; /* NULL: no filter configured */
	struct pages *pages;
	struct cache *subjects;
	struct cache *grants;
	struct limiter *limiter; /* of who has to wait after wrong passwords */
	struct limiter *counts;  /* of rate limits: apart, for their keys anybody makes up */
	struct limiter *spent;   /* proofs of work, see access/work.h; NULL: none are asked */
	struct quotas *quotas;
	struct usage *usage;
	struct arrivals *arrivals;
	struct guard *guard; /* of the program that guards; NULL in others */
	atomic_bool asked;   /* something, since the house was kept: app_asked() */

	/* access/housekeeping.h's alone. */
	int64_t housekept_at; /* ms of the steady clock */
	pthread_t chores;     /* a thread, when it was sent for; */
	bool sent;
	atomic_bool at_chores; /* and has not ended them */
};

/* What a program is, besides its name. */
struct program {
	const char *name;
	const struct route *routes;
	size_t routes_count;
	unsigned int threads; /* unless http.threads says otherwise */
	/* Of the program that guards: see http/server.h. */
	enum err (*authorize)(struct req *r);
};

/**
 * app_main(argc, argv, p):
 * Run the program ${p}: read the configuration (--config FILE, else $YETT_CONF, else the installed
 * one), open everything, serve. With --routes print the table instead: method, path, who,
 * permission, the largest body and its type of each row. Returns the exit status: 0; 1 for a
 * failure; 100 for a wrong call.
 */
int app_main(int argc, char **argv, const struct program *p);

/**
 * app_asked(app):
 * Something is asked of the program: it has to keep house.
 */
void app_asked(struct app *app);

/**
 * app_open(app), app_close(app):
 * Open the database, keys and the rest that ${app}->conf names; all else in ${app} is zero. Makes
 * the first key when there is none.
 * Errors: as of the parts; what is wrong is logged for the operator.
 */
MUST_USE enum err app_open(struct app *app);
void app_close(struct app *app);

#endif
