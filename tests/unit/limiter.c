/* Limits and growing waits, alone, by many threads, and by several processes. */
#include "base/limiter.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "check.h"
#include "state.h"

#define START INT64_C(1800000000000)

static struct limiter *l;

/* Stop the clock at START + ${ms}. */
static void
at(int64_t ms)
{
	FILE *f = fopen(state_file("clock"), "w");

	if (f == NULL)
		abort();
	fprintf(f, "@%lld\n", (long long)(START + ms));
	fclose(f);
}

static void
test_limit(void)
{
	const struct limit five = { 5, 10000 };
	int i, taken = 0;

	at(0);
	ok(limiter_look(l, "a", five) == 0, "what was never counted may be");
	for (i = 0; i < 7; i++)
		taken += limiter_take(l, "a", five) == 0;
	ok(taken == 5, "five times at once, and no sixth");
	ok(limiter_take(l, "a", five) == 2000 && limiter_look(l, "a", five) == 2000,
	    "the sixth would do in 2 s");
	ok(limiter_take(l, "b", five) == 0, "another key has its own five");
	at(1999);
	ok(limiter_take(l, "a", five) > 0 && limiter_take(l, "a", five) <= 2,
	    "1 ms too early is too early");
	at(2000);
	ok(limiter_take(l, "a", five) == 0 && limiter_take(l, "a", five) == 2000,
	    "in time one more does, and no two");
	limiter_give(l, "a", five);
	ok(limiter_take(l, "a", five) == 0 && limiter_take(l, "a", five) > 0,
	    "one taken back can be had again");
	at(12000);
	for (taken = 0, i = 0; i < 7; i++)
		taken += limiter_take(l, "a", five) == 0;
	ok(taken == 5, "after the window all five are there again");
	at(100000);
	limiter_give(l, "a", five);
	for (taken = 0, i = 0; i < 7; i++)
		taken += limiter_take(l, "a", five) == 0;
	ok(taken == 5, "and no more for one given back that nobody took");
	ok(limiter_take(l, "once", (struct limit){ 1, 60000 }) == 0 &&
	        limiter_take(l, "once", (struct limit){ 1, 60000 }) == 60000,
	    "a limit of one is one");
}

/* Does the tally of "t" say this, and that of looking the same? */
static bool
told(const struct tally *t, struct limit limit, const char *key, int64_t left, int64_t wait_ms,
    int64_t more_ms, int64_t whole_ms)
{
	struct tally look;

	limiter_tell(l, key, limit, &look);
	printf("# left %lld, wait %lld, more %lld, whole %lld\n", (long long)t->left,
	    (long long)t->wait_ms, (long long)t->more_ms, (long long)t->whole_ms);
	return (t->left == left && t->wait_ms == wait_ms && t->more_ms == more_ms &&
	        t->whole_ms == whole_ms && look.left == left && look.wait_ms == wait_ms &&
	        look.more_ms == more_ms && look.whole_ms == whole_ms);
}

static void
test_tally(void)
{
	const struct limit three = { 3, 9000 }, one = { 1, 9000 };
	struct tally t;

	at(150000);
	limiter_tell(l, "t", three, &t);
	ok(told(&t, three, "t", 3, 0, 0, 0), "of what was never counted all is left");
	ok(limiter_count(l, "t", three, &t) && told(&t, three, "t", 2, 0, 3000, 3000),
	    "one taken leaves two, a third comes after a step");
	ok(limiter_count(l, "t", three, &t) && limiter_count(l, "t", three, &t) &&
	        told(&t, three, "t", 0, 3000, 3000, 9000),
	    "all taken leave none, for a step, and all comes back in the window");
	ok(!limiter_count(l, "t", three, &t) && told(&t, three, "t", 0, 3000, 3000, 9000),
	    "what is too early changes nothing, and is told how it stands");
	at(151000);
	limiter_tell(l, "t", three, &t);
	ok(told(&t, three, "t", 0, 2000, 2000, 8000), "time passes");
	at(153000);
	limiter_tell(l, "t", three, &t);
	ok(told(&t, three, "t", 1, 0, 3000, 6000), "after a step one is left");
	limiter_tell(l, "t", one, &t);
	ok(told(&t, one, "t", 0, 6000, 6000, 6000),
	    "under a smaller limit none is left, until enough was given back");
	limiter_forget(l, "t");
	limiter_tell(l, "t", three, &t);
	ok(told(&t, three, "t", 3, 0, 0, 0), "forgotten, all is left");
	limiter_tell(l, "huge", (struct limit){ 1000000000, INT64_C(31536000000) }, &t);
	ok(t.left == 1000000000 && t.whole_ms == 0, "a thousand million a year are counted");
	ok(limiter_count(l, "huge", (struct limit){ 1000000000, INT64_C(31536000000) }, &t) &&
	        t.left == 999999999,
	    "one by one");
}

