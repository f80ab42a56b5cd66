/* Keys that come to be: made, taken over from elsewhere, rotated. */
#include "make.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/key.h"
#include "access/limit.h"
#include "access/right.h"
#include "access/subject.h"
#include "access/tenant.h"
#include "allow.h"
#include "base/clock.h"
#include "base/id.h"
#include "cred/apikey.h"
#include "http/reply.h"
#include "keys.h"
#include "store/user.h"

struct making {
	/* The body. */
	const char *name;
	const char *foreign; /* the key itself, made elsewhere; NULL: make one */
	const char *user_id; /* NULL: who asks */
	const char *org_id;
	bool service;
	struct text_list scopes, networks;
	int64_t expires_at;
	int64_t overlap_s;

	/* For the transaction. */
	struct req *req;
	struct api_key key, old;
	int64_t now;
};

#define MAKING_FIELDS \
	{ "name", FIELD_TEXT, offsetof(struct making, name), 1, KEY_NAME_MAX, 0 }, \
	    { "scopes", FIELD_TEXTS, offsetof(struct making, scopes), 1, RIGHT_MAX, 0 }, \
	    { "networks", FIELD_TEXTS, offsetof(struct making, networks), 1, 64, FIELD_OPTIONAL }, \
	    { "expires_at", FIELD_TIME, offsetof(struct making, expires_at), 0, 0, \
		    FIELD_OPTIONAL }, \
	    { "user_id", FIELD_TEXT, offsetof(struct making, user_id), ID_SIZE - 1, ID_SIZE - 1, \
		    FIELD_OPTIONAL }, \
	    { "service", FIELD_BOOL, offsetof(struct making, service), 0, 0, FIELD_OPTIONAL }, \
	{ \
		"org_id", FIELD_TEXT, offsetof(struct making, org_id), ID_SIZE - 1, ID_SIZE - 1, \
		    FIELD_OPTIONAL \
	}

static enum err
check(struct req *r, struct making *m)
{
	const char *wrong;
	enum err e;

	if ((e = keys_read_lists(r, &m->scopes, &m->networks, &m->key.scopes, &m->key.networks)) ==
	    ERR_NOMEM)
		return (e);
	if (m->user_id != NULL && m->service)
		e = req_field_error(r, "user_id", "goes not with service: a service is no user");
	if (m->user_id != NULL && !id_ok(m->user_id))
		e = req_field_error(r, "user_id", "must be the id of a user");
	if (m->org_id != NULL && !id_ok(m->org_id))
		e = req_field_error(r, "org_id", "must be the id of an org");
	if (m->foreign != NULL && !apikey_foreign_ok(m->foreign))
		e = req_field_error(r, "key",
		    "must have 20 to 200 visible characters of ASCII, 8 different ones at least; "
		    "one that begins with yett_ must be whole");
	if ((wrong = key_expiry(&r->app->conf, m->now, m->expires_at, &m->key.expires_at)) != NULL)
		e = req_field_error(r, "expires_at", wrong);
	return (e);
}

/* Nobody gives more than he holds; of a key of one's own that acts in an org, in that org. */
static enum err
check_scope(struct tx *tx, struct making *m, const char *scope)
{
	bool may = false;
	enum err e;

	if (m->key.org_id != NULL && allow_is_own(m->req, &m->key) &&
	    (e = tenant_may_in(m->req, tx_db(tx), m->key.org_id, scope, &may)) != ERR_OK)
		return (e);
	return (may ? ERR_OK : limit_permission(m->req, "scopes", scope));
}

