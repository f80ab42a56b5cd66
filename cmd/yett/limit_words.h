/* Whom the options of yett limit mean: a user, an org, an API key, a network, a route. */
#ifndef YETT_LIMIT_WORDS_H
#define YETT_LIMIT_WORDS_H

#include "access/quota_words.h"
#include "tool.h"

struct limit_words {
	const char *word; /* for whom, as it was given; NULL: everybody */
	enum limit_scope scope;
	struct limit_target target; /* what it means; lives as long as this */
	char who[QUOTA_OF_SIZE];
	const char *refusal; /* why not, for a person; "": that has been said already */
};

/**
 * limit_words_read(t, w):
 * Take --user, --org, --key or --network, and --route. 0, or the exit status, all said.
 */
int limit_words_read(struct tool *t, struct limit_words *w);

/**
 * limit_words_mean(t, db, policy, w):
 * What they mean to ${policy}, as what it is assigned to.
 * Errors: ERR_FIELDS, with the refusal; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err limit_words_mean(
    struct tool *t, struct db *db, const struct limit_policy *policy, struct limit_words *w);

/**
 * limit_words_count_of(t, db, policy, w, ret_of):
 * Whose count of ${policy} they mean, as access/quota.h has it.
 * Errors: as limit_words_mean().
 */
MUST_USE enum err limit_words_count_of(struct tool *t, struct db *db,
    const struct limit_policy *policy, struct limit_words *w, char ret_of[static QUOTA_OF_SIZE]);

#endif
