/* The words and options of one call. */
#include "args.h"

#include <string.h>

/* The option of the command that ${arg} names, up to a '='; NULL when it has none such. */
static const struct option *
find_option(const struct command *c, const char *arg)
{
	const size_t len = strcspn(arg, "=");
	const struct option *o;

	for (o = c->options; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, arg, len) == 0)
			return (o);
	return (NULL);
}

/* Take the option argv[*i], and the next argument when its value is there. */
static int
take_option(struct tool *t, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *value = strchr(arg, '=');
	const struct option *o = find_option(t->command, arg);

	if (o == NULL)
		return (tool_misuse(t, "there is no option %.*s here",
		    arg[1] == '-' ? (int)strcspn(arg, "=") : 2, arg));
	if (value != NULL && o->value == NULL)
		return (tool_misuse(t, "%s takes no value", o->name));
	if (value != NULL)
		value++;
	else if (o->value != NULL && (value = ++*i < argc ? argv[*i] : NULL) == NULL)
		return (tool_misuse(t, "%s needs a value: %s", o->name, o->value));
	if (!o->many && tool_has(t, o->name))
		return (tool_misuse(t, "%s is given twice", o->name));
	if (t->options_count == TOOL_OPTIONS_MAX)
		return (tool_misuse(t, "too many options"));
	t->options[t->options_count].name = o->name;
	t->options[t->options_count++].value = value;
	return (0);
}

static int
take_word(struct tool *t, const char *word)
{

	if (t->words_count == t->command->words_max || t->words_count == TOOL_WORDS_MAX)
		return (tool_misuse(
		    t, "too many arguments (a password is asked for, never an argument)"));
	t->words[t->words_count++] = word;
	return (0);
}

int
args_read(struct tool *t, int argc, char **argv, bool *ret_help)
{
	bool words_only = false;
	int status, i;

	*ret_help = false;
	for (i = 0; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			*ret_help = true;
	if (*ret_help)
		return (0);
	for (i = 0; i < argc; i++) {
		if (!words_only && strcmp(argv[i], "--") == 0)
			words_only = true;
		else if (!words_only && argv[i][0] == '-' && argv[i][1] != '\0') {
			if ((status = take_option(t, argc, argv, &i)) != 0)
				return (status);
		} else if ((status = take_word(t, argv[i])) != 0)
			return (status);
	}
	if (t->words_count < t->command->words_min)
		return (tool_misuse(t, "something is missing"));
	return (0);
}
