/* A rule of the guard, and the path of a request, in two lines: what is taken means one thing only.
 */
#include "access/guard_path.h"
#include "access/guard_rule.h"
#include "fuzz.h"

/* What a rule is printed as is the same rule, and printed alike. */
static void
check_rule(const char *text, struct arena *a)
{
	char why[GUARD_MESSAGE_SIZE] = "", *printed, *again;
	struct guard_rule rule;
	enum err e;

	if ((e = guard_rule_parse(text, a, &rule, why)) != ERR_OK) {
		must(e == ERR_FIELDS && why[0] != '\0' && fuzz_is_utf8(why));
		return;
	}
	must(rule.allow_count > 0 && rule.path[0] == '/' && guard_path_ok(rule.path));
	if ((e = guard_rule_print(&rule, a, &printed)) == ERR_FIELDS)
		return;
	must(e == ERR_OK && strlen(printed) <= GUARD_RULE_MAX);
	must(guard_rule_parse(printed, a, &rule, why) == ERR_OK);
	must(guard_rule_print(&rule, a, &again) == ERR_OK && strcmp(printed, again) == 0);
}

/* Nothing is left in it that a second program could decode, cut off or go up by. */
static void
check_path(const char *uri, struct arena *a)
{
	const char *why = NULL;
	char *path, *again;
	enum err e;

	if ((e = guard_path_read(uri, a, &path, &why)) != ERR_OK) {
		must(e == ERR_BAD_REQUEST && why != NULL);
		return;
	}
	must(path[0] == '/' && fuzz_is_utf8(path));
	must(strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	     strstr(path, "/../") == NULL);
	must(strpbrk(path, ";\\") == NULL && strlen(path) <= strlen(uri));
	/* What has no escape left is read as what it is. */
	if (strpbrk(path, "%?# ") == NULL)
		must(guard_path_read(path, a, &again, &why) == ERR_OK && strcmp(path, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(1 << 20);
	struct fuzz_lines in;

	must(a != NULL);
	fuzz_cut(&in, data, len);
	if (in.count > 0)
		check_rule(in.line[0], a);
	if (in.count > 1)
		check_path(in.line[1], a);
	fuzz_free(&in);
	arena_free(a);
	return (0);
}
