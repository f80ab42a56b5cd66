/* How many wrong passwords are taken before one has to wait. */
#include "access/throttle.h"

#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "base/address.h"
#include "base/log.h"
#include "http/reply.h"

#define KEY_SIZE 400 /* an account is at most 254 bytes */
#define FIRST_MS 1000
#define MEMORY_MS ((int64_t)3600000)
/* From everywhere together: more tries and shorter waits, for here strangers can make people wait.
 */
#define EVERYWHERE 10
#define EVERYWHERE_LONGEST_MS 300000

/* How often an admin has ended all waits of an account: that makes new keys, so that those of all
 * networks need not be known. */
static const struct patience unlocks = {
	.free = 200, .first_ms = 0, .longest_ms = 0, .memory_ms = 86400000
};

static const struct limit codes = { 30, 86400000 };

/* Parts are separated by what nobody can type in a name. */
struct keys {
	char network[KEY_SIZE];
	char here[KEY_SIZE];       /* the account, from this network */
	char everywhere[KEY_SIZE]; /* the account */
};

static int64_t
count_unlocks(struct limiter *l, const char *account)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof key, "unlocks\n%s", account);
	return (limiter_failures(l, key));
}

static void
make_keys(const struct req *r, const char *account, struct keys *k)
{
	long long times;
	char network[ADDRESS_SIZE];

	address_customer(r->remote_addr, network);
	snprintf(k->network, sizeof k->network, "sign-in\n%s", network);
	k->here[0] = k->everywhere[0] = '\0';
	if (account == NULL)
		return;
	times = count_unlocks(r->app->limiter, account);
	snprintf(k->here, sizeof k->here, "sign-in %lld\n%s\n%s", times, account, network);
	snprintf(k->everywhere, sizeof k->everywhere, "sign-in %lld\n%s", times, account);
}

static struct patience
patience_here(const struct conf *c)
{

	return ((struct patience){ .free = c->throttle_failures,
	    .first_ms = FIRST_MS,
	    .longest_ms = c->throttle_longest_s * 1000,
	    .memory_ms = MEMORY_MS });
}

static struct patience
patience_everywhere(const struct conf *c)
{
	struct patience p = patience_here(c);

	p.free *= EVERYWHERE;
	if (p.longest_ms > EVERYWHERE_LONGEST_MS)
		p.longest_ms = EVERYWHERE_LONGEST_MS;
	return (p);
}

static struct limit
limit_network(const struct conf *c)
{

	return (
	    (struct limit){ c->throttle_network_failures, c->throttle_network_window_s * 1000 });
}

static int64_t
longer(int64_t one, int64_t other)
{

	return (one > other ? one : other);
}

/* How long to wait, by all three counts; ${counting}: and count, where there is none. */
static int64_t
count_wait(struct req *r, const struct keys *k, bool counting)
{
	const struct conf *c = &r->app->conf;
	const struct patience here = patience_here(c), everywhere = patience_everywhere(c);
	struct limiter *l = r->app->limiter;
	int64_t wait = 0;

	if (c->throttle_network_failures > 0)
		wait = counting ? limiter_take(l, k->network, limit_network(c))
		                : limiter_look(l, k->network, limit_network(c));
	if (c->throttle_failures == 0 || k->here[0] == '\0')
		return (wait);
	if (counting)
		return (longer(wait, longer(limiter_fail(l, k->here, &here),
		                         limiter_fail(l, k->everywhere, &everywhere))));
	return (longer(wait,
	    longer(limiter_wait(l, k->here, &here), limiter_wait(l, k->everywhere, &everywhere))));
}

enum err
throttle_refuse(struct req *r, int64_t wait_ms, const char *why)
{
	const long long seconds = (wait_ms + 999) / 1000;
	const char *text = arena_print(r->arena, "%lld", seconds);
	enum err e;

	if (text == NULL)
		return (ERR_NOMEM);
	if ((e = reply_header(r, "Retry-After", text)) != ERR_OK)
		return (e);
	return (req_fail(r, ERR_LIMIT, "%s; try again in %lld s", why, seconds));
}

enum err
throttle_begin(struct req *r, const char *account)
{
	struct keys k;
	int64_t wait;

	make_keys(r, account, &k);
	/* First only look: who has to wait by one count is not to be counted by the others. */
	if ((wait = count_wait(r, &k, false)) == 0)
		wait = count_wait(r, &k, true);
	if (wait == 0)
		return (ERR_OK);
	/* As in signin.c, a line that etc/fail2ban/filter.d/yett.conf reads. */
	log_event(LOG_WARN, r->request_id, "sign-in refused from %s: too many wrong passwords",
	    r->remote_addr);
	return (throttle_refuse(r, wait, "too many wrong passwords"));
}

