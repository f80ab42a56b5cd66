/* Users brought along from elsewhere. */
#include "access/import.h"

#include <string.h>

#include "access/profile.h"
#include "base/clock.h"
#include "cred/hasher.h"

enum err
import_read(struct import_line *l, int64_t number, const char *text, size_t len, struct arena *a)
{
	enum err e;

	memset(l, 0, sizeof *l);
	l->number = number;
	l->said.arena = a;
	if ((e = person_read_text(&l->said, PERSON_IMPORT, text, len, &l->person)) == ERR_OK) {
		id_new(l->id);
		id_new(l->group_id);
		person_prepare(&l->person, l->id, clock_ms(), &l->user);
		l->user.email = l->person.email;
		e = person_apply(&l->said, &l->person, false, &l->user);
	}
	l->outcome = e == ERR_OK ? IMPORT_READ : IMPORT_FAILED;
	return (e == ERR_FIELDS || e == ERR_SYNTAX ? ERR_OK : e);
}

void
import_fail(struct import_line *l, const char *field, const char *detail)
{

	req_field_error(&l->said, field, detail);
	l->outcome = IMPORT_FAILED;
}

enum err
import_write(struct tx *tx, struct import_line *l, struct arena *a)
{
	const char *taken;
	struct user u;
	const char *key;
	enum err e;

	if (l->outcome != IMPORT_READ)
		return (ERR_OK);
	if ((key = arena_copy_lower(a, l->user.email)) == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(tx_db(tx), USER_BY_EMAIL, key, a, &u)) == ERR_OK) {
		l->outcome = IMPORT_EXISTING;
		memcpy(l->id, u.id, ID_SIZE);
	} else if (e == ERR_NOT_FOUND) {
		/* Refused, the statement that would add the user has done nothing. */
		if ((e = person_add(tx, &l->user, l->group_id, a)) == ERR_OK) {
			l->outcome = IMPORT_CREATED;
		} else if (e == ERR_TAKEN &&
		           (taken = person_taken(tx_db(tx), &l->user, a)) != NULL) {
			import_fail(l, taken, "is taken");
			e = ERR_OK;
		}
	}
	return (e);
}

void
import_tell(const struct import_line *l, struct json *details)
{
	const char *id = l->user.legacy_user_id;

	json_add_bool(details, "imported", true);
	json_add_text(details, "hash", hasher_kind(l->user.password_hash));
	if (id != NULL && !profile_email_ok(id))
		json_add_text(details, "legacy_user_id", id);
}

static void
add_errors(const struct import_line *l, struct json *j)
{
	struct cJSON *array;
	struct json item;
	size_t i;

	json_add_text(j, "status", "failed");
	if (l->said.field_errors_count == 0) {
		json_add_text(j, "detail", l->said.detail);
		return;
	}
	array = json_add_array(j, "errors");
	for (i = 0; i < l->said.field_errors_count; i++) {
		item = json_object(j->arena);
		json_add_text(&item, "field", l->said.field_errors[i].name);
		json_add_text(&item, "detail", l->said.field_errors[i].value);
		json_append(j, array, &item);
	}
}

struct json
import_report(const struct import_line *l)
{
	struct json j = json_object(l->said.arena);

	json_add_number(&j, "line", l->number);
	if (l->outcome == IMPORT_FAILED) {
		add_errors(l, &j);
	} else {
		json_add_text(&j, "status", l->outcome == IMPORT_EXISTING ? "existing" : "created");
		json_add_text(&j, "id", l->id);
	}
	return (j);
}
