/* How often something may happen, counted in memory that all processes share. */
#include "base/limiter.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/random.h"

/*
 * A cell is one word, so that it changes at once or not: 18 bits that tell keys of the same bucket
 * apart, 38 bits of a time in units of 10 ms, and 8 bits of what goes with it. A cell whose time is
 * over is free. A bucket is a cache line. Which bucket and tag a key has depends on a secret of the
 * file, so nobody can choose keys that get in each other's way; that two do by chance has a
 * probability of 1 to 30,000 at worst, and makes them share their limit for a while.
 */
#define BUCKETS 16384
#define WAYS 8
#define TAG_SHIFT 46
#define EXTRA_BITS 8
#define VALUE_MASK ((UINT64_C(1) << TAG_SHIFT) - 1)
#define UNIT_MS 10
#define EPOCH_MS INT64_C(1767225600000) /* 2026-01-01: 38 bits last until 2113 */
#define FRACTIONS 256                   /* of a unit, in 8 bits */

struct file {
	unsigned char key[crypto_shorthash_KEYBYTES];
	_Atomic uint32_t ready; /* READY once the key is there */
	char unused[44];
	_Atomic uint64_t cells[BUCKETS][WAYS];
};

#define READY 0x59455454U

struct limiter {
	struct file *file;
};

static bool
fill_key(int fd, struct file *f)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	/* Of many that come first, one makes the key. Closing the file would not unlock it: the
	 * mapping keeps it open. */
	if (atomic_load(&f->ready) == READY)
		return (true);
	if (fcntl(fd, F_OFD_SETLKW, &lock) < 0)
		return (false);
	if (atomic_load(&f->ready) != READY) {
		random_bytes(f->key, sizeof f->key);
		atomic_store(&f->ready, READY);
	}
	lock.l_type = F_UNLCK;
	return (fcntl(fd, F_OFD_SETLK, &lock) == 0);
}

enum err
limiter_open(const char *path, struct limiter **ret_limiter)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct limiter *l;

	if (fd < 0)
		return (ERR_IO);
	if ((l = calloc(1, sizeof *l)) == NULL) {
		close(fd);
		return (ERR_NOMEM);
	}
	/* Growing a file that is long enough already changes nothing. */
	l->file = MAP_FAILED;
	if (ftruncate(fd, sizeof *l->file) == 0)
		l->file = mmap(NULL, sizeof *l->file, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (l->file == MAP_FAILED || !fill_key(fd, l->file)) {
		close(fd);
		if (l->file == MAP_FAILED)
			l->file = NULL;
		limiter_close(l);
		return (ERR_IO);
	}
	close(fd);
	*ret_limiter = l;
	return (ERR_OK);
}

void
limiter_close(struct limiter *l)
{

	if (l == NULL)
		return;
	if (l->file != NULL)
		munmap(l->file, sizeof *l->file);
	free(l);
}

/* Where a key is looked for. */
struct place {
	_Atomic uint64_t *bucket;
	uint64_t tag;
};

static struct place
find_place(const struct limiter *l, const char *key)
{
	uint64_t hash;

	crypto_shorthash(
	    (unsigned char *)&hash, (const unsigned char *)key, strlen(key), l->file->key);
	return ((struct place){
	    .bucket = l->file->cells[hash % BUCKETS],
	    .tag = hash >> TAG_SHIFT << TAG_SHIFT,
	});
}

/* Lengths and times as a cell has them: in fractions of a unit. */
static uint64_t
fractions(int64_t ms)
{

	return ((uint64_t)ms * FRACTIONS / UNIT_MS);
}

/* Never 0, which stands for nothing. */
static uint64_t
time_now(void)
{
	const int64_t now = clock_ms();

	return (now <= EPOCH_MS ? 1 : fractions(now - EPOCH_MS));
}

static uint64_t
time_of(uint64_t cell)
{

	return (cell & VALUE_MASK);
}

static bool
is_live(uint64_t cell, uint64_t now)
{

	return (time_of(cell) > now);
}

/* The cell of the key, or ${*ret_free}: where it would go, which is the one that is over for
 * longest or will be soonest. Its content is ${*ret_cell}. */