void
throttle_end(struct req *r, const char *account, enum err e)
{
	const struct conf *c = &r->app->conf;
	const struct patience here = patience_here(c), everywhere = patience_everywhere(c);
	struct limiter *l = r->app->limiter;
	struct keys k;

	if (e == ERR_INVALID_CREDENTIALS || e == ERR_TICKET)
		return;
	make_keys(r, account, &k);
	if (c->throttle_network_failures > 0)
		limiter_give(l, k.network, limit_network(c));
	if (c->throttle_failures == 0 || account == NULL)
		return;
	if (e == ERR_OK || e == ERR_ACCOUNT || e == ERR_UNCONFIRMED) {
		limiter_forget(l, k.here);
		limiter_forget(l, k.everywhere);
	} else {
		limiter_excuse(l, k.here, &here);
		limiter_excuse(l, k.everywhere, &everywhere);
	}
}

bool
throttle_tell(struct req *r, const char *account, int64_t *ret_failures)
{
	const struct conf *c = &r->app->conf;
	const struct limit once = { 1, MEMORY_MS };
	struct limiter *l = r->app->limiter;
	char key[KEY_SIZE];
	struct keys k;

	if (c->throttle_failures == 0)
		return (false);
	make_keys(r, account, &k);
	*ret_failures = limiter_failures(l, k.everywhere);
	if (*ret_failures <= patience_everywhere(c).free)
		return (false);
	snprintf(key, sizeof key, "told\n%s", account);
	return (limiter_take(l, key, once) == 0);
}

static void
forget(struct limiter *l, const char *account)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof key, "unlocks\n%s", account);
	if (limiter_fail(l, key, &unlocks) != 0)
		limiter_forget(l, key);
}

/* The names that wrong passwords and codes may have been given for: at signing in the first three,
 * at changing the password or the phone the last. */
#define NAMES 4

static void
list_names(const struct user *u, struct arena *a, const char *ret_names[static NAMES])
{
	/* A phone that is not confirmed is perhaps somebody else's. */
	const char *const names[NAMES] = { u->email, u->username,
		u->phone_confirmed ? u->phone : NULL, u->id };
	size_t i;

	for (i = 0; i < NAMES; i++)
		ret_names[i] = arena_copy_lower(a, names[i]);
}

void
throttle_forget_user(struct limiter *l, const struct user *u, struct arena *a)
{
	const char *names[NAMES];
	size_t i;

	list_names(u, a, names);
	for (i = 0; i < NAMES; i++)
		if (names[i] != NULL)
			forget(l, names[i]);
}

static void
make_code_key(struct limiter *l, const char *account, char ret_key[static KEY_SIZE])
{

	snprintf(ret_key, KEY_SIZE, "code %lld\n%s", (long long)count_unlocks(l, account), account);
}

static bool
has_failed(struct limiter *l, const char *account)
{
	char key[KEY_SIZE];
	struct tally tally;

	snprintf(
	    key, sizeof key, "sign-in %lld\n%s", (long long)count_unlocks(l, account), account);
	if (limiter_failures(l, key) > 0)
		return (true);
	/* Codes are counted for longer, and whatever is configured. */
	make_code_key(l, account, key);
	limiter_tell(l, key, codes, &tally);
	return (tally.left < codes.count);
}

bool
throttle_has_failed(struct limiter *l, const struct user *u, struct arena *a)
{
	const char *names[NAMES];
	size_t i;

	list_names(u, a, names);
	for (i = 0; i < NAMES; i++)
		if (names[i] != NULL && has_failed(l, names[i]))
			return (true);
	return (false);
}

enum err
throttle_code_begin(struct req *r, const char *account)
{
	char key[KEY_SIZE];
	int64_t wait;
	enum err e;

	if (account == NULL)
		return (throttle_begin(r, NULL));
	make_code_key(r->app->limiter, account, key);
	if ((wait = limiter_take(r->app->limiter, key, codes)) != 0)
		return (throttle_refuse(r, wait, "too many wrong codes"));
	if ((e = throttle_begin(r, account)) != ERR_OK)
		limiter_give(r->app->limiter, key, codes);
	return (e);
}

void
throttle_code_end(struct req *r, const char *account, enum err e)
{
	char key[KEY_SIZE];

	throttle_end(r, account, e);
	if (account == NULL || e == ERR_TICKET)
		return;
	make_code_key(r->app->limiter, account, key);
	limiter_give(r->app->limiter, key, codes);
}
