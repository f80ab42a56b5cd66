/* CGI variables, a line each, through req_take_env() and the route table. */
#include "base/id.h"
#include "fuzz.h"
#include "http/route.h"

static enum err
handler(struct req *r)
{

	(void)r;
	return (ERR_OK);
}

/* As the programs' tables, with a path whose GET does not come first. */
static const struct route routes[] = {
	{ "GET", "/login", handler, 0, WHO_MAYBE, NULL, NULL },
	{ "POST", "/auth/login", handler, 8192, WHO_ANY, "login", NULL },
	{ "GET", "/auth/sessions", handler, 0, WHO_USER, NULL, NULL },
	{ "DELETE", "/auth/sessions", handler, 1024, WHO_USER, NULL, NULL },
	{ "DELETE", "/auth/sessions/{id}", handler, 1024, WHO_USER, NULL, NULL },
	{ "PATCH", "/users/{id}/name", handler, 1024, WHO_USER, NULL, NULL },
	{ "GET", "/users/{id}/name", handler, 0, WHO_USER, NULL, NULL },
	{ "POST", "/api/users/session", handler, 8192, WHO_ANY, NULL, NULL },
	{ NULL, "/api/*", handler, 0, WHO_MAYBE, NULL, NULL },
};

/* A path that every web server and we read in the same way. */
static void
check_path(const char *path)
{
	const size_t len = strlen(path);
	const char *p;

	must(path[0] == '/');
	for (p = path; *p != '\0'; p++)
		must(*p > ' ' && *p < 0x7f && *p != '%' && *p != '\\' && *p != '?' && *p != '#');
	must(strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	     strstr(path, "/../") == NULL);
	must(len < 2 || strcmp(path + len - 2, "/.") != 0);
	must(len < 3 || strcmp(path + len - 3, "/..") != 0);
}

/* Is ${method} one of the list ${allow}? */
static bool
is_allowed(const char *allow, const char *method)
{
	const size_t len = strlen(method);
	const char *p;

	for (p = allow; (p = strstr(p, method)) != NULL; p++)
		if ((p == allow || p[-1] == ' ') && (p[len] == ',' || p[len] == '\0'))
			return (true);
	return (false);
}

static void
check_found(const struct req *r, const struct route *route)
{
	const char *hole = strstr(route->path, "{id}"), *star = strchr(route->path, '*');
	char path[128];

	must(route->method == NULL || strcmp(route->method, r->method) == 0 ||
	     (strcmp(route->method, "GET") == 0 && strcmp(r->method, "HEAD") == 0));
	must((hole != NULL) == (r->id != NULL));
	if (star != NULL) {
		must(strncmp(route->path, r->path, (size_t)(star - route->path)) == 0);
		return;
	}
	if (hole == NULL) {
		must(strcmp(route->path, r->path) == 0);
		return;
	}
	must(id_ok(r->id));
	snprintf(
	    path, sizeof path, "%.*s%s%s", (int)(hole - route->path), route->path, r->id, hole + 4);
	must(strcmp(path, r->path) == 0);
}

static void
check_route(struct req *r)
{
	const struct route *route = NULL;
	const char *allow = NULL;
	enum err e;
	size_t i;

	if ((e = route_find(r, routes, COUNT(routes), &route, &allow)) == ERR_OK) {
		check_found(r, route);
	} else if (e == ERR_METHOD) {
		must(is_allowed(allow, "OPTIONS"));
		must(is_allowed(allow, "GET") == is_allowed(allow, "HEAD"));
		must(strcmp(r->method, "OPTIONS") == 0 || !is_allowed(allow, r->method));
	} else {
		must(e == ERR_NOT_FOUND);
		for (i = 0; i < COUNT(routes); i++)
			must(strchr(routes[i].path, '{') != NULL ||
			     strcmp(routes[i].path, r->path) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct req r = { .arena = arena_new(1 << 20) };
	struct fuzz_lines env;
	const char *value;
	enum err e;

	must(r.arena != NULL);
	fuzz_cut(&env, data, len);
	if ((e = req_take_env(&r, env.line)) == ERR_OK && (e = req_take_path(&r)) == ERR_OK) {
		must(r.method[0] != '\0' && fuzz_is_utf8(r.method));
		check_path(r.path);
		check_route(&r);
		value = req_query(&r, "return_to");
		must(value == NULL || fuzz_is_utf8(value));
	} else {
		must(e == ERR_HEADERS || e == ERR_BAD_REQUEST);
	}
	must(r.detail == NULL || fuzz_is_utf8(r.detail));
	fuzz_free(&env);
	arena_free(r.arena);
	return (0);
}
