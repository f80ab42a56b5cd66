/* The end of the log as a line of text: read as it was printed, and as nothing else. And rows as
 * lines of CSV. */
#include "access/audit_head.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "access/audit_print.h"
#include "check.h"
#include "state.h"

static struct master *master;

/* Is ${text} with the byte at ${i} changed to ${c} refused? */
static bool
refused(const char *text, size_t i, char c)
{
	struct audit_kept kept;
	char copy[256];
	enum err e;

	snprintf(copy, sizeof copy, "%s", text);
	copy[i] = c;
	e = audit_head_parse(master, copy, &kept);
	return (e == ERR_SYNTAX || e == ERR_CRYPTO);
}

static void
test_head(struct arena *a)
{
	struct audit_kept kept = { 123456789012345, 1800000000000, { 1, 2, 0xff } }, read;
	const char *text = audit_head_print(master, &kept, a);
	bool all = true;
	size_t i;

	ok(text != NULL &&
	        strncmp(text, "yett-head.123456789012345.1800000000000.0102ff00", 48) == 0,
	    "a head is printed");
	ok(audit_head_parse(master, text, &read) == ERR_OK && read.seq == kept.seq &&
	        read.taken_at == kept.taken_at && memcmp(read.mac, kept.mac, sizeof kept.mac) == 0,
	    "and read again");
	for (i = 0; i < strlen(text); i++)
		all = all && refused(text, i, text[i] == '1' ? '2' : '1') &&
		      refused(text, i, '\0') && refused(text, i, 'A') &&
		      refused(text, i, '.' == text[i] ? ' ' : '.');
	ok(all, "with any byte changed, or cut off anywhere, it is refused");
	ok(audit_head_parse(master, arena_print(a, "%s ", text), &read) == ERR_SYNTAX &&
	        audit_head_parse(master, arena_print(a, " %s", text), &read) == ERR_SYNTAX &&
	        audit_head_parse(master, "", &read) == ERR_SYNTAX &&
	        audit_head_parse(master, "yett-head.", &read) == ERR_SYNTAX &&
	        audit_head_parse(master, "yett-head.1.2", &read) == ERR_SYNTAX,
	    "with more, or less, too");
	ok(audit_head_parse(master, arena_print(a, "yett-head.0%s", text + 10), &read) ==
	        ERR_SYNTAX,
	    "a number is written in one way");
}

static void
test_other_site(struct arena *a)
{
	struct audit_kept kept = { 1, 1, { 0 } };
	const char *text = audit_head_print(master, &kept, a);

	master_close(master);
	master = NULL;
	ok(remove(state_file("master.key")) == 0 && master_create(state_dir()) == ERR_OK &&
	        master_open(state_dir(), &master) == ERR_OK &&
	        audit_head_parse(master, text, &kept) == ERR_CRYPTO,
	    "another site's head is refused");
}

static void
test_csv(struct arena *a)
{
	static const char *const evil[] = { "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1" };
	struct audit_row row = { .seq = 7,
		.id = "i",
		.actor = "user",
		.action = "a.b",
		.object_type = "t",
		.user_agent = "say \"hi\", you\r\nthere",
		.details = "{\"a\":1}" };
	bool all = true;
	const char *text;
	size_t i;

	text = audit_print_csv(&row, a);
	ok(strcmp(text, "\"7\",\"i\",\"1970-01-01T00:00:00.000Z\",\"user\",\"\",\"\",\"\",\"\","
	                "\"a.b\",\"t\",\"\",\"\",\"say \"\"hi\"\", you\r\nthere\",\"\","
	                "\"{\"\"a\"\":1}\"\r\n") == 0,
	    "a row as CSV is quoted");
	for (i = 0; i < sizeof evil / sizeof *evil; i++) {
		row.user_agent = evil[i];
		text = audit_print_csv(&row, a);
		all = all && strstr(text, arena_print(a, ",\"'%s\",", evil[i])) != NULL;
	}
	ok(all, "and what a spreadsheet would compute is a text");
	row.user_agent = "\xff";
	row.details = "{\"a\":";
	ok(strstr(audit_print_csv(&row, a), "(not UTF-8)") != NULL &&
	        strstr(audit_print_json(&row, a), "(not UTF-8)") != NULL &&
	        strstr(audit_print_json(&row, a), "\"details\":\"{\\\"a\\\":\"") != NULL,
	    "what somebody wrote into the file leaves as text, and breaks no JSON");
}

int
main(void)
{
	struct arena *a = arena_new((size_t)4 << 20);

	if (sodium_init() < 0 || master_create(state_dir()) != ERR_OK ||
	    master_open(state_dir(), &master) != ERR_OK)
		return (1);
	test_head(a);
	test_other_site(a);
	test_csv(a);
	master_close(master);
	arena_free(a);
	return (done());
}
