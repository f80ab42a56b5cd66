/* The log: one line an event, to standard error, where the web server or systemd keeps it. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	const char *program;
	bool json;
	enum log_level level;
} setup = { .program = "yett", .level = LOG_INFO };

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
};

void
log_setup(const char *program, bool json, enum log_level level)
{

	setup.program = program;
	setup.json = json;
	setup.level = level;
}

/* Copy ${text} to ${to} (${size} bytes) with everything escaped that could end a line or a JSON
 * string. */
static void
escape(const char *text, char *to, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t used = 0;

	for (; *p != '\0' && used + 7 < size; p++) {
		if (*p < 0x20 || *p == 0x7f)
			used += (size_t)snprintf(to + used, size - used, "\\u%04x", *p);
		else if (setup.json && (*p == '"' || *p == '\\'))
			used += (size_t)snprintf(to + used, size - used, "\\%c", *p);
		else
			to[used++] = (char)*p;
	}
	to[used] = '\0';
}

void
log_event(enum log_level level, const char *request_id, const char *format, ...)
{
	const time_t now = time(NULL);
	char message[1024], safe[1536], day[32], line[2048];
	struct tm tm;
	va_list args;
	int len;

	if (level > setup.level)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	escape(message, safe, sizeof safe);
	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		day[0] = '\0';
	if (request_id == NULL)
		request_id = "-";
	len = snprintf(line, sizeof line,
	    setup.json ? "{\"time\":\"%s\",\"program\":\"%s\",\"level\":\"%s\",\"request_id\":\"%"
	                 "s\",\"message\":\"%s\"}\n"
	               : "%s yett-%s %s %s %s\n",
	    day, setup.program, level_names[level], request_id, safe);
	/* There is nobody to tell when the log itself cannot be written. */
	if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
		return;
}
