/* Bytes that claim to be text: checks, comparisons, whole numbers. */
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The length of the sequence that ${lead} begins, and the range its second byte must lie in; 0 when
 * it begins none. */
static size_t
sequence_len(unsigned char lead, unsigned char *ret_low, unsigned char *ret_high)
{

	*ret_low = 0x80;
	*ret_high = 0xbf;
	if (lead < 0x80)
		return (1);
	if (lead >= 0xc2 && lead <= 0xdf)
		return (2);
	if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			*ret_low = 0xa0;
		if (lead == 0xed)
			*ret_high = 0x9f;
		return (3);
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			*ret_low = 0x90;
		if (lead == 0xf4)
			*ret_high = 0x8f;
		return (4);
	}
	return (0);
}

bool
text_utf8_ok(const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	unsigned char low, high;
	size_t i, n;

	while (len > 0) {
		n = sequence_len(*p, &low, &high);
		if (n == 0 || n > len)
			return (false);
		if (n > 1 && (p[1] < low || p[1] > high))
			return (false);
		for (i = 2; i < n; i++)
			if (p[i] < 0x80 || p[i] > 0xbf)
				return (false);
		p += n;
		len -= n;
	}
	return (true);
}

bool
text_control_free(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			return (false);
	return (true);
}

size_t
text_cut(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len <= max)
		return (len);
	for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return (len);
}

bool
text_number(const char *text, int64_t min, int64_t max, int64_t *ret_number)
{
	long long number;
	char *end;

	if (text == NULL || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9')))
		return (false);
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < min || number > max)
		return (false);
	*ret_number = number;
	return (true);
}

int
text_hex(char c)
{

	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	return (c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1);
}

void
text_lower(char *text)
{

	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

bool
text_starts(const char *text, const char *prefix)
{

	return (text != NULL && strncmp(text, prefix, strlen(prefix)) == 0);
}

bool
text_same_nocase(const char *a, const char *b)
{

	return (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}
