/* My sessions, as a list and as a page. */
#include "sessions.h"

#include <string.h>

#include "access/app.h"
#include "access/device.h"
#include "access/profile.h"
#include "access/subject.h"
#include "access/visit.h"
#include "base/clock.h"
#include "http/reply.h"

/* A session is up to 4 KiB of HTML, mostly its user agent with every character escaped, and a page
 * at most 256. */
#define PAGE_SESSIONS_MAX 50

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	bool for_page;
	size_t count;
};

/* The device; and a word about it when it is not the user's. */
static const char *
describe(const struct session *s, struct arena *a)
{
	const char *device = device_name(s->user_agent, a);

	if (s->actor_user_id == NULL || device == NULL)
		return (device);
	return (arena_print(a, "%s, by an admin in your name", device));
}

static void
add_session(void *arg, const struct session *s)
{
	struct listing *l = arg;
	const bool current = strcmp(s->id, l->req->subject->session_id) == 0;
	struct json item;

	if (++l->count > PAGE_SESSIONS_MAX && l->for_page && !current)
		return;
	item = json_object(l->req->arena);
	json_add_text(&item, "id", s->id);
	json_add_text(&item, "kind", session_kind_name(s->kind));
	json_add_text(&item, "device", describe(s, l->req->arena));
	json_add_text(&item, "user_agent", s->user_agent);
	json_add_text(&item, "ip_address", s->ip_address);
	if (l->for_page) {
		json_add_text(
		    &item, "created_at", clock_print_minute(l->req->arena, s->created_at));
		json_add_text(
		    &item, "last_seen_at", clock_print_minute(l->req->arena, s->last_seen_at));
	} else {
		json_add_time(&item, "created_at", s->created_at);
		json_add_time(&item, "last_seen_at", s->last_seen_at);
		json_add_time(&item, "expires_at", s->expires_at);
	}
	json_add_text(&item, "actor_user_id", s->actor_user_id);
	json_add_bool(&item, "current", current);
	json_append(l->json, l->items, &item);
}

/* Add the list ${name} of the subject's sessions to ${j}. */
static enum err
add_sessions(struct req *r, struct json *j, const char *name, bool for_page)
{
	struct listing l = {
		.req = r, .json = j, .items = json_add_array(j, name), .for_page = for_page
	};
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = session_list(db, r->subject->user_id, clock_ms(), r->arena, add_session, &l);
	store_read_end(r->app->store, db);
	if (for_page)
		json_add_bool(j, "more_sessions", l.count > PAGE_SESSIONS_MAX);
	return (e);
}

enum err
sessions_get(struct req *r)
{
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = add_sessions(r, &j, "items", false)) != ERR_OK)
		return (e);
	json_add_text(&j, "next", NULL);
	return (reply_json(r, 200, &j));
}

enum err
sessions_delete(struct req *r)
{
	enum err e;

	if ((e = visit_end(r, r->id)) != ERR_OK)
		return (e);
	return (req_is_page_form(r) ? reply_redirect(r, req_query(r, "return_to"), "/account")
	                            : reply_none(r));
}

enum err
sessions_delete_others(struct req *r)
{
	struct json j = json_object(r->arena);
	int64_t count;
	enum err e;

	if ((e = visit_end_others(r, &count)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, req_query(r, "return_to"), "/account"));
	json_add_number(&j, "revoked", count);
	return (reply_json(r, 200, &j));
}

/* With what the proof may, which is less than the user holds when it is an API key. */
enum err
sessions_profile(struct req *r, const char **ret_profile)
{
	struct standing st;
	struct db *db;
	char *profile;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = subject_standing(r, db, &st)) == ERR_OK &&
	    (e = profile_print(&st, r->arena, &profile)) == ERR_OK)
		*ret_profile = profile;
	store_read_end(r->app->store, db);
	return (e);
}

enum err
sessions_get_account(struct req *r)
{
	struct json j = json_object(r->arena);
	const char *detail, *profile;
	struct cJSON *user;
	enum err e;

	/* A page for people: who comes by a token is not at a browser, or not the user himself. */
	if (r->subject == NULL || !r->by_cookie)
		return (reply_redirect(r, "/login?return_to=/account", "/login"));
	if (!subject_may(r->subject, "profile:read"))
		return (req_fail(r, ERR_FORBIDDEN, "the permission profile:read is needed"));
	if ((e = sessions_profile(r, &profile)) != ERR_OK ||
	    (e = json_parse(profile, strlen(profile), r->arena, &user, &detail)) != ERR_OK)
		return (e);
	json_add_text(&j, "site", r->app->conf.site_name);
	json_add_bool(&j, "mails", r->app->conf.mail_url[0] != '\0');
	json_add_tree(&j, "user", user);
	if ((e = add_sessions(r, &j, "sessions", true)) != ERR_OK)
		return (e);
	return (reply_page(r, 200, r->app->pages, "account", &j));
}
