/* No text can end a line of the log, or a string in it. */
#include "base/log.h"

#include <string.h>
#include <unistd.h>

#include "check.h"

#define SIZE 4096

/* What log_event() writes of ${text}, behind the head that it puts before. */
static const char *
logged(const char *text, bool json)
{
	static char line[SIZE];
	const char *message;
	int ends[2], saved;
	ssize_t len;

	log_setup("unit", json, LOG_INFO);
	fflush(stderr);
	if (pipe(ends) < 0 || (saved = dup(STDERR_FILENO)) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return ("no pipe");
	log_event(LOG_WARN, "01234567-89abcdef", "%s", text);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	len = read(ends[0], line, sizeof line - 1);
	close(ends[0]);
	line[len > 0 ? len : 0] = '\0';
	message = strstr(line, json ? "\"message\":" : "89abcdef ");
	return (message != NULL ? message + strlen(json ? "\"message\":" : "89abcdef ") : line);
}

static void
check_text(void)
{

	ok(strcmp(logged("plain", false), "plain\n") == 0, "a text is one line");
	ok(strcmp(logged("a\nb\r\x1b[2J\x7f", false), "a\\u000ab\\u000d\\u001b[2J\\u007f\n") == 0,
	    "control characters are escaped");
	ok(strcmp(logged("\xc2\x85 \xc2\x9b", false), "\\u0085 \\u009b\n") == 0,
	    "so are those of C1, of two bytes");
	ok(strcmp(logged("\xe2\x80\xa8 \xe2\x80\xa9", false), "\\u2028 \\u2029\n") == 0,
	    "and the ends of lines that only Unicode knows");
	ok(strcmp(logged("K\xc3\xb6nig \xe2\x82\xac", false), "K\xc3\xb6nig \xe2\x82\xac\n") == 0,
	    "other characters stay");
	ok(strcmp(logged("\xff K\xc3\xb6", false), "\\u00ff K\\u00c3\\u00b6\n") == 0,
	    "of what is no UTF-8 every such byte is escaped");
}

static void
check_json(void)
{
	char text[SIZE];
	const char *line;

	ok(strcmp(logged("a\"b\\c\nd", true), "\"a\\\"b\\\\c\\u000ad\"}\n") == 0,
	    "in JSON quotes and backslashes are escaped, too");
	memset(text, '\n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	line = logged(text, true);
	ok(strlen(line) < 1600 && strcmp(line + strlen(line) - 3, "\"}\n") == 0,
	    "a line that is too long is cut, and ends as it should");
}

int
main(void)
{

	check_text();
	check_json();
	return (done());
}
