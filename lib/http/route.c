/* The table that a program is: finding the row for a request. */
#include "http/route.h"

#include <string.h>

#include "base/id.h"

/* Does ${path} fit ${pattern}? Then ${ret_id} is what stands for {id}, or NULL. */
static bool
path_fits(const char *pattern, const char *path, struct arena *a, const char **ret_id)
{
	const char *hole = strstr(pattern, "{id}"), *id;
	const size_t len = strlen(pattern);

	*ret_id = NULL;
	if (len > 0 && pattern[len - 1] == '*')
		return (strncmp(pattern, path, len - 1) == 0);
	if (hole == NULL)
		return (strcmp(pattern, path) == 0);
	if (strncmp(pattern, path, (size_t)(hole - pattern)) != 0)
		return (false);
	path += hole - pattern;
	if (strlen(path) < ID_SIZE - 1 || strcmp(hole + 4, path + ID_SIZE - 1) != 0)
		return (false);
	if ((id = arena_copy_len(a, path, ID_SIZE - 1)) == NULL || !id_ok(id))
		return (false);
	*ret_id = id;
	return (true);
}

static bool
method_fits(const char *wanted, const char *method)
{

	if (wanted == NULL || strcmp(wanted, method) == 0)
		return (true);
	return (strcmp(method, "HEAD") == 0 && strcmp(wanted, "GET") == 0);
}

enum err
route_find(struct req *r, const struct route *routes, size_t count, const struct route **ret_route,
    const char **ret_allow)
{
	const char *allow = NULL, *id;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!path_fits(routes[i].path, r->path, r->arena, &id))
			continue;
		/* A row for anything below a prefix is no reason to say that a path exists. */
		if (routes[i].method == NULL && allow != NULL)
			continue;
		if (method_fits(routes[i].method, r->method)) {
			r->id = id;
			*ret_route = &routes[i];
			return (ERR_OK);
		}
		allow = arena_print(r->arena, "%s, %s%s", allow == NULL ? "OPTIONS" : allow,
		    routes[i].method, strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
		if (allow == NULL)
			return (ERR_NOMEM);
	}
	if (allow == NULL)
		return (ERR_NOT_FOUND);
	*ret_allow = allow;
	return (ERR_METHOD);
}
