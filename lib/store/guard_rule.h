/* The rules of the guard as they are stored: texts, in an order that admins give. */
#ifndef STORE_GUARD_RULE_H
#define STORE_GUARD_RULE_H

#include <stdint.h>

#include "store/store.h"

#define GUARD_ROWS_MAX 500
#define GUARD_POSITION_MAX 1000000
#define GUARD_RULES_ID "guard-rules" /* what tx_touch() tells of a change of any of them */

/* A row of guard_rules; texts are owned by the arena it was read into. */
struct guard_row {
	const char *id;
	int64_t position; /* from 1 to GUARD_POSITION_MAX, no two the same */
	const char *rule; /* as access/guard_rule.h prints it */
	const char *description;
	int64_t created_at;
	int64_t updated_at;
};

/**
 * guard_rule_find(db, id, a, ret_row), guard_rule_find_at(db, position, a, ret_row):
 * One rule. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
guard_rule_find(struct db *db, const char *id, struct arena *a, struct guard_row *ret_row);
MUST_USE enum err
guard_rule_find_at(struct db *db, int64_t position, struct arena *a, struct guard_row *ret_row);

/**
 * guard_rule_probe(db):
 * Can all that a decision is made of be read, users, sessions and roles among them? Errors: ERR_DB.
 */
MUST_USE enum err guard_rule_probe(struct db *db);

/**
 * guard_rule_list(db, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} rules in the order of their positions, those behind ${after} (0
 * for the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err guard_rule_list(struct db *db, int64_t after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct guard_row *row), void *arg);

/**
 * guard_rule_add(tx, row, ret_position), guard_rule_set(tx, row), guard_rule_drop(tx, id):
 * A new rule, at its position, or behind all others if that is 0; its rule and description, and
 * when they were changed, but nothing else of it; away with it. Where there is a rule at the
 * position that rule moves on by one, and so do those right behind it; gaps stay.
 * Errors: guard_rule_add() ERR_TOO_LARGE when there are 500 already, ERR_TAKEN when there is no
 * place up to the last position; ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err guard_rule_add(struct tx *tx, const struct guard_row *row, int64_t *ret_position);
MUST_USE enum err guard_rule_set(struct tx *tx, const struct guard_row *row);
MUST_USE enum err guard_rule_drop(struct tx *tx, const char *id);

/**
 * guard_rule_move(tx, id, position, now):
 * The rule to another position, others moving on as above.
 * Errors: ERR_NOT_FOUND; ERR_TAKEN, as above; ERR_DB. After an error the transaction must fail.
 */
MUST_USE enum err guard_rule_move(struct tx *tx, const char *id, int64_t position, int64_t now);

#endif
