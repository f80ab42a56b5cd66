/* yett breach: the filter of passwords known from breaches. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "commands.h"

int
cmd_breach_build(struct tool *t)
{
	const char *from = t->words[0], *to = t->words[1];
	uint64_t count = 0, line = 0;
	FILE *list;
	enum err e;

	if ((list = fopen(from, "re")) == NULL)
		return (tool_fail("%s: %s", from, strerror(errno)));
	errno = 0;
	e = breach_build(list, to, &count, &line);
	fclose(list);
	if (e == ERR_SYNTAX)
		return (tool_fail("%s line %llu: must be a SHA-1 in 40 hexadecimal digits, with or "
		                  "without :COUNT",
		    from, (unsigned long long)line));
	if (e != ERR_OK && errno == ESPIPE)
		return (tool_fail("%s: must be a file, for it is read twice", from));
	if (e != ERR_OK)
		return (tool_fail(
		    "cannot make %s: %s", to, errno != 0 ? strerror(errno) : err_slug(e)));
	printf("made %s of %llu passwords; name it in yett.conf: [password] breached = FILE\n", to,
	    (unsigned long long)count);
	return (0);
}

int
cmd_breach_check(struct tool *t)
{
	const char *password;
	int status;

	if (t->conf.password_breached[0] == '\0')
		return (tool_fail("no filter is configured: set password.breached"));
	if ((status = tool_open_breach(t)) != 0 ||
	    (status = ask_password(t, false, &password)) != 0)
		return (status);
	if (breach_has(t->breach, password))
		puts("known from a breach: nobody may choose it");
	else
		printf("not among the %llu passwords of the filter\n",
		    (unsigned long long)breach_count(t->breach));
	return (0);
}
