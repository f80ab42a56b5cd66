/* Who asks: from the proof that came with a request to a user and a session that are alive now. */
#include "access/subject.h"

#include <string.h>

#include "access/app.h"
#include "access/claims.h"
#include "access/cookie.h"
#include "access/guard_who.h"
#include "access/profile.h"
#include "access/right.h"
#include "base/address.h"
#include "base/clock.h"
#include "cred/apikey.h"
#include "http/route.h"

#define PROFILE_REMEMBERED_MAX 16384 /* bytes */
#define STILL_MAX ((size_t)1 << 20)  /* as a request has */

/* What a proof says before the database is asked. NULL where there is none. */
struct claim {
	enum proof proof;
	const char *token;
	const char *session_id;
	const char *key_id;
	const char *user_id;
	int64_t expires_at;
};

/* What the database says of it. */
struct findings {
	struct standing standing;
	struct guard_who *guard_who; /* of the program that guards; NULL: none */
	size_t guard_who_len;
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

/* The same of an API key. */
static enum err
find_key(struct app *app, struct claim *c, struct arena *a)
{
	unsigned char hash[SECRET_HASH_LEN];
	struct api_key k;
	struct db *db;
	enum err e;

	secret_hash(c->token, strlen(c->token), hash);
	if ((e = store_read(app->store, &db)) != ERR_OK)
		return (e);
	e = api_key_find_hash(db, hash, a, &k);
	store_read_end(app->store, db);
	if (e == ERR_NOT_FOUND)
		return (ERR_INVALID_TOKEN);
	if (e != ERR_OK)
		return (e);
	c->key_id = k.id;
	c->user_id = k.user_id;
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
	if (c->proof == PROOF_KEY)
		return (find_key(app, c, a));
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

/* ${len}, up to where a struct can begin. */
static size_t
align(size_t len)
{
	const size_t unit = _Alignof(struct guard_who);

	return ((len + unit - 1) / unit * unit);
}

/* One block: the struct, the profile, the permissions of ${f} in lines, its networks, and the
 * guard's part. */
static struct subject *
pack(const struct subject *head, const char *profile, const struct findings *f, struct arena *a,
    size_t *ret_len)
{
	const struct standing *st = &f->standing;
	const char *networks = st->proof == PROOF_KEY ? st->key.networks : "";
	const size_t profile_len = strlen(profile) + 1;
	const size_t texts_len = align(sizeof *head + profile_len + lines_size(st->permissions) +
	                               lines_size(st->org_permissions) + strlen(networks) + 1);
	struct subject *s;
	char *to;

	if ((s = arena_alloc(a, texts_len + f->guard_who_len)) == NULL)
		return (NULL);
	*s = *head;
	memcpy(s->profile, profile, profile_len);
	s->permissions = profile_len;
	to = put_lines(s->profile + profile_len, st->permissions);
	s->org_permissions = (size_t)(to - s->profile);
	to = put_lines(to, st->org_permissions);
	s->networks = (size_t)(to - s->profile);
	memcpy(to, networks, strlen(networks) + 1);
	s->guard_who = f->guard_who != NULL ? texts_len : 0;
	if (f->guard_who != NULL)
		memcpy((char *)s + texts_len, f->guard_who, f->guard_who_len);
	*ret_len = texts_len + f->guard_who_len;
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
read_findings(struct app *app, int64_t now, struct arena *a, struct findings *f)
{
	struct db *db;
	enum err e;

	if ((e = store_read(app->store, &db)) != ERR_OK)
		return (e);
	if ((e = standing_read(db, now, a, &f->standing)) == ERR_OK && app->guard != NULL &&
	    f->standing.proof != PROOF_NONE)
		e = guard_who_read_standing(db, &f->standing, a, &f->guard_who, &f->guard_who_len);
	store_read_end(app->store, db);
	return (e);
}

/* The password is for the user to choose, not for who acts in his name. */
static bool
is_password_due(const struct standing *s)
{

	return (s->user_id != NULL && s->user.update_password_required && s->actor_id == NULL);
}

/* Read the versions, then what they are versions of. Who acts for somebody, and in which org, is
 * known only from the row of the session, so that is read once more. */
static enum err
read_versioned(
    struct req *r, const struct claim *c, int64_t now, struct subject *head, struct findings *f)
{
	const struct versions *v = store_versions(r->app->store);
	const struct standing *s = &f->standing;
	enum err e;

	head->everybody = version_read(v, NULL);
	head->user = c->user_id != NULL ? version_read(v, c->user_id) : head->everybody;
	head->session = c->session_id != NULL ? version_read(v, c->session_id)
	                : c->key_id != NULL   ? version_read(v, c->key_id)
	                                      : head->everybody;
	head->actor = head->org = head->everybody;
	if ((e = read_findings(r->app, now, r->arena, f)) != ERR_OK ||
	    (s->actor_id == NULL && s->org_id == NULL))
		return (e);
	/* The actor of a session never changes; its org does, and the session's version then. */
	if (s->actor_id != NULL)
		head->actor = version_read(v, s->actor_id);
	if (s->org_id != NULL)
		head->org = version_read(v, s->org_id);
	return (read_findings(r->app, now, r->arena, f));
}

static enum err
load(struct req *r, struct claim *c, int64_t now, struct subject **ret_subject, size_t *ret_len)
{
	struct findings f = { .standing = { .proof = c->proof } };
	struct standing *s = &f.standing;
	struct subject head = { .proof = c->proof, .seen_at = now };
	char none[] = "", *profile = none;
	enum err e;

	if ((e = find_claim(r->app, c, r->arena)) != ERR_OK)
		return (e);
	s->session_id = c->session_id;
	s->key_id = c->key_id;
	s->user_id = c->user_id;
	if ((e = read_versioned(r, c, now, &head, &f)) != ERR_OK)
		return (e);
	if (s->user_id != NULL && (e = profile_print(s, r->arena, &profile)) != ERR_OK)
		return (e);
	/* A few users with much in their profile are not to fill the memory. */
	if (strlen(profile) > PROFILE_REMEMBERED_MAX)
		profile = none;
	copy_id(head.user_id, s->user_id);
	copy_id(head.session_id, s->session_id);
	copy_id(head.actor_id, s->actor_id);
	copy_id(head.key_id, s->key_id);
	copy_id(head.org_id, s->org_id);
	head.key_expires_at = c->proof == PROOF_KEY ? s->key.expires_at : 0;
	head.password_due = is_password_due(s);
	/* A token may have been made to live longer than its session. */
	head.expires_at = c->expires_at < s->until ? c->expires_at : s->until;
	*ret_subject = pack(&head, profile, &f, r->arena, ret_len);
	return (*ret_subject == NULL ? ERR_NOMEM : ERR_OK);
}

bool
subject_may(const struct subject *s, const char *permission)
{

	return (right_in_lines(s->profile + s->permissions, permission));
}

/* The lines that begin at ${line}. */
static enum err
read_lines(const char *line, struct arena *a, struct names *ret_names)
{
	size_t len;

	for (ret_names->count = 0; *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		if (ret_names->count == ROLE_NAMES_MAX ||
		    (ret_names->items[ret_names->count] = arena_copy_len(a, line, len)) == NULL)
			return (ERR_NOMEM);
		ret_names->count++;
	}
	return (ERR_OK);
}

enum err
subject_permissions(const struct subject *s, struct arena *a, struct names *ret_names)
{

	return (read_lines(s->profile + s->permissions, a, ret_names));
}

enum err
subject_org_permissions(const struct subject *s, struct arena *a, struct names *ret_names)
{

	return (read_lines(s->profile + s->org_permissions, a, ret_names));
}

bool
subject_allows_address(const struct subject *s, const char *address)
{
	const char *networks = s->profile + s->networks;

	return (networks[0] == '\0' || address_in(address, networks));
}

const struct guard_who *
subject_guard_who(const struct subject *s)
{

	return (s->guard_who > 0 ? (const void *)((const char *)s + s->guard_who) : NULL);
}

/* A key of ours that is mistyped is no key at all: nobody need look it up. */
static enum err
check_key(struct req *r, const char *key)
{

	if (apikey_foreign_ok(key))
		return (ERR_OK);
	if (apikey_is_ours(key))
		return (req_fail(r, ERR_INVALID_TOKEN,
		    "the API key has a typo: its checksum is wrong; was all of it copied?"));
	return (req_fail(r, ERR_INVALID_TOKEN, "X-API-Key: is no API key"));
}

/* What kind of proof came, if any. A token of one kind never counts as one of another, nor a cookie
 * as a bearer token. Keys that other systems made could look like any token, so they are taken from
 * X-API-Key alone. */
static enum err
find_proof(struct req *r, struct claim *c)
{
	const char *bearer = req_bearer(r);

	if (r->x_api_key != NULL && r->authorization != NULL &&
	    (bearer == NULL || strcmp(bearer, r->x_api_key) != 0))
		return (req_fail(r, ERR_BAD_REQUEST,
		    "Authorization and X-API-Key are both there, and differ: send one of them"));
	if (r->x_api_key != NULL || apikey_is_ours(bearer)) {
		c->token = r->x_api_key != NULL ? r->x_api_key : bearer;
		c->proof = PROOF_KEY;
		return (check_key(r, c->token));
	}
	if (r->authorization != NULL) {
		if ((c->token = bearer) == NULL)
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
find_subject(struct req *r, struct claim *c, const struct subject **ret_subject)
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
			*ret_subject = s;
			return (ERR_OK);
		}
		cache_drop(r->app->subjects, key);
	}
	if ((e = load(r, c, now, &s, &len)) != ERR_OK)
		return (e);
	cache_put(r->app->subjects, key, s, len, now);
	*ret_subject = s;
	return (ERR_OK);
}

static enum err
check_address(struct req *r, const struct subject *s)
{

	if (subject_allows_address(s, r->remote_addr))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "this API key may not be used from %s", r->remote_addr));
}

