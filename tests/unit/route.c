/* The route table: who is found, and what is said of who is not. */
#include "http/route.h"

#include <string.h>

#include "check.h"

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define OTHER_ID "01890a5d-ac96-774b-bcce-b302099a8058"

static const struct route routes[] = {
	{ .method = "GET", .path = "/auth/sessions" },
	{ .method = "DELETE", .path = "/auth/sessions" },
	{ .method = "DELETE", .path = "/auth/sessions/{id}" },
	{ .method = "PATCH", .path = "/users/{id}/name" },
	{ .method = "GET", .path = "/users/{id}/name" },
	{ .method = "POST", .path = "/api/session" },
	{ .method = NULL, .path = "/api/*" },
	{ .method = "POST", .path = "/orgs/{id}/domains/{item_id}/verify" },
	{ .method = "DELETE", .path = "/orgs/{id}/domains/{item_id}" },
};

static struct arena *arena;
static struct req req;
static const struct route *route;
static const char *allow;

static enum err
find(const char *method, const char *path)
{

	req = (struct req){ .arena = arena, .method = method, .path = path };
	return (route_find(&req, routes, COUNT(routes), &route, &allow));
}

static bool
finds(const char *method, const char *path, size_t row)
{

	return (find(method, path) == ERR_OK && route == &routes[row]);
}

static bool
allows(const char *method, const char *path, const char *wanted)
{

	return (find(method, path) == ERR_METHOD && strcmp(allow, wanted) == 0);
}

static void
test_methods(void)
{

	ok(finds("GET", "/auth/sessions", 0), "a row is found by method and path");
	ok(finds("DELETE", "/auth/sessions", 1), "the second of a path, too");
	ok(finds("HEAD", "/auth/sessions", 0), "HEAD goes where GET goes");
	ok(allows("POST", "/auth/sessions", "OPTIONS, GET, HEAD, DELETE"),
	    "another method is told all that are allowed");
	ok(allows("OPTIONS", "/auth/sessions", "OPTIONS, GET, HEAD, DELETE"), "OPTIONS, too");
	ok(allows("GET", "/auth/sessions/" ID, "OPTIONS, DELETE"), "HEAD only where GET is");
	ok(allows("POST", "/users/" ID "/name", "OPTIONS, PATCH, GET, HEAD"),
	    "also when GET is not the first");
	ok(allows("get", "/auth/sessions", "OPTIONS, GET, HEAD, DELETE"), "methods have a case");
}

static void
test_paths(void)
{

	ok(find("GET", "/auth/session") == ERR_NOT_FOUND, "a shorter path is not there");
	ok(find("GET", "/auth/sessions/") == ERR_NOT_FOUND, "nor is one with a slash more");
	ok(find("GET", "/Auth/sessions") == ERR_NOT_FOUND, "nor in capitals");
	ok(req.id == NULL, "and has no id");
}

static void
test_ids(void)
{

	ok(finds("DELETE", "/auth/sessions/" ID, 2) && strcmp(req.id, ID) == 0,
	    "an id at the end is taken");
	ok(finds("PATCH", "/users/" ID "/name", 3) && strcmp(req.id, ID) == 0, "and inside");
	ok(finds("POST", "/orgs/" ID "/domains/" OTHER_ID "/verify", 7) &&
	        strcmp(req.id, ID) == 0 && strcmp(req.item_id, OTHER_ID) == 0,
	    "two ids are taken");
	ok(finds("DELETE", "/orgs/" ID "/domains/" OTHER_ID, 8) &&
	        strcmp(req.item_id, OTHER_ID) == 0,
	    "the second at the end, too");
	ok(find("DELETE", "/orgs/" ID "/domains/" OTHER_ID "/") == ERR_NOT_FOUND &&
	        find("DELETE", "/orgs/" ID "/domains/x") == ERR_NOT_FOUND &&
	        find("DELETE", "/orgs/x/domains/" ID) == ERR_NOT_FOUND,
	    "neither may be anything else");
	ok(finds("DELETE", "/auth/sessions/" ID, 2) && req.item_id == NULL, "where there is one, "
	                                                                    "there is no other");
	ok(find("DELETE", "/auth/sessions/" ID "0") == ERR_NOT_FOUND, "a longer one is not");
	ok(find("DELETE", "/auth/sessions/" ID "/x") == ERR_NOT_FOUND, "nor a path below it");
	ok(find("DELETE", "/auth/sessions/x") == ERR_NOT_FOUND, "nor a shorter one");
	ok(find("DELETE", "/auth/sessions/01890A5D-AC96-774B-BCCE-B302099A8057") == ERR_NOT_FOUND,
	    "nor one in capitals");
	ok(find("PATCH", "/users/" ID) == ERR_NOT_FOUND, "nor without what follows");
}

static void
test_rest(void)
{

	ok(finds("POST", "/api/session", 5), "a row of its own goes before the rest");
	ok(finds("PUT", "/api/x/y", 6), "the rest is found by any method");
	ok(finds("GET", "/api/", 6), "also with nothing behind the prefix");
	ok(find("GET", "/api") == ERR_NOT_FOUND, "but not the prefix without its slash");
	ok(allows("GET", "/api/session", "OPTIONS, POST"),
	    "and hides no method of a path there is");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_methods();
	test_paths();
	test_ids();
	test_rest();
	arena_free(arena);
	return (done());
}
