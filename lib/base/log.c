/* The log: one line an event, to standard error, where the web server or systemd keeps it; or to
 * syslog. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define AUTHPRIV 10 /* syslog's facility for what only the admin should read */
#define LINE_SIZE 2048

static struct {
	const char *program;
	bool json;
	enum log_level level;
	int syslog; /* a socket; -1: standard error */
} setup = { .program = "yett", .level = LOG_INFO, .syslog = -1 };

static const struct {
	const char *name;
	int severity; /* syslog's */
} levels[] = {
	[LOG_ERROR] = { "error", 3 },
	[LOG_WARN] = { "warn", 4 },
	[LOG_INFO] = { "info", 6 },
};

/* Everything that one line says. */
struct line {
	time_t at;
	enum log_level level;
	const char *request_id;
	const char *message; /* escaped */
};

void
log_setup(const char *program, bool json, enum log_level level)
{

	setup.program = program;
	setup.json = json;
	setup.level = level;
}

void
log_to_syslog(void)
{

	/* Each line says where it goes: a daemon that was started anew is found without asking. */
	if (setup.syslog < 0)
		setup.syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* The character at ${p}, and how many bytes it has, if it must be escaped: what ends a line for
 * anybody (U+2028, too), or moves a terminal's cursor (U+009B). 0 bytes: it need not. */
static size_t
odd_character(const unsigned char *p, unsigned int *ret_character)
{

	if (*p < 0x20 || *p == 0x7f) {
		*ret_character = *p;
		return (1);
	}
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
		*ret_character = p[1];
		return (2);
	}
	if (p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) {
		*ret_character = 0x2000 | (p[2] & 0x3fU);
		return (3);
	}
	return (0);
}

/* Copy ${text} to ${to} (${size} bytes) with everything escaped that could end a line or a JSON
 * string. */
static void
escape(const char *text, char *to, size_t size)
{
	const bool is_text = text_utf8_ok(text, strlen(text));
	const unsigned char *p = (const unsigned char *)text;
	unsigned int character;
	size_t used = 0, len;

	for (; *p != '\0' && used + 7 < size; p += len) {
		character = *p;
		len = is_text || *p < 0x80 ? odd_character(p, &character) : 1;
		if (len > 0) {
			used += (size_t)snprintf(to + used, size - used, "\\u%04x", character);
			continue;
		}
		len = 1;
		if (setup.json && (*p == '"' || *p == '\\'))
			to[used++] = '\\';
		to[used++] = (char)*p;
	}
	to[used] = '\0';
}

/* Without the line's end. ${head}: with what syslog's own head says otherwise, time and program. */
static void
print_line(const struct line *l, bool head, char to[static LINE_SIZE])
{
	const char *level = levels[l->level].name;
	char day[32];
	struct tm tm;

	if (gmtime_r(&l->at, &tm) == NULL ||
	    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		day[0] = '\0';
	if (setup.json)
		snprintf(to, LINE_SIZE,
		    "{\"time\":\"%s\",\"program\":\"%s\",\"level\":\"%s\",\"request_id\":\"%s\","
		    "\"message\":\"%s\"}",
		    day, setup.program, level, l->request_id, l->message);
	else if (head)
		snprintf(to, LINE_SIZE, "%s yett-%s %s %s %s", day, setup.program, level,
		    l->request_id, l->message);
	else
		snprintf(to, LINE_SIZE, "%s %s %s", level, l->request_id, l->message);
}

static const char *
syslog_path(void)
{
#ifdef TEST_HOOKS
	if (getenv("YETT_TEST_SYSLOG") != NULL)
		return (getenv("YETT_TEST_SYSLOG"));
#endif
	return ("/dev/log");
}

static bool
send_line(const struct line *l)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char text[LINE_SIZE], packet[LINE_SIZE + 128], day[32];
	struct tm tm;
	int len;

	if (localtime_r(&l->at, &tm) == NULL ||
	    strftime(day, sizeof day, "%b %e %H:%M:%S", &tm) == 0)
		return (false);
	print_line(l, false, text);
	len = snprintf(packet, sizeof packet, "<%d>%s yett-%s[%ld]: %s",
	    AUTHPRIV * 8 + levels[l->level].severity, day, setup.program, (long)getpid(), text);
	snprintf(to.sun_path, sizeof to.sun_path, "%s", syslog_path());
	return (sendto(setup.syslog, packet, (size_t)len, MSG_NOSIGNAL,
	            (const struct sockaddr *)&to, sizeof to) == len);
}

void
log_event(enum log_level level, const char *request_id, const char *format, ...)
{
	char message[1024], safe[1536], text[LINE_SIZE];
	struct line l = { .at = time(NULL),
		.level = level,
		.request_id = request_id != NULL ? request_id : "-",
		.message = safe };
	va_list args;
	size_t len;

	if (level > setup.level)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	escape(message, safe, sizeof safe);
	if (setup.syslog >= 0 && send_line(&l))
		return;
	print_line(&l, true, text);
	len = strlen(text);
	text[len] = '\n';
	/* There is nobody to tell when the log itself cannot be written. */
	if (write(STDERR_FILENO, text, len + 1) < 0)
		return;
}
