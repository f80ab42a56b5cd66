/* Forms and queries through form_parse(), and as the body of an endpoint. */
#include "http/form.h"
#include "sample.h"

/* Add ${text} with every byte escaped. */
static void
add_escaped(char *to, size_t *len, const char *text)
{

	for (; *text != '\0'; text++)
		*len += (size_t)snprintf(to + *len, 4, "%%%02x", (unsigned char)*text);
}

/* What was read of ${body_len} bytes, written in another way, reads as the same. */
static void
check_again(const struct form *f, size_t body_len, struct arena *a)
{
	char *text = malloc(3 * body_len + 2 * f->count + 1);
	struct form again;
	size_t len = 0, i;

	must(text != NULL);
	for (i = 0; i < f->count; i++) {
		add_escaped(text, &len, f->pairs[i].name);
		text[len++] = '=';
		add_escaped(text, &len, f->pairs[i].value);
		text[len++] = '&';
	}
	must(form_parse(text, len, a, &again) == ERR_OK);
	must(again.count == f->count);
	for (i = 0; i < f->count; i++) {
		must(strcmp(again.pairs[i].name, f->pairs[i].name) == 0);
		must(strcmp(again.pairs[i].value, f->pairs[i].value) == 0);
	}
	free(text);
}

static void
check_pairs(const struct form *f, size_t len)
{
	size_t i, j, total = 0;
	bool repeated, twice;

	must(f->count <= FORM_PAIRS_MAX);
	for (i = 0; i < f->count; i++) {
		must(fuzz_is_utf8(f->pairs[i].name) && fuzz_is_utf8(f->pairs[i].value));
		total += strlen(f->pairs[i].name) + strlen(f->pairs[i].value);
		must(form_get(f, f->pairs[i].name, &repeated) != NULL);
		twice = false;
		for (j = 0; j < f->count; j++)
			twice |= j != i && strcmp(f->pairs[i].name, f->pairs[j].name) == 0;
		must(repeated == twice);
	}
	must(total <= len);
}

/* A form that an endpoint takes has no name twice, and none it does not know. */
static void
check_taken(const struct form *f)
{
	size_t i, j;
	bool repeated, known;

	for (i = 0; i < f->count; i++) {
		form_get(f, f->pairs[i].name, &repeated);
		must(!repeated);
		known = false;
		for (j = 0; j < COUNT(sample_fields); j++)
			known |= strcmp(f->pairs[i].name, sample_fields[j].name) == 0;
		must(known);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);
	struct arena *a = arena_new(1 << 22);
	struct form f = { .count = 0 };
	enum err form, body;

	must(a != NULL);
	if ((form = form_parse(text, len, a, &f)) == ERR_OK) {
		check_pairs(&f, len);
		check_again(&f, len, a);
	}
	body = sample_read(a, "application/x-www-form-urlencoded", text, len);
	must((form == ERR_OK) == (body != ERR_SYNTAX));
	if (body == ERR_OK)
		check_taken(&f);
	arena_free(a);
	free(text);
	return (0);
}
