/* One request: from CGI variables to paths, cookies, proofs, and where a browser may be sent. */
#include "http/request.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static struct arena *arena;
static struct req req;

/* Take GET ${uri} with one variable more, which may be NULL. */
static enum err
take_all(char *const *env)
{
	const enum err e = req_take_env(&req, env);

	return (e == ERR_OK ? req_take_path(&req) : e);
}

static enum err
take(const char *uri, const char *more)
{
	char method[] = "REQUEST_METHOD=GET";
	static char uri_text[512], more_text[16384];
	char *env[] = { method, uri_text, more_text, NULL };

	snprintf(uri_text, sizeof uri_text, "REQUEST_URI=%s", uri);
	snprintf(more_text, sizeof more_text, "%s", more != NULL ? more : "X=");
	arena_reset(arena);
	req = (struct req){ .arena = arena };
	return (take_all(env));
}

static bool
is_path(const char *uri, const char *wanted)
{

	return (take(uri, NULL) == ERR_OK && strcmp(req.path, wanted) == 0);
}

static bool
refuses_path(const char *uri)
{

	return (take(uri, NULL) == ERR_BAD_REQUEST && req.detail != NULL);
}

static void
test_paths(void)
{

	ok(is_path("/", "/"), "/ is a path");
	ok(is_path("/users/me", "/users/me"), "so is /users/me");
	ok(is_path("/users/me?a=%2e", "/users/me") && strcmp(req.query, "a=%2e") == 0,
	    "the query is no part of it");
	ok(is_path("/users/", "/users/"), "a slash at its end is kept");
	ok(is_path("/.well-known/jwks.json", "/.well-known/jwks.json"), "a name may begin with .");
	ok(is_path("/...", "/..."), "three dots are a name");
	ok(refuses_path("//users/me"), "an empty segment is refused");
	ok(refuses_path("/users//me"), "also inside");
	ok(refuses_path("/users/me//"), "also at the end");
	ok(refuses_path("/users/../me"), "a segment .. is refused");
	ok(refuses_path("/users/.."), "also at the end");
	ok(refuses_path("/./users"), "a segment . is refused");
	ok(refuses_path("/users/%6de"), "an escape is refused");
	ok(refuses_path("/users/m\xc3\xa9"), "so is what is not ASCII");
	ok(refuses_path("/users/m e"), "a space");
	ok(refuses_path("/users/\x01"), "a control");
	ok(refuses_path("/users\\me"), "a backslash");
}

static void
test_other_variables(void)
{
	char method[] = "REQUEST_METHOD=PATCH", script[] = "SCRIPT_NAME=/users",
	     info[] = "PATH_INFO=/me", query[] = "QUERY_STRING=a=1", odd[] = "no equals";
	char *env[] = { method, script, info, query, odd, NULL }, *none[] = { script, NULL };
	char comma[] = "REQUEST_METHOD=GET,POST", *bad[] = { comma, script, NULL };

	req = (struct req){ .arena = arena };
	ok(take_all(env) == ERR_OK && strcmp(req.path, "/users/me") == 0 &&
	        strcmp(req.query, "a=1") == 0 && strcmp(req.method, "PATCH") == 0,
	    "without REQUEST_URI, SCRIPT_NAME and PATH_INFO make the path");
	req = (struct req){ .arena = arena };
	ok(req_take_env(&req, none) == ERR_BAD_REQUEST, "a request has a method");
	req = (struct req){ .arena = arena };
	ok(req_take_env(&req, bad) == ERR_BAD_REQUEST, "a method is one word");
	ok(take("http://x/y", NULL) == ERR_BAD_REQUEST, "a whole URL alone is no path");
	ok(take("/", "HTTP_USER_AGENT=x") == ERR_OK && strcmp(req.user_agent, "x") == 0,
	    "header fields are taken");
	ok(take("/", "HTTP_USER_AGENTS=x") == ERR_OK && req.user_agent == NULL, "by whole names");
}

/* Take "GET /" with two variables more. */
static enum err
take_two(const char *one, const char *two)
{
	char method[] = "REQUEST_METHOD=GET", uri[] = "REQUEST_URI=/";
	static char one_text[64], two_text[64];
	char *env[] = { method, one_text, two_text, uri, NULL };

	snprintf(one_text, sizeof one_text, "%s", one);
	snprintf(two_text, sizeof two_text, "%s", two);
	arena_reset(arena);
	req = (struct req){ .arena = arena };
	return (take_all(env));
}

