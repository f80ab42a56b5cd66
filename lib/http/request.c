/* One request: what came, who asks, and the answer so far. */
#include "http/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/form.h"

/* The CGI variables that somebody looks at; the rest is only counted. */
static const struct variable {
	const char *name;
	size_t len;
	size_t offset;
} variables[] = {
#define VARIABLE(name, member) \
	{ \
		name, sizeof name - 1, offsetof(struct req, member) \
	}
	VARIABLE("REQUEST_METHOD", method),
	VARIABLE("QUERY_STRING", query),
	VARIABLE("REQUEST_URI", request_uri),
	VARIABLE("SCRIPT_NAME", script_name),
	VARIABLE("PATH_INFO", path_info),
	VARIABLE("CONTENT_TYPE", content_type),
	VARIABLE("CONTENT_LENGTH", content_length),
	VARIABLE("REMOTE_ADDR", remote_addr),
	VARIABLE("HTTP_X_FORWARDED_FOR", x_forwarded_for),
	VARIABLE("HTTP_X_FORWARDED_PROTO", x_forwarded_proto),
	VARIABLE("HTTP_FORWARDED", forwarded),
	VARIABLE("HTTP_X_FORWARDED_METHOD", x_forwarded_method),
	VARIABLE("HTTP_X_FORWARDED_HOST", x_forwarded_host),
	VARIABLE("HTTP_X_FORWARDED_URI", x_forwarded_uri),
	VARIABLE("HTTPS", https),
	VARIABLE("FCGI_ROLE", role),
	VARIABLE("YETT_GUARD", guard),
	VARIABLE("YETT_METHOD", guard_method),
	VARIABLE("YETT_URI", guard_uri),
	VARIABLE("YETT_HOST", guard_host),
	VARIABLE("HTTP_HOST", host),
	VARIABLE("HTTP_ORIGIN", origin),
	VARIABLE("HTTP_ACCEPT", accept),
	VARIABLE("HTTP_ACCEPT_LANGUAGE", accept_language),
	VARIABLE("HTTP_COOKIE", cookie),
	VARIABLE("HTTP_USER_AGENT", user_agent),
	VARIABLE("HTTP_AUTHORIZATION", authorization),
	VARIABLE("HTTP_X_API_KEY", x_api_key),
	VARIABLE("HTTP_YETT_WORK", yett_work),
	VARIABLE("HTTP_SEC_FETCH_SITE", sec_fetch_site),
	VARIABLE("HTTP_SEC_FETCH_MODE", sec_fetch_mode),
	VARIABLE("HTTP_TRANSFER_ENCODING", transfer_encoding),
	VARIABLE("HTTP_ACCESS_CONTROL_REQUEST_METHOD", cors_method),
#undef VARIABLE
};

/* False for a field that was there before, with something else in it. */
static bool
take_variable(struct req *r, const char *text, size_t name_len)
{
	const char **to, *value = text + name_len + 1, *old;
	size_t i;

	for (i = 0; i < COUNT(variables); i++)
		if (variables[i].len == name_len &&
		    memcmp(variables[i].name, text, name_len) == 0) {
			to = (const char **)((char *)r + variables[i].offset);
			old = *to;
			*to = value;
			return (
			    old == NULL || !text_starts(text, "HTTP_") || strcmp(old, value) == 0);
		}
	return (true);
}

/* May the field ${name} be there many times? What it says lets nobody in. */
static bool
is_harmless(const char *name)
{

	return (text_starts(name, "ACCEPT=") || text_starts(name, "ACCEPT_LANGUAGE=") ||
	        text_starts(name, "USER_AGENT="));
}

