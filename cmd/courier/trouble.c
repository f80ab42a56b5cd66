/* Trouble: no mail goes out at all, so for a while none is tried. */
#include "trouble.h"

#include <stddef.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/random.h"

#define FIRST_QUIET_MS 1000
#define LONGEST_QUIET_MS ((int64_t)300000)
#define FIRST_WAIT_MS 30000
#define LONGEST_WAIT_MS ((int64_t)3600000)

struct trouble *
trouble_new(void)
{
	void *t = mmap(NULL, sizeof(struct trouble), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return (t == MAP_FAILED ? NULL : t);
}

/* ${first} doubled with each failure but the first, up to ${longest}. */
static int64_t
wait_ms(int64_t first, int64_t longest, int64_t failures)
{
	int64_t wait = first;

	while (--failures > 0 && wait < longest)
		wait *= 2;
	return (wait < longest ? wait : longest);
}

int64_t
trouble_quiet_ms(int64_t failures)
{

	return (wait_ms(FIRST_QUIET_MS, LONGEST_QUIET_MS, failures));
}

int64_t
trouble_next_try(int64_t now, int64_t attempts)
{
	const int64_t wait = wait_ms(FIRST_WAIT_MS, LONGEST_WAIT_MS, attempts);
	uint32_t dice;

	random_bytes(&dice, sizeof dice);
	return (now + wait + wait * (int64_t)(dice % 1000) / 10000);
}

int64_t
trouble_add(struct trouble *t)
{
	int64_t wait;

	t->count++;
	wait = trouble_quiet_ms(t->count);
	t->quiet_until = clock_steady_ms() + wait;
	return (wait);
}

void
trouble_end(struct trouble *t)
{

	t->count = 0;
	t->quiet_until = 0;
}

bool
trouble_is_quiet(const struct trouble *t)
{

	return (clock_steady_ms() < t->quiet_until);
}
