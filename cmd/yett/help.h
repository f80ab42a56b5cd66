/* The help of the tool, made from its table of commands. */
#ifndef YETT_HELP_H
#define YETT_HELP_H

#include <stdio.h>

#include "tool.h"

/**
 * help_all(to, commands, count), help_noun(to, commands, count, noun), help_command(to, c),
 * help_usage(to, c): Print all commands; those of one noun; everything about one command; only how
 * it is called.
 */
void help_all(FILE *to, const struct command *commands, size_t count);
void help_noun(FILE *to, const struct command *commands, size_t count, const char *noun);
void help_command(FILE *to, const struct command *c);
void help_usage(FILE *to, const struct command *c);

#endif
