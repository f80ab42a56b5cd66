/* Who asks: from the proof that came with a request to a user and a session that are alive now. */
#include "access/subject.h"

#include <string.h>

#include "access/app.h"
#include "access/claims.h"
#include "access/cookie.h"
#include "access/profile.h"
#include "access/right.h"
#include "base/clock.h"
#include "http/route.h"

#define PROFILE_REMEMBERED_MAX 16384 /* bytes */

/* What a proof says before the database is asked. NULL where there is none. */
struct claim {
	enum proof proof;
	const char *token;
	const char *session_id;
	const char *user_id;
	int64_t expires_at;
};

static bool
still_true(const struct app *app, const struct subject *s, int64_t now)
{
	const struct versions *v = store_versions(app->store);

	return (now < s->expires_at && version_same(v, s->everybody) && version_same(v, s->user) &&
	        version_same(v, s->actor) && version_same(v, s->session) &&
	        version_same(v, s->org));
}

/* Whose session an opaque token or cookie is: enough to read the versions before what they are
 * versions of. */
static enum err
find_session(struct app *app, struct claim *c, struct arena *a)
{
	unsigned char hash[SECRET_HASH_LEN];
	struct session s;
	struct db *db;
	enum err e;

	secret_hash(c->token, strlen(c->token), hash);
	if ((e = store_read(app->store, &db)) != ERR_OK)
		return (e);
	e = session_find_token(db, hash, a, &s);
	store_read_end(app->store, db);
	if (e == ERR_NOT_FOUND)
		return (ERR_INVALID_TOKEN);
	if (e != ERR_OK)
		return (e);
	c->session_id = s.id;
	c->user_id = s.user_id;
	c->expires_at = s.expires_at;
	return (ERR_OK);
}

static enum err
find_claim(struct app *app, struct claim *c, struct arena *a)
{
	struct access_claims claims;
	enum err e;

	c->expires_at = INT64_MAX;
	if (c->proof == PROOF_NONE)
		return (ERR_OK);
	if (c->proof != PROOF_ACCESS)
		return (find_session(app, c, a));
	if ((e = claims_verify_access(app, c->token, a, &claims)) != ERR_OK)
		return (e);
	c->session_id = claims.session_id;
	c->user_id = claims.user_id;
	c->expires_at = claims.expires_at;
	return (ERR_OK);
}

/* The length of ${names} as lines, with their end. */
static size_t
lines_size(const struct names *names)
{
	size_t len = 1, i;

	for (i = 0; i < names->count; i++)
		len += strlen(names->items[i]) + 1;
	return (len);
}

/* Write them to ${to}; where the next goes. */
static char *
put_lines(char *to, const struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		to = stpcpy(to, names->items[i]);
		*to++ = '\n';
	}
	*to = '\0';
	return (to + 1);
}

/* One block: the struct, the profile, and the permissions of ${st} in lines. */
static struct subject *
pack(const struct subject *head, const char *profile, const struct standing *st, struct arena *a,
    size_t *ret_len)
{
	const size_t profile_len = strlen(profile) + 1;
	const size_t len = sizeof *head + profile_len + lines_size(st->permissions) +
	                   lines_size(st->org_permissions);
	struct subject *s;
	char *to;

	if ((s = arena_alloc(a, len)) == NULL)
		return (NULL);
	*s = *head;
	memcpy(s->profile, profile, profile_len);
	s->permissions = profile_len;
	to = put_lines(s->profile + profile_len, st->permissions);
	s->org_permissions = (size_t)(to - s->profile);
	put_lines(to, st->org_permissions);
	*ret_len = len;
	return (s);
}

static void
copy_id(char to[static ID_SIZE], const char *id)
{

	if (id != NULL)
		memcpy(to, id, ID_SIZE);
	else
		to[0] = '\0';
}

static enum err
read_standing(struct app *app, int64_t now, struct arena *a, struct standing *s)
{
	struct db *db;
	enum err e;

	if ((e = store_read(app->store, &db)) != ERR_OK)
		return (e);
	e = standing_read(db, now, a, s);
	store_read_end(app->store, db);
	return (e);
}

/* Read the versions, then what they are versions of. Who acts for somebody, and in which org, is
 * known only from the row of the session, so that is read once more. */
static enum err
read_versioned(
    struct req *r, const struct claim *c, int64_t now, struct subject *head, struct standing *s)
{
	const struct versions *v = store_versions(r->app->store);
	enum err e;

	head->everybody = version_read(v, NULL);
	head->user = c->user_id != NULL ? version_read(v, c->user_id) : head->everybody;
	head->session = c->session_id != NULL ? version_read(v, c->session_id) : head->everybody;
	head->actor = head->org = head->everybody;
	if ((e = read_standing(r->app, now, r->arena, s)) != ERR_OK ||
	    (s->actor_id == NULL && s->org_id == NULL))
		return (e);
	/* The actor of a session never changes; its org does, and the session's version then. */
	if (s->actor_id != NULL)
		head->actor = version_read(v, s->actor_id);
	if (s->org_id != NULL)
		head->org = version_read(v, s->org_id);
	return (read_standing(r->app, now, r->arena, s));
}

