/* A place in a list through cursor_parse(): what it takes, cursor_print() makes of the parts. */
#include "base/cursor.h"

#include "base/err.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);
	const char *parts[4], *again;
	struct arena *a;
	size_t count, i;

	must((a = arena_new(1 << 20)) != NULL);
	for (count = 1; count <= COUNT(parts); count++) {
		if (!cursor_parse(text, a, parts, count))
			continue;
		for (i = 0; i < count; i++)
			must(fuzz_is_utf8(parts[i]));
		must((again = cursor_print(a, parts, count)) != NULL);
		must(strcmp(again, text) == 0);
	}
	free(text);
	arena_free(a);
	return (0);
}
