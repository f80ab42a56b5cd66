/* The Test Anything Protocol for one test program: ok() for each promise, done() at the end. */
#ifndef UNIT_CHECK_H
#define UNIT_CHECK_H

#include <stdbool.h>
#include <stdio.h>

static unsigned int check_count, check_failures;

/* ok(condition, name): ${name} is a sentence that ${condition} makes true. */
#define ok(condition, name) check_ok((condition), name, #condition, __FILE__, __LINE__)

static inline void
check_ok(bool fine, const char *name, const char *condition, const char *file, int line)
{

	printf("%sok %u - %s\n", fine ? "" : "not ", ++check_count, name);
	if (fine)
		return;
	check_failures++;
	printf("# %s:%d: %s\n", file, line, condition);
}

/* The exit status. */
static inline int
done(void)
{

	printf("1..%u\n", check_count);
	return (check_failures > 0);
}

#endif
