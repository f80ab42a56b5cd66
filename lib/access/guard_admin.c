/* The rules of the guard as admins see and change them. */
#include "access/guard_admin.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/text.h"
#include "store/group.h"
#include "store/org.h"
#include "store/role.h"

#define SHOWN_MAX 64 /* bytes of a name, in a message */

_Static_assert(GUARD_ROWS_MAX == GUARD_RULES_MAX, "the database has room for all rules");

/* Is there what ${word} names? ${ret_what} is what it should be. */
static enum err
find(struct db *db, const struct guard_word *word, struct arena *a, const char **ret_what)
{
	struct group group;
	struct role role;
	struct org org;

	switch (word->kind) {
	case GUARD_ROLE:
		*ret_what = "role";
		return (role_find_name(db, word->name, a, &role));
	case GUARD_ORG:
		*ret_what = "org";
		return (org_find_slug(db, word->name, a, &org));
	case GUARD_GROUP:
		*ret_what = "group";
		return (group_find_name(db, word->name, a, &group));
	case GUARD_GUEST:
	case GUARD_USER:
	case GUARD_NOBODY:
	case GUARD_PERMISSION:
		break;
	}
	return (ERR_OK);
}

enum err
guard_admin_names(struct db *db, const struct guard_rule *rule, struct arena *a, size_t *ret_word,
    char ret_message[static GUARD_MESSAGE_SIZE])
{
	const char *what, *name;
	enum err e;
	size_t i;

	for (i = 0; i < rule->allow_count; i++) {
		if ((e = find(db, &rule->allow[i], a, &what)) == ERR_OK)
			continue;
		if (e != ERR_NOT_FOUND)
			return (e);
		name = rule->allow[i].name;
		snprintf(ret_message, GUARD_MESSAGE_SIZE, "there is no %s \"%.*s\"", what,
		    (int)text_cut(name, SHOWN_MAX), name);
		*ret_word = i;
		return (ERR_FIELDS);
	}
	return (ERR_OK);
}

enum err
guard_admin_read(struct db *db, const char *text, struct arena *a, const char **ret_text,
    char ret_message[static GUARD_MESSAGE_SIZE])
{
	struct guard_rule rule;
	size_t word;
	char *printed;
	enum err e;

	if ((e = guard_rule_parse(text, a, &rule, ret_message)) != ERR_OK ||
	    (e = guard_admin_names(db, &rule, a, &word, ret_message)) != ERR_OK)
		return (e);
	snprintf(ret_message, GUARD_MESSAGE_SIZE, "a rule has at most %d bytes", GUARD_RULE_MAX);
	if ((e = guard_rule_print(&rule, a, &printed)) == ERR_OK)
		*ret_text = printed;
	return (e);
}

void
guard_admin_add_rule(struct json *j, const struct guard_rule *rule, const char *text)
{
	struct cJSON *list;
	char *word;
	size_t i;

	json_add_text(j, "rule", text);
	json_add_text(j, "host", rule->host);
	json_add_text(j, "path", rule->path);
	list = json_add_array(j, "methods");
	for (i = 0; i < rule->methods_count; i++)
		json_append_text(j, list, rule->methods[i]);
	list = json_add_array(j, "allow");
	for (i = 0; i < rule->allow_count; i++)
		if (guard_rule_word(&rule->allow[i], j->arena, &word) == ERR_OK)
			json_append_text(j, list, word);
		else
			j->failed = true;
	if (rule->mfa_minutes != 0)
		json_add_number(j, "mfa_minutes", rule->mfa_minutes);
	else
		json_add_text(j, "mfa_minutes", NULL);
	list = json_add_array(j, "networks");
	for (i = 0; i < rule->networks_count; i++)
		json_append_text(j, list, rule->networks[i]);
}

void
guard_admin_add_row(struct json *j, const struct guard_row *row)
{
	const struct guard_rule none = { .path = NULL };
	char message[GUARD_MESSAGE_SIZE];
	struct guard_rule rule;
	enum err e;

	if ((e = guard_rule_parse(row->rule, j->arena, &rule, message)) == ERR_NOMEM)
		j->failed = true;
	json_add_text(j, "id", row->id);
	json_add_number(j, "position", row->position);
	guard_admin_add_rule(j, e == ERR_OK ? &rule : &none, row->rule);
	json_add_text(j, "description", row->description);
	json_add_time(j, "created_at", row->created_at);
	json_add_time(j, "updated_at", row->updated_at);
}

void
guard_admin_details(struct json *j, const struct guard_row *before, const struct guard_row *after)
{

	json_add_number(j, "position", after->position);
	json_add_text(j, "rule", after->rule);
	if (before != NULL && before->position != after->position)
		json_add_number(j, "old_position", before->position);
	if (before != NULL && strcmp(before->rule, after->rule) != 0)
		json_add_text(j, "old_rule", before->rule);
}

enum err
guard_admin_question(const struct guard_asked *asked, const char *address, int64_t now,
    struct arena *a, struct guard_question *ret_question, const char **ret_field,
    const char **ret_why)
{
	struct guard_question q = { .address = asked->from != NULL ? asked->from : address,
		.began_at = now };
	const char *method = asked->method != NULL ? asked->method : "GET";
	int64_t minutes = 0;
	enum err e;

	*ret_field = "url";
	*ret_why = "is missing";
	if (asked->url == NULL)
		return (ERR_FIELDS);
	*ret_field = "method";
	*ret_why = "must be in capital letters";
	if (!guard_method_ok(method))
		return (ERR_FIELDS);
	*ret_field = "from";
	*ret_why = "must be an address";
	if (asked->from != NULL && !address_ok(asked->from))
		return (ERR_FIELDS);
	*ret_field = "mfa";
	*ret_why = "must be so many minutes ago, a whole number from 0 to 43200";
	if (asked->mfa != NULL && !text_number(asked->mfa, 0, GUARD_MFA_MAX, &minutes))
		return (ERR_FIELDS);
	if (asked->mfa != NULL)
		q.amr = "pwd mfa";
	q.began_at -= minutes * 60000;
	*ret_field = "url";
	if ((e = guard_target_read(asked->url, method, a, &q.target, ret_why)) != ERR_OK)
		return (e == ERR_BAD_REQUEST ? ERR_FIELDS : e);
	*ret_question = q;
	return (ERR_OK);
}

void
guard_admin_add_decision(struct json *j, const struct guard_decision *d)
{

	json_add_text(j, "decision", guard_verdict_name(d->verdict));
	json_add_text(j, "rule", d->rule);
	json_add_text(j, "rule_id", d->rule_id);
	json_add_text(j, "reason", d->because);
}