enum err
subject_identify(struct req *r)
{
	struct claim c = { .token = NULL };
	const struct subject *s;
	enum err e;

	if ((e = find_proof(r, &c)) != ERR_OK || c.token == NULL)
		return (e);
	if ((e = find_subject(r, &c, &s)) != ERR_OK || (e = check_address(r, s)) != ERR_OK)
		return (e);
	r->subject = s;
	r->by_cookie = c.proof == PROOF_COOKIE;
	r->by_field = !r->by_cookie;
	return (ERR_OK);
}

enum err
subject_of_key(struct req *r, const char *key, const struct subject **ret_subject)
{
	struct claim c = { .proof = PROOF_KEY, .token = key };

	return (apikey_foreign_ok(key) ? find_subject(r, &c, ret_subject) : ERR_INVALID_TOKEN);
}

enum err
subject_be_guest(struct req *r)
{
	struct claim c = { .proof = PROOF_NONE, .token = "guest" };

	return (find_subject(r, &c, &r->subject));
}

enum err
subject_standing(const struct req *r, struct db *db, struct standing *ret_standing)
{
	const struct subject *s = r->subject;

	*ret_standing = (struct standing){ .proof = s->proof,
		.session_id = s->session_id[0] != '\0' ? s->session_id : NULL,
		.key_id = s->key_id[0] != '\0' ? s->key_id : NULL,
		.user_id = s->user_id[0] != '\0' ? s->user_id : NULL };
	return (standing_read(db, clock_ms(), r->arena, ret_standing));
}

