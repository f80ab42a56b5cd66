/* The audit log under two processes that write as fast as they can, and are killed: nothing that
 * was acknowledged is lost, and what is there is one chain. AUDIT_SECONDS=10: how long they write.
 */
#include "store/audit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include <sodium.h>

#include "log.h"

#define THREADS 4

/* What each was told is written stands in shared memory. */

struct counts {
	atomic_int acknowledged[2][THREADS];
};

static struct counts *counts;

struct writer {
	struct arena *arena;
	int process, thread;
};

static enum err
write_one(struct tx *tx, void *arg)
{
	const struct writer *w = arg;
	struct json details = json_object(w->arena);

	json_add_number(&details, "process", w->process);
	json_add_number(&details, "thread", w->thread);
	return (audit_note_as(tx, master, &(struct audit_actor){ .kind = "system" },
	    &(struct event){ .action = w->process == 0 ? "writer.first" : "writer.second",
	        .object_type = "row",
	        .details = &details },
	    w->arena));
}

static void *
write_on(void *arg)
{
	struct writer *w = arg;

	for (;;) {
		arena_reset(w->arena);
		if (store_write(store, write_one, w) != ERR_OK)
			return (NULL);
		atomic_fetch_add(&counts->acknowledged[w->process][w->thread], 1);
	}
}

static pid_t
start_writer(int process)
{
	struct writer writers[THREADS];
	pthread_t threads[THREADS];
	const pid_t pid = fork();
	int i;

	if (pid != 0)
		return (pid);
	/* A database that is open does not go through fork(2). */
	if (!open_all())
		_exit(1);
	for (i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){ arena_new(1 << 20), process, i };
		pthread_create(&threads[i], NULL, write_on, &writers[i]);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(1);
}

static void
test_writers(void)
{
	const char *seconds = getenv("AUDIT_SECONDS");
	const double s = seconds != NULL ? atof(seconds) : 1;
	struct timespec half = { (time_t)(s / 2), (long)((s / 2 - (double)(time_t)(s / 2)) * 1e9) };
	int64_t first = 0, second = 0, rows, found_first, found_second;
	pid_t one, other;
	int i;

	counts =
	    mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	store_close(store);
	master_close(master);
	one = start_writer(0);
	other = start_writer(1);
	nanosleep(&half, NULL);
	/* In the middle of a transaction, or of its flush, or between the two. */
	kill(one, SIGKILL);
	waitpid(one, NULL, 0);
	nanosleep(&half, NULL);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	for (i = 0; i < THREADS; i++) {
		first += counts->acknowledged[0][i];
		second += counts->acknowledged[1][i];
	}
	ok(open_all(), "two processes were killed, and the database opens");
	found_first = count_rows("writer.first");
	found_second = count_rows("writer.second");
	printf("# acknowledged %lld and %lld, found %lld and %lld, in %g s\n", (long long)first,
	    (long long)second, (long long)found_first, (long long)found_second, s);
	ok(first > 0 && second > 0, "both had written");
	ok(found_first >= first && found_first <= first + THREADS && found_second >= second &&
	        found_second <= second + THREADS,
	    "nothing that was acknowledged is lost, and nothing is there twice");
	ok(verify(&rows) == 0 && rows == found_first + found_second,
	    "and the rows of both are one chain");
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	if (!make_all()) {
		ok(false, "the database can be made");
		return (done());
	}
	test_writers();
	store_close(store);
	master_close(master);
	return (done());
}
