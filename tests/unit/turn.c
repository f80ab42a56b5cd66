/* Turns and slots between processes: exclusion, and what a killed process leaves behind. */
#include "base/turn.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "check.h"
#include "state.h"

#define CHILDREN 4
#define ROUNDS 200

/* What all processes see. */
static struct shared {
	atomic_int inside;
	atomic_int overlaps;
	atomic_int turns[CHILDREN];
	atomic_int ready;
	atomic_int stop;
} * shared;

static void
use_turns(int number, const char *path)
{
	struct turn *t;
	int i;

	if (turn_open(path, &t) != ERR_OK)
		_exit(1);
	for (i = 0; i < ROUNDS; i++) {
		if (turn_take(t) != ERR_OK)
			_exit(1);
		if (atomic_fetch_add(&shared->inside, 1) != 0)
			atomic_fetch_add(&shared->overlaps, 1);
		atomic_fetch_add(&shared->turns[number], 1);
		sched_yield();
		atomic_fetch_sub(&shared->inside, 1);
		turn_give(t);
	}
	turn_close(t);
	_exit(0);
}

/* Wait for all children; true when all ended well. */
static bool
reap(void)
{
	bool fine = true;
	int status;

	while (wait(&status) > 0)
		fine &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return (fine);
}

static void
test_exclusion(void)
{
	int i, turns = 0;

	for (i = 0; i < CHILDREN; i++)
		if (fork() == 0)
			use_turns(i, state_file("turn"));
	ok(reap(), "four processes take turns");
	for (i = 0; i < CHILDREN; i++)
		turns += atomic_load(&shared->turns[i]);
	ok(turns == CHILDREN * ROUNDS && atomic_load(&shared->overlaps) == 0,
	    "never two of them at once");
}

/* Take turns as fast as it goes until told to stop. */
static void
compete(int number, const char *path)
{
	struct turn *t;

	if (turn_open(path, &t) != ERR_OK)
		_exit(1);
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->stop)) {
		if (turn_take(t) != ERR_OK)
			_exit(1);
		usleep(200); /* about what a flush takes */
		atomic_fetch_add(&shared->turns[number], 1);
		turn_give(t);
	}
	_exit(0);
}

static void
test_fairness(void)
{
	int one, other;

	atomic_store(&shared->turns[0], 0);
	atomic_store(&shared->turns[1], 0);
	atomic_store(&shared->ready, 0);
	atomic_store(&shared->stop, 0);
	if (fork() == 0)
		compete(0, state_file("turn"));
	if (fork() == 0)
		compete(1, state_file("turn"));
	while (atomic_load(&shared->ready) < 2)
		usleep(1000);
	usleep(300000);
	atomic_store(&shared->stop, 1);
	ok(reap(), "two processes compete");
	one = atomic_load(&shared->turns[0]);
	other = atomic_load(&shared->turns[1]);
	printf("# %d and %d turns\n", one, other);
	ok(one > 0 && other > 0 && one <= 2 * other && other <= 2 * one,
	    "neither gets twice the turns of the other");
}

/* Hold the turn and a slot until killed. */
static pid_t
start_holder(const char *turn_path, const char *slots_path)
{
	struct slots *s;
	struct turn *t;
	unsigned int slot;
	pid_t pid;

	atomic_store(&shared->ready, 0);
	if ((pid = fork()) != 0) {
		while (atomic_load(&shared->ready) == 0)
			usleep(1000);
		return (pid);
	}
	if (turn_open(turn_path, &t) != ERR_OK || slots_open(slots_path, 1, &s) != ERR_OK ||
	    turn_take(t) != ERR_OK || slots_take(s, 0, &slot) != ERR_OK)
		_exit(1);
	atomic_store(&shared->ready, 1);
	for (;;)
		pause();
}

static void
test_kill(void)
{
	pid_t holder = start_holder(state_file("turn"), state_file("slots"));
	unsigned int slot = 77;
	struct slots *s;
	struct turn *t;
	int64_t since;

	if (turn_open(state_file("turn"), &t) != ERR_OK ||
	    slots_open(state_file("slots"), 1, &s) != ERR_OK)
		return;
	ok(slots_take(s, 0, &slot) == ERR_BUSY, "a slot that another process has is not to be had");
	since = clock_steady_ms();
	ok(slots_take(s, 60, &slot) == ERR_BUSY && slot == 77, "also not after a while");
	ok(clock_steady_ms() - since >= 60, "which was waited");
	kill(holder, SIGKILL);
	reap();
	ok(turn_take(t) == ERR_OK, "killed, it has the turn no more");
	ok(slots_take(s, 0, &slot) == ERR_OK && slot == 0, "nor the slot");
	slots_give(s, slot);
	turn_give(t);
	slots_close(s);
	turn_close(t);
}

