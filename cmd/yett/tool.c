/* What every command of the tool has in its hands. */
#include "tool.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "help.h"

#define READERS_MAX 1

static void
say(const char *format, va_list args)
{

	fputs("yett: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int
tool_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	return (TOOL_FAILED);
}

void
tool_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

int
tool_print_json(struct json *j)
{
	const char *text = json_print(j);
	const unsigned char *p;

	if (text == NULL)
		return (tool_fail("out of memory"));
	for (p = (const unsigned char *)text; *p != '\0'; p++) {
		if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			printf("\\u%04x", *++p);
		else
			putchar(*p);
	}
	putchar('\n');
	return (0);
}

int
tool_misuse(const struct tool *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	if (t->command != NULL)
		help_usage(stderr, t->command);
	return (TOOL_MISUSED);
}

bool
tool_has(const struct tool *t, const char *option)
{
	size_t i;

	for (i = 0; i < t->options_count; i++)
		if (strcmp(t->options[i].name, option) == 0)
			return (true);
	return (false);
}

const char *
tool_value(const struct tool *t, const char *option)
{
	size_t i;

	for (i = 0; i < t->options_count; i++)
		if (strcmp(t->options[i].name, option) == 0)
			return (t->options[i].value);
	return (NULL);
}

bool
tool_number(
    const struct tool *t, const char *option, int64_t usual, int64_t max, int64_t *ret_number)
{
	const char *value = tool_value(t, option);

	*ret_number = usual;
	return (value == NULL || text_number(value, 1, max, ret_number));
}

char *
tool_path(struct tool *t, const char *name)
{

	return (arena_print(t->arena, "%s/%s", t->conf.state_dir, name));
}

int
tool_check_owner(const struct tool *t)
{
	const struct passwd *owner;
	struct stat st;

	if (stat(t->conf.state_dir, &st) < 0)
		return (tool_fail("%s: %s%s", t->conf.state_dir, strerror(errno),
		    errno == ENOENT ? "; run \"yett init\" first" : ""));
	if (st.st_uid == geteuid())
		return (0);
	owner = getpwuid(st.st_uid);
	return (tool_fail("%s belongs to %s, and so must every file in it: run this as that user, "
	                  "with \"sudo -u %s yett ...\"",
	    t->conf.state_dir, owner != NULL ? owner->pw_name : "another user",
	    owner != NULL ? owner->pw_name : "USER"));
}

int
tool_open_store(struct tool *t)
{
	enum err e;

	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if ((e = store_open(t->conf.state_dir, READERS_MAX, &t->store)) == ERR_OK)
		return (0);
	if (e == ERR_NOT_FOUND)
		return (tool_fail(
		    "there is no database in %s: run \"yett init\" first", t->conf.state_dir));
	if (e == ERR_VERSION)
		return (tool_fail(
		    "the database is of another version than this program: run \"yett migrate\""));
	return (tool_fail("the database in %s cannot be opened (%s): run \"yett doctor\"",
	    t->conf.state_dir, err_slug(e)));
}

int
tool_open_master(struct tool *t)
{
	const enum err e = master_open(t->conf.state_dir, &t->master);

	return (e == ERR_OK ? 0
	                    : tool_fail("%s/master.key cannot be used (%s): run \"yett doctor\"",
	                          t->conf.state_dir, err_slug(e)));
}

enum err
tool_note(struct tool *t, struct tx *tx, const struct event *ev)
{
	static const struct audit_actor who = { .kind = "tool" };

	return (audit_note_as(tx, t->master, &who, ev, t->arena));
}

struct noting {
	struct tool *tool;
	const struct event *event;
};

static enum err
write_note(struct tx *tx, void *arg)
{
	const struct noting *n = arg;

	return (tool_note(n->tool, tx, n->event));
}

int
tool_note_alone(struct tool *t, const struct event *ev)
{
	struct noting n = { .tool = t, .event = ev };
	int status;
	enum err e;

	if ((t->store == NULL && (status = tool_open_store(t)) != 0) ||
	    (t->master == NULL && (status = tool_open_master(t)) != 0))
		return (status);
	if ((e = store_write(t->store, write_note, &n)) != ERR_OK)
		return (tool_fail("the audit log cannot be written (%s)", err_slug(e)));
	return (0);
}

int
tool_open_hasher(struct tool *t)
{
	const enum err e = hasher_open(&t->conf, &t->hasher);

	return (e == ERR_OK ? 0
	                    : tool_fail("%s/hash.lock cannot be used (%s)", t->conf.state_dir,
	                          err_slug(e)));
}

int
tool_open_breach(struct tool *t)
{
	enum err e;

	if (t->conf.password_breached[0] == '\0')
		return (0);
	if ((e = breach_open(t->conf.password_breached, &t->breach)) == ERR_OK)
		return (0);
	return (tool_fail(
	    "password.breached = %s cannot be used (%s): make it by \"yett breach build\"",
	    t->conf.password_breached, e == ERR_SYNTAX ? "it is no whole filter" : err_slug(e)));
}

void
tool_close(struct tool *t)
{

	breach_close(t->breach);
	master_close(t->master);
	hasher_close(t->hasher);
	store_close(t->store);
	arena_free(t->arena);
}
