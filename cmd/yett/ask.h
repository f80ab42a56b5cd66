/* Questions to whoever sits at the terminal, or feeds standard input. */
#ifndef YETT_ASK_H
#define YETT_ASK_H

#include "tool.h"

/**
 * ask_password(t, twice, ret_password):
 * Ask on the terminal without echo, ${twice} to catch a slip; or read one line when standard input
 * is no terminal.
 * ${ret_password} is owned by the arena, which wipes it. 0, or the exit status, all said.
 */
int ask_password(struct tool *t, bool twice, const char **ret_password);

/**
 * ask_secret(t, what, ret_secret):
 * The same for ${what}, once.
 */
int ask_secret(struct tool *t, const char *what, const char **ret_secret);

/**
 * ask_line(t, what, ret_line):
 * The same for ${what} that is not worth hiding: one line, once.
 */
int ask_line(struct tool *t, const char *what, const char **ret_line);

/**
 * ask_sure(t, question):
 * 0 when --yes was given or ${question} is answered by "yes" on the terminal; else the exit status,
 * all said.
 */
int ask_sure(struct tool *t, const char *question);

#endif
