/* Identifiers: UUIDs as 36 lower-case characters. */
#include "base/id.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"

static void
print_uuid(const unsigned char bytes[16], char ret_id[static ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char *p = ret_id;
	size_t i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digits[bytes[i] >> 4];
		*p++ = digits[bytes[i] & 15];
	}
	*p = '\0';
}

static void
set_version(unsigned char bytes[16], int version)
{

	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | (version << 4));
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
}

void
id_new(char ret_id[static ID_SIZE])
{
	const uint64_t now = (uint64_t)clock_ms();
	unsigned char bytes[16];
	size_t i;

	random_bytes(bytes, sizeof bytes);
	for (i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(now >> (40 - 8 * i));
	set_version(bytes, 7);
	print_uuid(bytes, ret_id);
}

void
id_random(char ret_id[static ID_SIZE])
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof bytes);
	set_version(bytes, 4);
	print_uuid(bytes, ret_id);
}

bool
id_ok(const char *text)
{
	size_t i;

	if (text == NULL || strlen(text) != ID_SIZE - 1)
		return (false);
	for (i = 0; i < ID_SIZE - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return (false);
		} else if (strchr("0123456789abcdef", text[i]) == NULL) {
			return (false);
		}
	}
	return (true);
}
