/* Templates and their data through page_fill(): the first line is the data, the rest the template.
 */
#include <cjson/cJSON.h>

#include "fuzz.h"
#include "http/json.h"
#include "http/page.h"

#define HTML_MAX 262144

/* None of what HTML gives a meaning, but as the beginning of an entity. */
static void
check_escaped(const char *html)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	const char *p;
	bool known;
	size_t i;

	must(strpbrk(html, "<>\"'") == NULL);
	for (p = html; (p = strchr(p, '&')) != NULL; p++) {
		known = false;
		for (i = 0; i < COUNT(entities); i++)
			known |= strncmp(p, entities[i], strlen(entities[i])) == 0;
		must(known);
	}
}

/* The template keeps its tags, and loses what only the data may bring into the page then. */
static void
disarm(char *template)
{

	for (; (template = strpbrk(template, "<>\"'&")) != NULL; template ++)
		*template = '_';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *line = len == 0 ? NULL : memchr(data, '\n', len);
	struct arena *a;
	char *template;
	const char *detail, *html;
	cJSON *json;

	if (line == NULL)
		return (0);
	must((a = arena_new(1 << 24)) != NULL);
	template = fuzz_copy(line + 1, (size_t)(data + len - line - 1));
	if (json_parse((const char *)data, (size_t)(line - data), a, &json, &detail) == ERR_OK) {
		if ((html = page_fill(template, json, a)) != NULL) {
			must(strlen(html) <= HTML_MAX);
			must(strstr(template, "{{") != NULL || strcmp(html, template) == 0);
			must(!fuzz_is_utf8(template) || fuzz_is_utf8(html));
		}
		disarm(template);
		if ((html = page_fill(template, json, a)) != NULL)
			check_escaped(html);
	}
	json_use(NULL);
	free(template);
	arena_free(a);
	return (0);
}
