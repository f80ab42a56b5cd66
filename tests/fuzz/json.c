/* JSON through json_parse(), and as the body of an endpoint. */
#include "http/json.h"
#include "sample.h"

/*
 * A second reader, written from RFC 8259 alone: what json_parse() takes, this must take. A byte
 * order mark may stand before the value (section 8.1).
 */
struct reader {
	const char *p;
	const char *end;
};

static bool read_value(struct reader *in, unsigned int depth);

static void
skip_space(struct reader *in)
{

	while (in->p < in->end &&
	       (*in->p == ' ' || *in->p == '\t' || *in->p == '\n' || *in->p == '\r'))
		in->p++;
}

static bool
read_char(struct reader *in, char c)
{

	if (in->p == in->end || *in->p != c)
		return (false);
	in->p++;
	return (true);
}

static bool
read_word(struct reader *in, const char *word)
{
	const size_t len = strlen(word);

	if ((size_t)(in->end - in->p) < len || memcmp(in->p, word, len) != 0)
		return (false);
	in->p += len;
	return (true);
}

static bool
read_digits(struct reader *in)
{
	const char *start = in->p;

	while (in->p < in->end && *in->p >= '0' && *in->p <= '9')
		in->p++;
	return (in->p > start);
}

static bool
read_number(struct reader *in)
{

	read_char(in, '-');
	if (!read_char(in, '0') && !read_digits(in))
		return (false);
	if (read_char(in, '.') && !read_digits(in))
		return (false);
	if (read_char(in, 'e') || read_char(in, 'E')) {
		if (!read_char(in, '+'))
			read_char(in, '-');
		return (read_digits(in));
	}
	return (true);
}

/* Four hexadecimal digits that are not all zero. */
static bool
read_unit(struct reader *in)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned int i;
	bool zero = true;

	for (i = 0; i < 4; i++) {
		if (in->p == in->end || memchr(digits, *in->p, sizeof digits - 1) == NULL)
			return (false);
		zero &= *in->p == '0';
		in->p++;
	}
	return (!zero);
}

static bool
read_string(struct reader *in)
{

	if (!read_char(in, '"'))
		return (false);
	while (in->p < in->end && *in->p != '"') {
		if ((unsigned char)*in->p < 0x20)
			return (false);
		if (!read_char(in, '\\')) {
			in->p++;
		} else if (read_char(in, 'u')) {
			if (!read_unit(in))
				return (false);
		} else if (in->p == in->end || memchr("\"\\/bfnrt", *in->p, 8) == NULL) {
			return (false);
		} else {
			in->p++;
		}
	}
	return (read_char(in, '"'));
}

/* An object or a list, whose first character was read. */
static bool
read_items(struct reader *in, char last, unsigned int depth)
{

	if (depth == 0)
		return (false);
	skip_space(in);
	if (read_char(in, last))
		return (true);
	do {
		skip_space(in);
		if (last == '}') {
			if (!read_string(in))
				return (false);
			skip_space(in);
			if (!read_char(in, ':'))
				return (false);
		}
		if (!read_value(in, depth - 1))
			return (false);
	} while (read_char(in, ','));
	return (read_char(in, last));
}

static bool
read_value(struct reader *in, unsigned int depth)
{
	bool ok;

	skip_space(in);
	if (in->p == in->end)
		return (false);
	if (*in->p == '"')
		ok = read_string(in);
	else if (read_char(in, '{'))
		ok = read_items(in, '}', depth);
	else if (read_char(in, '['))
		ok = read_items(in, ']', depth);
	else if (*in->p == '-' || (*in->p >= '0' && *in->p <= '9'))
		ok = read_number(in);
	else
		ok = read_word(in, "true") || read_word(in, "false") || read_word(in, "null");
	skip_space(in);
	return (ok);
}

/* Is it JSON, 32 levels deep at most, without U+0000? */
static bool
is_json(const char *text, size_t len)
{
	struct reader in = { .p = text, .end = text + len };

	read_word(&in, "\xef\xbb\xbf");
	return (read_value(&in, 32) && in.p == in.end);
}

/* No member twice, not too many, every text UTF-8. */
static void
check_tree(const cJSON *item)
{
	const cJSON *child, *other;
	unsigned int count = 0;

	must(!cJSON_IsString(item) || fuzz_is_utf8(item->valuestring));
	for (child = item->child; child != NULL; child = child->next) {
		count++;
		check_tree(child);
		if (!cJSON_IsObject(item))
			continue;
		must(fuzz_is_utf8(child->string));
		for (other = child->next; other != NULL; other = other->next)
			must(strcmp(child->string, other->string) != 0);
	}
	must(count <= 256);
}

static bool
is_same(const cJSON *one, const cJSON *other)
{
	const cJSON *a, *b;

	if (one->type != other->type)
		return (false);
	if (cJSON_IsString(one) && strcmp(one->valuestring, other->valuestring) != 0)
		return (false);
	if (cJSON_IsNumber(one) && one->valuedouble != other->valuedouble)
		return (false);
	for (a = one->child, b = other->child; a != NULL && b != NULL; a = a->next, b = b->next)
		if ((cJSON_IsObject(one) && strcmp(a->string, b->string) != 0) || !is_same(a, b))
			return (false);
	return (a == NULL && b == NULL);
}

/* What was read prints, and what is printed reads as the same and prints the same. */
static void
check_again(cJSON *json, const char *input, size_t len, struct arena *a)
{
	char *text, *again;
	const char *detail;
	cJSON *other, *third;

	text = json_print_tree(json, a);
	must(text != NULL);
	must(json_parse(text, strlen(text), a, &other, &detail) == ERR_OK);
	must(json_parse(input, len, a, &third, &detail) == ERR_OK);
	must(is_same(third, other));
	again = json_print_tree(other, a);
	must(again != NULL && strcmp(text, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(1 << 26);
	char *text = fuzz_copy(data, len);
	const char *detail;
	cJSON *json;
	enum err e;

	must(a != NULL);
	if ((e = json_parse(text, len, a, &json, &detail)) == ERR_OK) {
		must(detail == NULL);
		must(text_utf8_ok(text, len) && is_json(text, len));
		check_tree(json);
		check_again(json, text, len, a);
	} else {
		must(e == ERR_SYNTAX && detail != NULL && fuzz_is_utf8(detail));
	}
	must((sample_read(a, "application/json", text, len) == ERR_SYNTAX) ==
	     (e != ERR_OK || !cJSON_IsObject(json)));
	json_use(NULL);
	arena_free(a);
	free(text);
	return (0);
}
