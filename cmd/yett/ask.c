/* Questions to whoever sits at the terminal, or feeds standard input. */
#include "ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "base/text.h"
#include "cred/policy.h"

#define LINE_SIZE (POLICY_LENGTH_MAX + 2)

/* The signals that would leave the terminal without echo. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static volatile sig_atomic_t caught;

static void
on_signal(int number)
{

	caught = number;
}

/*
 * One line of standard input, byte by byte: what follows it is not ours to take. ERR_NOT_FOUND at
 * the end of the input, ERR_TOO_LARGE when it does not fit, ERR_SYNTAX when it is no text, ERR_IO
 * when a signal came or the read failed.
 */
static enum err
read_line(char line[static LINE_SIZE])
{
	enum err e = ERR_OK;
	size_t len = 0;
	ssize_t n;
	char c;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		if (c == '\0')
			e = ERR_SYNTAX;
		else if (len + 1 == LINE_SIZE)
			e = ERR_TOO_LARGE;
		else
			line[len++] = c;
	}
	line[len] = '\0';
	if (n < 0)
		return (ERR_IO);
	if (n == 0 && len == 0)
		return (ERR_NOT_FOUND);
	return (e != ERR_OK                                            ? e
	        : !text_utf8_ok(line, len) || !text_control_free(line) ? ERR_SYNTAX
	                                                               : ERR_OK);
}

/* Ask without echo, and give the terminal back as it was, whatever happens. */
static enum err
read_hidden(const char *prompt, char line[static LINE_SIZE])
{
	struct sigaction act = { .sa_handler = on_signal }, old[COUNT(signals)];
	struct termios was, hidden;
	enum err e;
	size_t i;

	if (tcgetattr(STDIN_FILENO, &was) < 0)
		return (ERR_IO);
	hidden = was;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
	caught = 0;
	sigemptyset(&act.sa_mask);
	for (i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &act, &old[i]);
	/* Without echo before the prompt, lest a quick hand is seen. */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	fputs(prompt, stderr);
	e = read_line(line);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	for (i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &old[i], NULL);
	if (caught != 0) {
		fputc('\n', stderr);
		raise(caught);
	}
	return (e);
}

static int
explain(const char *what, enum err e)
{

	if (e == ERR_NOT_FOUND)
		return (tool_fail("no %s on standard input", what));
	if (e == ERR_TOO_LARGE)
		return (tool_fail("%s: must have at most %d bytes", what, POLICY_LENGTH_MAX));
	if (e == ERR_SYNTAX)
		return (tool_fail("%s: must be UTF-8 text without control characters", what));
	return (tool_fail("%s: cannot be read: %s", what, strerror(errno)));
}

static int
keep(struct tool *t, const char *line, const char **ret_line)
{

	if ((*ret_line = arena_copy(t->arena, line)) == NULL)
		return (tool_fail("out of memory"));
	return (0);
}

int
ask_password(struct tool *t, bool twice, const char **ret_password)
{
	const bool terminal = isatty(STDIN_FILENO) == 1;
	char line[LINE_SIZE], again[LINE_SIZE];
	int status;
	enum err e;

	e = terminal ? read_hidden("Password: ", line) : read_line(line);
	if (e != ERR_OK) {
		status = explain("password", e);
	} else if (terminal && twice) {
		if ((e = read_hidden("The same again: ", again)) != ERR_OK)
			status = explain("password", e);
		else if (strcmp(line, again) != 0)
			status = tool_fail("password: the two are not the same");
		else
			status = keep(t, line, ret_password);
	} else {
		status = keep(t, line, ret_password);
	}
	sodium_memzero(line, sizeof line);
	sodium_memzero(again, sizeof again);
	return (status);
}

int
ask_secret(struct tool *t, const char *what, const char **ret_secret)
{
	const char *prompt = arena_print(t->arena, "%s: ", what);
	char line[LINE_SIZE];
	int status;
	enum err e;

	if (prompt == NULL)
		return (tool_fail("out of memory"));
	e = isatty(STDIN_FILENO) == 1 ? read_hidden(prompt, line) : read_line(line);
	status = e != ERR_OK ? explain(what, e) : keep(t, line, ret_secret);
	sodium_memzero(line, sizeof line);
	return (status);
}

int
ask_line(struct tool *t, const char *what, const char **ret_line)
{
	char line[LINE_SIZE];
	enum err e;

	if (isatty(STDIN_FILENO) == 1)
		fprintf(stderr, "%s: ", what);
	if ((e = read_line(line)) != ERR_OK)
		return (explain(what, e));
	return (keep(t, line, ret_line));
}

int
ask_sure(struct tool *t, const char *question)
{
	char line[LINE_SIZE];

	if (tool_has(t, "--yes"))
		return (0);
	if (isatty(STDIN_FILENO) != 1)
		return (tool_misuse(t, "without a terminal to ask at, this needs --yes"));
	fprintf(stderr, "%s Type yes to go on: ", question);
	if (read_line(line) == ERR_OK && strcmp(line, "yes") == 0)
		return (0);
	return (tool_fail("nothing was done"));
}
