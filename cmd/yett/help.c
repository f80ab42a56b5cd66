/* The help of the tool, made from its table of commands. */
#include "help.h"

#include <string.h>

#define CALL_SIZE 256

/* "user add EMAIL", the part of a call that is the same for everybody. */
static void
print_call(const struct command *c, char to[static CALL_SIZE])
{

	snprintf(to, CALL_SIZE, "%s%s%s%s%s", c->noun, c->verb != NULL ? " " : "",
	    c->verb != NULL ? c->verb : "", c->words[0] != '\0' ? " " : "", c->words);
}

static void
print_option(const struct option *o, char to[static CALL_SIZE])
{

	snprintf(to, CALL_SIZE, "%s%s%s", o->name, o->value != NULL ? " " : "",
	    o->value != NULL ? o->value : "");
}

static void
print_line(FILE *to, const struct command *c)
{
	char call[CALL_SIZE];

	print_call(c, call);
	fprintf(to, "  %-32s %s\n", call, c->summary);
}

void
help_all(FILE *to, const struct command *commands, size_t count)
{
	size_t i;

	fputs("usage: yett [--config FILE] COMMAND ...\n"
	      "The admin tool of Yett: sign-in, sessions and users of a site.\n\n",
	    to);
	for (i = 0; i < count; i++)
		print_line(to, &commands[i]);
	fputs("\nWHO is a user's id, e-mail address or username. Passwords are asked for on the "
	      "terminal, or read as one\n"
	      "line from standard input; never give one as an argument, where other users of the "
	      "machine can see it.\n"
	      "The configuration is --config FILE, else $YETT_CONF, else the installed yett.conf; "
	      "YETT_SECTION_KEY in the\n"
	      "environment overrides each key. Exit status: 0 done, 1 failed, 100 called wrongly.\n"
	      "\"yett COMMAND --help\" tells more.\n",
	    to);
}

void
help_noun(FILE *to, const struct command *commands, size_t count, const char *noun)
{
	size_t i;

	fprintf(to, "usage: yett [--config FILE] %s COMMAND ...\n\n", noun);
	for (i = 0; i < count; i++)
		if (strcmp(commands[i].noun, noun) == 0)
			print_line(to, &commands[i]);
	fprintf(to, "\n\"yett %s COMMAND --help\" tells more.\n", noun);
}

void
help_usage(FILE *to, const struct command *c)
{
	const struct option *o;
	char text[CALL_SIZE];

	print_call(c, text);
	fprintf(to, "usage: yett [--config FILE] %s", text);
	for (o = c->options; o != NULL && o->name != NULL; o++) {
		print_option(o, text);
		fprintf(to, " [%s]%s", text, o->many ? "..." : "");
	}
	fputc('\n', to);
}

void
help_command(FILE *to, const struct command *c)
{
	const struct option *o;
	char text[CALL_SIZE];

	help_usage(to, c);
	fprintf(to, "\n%c%s.\n", c->summary[0] - 'a' + 'A', c->summary + 1);
	if (c->more != NULL)
		fprintf(to, "%s\n", c->more);
	if (c->options != NULL)
		fputc('\n', to);
	for (o = c->options; o != NULL && o->name != NULL; o++) {
		print_option(o, text);
		fprintf(to, "  %-20s %s\n", text, o->help);
	}
}
