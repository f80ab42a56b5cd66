/* The path of a request to somebody else's pages: as one program reads it, so should the next. */
#ifndef ACCESS_GUARD_PATH_H
#define ACCESS_GUARD_PATH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/**
 * guard_path_ok(path):
 * Is ${path} one as guard_path_read() gives them: UTF-8 that begins with a slash, without empty and
 * dot segments, and without what it refuses?
 */
bool guard_path_ok(const char *path);

/**
 * guard_path_read(uri, a, ret_path, ret_why):
 * The decoded path of the request target ${uri}, owned by ${a}. Refused is what the web server and
 * the application behind it may read as two different paths, whatever rule would hold for either:
 * empty and dot segments, also written by escapes; an escaped slash, backslash, NUL or other
 * control character; an escape that is none, or that gives another one; a ';', by which some
 * servers cut off the rest of a segment; a '#', at which some end the path and others do not; bytes
 * that are not UTF-8. Errors: ERR_BAD_REQUEST, ${ret_why} (static) says which; ERR_NOMEM.
 * Source: RFC 3986 section 6; RFC 9112 section 3.2; OWASP ASVS 5.0 1.1, 1.3.
 */
MUST_USE enum err
guard_path_read(const char *uri, struct arena *a, char **ret_path, const char **ret_why);

#endif