static void
test_twins(void)
{

	ok(take_two("HTTP_X_FORWARDED_FOR=192.0.2.1", "HTTP_X_FORWARDED_FOR=10.0.0.1") ==
	            ERR_BAD_REQUEST &&
	        strcmp(req.detail, "the header field X_FORWARDED_FOR is there twice") == 0,
	    "of two fields with one name neither is believed");
	ok(req.request_uri != NULL, "and the rest is taken nevertheless");
	ok(take_two("HTTP_X_API_KEY=a", "HTTP_X_API_KEY=b") == ERR_BAD_REQUEST, "nor a proof");
	ok(take_two("HTTP_X_API_KEY=a", "HTTP_X_API_KEY=a") == ERR_OK,
	    "one that says the same does no harm");
	ok(take_two("HTTP_ACCEPT=a", "HTTP_ACCEPT=b") == ERR_OK &&
	        take_two("HTTP_USER_AGENT=a", "HTTP_USER_AGENT=b") == ERR_OK,
	    "nor one that lets nobody in");
	ok(take_two("REMOTE_ADDR=192.0.2.1", "REMOTE_ADDR=192.0.2.2") == ERR_OK &&
	        strcmp(req.remote_addr, "192.0.2.2") == 0,
	    "what the web server says itself it may correct");
}

static void
test_header_limits(void)
{
	char more[16384] = "HTTP_X=";
	int i;

	memset(more + 7, 'x', REQ_HEADERS_MAX - 2);
	ok(take("/", more) == ERR_OK, "8,192 bytes of header fields are taken");
	strcat(more, "x");
	ok(take("/", more) == ERR_HEADERS && strstr(req.detail, "X") != NULL,
	    "one more is not, and the longest is named");
	strcpy(more, "HTTP_COOKIE=a");
	for (i = 1; i < REQ_COOKIES_MAX; i++)
		strcat(more, ";a");
	ok(take("/", more) == ERR_OK, "100 cookies are taken");
	strcat(more, ";a");
	ok(take("/", more) == ERR_HEADERS && strstr(req.detail, "Cookie") != NULL, "101 are not");
}

static bool
is_cookie(const char *field, const char *wanted)
{
	const struct req r = { .arena = arena, .cookie = field };
	const char *value = req_cookie(&r, "yett");

	return (wanted == NULL ? value == NULL : value != NULL && strcmp(value, wanted) == 0);
}

static void
test_cookies(void)
{

	ok(is_cookie(NULL, NULL), "without the field there is no cookie");
	ok(is_cookie("yett=abc", "abc"), "a cookie alone is found");
	ok(is_cookie("a=1; yett=abc; b=2", "abc"), "among others, too");
	ok(is_cookie("a=1;yett=a=b", "a=b"), "with = in its value");
	ok(is_cookie("yett=", ""), "without one it is empty");
	ok(is_cookie("yett", NULL), "without = it is none");
	ok(is_cookie("xyett=1; yettx=2; Yett=3", NULL), "other names are others");
	ok(is_cookie("yett=abc; yett=abc", "abc"), "one that comes twice is one");
	ok(is_cookie("yett=abc; yett=abd", NULL), "two that differ are trusted neither");
	ok(is_cookie("yett=abc; yett=", NULL), "even when one is empty");
	ok(is_cookie("yett=abc; yett=abd; yett=abc", NULL), "whichever is last");
}

static bool
is_bearer(const char *field, const char *wanted)
{
	const struct req r = { .arena = arena, .authorization = field };
	const char *token = req_bearer(&r);

	return (wanted == NULL ? token == NULL : token != NULL && strcmp(token, wanted) == 0);
}

static void
test_fields(void)
{
	const struct req types = { .accept = "text/html;q=0.9, application/json ,*/*",
		.content_type = "application/x-www-form-urlencoded; charset=utf-8" };
	const struct req other = { .accept = "text/htmlx,*/*", .content_type = "application/json" };

	ok(is_bearer("Bearer abc", "abc"), "a bearer token is found");
	ok(is_bearer("Bearer   abc", "abc"), "behind more spaces, too");
	ok(is_bearer(NULL, NULL) && is_bearer("", NULL), "without a field there is none");
	ok(is_bearer("Basic abc", NULL) && is_bearer("Bearerabc", NULL), "nor in another scheme");
	ok(req_accepts(&types, "text/html") && req_accepts(&types, "application/json"),
	    "accepted types are found");
	ok(!req_accepts(&other, "text/html") && !req_accepts(&other, "application/json"),
	    "a wildcard or a longer name does not count");
	ok(req_is_form(&types) && !req_is_form(&other), "a form is told from others");
}

static bool
is_query(const char *query, const char *wanted)
{
	const struct req r = { .arena = arena, .query = query };
	const char *value = req_query(&r, "a");

	return (wanted == NULL ? value == NULL : value != NULL && strcmp(value, wanted) == 0);
}

