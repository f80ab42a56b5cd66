/* The most memory that some processes took together, what they share with others counted in parts
 * (PSS); looked at 10 times a second. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t stopping;

static void
on_stop(int signal_number)
{

	(void)signal_number;
	stopping = 1;
}

/* KiB of the process ${pid}; 0 when it is gone. */
static long
proportional_kib(const char *pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%.20s/smaps_rollup", pid);
	if ((f = fopen(path, "r")) == NULL)
		return (0);
	while (kib == 0 && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "Pss:", 4) == 0)
			kib = strtol(line + 4, NULL, 10);
	fclose(f);
	return (kib);
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
	for (looks = 0; !stopping && looks < 10 * atol(argv[1]); looks++) {
		sum = 0;
		for (i = 2; i < argc; i++)
			sum += proportional_kib(argv[i]);
		if (sum > most)
			most = sum;
		nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);
	}
	printf("looks=%d most_kib=%ld\n", looks, most);
	return (0);
}
