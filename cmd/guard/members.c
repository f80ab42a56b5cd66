/* A rule as a body tells it: as text, or by its members. */
#include "members.h"

#include <string.h>

#include "access/guard_admin.h"
#include "base/address.h"

#define METHOD_MAX 20

/* Is anything said of the rule by its members? */
static bool
says_members(const struct members *m)
{

	return (m->host != NULL || m->path != NULL || m->methods.items != NULL ||
	        m->allow.items != NULL || m->networks.items != NULL ||
	        m->mfa_minutes != MEMBERS_ABSENT);
}

enum err
members_read(struct req *r, struct members *ret_members)
{
	static const struct field fields[] = {
		{ "rule", FIELD_TEXT, offsetof(struct members, rule), 1, GUARD_RULE_MAX,
		    FIELD_OPTIONAL },
		{ "host", FIELD_TEXT, offsetof(struct members, host), 1, GUARD_HOST_MAX,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
		{ "path", FIELD_TEXT, offsetof(struct members, path), 1, GUARD_RULE_MAX,
		    FIELD_OPTIONAL },
		{ "methods", FIELD_TEXTS, offsetof(struct members, methods), 1, METHOD_MAX,
		    FIELD_OPTIONAL },
		{ "allow", FIELD_TEXTS, offsetof(struct members, allow), 1, GUARD_RULE_MAX,
		    FIELD_OPTIONAL },
		{ "mfa_minutes", FIELD_NUMBER, offsetof(struct members, mfa_minutes), 1,
		    GUARD_MFA_MAX, FIELD_OPTIONAL | FIELD_NULLABLE },
		{ "networks", FIELD_TEXTS, offsetof(struct members, networks), 1,
		    ADDRESS_NETWORK_SIZE - 1, FIELD_OPTIONAL },
		{ "position", FIELD_NUMBER, offsetof(struct members, position), 1,
		    GUARD_POSITION_MAX, FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct members, description), 0,
		    GUARD_DESCRIPTION_MAX, FIELD_OPTIONAL },
	};
	struct members *m = ret_members;
	enum err e;

	*m = (struct members){ .mfa_minutes = MEMBERS_ABSENT };
	if ((e = input_read(r, fields, COUNT(fields), m)) != ERR_OK)
		return (e);
	if (m->rule != NULL && says_members(m))
		return (req_field_error(r, "rule",
		    "says all of it: without host, path, methods, allow, mfa_minutes, networks"));
	return (ERR_OK);
}

bool
members_say_rule(const struct members *m)
{

	return (m->rule != NULL || says_members(m));
}

/* Note what is wrong with ${field}, in words that may go. */
static enum err
refuse(struct req *r, const char *field, const char *detail)
{

	if (field == NULL || (detail = arena_copy(r->arena, detail)) == NULL)
		return (ERR_NOMEM);
	return (req_field_error(r, field, detail));
}

static const char *
name_item(struct req *r, const char *field, size_t i)
{

	return (arena_print(r->arena, "%s[%zu]", field, i));
}

/* Has ${list} from ${min} to ${max} items? */
static enum err
check_count(struct req *r, const char *field, const struct text_list *list, size_t min, size_t max)
{

	if (list->count >= min && list->count <= max)
		return (ERR_OK);
	return (req_field_error(
	    r, field, arena_print(r->arena, "must have %zu to %zu items", min, max)));
}

/* What ${wanted}, of which only one thing was said, is read as once it is written: a text that is
 * more than the one thing, such as a path with a quote and a word behind it, shows. */
static enum err
probe(struct req *r, const char *field, const struct guard_rule *wanted, struct guard_rule *ret)
{
	char message[GUARD_MESSAGE_SIZE] = "is too long", *text;
	enum err e;

	if ((e = guard_rule_print(wanted, r->arena, &text)) == ERR_OK)
		e = guard_rule_parse(text, r->arena, ret, message);
	if (e == ERR_OK && (ret->methods_count != wanted->methods_count || ret->allow_count != 1 ||
	                       ret->mfa_minutes != 0 || ret->networks_count != 0 ||
	                       (ret->host == NULL) != (wanted->host == NULL)))
		return (req_field_error(r, field, "is more than one word"));
	return (e == ERR_FIELDS ? refuse(r, field, message) : e);
}

static enum err
apply_host(struct req *r, const char *host, struct guard_rule *rule)
{
	const struct guard_rule wanted = {
		.host = host, .path = "/", .allow = { { GUARD_USER, NULL } }, .allow_count = 1
	};
	struct guard_rule got = wanted;
	enum err e;

	if (host == NULL)
		return (ERR_OK);
	rule->host = NULL;
	if (host[0] == '\0')
		return (ERR_OK);
	if ((e = probe(r, "host", &wanted, &got)) != ERR_OK)
		return (e);
	if (strcmp(got.path, "/") != 0)
		return (req_field_error(r, "host", "must be a name without a path"));
	rule->host = got.host;
	return (ERR_OK);
}

static enum err
apply_path(struct req *r, const char *path, struct guard_rule *rule)
{
	const struct guard_rule wanted = {
		.path = path, .allow = { { GUARD_USER, NULL } }, .allow_count = 1
	};
	struct guard_rule got = wanted;
	enum err e;

	if (path == NULL)
		return (ERR_OK);
	if (path[0] != '/')
		return (req_field_error(r, "path", "must begin with a slash"));
	if ((e = probe(r, "path", &wanted, &got)) == ERR_OK)
		rule->path = got.path;
	return (e);
}

