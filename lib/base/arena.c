/* Memory that lives as long as one request: handed out from a few chunks, wiped and taken back at
 * once. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/text.h"

/*
 * A session check touches about 6 KiB; one chunk holds it, so the usual request never calls malloc.
 * Under a sanitizer every allocation is a chunk of its own, or overruns inside a chunk would go
 * unseen.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(ARENA_EACH_ALONE)
static const size_t chunk_len = 0;
#else
static const size_t chunk_len = 16384;
#endif

struct chunk {
	struct chunk *next;
	size_t len;
	size_t used;
	max_align_t bytes[];
};

struct arena {
	struct chunk *chunks; /* the newest first */
	size_t max;
	size_t total;
};

struct arena *
arena_new(size_t max)
{
	struct arena *a;

	if ((a = calloc(1, sizeof *a)) == NULL)
		return (NULL);
	a->max = max;
	return (a);
}

static void
chunk_free(struct chunk *c)
{

	sodium_memzero(c->bytes, c->used);
	free(c);
}

void
arena_reset(struct arena *a)
{
	struct chunk *c, *next, *keep = NULL;

	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		if (next == NULL && c->len == chunk_len && chunk_len > 0) {
			sodium_memzero(c->bytes, c->used);
			c->used = 0;
			keep = c;
		} else {
			chunk_free(c);
		}
	}
	a->chunks = keep;
	a->total = 0;
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (a == NULL)
		return;
	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		chunk_free(c);
	}
	free(a);
}

static struct chunk *
chunk_add(struct arena *a, size_t len)
{
	struct chunk *c;

	if (len < chunk_len)
		len = chunk_len;
	if ((c = malloc(sizeof *c + len)) == NULL)
		return (NULL);
	c->len = len;
	c->used = 0;
	c->next = a->chunks;
	a->chunks = c;
	return (c);
}

/* ${len} bytes as they are. */
static void *
take(struct arena *a, size_t len)
{
	const size_t align = sizeof(max_align_t);
	struct chunk *c = a->chunks;
	void *p;

	if (len > a->max || a->max - len < a->total)
		return (NULL);
	if (chunk_len > 0)
		len = (len + align - 1) / align * align;
	a->total += len;
	if (c == NULL || chunk_len == 0 || c->len - c->used < len)
		if ((c = chunk_add(a, len)) == NULL)
			return (NULL);
	p = (char *)c->bytes + c->used;
	c->used += len;
	return (p);
}

void *
arena_alloc(struct arena *a, size_t len)
{
	void *p = take(a, len);

	return (p == NULL ? NULL : memset(p, 0, len));
}

char *
arena_copy_len(struct arena *a, const void *bytes, size_t len)
{
	char *p;

	if (len == SIZE_MAX || (p = arena_alloc(a, len + 1)) == NULL)
		return (NULL);
	if (len > 0)
		memcpy(p, bytes, len);
	return (p);
}

char *
arena_copy(struct arena *a, const char *text)
{

	return (text == NULL ? NULL : arena_copy_len(a, text, strlen(text)));
}

char *
arena_copy_lower(struct arena *a, const char *text)
{
	char *copy = arena_copy(a, text);

	if (copy != NULL)
		text_lower(copy);
	return (copy);
}

/* What is left of the newest chunk, for a text of unknown length. */
static size_t
find_room(struct arena *a, char **ret_room)
{
	struct chunk *c = a->chunks;
	const size_t left = a->total < a->max ? a->max - a->total : 0;

	*ret_room = NULL;
	if (chunk_len == 0 || c == NULL)
		return (0);
	*ret_room = (char *)c->bytes + c->used;
	return (c->len - c->used < left ? c->len - c->used : left);
}

char *
arena_print(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *room, *p = NULL;
	size_t size = find_room(a, &room);
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(room, size, format, args);
	if (len >= 0 && (size_t)len < size) {
		p = take(a, (size_t)len + 1);
	} else {
		/* The half of it may be a secret, and is not wiped with what was taken. */
		if (size > 0)
			sodium_memzero(room, size);
		if (len >= 0 && (p = arena_alloc(a, (size_t)len + 1)) != NULL)
			vsnprintf(p, (size_t)len + 1, format, again);
	}
	va_end(again);
	va_end(args);
	return (p);
}
