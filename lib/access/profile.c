/* A user as others see one, and changing what users may change of themselves. */
#include "access/profile.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/input.h"
#include "http/json.h"

#define PROPERTIES_MAX 16384
#define PROPERTIES_VALUES_MAX 2048
#define PROPERTIES_LEVELS_MAX 24
#define LOCAL_MAX 64 /* bytes before the '@' */

enum err
profile_print(const struct standing *st, struct arena *a, char **ret_json)
{
	const struct user *u = &st->user;
	struct json j = json_object(a), act = json_object(a);

	json_add_text(&j, "id", u->id);
	json_add_text(&j, "email", u->email);
	json_add_bool(&j, "email_confirmed", u->email_confirmed);
	json_add_text(&j, "username", u->username);
	json_add_text(&j, "name", u->name);
	json_add_text(&j, "picture_url", u->picture_url);
	json_add_raw(&j, "properties", u->properties);
	json_add_texts(&j, "roles", st->roles->items, st->roles->count);
	json_add_texts(&j, "permissions", st->permissions->items, st->permissions->count);
	if (st->org_id != NULL)
		profile_add_org(st, &j);
	json_add_time(&j, "created_at", u->created_at);
	if (st->actor_id != NULL) {
		json_add_text(&act, "sub", st->actor_id);
		json_add_raw(&j, "act", json_print(&act));
	}
	*ret_json = json_print(&j);
	return (*ret_json == NULL ? ERR_NOMEM : ERR_OK);
}

void
profile_add_org(const struct standing *st, struct json *j)
{

	json_add_text(j, "org_id", st->org_id);
	json_add_texts(j, "org_roles", st->org_roles->items, st->org_roles->count);
	json_add_texts(
	    j, "org_permissions", st->org_permissions->items, st->org_permissions->count);
}

enum err
profile_read(struct db *db, const struct user *u, const struct session *session, struct arena *a,
    char **ret_json)
{
	struct standing st;
	enum err e;

	if ((e = standing_in(db, u, session, clock_ms(), a, &st)) != ERR_OK)
		return (e);
	return (profile_print(&st, a, ret_json));
}

static bool
is_alnum(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
}

bool
profile_username_ok(const char *name)
{
	const size_t len = strlen(name);
	size_t i;

	for (i = 0; i < len; i++)
		if (!is_alnum(name[i]) && strchr("._-", name[i]) == NULL)
			return (false);
	return (len >= 2 && len <= 64 && is_alnum(name[0]));
}

/* One label of a domain: letters, digits and inner hyphens, 63 at most. */
static bool
label_ok(const char *label, size_t len)
{
	size_t i;

	if (len == 0 || len > 63 || label[0] == '-' || label[len - 1] == '-')
		return (false);
	for (i = 0; i < len; i++)
		if (!is_alnum(label[i]) && label[i] != '-')
			return (false);
	return (true);
}

bool
profile_email_ok(const char *email)
{
	const char *at = strrchr(email, '@'), *p;
	size_t len;

	if (at == NULL || at == email || at - email > LOCAL_MAX || strlen(email) > USER_EMAIL_MAX)
		return (false);
	for (p = email; p < at; p++)
		if (!is_alnum(*p) && strchr(".!#$%&'*+/=?^_`{|}~-", *p) == NULL)
			return (false);
	for (p = at + 1;; p += len + 1) {
		len = strcspn(p, ".");
		if (!label_ok(p, len))
			return (false);
		if (p[len] == '\0')
			return (true);
	}
}

struct update {
	const char *name;
	const char *username;
	const char *picture_url;
	struct cJSON *properties;
	const char *return_to;

	/* For the transaction. */
	struct req *req;
	const char *properties_text;
	int64_t now;
};

/* "" clears, NULL leaves. */
static const char *
changed(const char *old, const char *new)
{

	return (new == NULL ? old : new[0] == '\0' ? NULL : new);
}

/* Which members changed; not what is in them, for the log outlives the user. */
static enum err
note_update(struct tx *tx, const struct update *in)
{
	struct json details = json_object(in->req->arena);
	const struct event ev = { .action = "user.updated",
		.object_type = "user",
		.object_id = in->req->subject->user_id,
		.details = &details };
	char name[] = "name", username[] = "username", picture[] = "picture_url",
	     properties[] = "properties", *changes[4];
	size_t count = 0;

	if (in->name != NULL)
		changes[count++] = name;
	if (in->username != NULL)
		changes[count++] = username;
	if (in->picture_url != NULL)
		changes[count++] = picture;
	if (in->properties_text != NULL)
		changes[count++] = properties;
	if (count == 0)
		return (ERR_OK);
	json_add_texts(&details, "fields", changes, count);
	return (audit_note(tx, in->req, &ev));
}

static enum err
write_update(struct tx *tx, void *arg)
{
	const struct update *in = arg;
	struct user u;
	enum err e;

	if ((e = subject_recheck(tx, in->req)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, in->req->subject->user_id, in->req->arena, &u)) !=
	        ERR_OK)
		return (e);
	u.name = changed(u.name, in->name);
	u.username = changed(u.username, in->username);
	u.picture_url = changed(u.picture_url, in->picture_url);
	if (in->properties_text != NULL)
		u.properties = in->properties_text;
	if ((e = user_set_profile(tx, &u, in->now, in->req->arena)) != ERR_OK)
		return (e);
	return (note_update(tx, in));
}

/* It is read again as a part of something larger, which has to keep the limits of any JSON. */
static enum err
check_properties(struct req *r, struct update *in)
{

	if (!json_within(in->properties, PROPERTIES_VALUES_MAX, PROPERTIES_LEVELS_MAX))
		return (req_field_error(r, "properties",
		    "must have at most 2048 values and be nested at most 24 levels deep"));
	in->properties_text = json_print_tree(in->properties, r->arena);
	if (in->properties_text == NULL)
		return (ERR_NOMEM);
	if (strlen(in->properties_text) > PROPERTIES_MAX)
		return (req_field_error(r, "properties", "must have at most 16384 bytes"));
	return (ERR_OK);
}

static enum err
check_update(struct req *r, struct update *in)
{
	enum err e = ERR_OK;

	if (in->username != NULL && in->username[0] != '\0' && !profile_username_ok(in->username))
		e = req_field_error(
		    r, "username", "must have 2 to 64 letters, digits, '.', '_' or '-'");
	if (in->picture_url != NULL && in->picture_url[0] != '\0' &&
	    !text_starts(in->picture_url, "https://"))
		e = req_field_error(r, "picture_url", "must begin with https://");
	return (in->properties != NULL && e == ERR_OK ? check_properties(r, in) : e);
}

enum err
profile_update(struct req *r, const char **ret_return_to)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct update, name), 0, 200,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
		{ "username", FIELD_TEXT, offsetof(struct update, username), 0, 64,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
		{ "picture_url", FIELD_TEXT, offsetof(struct update, picture_url), 0, 2048,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
		{ "properties", FIELD_OBJECT, offsetof(struct update, properties), 0, 0,
		    FIELD_OPTIONAL },
		{ "return_to", FIELD_TEXT, offsetof(struct update, return_to), 0, 1024,
		    FIELD_OPTIONAL },
	};
	struct update in = { .req = r, .now = clock_ms() };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_update(r, &in)) != ERR_OK)
		return (e);
	if ((e = store_write(r->app->store, write_update, &in)) == ERR_TAKEN)
		req_field_error(r, "username", "is taken");
	if (e == ERR_OK)
		*ret_return_to = in.return_to;
	return (e);
}
