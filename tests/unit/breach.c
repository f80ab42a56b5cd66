/* The filter of breached passwords. */
#include "cred/breach.h"

#include <fcntl.h>
#include <string.h>

#include <openssl/sha.h>
#include <sodium.h>

#include "check.h"
#include "state.h"

#define MANY 20000

static uint64_t count, line;

/* Build a filter of the list ${text}. */
static enum err
build(const char *text, const char *path)
{
	FILE *f = fopen(state_file("list"), "w+");
	enum err e;

	fputs(text, f);
	rewind(f);
	e = breach_build(f, path, &count, &line);
	fclose(f);
	return (e);
}

static void
put_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	fwrite(bytes, 1, len, f);
	fclose(f);
}

/* SHA-1 of "password", as Have I Been Pwned writes it; of "letmein" in small letters. */
#define LIST \
	"# a comment\n5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9659365\r\n\n" \
	"b7a875fc1ea228b9061041b7cec4bd3c52ab3ce3\n"

static void
test_build(void)
{
	const char *path = state_file("filter");
	struct breach *b;

	ok(breach_open(path, &b) == ERR_NOT_FOUND, "without a file there is no filter");
	ok(build(LIST, path) == ERR_OK && count == 2, "a list of two is built");
	ok(breach_open(path, &b) == ERR_OK && breach_count(b) == 2, "and opened");
	ok(breach_has(b, "password") && breach_has(b, "letmein"), "it has both");
	ok(!breach_has(b, "Password") && !breach_has(b, "") && !breach_has(b, "letmein "),
	    "and no others");
	ok(build("", path) == ERR_OK && count == 0, "an empty list is built in its place");
	ok(breach_has(b, "password"), "while who has the old one open keeps it");
	breach_close(b);
	ok(breach_open(path, &b) == ERR_OK && !breach_has(b, "password"),
	    "the new one has nothing");
	breach_close(b);
	breach_close(NULL);
	ok(!breach_has(NULL, "password") && breach_count(NULL) == 0, "no filter has nothing");
}

static void
test_bad_lists(void)
{
	const char *path = state_file("never");
	char text[512];

	ok(build("# x\n5BAA61\n", path) == ERR_SYNTAX && line == 2, "a short digest is refused");
	ok(build("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8FF\n", path) == ERR_SYNTAX,
	    "so is a long one");
	ok(build("ZBAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n", path) == ERR_SYNTAX,
	    "and what is no digest");
	snprintf(text, sizeof text, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:%0200d\n", 1);
	ok(build(text, path) == ERR_SYNTAX && line == 1, "and a line too long");
	ok(access(path, F_OK) != 0 && access(state_file("never.part"), F_OK) != 0,
	    "of which nothing is left behind");
	ok(build("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", path) == ERR_OK && count == 1,
	    "the last line needs no end");
	ok(build("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "/nowhere/filter") == ERR_IO,
	    "a folder that is not there is said so");
}

static void
test_corrupt(void)
{
	const char *path = state_file("corrupt");
	unsigned char bytes[1024] = { 0 };
	struct breach *b;
	size_t len;
	FILE *f;

	put_file(path, "", 0);
	ok(breach_open(path, &b) == ERR_SYNTAX, "an empty file is no filter");
	put_file(path, "yettBF1\n0123456789abcdef0123456789abcdef", 40);
	ok(breach_open(path, &b) == ERR_SYNTAX, "nor is nonsense");
	if (build(LIST, path) != ERR_OK)
		return;
	f = fopen(path, "r");
	len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	put_file(path, bytes, len - 1);
	ok(breach_open(path, &b) == ERR_SYNTAX, "nor is one cut short");
	put_file(path, bytes, 24);
	ok(breach_open(path, &b) == ERR_SYNTAX, "or to its head");
	put_file(path, bytes, len + 1);
	ok(breach_open(path, &b) == ERR_SYNTAX, "or grown");
	bytes[0] ^= 1;
	put_file(path, bytes, len);
	ok(breach_open(path, &b) == ERR_SYNTAX, "or of another format");
	bytes[0] ^= 1;
	memset(bytes + 16, 0, 8);
	put_file(path, bytes, 24);
	ok(breach_open(path, &b) == ERR_SYNTAX, "or of no bits at all");
}

static void
test_rates(void)
{
	unsigned char digest[20];
	char text[64], hex[41];
	unsigned int i, wrong = 0, missing = 0;
	struct breach *b;
	FILE *f = fopen(state_file("many"), "w+");

	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof text, "in%u", i);
		SHA1((const unsigned char *)text, strlen(text), digest);
		fprintf(f, "%s:%u\n", sodium_bin2hex(hex, sizeof hex, digest, sizeof digest), i);
	}
	rewind(f);
	ok(breach_build(f, state_file("filter"), &count, &line) == ERR_OK && count == MANY,
	    "a list of 20,000 is built");
	fclose(f);
	if (breach_open(state_file("filter"), &b) != ERR_OK)
		return;
	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof text, "in%u", i);
		missing += !breach_has(b, text);
		snprintf(text, sizeof text, "out%u", i);
		wrong += breach_has(b, text);
	}
	ok(missing == 0, "each of them is found");
	/* 1.4 are to be expected; 12 would come once in 10^7 lists. */
	ok(wrong <= 12, "of 20,000 others hardly any");
	breach_close(b);
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	test_build();
	test_bad_lists();
	test_corrupt();
	test_rates();
	return (done());
}
