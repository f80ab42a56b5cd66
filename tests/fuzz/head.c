/* A kept head of the audit log through audit_head_parse(): what is taken is what would be printed.
 */
#include <sodium.h>

#include "fuzz.h"
#include "access/audit_head.h"

/* A key of its own, made once. */
static struct master *
key(void)
{
	static struct master *master;
	char dir[] = "/tmp/yett-fuzz-XXXXXX", path[64];

	if (master != NULL)
		return (master);
	must(sodium_init() >= 0 && mkdtemp(dir) != NULL && master_create(dir) == ERR_OK &&
	     master_open(dir, &master) == ERR_OK);
	snprintf(path, sizeof path, "%s/master.key", dir);
	must(remove(path) == 0 && remove(dir) == 0);
	return (master);
}

/* Numbers out of the input, sealed, are read again, and the input itself is one head or none. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct audit_kept kept = { 0 }, again;
	struct arena *a = arena_new(1 << 20);
	char *text = fuzz_copy(data, len);
	const char *printed;
	enum err e;

	must(a != NULL);
	e = audit_head_parse(key(), text, &kept);
	must(e == ERR_OK || e == ERR_SYNTAX || e == ERR_CRYPTO);
	if (e == ERR_OK)
		must(strcmp(audit_head_print(key(), &kept, a), text) == 0);
	memcpy(&kept, data, len < sizeof kept ? len : sizeof kept);
	kept.seq = kept.seq < 0 ? -(kept.seq + 1) : kept.seq;
	kept.taken_at = kept.taken_at < 0 ? -(kept.taken_at + 1) : kept.taken_at;
	must((printed = audit_head_print(key(), &kept, a)) != NULL);
	must(audit_head_parse(key(), printed, &again) == ERR_OK);
	must(again.seq == kept.seq && again.taken_at == kept.taken_at &&
	     memcmp(again.mac, kept.mac, sizeof kept.mac) == 0);
	free(text);
	arena_free(a);
	return (0);
}
