/* The cache: bounded, and what it forgets first. */
#include "base/cache.h"

#include <string.h>

#include "check.h"

#define WAYS 4 /* entries of a set */

struct key {
	unsigned char bytes[CACHE_KEY_LEN];
};

/* The ${n}th key; those with the same ${set} share a set of a cache with up to 256 sets. */
static struct key
key_of(unsigned char set, unsigned char n)
{

	return ((struct key){ .bytes = { [0] = set, [CACHE_KEY_LEN - 1] = n } });
}

static bool
has(struct cache *c, struct key key, const char *wanted, int64_t now)
{
	struct arena *a = arena_new(1024);
	size_t len = 0;
	const char *text = cache_get(c, key.bytes, now, a, &len);
	bool same = text != NULL && len == strlen(wanted) + 1 && strcmp(text, wanted) == 0;

	arena_free(a);
	return (same);
}

static void
count_entry(void *arg, void *bytes, size_t len, int64_t used_at)
{
	size_t *count = arg;

	(void)used_at;
	*count += bytes != NULL && len == 2;
}

static size_t
count_entries(struct cache *c)
{
	size_t count = 0;

	cache_each(c, count_entry, &count);
	return (count);
}

static void
test_basics(void)
{
	struct cache *c = cache_new(64, 1 << 20);

	ok(!has(c, key_of(1, 1), "a", 1), "an empty cache knows nothing");
	cache_put(c, key_of(1, 1).bytes, "a", 2, 1);
	ok(has(c, key_of(1, 1), "a", 2), "what was put is got");
	ok(!has(c, key_of(1, 2), "a", 2), "not by another key");
	cache_put(c, key_of(1, 1).bytes, "b", 2, 3);
	ok(has(c, key_of(1, 1), "b", 3), "what is put anew replaces");
	ok(count_entries(c) == 1, "and takes no second place");
	cache_drop(c, key_of(1, 1).bytes);
	ok(!has(c, key_of(1, 1), "b", 4), "what was dropped is gone");
	cache_drop(c, key_of(1, 1).bytes);
	ok(count_entries(c) == 0, "and may be dropped twice");
	cache_free(c);
	cache_free(NULL);
	ok(cache_new(0, 1 << 20) == NULL, "there is no cache of nothing");
}

static void
test_bounds(void)
{
	struct cache *c = cache_new(5, 1 << 20); /* rounded up to 8 */
	unsigned int i;

	for (i = 0; i < 200; i++)
		cache_put(c, key_of((unsigned char)i, (unsigned char)i).bytes, "x", 2, i);
	ok(count_entries(c) == 8, "200 entries leave as many as the cache was made for");
	ok(has(c, key_of(199, 199), "x", 200), "the last is there");
	ok(!has(c, key_of(0, 0), "x", 200), "the first is not");
	cache_free(c);
}

static void
test_eviction(void)
{
	struct cache *c = cache_new(64, 1 << 20);
	unsigned char i;

	for (i = 0; i < WAYS; i++)
		cache_put(c, key_of(3, i).bytes, "x", 2, 10 + i);
	ok(has(c, key_of(3, 0), "x", 100), "the oldest entry of a full set is there, and used");
	cache_put(c, key_of(3, WAYS).bytes, "y", 2, 101);
	ok(has(c, key_of(3, 0), "x", 102), "so it stays");
	ok(!has(c, key_of(3, 1), "x", 102), "and the one unused for longest made room");
	ok(has(c, key_of(3, WAYS), "y", 102), "for the new one");
	cache_free(c);
}

static void
test_full_arena(void)
{
	struct cache *c = cache_new(4, 1 << 20);
	struct arena *a = arena_new(1);
	size_t len;

	cache_put(c, key_of(1, 1).bytes, "a", 2, 1);
	ok(cache_get(c, key_of(1, 1).bytes, 1, a, &len) == NULL, "a full arena gets nothing");
	arena_free(a);
	cache_free(c);
}

/* Is anything known of ${key}? */
static bool
has_key(struct cache *c, struct key key)
{
	struct arena *a = arena_new(65536);
	size_t len;
	const bool there = cache_get(c, key.bytes, 9, a, &len) != NULL;

	arena_free(a);
	return (there);
}

static void
test_bytes(void)
{
	static char large[4000];
	struct cache *c = cache_new(64, 20000);
	unsigned char i, set, found = 0;

	for (set = 0; set < 16; set++)
		cache_put(c, key_of(set, 0).bytes, large, sizeof large, 1);
	for (set = 0; set < 16; set++)
		found += has_key(c, key_of(set, 0));
	ok(found == 4, "20,000 bytes hold four of 4,000");
	for (i = 1; i < 4; i++)
		cache_put(c, key_of(0, i).bytes, "x", 2, 2);
	ok(has_key(c, key_of(0, 1)) && has_key(c, key_of(0, 3)), "and small ones beside them");
	cache_put(c, key_of(0, 5).bytes, large, sizeof large, 3);
	ok(has_key(c, key_of(0, 5)), "a large one takes the place of those in its set");
	ok(!has_key(c, key_of(0, 0)), "which go");
	cache_put(c, key_of(0, 6).bytes, "x", 2, 4);
	cache_put(c, key_of(9, 6).bytes, large, sizeof large, 4);
	ok(!has_key(c, key_of(9, 6)), "what has no room is not remembered");
	for (set = 0; set < 16; set++)
		for (i = 0; i < 8; i++)
			cache_drop(c, key_of(set, i).bytes);
	for (set = 0; set < 4; set++)
		cache_put(c, key_of(set, 0).bytes, large, sizeof large, 5);
	ok(has_key(c, key_of(3, 0)), "what was dropped has made room");
	cache_free(c);
}

int
main(void)
{

	test_basics();
	test_bounds();
	test_eviction();
	test_full_arena();
	test_bytes();
	return (done());
}
