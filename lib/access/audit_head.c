/* The end of the audit log's chain as a line of text. */
#include "access/audit_head.h"

#include <stdio.h>
#include <string.h>

#include "access/audit.h"
#include "base/text.h"

#define PURPOSE "auditkep" /* of the key derived from the master key */
#define PREFIX "yett-head."
#define HEX_LEN ((size_t)2 * AUDIT_MAC_LEN)
#define TEXT_MAX 256

enum err
audit_head_take(struct db *db, const struct master *m, int64_t now, struct audit_kept *ret_kept)
{
	struct audit_head head = { .seq = 0 };
	int64_t last;
	enum err e, found;

	if ((e = audit_last(db, &last)) != ERR_OK)
		return (e);
	if ((found = audit_find_head(db, &head)) != ERR_OK && found != ERR_NOT_FOUND)
		return (found);
	if (found == ERR_OK ? !audit_head_ok(m, &head) || last > head.seq : last != 0)
		return (ERR_CRYPTO);
	ret_kept->seq = head.seq;
	ret_kept->taken_at = now;
	memcpy(ret_kept->mac, head.mac, sizeof head.mac);
	return (ERR_OK);
}

void
audit_head_hex(
    const unsigned char mac[static AUDIT_MAC_LEN], char ret_text[static 2 * AUDIT_MAC_LEN + 1])
{
	size_t i;

	for (i = 0; i < AUDIT_MAC_LEN; i++)
		snprintf(ret_text + 2 * i, 3, "%02x", mac[i]);
}

/* All of the line but the seal; its length. */
static size_t
print_head(const struct audit_kept *kept, char ret_text[static TEXT_MAX])
{
	char hex[2 * AUDIT_MAC_LEN + 1];

	audit_head_hex(kept->mac, hex);
	return ((size_t)snprintf(ret_text, TEXT_MAX, PREFIX "%lld.%lld.%s", (long long)kept->seq,
	    (long long)kept->taken_at, hex));
}

static void
print_seal(const struct master *m, const char *text, size_t len, char ret_hex[static HEX_LEN + 1])
{
	unsigned char seal[AUDIT_MAC_LEN];

	master_seal(m, PURPOSE, text, len, seal);
	audit_head_hex(seal, ret_hex);
}

char *
audit_head_print(const struct master *m, const struct audit_kept *kept, struct arena *a)
{
	char text[TEXT_MAX], hex[2 * AUDIT_MAC_LEN + 1];
	const size_t len = print_head(kept, text);

	print_seal(m, text, len, hex);
	return (arena_print(a, "%s.%s", text, hex));
}

/* The number up to the next dot; NULL when there is none, else what follows. */
static const char *
parse_number(const char *text, int64_t *ret_number)
{
	const size_t len = strcspn(text, ".");
	char digits[24];

	if (text[len] != '.' || len >= sizeof digits)
		return (NULL);
	memcpy(digits, text, len);
	digits[len] = '\0';
	return (text_number(digits, 0, INT64_MAX, ret_number) ? text + len + 1 : NULL);
}

static int
digit(char c)
{

	return (c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1);
}

static bool
parse_hex(const char *text, unsigned char ret_mac[static AUDIT_MAC_LEN])
{
	size_t i;
	int high, low;

	for (i = 0; i < AUDIT_MAC_LEN; i++) {
		if ((high = digit(text[2 * i])) < 0 || (low = digit(text[2 * i + 1])) < 0)
			return (false);
		ret_mac[i] = (unsigned char)(16 * high + low);
	}
	return (true);
}

enum err
audit_head_parse(const struct master *m, const char *text, struct audit_kept *ret_kept)
{
	char again[TEXT_MAX], hex[2 * AUDIT_MAC_LEN + 1];
	struct audit_kept kept;
	const char *p;
	size_t len;

	if (!text_starts(text, PREFIX) ||
	    (p = parse_number(text + strlen(PREFIX), &kept.seq)) == NULL ||
	    (p = parse_number(p, &kept.taken_at)) == NULL || strlen(p) != 2 * HEX_LEN + 1 ||
	    !parse_hex(p, kept.mac) || p[HEX_LEN] != '.')
		return (ERR_SYNTAX);
	/* Sealed is the text as we would print it: there is one way to write a head. */
	len = print_head(&kept, again);
	if (len + 1 + HEX_LEN != strlen(text) || memcmp(again, text, len) != 0)
		return (ERR_SYNTAX);
	print_seal(m, again, len, hex);
	if (!secret_equal(hex, p + HEX_LEN + 1, HEX_LEN))
		return (ERR_CRYPTO);
	*ret_kept = kept;
	return (ERR_OK);
}
