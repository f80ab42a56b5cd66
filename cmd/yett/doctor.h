/* The findings of yett doctor. */
#ifndef YETT_DOCTOR_H
#define YETT_DOCTOR_H

#include "tool.h"

enum finding {
	FINDING_OK,
	FINDING_WARN, /* works, but should be looked at */
	FINDING_FAIL, /* does not work, or is not safe */
};

struct doctor {
	struct tool *tool;
	unsigned int count[3]; /* of each finding */
	bool files_wrong; /* some mode or owner: what is wrong with their content may be that */
};

/**
 * doctor_say(d, finding, what, format, ...):
 * Print one finding about ${what} as one line, and count it. What is wrong says how to mend it.
 */
void doctor_say(struct doctor *d, enum finding finding, const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * doctor_check_files(d), doctor_check_database(d), doctor_check_keys(d):
 * What lies in the state folder. The first is false when it is not there or not ours: then nothing
 * in it should be opened. The second is false when the database cannot be read.
 */
bool doctor_check_files(struct doctor *d);
bool doctor_check_database(struct doctor *d);
void doctor_check_keys(struct doctor *d);

/**
 * doctor_check_guard(d, readable):
 * The rules of the guard, of yett.conf and of the database, if that is ${readable}.
 */
void doctor_check_guard(struct doctor *d, bool readable);

/**
 * doctor_check_mail(d, readable):
 * Whether mail goes out, and what waits in the database, if that is ${readable}.
 */
void doctor_check_mail(struct doctor *d, bool readable);

/**
 * doctor_check_arrivals(d):
 * How requests arrived, as against what yett.conf says: host, TLS, proxies.
 */
void doctor_check_arrivals(struct doctor *d);

/**
 * doctor_courier_runs(d):
 * Does somebody hold the courier's lock?
 */
bool doctor_courier_runs(struct doctor *d);

/**
 * doctor_check_webhooks(d, readable):
 * Whether [webhook] can be used, and, when the database is ${readable}, what became of events.
 */
void doctor_check_webhooks(struct doctor *d, bool readable);

#endif
