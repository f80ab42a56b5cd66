/* Whom the options of yett limit mean: a user, an org, an API key, a network, a route. */
#include "limit_words.h"

#include <stdio.h>

#include "base/address.h"
#include "who.h"

int
limit_words_read(struct tool *t, struct limit_words *w)
{
	static const char *const options[] = {
		[LIMIT_USER] = "--user",
		[LIMIT_ORG] = "--org",
		[LIMIT_KEY] = "--key",
		[LIMIT_NETWORK] = "--network",
	};
	unsigned int i;

	for (i = 0; i < COUNT(options); i++) {
		if (!tool_has(t, options[i]))
			continue;
		if (w->word != NULL)
			return (
			    tool_misuse(t, "one of --user, --org, --key and --network will do"));
		w->word = tool_value(t, options[i]);
		w->scope = (enum limit_scope)i;
	}
	w->target.route = tool_value(t, "--route");
	if (w->target.route != NULL && !quota_words_route_ok(w->target.route))
		return (tool_fail("--route: must be METHOD /path, such as \"POST /auth/login\""));
	return (0);
}

static enum err
refuse(struct limit_words *w, const char *why)
{

	w->refusal = why;
	return (why == NULL ? ERR_NOMEM : ERR_FIELDS);
}

enum err
limit_words_mean(
    struct tool *t, struct db *db, const struct limit_policy *policy, struct limit_words *w)
{
	const char *scope = limit_policy_scope_name(policy->scope), *word = w->word;
	struct user u;
	enum err e;

	if (word == NULL)
		return (ERR_OK);
	if (w->scope != policy->scope)
		return (refuse(w, arena_print(t->arena, "%s counts by %s, so --%s does not fit",
		                      policy->name, scope, limit_policy_scope_name(w->scope))));
	if (w->scope == LIMIT_USER) {
		if (who_find(t, db, word, &u) != 0)
			return (refuse(w, ""));
		word = u.id;
	}
	if (!quota_words_fix_who(policy->scope, word, w->who))
		return (refuse(
		    w, arena_print(t->arena, "--%s: must be %s", scope,
		           policy->scope == LIMIT_NETWORK ? "an address or network" : "an id")));
	w->target.who = w->who;
	if ((e = limit_policy_has(db, policy->scope, w->who)) == ERR_NOT_FOUND)
		return (refuse(w, arena_print(t->arena, "there is no %s %s", scope, w->who)));
	return (e);
}

enum err
limit_words_count_of(struct tool *t, struct db *db, const struct limit_policy *policy,
    struct limit_words *w, char ret_of[static QUOTA_OF_SIZE])
{
	const char *scope = limit_policy_scope_name(policy->scope);
	unsigned char hash[LIMIT_KEY_HASH_LEN];
	enum err e;

	if ((policy->scope == LIMIT_ROUTE ? w->target.route : w->word) == NULL)
		return (refuse(w, arena_print(t->arena, "--%s says which count", scope)));
	if (policy->scope != LIMIT_ROUTE && w->target.route != NULL)
		return (refuse(w, "--route: all routes have one count"));
	if ((e = limit_words_mean(t, db, policy, w)) != ERR_OK)
		return (e);
	if (policy->scope == LIMIT_NETWORK && !address_ok(w->word))
		return (refuse(w, "--network: must be an address"));
	if (policy->scope == LIMIT_KEY) {
		if ((e = limit_policy_key_hash(db, w->who, hash)) == ERR_OK)
			quota_of_key(hash, ret_of);
		return (e);
	}
	if (policy->scope == LIMIT_NETWORK)
		quota_of_network(w->word, ret_of);
	else
		snprintf(ret_of, QUOTA_OF_SIZE, "%s",
		    policy->scope == LIMIT_ROUTE ? w->target.route : w->who);
	return (ERR_OK);
}
