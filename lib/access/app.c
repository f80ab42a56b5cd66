/* What every program has in its hands while it runs, and its main function. */
#include "access/app.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "access/admit.h"
#include "access/arrivals.h"
#include "access/guard.h"
#include "access/guard_conf.h"
#include "access/housekeeping.h"
#include "access/quota.h"
#include "access/usage.h"
#include "access/work.h"
#include "base/log.h"
#include "http/conn.h"
#include "http/server.h"

#ifndef VERSION
#define VERSION "0"
#endif

#define GRANTS_REMEMBERED_MAX 4096
#define SUBJECTS_MAX 8192                       /* of about 1.2 KiB each, the guard's 1.7 */
#define REMEMBERED_BYTES_MAX ((size_t)10 << 20) /* of either kind */
#define READERS_MAX 8 /* more than processors of the machines this is for */
#define PATH_SIZE 600

static enum err
open_store(struct app *app)
{
	enum err e = store_open(app->conf.state_dir, READERS_MAX, &app->store);

	if (e == ERR_NOT_FOUND)
		log_event(
		    LOG_ERROR, NULL, "no database in %s: run \"yett init\"", app->conf.state_dir);
	else if (e == ERR_VERSION)
		log_event(LOG_ERROR, NULL,
		    "the database is of another version: run \"yett migrate\" of this version");
	else if (e != ERR_OK)
		log_event(LOG_ERROR, NULL,
		    "cannot open the database in %s: %s: does it belong to the user that runs "
		    "this?",
		    app->conf.state_dir, err_slug(e));
	return (e);
}

static enum err
open_keys(struct app *app)
{
	char dir[PATH_SIZE];
	enum err e;

	snprintf(dir, sizeof dir, "%s/keys", app->conf.state_dir);
	if ((e = master_create(app->conf.state_dir)) != ERR_OK ||
	    (e = master_open(app->conf.state_dir, &app->master)) != ERR_OK ||
	    (e = keyring_create(dir)) != ERR_OK ||
	    (e = keyring_open(dir, app->conf.session_access_s, &app->keyring)) != ERR_OK)
		log_event(LOG_ERROR, NULL, "cannot use the keys in %s: %s: run \"yett doctor\"",
		    app->conf.state_dir, err_slug(e));
	return (e);
}

static enum err
open_limiter(const struct conf *c, const char *name, struct limiter **ret_limiter)
{
	char path[PATH_SIZE];
	enum err e;

	snprintf(path, sizeof path, "%s/%s", c->state_dir, name);
	if ((e = limiter_open(path, ret_limiter)) != ERR_OK)
		log_event(LOG_ERROR, NULL, "cannot use %s: %s", path, err_slug(e));
	return (e);
}

static enum err
open_spent(struct app *app)
{
	const enum err e = work_open(&app->conf, &app->spent);

	if (e != ERR_OK)
		log_event(LOG_ERROR, NULL, "cannot use %s/work.map: %s", app->conf.state_dir,
		    err_slug(e));
	return (e);
}

static enum err
open_arrivals(struct app *app)
{
	char path[PATH_SIZE];
	enum err e;

	snprintf(path, sizeof path, "%s/arrivals.map", app->conf.state_dir);
	if ((e = arrivals_open(path, &app->arrivals)) != ERR_OK)
		log_event(LOG_ERROR, NULL, "cannot use %s: %s", path, err_slug(e));
	return (e);
}

/* What pages offer: nobody waits for a mail that no courier sends. */
static void
say_settings(const struct conf *c, struct pages *pages)
{

	if (c->signin_magic_link)
		pages_say(pages, "magic_link");
	if (c->signin_otp_sms)
		pages_say(pages, "by_sms");
	if ((c->signin_magic_link || c->signin_otp) && c->mail_url[0] != '\0')
		pages_say(pages, "by_mail");
}

static enum err
open_rest(struct app *app)
{
	const struct conf *c = &app->conf;
	enum err e;

	if ((e = hasher_open(c, &app->hasher)) != ERR_OK) {
		log_event(
		    LOG_ERROR, NULL, "cannot use %s/hash.lock: %s", c->state_dir, err_slug(e));
		return (e);
	}
	if (c->password_breached[0] != '\0' &&
	    (e = breach_open(c->password_breached, &app->breach)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot use password.breached = %s: %s",
		    c->password_breached, err_slug(e));
		return (e);
	}
	if ((e = pages_open(c->www_dir, &app->pages)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot read the pages in site.www = %s: %s", c->www_dir,
		    err_slug(e));
		return (e);
	}
	say_settings(c, app->pages);
	if ((e = open_limiter(c, "limits.map", &app->limiter)) != ERR_OK ||
	    (e = open_limiter(c, "quotas.map", &app->counts)) != ERR_OK ||
	    (e = open_spent(app)) != ERR_OK || (e = open_arrivals(app)) != ERR_OK)
		return (e);
	app->subjects = cache_new(SUBJECTS_MAX, REMEMBERED_BYTES_MAX);
	app->grants = cache_new(GRANTS_REMEMBERED_MAX, REMEMBERED_BYTES_MAX);
	app->usage = usage_new(app->store);
	return (app->subjects == NULL || app->grants == NULL || app->usage == NULL ? ERR_NOMEM
	                                                                           : ERR_OK);
}

enum err
app_open(struct app *app)
{
	enum err e;

	if ((e = open_store(app)) != ERR_OK || (e = open_keys(app)) != ERR_OK ||
	    (e = open_rest(app)) != ERR_OK)
		app_close(app);
	return (e);
}

