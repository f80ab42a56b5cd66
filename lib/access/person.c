/* What people may write of a user: read, checked, and put into a row. */
#include "access/person.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/profile.h"
#include "base/text.h"
#include "cred/hasher.h"
#include "cred/policy.h"
#include "store/group.h"

#define PROPERTIES_MAX 16384
#define PROPERTIES_VALUES_MAX 2048
#define PROPERTIES_LEVELS_MAX 24
#define HASH_MAX 256
#define OPEN (FIELD_OPTIONAL | FIELD_NULLABLE)
#define ADMIN (PERSON_NEW | PERSON_CHANGE | PERSON_IMPORT)
#define AT(member) offsetof(struct person, member)

/* Every member, and where it may stand. */
static const struct row {
	struct field field;
	unsigned int uses; /* enum person_use */
	unsigned int needed;
} rows[] = {
	{ { "email", FIELD_TEXT, AT(email), 3, USER_EMAIL_MAX, FIELD_OPTIONAL }, ADMIN,
	    PERSON_NEW | PERSON_IMPORT },
	{ { "username", FIELD_TEXT, AT(username), 0, 64, OPEN }, PERSON_OWN | ADMIN, 0 },
	{ { "name", FIELD_TEXT, AT(name), 0, 200, OPEN }, PERSON_OWN | ADMIN, 0 },
	{ { "first_name", FIELD_TEXT, AT(first_name), 0, 200, OPEN }, PERSON_OWN | ADMIN, 0 },
	{ { "last_name", FIELD_TEXT, AT(last_name), 0, 200, OPEN }, PERSON_OWN | ADMIN, 0 },
	{ { "picture_url", FIELD_TEXT, AT(picture_url), 0, 2048, OPEN }, PERSON_OWN | ADMIN, 0 },
	{ { "locale", FIELD_TEXT, AT(locale), 0, 35, OPEN }, PERSON_OWN | ADMIN, 0 },
	{ { "properties", FIELD_OBJECT, AT(properties), 0, 0, FIELD_OPTIONAL },
	    PERSON_OWN | PERSON_NEW | PERSON_IMPORT, 0 },
	{ { "properties", FIELD_OBJECT, AT(properties), 0, 0, OPEN }, PERSON_CHANGE, 0 },
	{ { "attributes", FIELD_OBJECT, AT(attributes), 0, 0, OPEN }, ADMIN, 0 },
	{ { "legacy_user_id", FIELD_TEXT, AT(legacy_user_id), 0, 200, OPEN }, ADMIN, 0 },
	{ { "email_confirmed", FIELD_FLAG, AT(email_confirmed), 0, 0, FIELD_OPTIONAL }, ADMIN, 0 },
	{ { "can_create_orgs", FIELD_FLAG, AT(can_create_orgs), 0, 0, FIELD_OPTIONAL }, ADMIN, 0 },
	{ { "hidden", FIELD_FLAG, AT(hidden), 0, 0, FIELD_OPTIONAL }, ADMIN, 0 },
	{ { "enabled", FIELD_FLAG, AT(enabled), 0, 0, FIELD_OPTIONAL }, PERSON_IMPORT, 0 },
	{ { "locked", FIELD_FLAG, AT(locked), 0, 0, FIELD_OPTIONAL }, PERSON_IMPORT, 0 },
	{ { "update_password_required", FIELD_FLAG, AT(update_password_required), 0, 0,
	      FIELD_OPTIONAL },
	    PERSON_NEW | PERSON_IMPORT, 0 },
	{ { "password", FIELD_TEXT, AT(password), 1, POLICY_LENGTH_MAX, FIELD_OPTIONAL },
	    PERSON_NEW, 0 },
	{ { "password_hash", FIELD_TEXT, AT(password_hash), 1, HASH_MAX, FIELD_OPTIONAL },
	    PERSON_NEW | PERSON_IMPORT, 0 },
	{ { "return_to", FIELD_TEXT, AT(return_to), 0, 1024, FIELD_OPTIONAL }, PERSON_OWN, 0 },
	/* An export can be imported as it is; phones are confirmed anew. */
	{ { "phone", FIELD_TEXT, AT(ignored), 0, 16, OPEN }, PERSON_IMPORT, 0 },
	{ { "phone_confirmed", FIELD_FLAG, AT(ignored_flag), 0, 0, FIELD_OPTIONAL }, PERSON_IMPORT,
	    0 },
	{ { "id", FIELD_TEXT, AT(ignored), 0, 64, OPEN }, PERSON_IMPORT, 0 },
	{ { "has_password", FIELD_FLAG, AT(ignored_flag), 0, 0, FIELD_OPTIONAL }, PERSON_IMPORT,
	    0 },
	{ { "created_at", FIELD_TIME, AT(ignored_time), 0, 0, FIELD_OPTIONAL }, PERSON_IMPORT, 0 },
	{ { "last_active_at", FIELD_TIME, AT(ignored_time), 0, 0, FIELD_OPTIONAL }, PERSON_IMPORT,
	    0 },
};

