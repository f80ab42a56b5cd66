/* Are the words that the audit log is searched by those of its rows? Of each row's words a number
 * is made, once out of the row and once out of the index. */
#include "access/audit_words.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/random.h"
#include "base/text.h"

#define WINDOW_MAX ((int64_t)4 << 20) /* rows at once */
#define PAGE 500
#define WORDS_MAX 4096 /* of a row; more do not fit into details that a request can bring about */
#define WORD_LEN_MAX 32768 /* the index cuts longer ones */
#define ARENA_MAX ((size_t)64 << 20)

/* The sums differ when words do, but for one in 2^64: nobody can choose words whose sum is that of
 * others without the key, which is made for the one run. */
struct sums {
	unsigned char key[crypto_shorthash_KEYBYTES];
	int64_t first, last; /* the rows that have a sum */
	uint64_t *sums;
	bool strange; /* the index has a row that is not among them all */
	int64_t lowest, highest;
	int64_t stranger;
	uint64_t words[WORDS_MAX]; /* of one row */
	size_t count;
};

static uint64_t
hash(const struct sums *s, const char *word, size_t len)
{
	unsigned char bytes[crypto_shorthash_BYTES];
	uint64_t number;

	crypto_shorthash(bytes, (const unsigned char *)word, len, s->key);
	memcpy(&number, bytes, sizeof number);
	return (number);
}

static bool
is_word_byte(unsigned char c)
{

	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c >= 0x80);
}

static void
add_words(struct sums *s, const char *value, struct arena *a)
{
	char *text = arena_copy(a, value == NULL ? "" : value);
	size_t len;

	if (text == NULL)
		return;
	text_lower(text);
	for (; *text != '\0'; text += len == 0 ? 1 : len) {
		for (len = 0; is_word_byte((unsigned char)text[len]); len++)
			continue;
		if (len > 0 && s->count < WORDS_MAX)
			s->words[s->count++] =
			    hash(s, text, len < WORD_LEN_MAX ? len : WORD_LEN_MAX);
	}
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return ((one > other) - (one < other));
}

struct page {
	struct sums *sums;
	struct arena *arena;
	int64_t rows;
	int64_t last;
};

static enum err
add_row(void *arg, const struct audit_row *row, bool whole)
{
	struct page *p = arg;
	struct sums *s = p->sums;
	uint64_t sum = 0;
	size_t i;

	(void)whole;
	p->rows++;
	p->last = row->seq;
	if (row->seq > s->last)
		return (ERR_OK);
	s->count = 0;
	add_words(s, row->action, p->arena);
	add_words(s, row->object_id, p->arena);
	add_words(s, row->details, p->arena);
	add_words(s, row->ip_address, p->arena);
	add_words(s, row->user_agent, p->arena);
	qsort(s->words, s->count, sizeof s->words[0], by_number);
	/* A word twice is there once. */
	for (i = 0; i < s->count; i++)
		if (i == 0 || s->words[i] != s->words[i - 1])
			sum += s->words[i];
	s->sums[row->seq - s->first] += sum;
	return (ERR_OK);
}

static void
take_word(void *arg, const char *word, size_t len, int64_t seq)
{
	struct sums *s = arg;

	if (seq < s->lowest || seq > s->highest) {
		s->strange = true;
		s->stranger = seq;
	} else if (seq >= s->first && seq <= s->last) {
		s->sums[seq - s->first] -= hash(s, word, len);
	}
}

static enum err
add_rows(struct sums *s, struct db *db)
{
	struct page p = { .sums = s, .last = s->first - 1 };
	enum err e = ERR_OK;

	if ((p.arena = arena_new(ARENA_MAX)) == NULL)
		return (ERR_NOMEM);
	do {
		p.rows = 0;
		arena_reset(p.arena);
		e = audit_each(db, p.last + 1, PAGE, p.arena, add_row, &p);
	} while (e == ERR_OK && p.rows == PAGE && p.last < s->last);
	arena_free(p.arena);
	return (e);
}

static enum err
compare(struct sums *s, struct db *db, void (*differs)(void *arg, int64_t seq), void *arg)
{
	int64_t seq;
	enum err e;

	if ((s->sums = calloc((size_t)(s->last - s->first + 2), sizeof s->sums[0])) == NULL)
		return (ERR_NOMEM);
	if ((e = add_rows(s, db)) == ERR_OK && (e = audit_each_term(db, take_word, s)) == ERR_OK)
		for (seq = s->first; seq <= s->last; seq++)
			if (s->sums[seq - s->first] != 0)
				differs(arg, seq);
	free(s->sums);
	return (e);
}

static enum err
compare_all(struct sums *s, struct db *db, void (*differs)(void *arg, int64_t seq), void *arg)
{
	enum err e = ERR_OK;

	/* Once even when there should be no row, for the index should be empty then. */
	for (s->first = s->lowest; e == ERR_OK; s->first = s->last + 1) {
		s->last =
		    s->highest - s->first < WINDOW_MAX ? s->highest : s->first + WINDOW_MAX - 1;
		if ((e = compare(s, db, differs, arg)) != ERR_OK || s->last >= s->highest)
			break;
	}
	if (e == ERR_OK && s->strange)
		differs(arg, s->stranger);
	return (e);
}

enum err
audit_words_compare(
    struct db *db, int64_t first, int64_t last, void (*differs)(void *arg, int64_t seq), void *arg)
{
	struct sums *s = calloc(1, sizeof *s);
	enum err e;

	if (s == NULL)
		return (ERR_NOMEM);
	random_bytes(s->key, sizeof s->key);
	s->lowest = first;
	s->highest = last;
	e = compare_all(s, db, differs, arg);
	free(s);
	return (e);
}