void
app_close(struct app *app)
{

	arrivals_close(app->arrivals);
	guard_close(app->guard);
	usage_free(app->usage);
	quota_close(app->quotas);
	cache_free(app->grants);
	cache_free(app->subjects);
	limiter_close(app->spent);
	limiter_close(app->counts);
	limiter_close(app->limiter);
	pages_close(app->pages);
	breach_close(app->breach);
	hasher_close(app->hasher);
	keyring_close(app->keyring);
	master_close(app->master);
	store_close(app->store);
	memset(app, 0, sizeof *app);
}

/* The table, a row a line: what tests and admins read. */
static void
print_routes(const struct program *p)
{
	static const char *const who[] = { [WHO_NOBODY] = "nobody",
		[WHO_ANY] = "any",
		[WHO_MAYBE] = "maybe",
		[WHO_GUEST] = "guest",
		[WHO_HOLDER] = "holder",
		[WHO_USER] = "user",
		[WHO_SELF] = "self" };
	const struct route *row;
	size_t i;

	for (i = 0; i < p->routes_count; i++) {
		row = &p->routes[i];
		printf("%s %s %s %s %zu %s\n", row->method != NULL ? row->method : "*", row->path,
		    who[row->who], row->permission != NULL ? row->permission : "-", row->body_max,
		    row->type != NULL ? row->type : "-");
	}
}

/* The options that all programs have; NULL and an exit status when there is nothing to run. */
static bool
read_options(int argc, char **argv, const struct program *p, const char **ret_conf, int *ret_status)
{
	int i;

	*ret_conf = NULL;
	*ret_status = 0;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			*ret_conf = argv[++i];
		} else if (strcmp(argv[i], "--version") == 0) {
			printf("yett-%s %s\n", p->name, VERSION);
			return (false);
		} else if (strcmp(argv[i], "--routes") == 0) {
			print_routes(p);
			return (false);
		} else {
			*ret_status = strcmp(argv[i], "--help") == 0 ? 0 : 100;
			fprintf(*ret_status == 0 ? stdout : stderr,
			    "usage: %s [--config FILE | --routes | --version | --help]\n"
			    "A FastCGI program: a web server or spawn-fcgi gives it a socket; "
			    "without one it answers one CGI "
			    "request.\n",
			    p->name);
			return (false);
		}
	}
	return (true);
}

/* Memory that a flood of requests took goes back; a dozen threads need no heaps of their own. What
 * is larger than ${mapped} bytes is not on the heap. */
static void
tame_malloc(int mapped)
{

	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, mapped);
	mallopt(M_TRIM_THRESHOLD, 2048 * 1024);
}

void
app_asked(struct app *app)
{

	/* Only looked at as a rule: no two threads take the line of memory from each other. */
	if (!atomic_load_explicit(&app->asked, memory_order_relaxed))
		atomic_store_explicit(&app->asked, true, memory_order_relaxed);
}

/* Before anybody looks who asks. */
static enum err
arrive(struct req *r)
{

	app_asked(r->app);
	arrivals_note(r->app->arrivals, &r->app->conf, r);
	work_look(r);
	return (quota_arrive(r));
}

static int
serve(struct app *app, const struct program *p)
{
	const struct server s = {
		.routes = p->routes,
		.routes_count = p->routes_count,
		.app = app,
		.pages = app->pages,
		.site_url = app->conf.site_url,
		.site_name = app->conf.site_name,
		.cors_origins = app->conf.http_cors_origins,
		.proxies = app->conf.http_proxies,
		.forwarded = app->conf.http_forwarded,
		.threads =
		    app->conf.http_threads > 0 ? (unsigned int)app->conf.http_threads : p->threads,
		.timeout_s = app->conf.http_timeout_s,
		.limit = arrive,
		.admit = admit,
		.check = work_check,
		.authorize = p->authorize,
		.tick = housekeeping_tick,
	};
	const bool serving = !conn_is_cgi();
	int status;

	if (serving)
		log_event(LOG_INFO, NULL, "%s started", VERSION);
	status = server_run(&s);
	if (serving) {
		housekeeping_end(app);
		log_event(LOG_INFO, NULL, "stopped");
	}
	return (status);
}

int
app_main(int argc, char **argv, const struct program *p)
{
	static struct app app; /* all threads', and too large for a stack */
	char message[CONF_MESSAGE_SIZE];
	const char *path;
	int status;

	if (!read_options(argc, argv, p, &path, &status))
		return (status);
	/* On the heap calloc() writes zeros over most of a table. What the kernel maps is zeros,
	 * and costs nothing until it is used; but to map it for each request would. */
	tame_malloc(64 * 1024);
	log_setup(p->name, false, LOG_INFO);
	if (conf_load(conf_path(path), &app.conf, message) != ERR_OK ||
	    guard_conf_check(&app.conf, message) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "%s", message);
		return (1);
	}
	log_setup(p->name, app.conf.log_json, (enum log_level)app.conf.log_level);
	if (strcmp(app.conf.log_to, "syslog") == 0)
		log_to_syslog();
	if (sodium_init() < 0 || app_open(&app) != ERR_OK)
		return (1);
	tame_malloc(256 * 1024);
	status = 1;
	if (quota_open(app.store, p->routes, p->routes_count, &app.quotas) == ERR_OK &&
	    (p->authorize == NULL || guard_open(&app, &app.guard) == ERR_OK))
		status = serve(&app, p);
	app_close(&app);
	return (status);
}