static _Atomic uint64_t *
find_cell(const struct place *p, uint64_t now, uint64_t *ret_cell, bool *ret_found)
{
	_Atomic uint64_t *best = &p->bucket[0];
	uint64_t cell, best_cell = UINT64_MAX;
	int i;

	for (i = 0; i < WAYS; i++) {
		cell = atomic_load(&p->bucket[i]);
		if ((cell & ~VALUE_MASK) == p->tag && is_live(cell, now)) {
			*ret_cell = cell;
			*ret_found = true;
			return (&p->bucket[i]);
		}
		if (i == 0 || time_of(cell) < time_of(best_cell)) {
			best = &p->bucket[i];
			best_cell = cell;
		}
	}
	*ret_cell = best_cell;
	*ret_found = false;
	return (best);
}

/* What becomes of a key's value, given the one it has (0: none). False: it stays as it is. */
typedef bool change(uint64_t *value, uint64_t now, void *arg);

/* Change the key's value at once. Somebody else may change it meanwhile; then it is done again with
 * what it is now. */
static void
update(struct limiter *l, const char *key, change *how, void *arg)
{
	const struct place p = find_place(l, key);
	_Atomic uint64_t *cell;
	uint64_t now, old, value;
	bool found;

	do {
		now = time_now();
		cell = find_cell(&p, now, &old, &found);
		value = found ? time_of(old) : 0;
		if (!how(&value, now, arg))
			return;
	} while (!atomic_compare_exchange_weak(cell, &old, p.tag | (value & VALUE_MASK)));
}

/* One of the calls that take, look or give. */
struct taking {
	struct limit limit;
	enum { TAKE, LOOK, GIVE } what;
	int64_t early_ms;
	uint64_t now, until; /* how it stands then: all is there again at ${until} */
};

static int64_t
to_ms(uint64_t length)
{

	return ((int64_t)((length * UNIT_MS + FRACTIONS - 1) / FRACTIONS));
}

static uint64_t
step_of(struct limit limit)
{
	const uint64_t count = (uint64_t)limit.count;

	return ((fractions(limit.window_ms) + count - 1) / count);
}

/* The value is the theoretical arrival time: when the bucket would be empty again. */
static bool
count_one(uint64_t *value, uint64_t now, void *arg)
{
	struct taking *t = arg;
	const uint64_t step = step_of(t->limit);
	const uint64_t window = step * (uint64_t)t->limit.count;
	bool set_back;
	uint64_t next;

	if (t->what == GIVE) {
		if (*value <= now)
			return (false);
		*value -= step;
		return (true);
	}
	t->now = now;
	/* No count leads further: the clock was set back, by years perhaps, and nobody is to wait
	 * so long. */
	if ((set_back = *value > now + window))
		*value = now + window;
	t->until = *value > now ? *value : now;
	next = t->until + step;
	t->early_ms = next > now + window ? to_ms(next - now - window) : 0;
	if (t->what == LOOK || t->early_ms > 0)
		return (set_back);
	*value = t->until = next;
	return (true);
}

int64_t
limiter_take(struct limiter *l, const char *key, struct limit limit)
{
	struct taking t = { .limit = limit, .what = TAKE };

	update(l, key, count_one, &t);
	return (t.early_ms);
}

int64_t
limiter_look(struct limiter *l, const char *key, struct limit limit)
{
	struct taking t = { .limit = limit, .what = LOOK };

	update(l, key, count_one, &t);
	return (t.early_ms);
}

void
limiter_give(struct limiter *l, const char *key, struct limit limit)
{
	struct taking t = { .limit = limit, .what = GIVE };

	update(l, key, count_one, &t);
}

/* What is left, and when there will be more of it. */
static void
tell(const struct taking *t, struct tally *ret_tally)
{
	const uint64_t step = step_of(t->limit), count = (uint64_t)t->limit.count;
	const uint64_t used = t->until - t->now;
	/* A limit that was made smaller may have been used more often than it allows. */
	const uint64_t steps = (used + step - 1) / step;

	ret_tally->left = steps < count ? (int64_t)(count - steps) : 0;
	ret_tally->wait_ms = steps < count ? 0 : to_ms(used + step - step * count);
	ret_tally->more_ms = 0;
	if (steps >= count)
		ret_tally->more_ms = ret_tally->wait_ms;
	else if (steps > 0)
		ret_tally->more_ms = to_ms(used - step * (steps - 1));
	ret_tally->whole_ms = to_ms(used);
}