static void
test_patience(void)
{
	static const struct patience p = {
		.free = 3, .first_ms = 1000, .longest_ms = 5000, .memory_ms = 60000
	};
	int i;

	at(200000);
	for (i = 0; i < 3; i++)
		ok(limiter_fail(l, "ann", &p) == 0, "the first failures are free");
	ok(limiter_wait(l, "ann", &p) == 0 && limiter_fail(l, "ann", &p) == 0,
	    "one more is counted");
	ok(limiter_wait(l, "ann", &p) == 1000 && limiter_fail(l, "ann", &p) == 1000,
	    "then it takes a second");
	at(200990);
	ok(limiter_fail(l, "ann", &p) == 10, "all of it");
	at(201000);
	ok(limiter_fail(l, "ann", &p) == 0 && limiter_fail(l, "ann", &p) == 2000,
	    "after one more failure two seconds");
	at(203000);
	ok(limiter_fail(l, "ann", &p) == 0 && limiter_fail(l, "ann", &p) == 4000, "then four");
	at(207000);
	ok(limiter_fail(l, "ann", &p) == 0 && limiter_fail(l, "ann", &p) == 5000,
	    "and never more than the longest");
	ok(limiter_wait(l, "bob", &p) == 0, "nobody else waits");
	at(212000 + 59980);
	ok(limiter_fail(l, "ann", &p) == 0 && limiter_fail(l, "ann", &p) == 5000,
	    "a minute after the wait it is remembered still");
	at(212000 + 59980 + 5000 + 60000 + 10);
	ok(limiter_fail(l, "ann", &p) == 0 && limiter_wait(l, "ann", &p) == 0, "then no more");
	for (i = 0; i < 4; i++)
		if (limiter_fail(l, "ann", &p) != 0)
			break;
	ok(limiter_wait(l, "ann", &p) > 0, "failures later count anew");
	limiter_forget(l, "ann");
	ok(limiter_wait(l, "ann", &p) == 0 && limiter_fail(l, "ann", &p) == 0,
	    "forgotten, nobody waits");
	limiter_forget(l, "nobody");
	for (i = 0; i < 300; i++) {
		at(1000000 + i * 5000);
		if (limiter_fail(l, "eve", &p) != 0)
			break;
	}
	ok(i == 300 && limiter_wait(l, "eve", &p) == 5000, "300 failures are as many as 255");
}

/* What threads and processes let through, together. */
static atomic_int *through;

static void *
take_many(void *arg)
{
	struct limiter *mine = arg;
	int i;

	for (i = 0; i < 200; i++)
		if (limiter_take(mine, "crowd", (struct limit){ 1000, 3600000 }) == 0)
			atomic_fetch_add(through, 1);
	return (NULL);
}

#define STARTERS 8

/* Open a new file while others do; wait, with it open, until all of them have. */
static void
be_starter(atomic_int *open_count)
{
	struct limiter *mine;
	int tries;

	if (limiter_open(state_file("new.map"), &mine) != ERR_OK)
		_exit(1);
	atomic_fetch_add(open_count, 1);
	for (tries = 0; tries < 5000 && atomic_load(open_count) < STARTERS; tries++)
		usleep(1000);
	_exit(tries < 5000 ? 0 : 1);
}

