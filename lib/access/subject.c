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
#include "store/role.h"
#include "store/session.h"

#define PROFILE_REMEMBERED_MAX 2048 /* bytes */

/* What a proof says before the database is asked. */
struct claim {
	enum proof proof;
	const char *token;
	unsigned char hash[SECRET_HASH_LEN];
	const char *session_id;
	const char *user_id;
	int64_t expires_at;
	int64_t known_until; /* what is found out now is true no longer than that */
};

static const enum session_kind kind_of[] = {
	[PROOF_ACCESS] = SESSION_REFRESH,
	[PROOF_OPAQUE] = SESSION_OPAQUE,
	[PROOF_COOKIE] = SESSION_COOKIE,
};

static bool
still_true(const struct app *app, const struct subject *s, int64_t now)
{
	const struct versions *v = store_versions(app->store);

	return (now < s->expires_at && version_same(v, s->everybody) && version_same(v, s->user) &&
	        version_same(v, s->session));
}

/* Whose session an opaque token or cookie is: enough to read the versions before what they are
 * versions of. */
static enum err
find_session(struct app *app, struct claim *c, struct arena *a)
{
	struct session s;
	struct db *db;
	enum err e;

	if ((e = store_read(app->store, &db)) != ERR_OK)
		return (e);
	e = session_find_token(db, c->hash, a, &s);
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

	if (c->proof != PROOF_ACCESS)
		return (find_session(app, c, a));
	if ((e = claims_verify_access(app, c->token, a, &claims)) != ERR_OK)
		return (e);
	c->session_id = claims.session_id;
	c->user_id = claims.user_id;
	c->expires_at = claims.expires_at;
	return (ERR_OK);
}

/* Read the session and its user in one transaction, and refuse what is not alive. */
static enum err
read_alive(const char *session_id, const char *user_id, enum proof proof, struct db *db,
    struct arena *a, int64_t now, struct session *ret_session, struct user *ret_user)
{
	enum err e;

