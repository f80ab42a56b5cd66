/* A mail as bytes: header fields and two ways to read it, such as any mail server takes. */
#include "proto/mime.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define LINE_MAX_LEN 76 /* of quoted-printable, the "=" that joins two lines included */
#define PLAIN_MAX 60    /* a longer subject or name goes in pieces, which encoded words are */
#define WORD_BYTES 39   /* 52 characters of base64, and 12 around them: fits after "Subject: " */
/* Subject and two names of 512 bytes: 15 pieces each, of 67 at the most; four addresses and the id
 * of 320; what is always there. */
#define HEAD_MAX 8192

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Bytes being written, in memory that is enough for all of them. */
struct out {
	char *next;
};

static void
put(struct out *o, const char *text)
{
	const size_t len = strlen(text);

	memcpy(o->next, text, len + 1);
	o->next += len;
}

static void
put_byte(struct out *o, char c)
{

	*o->next++ = c;
	*o->next = '\0';
}

/* Visible ASCII, so that it can neither end a line nor an address. */
static bool
is_visible(const char *text, size_t max)
{
	const size_t len = strlen(text);
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] >= '\x7f')
			return (false);
	return (len > 0 && len <= max);
}

static bool
address_ok(const char *text)
{

	return (is_visible(text, 320) && strpbrk(text, "<>") == NULL && strchr(text, '@') != NULL);
}

/* One encoded word of ${len} bytes.  Source: RFC 2047 section 2. */
static void
put_word(struct out *o, const unsigned char *bytes, size_t len)
{
	unsigned long three;
	size_t i, j;

	put(o, "=?UTF-8?B?");
	for (i = 0; i < len; i += 3) {
		three = 0;
		for (j = 0; j < 3; j++)
			three = three << 8 | (i + j < len ? bytes[i + j] : 0);
		for (j = 0; j < 4; j++)
			put_byte(o, j > len - i ? '=' : digits[three >> (18 - 6 * j) & 63]);
	}
	put(o, "?=");
}

/* ${text} (UTF-8) as it is when it is short and nobody could take it for something else; between
 * quotes when it is ${quoted}; else as encoded words, a line each. */
static void
put_phrase(struct out *o, const char *text, bool quoted)
{
	const char *p;
	size_t len;
	bool plain;

	plain = strlen(text) <= PLAIN_MAX && strstr(text, "=?") == NULL;
	for (p = text; *p != '\0'; p++)
		plain = plain && *p >= ' ' && *p < '\x7f';
	if (!plain) {
		for (p = text; *p != '\0'; p += len) {
			if ((len = text_cut(p, WORD_BYTES)) == 0)
				len = 1;
			put(o, p == text ? "" : "\r\n ");
			put_word(o, (const unsigned char *)p, len);
		}
		return;
	}
	put(o, quoted ? "\"" : "");
	for (p = text; *p != '\0'; p++) {
		if (quoted && (*p == '"' || *p == '\\'))
			put_byte(o, '\\');
		put_byte(o, *p);
	}
	put(o, quoted ? "\"" : "");
}

/* A copy of ${text} in one line, cut; what is no UTF-8 loses all that is not ASCII, or a piece
 * could be as short as a byte. */
