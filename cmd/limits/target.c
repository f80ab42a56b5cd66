/* Whom a body or a query means: a user, an org, an API key, a network, a route. */
#include "target.h"

#include <stdio.h>
#include <string.h>

#include "access/quota_words.h"
#include "base/address.h"
#include "base/id.h"
#include "http/input.h"

#define WORD_MAX (QUOTA_OF_SIZE - 1)

enum err
target_read_body(struct req *r, struct target *ret_target)
{
	static const struct field fields[] = {
		{ "user", FIELD_TEXT, offsetof(struct target, user), 1, WORD_MAX, FIELD_OPTIONAL },
		{ "org", FIELD_TEXT, offsetof(struct target, org), 1, WORD_MAX, FIELD_OPTIONAL },
		{ "key", FIELD_TEXT, offsetof(struct target, key), 1, WORD_MAX, FIELD_OPTIONAL },
		{ "network", FIELD_TEXT, offsetof(struct target, network), 1, WORD_MAX,
		    FIELD_OPTIONAL },
		{ "route", FIELD_TEXT, offsetof(struct target, route), 1, WORD_MAX,
		    FIELD_OPTIONAL },
	};

	memset(ret_target, 0, sizeof *ret_target);
	return (input_read(r, fields, COUNT(fields), ret_target));
}

void
target_read_query(const struct req *r, struct target *ret_target)
{

	memset(ret_target, 0, sizeof *ret_target);
	ret_target->user = req_query(r, "user");
	ret_target->org = req_query(r, "org");
	ret_target->key = req_query(r, "key");
	ret_target->network = req_query(r, "network");
	ret_target->route = req_query(r, "route");
}

/* The word for what ${scope} counts. */
static const char *
word_of(const struct target *t, enum limit_scope scope)
{
	const char *const words[LIMIT_SCOPES] = {
		[LIMIT_USER] = t->user,
		[LIMIT_ORG] = t->org,
		[LIMIT_KEY] = t->key,
		[LIMIT_NETWORK] = t->network,
		[LIMIT_ROUTE] = t->route,
	};

	return (words[scope]);
}

/* Is there a word for what another scope counts? A route is one for any. */
static enum err
check_others(struct req *r, const struct target *t, enum limit_scope scope, bool with_route)
{
	unsigned int i;

	for (i = 0; i < LIMIT_SCOPES; i++)
		if (i != (unsigned int)scope && (i != LIMIT_ROUTE || !with_route) &&
		    word_of(t, (enum limit_scope)i) != NULL)
			return (req_field_error(r, limit_policy_scope_name((enum limit_scope)i),
			    arena_print(r->arena, "goes with no policy of the scope %s",
			        limit_policy_scope_name(scope))));
	return (ERR_OK);
}

static enum err
check_route(struct req *r, const char *route)
{

	if (route == NULL || quota_words_route_ok(route))
		return (ERR_OK);
	return (req_field_error(
	    r, "route", "must be METHOD /path as in the documentation, such as POST /auth/login"));
}

enum err
target_mean(struct req *r, enum limit_scope scope, struct target *t)
{
	const char *who = scope == LIMIT_ROUTE ? NULL : word_of(t, scope);
	enum err e;

	if ((e = check_others(r, t, scope, true)) != ERR_OK ||
	    (e = check_route(r, t->route)) != ERR_OK)
		return (e);
	if (who != NULL && !quota_words_fix_who(scope, who, t->who))
		return (req_field_error(r, limit_policy_scope_name(scope),
		    scope == LIMIT_NETWORK ? "must be an address or network" : "must be an id"));
	t->means = (struct limit_target){ who != NULL ? t->who : NULL, t->route };
	return (ERR_OK);
}

static enum err
key_of(struct req *r, struct db *db, const char *id, char ret_of[static QUOTA_OF_SIZE])
{
	unsigned char hash[LIMIT_KEY_HASH_LEN];
	enum err e;

	if ((e = limit_policy_key_hash(db, id, hash)) == ERR_NOT_FOUND)
		return (req_field_error(r, "key", "there is no such API key"));
	if (e == ERR_OK)
		quota_of_key(hash, ret_of);
	return (e);
}

enum err
target_count_of(struct req *r, struct db *db, const struct limit_policy *policy,
    const struct target *t, char ret_of[static QUOTA_OF_SIZE])
{
	const char *word = word_of(t, policy->scope);
	const char *name = limit_policy_scope_name(policy->scope);
	enum err e;

	if ((e = check_others(r, t, policy->scope, false)) != ERR_OK)
		return (e);
	if (word == NULL)
		return (req_field_error(r, name, "is missing"));
	switch (policy->scope) {
	case LIMIT_NETWORK:
		if (!address_ok(word))
			return (req_field_error(r, name, "must be an address"));
		quota_of_network(word, ret_of);
		return (ERR_OK);
	case LIMIT_ROUTE:
		if ((e = check_route(r, word)) == ERR_OK)
			snprintf(ret_of, QUOTA_OF_SIZE, "%s", word);
		return (e);
	case LIMIT_KEY:
	case LIMIT_USER:
	case LIMIT_ORG:
	case LIMIT_SCOPES:
		break;
	}
	if (!id_ok(word))
		return (req_field_error(r, name, "must be an id"));
	if (policy->scope == LIMIT_KEY)
		return (key_of(r, db, word, ret_of));
	snprintf(ret_of, QUOTA_OF_SIZE, "%s", word);
	return (ERR_OK);
}

void
target_add(struct json *j, enum limit_scope scope, const struct limit_target *target)
{

	if (target->who != NULL)
		json_add_text(j, limit_policy_scope_name(scope), target->who);
	if (target->route != NULL)
		json_add_text(j, "route", target->route);
}
