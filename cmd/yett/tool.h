/* What every command of the tool has in its hands. */
#ifndef YETT_TOOL_H
#define YETT_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/audit.h"
#include "base/arena.h"
#include "base/conf.h"
#include "cred/breach.h"
#include "cred/hasher.h"
#include "http/json.h"
#include "store/store.h"

#define TOOL_FAILED 1
#define TOOL_MISUSED 100
#define TOOL_WORDS_MAX 4
#define TOOL_OPTIONS_MAX 32

struct tool;

/* One option of a command; a list of them ends with a NULL name. */
struct option {
	const char *name;
	const char *value; /* what it takes, for the help; NULL: nothing */
	const char *help;
	bool many; /* may be given more than once */
};

struct command {
	const char *noun;
	const char *verb;  /* NULL: the noun is the whole command */
	const char *words; /* what follows, for the help */
	size_t words_min;
	size_t words_max;
	const struct option *options; /* NULL: none */
	bool bare;                    /* needs no configuration */
	int (*run)(struct tool *t);
	const char *summary;
	const char *more; /* NULL: nothing to add */
};

struct tool {
	const struct command *command;
	struct arena *arena;
	struct conf conf;
	const char *conf_option; /* --config, NULL: not given */
	const char *words[TOOL_WORDS_MAX];
	size_t words_count;
	struct {
		const char *name;
		const char *value; /* NULL: it takes none */
	} options[TOOL_OPTIONS_MAX];
	size_t options_count;

	/* What commands open; closed when they return. */
	struct store *store;
	struct master *master;
	struct hasher *hasher;
	struct breach *breach;
};

/**
 * tool_fail(format, ...), tool_misuse(t, format, ...):
 * Say on standard error what went wrong; the second also how the command is used. The exit status.
 */
int tool_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int
tool_misuse(const struct tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * tool_warn(format, ...):
 * Say on standard error what the admin should know.
 */
void tool_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * tool_print_json(j):
 * Print ${j} as a line. U+0080 to U+009F, which JSON lets through and terminals obey, are escaped.
 * The exit status.
 */
int tool_print_json(struct json *j);

/**
 * tool_has(t, option), tool_value(t, option), tool_number(t, option, usual, max, ret_number):
 * Was ${option} given? Its value, NULL when it was not. Its value as a number from 1 to ${max},
 * ${usual} when it was not given, and whether it is one.
 */
bool tool_has(const struct tool *t, const char *option);
const char *tool_value(const struct tool *t, const char *option);
bool tool_number(
    const struct tool *t, const char *option, int64_t usual, int64_t max, int64_t *ret_number);

/**
 * tool_path(t, name):
 * ${name} in the state folder; NULL when memory is out.
 */
char *tool_path(struct tool *t, const char *name);

/**
 * tool_check_owner(t):
 * 0 when the state folder is ours; else say whose, for files that we made would be shut to the
 * programs.
 */
int tool_check_owner(const struct tool *t);

/**
 * tool_open_store(t), tool_open_master(t), tool_open_hasher(t), tool_open_breach(t):
 * Open the database; the master key, which tool_note() needs; what makes hashes; the filter of
 * breached passwords when one is configured. 0, or the exit status, all said.
 */
int tool_open_store(struct tool *t);
int tool_open_master(struct tool *t);
int tool_open_hasher(struct tool *t);
int tool_open_breach(struct tool *t);
void tool_close(struct tool *t);

/**
 * tool_note(t, tx, ev):
 * Add ${ev} to the audit log in the name of the tool, within the transaction that does it.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err tool_note(struct tool *t, struct tx *tx, const struct event *ev);

/**
 * tool_note_alone(t, ev):
 * Add ${ev} in a transaction of its own: for what is done outside the database. Opens what it
 * needs. The exit status.
 */
int tool_note_alone(struct tool *t, const struct event *ev);

#endif