bool
limiter_count(struct limiter *l, const char *key, struct limit limit, struct tally *ret_tally)
{
	struct taking t = { .limit = limit, .what = TAKE };

	update(l, key, count_one, &t);
	tell(&t, ret_tally);
	return (t.early_ms == 0);
}

void
limiter_tell(struct limiter *l, const char *key, struct limit limit, struct tally *ret_tally)
{
	struct taking t = { .limit = limit, .what = LOOK };

	update(l, key, count_one, &t);
	tell(&t, ret_tally);
}

struct failing {
	const struct patience *patience;
	bool count;
	int64_t wait_ms;
};

/* How long to wait after the ${failures}th failure. */
static int64_t
delay_ms(const struct patience *p, int64_t failures)
{
	int64_t delay = p->first_ms;

	if (failures <= p->free)
		return (0);
	for (failures -= p->free + 1; failures > 0 && delay < p->longest_ms; failures--)
		delay *= 2;
	return (delay < p->longest_ms ? delay : p->longest_ms);
}

/* The value is when all will be forgotten, in whole units, and the number of failures beside it. */
static bool
count_failure(uint64_t *value, uint64_t now, void *arg)
{
	struct failing *f = arg;
	const int64_t memory = f->patience->memory_ms / UNIT_MS;
	const int64_t longest = (f->patience->longest_ms + UNIT_MS - 1) / UNIT_MS;
	const int64_t forgotten = (int64_t)(*value >> EXTRA_BITS);
	const int64_t unit_now = (int64_t)(now >> EXTRA_BITS);
	int64_t failures = (int64_t)(*value & (FRACTIONS - 1)), delay;

	f->wait_ms = *value == 0 ? 0 : (forgotten - memory - unit_now) * UNIT_MS;
	if (f->wait_ms < 0)
		f->wait_ms = 0;
	/* No failure makes one wait longer: the clock was set back. */
	if (f->wait_ms > longest * UNIT_MS) {
		f->wait_ms = longest * UNIT_MS;
		*value = (uint64_t)(unit_now + longest + memory) << EXTRA_BITS | (uint64_t)failures;
		return (true);
	}
	if (!f->count || f->wait_ms > 0)
		return (false);
	if (failures < FRACTIONS - 1)
		failures++;
	delay = (delay_ms(f->patience, failures) + UNIT_MS - 1) / UNIT_MS;
	*value = (uint64_t)(unit_now + delay + memory) << EXTRA_BITS | (uint64_t)failures;
	return (true);
}

int64_t
limiter_fail(struct limiter *l, const char *key, const struct patience *patience)
{
	struct failing f = { .patience = patience, .count = true };

	update(l, key, count_failure, &f);
	return (f.wait_ms);
}

int64_t
limiter_wait(struct limiter *l, const char *key, const struct patience *patience)
{
	struct failing f = { .patience = patience };

	update(l, key, count_failure, &f);
	return (f.wait_ms);
}

static bool
clear(uint64_t *value, uint64_t now, void *arg)
{

	(void)now;
	(void)arg;
	if (*value == 0)
		return (false);
	*value = 0;
	return (true);
}

void
limiter_forget(struct limiter *l, const char *key)
{

	update(l, key, clear, NULL);
}

static bool
excuse(uint64_t *value, uint64_t now, void *arg)
{
	const struct patience *p = arg;
	const uint64_t failures = *value & (FRACTIONS - 1);
	const uint64_t memory = (uint64_t)(p->memory_ms / UNIT_MS);

	if (failures == 0)
		return (false);
	*value = failures == 1 ? 0 : ((now >> EXTRA_BITS) + memory) << EXTRA_BITS | (failures - 1);
	return (true);
}

void
limiter_excuse(struct limiter *l, const char *key, const struct patience *patience)
{
	struct patience p = *patience;

	update(l, key, excuse, &p);
}

static bool
read_failures(uint64_t *value, uint64_t now, void *arg)
{
	int64_t *failures = arg;

	(void)now;
	*failures = (int64_t)(*value & (FRACTIONS - 1));
	return (false);
}

int64_t
limiter_failures(struct limiter *l, const char *key)
{
	int64_t failures = 0;

	update(l, key, read_failures, &failures);
	return (failures);
}
