/* What fills a mail, a line each: the sender's name, three addresses, the id, the subject, the text
 * and the HTML. Whatever it is, the mail has the header fields that it should have, and no others.
 */
#include "fuzz.h"
#include "proto/mime.h"

/* Every line ends by CRLF, has 78 bytes of ASCII at most, and none is a lone dot. */
static void
check_lines(const char *bytes)
{
	const char *end;

	for (; *bytes != '\0'; bytes = end + 2) {
		must((end = strstr(bytes, "\r\n")) != NULL);
		/* An address alone may be longer. */
		must(end - bytes <= 400);
		must(strcspn(bytes, "\r\n") == (size_t)(end - bytes));
		must(!text_starts(bytes, ".\r\n"));
		for (; bytes < end; bytes++)
			must((*bytes >= ' ' && *bytes <= '~') || *bytes == '\t');
	}
}

/* The fields are these, in this order; Reply-To may be left out. */
static void
check_fields(const char *bytes)
{
	static const char *const names[] = { "Date: ", "From: ", "Reply-To: ", "To: ", "Subject: ",
		"Message-ID: ", "Auto-Submitted: ", "MIME-Version: ", "Content-Type: " };
	size_t next = 0;

	for (; !text_starts(bytes, "\r\n"); bytes = strstr(bytes, "\r\n") + 2) {
		if (*bytes == ' ')
			continue;
		if (next == 2 && !text_starts(bytes, names[2]))
			next++;
		if (next == COUNT(names)) {
			must(text_starts(bytes, "Content-Transfer-Encoding: quoted-printable\r\n"));
			continue;
		}
		must(text_starts(bytes, names[next++]));
	}
	must(next == COUNT(names));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_lines l;
	const char *bytes;
	struct arena *a;
	struct mime m;
	size_t i;
	char *p;

	fuzz_cut(&l, data, len);
	must((a = arena_new(1 << 24)) != NULL);
	/* A line break inside is written as U+0001. */
	for (i = 0; i < l.count; i++)
		for (p = l.line[i]; *p != '\0'; p++)
			*p = *p == '\x01' ? '\n' : *p;
	if (l.count >= 7) {
		m = (struct mime){ .from = { .name = l.line[0], .address = l.line[1] },
			.reply_to = { .name = l.line[0],
			    .address = l.line[2][0] == '\0' ? NULL : l.line[2] },
			.to = l.line[3],
			.subject = l.line[5],
			.message_id = l.line[4],
			.id = "1",
			.text = l.line[6],
			.html = l.line[7],
			.at = (int64_t)len };
		if (mime_print(&m, a, &bytes) == ERR_OK) {
			check_lines(bytes);
			check_fields(bytes);
		}
	}
	fuzz_free(&l);
	arena_free(a);
	return (0);
}
