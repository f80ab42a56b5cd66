/* A mail as bytes: lines, encodings, and that nothing that fills it begins a line. */
#include "proto/mime.h"

#include <string.h>

#include "check.h"

static struct arena *arena;
static struct mime mime;

/* A mail with little in it. */
static void
reset(void)
{

	arena_reset(arena);
	mime = (struct mime){
		.from = { .name = "Yett", .address = "yett@example.org" },
		.to = "ann@example.org",
		.subject = "Hello",
		.message_id = "<1@example.org>",
		.id = "01890a5d-ac96-774b-bcce-b302099a8057",
		.text = "Hello.\n",
		.at = 1767225600000,
	};
}

static bool
has(const char *part)
{
	const char *bytes = NULL;
	const bool fine = mime_print(&mime, arena, &bytes) == ERR_OK && strstr(bytes, part) != NULL;

	if (!fine)
		printf("# got %s\n", bytes == NULL ? "nothing" : bytes);
	return (fine);
}

static bool
is_refused(void)
{
	const char *bytes = NULL;

	return (mime_print(&mime, arena, &bytes) == ERR_FIELDS && bytes == NULL);
}

static void
test_whole(void)
{
	static const char wanted[] =
	    "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nFrom: \"Yett\"\r\n <yett@example.org>\r\n"
	    "To: ann@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n"
	    "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\nHello.\r\n";
	const char *bytes;

	reset();
	ok(mime_print(&mime, arena, &bytes) == ERR_OK && strcmp(bytes, wanted) == 0,
	    "a mail of a text has these bytes");
	mime.html = "<p>Hello.</p>";
	ok(has("Content-Type: multipart/alternative;\r\n "
	       "boundary=\"=_01890a5d-ac96-774b-bcce-b302099a8057\"\r\n\r\n"
	       "--=_01890a5d-ac96-774b-bcce-b302099a8057\r\nContent-Type: text/plain;"),
	    "with an HTML it has two parts, the text first");
	ok(has("<p>Hello.</p>\r\n--=_01890a5d-ac96-774b-bcce-b302099a8057--\r\n"),
	    "and an end after the HTML");
}

static void
test_subject(void)
{
	char text[1200];

	reset();
	mime.subject = "Gr\xc3\xbc\xc3\x9f"
	               "e";
	ok(has("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"), "other letters are an encoded word");
	mime.subject = "=?UTF-8?B?YQ==?=";
	ok(has("Subject: =?UTF-8?B?PT9VVEYtOD9CP1lRPT0/PQ==?=\r\n"), "so is what looks like one");
	mime.subject = "a\xff\x80\x80";
	ok(has("Subject: a???\r\n"), "what is no UTF-8 is no letter");
	mime.subject = "a\r\nBcc: eve@example.org";
	ok(has("Subject: a  Bcc: eve@example.org\r\n"), "a line break becomes spaces");
	memset(text, 'x', sizeof text);
	text[60] = '\0';
	mime.subject = text;
	ok(has(text), "60 characters are as they are");
	text[60] = 'x';
	text[61] = '\0';
	ok(has("Subject: =?UTF-8?B?eHh4"), "61 go in pieces");
	text[61] = 'x';
	memcpy(text + 511, "\xc3\xbc", 3);
	ok(has("eHh4eA==?=\r\nMessage-ID"),
	    "after 512 bytes a subject ends with a whole character");
}

static void
test_names(void)
{

	reset();
	mime.from.name = "";
	ok(has("\r\nFrom: yett@example.org\r\n"), "without a name there is the address");
	mime.from.name = "A \"B\" \\ <c@d>";
	ok(has("From: \"A \\\"B\\\" \\\\ <c@d>\"\r\n <yett@example.org>\r\n"),
	    "quotes are kept apart");
	mime.from.name = "Stra\xc3\x9f"
	                 "e";
	ok(has("From: =?UTF-8?B?U3RyYcOfZQ==?=\r\n <yett@example.org>\r\n"), "a name is encoded");
	mime.reply_to = (struct mime_person){ .name = "", .address = "help@example.org" };
	ok(has("\r\nReply-To: help@example.org\r\n"), "answers may go elsewhere");
}

static void
test_text(void)
{
	char text[128];

	reset();
	mime.text = "a=b\tc \nd\r\n.\n..e\nf ";
	ok(has("\r\n\r\na=3Db=09c=20\r\nd\r\n=2E\r\n=2E.e\r\nf=20\r\n"),
	    "equal signs, tabs, spaces at an end and dots at a beginning are encoded");
	memset(text, 'x', sizeof text);
	text[75] = '\0';
	mime.text = text;
	ok(has("xxx\r\n") && !strstr(text, "="), "75 characters fit into a line");
	text[75] = 'x';
	text[76] = '\0';
	ok(has("xxx=\r\nx\r\n"), "76 do not");
	text[75] = '.';
	ok(has("xxx=\r\n=2E\r\n"), "and the dot of a line that was broken is encoded too");
	mime.text = "";
	ok(has("quoted-printable\r\n\r\n"), "a text may be empty");
}

static void
test_refused(void)
{
	static const char *const wrong[] = { "", "ann", "ann@example.org\r\nBcc: eve@example.org",
		"ann@example.org\n", "ann @example.org", "ann@example.org>", "<ann@example.org",
		"\xc3\xbc@example.org", "ann@example.org\x7f" };
	bool all = true;
	size_t i;

	for (i = 0; i < COUNT(wrong); i++) {
		reset();
		mime.to = wrong[i];
		all = all && is_refused();
		reset();
		mime.from.address = wrong[i];
		all = all && is_refused();
		reset();
		mime.reply_to = (struct mime_person){ .name = "", .address = wrong[i] };
		all = all && is_refused();
	}
	ok(all, "an address with a line break, or of other than visible ASCII, is refused");
	reset();
	mime.message_id = "<1@example.org>\r\nBcc: eve@example.org";
	ok(is_refused(), "so is such an id of a message");
	reset();
	mime.id = "a\r\nb";
	ok(is_refused(), "and such a boundary");
}

static void
test_sizes(void)
{
	char *text = arena_alloc(arena, MIME_PART_MAX + 2);

	if (text == NULL)
		return;
	mime.to = "ann@example.org";
	mime.message_id = "<1@example.org>";
	mime.id = "1";
	memset(text, '\xff', MIME_PART_MAX);
	mime.text = mime.html = text;
	ok(has("=FF=FF=FF"), "a part may have 1 MiB, whatever is in it");
	text[MIME_PART_MAX] = 'x';
	ok(is_refused(), "and no more");
}

int
main(void)
{

	if ((arena = arena_new((size_t)64 << 20)) == NULL)
		return (1);
	test_whole();
	test_subject();
	test_names();
	test_text();
	test_refused();
	reset();
	test_sizes();
	arena_free(arena);
	return (done());
}
