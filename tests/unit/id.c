/* Identifiers. */
#include "base/id.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/random.h"
#include "check.h"
#include "state.h"

#define GOOD "01890a5d-ac96-774b-bcce-b302099a8057"

/* The milliseconds in a UUIDv7. */
static int64_t
time_of(const char *id)
{
	char digits[13];

	snprintf(digits, sizeof digits, "%.8s%.4s", id, id + 9);
	return (strtoll(digits, NULL, 16));
}

static void
test_versions(void)
{
	bool seven = true, four = true, variant = true, fine = true;
	char id[ID_SIZE];
	int i;

	for (i = 0; i < 1000; i++) {
		id_new(id);
		seven &= id[14] == '7';
		variant &= strchr("89ab", id[19]) != NULL;
		fine &= id_ok(id);
		id_random(id);
		four &= id[14] == '4';
		variant &= strchr("89ab", id[19]) != NULL;
		fine &= id_ok(id);
	}
	ok(seven, "id_new() makes version 7");
	ok(four, "id_random() makes version 4");
	ok(variant, "both of the RFC's variant");
	ok(fine, "both are ids");
}

static void
test_order(void)
{
	char one[ID_SIZE], other[ID_SIZE];
	int64_t before, after;

	before = clock_ms();
	id_new(one);
	after = clock_ms();
	ok(time_of(one) >= before && time_of(one) <= after, "an id has the time it was made at");
	usleep(3000);
	id_new(other);
	ok(strcmp(one, other) < 0, "a later id sorts after it");
	id_random(one);
	id_random(other);
	ok(strcmp(one, other) != 0, "random ids differ");
}

static void
test_ok(void)
{

	ok(id_ok(GOOD), "a UUID is an id");
	ok(!id_ok(NULL), "NULL is none");
	ok(!id_ok(""), "nothing is none");
	ok(!id_ok("01890a5d-ac96-774b-bcce-b302099a805"), "35 characters are none");
	ok(!id_ok(GOOD "0"), "37 are none");
	ok(!id_ok("01890A5D-AC96-774B-BCCE-B302099A8057"), "large letters are none");
	ok(!id_ok("01890a5d0ac96-774b-bcce-b302099a8057"), "a digit for a hyphen is none");
	ok(!id_ok("01890a5g-ac96-774b-bcce-b302099a8057"), "a letter beyond f is none");
	ok(!id_ok("{1890a5d-ac96-774b-bcce-b302099a8057"), "a brace is none");
}

/* Of the test build only: how tests turn the clock and repeat what is random. */
static void
test_hooks(void)
{
	char one[ID_SIZE], other[ID_SIZE];
	unsigned char bytes[2][32];
	int64_t now = clock_ms();
	FILE *f;

	setenv("YETT_TEST_CLOCK", state_file("clock"), 1);
	ok(clock_ms() - now < 5000, "a clock file that is not there changes nothing");
	f = fopen(state_file("clock"), "w");
	fputs("86400000\n", f);
	fclose(f);
	ok(clock_ms() - now >= 86400000, "a clock file moves the clock");
	id_new(one);
	unsetenv("YETT_TEST_CLOCK");
	id_new(other);
	ok(strcmp(one, other) > 0, "and the ids with it");
	random_bytes(bytes[0], 32);
	random_bytes(bytes[1], 32);
	ok(memcmp(bytes[0], bytes[1], 32) != 0, "random bytes differ");
	setenv("YETT_TEST_SEED", "x", 1);
	random_bytes(bytes[0], 32);
	random_bytes(bytes[1], 32);
	ok(memcmp(bytes[0], bytes[1], 32) != 0, "under a seed, too, from call to call");
	unsetenv("YETT_TEST_SEED");
}

static void
test_clock(void)
{
	struct arena *a = arena_new(200);

	ok(strcmp(clock_print(a, 0), "1970-01-01T00:00:00.000Z") == 0, "time 0 prints");
	ok(strcmp(clock_print(a, 1769860800007), "2026-01-31T12:00:00.007Z") == 0,
	    "milliseconds print with zeros in front");
	ok(strcmp(clock_print_minute(a, 1769860859999), "2026-01-31 12:00 UTC") == 0,
	    "for people to the minute");
	while (arena_alloc(a, 1) != NULL)
		;
	ok(clock_print(a, 0) == NULL, "not into a full arena");
	ok(clock_steady_ms() <= clock_steady_ms(), "the steady clock does not go back");
	arena_free(a);
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	test_versions();
	test_order();
	test_ok();
	test_hooks();
	test_clock();
	return (done());
}
