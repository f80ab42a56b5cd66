/* Which rule of the guard a word means. */
#include "guard_find.h"

#include "base/text.h"

enum err
guard_find(struct db *db, const char *word, struct arena *a, struct guard_row *ret_row)
{
	int64_t position;

	if (text_number(word, 1, GUARD_POSITION_MAX, &position))
		return (guard_rule_find_at(db, position, a, ret_row));
	return (guard_rule_find(db, word, a, ret_row));
}
