/* Pages: HTML files with holes, read when the program starts. */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct cJSON;
struct pages;

/**
 * pages_open(www_dir, ret_pages):
 * Read ${www_dir}/pages/NAME.html, at most 64 files of 64 KiB. Close with pages_close(), which
 * accepts NULL. Without that folder there are no pages, and browsers get JSON. Errors: ERR_IO,
 * ERR_NOMEM.
 */
MUST_USE enum err pages_open(const char *www_dir, struct pages **ret_pages);
void pages_close(struct pages *p);

/**
 * pages_say(p, name):
 * From now on {{#name}} stands on every page, whatever it is about: a setting of the site. There
 * may be 8, and more do nothing; ${name} must live as long as ${p}.
 */
void pages_say(struct pages *p, const char *name);

/**
 * pages_render(p, name, data, a, ret_html):
 * The page ${name} with its holes filled from the object ${data}, which gets what pages_say() says;
 * owned by ${a}. Errors: ERR_NOT_FOUND, ERR_NOMEM.
 */
MUST_USE enum err pages_render(const struct pages *p, const char *name, struct cJSON *data,
    struct arena *a, const char **ret_html);

/**
 * page_fill(template, data, a):
 * ${template} with its holes filled, owned by ${a}: {{x}} becomes the member x as text, safe in
 * HTML text and in quoted attributes, {{%x}} percent-encoded, safe in a URL's query;
 * {{#x}}...{{/x}} stands when x is true or a text that is not empty, and once for each item of a
 * list, which is {{.}} inside when it is a text; {{^x}}...{{/x}} stands when {{#x}} would not. What
 * is not known is empty. An inner object sees the outer's members. Errors: NULL when ${a} is full.
 * Source: mustache(5), of which this is a part, but for {{%x}}; OWASP XSS Prevention rules 1, 2, 5.
 */
const char *page_fill(const char *template, const struct cJSON *data, struct arena *a);

/**
 * page_fill_text(template, data, a):
 * The same for plain text: {{x}} is as it is, but that control characters other than line breaks
 * and tabs become spaces.
 */
const char *page_fill_text(const char *template, const struct cJSON *data, struct arena *a);

#endif
