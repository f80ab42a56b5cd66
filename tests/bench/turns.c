/* Processes that write as fast as they can: does each get its turn, and how soon? */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/attempt.h"
#include "store/store.h"

#define PROCESSES_MAX 16
#define THREADS_MAX 64
#define LONGEST_MS 100 /* the floor: nobody waits longer for a turn */

/* What a process tells in the end. */
struct tally {
	int64_t turns, turn_ms;   /* and the longest wait for one */
	int64_t writes, write_ms; /* and the longest from call to return */
	bool failed;
};

static struct store *store;
static int64_t until; /* ms */

static enum err
write_attempt(struct tx *tx, void *arg)
{

	(void)arg;
	return (attempt_add(tx, NULL, clock_ms(), false, "192.0.2.7", "bench"));
}

static void *
work(void *arg)
{
	struct tally *t = arg;
	int64_t since = clock_steady_ms(), now;

	while (since < until && !t->failed) {
		t->failed = store_write(store, write_attempt, NULL) != ERR_OK;
		now = clock_steady_ms();
		if (now - since > t->write_ms)
			t->write_ms = now - since;
		t->writes++;
		since = now;
	}
	return (NULL);
}

/* One process: wait for the others at ${gate}, write for ${seconds}, tell by ${tell}. */
static void
be_process(const char *state, size_t threads, int64_t seconds, int gate, int tell)
{
	struct tally tallies[THREADS_MAX] = { { .turns = 0 } }, sum = { .turns = 0 };
	pthread_t ids[THREADS_MAX];
	char byte;
	size_t i;

	if (store_open(state, 1, &store) != ERR_OK || read(gate, &byte, 1) < 0)
		_exit(1);
	until = clock_steady_ms() + seconds * 1000;
	for (i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, work, &tallies[i]) != 0)
			_exit(1);
	for (i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		sum.writes += tallies[i].writes;
		sum.failed |= tallies[i].failed;
		if (tallies[i].write_ms > sum.write_ms)
			sum.write_ms = tallies[i].write_ms;
	}
	store_turn_stats(store, &sum.turns, &sum.turn_ms);
	store_close(store);
	_exit(write(tell, &sum, sizeof sum) == sizeof sum ? 0 : 1);
}

static bool
judge(size_t processes, size_t threads, int64_t seconds, const struct tally *tallies)
{
	int64_t least = INT64_MAX, most = 0, longest = 0, writes = 0;
	bool failed = false, ok;
	size_t i;

	for (i = 0; i < processes; i++) {
		least = tallies[i].turns < least ? tallies[i].turns : least;
		most = tallies[i].turns > most ? tallies[i].turns : most;
		longest = tallies[i].turn_ms > longest ? tallies[i].turn_ms : longest;
		writes += tallies[i].writes;
		failed |= tallies[i].failed;
		if (processes > 1)
			printf("    process %zu: %lld turns, longest wait %lld ms; %lld writes, "
			       "longest %lld ms\n",
			    i + 1, (long long)tallies[i].turns, (long long)tallies[i].turn_ms,
			    (long long)tallies[i].writes, (long long)tallies[i].write_ms);
	}
	printf("%zu process%s of %zu thread%s: %lld durable writes/s, %.1f a turn", processes,
	    processes == 1 ? "" : "es", threads, threads == 1 ? "" : "s",
	    (long long)(writes / seconds),
	    most > 0 ? (double)writes / (double)(most * (int64_t)processes) : 0);
	ok = !failed && least > 0 && longest < LONGEST_MS && most < 2 * least;
	if (processes == 1)
		printf("%s\n", failed ? "  FAIL: a write failed" : "");
	else
		printf("; longest wait %lld ms (floor %d), turns %.2f : 1 (floor 2)  %s\n",
		    (long long)longest, LONGEST_MS, least > 0 ? (double)most / (double)least : 0.0,
		    ok ? "PASS" : "FAIL");
	return (processes == 1 ? !failed : ok);
}

static bool
measure(const char *state, size_t processes, size_t threads, int64_t seconds)
{
	struct tally tallies[PROCESSES_MAX];
	int gate[2], tell[2], status;
	bool ok = true;
	size_t i;

	if (pipe(gate) < 0 || pipe(tell) < 0)
		return (false);
	fflush(stdout);
	for (i = 0; i < processes; i++)
		if (fork() == 0) {
			close(gate[1]);
			be_process(state, threads, seconds, gate[0], tell[1]);
		}
	sleep(1); /* all of them have opened the database by then; closing the gate opens it */
	close(gate[1]);
	close(tell[1]);
	for (i = 0; i < processes; i++)
		ok &= read(tell[0], &tallies[i], sizeof tallies[i]) == sizeof tallies[i];
	while (wait(&status) > 0)
		ok &= status == 0;
	close(gate[0]);
	close(tell[0]);
	if (!ok)
		printf("a process failed\n");
	return (ok && judge(processes, threads, seconds, tallies));
}

int
main(int argc, char **argv)
{
	const int64_t seconds = argc == 3 ? atol(argv[2]) : 0;
	bool ok;

	if (seconds < 1 || seconds > 600) {
		fputs("usage: turns STATE_DIR SECONDS\n"
		      "STATE_DIR needs a database that nobody else uses.\n",
		    stderr);
		return (100);
	}
	log_setup("turns", false, LOG_INFO);
	if (sodium_init() < 0)
		return (1);
	ok = measure(argv[1], 1, 1, seconds < 4 ? seconds : 4);
	ok &= measure(argv[1], 1, 4, seconds < 4 ? seconds : 4);
	ok &= measure(argv[1], 4, 1, seconds);
	ok &= measure(argv[1], 4, 4, seconds);
	return (ok ? 0 : 1);
}
