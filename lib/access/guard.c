/* The guard: may this request see that page of another application? */
#include "access/guard.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "access/app.h"
#include "access/guard_path.h"
#include "access/right.h"
#include "access/subject.h"
#include "access/usage.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/guard_rule.h"
#include "store/kept.h"

#define MINUTE_MS 60000

struct guard {
	struct store *store;
	atomic_bool blind;  /* the database cannot be read */
	struct kept *rules; /* struct guard_rules */
};

static enum err
make_rules(void *arg, struct db *db, struct version version, void **ret_value)
{
	const struct app *app = arg;
	struct guard_rules *rules;
	enum err e;

	(void)version;
	if ((e = guard_rules_load(&app->conf, db, &rules)) == ERR_OK)
		*ret_value = rules;
	return (e);
}

static void
drop_rules(void *value)
{

	guard_rules_free(value);
}

enum err
guard_open(struct app *app, struct guard **ret_guard)
{
	const struct kept_maker maker = { make_rules, drop_rules, app, GUARD_RULES_ID };
	struct guard *g;

	if ((g = calloc(1, sizeof *g)) == NULL)
		return (ERR_NOMEM);
	if (kept_new(app->store, &maker, &g->rules) != ERR_OK) {
		guard_close(g);
		return (ERR_NOMEM);
	}
	g->store = app->store;
	*ret_guard = g;
	return (ERR_OK);
}

void
guard_close(struct guard *g)
{

	if (g == NULL)
		return;
	kept_free(g->rules);
	free(g);
}

void
guard_watch(struct guard *g)
{
	struct db *db;
	enum err e;

	if ((e = store_check_file(g->store)) == ERR_OK &&
	    (e = store_read(g->store, &db)) == ERR_OK) {
		e = guard_rule_probe(db);
		store_read_end(g->store, db);
	}
	if (atomic_exchange(&g->blind, e != ERR_OK) != (e != ERR_OK))
		log_event(e == ERR_OK ? LOG_INFO : LOG_ERROR, NULL,
		    e == ERR_OK ? "the database can be read again"
		                : "the database cannot be read: nobody is let in");
}

const char *
guard_verdict_name(enum guard_verdict verdict)
{

	switch (verdict) {
	case GUARD_ALLOWED:
		return ("allowed");
	case GUARD_SIGN_IN:
		return ("sign-in");
	case GUARD_SECOND_FACTOR:
		return ("second-factor");
	case GUARD_PASSWORD_DUE:
		return ("password-due");
	case GUARD_DENIED:
		break;
	}
	return ("denied");
}

static bool
is_host_char(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	        c == '-' || c == '.' || c == '_');
}

const char *
guard_host(const char *text, struct arena *a)
{
	static const char none[] = "";
	size_t len = 0;
	char *host;

	while (text != NULL && is_host_char(text[len]))
		len++;
	if (len == 0 || (text[len] != ':' && text[len] != '\0'))
		return (none);
	if (text[len - 1] == '.')
		len--;
	if (len == 0 || len > GUARD_HOST_MAX)
		return (none);
	if ((host = arena_copy_len(a, text, len)) != NULL)
		text_lower(host);
	return (host);
}