static enum err
recheck(struct db *db, struct req *r)
{
	struct subject head = *r->subject;
	struct findings f = { .guard_who = NULL };
	size_t len;
	enum err e;

	if ((e = subject_standing(r, db, &f.standing)) != ERR_OK)
		return (e);
	copy_id(head.org_id, f.standing.org_id);
	if ((r->subject = pack(&head, r->subject->profile, &f, r->arena, &len)) == NULL)
		return (ERR_NOMEM);
	if ((e = check_address(r, r->subject)) != ERR_OK)
		return (e);
	if (is_password_due(&f.standing) && !r->route->password_due)
		return (ERR_PASSWORD_DUE);
	if (r->route->permission != NULL && !subject_may(r->subject, r->route->permission))
		return (req_fail(
		    r, ERR_FORBIDDEN, "the permission %s is needed", r->route->permission));
	return (ERR_OK);
}

enum err
subject_recheck(struct tx *tx, struct req *r)
{

	return (recheck(tx_db(tx), r));
}

enum err
subject_check_still(const struct req *r)
{
	struct req copy = *r;
	struct db *db;
	enum err e;

	if (still_true(r->app, r->subject, clock_ms()))
		return (ERR_OK);
	/* In memory of its own: an answer may have thousands of parts. */
	if ((copy.arena = arena_new(STILL_MAX)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(r->app->store, &db)) == ERR_OK) {
		e = recheck(db, &copy);
		store_read_end(r->app->store, db);
	}
	arena_free(copy.arena);
	return (e);
}