static size_t
pick_fields(enum person_use use, struct field ret_fields[static COUNT(rows)])
{
	size_t count = 0, i;

	for (i = 0; i < COUNT(rows); i++) {
		if ((rows[i].uses & use) == 0)
			continue;
		ret_fields[count] = rows[i].field;
		if ((rows[i].needed & use) != 0)
			ret_fields[count].flags &= ~(unsigned int)FIELD_OPTIONAL;
		count++;
	}
	return (count);
}

enum err
person_check(struct req *r, const struct person *p)
{
	enum err e = ERR_OK;

	if (p->email != NULL && !profile_email_ok(p->email))
		e = req_field_error(r, "email", "is not an e-mail address");
	if (p->username != NULL && p->username[0] != '\0' && !profile_username_ok(p->username))
		e = req_field_error(
		    r, "username", "must have 2 to 64 letters, digits, '.', '_' or '-'");
	if (p->picture_url != NULL && p->picture_url[0] != '\0' &&
	    !text_starts(p->picture_url, "https://"))
		e = req_field_error(r, "picture_url", "must begin with https://");
	if (p->locale != NULL && p->locale[0] != '\0' && !profile_locale_ok(p->locale))
		e = req_field_error(r, "locale", "must be a language such as de or de-AT");
	if (p->password_hash != NULL && !hasher_knows(p->password_hash))
		e = req_field_error(r, "password_hash",
		    "must be a hash of Argon2, bcrypt, scrypt, PBKDF2, yescrypt or crypt(3), at a "
		    "cost that fits this site");
	if (p->password_hash != NULL && p->password != NULL)
		e = req_field_error(r, "password_hash", "goes with no password");
	return (e);
}

enum err
person_read(struct req *r, enum person_use use, struct person *ret_person)
{
	struct field fields[COUNT(rows)];
	const size_t count = pick_fields(use, fields);
	enum err e;

	memset(ret_person, 0, sizeof *ret_person);
	if ((e = input_read(r, fields, count, ret_person)) != ERR_OK)
		return (e);
	return (person_check(r, ret_person));
}

enum err
person_read_text(
    struct req *r, enum person_use use, const char *text, size_t len, struct person *ret_person)
{
	struct field fields[COUNT(rows)];
	const size_t count = pick_fields(use, fields);
	const char *detail;
	cJSON *json;
	enum err e;

	memset(ret_person, 0, sizeof *ret_person);
	if ((e = json_parse(text, len, r->arena, &json, &detail)) != ERR_OK)
		return (req_fail(r, e, "%s", detail != NULL ? detail : "is not valid JSON"));
	if (!cJSON_IsObject(json))
		return (req_fail(r, ERR_SYNTAX, "must be a JSON object"));
	if ((e = input_read_object(r, json, NULL, fields, count, ret_person)) != ERR_OK)
		return (e);
	return (person_check(r, ret_person));
}

/* Is the member of ${row} there? */
static bool
is_there(const struct person *p, const struct row *row)
{
	const void *at = (const char *)p + row->field.offset;

	if (row->field.type == FIELD_FLAG)
		return (*(const enum flag *)at != FLAG_ABSENT);
	return (row->field.type != FIELD_TIME && *(const char *const *)at != NULL);
}

bool
person_add_fields(const struct person *p, struct json *j)
{
	char *names[COUNT(rows)];
	size_t count = 0, i;

	for (i = 0; i < COUNT(rows); i++) {
		/* Of two rows for the same member the first counts; an address to go to is none. */
		if ((i > 0 && rows[i].field.offset == rows[i - 1].field.offset) ||
		    rows[i].field.offset == AT(return_to) || !is_there(p, &rows[i]))
			continue;
		if ((names[count] = arena_copy(j->arena, rows[i].field.name)) != NULL)
			count++;
	}
	json_add_texts(j, "fields", names, count);
	return (count > 0);
}

