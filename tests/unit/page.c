/* Pages: what fills the holes, and that nothing escapes its escaping. */
#include "http/page.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "check.h"
#include "http/json.h"
#include "state.h"

static struct arena *arena;

/* Does ${template}, filled from the JSON ${data}, become ${wanted}? */
static bool
fills(const char *data, const char *template, const char *wanted)
{
	const char *detail, *html;
	cJSON *json;

	arena_reset(arena);
	if (json_parse(data, strlen(data), arena, &json, &detail) != ERR_OK)
		return (false);
	html = page_fill(template, json, arena);
	if (html == NULL || strcmp(html, wanted) != 0)
		printf("# got %s\n", html == NULL ? "nothing" : html);
	return (html != NULL && strcmp(html, wanted) == 0);
}

static void
test_holes(void)
{

	ok(fills("{}", "", ""), "an empty page is empty");
	ok(fills("{\"a\":\"x\"}", "<p>{{a}}</p>", "<p>x</p>"), "a hole is filled");
	ok(fills("{\"a\":\"&<>\\\"'\"}", "<p title=\"{{a}}\">",
	       "<p title=\"&amp;&lt;&gt;&quot;&#39;\">"),
	    "what HTML gives a meaning is escaped");
	ok(fills("{\"a\":\"{{b}}\",\"b\":\"x\"}", "{{a}}", "{{b}}"), "data is never a template");
	ok(fills("{}", "[{{a}}]", "[]"), "what is not known is empty");
	ok(fills("{\"a\":1.5,\"b\":true,\"c\":null,\"d\":[1],\"e\":{}}",
	       "{{a}}{{b}}{{c}}{{d}}{{e}}", "1.5"),
	    "of others than texts only numbers are shown");
	ok(fills("{\"a\":\"a b&=/?#\xc3\xa9~\"}", "?x={{%a}}", "?x=a%20b%26%3D%2F%3F%23%C3%A9~"),
	    "a hole in a URL is percent-encoded");
	ok(fills("{\"a\":\"x\"}", "{ {a} } {{a", "{ {a} } "), "half a tag ends the page");
}

static void
test_sections(void)
{

	ok(fills("{\"a\":true}", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "x"), "true has its section");
	ok(fills("{\"a\":false}", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "y"), "false the other one");
	ok(fills("{\"a\":\"\"}", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "y"), "an empty text is false");
	ok(fills("{\"a\":\"z\"}", "{{#a}}{{a}}{{/a}}", "z"), "another is true");
	ok(fills("{\"a\":[]}", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "y"), "so is an empty list false");
	ok(fills("{\"a\":null}", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "y"), "and null");
	ok(fills("{}", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "y"), "and what is not there");
	ok(fills("{\"a\":0}", "{{#a}}x{{/a}}", "x"), "a number is true");
}

static void
test_lists(void)
{

	ok(fills("{\"l\":[{\"a\":\"1\"},{\"a\":\"2\"}],\"b\":\"x\"}", "{{#l}}{{a}}{{b}};{{/l}}",
	       "1x;2x;"),
	    "a list's section stands once an item, and sees what is outside");
	ok(fills("{\"l\":[\"<\",\">\"]}", "{{#l}}{{.}},{{/l}}", "&lt;,&gt;,"), "texts are {{.}}");
	ok(fills("{\"o\":{\"a\":\"in\"},\"a\":\"out\"}", "{{#o}}{{a}}{{/o}}{{a}}", "inout"),
	    "an object's section sees its members first");
	ok(fills("{\"l\":[{\"m\":[{\"x\":\"1\"},{\"x\":\"2\"}]}]}",
	       "{{#l}}({{#m}}{{x}}{{/m}}){{/l}}", "(12)"),
	    "lists stand in lists");
}

static void
test_plain(void)
{
	static const char data[] = "{\"a\":\"<&>\\r\\n\\t\\u0001\\u007fx\"}";
	const char *detail, *text;
	cJSON *json;

	arena_reset(arena);
	ok(json_parse(data, strlen(data), arena, &json, &detail) == ERR_OK &&
	        (text = page_fill_text("<{{a}}> {{%a}}", json, arena)) != NULL &&
	        strcmp(text, "<<&> \n\t  x> %3C%26%3E%0D%0A%09%01%7Fx") == 0,
	    "in plain text nothing is escaped, and control characters are spaces");
}

static void
test_odd(void)
{
	char template[4096] = "";
	int i;

	ok(fills("{\"a\":true,\"b\":true}", "{{#a}}1{{#b}}2{{/a}}3{{/b}}4", "134"),
	    "a section ends within the one it began in");
	ok(fills("{\"a\":true}", "x{{#a}}y", "x"), "one without its end is none");
	for (i = 0; i < 50; i++)
		snprintf(
		    template + strlen(template), sizeof template - strlen(template), "{{^a%d}}", i);
	strcat(template, "x");
	for (i = 49; i >= 0; i--)
		snprintf(
		    template + strlen(template), sizeof template - strlen(template), "{{/a%d}}", i);
	ok(fills("{}", template, ""), "50 levels are too many, and nothing");
}

static void
test_limits(void)
{
	char *template = malloc(300001);
	struct arena *small = arena_new(1000);
	const char *detail, text[] = "{}";
	cJSON *json;

	arena_reset(arena);
	memset(template, 'x', 300000);
	template[300000] = '\0';
	ok(json_parse(text, 2, arena, &json, &detail) == ERR_OK, "(data)");
	ok(page_fill(template, json, arena) == NULL, "a page of 300,000 bytes is too large");
	template[262144] = '\0';
	ok(page_fill(template, json, arena) != NULL, "262,144 are not");
	ok(page_fill("x", json, small) == NULL, "a full arena fills nothing");
	arena_free(small);
	free(template);
}

static void
put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void
test_files(void)
{
	const char *detail, *html;
	struct pages *p = NULL;
	cJSON *json;
	int i;

	arena_reset(arena);
	if (json_parse("{\"a\":\"x\"}", 9, arena, &json, &detail) != ERR_OK)
		return;
	ok(pages_open(state_dir(), &p) == ERR_OK, "without the folder there are no pages");
	ok(pages_render(p, "login", json, arena, &html) == ERR_NOT_FOUND, "not one");
	pages_close(p);
	pages_close(NULL);
	mkdir(state_file("pages"), 0700);
	put_file(state_file("pages/login.html"), "[{{a}}]");
	put_file(state_file("pages/.html"), "no name");
	put_file(state_file("pages/readme.txt"), "no page");
	ok(pages_open(state_dir(), &p) == ERR_OK &&
	        pages_render(p, "login", json, arena, &html) == ERR_OK && strcmp(html, "[x]") == 0,
	    "a page is rendered");
	ok(pages_render(p, "readme", json, arena, &html) == ERR_NOT_FOUND, "what is none is not");
	pages_close(p);
	for (i = 0; i < 64; i++)
		put_file(arena_print(arena, "%s/p%d.html", state_file("pages"), i), "x");
	ok(pages_open(state_dir(), &p) == ERR_IO, "65 pages are too many");
}

int
main(void)
{

	arena = arena_new(1 << 21);
	test_holes();
	test_sections();
	test_lists();
	test_plain();
	test_odd();
	test_limits();
	test_files();
	json_use(NULL);
	arena_free(arena);
	return (done());
}
