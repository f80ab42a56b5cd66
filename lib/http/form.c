/* Pairs in application/x-www-form-urlencoded, of a body or a query. */
#include "http/form.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Decode ${len} bytes of ${from}, in arena memory; NULL when they are not well-formed or memory is
 * out. */
static char *
decode(const char *from, size_t len, struct arena *a)
{
	char *to = arena_alloc(a, len + 1), *p = to;
	int high, low;
	size_t i;

	if (to == NULL)
		return (NULL);
	for (i = 0; i < len; i++) {
		if (from[i] == '+') {
			*p++ = ' ';
		} else if (from[i] == '%') {
			if (len - i < 3 || (high = text_hex(from[i + 1])) < 0 ||
			    (low = text_hex(from[i + 2])) < 0)
				return (NULL);
			*p++ = (char)(high << 4 | low);
			i += 2;
		} else {
			*p++ = from[i];
		}
	}
	if (memchr(to, '\0', (size_t)(p - to)) != NULL || !text_utf8_ok(to, (size_t)(p - to)))
		return (NULL);
	return (to);
}

enum err
form_parse(const char *text, size_t len, struct arena *a, struct form *ret_form)
{
	const char *end = text + len, *amp, *equals;
	struct form *f = ret_form;

	f->count = 0;
	for (; text < end; text = amp + 1) {
		if ((amp = memchr(text, '&', (size_t)(end - text))) == NULL)
			amp = end;
		if (amp == text)
			continue;
		if (f->count == FORM_PAIRS_MAX)
			return (ERR_SYNTAX);
		if ((equals = memchr(text, '=', (size_t)(amp - text))) == NULL)
			equals = amp;
		f->pairs[f->count].name = decode(text, (size_t)(equals - text), a);
		equals += equals < amp;
		f->pairs[f->count].value = decode(equals, (size_t)(amp - equals), a);
		if (f->pairs[f->count].name == NULL || f->pairs[f->count].value == NULL)
			return (ERR_SYNTAX);
		f->count++;
	}
	return (ERR_OK);
}

const char *
form_get(const struct form *f, const char *name, bool *ret_repeated)
{
	const char *value = NULL;
	size_t i;

	*ret_repeated = false;
	for (i = 0; i < f->count; i++) {
		if (strcmp(f->pairs[i].name, name) != 0)
			continue;
		if (value != NULL)
			*ret_repeated = true;
		else
			value = f->pairs[i].value;
	}
	return (value);
}

const char *
form_encode(const char *text, struct arena *a)
{
	static const char digits[] = "0123456789ABCDEF";
	char *encoded = arena_alloc(a, 3 * strlen(text) + 1), *to = encoded;

	if (encoded == NULL)
		return (NULL);
	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text) != NULL) {
			*to++ = *text;
			continue;
		}
		*to++ = '%';
		*to++ = digits[(unsigned char)*text >> 4];
		*to++ = digits[(unsigned char)*text & 15];
	}
	return (encoded);
}
