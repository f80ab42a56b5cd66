/* How many password hashes a second this machine makes at the configured cost, with nothing around
 * them: what signing in is measured against. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"

#define THREADS_MAX 64

static struct {
	char hash[crypto_pwhash_STRBYTES];
	int64_t until; /* ms */
} h;

static const char password[] = "correct horse battery staple";

static void *
work(void *arg)
{
	size_t *count = arg;

	while (clock_steady_ms() < h.until) {
		if (crypto_pwhash_str_verify(h.hash, password, strlen(password)) != 0)
			abort();
		(*count)++;
	}
	return (NULL);
}

int
main(int argc, char **argv)
{
	static size_t counts[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	char message[CONF_MESSAGE_SIZE];
	size_t i, n, total = 0;
	struct rusage used;
	struct conf conf;
	int64_t since;
	double seconds, cpu_us;

	n = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	seconds = argc == 3 ? strtod(argv[2], NULL) : 0;
	if (n < 1 || n > THREADS_MAX || !(seconds > 0 && seconds <= 600)) {
		fputs("usage: hash THREADS SECONDS\n", stderr);
		return (100);
	}
	if (sodium_init() < 0 || conf_load(getenv("YETT_CONF"), &conf, message) != ERR_OK ||
	    crypto_pwhash_str_alg(h.hash, password, strlen(password),
	        (unsigned long long)conf.password_passes, (size_t)conf.password_memory_kib * 1024,
	        crypto_pwhash_ALG_ARGON2ID13) != 0) {
		fputs("hash: cannot start\n", stderr);
		return (1);
	}
	since = clock_steady_ms();
	h.until = since + (int64_t)(seconds * 1000);
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, work, &counts[i]) != 0)
			return (1);
	for (i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		total += counts[i];
	}
	getrusage(RUSAGE_SELF, &used);
	/* The kernel's share is the memory, given and taken back for each hash. */
	cpu_us = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	printf("requests=%zu cpu_us=%.0f rps=%.1f\n", total, cpu_us / (double)total,
	    (double)total * 1000 / (double)(clock_steady_ms() - since));
	return (0);
}
