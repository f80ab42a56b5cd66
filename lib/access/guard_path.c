/* The path of a request to somebody else's pages: as one program reads it, so should the next. */
#include "access/guard_path.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

static bool
is_escape(const char *p)
{

	return (p[0] == '%' && text_hex(p[1]) >= 0 && text_hex(p[2]) >= 0);
}

/* What is wrong with a decoded path; NULL: nothing. */
static const char *
find_fault(const char *path)
{
	const char *p;
	size_t len;

	if (path[0] != '/')
		return ("the path does not begin with a slash");
	for (p = path; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return ("the path has a control character");
		if (*p == '\\')
			return ("the path has a backslash");
		if (*p == ';')
			return ("the path has a semicolon");
		if (is_escape(p))
			return ("the path is escaped twice");
	}
	for (p = path; *p == '/'; p += len) {
		p++;
		len = strcspn(p, "/");
		if (len == 0 && *p == '/')
			return ("the path has an empty segment");
		if ((len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
			return ("the path has a dot segment");
	}
	return (text_utf8_ok(path, strlen(path)) ? NULL : "the path is not UTF-8");
}

bool
guard_path_ok(const char *path)
{

	return (find_fault(path) == NULL && strpbrk(path, "?#\"") == NULL);
}

/* Decode ${len} bytes of ${uri} into ${to}, which has room for them. What is wrong; NULL: nothing.
 */
static const char *
decode(const char *uri, size_t len, char *to)
{
	size_t i;
	char c;

	for (i = 0; i < len; i++) {
		if (uri[i] != '%') {
			if (uri[i] == ' ')
				return ("the path has a space");
			if (uri[i] == '#')
				return ("the path has a '#'");
			*to++ = uri[i];
			continue;
		}
		if (i + 2 >= len || !is_escape(&uri[i]))
			return ("the path has a '%' that begins no escape");
		c = (char)(text_hex(uri[i + 1]) << 4 | text_hex(uri[i + 2]));
		if (c == '\0')
			return ("the path has an escaped NUL");
		if (c == '/')
			return ("the path has an escaped slash");
		*to++ = c;
		i += 2;
	}
	*to = '\0';
	return (NULL);
}

enum err
guard_path_read(const char *uri, struct arena *a, char **ret_path, const char **ret_why)
{
	const size_t len = strcspn(uri, "?");
	char *path = arena_alloc(a, len + 1);

	if (path == NULL)
		return (ERR_NOMEM);
	if ((*ret_why = decode(uri, len, path)) != NULL || (*ret_why = find_fault(path)) != NULL)
		return (ERR_BAD_REQUEST);
	*ret_path = path;
	return (ERR_OK);
}
