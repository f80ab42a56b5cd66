/* One rule of the guard as text: which requests it is about, and who may make them. */
#ifndef ACCESS_GUARD_RULE_H
#define ACCESS_GUARD_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define GUARD_RULE_MAX 1024     /* bytes of its text */
#define GUARD_RULE_WORDS_MAX 32 /* who is let in; networks */
#define GUARD_RULE_METHODS_MAX 8
#define GUARD_RULES_MAX 500 /* in the database; as many lines in yett.conf */
#define GUARD_MESSAGE_SIZE 160
#define GUARD_HOST_MAX 253  /* bytes */
#define GUARD_MFA_MAX 43200 /* minutes: 30 days */

enum guard_kind {
	GUARD_GUEST, /* everybody */
	GUARD_USER,  /* who is signed in */
	GUARD_NOBODY,
	GUARD_ROLE,
	GUARD_PERMISSION, /* resource:action */
	GUARD_ORG,        /* its slug */
	GUARD_GROUP,
};

struct guard_word {
	enum guard_kind kind;
	const char *name; /* NULL for the first three */
};

/* Texts are owned by the arena it was parsed into. */
struct guard_rule {
	const char *host; /* small letters, "*.name" for all below it; NULL: any */
	const char *path; /* begins with a slash; ends with none but for "/" */
	const char *methods[GUARD_RULE_METHODS_MAX];
	size_t methods_count; /* 0: all */
	struct guard_word allow[GUARD_RULE_WORDS_MAX];
	size_t allow_count;                         /* at least 1 */
	int64_t mfa_minutes;                        /* 0: none asked */
	const char *networks[GUARD_RULE_WORDS_MAX]; /* as base/address.h writes them */
	size_t networks_count;                      /* 0: from anywhere */
};

/**
 * guard_rule_parse(text, a, ret_rule, ret_message):
 * Read "[HOST]/PATH [METHOD,METHOD...] WORD..." (docs/guard.md). Whether a role, org or group of
 * that name exists is not asked. Errors: ERR_FIELDS with ${ret_message} for a person, which quotes
 * at most 40 bytes of what is wrong; ERR_NOMEM.
 */
MUST_USE enum err guard_rule_parse(const char *text, struct arena *a, struct guard_rule *ret_rule,
    char ret_message[static GUARD_MESSAGE_SIZE]);

/**
 * guard_rule_hides(rule, later):
 * Is every request that ${later} is about one that ${rule} is about, too? Behind it, ${later} never
 * decides anything.
 */
bool guard_rule_hides(const struct guard_rule *rule, const struct guard_rule *later);

/**
 * guard_rule_print(rule, a, ret_text):
 * The one way to write ${rule}: what guard_rule_parse() reads as the same.
 * Errors: ERR_FIELDS when it has more than GUARD_RULE_MAX bytes; ERR_NOMEM.
 */
MUST_USE enum err guard_rule_print(const struct guard_rule *rule, struct arena *a, char **ret_text);

/**
 * guard_rule_word(word, a, ret_text), guard_rule_parse_word(text, a, ret_word, ret_message):
 * One word of who is let in, such as "role:editor", without quotes.
 * Errors: ERR_FIELDS; ERR_NOMEM.
 */
MUST_USE enum err guard_rule_word(const struct guard_word *word, struct arena *a, char **ret_text);
MUST_USE enum err guard_rule_parse_word(const char *text, struct arena *a,
    struct guard_word *ret_word, char ret_message[static GUARD_MESSAGE_SIZE]);

#endif
