/* Proof of work: routes whose requests cost us more than those who send them may ask for some
 * computing first. */
#include "access/work.h"

#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "base/clock.h"
#include "cred/challenge.h"
#include "http/form.h"
#include "http/route.h"

#define PATH_SIZE 600
#define KEY_SIZE (8 + CHALLENGE_SIZE)
#define FIELD "work" /* of a form */
#define FREE_KEY "free"

static bool
is_off(const struct conf *c)
{

	return (strcmp(c->work_mode, "off") == 0);
}

static struct limit
free_limit(const struct conf *c)
{

	return ((struct limit){ c->work_free_requests, c->work_free_window_s * 1000 });
}

/* Is work asked of who comes now? */
static bool
is_asked(const struct app *app)
{

	if (is_off(&app->conf))
		return (false);
	return (strcmp(app->conf.work_mode, "always") == 0 ||
	        limiter_look(app->spent, FREE_KEY, free_limit(&app->conf)) > 0);
}

/* May one more go without? Then it is counted. */
static bool
goes_without(const struct app *app)
{

	return (strcmp(app->conf.work_mode, "busy") == 0 &&
	        limiter_take(app->spent, FREE_KEY, free_limit(&app->conf)) == 0);
}

enum err
work_open(const struct conf *conf, struct limiter **ret_spent)
{
	char path[PATH_SIZE];

	*ret_spent = NULL;
	if (is_off(conf))
		return (ERR_OK);
	snprintf(path, sizeof path, "%s/work.map", conf->state_dir);
	return (limiter_open(path, ret_spent));
}

void
work_look(struct req *r)
{

	if (!r->route->work || is_off(&r->app->conf))
		return;
	r->asks_work = true;
	r->needs_work = is_asked(r->app);
}

static void
add_challenge(struct json *j, const struct app *app)
{
	const struct challenge c = { .expires_at = clock_ms() + app->conf.work_life_s * 1000,
		.bits = (int)app->conf.work_bits };
	char text[CHALLENGE_SIZE];

	challenge_print(app->master, &c, text);
	json_add_text(j, "algorithm", "SHA-256");
	json_add_text(j, "challenge", text);
	json_add_number(j, "bits", c.bits);
	json_add_time(j, "expires_at", c.expires_at);
}

void
work_tell(const struct app *app, struct json *j)
{

	json_add_bool(j, "required", is_asked(app));
	add_challenge(j, app);
}

/* What the client sent; NULL: nothing, or several. */
static const char *
find_solution(const struct req *r)
{
	const char *value;
	struct form form;
	bool repeated;

	if (r->yett_work != NULL)
		return (r->yett_work);
	if (!req_is_form(r) || r->body == NULL ||
	    form_parse(r->body, r->body_len, r->arena, &form) != ERR_OK ||
	    (value = form_get(&form, FIELD, &repeated)) == NULL || value[0] == '\0' || repeated)
		return (NULL);
	return (value);
}

/* Spend what ${solution} solves. It is remembered for as long as it could be taken otherwise, and a
 * second more, for the counter rounds. */
static bool
spend(const struct app *app, const char *solution, const struct challenge *c, int64_t now)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof key, "spent\n%.*s", CHALLENGE_SIZE - 1, solution);
	return (
	    limiter_take(app->spent, key, (struct limit){ 1, c->expires_at - now + 1000 }) == 0);
}

/* Why ${solution} does not count; NULL: it does, and is spent. What costs least is looked at first.
 */
static const char *
refuse_solution(const struct app *app, const char *solution)
{
	const int64_t now = clock_ms();
	struct challenge c;

	if (solution == NULL)
		return ("is needed just now, and there is none");
	if (!challenge_parse(solution, &c))
		return ("is not CHALLENGE.NONCE");
	if (c.expires_at <= now)
		return ("came too late: the challenge has expired");
	if (c.bits < app->conf.work_bits)
		return ("is of a challenge with fewer bits than are asked now");
	if (!challenge_is_ours(app->master, solution))
		return ("is of a challenge that was not made here");
	if (challenge_zeros(solution) < c.bits)
		return ("is wrong: its hash does not begin with that many zero bits");
	if (!spend(app, solution, &c, now))
		return ("was used before; each counts once");
	return (NULL);
}

static enum err
demand(struct req *r, const char *reason)
{
	struct json j = json_object(r->arena);

	add_challenge(&j, r->app);
	if ((r->work = json_print(&j)) == NULL)
		return (ERR_NOMEM);
	r->needs_work = true;
	return (req_fail(r, ERR_WORK,
	    "a solved challenge %s; a browser with JavaScript solves one by itself, programs find "
	    "one in the member work",
	    reason));
}

enum err
work_check(struct req *r)
{
	const char *reason;

	if (!r->route->work || is_off(&r->app->conf) || strcmp(r->method, "GET") == 0 ||
	    strcmp(r->method, "HEAD") == 0)
		return (ERR_OK);
	reason = refuse_solution(r->app, find_solution(r));
	if (reason == NULL || goes_without(r->app))
		return (ERR_OK);
	return (demand(r, reason));
}
