/* Open Sesame's API, to the letter. */
#include "opensesame.h"

#include <string.h>

#include "access/app.h"
#include "access/grant.h"
#include "access/visit.h"
#include "base/clock.h"
#include "base/id.h"
#include "cred/policy.h"
#include "http/input.h"
#include "http/reply.h"

struct credentials {
	const char *username;
	const char *password;
};

struct removal {
	struct cJSON *user;
	const char *session_token;
};

static const struct field credential_fields[] = {
	{ "username", FIELD_TEXT, offsetof(struct credentials, username), 1, USER_EMAIL_MAX, 0 },
	{ "password", FIELD_TEXT, offsetof(struct credentials, password), 1, POLICY_LENGTH_MAX, 0 },
};

enum err
opensesame_post_session(struct req *r)
{
	struct json j = json_object(r->arena);
	struct credentials in = { .username = NULL };
	struct visit v = { .secret = NULL };
	enum err e;

	if ((e = input_read(r, credential_fields, COUNT(credential_fields), &in)) != ERR_OK ||
	    (e = visit_sign_in(r, in.username, in.password, SESSION_OPAQUE, &v)) != ERR_OK)
		return (e);
	json_add_bool(&j, "success", true);
	json_add_text(&j, "token", v.secret);
	return (reply_json(r, 200, &j));
}

/* What the transaction needs: one token's hash, or NULL for all. */
struct revocation {
	struct req *req;
	const char *user_id;
	const unsigned char *hash;
	int64_t now;
};

static enum err
write_revocation(struct tx *tx, void *arg)
{
	static const enum session_kind opaque = SESSION_OPAQUE;
	const struct revocation *t = arg;
	struct session s;
	int64_t count;
	enum err e;

	if (t->hash == NULL)
		return (grant_end_all(tx, t->req, t->user_id, &opaque, NULL, t->now, &count));
	if ((e = session_find_token(tx_db(tx), t->hash, t->req->arena, &s)) != ERR_OK)
		return (e);
	s.user_id = t->user_id; /* somebody else's stays */
	return (grant_end(tx, t->req, &s, t->now, "signed out"));
}

enum err
opensesame_delete_session(struct req *r)
{
	static const struct field fields[] = {
		{ "user", FIELD_OBJECT, offsetof(struct removal, user), 0, 0, 0 },
		{ "session_token", FIELD_TEXT, offsetof(struct removal, session_token), ID_SIZE - 1,
		    ID_SIZE - 1, FIELD_OPTIONAL },
	};
	struct revocation t = { .req = r, .now = clock_ms() };
	struct json j = json_object(r->arena);
	unsigned char hash[SECRET_HASH_LEN];
	struct credentials who = { .username = NULL };
	struct removal in = { .user = NULL };
	struct user u;
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = input_read_object(
	         r, in.user, "user", credential_fields, COUNT(credential_fields), &who)) != ERR_OK)
		return (e);
	if ((e = visit_prove(r, who.username, who.password, &u)) != ERR_OK)
		return (e);
	t.user_id = u.id;
	if (in.session_token != NULL) {
		secret_hash(in.session_token, strlen(in.session_token), hash);
		t.hash = hash;
	}
	if ((e = store_write(r->app->store, write_revocation, &t)) != ERR_OK)
		return (
		    e == ERR_NOT_FOUND ? req_fail(r, e, "this user has no such session token") : e);
	json_add_bool(&j, "success", true);
	json_add_text(&j, "message",
	    in.session_token != NULL ? "Session token revoked successfully."
	                             : "All session tokens revoked successfully.");
	return (reply_json(r, 200, &j));
}

enum err
opensesame_any(struct req *r)
{

	if (r->subject != NULL)
		return (ERR_NOT_FOUND);
	return (reply_text(r, 403, "application/json", "{\"detail\":\"Not authenticated\"}"));
}
