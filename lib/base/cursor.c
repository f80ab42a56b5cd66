/* Places in lists, as clients keep them. */
#include "base/cursor.h"

#include <string.h>

#include <sodium.h>

#include "base/text.h"

#define CURSOR_MAX 2048 /* characters */
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

const char *
cursor_print(struct arena *a, const char *const *parts, size_t count)
{
	const char *text = "";
	char *packed;
	size_t i, len;

	for (i = 0; i < count && text != NULL; i++)
		text = arena_print(a, "%s%s%s", text, i > 0 ? "\n" : "", parts[i]);
	if (text == NULL)
		return (NULL);
	len = sodium_base64_ENCODED_LEN(strlen(text), VARIANT);
	if ((packed = arena_alloc(a, len)) == NULL)
		return (NULL);
	return (sodium_bin2base64(packed, len, (const unsigned char *)text, strlen(text), VARIANT));
}

bool
cursor_parse(const char *text, struct arena *a, const char **ret_parts, size_t count)
{
	const size_t len = strlen(text);
	char *unpacked, *end;
	size_t unpacked_len, i;

	if (len > CURSOR_MAX || (unpacked = arena_alloc(a, len + 1)) == NULL ||
	    sodium_base642bin(
	        (unsigned char *)unpacked, len, text, len, NULL, &unpacked_len, NULL, VARIANT) != 0)
		return (false);
	unpacked[unpacked_len] = '\0';
	if (strlen(unpacked) != unpacked_len || !text_utf8_ok(unpacked, unpacked_len))
		return (false);
	for (i = 0; i < count; i++) {
		end = strchr(unpacked, '\n');
		if ((end == NULL) != (i + 1 == count))
			return (false);
		if (end != NULL)
			*end = '\0';
		if (!text_control_free(unpacked))
			return (false);
		ret_parts[i] = unpacked;
		unpacked = end != NULL ? end + 1 : NULL;
	}
	return (true);
}
