/* What the fuzz targets share: what must hold of every input, and input cut into lines. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FUZZ_LINES_MAX 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Stop at once when ${condition} does not hold: libFuzzer keeps the input. */
#define must(condition) ((condition) ? (void)0 : fuzz_stop(#condition, __FILE__, __LINE__))

__attribute__((noreturn)) static inline void
fuzz_stop(const char *condition, const char *file, int line)
{

	fprintf(stderr, "%s:%d: must hold: %s\n", file, line, condition);
	abort();
}

static inline bool
fuzz_is_utf8(const char *text)
{

	return (text_utf8_ok(text, strlen(text)));
}

/* ${len} bytes and a NUL, in memory of their own, so that a byte read too many is seen. */
static inline char *
fuzz_copy(const void *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	must(copy != NULL);
	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return (copy);
}

struct fuzz_lines {
	char *line[FUZZ_LINES_MAX + 1]; /* NULL after the last */
	size_t count;
};

/* Cut ${data} at its line breaks; what is beyond FUZZ_LINES_MAX lines is dropped. */
static inline void
fuzz_cut(struct fuzz_lines *l, const uint8_t *data, size_t len)
{
	const uint8_t *end = data + len, *stop;

	l->count = 0;
	while (data < end && l->count < FUZZ_LINES_MAX) {
		if ((stop = memchr(data, '\n', (size_t)(end - data))) == NULL)
			stop = end;
		l->line[l->count++] = fuzz_copy(data, (size_t)(stop - data));
		data = stop + 1;
	}
	l->line[l->count] = NULL;
}

static inline void
fuzz_free(struct fuzz_lines *l)
{

	while (l->count > 0)
		free(l->line[--l->count]);
}

#endif
