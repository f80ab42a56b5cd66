/* Signing in by password. */
#include "access/visit.h"

#include <string.h>

#include "access/grant.h"
#include "access/guest.h"
#include "access/notice.h"
#include "access/throttle.h"
#include "access/verification.h"
#include "base/clock.h"
#include "base/log.h"

/* What one of the transactions here needs. */
struct attempt {
	struct req *req;
	const struct user *user; /* NULL: nobody has that name */
	const char *new_hash;    /* NULL: the stored hash is good as it is */
	struct visit *visit;     /* NULL: no session is made */
	bool success;
	int64_t now;
	int64_t failures; /* of which the user is to be told; 0: none is */
};

static enum err
find_user(struct req *r, const char *key, struct user *ret_user)
{
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = guest_check_signin(r, db)) == ERR_OK)
		e = user_find(db, strchr(key, '@') != NULL ? USER_BY_EMAIL : USER_BY_USERNAME, key,
		    r->arena, ret_user);
	store_read_end(r->app->store, db);
	/* At a hidden one nobody may peek: as if there were none. */
	return (e == ERR_OK && ret_user->hidden ? ERR_NOT_FOUND : e);
}

static enum err
write_attempt(struct tx *tx, void *arg)
{
	const struct attempt *t = arg;
	enum err e;

	e = grant_attempt(tx, t->req, t->user == NULL ? NULL : t->user->id, t->success, t->now);
	if (e != ERR_OK || t->failures == 0)
		return (e);
	return (notice_locked(tx, t->req, t->user, t->failures, t->now));
}

static enum err
write_success(struct tx *tx, void *arg)
{
	const struct attempt *t = arg;
	const struct user *was = t->user;
	struct user u;
	enum err e;

	if ((e = grant_admit(tx, t->req, was->id, &u)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_INVALID_CREDENTIALS : e);
	/* Since the password was checked, somebody may have changed it. */
	if (u.password_hash == NULL || strcmp(u.password_hash, was->password_hash) != 0)
		return (ERR_INVALID_CREDENTIALS);
	if ((e = verification_check(t->req, &u)) != ERR_OK)
		return (e);
	if ((e = write_attempt(tx, arg)) != ERR_OK)
		return (e);
	if (t->new_hash != NULL &&
	    (e = user_upgrade_password(tx, was->id, was->password_hash, t->new_hash)) != ERR_OK)
		return (e);
	return (t->visit == NULL ? ERR_OK : grant_begin(tx, t->req, &u, t->visit));
}

/* May ${u}, whose password fits, sign in? */
static enum err
check_account(struct req *r, const struct user *u)
{

	if (!u->enabled || u->locked)
		return (ERR_ACCOUNT);
	return (verification_check(r, u));
}

/* Check the password. When it is wrong, or the account not usable, the attempt is noted here. */
static enum err
try_password(
    struct req *r, const char *key, const char *password, struct user *ret_user, bool *ret_stale)
{
	struct attempt t = { .req = r, .now = clock_ms() };
	const char *hash = NULL;
	int64_t failures;
	enum err e, written;

	if ((e = find_user(r, key, ret_user)) == ERR_OK) {
		t.user = ret_user;
		hash = ret_user->password_hash;
	} else if (e != ERR_NOT_FOUND) {
		return (e);
	}
	/* With nobody there, or no password, this takes as long, and fails. */
	if ((e = hasher_verify(r->app->hasher, hash, password, ret_stale)) == ERR_OK) {
		if (t.user != NULL && (e = check_account(r, ret_user)) == ERR_OK)
			return (ERR_OK);
	}
	if (e != ERR_INVALID_CREDENTIALS && e != ERR_ACCOUNT && e != ERR_UNCONFIRMED)
		return (e);
	/* For whoever bans addresses by the log (etc/fail2ban/filter.d/yett.conf); what was typed
	 * as name may be a password. */
	log_event(LOG_WARN, r->request_id, "sign-in failed from %s", r->remote_addr);
	if (e == ERR_INVALID_CREDENTIALS && notice_wanted(&r->app->conf) &&
	    throttle_tell(r, key, &failures))
		t.failures = failures;
	written = store_write(r->app->store, write_attempt, &t);
	if (written != ERR_OK)
		return (written);
	/* Whoever has just signed up has no account yet. To tell that from an address whose account
	 * has another password would tell which addresses have one: sign up, then in. */
	if (e == ERR_INVALID_CREDENTIALS && verification_required(&r->app->conf))
		return (req_fail(r, e,
		    "wrong user or password, or the address is not confirmed yet: look into your "
		    "mail"));
	return (e);
}

static enum err
check_password(
    struct req *r, const char *login, const char *password, struct user *ret_user, bool *ret_stale)
{
	const char *key = arena_copy_lower(r->arena, login);
	enum err e;

	if (key == NULL)
		return (ERR_NOMEM);
	if ((e = throttle_begin(r, key)) != ERR_OK)
		return (e);
	e = try_password(r, key, password, ret_user, ret_stale);
	throttle_end(r, key, e);
	return (e);
}

static enum err
sign_in(struct req *r, const char *login, const char *password, struct visit *v, bool with_session,
    enum session_kind kind)
{
	struct attempt t = {
		.req = r, .user = &v->user, .visit = with_session ? v : NULL, .success = true
	};
	char *hash;
	bool stale;
	enum err e;

	if ((e = check_password(r, login, password, &v->user, &stale)) != ERR_OK)
		return (e);
	if (stale) {
		if ((hash = arena_alloc(r->arena, HASHER_HASH_SIZE)) == NULL)
			return (ERR_NOMEM);
		/* Without room for it now, the next sign-in makes the better hash. */
		if (hasher_hash(r->app->hasher, password, hash) == ERR_OK)
			t.new_hash = hash;
	}
	if (with_session && (e = grant_prepare(r, v->user.id, kind, v)) != ERR_OK)
		return (e);
	t.now = clock_ms();
	return (store_write(r->app->store, write_success, &t));
}

enum err
visit_sign_in(struct req *r, const char *login, const char *password, enum session_kind kind,
    struct visit *ret_visit)
{
	enum err e;

	if ((e = sign_in(r, login, password, ret_visit, true, kind)) != ERR_OK)
		return (e);
	return (grant_finish(r, ret_visit));
}

enum err
visit_prove(struct req *r, const char *login, const char *password, struct user *ret_user)
{
	struct visit v;
	enum err e;

	if ((e = sign_in(r, login, password, &v, false, SESSION_OPAQUE)) == ERR_OK)
		*ret_user = v.user;
	return (e);
}