bool
guard_method_ok(const char *method)
{

	return (method[0] != '\0' && method[strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")] == '\0');
}

enum err
guard_target_read(const char *url, const char *method, struct arena *a,
    struct guard_target *ret_target, const char **ret_why)
{
	struct guard_target t = { .host = "", .method = method };
	const char *slash, *host;
	char *path;
	enum err e;

	/* A fragment is never sent. */
	if ((url = arena_copy_len(a, url, strcspn(url, "#"))) == NULL)
		return (ERR_NOMEM);
	slash = url;
	if (text_starts(url, "http://") || text_starts(url, "https://")) {
		host = strstr(url, "://") + 3;
		slash = host + strcspn(host, "/?");
		host = arena_copy_len(a, host, (size_t)(slash - host));
		if (slash[0] != '/')
			slash = "/";
		if (host == NULL || (t.host = guard_host(host, a)) == NULL)
			return (ERR_NOMEM);
	}
	if ((e = guard_path_read(slash, a, &path, ret_why)) != ERR_OK)
		return (e);
	t.path = path;
	*ret_target = t;
	return (ERR_OK);
}

/* Does ${word} let ${who} in? */
static bool
lets_in(const struct guard_word *word, const struct guard_who *who)
{

	if (word->kind == GUARD_GUEST)
		return (true);
	if (who == NULL)
		return (false);
	switch (word->kind) {
	case GUARD_GUEST:
	case GUARD_NOBODY:
		break;
	case GUARD_USER:
		return (who->is_user);
	case GUARD_ROLE:
		return (guard_who_has(who, who->roles, word->name));
	case GUARD_PERMISSION:
		return (right_in_lines(guard_who_text(who, who->permissions), word->name));
	case GUARD_ORG:
		return (guard_who_has(who, who->orgs, word->name));
	case GUARD_GROUP:
		return (guard_who_has(who, who->groups, word->name));
	}
	return (false);
}

/* The first word of ${rule} that lets ${who} in; NULL: none does. */
static const struct guard_word *
find_word(const struct guard_rule *rule, const struct guard_who *who)
{
	size_t i;

	for (i = 0; i < rule->allow_count; i++)
		if (lets_in(&rule->allow[i], who))
			return (&rule->allow[i]);
	return (NULL);
}

static bool
comes_from(const struct guard_rule *rule, const char *address)
{
	size_t i;

	for (i = 0; i < rule->networks_count; i++)
		if (address_in(address, rule->networks[i]))
			return (true);
	return (rule->networks_count == 0);
}

/* Is it of no use to sign in? */
static bool
is_closed(const struct guard_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->allow_count; i++)
		if (rule->allow[i].kind != GUARD_NOBODY)
			return (false);
	return (true);
}

static enum guard_verdict
judge(const struct guard_rule *rule, const char *address, const struct guard_who *who, int64_t now)
{
	const struct guard_word *word = find_word(rule, who);

	if (!comes_from(rule, address))
		return (GUARD_DENIED);
	if (word == NULL)
		return (who == NULL && !is_closed(rule) ? GUARD_SIGN_IN : GUARD_DENIED);
	if (rule->mfa_minutes > 0 && who == NULL)
		return (GUARD_SIGN_IN);
	if (word->kind != GUARD_GUEST && who != NULL && who->password_due)
		return (GUARD_PASSWORD_DUE);
	if (rule->mfa_minutes > 0 && who != NULL &&
	    (!who->second_factor || now - who->began_at > rule->mfa_minutes * MINUTE_MS))
		return (GUARD_SECOND_FACTOR);
	return (GUARD_ALLOWED);
}

/* Why ${rule} decides so, for a person. NULL without memory. */
static const char *
find_reason(const struct guard_rule *rule, const char *address, const struct guard_who *who,
    enum guard_verdict verdict, struct arena *a)
{
	const struct guard_word *word = find_word(rule, who);
	char *text;

	switch (verdict) {
	case GUARD_ALLOWED:
		if (guard_rule_word(word, a, &text) != ERR_OK)
			return (NULL);
		return (arena_print(a, "%s lets in", text));
	case GUARD_SIGN_IN:
		return ("whoever is let in has to sign in first");
	case GUARD_SECOND_FACTOR:
		return (arena_print(a,
		    "it asks for a sign-in with a second factor within the last "
		    "%lld minutes",
		    (long long)rule->mfa_minutes));
	case GUARD_PASSWORD_DUE:
		return ("another password has to be chosen first");
	case GUARD_DENIED:
		break;
	}
	if (!comes_from(rule, address))
		return (arena_print(a, "it lets in nobody from %s", address));
	return (is_closed(rule) ? "it lets in nobody" : "it lets in others only");
}

/* Say in ${d} what decided, and why. ${item} may be NULL. */
static enum err
tell(const struct guard_listed *item, const char *address, const struct guard_who *who,
    struct arena *a, struct guard_decision *d)
{

	if (item == NULL) {
		d->because = "no rule is about this page";
		return (ERR_OK);
	}
	d->mfa_minutes = item->rule.mfa_minutes;
	d->because = find_reason(&item->rule, address, who, d->verdict, a);
	d->rule = arena_copy(a, item->text);
	d->rule_id = arena_copy(a, item->id);
	return (d->because == NULL || d->rule == NULL ? ERR_NOMEM : ERR_OK);
}

enum err
guard_ask(struct req *r, const struct guard_target *target, const struct guard_who **ret_who,
    struct guard_decision *ret_decision)
{
	struct guard *g = r->app->guard;
	const struct guard_listed *item;
	const int64_t now = clock_ms();
	const void *rules;
	enum err e;

	*ret_decision = (struct guard_decision){ .verdict = GUARD_DENIED };
	app_asked(r->app);
	if (atomic_load(&g->blind))
		return (ERR_DB);
	if ((e = guard_who_find(r, ret_who)) != ERR_OK ||
	    (e = kept_hold(g->rules, &rules)) != ERR_OK)
		return (e);
	if ((item = guard_rules_find(rules, target)) != NULL)
		ret_decision->verdict = judge(&item->rule, r->remote_addr, *ret_who, now);
	if (ret_decision->verdict != GUARD_ALLOWED)
		e = tell(item, r->remote_addr, *ret_who, r->arena, ret_decision);
	kept_release(g->rules);
	if (e == ERR_OK && ret_decision->verdict == GUARD_ALLOWED && *ret_who != NULL &&
	    r->subject->key_id[0] != '\0')
		usage_count(r->app->usage, r->subject->key_id, now, r->remote_addr);
	return (e);
}

/* Who the user of the question would be. */
static enum err
read_who(struct db *db, const struct guard_question *q, struct arena *a, struct guard_who **ret_who)
{
	struct names *roles = arena_alloc(a, sizeof *roles);
	struct names *permissions = arena_alloc(a, sizeof *permissions);
	struct guard_person p = {
		.roles = roles, .permissions = permissions, .amr = q->amr, .began_at = q->began_at
	};
	struct user user;
	size_t len;
	enum err e;

	if (roles == NULL || permissions == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, USER_BY_ID, q->user_id, a, &user)) != ERR_OK)
		return (e);
	*ret_who = NULL;
	if (!user.enabled || user.locked)
		return (ERR_OK); /* such a one proves nothing */
	p.user = &user;
	if ((e = role_rights(db, user.id, clock_ms(), a, roles, permissions)) != ERR_OK)
		return (e);
	return (guard_who_read(db, &p, a, ret_who, &len));
}

enum err
guard_explain(const struct conf *conf, struct db *db, const struct guard_question *q,
    struct arena *a, struct guard_decision *ret_decision)
{
	const struct guard_listed *item;
	struct guard_who *who = NULL;
	struct guard_rules *rules;
	enum err e;

	*ret_decision = (struct guard_decision){ .verdict = GUARD_DENIED };
	if (q->user_id != NULL && (e = read_who(db, q, a, &who)) != ERR_OK)
		return (e);
	if ((e = guard_rules_load(conf, db, &rules)) != ERR_OK)
		return (e);
	if ((item = guard_rules_find(rules, &q->target)) != NULL)
		ret_decision->verdict = judge(&item->rule, q->address, who, clock_ms());
	e = tell(item, q->address, who, a, ret_decision);
	guard_rules_free(rules);
	return (e);
}