static void
test_slots(void)
{
	unsigned int a, b, c;
	struct slots *s, *other;

	if (slots_open(state_file("two"), 2, &s) != ERR_OK ||
	    slots_open(state_file("two"), 2, &other) != ERR_OK)
		return;
	ok(slots_take(s, 0, &a) == ERR_OK && slots_take(s, 0, &b) == ERR_OK && a != b,
	    "two slots are two, for the threads of one process, too");
	ok(slots_take(s, 0, &c) == ERR_BUSY && slots_take(other, 0, &c) == ERR_BUSY,
	    "there is no third, here or elsewhere");
	slots_give(s, a);
	ok(slots_take(other, 0, &c) == ERR_OK && c == a, "one given back is anybody's");
	slots_give(s, a);
	ok(slots_take(s, 0, &a) == ERR_BUSY, "who gives what it has not frees nothing");
	slots_give(other, c);
	slots_give(s, b);
	slots_give(s, 99);
	slots_close(other);
	slots_close(s);
	slots_close(NULL);
	turn_close(NULL);
}

/* Take the one slot, again and again, until told to stop. */
static void
compete_for_slot(int number)
{
	unsigned int slot;
	struct slots *s;

	if (slots_open(state_file("one"), 1, &s) != ERR_OK)
		_exit(1);
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->stop)) {
		if (slots_take(s, 5000, &slot) != ERR_OK)
			_exit(1);
		if (atomic_fetch_add(&shared->inside, 1) != 0)
			atomic_fetch_add(&shared->overlaps, 1);
		usleep(5000);
		atomic_fetch_add(&shared->turns[number], 1);
		atomic_fetch_sub(&shared->inside, 1);
		slots_give(s, slot);
	}
	_exit(0);
}

static void
test_slots_fairness(void)
{
	int one, other;

	atomic_store(&shared->turns[0], 0);
	atomic_store(&shared->turns[1], 0);
	atomic_store(&shared->ready, 0);
	atomic_store(&shared->stop, 0);
	atomic_store(&shared->overlaps, 0);
	if (fork() == 0)
		compete_for_slot(0);
	if (fork() == 0)
		compete_for_slot(1);
	while (atomic_load(&shared->ready) < 2)
		usleep(1000);
	usleep(500000);
	atomic_store(&shared->stop, 1);
	ok(reap(), "two processes want the same slot all the time");
	one = atomic_load(&shared->turns[0]);
	other = atomic_load(&shared->turns[1]);
	printf("# %d and %d times\n", one, other);
	ok(one > 5 && other > 5 && one <= 2 * other && other <= 2 * one,
	    "neither gets it twice as often as the other");
	ok(atomic_load(&shared->overlaps) == 0, "and never both");
}

/* A thread that waits for a slot, and notes when it came to it. */
struct comer {
	struct slots *slots;
	atomic_int *clock;
	atomic_int *coming;
	int at;
};

static void *
come(void *arg)
{
	struct comer *c = arg;
	unsigned int slot;

	atomic_fetch_add(c->coming, 1);

	if (slots_take(c->slots, 5000, &slot) == ERR_OK) {
		c->at = atomic_fetch_add(c->clock, 1);
		slots_give(c->slots, slot);
	}
	return (NULL);
}

static void
test_slots_order(void)
{
	struct comer comers[10];
	pthread_t threads[10];
	atomic_int clock = 0, coming = 0;
	unsigned int slot, i;
	bool in_order = true;
	struct slots *s;

	if (slots_open(state_file("queue"), 1, &s) != ERR_OK || slots_take(s, 0, &slot) != ERR_OK)
		return;
	for (i = 0; i < 10; i++) {
		comers[i] = (struct comer){ s, &clock, &coming, -1 };
		if (pthread_create(&threads[i], NULL, come, &comers[i]) != 0)
			abort();
		/* From there to the queue it is a few instructions. */
		while (atomic_load(&coming) <= (int)i)
			usleep(1000);
		usleep(20000);
	}
	slots_give(s, slot);
	for (i = 0; i < 10; i++) {
		pthread_join(threads[i], NULL);
		in_order &= comers[i].at == (int)i;
	}
	ok(in_order, "threads that wait for a slot get it in the order in which they came");
	slots_close(s);
}

static void
test_open(void)
{
	struct slots *s;
	struct turn *t;
	struct stat st;

	ok(slots_open(state_file("x"), 0, &s) == ERR_CONF, "no slots are none");
	ok(slots_open(state_file("x"), 1025, &s) == ERR_CONF, "1,025 are too many");
	ok(turn_open("/nowhere/x", &t) == ERR_IO && slots_open("/nowhere/x", 1, &s) == ERR_IO,
	    "a folder that is not there is said so");
	ok(stat(state_file("turn"), &st) == 0 && (st.st_mode & 0777) == 0600,
	    "the files are for their owner alone");
	if (symlink("turn", state_file("link")) < 0)
		perror("symlink");
	ok(turn_open(state_file("link"), &t) == ERR_IO, "links are not followed");
}

int
main(void)
{

	shared =
	    mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return (1);
	setbuf(stdout, NULL); /* or children would print what is buffered again */
	state_dir();
	test_exclusion();
	test_fairness();
	test_kill();
	test_slots();
	test_slots_fairness();
	test_slots_order();
	test_open();
	return (done());
}
