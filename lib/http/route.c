/* The table that a program is: finding the row for a request. */
#include "http/route.h"

#include <string.h>

#include "base/id.h"

/* The ids in a path, in the order of the pattern's holes; NULL where there is none. */
struct ids {
	const char *items[2];
	size_t count;
};

/* Take the id that ${path} begins with. */
static bool
take_id(struct ids *ids, const char *path, struct arena *a)
{
	const char *id;

	if (strlen(path) < ID_SIZE - 1 || ids->count == COUNT(ids->items))
		return (false);
	if ((id = arena_copy_len(a, path, ID_SIZE - 1)) == NULL || !id_ok(id))
		return (false);
	ids->items[ids->count++] = id;
	return (true);
}

/* Does ${path} fit ${pattern}? Then ${ret_ids} is what stands for its holes. */
static bool
path_fits(const char *pattern, const char *path, struct arena *a, struct ids *ret_ids)
{
	const size_t len = strlen(pattern);

	memset(ret_ids, 0, sizeof *ret_ids);
	if (len > 0 && pattern[len - 1] == '*')
		return (strncmp(pattern, path, len - 1) == 0);
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '{') {
			if (!take_id(ret_ids, path, a))
				return (false);
			path += ID_SIZE - 1;
			pattern = strchr(pattern, '}');
		} else if (*pattern != *path++) {
			return (false);
		}
	}
	return (*path == '\0');
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
	const char *allow = NULL;
	struct ids ids;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!path_fits(routes[i].path, r->path, r->arena, &ids))
			continue;
		/* A row for anything below a prefix is no reason to say that a path exists. */
		if (routes[i].method == NULL && allow != NULL)
			continue;
		if (method_fits(routes[i].method, r->method)) {
			r->id = ids.items[0];
			r->item_id = ids.items[1];
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