/* It is read again as a part of something larger, which has to keep the limits of any JSON. */
static enum err
print_object(struct req *r, const char *field, cJSON *tree, const char **ret_text)
{
	const char *text, *detail;
	cJSON *again;

	if (!json_within(tree, PROPERTIES_VALUES_MAX, PROPERTIES_LEVELS_MAX))
		return (req_field_error(r, field,
		    "must have at most 2048 values and be nested at most 24 levels deep"));
	if ((text = json_print_tree(tree, r->arena)) == NULL)
		return (ERR_NOMEM);
	if (strlen(text) > PROPERTIES_MAX)
		return (req_field_error(r, field, "must have at most 16384 bytes"));
	if (json_parse(text, strlen(text), r->arena, &again, &detail) != ERR_OK)
		return (req_field_error(r, field, "must have at most 256 members each"));
	*ret_text = text;
	return (ERR_OK);
}

/* Put ${tree}, when it is there, in the place of ${*text}, or merge it into that. */
static enum err
apply_object(struct req *r, const char *field, cJSON *tree, bool merging, const char **text)
{
	const char *detail;
	cJSON *old;

	if (tree == NULL)
		return (ERR_OK);
	if (cJSON_IsNull(tree)) {
		*text = "{}";
		return (ERR_OK);
	}
	if (merging) {
		if (json_parse(*text, strlen(*text), r->arena, &old, &detail) != ERR_OK)
			return (ERR_INTERNAL);
		if (!json_merge(old, tree, r->arena))
			return (ERR_NOMEM);
		tree = old;
	}
	return (print_object(r, field, tree, text));
}

/* "" clears, NULL leaves. */
static const char *
changed(const char *old, const char *new)
{

	return (new == NULL ? old : new[0] == '\0' ? NULL : new);
}

static bool
flagged(bool old, enum flag new)
{

	return (new == FLAG_ABSENT ? old : new == FLAG_YES);
}

enum err
person_apply(struct req *r, const struct person *p, bool merging, struct user *u)
{
	enum err e;

	if (p->email != NULL) {
		if (!text_same_nocase(u->email, p->email))
			u->email_confirmed = false;
		u->email = p->email;
	}
	u->email_confirmed = flagged(u->email_confirmed, p->email_confirmed);
	u->username = changed(u->username, p->username);
	u->name = changed(u->name, p->name);
	u->first_name = changed(u->first_name, p->first_name);
	u->last_name = changed(u->last_name, p->last_name);
	u->picture_url = changed(u->picture_url, p->picture_url);
	u->locale = changed(u->locale, p->locale);
	u->legacy_user_id = changed(u->legacy_user_id, p->legacy_user_id);
	u->can_create_orgs = flagged(u->can_create_orgs, p->can_create_orgs);
	u->hidden = flagged(u->hidden, p->hidden);
	if ((e = apply_object(r, "properties", p->properties, merging, &u->properties)) != ERR_OK)
		return (e);
	return (apply_object(r, "attributes", p->attributes, merging, &u->attributes));
}

void
person_prepare(const struct person *p, const char *id, int64_t now, struct user *ret_user)
{

	*ret_user = (struct user){
		.id = id,
		.properties = "{}",
		.attributes = "{}",
		.password_hash = p->password_hash,
		.enabled = p->enabled != FLAG_NO,
		.locked = p->locked == FLAG_YES,
		.update_password_required = p->update_password_required == FLAG_YES,
		.created_at = now,
	};
}

enum err
person_add(struct tx *tx, const struct user *u, const char *group_id, struct arena *a)
{
	enum err e;

	if ((e = user_add(tx, u, a)) != ERR_OK ||
	    (e = role_assign(tx, u->id, "viewer", 0, u->created_at)) != ERR_OK)
		return (e);
	return (group_add_home(tx, group_id, u->id, u->email, u->created_at));
}

const char *
person_taken(struct db *db, const struct user *u, struct arena *a)
{
	const struct {
		const char *name, *value;
		enum user_by by;
	} keys[] = {
		{ "email", u->email, USER_BY_EMAIL },
		{ "username", u->username, USER_BY_USERNAME },
		{ "legacy_user_id", u->legacy_user_id, USER_BY_LEGACY },
	};
	struct user other;
	const char *key;
	size_t i;

	for (i = 0; i < COUNT(keys); i++) {
		key = keys[i].by == USER_BY_LEGACY ? keys[i].value
		                                   : arena_copy_lower(a, keys[i].value);
		if (key == NULL)
			continue;
		if (user_find(db, keys[i].by, key, a, &other) == ERR_OK &&
		    strcmp(other.id, u->id) != 0)
			return (keys[i].name);
	}
	return (NULL);
}
