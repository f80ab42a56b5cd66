/* The arena: its cap, its zeros, its wiping. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "check.h"

static bool
is_zero(const unsigned char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] != 0)
			return (false);
	return (true);
}

static void
test_cap(void)
{
	struct arena *a = arena_new(1024);

	ok(arena_alloc(a, 1025) == NULL, "more than the cap is refused");
	ok(arena_alloc(a, 1024) != NULL, "all of it is given");
	ok(arena_alloc(a, 1) == NULL, "and nothing after");
	ok(arena_alloc(a, SIZE_MAX) == NULL, "SIZE_MAX is refused");
	ok(arena_copy_len(a, "", SIZE_MAX) == NULL, "also to copy");
	arena_reset(a);
	ok(arena_alloc(a, 512) != NULL && arena_alloc(a, 512) != NULL,
	    "after a reset all is there again");
	ok(arena_alloc(a, 1) == NULL, "up to the cap");
	arena_free(a);
	arena_free(NULL);
	a = arena_new(0);
	ok(arena_alloc(a, 1) == NULL, "a cap of 0 gives nothing");
	arena_free(a);
}

static void
test_large(void)
{
	struct arena *a = arena_new(1 << 20);
	unsigned char *small, *large;

	small = arena_alloc(a, 1);
	large = arena_alloc(a, 300000);
	ok(large != NULL && is_zero(large, 300000), "more than a chunk is given, zeroed");
	ok((uintptr_t)small % 16 == 0 && (uintptr_t)large % 16 == 0, "aligned for any type");
	memset(large, 'x', 300000);
	*small = 'y';
	ok(large[0] == 'x' && large[299999] == 'x', "and does not overlap");
	arena_free(a);
}

/* Memory that comes again is zeroed; whether it was wiped before shows only where the arena keeps
 * its chunk: in the release and test builds. */
static void
test_wiping(void)
{
	struct arena *a = arena_new(4096);
	unsigned char *p = arena_alloc(a, 64), *again;

	memset(p, 's', 64);
	arena_reset(a);
#if !defined(__SANITIZE_ADDRESS__) && !defined(ARENA_EACH_ALONE)
	ok(is_zero(p, 64), "a reset wipes what was handed out");
#endif
	again = arena_alloc(a, 64);
	ok(is_zero(again, 64), "what is handed out again is zero");
	arena_free(a);
}

static void
test_text(void)
{
	struct arena *a = arena_new(256);

	ok(strcmp(arena_copy(a, "abc"), "abc") == 0, "a text is copied");
	ok(arena_copy(a, NULL) == NULL, "NULL stays NULL");
	ok(memcmp(arena_copy_len(a, "a\0b", 3), "a\0b", 4) == 0, "bytes are copied, with a NUL");
	ok(strcmp(arena_copy_len(a, NULL, 0), "") == 0, "no bytes make an empty text");
	ok(strcmp(arena_print(a, "%d-%s", 7, "x"), "7-x") == 0, "a text is printed");
	ok(arena_print(a, "%256s", "") == NULL, "not beyond the cap");
	ok(strcmp(arena_copy(a, ""), "") == 0, "what fits still does");
	arena_free(a);
}

/* A text that just fits into what is left of the first chunk, and one that does not by a byte. */
static void
test_border(void)
{
	const size_t chunk = 16384, left = 64;
	struct arena *a = arena_new(1 << 20);
	const char *first, *text;

	first = arena_alloc(a, chunk - left);
	text = arena_print(a, "%063d", 7);
	ok(text != NULL && strlen(text) == left - 1 && text[left - 2] == '7',
	    "a text fills what is left");
	text = arena_print(a, "%s", "next");
	ok(text != NULL && strcmp(text, "next") == 0 && text != first, "and the next is elsewhere");
	arena_reset(a);
	first = arena_alloc(a, chunk - left);
	text = arena_print(a, "%064d", 7);
	ok(text != NULL && strlen(text) == left && text[left - 1] == '7',
	    "one of a byte more is elsewhere");
#if !defined(__SANITIZE_ADDRESS__) && !defined(ARENA_EACH_ALONE)
	ok(is_zero((const unsigned char *)first + chunk - left, left),
	    "and its half is not left behind");
#endif
	arena_free(a);
}

int
main(void)
{

	test_cap();
	test_large();
	test_wiping();
	test_text();
	test_border();
	return (done());
}
