/* Conditions: no input crashes SQLite's sandbox, takes long, or is taken by the check alone. */
#include "fuzz.h"

#include "store/db_rule.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct db_rule_facts facts = { .subject = "01890a5d-ac96-774b-bcce-b302099a8057",
		.resource = "posts",
		.action = "read",
		.attributes = "{\"owner\":\"x\",\"tags\":[1,2]}",
		.deadline = INT64_MAX,
		.user = "{\"team\":\"red\"}",
		.now = 1767268800000 };
	struct arena *arena = arena_new(1 << 16);
	const char *detail = NULL;
	bool value;
	char *text;
	enum err e;

	must(arena != NULL);
	text = fuzz_copy(data, len);
	e = db_rule_check(text, false, arena, &detail);
	must(e == ERR_OK || (e == ERR_FIELDS && detail != NULL));
	if (e != ERR_OK)
		must(db_rule_holds(text, &facts, &value) == ERR_SYNTAX);
	else if (db_rule_holds(text, &facts, &value) == ERR_OK)
		must(value == true || value == false);
	free(text);
	arena_free(arena);
	return (0);
}
