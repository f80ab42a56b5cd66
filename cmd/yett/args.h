/* The words and options of one call. */
#ifndef YETT_ARGS_H
#define YETT_ARGS_H

#include "tool.h"

/**
 * args_read(t, argc, argv, ret_help):
 * Take the ${argc} words and options in ${argv} that follow the command of ${t}; ${ret_help}:
 * --help is among them. 0, or the exit status, all said. A word is never repeated in a message: it
 * may be a password that should not be there.
 */
int args_read(struct tool *t, int argc, char **argv, bool *ret_help);

#endif