static enum err
load(struct req *r, struct claim *c, int64_t now, struct subject **ret_subject, size_t *ret_len)
{
	struct standing s = { .proof = c->proof };
	struct subject head = { .proof = c->proof, .seen_at = now };
	char none[] = "", *profile = none;
	enum err e;

	if ((e = find_claim(r->app, c, r->arena)) != ERR_OK)
		return (e);
	s.session_id = c->session_id;
	s.user_id = c->user_id;
	if ((e = read_versioned(r, c, now, &head, &s)) != ERR_OK)
		return (e);
	if (s.user_id != NULL && (e = profile_print(&s, r->arena, &profile)) != ERR_OK)
		return (e);
	/* A few users with much in their profile are not to fill the memory. */
	if (strlen(profile) > PROFILE_REMEMBERED_MAX)
		profile = none;
	copy_id(head.user_id, s.user_id);
	copy_id(head.session_id, s.session_id);
	copy_id(head.actor_id, s.actor_id);
	copy_id(head.org_id, s.org_id);
	/* A token may have been made to live longer than its session. */
	head.expires_at = c->expires_at < s.until ? c->expires_at : s.until;
	*ret_subject = pack(&head, profile, &s, r->arena, ret_len);
	return (*ret_subject == NULL ? ERR_NOMEM : ERR_OK);
}

bool
subject_may(const struct subject *s, const char *permission)
{
	const char *line = s->profile + s->permissions;
	char held[RIGHT_MAX + 1];
	size_t len;

	for (; *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		if (len > RIGHT_MAX)
			continue;
		memcpy(held, line, len);
		held[len] = '\0';
		if (right_covers(held, permission))
			return (true);
	}
	return (false);
}

enum err
subject_org_permissions(const struct subject *s, struct arena *a, struct names *ret_names)
{
	const char *line = s->profile + s->org_permissions;
	size_t len;

	for (ret_names->count = 0; *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		if (ret_names->count == ROLE_NAMES_MAX ||
		    (ret_names->items[ret_names->count++] = arena_copy_len(a, line, len)) == NULL)
			return (ERR_NOMEM);
	}
	return (ERR_OK);
}

/* What kind of proof came, if any. A token of one kind never counts as one of another, nor a cookie
 * as a bearer token. */
static enum err
find_proof(struct req *r, struct claim *c)
{

	if (r->authorization != NULL) {
		if ((c->token = req_bearer(r)) == NULL)
			return (ERR_INVALID_TOKEN);
		c->proof = id_ok(c->token) ? PROOF_OPAQUE : PROOF_ACCESS;
	} else {
		c->token = req_cookie(r, cookie_name(&r->app->conf));
		c->proof = PROOF_COOKIE;
	}
	return (ERR_OK);
}

/* The subject of ${c}, remembered or found out. */
static enum err
find_subject(struct req *r, struct claim *c)
{
	unsigned char key[CACHE_KEY_LEN];
	const int64_t now = clock_ms();
	struct subject *s;
	size_t len;
	enum err e;

	secret_hash(c->token, strlen(c->token), key);
	key[0] ^= (unsigned char)c->proof;
	if ((s = cache_get(r->app->subjects, key, now, r->arena, &len)) != NULL) {
		if (still_true(r->app, s, now)) {
			r->subject = s;
			return (ERR_OK);
		}
		cache_drop(r->app->subjects, key);
	}
	if ((e = load(r, c, now, &s, &len)) != ERR_OK)
		return (e);
	cache_put(r->app->subjects, key, s, len, now);
	r->subject = s;
	return (ERR_OK);
}

enum err
subject_identify(struct req *r)
{
	struct claim c = { .token = NULL };
	enum err e;

	if ((e = find_proof(r, &c)) != ERR_OK || c.token == NULL)
		return (e);
	if ((e = find_subject(r, &c)) == ERR_OK)
		r->by_cookie = c.proof == PROOF_COOKIE;
	return (e);
}

enum err
subject_be_guest(struct req *r)
{
	struct claim c = { .proof = PROOF_NONE, .token = "guest" };

	return (find_subject(r, &c));
}

enum err
subject_standing(struct req *r, struct db *db, struct standing *ret_standing)
{
	const struct subject *was = r->subject;

	*ret_standing = (struct standing){
		.proof = was->proof,
		.session_id = was->session_id[0] != '\0' ? was->session_id : NULL,
		.user_id = was->user_id[0] != '\0' ? was->user_id : NULL,
	};
	return (standing_read(db, clock_ms(), r->arena, ret_standing));
}

enum err
subject_recheck(struct tx *tx, struct req *r)
{
	struct subject head = *r->subject;
	struct standing s;
	size_t len;
	enum err e;

	if ((e = subject_standing(r, tx_db(tx), &s)) != ERR_OK)
		return (e);
	copy_id(head.org_id, s.org_id);
	if ((r->subject = pack(&head, r->subject->profile, &s, r->arena, &len)) == NULL)
		return (ERR_NOMEM);
	if (r->route->permission != NULL && !subject_may(r->subject, r->route->permission))
		return (req_fail(
		    r, ERR_FORBIDDEN, "the permission %s is needed", r->route->permission));
	return (ERR_OK);
}
