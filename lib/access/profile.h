/* A user as others see one: JSON with roles and permissions; and changing what users may change of
 * themselves. */
#ifndef ACCESS_PROFILE_H
#define ACCESS_PROFILE_H

#include "http/json.h"
#include "http/request.h"
#include "access/standing.h"
#include "store/session.h"
#include "store/user.h"

#define PROFILE_LOCALE_MAX 35

/**
 * profile_add(j, u), profile_add_admins(j, u):
 * Add to ${j} what users see of themselves; and what only admins see besides. Never the password.
 */
void profile_add(struct json *j, const struct user *u);
void profile_add_admins(struct json *j, const struct user *u);

/**
 * profile_print(st, a, ret_json), profile_read(db, u, session, a, ret_json):
 * The JSON of the user of ${st}, or of ${u} in ${session}, with what the user holds, and in the
 * session's org, if one is active, and who acts in the user's name, if somebody does; owned by
 * ${a}; never the password. The second looks that up. Errors: ERR_INVALID_TOKEN as
 * standing_rights(); ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err profile_print(const struct standing *st, struct arena *a, char **ret_json);
MUST_USE enum err profile_read(struct db *db, const struct user *u, const struct session *session,
    struct arena *a, char **ret_json);

/**
 * profile_add_org(st, j):
 * Add the org that is active and what is held there, as org_id, org_roles and org_permissions:
 * apart from roles and permissions, for whoever reads those means the whole site.
 */
void profile_add_org(const struct standing *st, struct json *j);

/**
 * profile_username_ok(name), profile_email_ok(email), profile_locale_ok(locale):
 * Letters, digits, '.', '_' and '-', 2 to 64 of them; an address as HTML's input type=email takes
 * it, 254 bytes at most. No '@' in the one and always one in the other: a sign-in name is never
 * both. A language tag such as "de-AT", 35 bytes at most. Source: WHATWG HTML 4.10.5.1.5; RFC 5321
 * section 4.5.3.1; RFC 5646 sections 2.1, 4.4.1.
 */
bool profile_username_ok(const char *name);
bool profile_email_ok(const char *email);
bool profile_locale_ok(const char *locale);

/**
 * profile_update(r, ret_return_to):
 * Change the subject's names, username, picture_url and properties as the body says; null or ""
 * clears one. ${ret_return_to} is where the body wants a browser to go then, NULL when it does not
 * say. Errors: ERR_FIELDS, ERR_SYNTAX, ERR_TAKEN (with the field), ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err profile_update(struct req *r, const char **ret_return_to);

#endif
