/* yett backup: the database of one moment as a file, while programs use it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "inspect.h"

/* Copy to ${part} and check the copy: a backup that cannot be restored is worse than none. */
static int
make_part(struct tool *t, const char *from, const char *part)
{
	const char *report = NULL;

	if (db_copy(from, part) != ERR_OK)
		return (
		    tool_fail("%s cannot be copied to %s: is there room, and may we write there?",
		        from, part));
	if (inspect_content(t, part, &report) != ERR_OK || strcmp(report, "ok") != 0)
		return (tool_fail("the database is damaged: %s; run \"yett doctor\"",
		    report != NULL ? report : "it cannot be read"));
	return (0);
}

/* A file of its own first: FILE is whole or not there, and never written over. */
static int
backup(struct tool *t, const char *from, const char *to)
{
	char *part = arena_print(t->arena, "%s.%ld.part", to, (long)getpid());
	int status;

	if (part == NULL)
		return (tool_fail("out of memory"));
	if ((status = make_part(t, from, part)) == 0 && link(part, to) < 0)
		status = tool_fail("cannot make %s: %s", to, strerror(errno));
	unlink(part);
	return (status);
}

int
cmd_backup(struct tool *t)
{
	const char *from = tool_path(t, "yett.db"), *to = t->words[0];
	struct stat st;
	int status;

	if (from == NULL)
		return (tool_fail("out of memory"));
	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if (access(from, F_OK) != 0)
		return (tool_fail("there is no database in %s", t->conf.state_dir));
	if (lstat(to, &st) == 0)
		return (tool_fail("%s is there already: choose another name", to));
	if ((status = backup(t, from, to)) != 0)
		return (status);
	if (stat(to, &st) < 0)
		return (tool_fail("%s: %s", to, strerror(errno)));
	printf("made %s (%lld bytes, checked)\n"
	       "Keep %s/master.key and %s/keys too, but elsewhere: without them nobody stays "
	       "signed in,\n"
	       "and whoever has both can sign in as anybody.\n",
	    to, (long long)st.st_size, t->conf.state_dir, t->conf.state_dir);
	return (0);
}
