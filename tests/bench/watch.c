/* The most memory that some processes took together, looked at 20 times a second. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void
on_stop(int signal_number)
{

	(void)signal_number;
	stopping = 1;
}

/* Resident KiB of the process ${pid}; 0 when it is gone. */
static long
resident_kib(const char *pid)
{
	char path[64];
	long pages = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%.20s/statm", pid);
	if ((f = fopen(path, "r")) == NULL)
		return (0);
	if (fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(f);
	return (pages * (sysconf(_SC_PAGESIZE) / 1024));
}

int
main(int argc, char **argv)
{
	long most = 0, sum;
	int i, looks;

	if (argc < 3) {
		fputs("usage: watch SECONDS PID...\n", stderr);
		return (100);
	}
	signal(SIGTERM, on_stop);
	for (looks = 0; !stopping && looks < 20 * atol(argv[1]); looks++) {
		sum = 0;
		for (i = 2; i < argc; i++)
			sum += resident_kib(argv[i]);
		if (sum > most)
			most = sum;
		nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000 * 1000 }, NULL);
	}
	printf("looks=%d most_kib=%ld\n", looks, most);
	return (0);
}