static enum err
apply_methods(struct req *r, const struct text_list *methods, struct guard_rule *rule)
{
	struct guard_rule wanted = {
		.path = "/", .methods_count = 1, .allow = { { GUARD_USER, NULL } }, .allow_count = 1
	};
	char message[GUARD_MESSAGE_SIZE], *text;
	struct guard_rule got;
	enum err e;
	size_t i;

	if (methods->items == NULL)
		return (ERR_OK);
	if ((e = check_count(r, "methods", methods, 0, GUARD_RULE_METHODS_MAX)) != ERR_OK)
		return (e);
	rule->methods_count = methods->count;
	for (i = 0; i < methods->count; i++) {
		rule->methods[i] = wanted.methods[0] = methods->items[i];
		if ((e = guard_rule_print(&wanted, r->arena, &text)) == ERR_OK)
			e = guard_rule_parse(text, r->arena, &got, message);
		if (e == ERR_NOMEM)
			return (e);
		if (e != ERR_OK || got.methods_count != 1 || got.allow_count != 1)
			return (refuse(r, name_item(r, "methods", i),
			    "must be a method in capital letters; GET stands for HEAD, too"));
	}
	return (ERR_OK);
}

static enum err
apply_allow(struct req *r, const struct text_list *allow, struct guard_rule *rule)
{
	char message[GUARD_MESSAGE_SIZE];
	enum err e;
	size_t i;

	if (allow->items == NULL)
		return (ERR_OK);
	if ((e = check_count(r, "allow", allow, 1, GUARD_RULE_WORDS_MAX)) != ERR_OK)
		return (e);
	rule->allow_count = allow->count;
	for (i = 0; i < allow->count; i++) {
		e = guard_rule_parse_word(allow->items[i], r->arena, &rule->allow[i], message);
		if (e != ERR_OK)
			return (e == ERR_FIELDS ? refuse(r, name_item(r, "allow", i), message) : e);
	}
	return (ERR_OK);
}

static enum err
apply_networks(struct req *r, const struct text_list *networks, struct guard_rule *rule)
{
	struct address_network n;
	char *text;
	enum err e;
	size_t i;

	if (networks->items == NULL)
		return (ERR_OK);
	if ((e = check_count(r, "networks", networks, 0, GUARD_RULE_WORDS_MAX)) != ERR_OK)
		return (e);
	rule->networks_count = networks->count;
	for (i = 0; i < networks->count; i++) {
		if (!address_network_parse(networks->items[i], &n))
			return (refuse(r, name_item(r, "networks", i),
			    "must be an address or network, such as 192.0.2.0/24"));
		if ((text = arena_alloc(r->arena, ADDRESS_NETWORK_SIZE)) == NULL)
			return (ERR_NOMEM);
		address_network_print(&n, text);
		rule->networks[i] = text;
	}
	return (ERR_OK);
}

static enum err
apply_members(struct req *r, const struct members *m, struct guard_rule *rule)
{
	enum err e;

	if ((e = apply_host(r, m->host, rule)) != ERR_OK ||
	    (e = apply_path(r, m->path, rule)) != ERR_OK ||
	    (e = apply_methods(r, &m->methods, rule)) != ERR_OK ||
	    (e = apply_allow(r, &m->allow, rule)) != ERR_OK ||
	    (e = apply_networks(r, &m->networks, rule)) != ERR_OK)
		return (e);
	if (m->mfa_minutes != MEMBERS_ABSENT)
		rule->mfa_minutes = m->mfa_minutes;
	if (rule->path == NULL)
		return (req_field_error(r, "path", "is missing"));
	if (rule->allow_count == 0)
		return (req_field_error(r, "allow", "is missing"));
	return (ERR_OK);
}

enum err
members_apply(
    struct req *r, const struct members *m, struct guard_rule *rule, const char **ret_text)
{
	char message[GUARD_MESSAGE_SIZE], *text;
	enum err e;

	if (!members_say_rule(m))
		return (req_field_error(r, "rule", "is missing"));
	if (m->rule == NULL)
		e = apply_members(r, m, rule);
	else if ((e = guard_rule_parse(m->rule, r->arena, rule, message)) == ERR_FIELDS)
		return (refuse(r, "rule", message));
	if (e != ERR_OK)
		return (e);
	if ((e = guard_rule_print(rule, r->arena, &text)) == ERR_FIELDS)
		return (req_field_error(
		    r, "rule", "has more than 1024 bytes as it is written: make two of it"));
	if (e == ERR_OK)
		*ret_text = text;
	return (e);
}

enum err
members_check_names(
    struct req *r, const struct members *m, struct db *db, const struct guard_rule *rule)
{
	char message[GUARD_MESSAGE_SIZE];
	size_t word;
	enum err e;

	if (m->rule == NULL && m->allow.items == NULL)
		return (ERR_OK);
	if ((e = guard_admin_names(db, rule, r->arena, &word, message)) != ERR_FIELDS)
		return (e);
	return (refuse(r, m->rule != NULL ? "rule" : name_item(r, "allow", word), message));
}