	if ((e = session_find(db, session_id, a, ret_session)) != ERR_OK ||
	    (e = user_find(db, USER_BY_ID, user_id, a, ret_user)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_INVALID_TOKEN : e);
	if (ret_session->kind != kind_of[proof] ||
	    strcmp(ret_session->user_id, ret_user->id) != 0 || !session_live(ret_session, now) ||
	    !ret_user->enabled || ret_user->locked)
		return (ERR_INVALID_TOKEN);
	return (ERR_OK);
}

static int64_t
sooner(int64_t one, int64_t other)
{

	return (one < other ? one : other);
}

/* What a subject is besides its ids. */
struct reading {
	char *profile;
	struct names *roles, *permissions;
};

static enum err
read_subject(struct claim *c, struct db *db, struct arena *a, int64_t now, struct reading *ret)
{
	struct session s;
	int64_t role_end;
	struct user u;
	enum err e;

	ret->roles = arena_alloc(a, sizeof *ret->roles);
	ret->permissions = arena_alloc(a, sizeof *ret->permissions);
	if (ret->roles == NULL || ret->permissions == NULL)
		return (ERR_NOMEM);
	if ((e = read_alive(c->session_id, c->user_id, c->proof, db, a, now, &s, &u)) != ERR_OK)
		return (e);
	if ((e = role_rights(db, u.id, now, a, ret->roles, ret->permissions)) != ERR_OK ||
	    (e = role_next_end(db, u.id, now, &role_end)) != ERR_OK)
		return (e);
	/* A token may have been made to live longer than its session; and with a role that ends, a
	 * user is another. */
	c->expires_at = sooner(c->expires_at, sooner(s.expires_at, s.ends_at));
	c->known_until = sooner(c->expires_at, role_end);
	return (profile_print(&u, ret->roles, ret->permissions, a, &ret->profile));
}

/* One block: the struct, the profile, and the permissions in lines. */
static struct subject *
pack(const struct subject *head, const struct reading *in, struct arena *a, size_t *ret_len)
{
	const size_t profile_len = strlen(in->profile) + 1;
	size_t len = sizeof *head + profile_len + 1, i;
	struct subject *s;
	char *to;

	for (i = 0; i < in->permissions->count; i++)
		len += strlen(in->permissions->items[i]) + 1;
	if ((s = arena_alloc(a, len)) == NULL)
		return (NULL);
	*s = *head;
	memcpy(s->profile, in->profile, profile_len);
	s->permissions = profile_len;
	to = s->profile + profile_len;
	for (i = 0; i < in->permissions->count; i++) {
		to = stpcpy(to, in->permissions->items[i]);
		*to++ = '\n';
	}
	*to = '\0';
	*ret_len = len;
	return (s);
}

static enum err
load(struct req *r, struct claim *c, int64_t now, struct subject **ret_subject, size_t *ret_len)
{
	const struct versions *v = store_versions(r->app->store);
	struct subject head = { .proof = c->proof, .seen_at = now };
	struct reading in;
	struct db *db;
	enum err e;

	if ((e = find_claim(r->app, c, r->arena)) != ERR_OK)
		return (e);
	head.everybody = version_read(v, NULL);
	head.user = version_read(v, c->user_id);
	head.session = version_read(v, c->session_id);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = read_subject(c, db, r->arena, now, &in);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	/* A few users with much in their profile are not to fill the memory. */
	if (strlen(in.profile) > PROFILE_REMEMBERED_MAX)
		in.profile[0] = '\0';
	memcpy(head.user_id, c->user_id, ID_SIZE);
	memcpy(head.session_id, c->session_id, ID_SIZE);
	head.expires_at = c->known_until;
	*ret_subject = pack(&head, &in, r->arena, ret_len);
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

/* What kind of proof came, if any. A token of one kind never counts as one of another, nor a cookie
 * as a bearer token. */
static enum err
find_proof(const struct req *r, struct claim *c)
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

enum err
subject_identify(struct req *r)
{
	unsigned char key[CACHE_KEY_LEN];
	const int64_t now = clock_ms();
	struct subject *s;
	struct claim c;
	size_t len;
	enum err e;

	if ((e = find_proof(r, &c)) != ERR_OK || c.token == NULL)
		return (e);
	secret_hash(c.token, strlen(c.token), c.hash);
	memcpy(key, c.hash, sizeof key);
	key[0] ^= (unsigned char)c.proof;
	if ((s = cache_get(r->app->subjects, key, now, r->arena, &len)) != NULL) {
		if (still_true(r->app, s, now)) {
			r->subject = s;
			return (ERR_OK);
		}
		cache_drop(r->app->subjects, key);
	}
	if ((e = load(r, &c, now, &s, &len)) != ERR_OK)
		return (e);
	cache_put(r->app->subjects, key, s, len, now);
	r->subject = s;
	return (ERR_OK);
}

/* The subject with the permissions of now, in the place of the one that was remembered. */
static enum err
renew_permissions(struct tx *tx, struct req *r)
{
	struct reading in = {
		.roles = arena_alloc(r->arena, sizeof *in.roles),
		.permissions = arena_alloc(r->arena, sizeof *in.permissions),
		.profile = arena_copy(r->arena, r->subject->profile),
	};
	size_t len;
	enum err e;

	if (in.roles == NULL || in.permissions == NULL || in.profile == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights(tx_db(tx), r->subject->user_id, clock_ms(), r->arena, in.roles,
	         in.permissions)) != ERR_OK)
		return (e);
	if ((r->subject = pack(r->subject, &in, r->arena, &len)) == NULL)
		return (ERR_NOMEM);
	if (!subject_may(r->subject, r->route->permission))
		return (req_fail(
		    r, ERR_FORBIDDEN, "the permission %s is needed", r->route->permission));
	return (ERR_OK);
}

enum err
subject_recheck(struct tx *tx, struct req *r)
{
	const struct subject *subject = r->subject;
	struct session s;
	struct user u;
	enum err e;

	if ((e = read_alive(subject->session_id, subject->user_id, subject->proof, tx_db(tx),
	         r->arena, clock_ms(), &s, &u)) != ERR_OK)
		return (e);
	return (r->route->permission != NULL ? renew_permissions(tx, r) : ERR_OK);
}