static void
test_start(void)
{
	bool fine = true;
	int i, round, status;

	for (round = 0; round < 50 && fine; round++) {
		remove(state_file("new.map"));
		atomic_store(through, 0);
		for (i = 0; i < STARTERS; i++)
			if (fork() == 0)
				be_starter(through);
		while (wait(&status) > 0)
			fine &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	atomic_store(through, 0);
	ok(fine, "eight processes that start at once open a new file together");
}

static void
be_process(void)
{
	pthread_t threads[21];
	struct limiter *mine;
	size_t i;

	if (limiter_open(state_file("limits.map"), &mine) != ERR_OK)
		_exit(1);
	for (i = 0; i < COUNT(threads); i++)
		if (pthread_create(&threads[i], NULL, take_many, mine) != 0)
			_exit(1);
	for (i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static void
test_crowd(void)
{
	bool fine = true;
	int i, status;

	at(2000000);
	for (i = 0; i < 3; i++)
		if (fork() == 0)
			be_process();
	while (wait(&status) > 0)
		fine &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	printf("# %d of 1000 went through\n", atomic_load(through));
	ok(fine && atomic_load(through) == 1000,
	    "63 threads of 3 processes get their limit exactly");
	ok(limiter_look(l, "crowd", (struct limit){ 1000, 3600000 }) > 0,
	    "which outlives the processes");
}

/* More keys than there are cells. */
static void
test_full(void)
{
	static const struct patience p = {
		.free = 1, .first_ms = 600000, .longest_ms = 600000, .memory_ms = 3600000
	};
	char key[32];
	int i, early = 0;

	at(3000000);
	if (limiter_fail(l, "victim", &p) + limiter_fail(l, "victim", &p) != 0)
		return;
	for (i = 0; i < 300000; i++) {
		snprintf(key, sizeof key, "filler %d", i);
		early += limiter_take(l, key, (struct limit){ 10, 60000 }) > 0;
	}
	printf("# %d of 300,000 keys were taken for others\n", early);
	ok(early < 100, "300,000 new keys find a place, nearly all of their own");
	ok(limiter_wait(l, "victim", &p) > 0, "and don't push out who has to wait for long");
}

static void
test_clock_set_back(void)
{
	const struct limit five = { 5, 10000 };
	const struct patience p = {
		.free = 1, .first_ms = 1000, .longest_ms = 60000, .memory_ms = 3600000
	};
	int i;

	at(INT64_C(100000000000));
	for (i = 0; i < 5; i++)
		limiter_take(l, "set back", five);
	for (i = 0; i < 3; i++)
		limiter_fail(l, "set back too", &p);
	at(0);
	ok(limiter_look(l, "set back", five) == 2000,
	    "after the clock is set back one waits no longer");
	ok(limiter_wait(l, "set back too", &p) <= 60000 && limiter_wait(l, "set back too", &p) > 0,
	    "than the longest wait");
	at(60100);
	ok(limiter_take(l, "set back", five) == 0, "and all is there again after a window");
	ok(limiter_wait(l, "set back too", &p) == 0, "then that is over");
}

int
main(void)
{
	struct limiter *other;
	struct stat st;

	setbuf(stdout, NULL);
	state_dir();
	setenv("YETT_TEST_CLOCK", state_file("clock"), 1);
	at(0);
	through =
	    mmap(NULL, sizeof *through, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (through == MAP_FAILED || limiter_open(state_file("limits.map"), &l) != ERR_OK)
		return (1);
	ok(stat(state_file("limits.map"), &st) == 0 && (st.st_mode & 0777) == 0600,
	    "the file is for its owner alone");
	test_limit();
	test_tally();
	test_patience();
	test_start();
	test_crowd();
	test_full();
	test_clock_set_back();
	ok(limiter_open("/nowhere/x", &other) == ERR_IO, "a folder that is not there is said so");
	limiter_close(l);
	limiter_close(NULL);
	return (done());
}