static const char *
one_line(const char *text, struct arena *a)
{
	char *copy = arena_copy_len(a, text, text_cut(text, MIME_SUBJECT_MAX)), *p;
	const bool fine = copy != NULL && text_utf8_ok(copy, strlen(copy));

	for (p = copy; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			*p = ' ';
		else if (!fine && (unsigned char)*p > '\x7f')
			*p = '?';
	return (copy);
}

static enum err
put_person(struct out *o, const char *field, const struct mime_person *who, struct arena *a)
{
	const char *name = one_line(who->name, a);

	if (name == NULL)
		return (ERR_NOMEM);
	put(o, field);
	put(o, ": ");
	if (*name != '\0') {
		put_phrase(o, name, true);
		put(o, "\r\n ");
	}
	put(o, *name != '\0' ? "<" : "");
	put(o, who->address);
	put(o, *name != '\0' ? ">\r\n" : "\r\n");
	return (ERR_OK);
}

/* Source: RFC 5322 section 3.3. Not by strftime(3), which speaks the locale's language. */
static void
put_date(struct out *o, int64_t at)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	const time_t seconds = (time_t)(at / 1000);
	char text[64];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(text, sizeof text, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	put(o, text);
}

/* Does the line break that ${p} may begin have ${*ret_len} bytes? */
static bool
is_break(const char *p, size_t *ret_len)
{

	*ret_len = p[0] == '\r' && p[1] == '\n' ? 2 : 1;
	return (*ret_len == 2 || p[0] == '\n');
}

/* Source: RFC 2045 section 6.7. */
static void
put_quoted(struct out *o, const char *text)
{
	char code[4] = "";
	size_t column = 0, len;
	bool last;

	while (*text != '\0') {
		if (is_break(text, &len)) {
			put(o, "\r\n");
			column = 0;
			text += len;
			continue;
		}
		last = text[1] == '\0' || is_break(text + 1, &len);
		/* A dot at the beginning could end the mail, should somebody forget to double it; a
		 * space at the end could get lost. */
		if (*text == '=' || *text < ' ' || *text >= '\x7f' || (*text == ' ' && last) ||
		    (*text == '.' && column == 0))
			snprintf(code, sizeof code, "=%02X", (unsigned char)*text);
		else
			snprintf(code, sizeof code, "%c", *text);
		if (column + strlen(code) > LINE_MAX_LEN - 1) {
			put(o, "=\r\n");
			column = 0;
			if (*text == '.')
				snprintf(code, sizeof code, "=2E");
		}
		put(o, code);
		column += strlen(code);
		text++;
	}
	put(o, column > 0 ? "\r\n" : "");
}

static void
put_part(struct out *o, const char *type, const char *text)
{

	put(o, "Content-Type: text/");
	put(o, type);
	put(o, "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
	put_quoted(o, text);
}

static void
put_body(struct out *o, const struct mime *m)
{
	char line[128];

	put(o, "MIME-Version: 1.0\r\n");
	if (m->html == NULL) {
		put_part(o, "plain", m->text);
		return;
	}
	/* "=_" stands in no text that is quoted-printable, so the boundary doesn't either. */
	snprintf(line, sizeof line,
	    "Content-Type: multipart/alternative;\r\n boundary=\"=_%s\"\r\n\r\n", m->id);
	put(o, line);
	snprintf(line, sizeof line, "--=_%s\r\n", m->id);
	put(o, line);
	put_part(o, "plain", m->text);
	put(o, line);
	put_part(o, "html", m->html);
	snprintf(line, sizeof line, "--=_%s--\r\n", m->id);
	put(o, line);
}

enum err
mime_print(const struct mime *m, struct arena *a, const char **ret_bytes)
{
	const size_t text_len = strlen(m->text), html_len = m->html == NULL ? 0 : strlen(m->html);
	const char *subject = one_line(m->subject, a);
	struct out o;
	char *bytes;
	enum err e;

	if (!address_ok(m->from.address) || !address_ok(m->to) || !is_visible(m->message_id, 320) ||
	    (m->reply_to.address != NULL && !address_ok(m->reply_to.address)) ||
	    !is_visible(m->id, 60) || text_len > MIME_PART_MAX || html_len > MIME_PART_MAX)
		return (ERR_FIELDS);
	/* A byte becomes three at most, and three more a line of 73 or more. A single LF becomes
	 * two. */
	if (subject == NULL ||
	    (bytes = arena_alloc(a, HEAD_MAX + 4 * (text_len + html_len))) == NULL)
		return (ERR_NOMEM);
	o.next = bytes;
	put_date(&o, m->at);
	if ((e = put_person(&o, "From", &m->from, a)) != ERR_OK ||
	    (m->reply_to.address != NULL &&
	        (e = put_person(&o, "Reply-To", &m->reply_to, a)) != ERR_OK))
		return (e);
	put(&o, "To: ");
	put(&o, m->to);
	put(&o, "\r\nSubject: ");
	put_phrase(&o, subject, false);
	put(&o, "\r\nMessage-ID: ");
	put(&o, m->message_id);
	put(&o, "\r\nAuto-Submitted: auto-generated\r\n");
	put_body(&o, m);
	*ret_bytes = bytes;
	return (ERR_OK);
}
