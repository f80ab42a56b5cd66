/* Header fields: cookies, Authorization, Accept, where a request comes from; and where a browser
 * may be sent. Input: a line each, in the order of "fields", then the target. */
#include <strings.h>

#include "fuzz.h"
#include "http/request.h"

static const char site_url[] = "https://id.example.org";

/* All cookies of that name must have the value. */
static void
check_cookie(const struct req *r, const char *name)
{
	const char *value = req_cookie(r, name), *p = r->cookie;
	const size_t name_len = strlen(name);
	bool found = false;
	size_t len;

	if (value == NULL)
		return;
	must(strchr(value, ';') == NULL);
	while (*p != '\0') {
		p += strspn(p, " \t");
		len = strcspn(p, ";");
		if (len > name_len && p[name_len] == '=' && memcmp(p, name, name_len) == 0) {
			must(len - name_len - 1 == strlen(value) &&
			     memcmp(p + name_len + 1, value, strlen(value)) == 0);
			found = true;
		}
		p += len;
		if (*p == ';')
			p++;
	}
	must(found);
}

static void
check_bearer(const struct req *r)
{
	const char *token = req_bearer(r);

	if (token == NULL)
		return;
	must(strncmp(r->authorization, "Bearer ", 7) == 0);
	must(token[0] != ' ' && strstr(r->authorization, token) != NULL);
}

static void
check_types(const struct req *r)
{

	if (req_accepts(r, "text/html"))
		must(strstr(r->accept, "text/html") != NULL);
	if (req_accepts(r, "application/json"))
		must(strstr(r->accept, "application/json") != NULL);
	if (req_is_form(r))
		must(strstr(r->content_type, "application/x-www-form-urlencoded") ==
		     r->content_type);
}

static void
check_site(const struct req *r)
{
	const bool same = req_same_site(r, site_url), cross = req_cross_site(r, site_url);

	must(!(same && cross));
	must((same || cross) == (r->sec_fetch_site != NULL || r->origin != NULL));
	if (r->sec_fetch_site != NULL)
		must(same == (strcmp(r->sec_fetch_site, "same-origin") == 0 ||
		                 strcmp(r->sec_fetch_site, "none") == 0));
	else if (same && !text_same_nocase(r->origin, site_url))
		must(r->host != NULL && strncasecmp(r->origin, "https://", 8) == 0 &&
		     text_same_nocase(r->origin + strlen("https://"), r->host));
}

/*
 * What a browser makes of a reference before it looks for a host: it drops white space and controls
 * at both ends, tabs and line breaks anywhere, and reads '\' as '/'. What is left must be a path.
 * Source: WHATWG URL section 4.4, basic URL parser.
 */
static void
check_target(const char *target)
{
	char seen[1025];
	size_t len = 0;
	const char *p;

	if (!req_is_local(target))
		return;
	must(strlen(target) < sizeof seen);
	for (p = target; *p != '\0'; p++) {
		if (((unsigned char)*p <= ' ' && len == 0) || strchr("\t\r\n", *p) != NULL)
			continue;
		seen[len++] = (char)(*p == '\\' ? '/' : *p);
	}
	seen[len] = '\0';
	must(seen[0] == '/' && seen[1] != '/');
	/* Nothing had to be dropped at all, so nothing can be hidden from who reads it otherwise.
	 */
	must(strcmp(seen, target) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct req r = { .arena = arena_new(1 << 20) };
	const char **const fields[] = { &r.cookie, &r.authorization, &r.accept, &r.content_type,
		&r.origin, &r.sec_fetch_site, &r.host };
	struct fuzz_lines l;
	size_t i;

	must(r.arena != NULL);
	fuzz_cut(&l, data, len);
	for (i = 0; i < COUNT(fields) && i < l.count; i++)
		if (l.line[i][0] != '\0') /* an empty line: no such field */
			*fields[i] = l.line[i];
	check_cookie(&r, "__Host-yett");
	check_cookie(&r, "yett");
	check_bearer(&r);
	check_types(&r);
	check_site(&r);
	if (l.count > COUNT(fields))
		check_target(l.line[COUNT(fields)]);
	fuzz_free(&l);
	arena_free(r.arena);
	return (0);
}
