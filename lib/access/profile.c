/* A user as others see one. */
#include "access/profile.h"

#include <string.h>

#include "base/clock.h"

#define LOCAL_MAX 64 /* bytes before the '@' */

void
profile_add(struct json *j, const struct user *u)
{

	json_add_text(j, "id", u->id);
	json_add_text(j, "email", u->email);
	json_add_bool(j, "email_confirmed", u->email_confirmed);
	json_add_text(j, "username", u->username);
	json_add_text(j, "name", u->name);
	json_add_text(j, "first_name", u->first_name);
	json_add_text(j, "last_name", u->last_name);
	json_add_text(j, "picture_url", u->picture_url);
	json_add_text(j, "locale", u->locale);
	json_add_text(j, "phone", u->phone);
	json_add_bool(j, "phone_confirmed", u->phone_confirmed);
	json_add_raw(j, "properties", u->properties);
	json_add_bool(j, "has_password", u->password_hash != NULL);
	json_add_bool(j, "update_password_required", u->update_password_required);
	json_add_bool(j, "can_create_orgs", u->can_create_orgs);
	json_add_time(j, "created_at", u->created_at);
}

void
profile_add_admins(struct json *j, const struct user *u)
{

	json_add_text(j, "legacy_user_id", u->legacy_user_id);
	json_add_raw(j, "attributes", u->attributes);
	json_add_bool(j, "enabled", u->enabled);
	json_add_bool(j, "locked", u->locked);
	json_add_bool(j, "hidden", u->hidden);
	if (u->last_active_at != 0)
		json_add_time(j, "last_active_at", u->last_active_at);
	else
		json_add_text(j, "last_active_at", NULL);
}

enum err
profile_print(const struct standing *st, struct arena *a, char **ret_json)
{
	const struct user *u = &st->user;
	struct json j = json_object(a), act = json_object(a);

	profile_add(&j, u);
	json_add_texts(&j, "roles", st->roles->items, st->roles->count);
	json_add_texts(&j, "permissions", st->permissions->items, st->permissions->count);
	if (st->org_id != NULL)
		profile_add_org(st, &j);
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

bool
profile_locale_ok(const char *locale)
{
	size_t len, whole = 0;

	for (;; locale++) {
		for (len = 0; is_alnum(locale[len]); len++)
			continue;
		/* What comes first is the language, of letters alone. */
		if (len == 0 || len > 8 ||
		    (whole == 0 && (len < 2 || strcspn(locale, "0123456789") < len)))
			return (false);
		whole += len + 1;
		locale += len;
		if (*locale != '-')
			return (*locale == '\0' && whole <= PROFILE_LOCALE_MAX + 1);
	}
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
