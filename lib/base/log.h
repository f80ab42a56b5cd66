/* The log: one line an event, to standard error, where the web server or systemd keeps it; or to
 * syslog. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
};

/**
 * log_setup(program, json, level):
 * Name the program in every line, write JSON lines instead of text, leave out what is less than
 * ${level}.
 * ${program} must outlive the log.
 */
void log_setup(const char *program, bool json, enum log_level level);

/**
 * log_to_syslog():
 * From now on to the machine's syslog, by /dev/log, as facility authpriv; a line that it does not
 * take goes to standard error. Source: RFC 3164 section 4.1.
 */
void log_to_syslog(void);

/**
 * log_event(level, request_id, format, ...):
 * Write one line in one write(2). ${request_id} may be NULL. Control characters, quotes, and what
 * is no UTF-8 are escaped, so that no input can forge a line; a line is cut at 1 KiB. Never hand a
 * secret to this function. docs/deploy.md has the lines' form, which others read by program.
 */
void log_event(enum log_level level, const char *request_id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