static void
test_query(void)
{

	ok(is_query("b=1&a=x%2Fy+z", "x/y z"), "a value of the query is decoded");
	ok(is_query(NULL, NULL) && is_query("b=1", NULL), "without it there is none");
	ok(is_query("a=1&a=1", NULL), "nor when it is repeated");
	ok(is_query("a=1&b=%zz", NULL), "nor when the query is malformed");
}

static const char site[] = "https://id.example.org";

static bool
is_site(const char *fetch_site, const char *origin, const char *host, bool same, bool cross)
{
	const struct req r = { .sec_fetch_site = fetch_site, .origin = origin, .host = host };

	return (req_same_site(&r, site) == same && req_cross_site(&r, site) == cross);
}

static void
test_site(void)
{

	ok(is_site(NULL, NULL, "x", false, false), "a browser that says nothing is neither");
	ok(is_site("same-origin", NULL, "x", true, false), "same-origin is ours");
	ok(is_site("none", NULL, "x", true, false), "so is what the user typed");
	ok(is_site("same-site", NULL, "x", false, true), "same-site is not: a neighbour");
	ok(is_site("cross-site", site, "x", false, true), "cross-site is not, whatever the Origin");
	ok(is_site(NULL, site, "x", true, false), "our Origin is ours");
	ok(is_site(NULL, "HTTPS://ID.EXAMPLE.ORG", "x", true, false), "in any case");
	ok(is_site(NULL, "https://10.0.0.1:8080", "10.0.0.1:8080", true, false),
	    "so is that of the host asked for");
	ok(is_site(NULL, "https://10.0.0.1:80801", "10.0.0.1:8080", false, true), "but only whole");
	ok(is_site(NULL, "http://10.0.0.1:8080", "10.0.0.1:8080", false, true),
	    "and by the site's scheme");
	ok(is_site(NULL, "null", "null", false, true), "the Origin null is another");
	ok(is_site(NULL, "https://evil.org", "id.example.org", false, true), "so is any other");
	ok(is_site(NULL, "https://id.example.org.evil.org", "id.example.org", false, true),
	    "also one that begins like ours");
}

static void
test_local(void)
{
	char longest[1026];

	ok(req_is_local("/") && req_is_local("/account?a=b&c=%2F#d"), "a path is local");
	ok(req_is_local("/@evil.org") && req_is_local("/a/../b?c=https://d.org#//e"),
	    "whatever is in it");
	ok(!req_is_local("/.//evil.org") && !req_is_local("/..//evil.org") &&
	        !req_is_local("/%2e//evil.org") && !req_is_local("/a/..//evil.org"),
	    "but for what a browser could make two slashes at the beginning of");
	ok(!req_is_local(NULL) && !req_is_local(""), "nothing is not");
	ok(!req_is_local("account"), "nor a path without its slash");
	ok(!req_is_local("//evil.org"), "nor a host");
	ok(!req_is_local("/\\evil.org") && !req_is_local("\\/evil.org") &&
	        !req_is_local("\\\\evil.org"),
	    "nor what a browser takes for one: a backslash");
	ok(!req_is_local("/\t/evil.org") && !req_is_local("/\n/evil.org") &&
	        !req_is_local("/\r/evil.org"),
	    "a tab or line break that it drops");
	ok(!req_is_local(" //evil.org") && !req_is_local("\x01//evil.org"),
	    "a space or control in front");
	ok(!req_is_local("https://evil.org") && !req_is_local("javascript:alert(1)"),
	    "nor a scheme");
	ok(!req_is_local("/\xc3\xa9") && !req_is_local("/\x7f"), "nor what is not ASCII");
	memset(longest, 'a', sizeof longest);
	longest[0] = '/';
	longest[1024] = '\0';
	ok(req_is_local(longest), "1,024 bytes are local");
	longest[1024] = 'a';
	longest[1025] = '\0';
	ok(!req_is_local(longest), "1,025 are not");
}

static void
test_fail(void)
{
	struct req r = { .arena = arena };
	int i;

	ok(req_fail(&r, ERR_TAKEN, "%s!", "x") == ERR_TAKEN && strcmp(r.detail, "x!") == 0,
	    "a failure has a detail");
	req_fail(&r, ERR_TAKEN, "%s", "\xff");
	ok(r.detail == NULL, "which never is what is no text");
	for (i = 0; i < REQ_FIELD_ERRORS_MAX + 2; i++)
		req_field_error(&r, "a", "b");
	ok(r.field_errors_count == REQ_FIELD_ERRORS_MAX, "of field errors 8 are kept");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_paths();
	test_other_variables();
	test_twins();
	test_header_limits();
	test_cookies();
	test_fields();
	test_query();
	test_site();
	test_local();
	test_fail();
	arena_free(arena);
	return (done());
}
