/* The log: one line an event, to standard error, where the web server or systemd keeps it. */
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
 * log_event(level, request_id, format, ...):
 * Write one line in one write(2). ${request_id} may be NULL. Control characters and quotes are
 * escaped, so that no input can forge a line; a line is cut at 1 KiB. Never hand a secret to this
 * function.
 */
void log_event(enum log_level level, const char *request_id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