/* May the key have these scopes, this owner and this org? */
static enum err
check_rights(struct tx *tx, struct making *m)
{
	struct req *r = m->req;
	const struct api_key *k = &m->key;
	bool fits = true;
	struct user u;
	enum err e;
	size_t i;

	if ((e = allow_owner(r, tx_db(tx), k->user_id)) != ERR_OK)
		return (e);
	if (k->user_id != NULL &&
	    (e = user_find(tx_db(tx), USER_BY_ID, k->user_id, r->arena, &u)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? req_field_error(r, "user_id", "there is no such user")
		                           : e);
	for (i = 0; i < m->scopes.count; i++)
		if ((e = check_scope(tx, m, m->scopes.items[i])) != ERR_OK)
			return (e);
	if (k->org_id != NULL &&
	    (e = api_key_fits_org(tx_db(tx), k->user_id, k->org_id, &fits)) != ERR_OK)
		return (e);
	return (fits ? ERR_OK
	             : req_field_error(r, "org_id",
	                   k->user_id != NULL ? "is no org that the user is a member of"
	                                      : "there is no such org"));
}

/* What key_add() has against it, for who asked. */
static enum err
explain(struct making *m, enum err e)
{

	if (e == ERR_LIMIT)
		return (req_field_error(
		    m->req, "user_id", "has as many keys as a user may have, 100: revoke some"));
	if (e == ERR_TAKEN)
		req_field_error(m->req, "key", "is there already");
	return (e);
}

static enum err
note(struct tx *tx, struct making *m, const char *action)
{
	struct json details = key_details(&m->key, m->req->arena);
	const struct event ev = { .action = action,
		.object_type = "apikey",
		.object_id = m->key.id,
		.org_id = m->key.org_id,
		.details = &details };

	if (m->old.id != NULL) {
		json_add_text(&details, "replaces", m->old.id);
		json_add_number(&details, "overlap_s", m->overlap_s);
	}
	return (audit_note(tx, m->req, &ev));
}

static enum err
write_new(struct tx *tx, void *arg)
{
	struct making *m = arg;
	enum err e;

	if ((e = subject_recheck(tx, m->req)) != ERR_OK || (e = check_rights(tx, m)) != ERR_OK)
		return (e);
	if ((e = key_add(tx, &m->key)) != ERR_OK)
		return (explain(m, e));
	return (note(tx, m, m->foreign != NULL ? "apikey.imported" : "apikey.created"));
}

/* The body of ${m} was read. */
static enum err
make(struct req *r, struct making *m)
{
	const char *text;
	enum err e;

	m->req = r;
	m->now = clock_ms();
	if ((e = check(r, m)) != ERR_OK ||
	    (e = key_fill(&m->key, m->foreign, m->now, r->arena, &text)) != ERR_OK)
		return (e);
	m->key.name = m->name;
	m->key.org_id = m->org_id;
	m->key.created_by = r->subject->user_id;
	if (m->key.networks == NULL)
		m->key.networks = "";
	if (!m->service)
		m->key.user_id = m->user_id != NULL ? m->user_id : r->subject->user_id;
	if ((e = store_write(r->app->store, write_new, m)) != ERR_OK)
		return (e);
	/* Who imports a key knows it. */
	return (keys_reply(r, 201, &m->key, m->foreign != NULL ? NULL : text));
}

enum err
make_post(struct req *r)
{
	static const struct field fields[] = { MAKING_FIELDS };
	struct making m = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &m)) != ERR_OK)
		return (e);
	return (make(r, &m));
}

enum err
make_import(struct req *r)
{
	static const struct field fields[] = {
		MAKING_FIELDS,
		{ "key", FIELD_TEXT, offsetof(struct making, foreign), APIKEY_FOREIGN_MIN,
		    APIKEY_FOREIGN_MAX, 0 },
	};
	struct making m = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &m)) != ERR_OK)
		return (e);
	return (make(r, &m));
}

static enum err
write_rotate(struct tx *tx, void *arg)
{
	struct making *m = arg;
	struct req *r = m->req;
	const char *wrong;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (e = allow_change(r, tx_db(tx), "apikeys:create", &m->old)) != ERR_OK ||
	    (e = allow_owner(r, tx_db(tx), m->old.user_id)) != ERR_OK)
		return (e);
	if (!api_key_alive(&m->old, m->now))
		return (req_fail(
		    r, ERR_NOT_FOUND, "the key is %s already", key_state(&m->old, m->now)));
	if (m->old.replaced_by != NULL)
		return (req_fail(
		    r, ERR_NOT_FOUND, "the key is replaced already, by %s", m->old.replaced_by));
	if (m->expires_at == 0)
		m->key.expires_at = key_life(&r->app->conf, &m->old, m->now);
	else if ((wrong = key_expiry(&r->app->conf, m->now, m->expires_at, &m->key.expires_at)) !=
	         NULL)
		return (req_field_error(r, "expires_at", wrong));
	if ((e = key_rotate(tx, &m->old, &m->key, m->overlap_s)) != ERR_OK)
		return (explain(m, e));
	return (note(tx, m, "apikey.rotated"));
}

enum err
make_rotate(struct req *r)
{
	static const struct field fields[] = {
		{ "overlap_s", FIELD_NUMBER, offsetof(struct making, overlap_s), 0,
		    KEY_OVERLAP_MAX_S, FIELD_OPTIONAL },
		{ "expires_at", FIELD_TIME, offsetof(struct making, expires_at), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct making m = { .req = r, .now = clock_ms() };
	const char *text;
	enum err e;

	if (r->body_len > 0 && (e = input_read(r, fields, COUNT(fields), &m)) != ERR_OK)
		return (e);
	m.key.created_by = r->subject->user_id;
	if ((e = key_fill(&m.key, NULL, m.now, r->arena, &text)) != ERR_OK ||
	    (e = store_write(r->app->store, write_rotate, &m)) != ERR_OK)
		return (e);
	return (keys_reply(r, 201, &m.key, text));
}