/* Is a segment of ${path} empty (but the last), "." or ".."? */
static bool
has_odd_segment(const char *path)
{
	size_t len;

	for (; *path == '/'; path += len) {
		path++;
		len = strcspn(path, "/");
		if ((len == 0 && *path == '/') || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return (true);
	}
	return (false);
}

enum err
req_take_path(struct req *r)
{
	const char *end, *p;

	if (r->request_uri != NULL && r->request_uri[0] == '/') {
		end = r->request_uri + strcspn(r->request_uri, "?#");
		r->path = arena_copy_len(r->arena, r->request_uri, (size_t)(end - r->request_uri));
		if (r->query == NULL && *end == '?')
			r->query = end + 1;
	} else {
		r->path =
		    arena_print(r->arena, "%s%s", r->script_name != NULL ? r->script_name : "",
		        r->path_info != NULL ? r->path_info : "");
	}
	if (r->path == NULL)
		return (ERR_NOMEM);
	if (r->path[0] != '/')
		return (req_fail(r, ERR_BAD_REQUEST, "the path must begin with a slash"));
	for (p = r->path; *p != '\0'; p++)
		if (strchr("%?#\\", *p) != NULL || *p <= 0x20 || *p >= 0x7f)
			return (req_fail(r, ERR_BAD_REQUEST,
			    "the path has an escape or a character that no path here has"));
	if (has_odd_segment(r->path))
		return (req_fail(r, ERR_BAD_REQUEST, "the path has an empty or a dot segment"));
	return (ERR_OK);
}

static enum err
check_fields(struct req *r)
{
	unsigned int cookies = 1;
	const char *p;

	if (r->cookie != NULL) {
		for (p = r->cookie; *p != '\0'; p++)
			cookies += *p == ';';
		if (cookies > REQ_COOKIES_MAX)
			return (req_fail(
			    r, ERR_HEADERS, "Cookie: more than %d cookies", REQ_COOKIES_MAX));
	}
	if (r->method == NULL || r->method[0] == '\0')
		return (req_fail(r, ERR_BAD_REQUEST, "the method is missing"));
	if (r->method[strspn(r->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")] != '\0')
		return (req_fail(r, ERR_BAD_REQUEST, "the method has an odd character"));
	return (ERR_OK);
}

enum err
req_take_env(struct req *r, char *const *env)
{
	size_t total = 0, len, longest = 0;
	const char *name = "", *twice = NULL, *equals;

	for (; *env != NULL; env++) {
		if ((equals = strchr(*env, '=')) == NULL)
			continue;
		if (!take_variable(r, *env, (size_t)(equals - *env)) &&
		    !is_harmless(*env + strlen("HTTP_")))
			twice = *env + strlen("HTTP_");
		if (!text_starts(*env, "HTTP_"))
			continue;
		len = strlen(*env) - strlen("HTTP_");
		total += len;
		if (len > longest) {
			longest = len;
			name = *env + strlen("HTTP_");
		}
	}
	if (total > REQ_HEADERS_MAX)
		return (req_fail(r, ERR_HEADERS,
		    "the header fields are over %d bytes; the longest is %.*s", REQ_HEADERS_MAX,
		    (int)strcspn(name, "=") > 64 ? 64 : (int)strcspn(name, "="), name));
	/* Some web servers make one name of X-Forwarded-For, which a proxy sets, and
	 * X_Forwarded_For, which it lets through: neither is believed then. */
	if (twice != NULL)
		return (req_fail(r, ERR_BAD_REQUEST, "the header field %.*s is there twice",
		    (int)strcspn(twice, "="), twice));
	return (check_fields(r));
}

enum err
req_fail(struct req *r, enum err e, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	/* What was sent is quoted only if it is text; else the title has to say it. */
	r->detail = text_utf8_ok(text, strlen(text)) ? arena_copy(r->arena, text) : NULL;
	return (e);
}

enum err
req_field_error(struct req *r, const char *field, const char *detail)
{

	if (r->field_errors_count < REQ_FIELD_ERRORS_MAX)
		r->field_errors[r->field_errors_count++] =
		    (struct pair){ .name = field, .value = detail };
	return (ERR_FIELDS);
}

const char *
req_cookie(const struct req *r, const char *name)
{
	const size_t name_len = strlen(name);
	const char *p = r->cookie, *found = NULL, *value;
	size_t len;

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t");
		len = strcspn(p, ";");
		if (len > name_len && strncmp(p, name, name_len) == 0 && p[name_len] == '=') {
			if ((value = arena_copy_len(
			         r->arena, p + name_len + 1, len - name_len - 1)) == NULL)
				return (NULL);
			/* Two of them: one was planted, by a neighbour under the same domain
			 * perhaps. Trust neither. */
			if (found != NULL && strcmp(found, value) != 0)
				return (NULL);
			found = value;
		}
		p += len;
		p += *p == ';';
	}
	return (found);
}

const char *
req_bearer(const struct req *r)
{
	const char *p = r->authorization;

	if (p == NULL || strncmp(p, "Bearer", 6) != 0 || p[6] != ' ')
		return (NULL);
	p += 6;
	p += strspn(p, " ");
	return (p);
}

/* Is the media type of ${value}, up to its parameters, ${type}? */
static bool
has_type(const char *value, const char *type)
{
	const size_t len = strlen(type);

	return (
	    value != NULL && strncmp(value, type, len) == 0 && strchr("; \t,", value[len]) != NULL);
}

bool
req_is_form(const struct req *r)
{

	return (has_type(r->content_type, "application/x-www-form-urlencoded"));
}

bool
req_accepts(const struct req *r, const char *type)
{
	const char *p = r->accept;

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t,");
		if (has_type(p, type))
			return (true);
		p += strcspn(p, ",");
	}
	return (false);
}

bool
req_is_page_form(const struct req *r)
{

	return (req_is_form(r) && req_accepts(r, "text/html"));
}

const char *
req_query(const struct req *r, const char *name)
{
	struct form form;
	const char *value;
	bool repeated;

	if (r->query == NULL || form_parse(r->query, strlen(r->query), r->arena, &form) != ERR_OK)
		return (NULL);
	value = form_get(&form, name, &repeated);
	return (repeated ? NULL : value);
}

/* Is ${origin} the ${host} asked for, by the scheme that the site has? */
static bool
origin_is_host(const char *origin, const char *host, const char *site_url)
{
	const char *end = strstr(site_url, "://");
	size_t len;

	if (host == NULL || end == NULL)
		return (false);
	len = (size_t)(end - site_url) + 3;
	return (strncasecmp(origin, site_url, len) == 0 && text_same_nocase(origin + len, host));
}

bool
req_same_site(const struct req *r, const char *site_url)
{

	if (r->sec_fetch_site != NULL)
		return (strcmp(r->sec_fetch_site, "same-origin") == 0 ||
		        strcmp(r->sec_fetch_site, "none") == 0);
	if (r->origin != NULL)
		return (text_same_nocase(r->origin, site_url) ||
		        origin_is_host(r->origin, r->host, site_url));
	return (false);
}

bool
req_cross_site(const struct req *r, const char *site_url)
{

	return ((r->sec_fetch_site != NULL || r->origin != NULL) && !req_same_site(r, site_url));
}

bool
req_is_local(const char *target)
{
	const char *p, *end;

	if (target == NULL || target[0] != '/' || strlen(target) > 1024)
		return (false);
	for (p = target; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || *p == '\\')
			return (false);
	/* Anywhere in the path, for a browser makes "//host" of "/.//host". */
	end = target + strcspn(target, "?#");
	p = strstr(target, "//");
	return (p == NULL || p >= end);
}
