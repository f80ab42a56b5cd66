/* Pages: HTML files with holes, read when the program starts. */
#include "http/page.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "http/form.h"

#define PAGES_MAX 64
#define FILE_MAX 65536
#define HTML_MAX 262144
#define NAME_SIZE 64
#define DEPTH_MAX 8
#define FACTS_MAX 8

struct pages {
	size_t count;
	struct {
		char name[NAME_SIZE];
		char *template;
	} page[PAGES_MAX];
	size_t facts_count;
	const char *facts[FACTS_MAX];
};

/* Text that grows up to HTML_MAX; after a failure it stays as it is. */
struct html {
	struct arena *arena;
	char *text;
	size_t len;
	size_t size;
	bool plain; /* not HTML: nothing has a meaning */
	bool failed;
};

/* The objects that names are looked up in, the innermost first. */
struct scope {
	const struct scope *outer;
	const cJSON *data;
	unsigned int depth;
};

static void
put(struct html *h, const char *bytes, size_t len)
{
	size_t size = h->size;
	char *text;

	if (h->failed || len > HTML_MAX || h->len + len > HTML_MAX) {
		h->failed = true;
		return;
	}
	while (size < h->len + len + 1)
		size = size == 0 ? 4096 : size * 2;
	if (size > h->size) {
		if ((text = arena_alloc(h->arena, size)) == NULL) {
			h->failed = true;
			return;
		}
		if (h->len > 0)
			memcpy(text, h->text, h->len);
		h->text = text;
		h->size = size;
	}
	memcpy(h->text + h->len, bytes, len);
	h->len += len;
	h->text[h->len] = '\0';
}

static void
put_escaped(struct html *h, const char *text)
{
	size_t len;

	for (; *text != '\0'; text++) {
		len = strcspn(text, "&<>\"'");
		put(h, text, len);
		text += len;
		switch (*text) {
		case '&':
			put(h, "&amp;", 5);
			break;
		case '<':
			put(h, "&lt;", 4);
			break;
		case '>':
			put(h, "&gt;", 4);
			break;
		case '"':
			put(h, "&quot;", 6);
			break;
		case '\'':
			put(h, "&#39;", 5);
			break;
		default:
			return;
		}
	}
}

static void
put_plain(struct html *h, const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len) {
		for (len = 0; (unsigned char)text[len] >= ' ' && text[len] != '\x7f'; len++)
			continue;
		put(h, text, len);
		if (text[len] == '\0')
			return;
		put(h, text[len] == '\n' || text[len] == '\t' ? text + len : " ", 1);
		len++;
	}
}

static void
put_encoded(struct html *h, const char *text)
{

	if ((text = form_encode(text, h->arena)) == NULL)
		h->failed = true;
	else
		put(h, text, strlen(text));
}

static const cJSON *
look_up(const struct scope *s, const char *name)
{
	const cJSON *item;

	if (strcmp(name, ".") == 0)
		return (s->data);
	for (; s != NULL; s = s->outer)
		if ((item = cJSON_GetObjectItemCaseSensitive(s->data, name)) != NULL)
			return (item);
	return (NULL);
}

static void
put_value(struct html *h, const cJSON *item)
{
	char number[32];

	if (cJSON_IsString(item) && h->plain) {
		put_plain(h, item->valuestring);
	} else if (cJSON_IsString(item)) {
		put_escaped(h, item->valuestring);
	} else if (cJSON_IsNumber(item)) {
		snprintf(number, sizeof number, "%.15g", item->valuedouble);
		put(h, number, strlen(number));
	}
}

static void
put_hole(struct html *h, const struct scope *s, const char *tag)
{
	const cJSON *item;

	if (tag[0] != '%')
		put_value(h, look_up(s, tag));
	else if (cJSON_IsString(item = look_up(s, tag + 1)))
		put_encoded(h, item->valuestring);
}

static bool
is_truthy(const cJSON *item)
{

	if (cJSON_IsString(item))
		return (item->valuestring[0] != '\0');
	if (cJSON_IsArray(item))
		return (item->child != NULL);
	return (item != NULL && !cJSON_IsNull(item) && !cJSON_IsFalse(item));
}

/* The end of the tag that begins at ${p}: its name goes to ${ret_name}; NULL when it is none. */
static const char *
read_tag(const char *p, char ret_name[static NAME_SIZE])
{
	const char *end = strstr(p, "}}");
	size_t len;

	if (end == NULL || (len = (size_t)(end - p - 2)) == 0 || len >= NAME_SIZE)
		return (NULL);
	memcpy(ret_name, p + 2, len);
	ret_name[len] = '\0';
	return (end + 2);
}

/* Where before ${end} the section ${name}, whose inside begins at ${p}, is closed; sections of the
 * same name don't nest. */
static const char *
find_close(const char *p, const char *end, const char *name, const char **ret_after)
{
	char close[NAME_SIZE + 8];
	const char *at;

	snprintf(close, sizeof close, "{{/%s}}", name);
	if ((at = strstr(p, close)) == NULL || at + strlen(close) > end)
		return (NULL);
	*ret_after = at + strlen(close);
	return (at);
}

static void fill(struct html *h, const char *p, const char *end, const struct scope *s);

static void
fill_section(struct html *h, const char *p, const char *end, const struct scope *s, const char *tag)
{
	const cJSON *item = look_up(s, tag + 1), *child;
	const bool wanted = tag[0] == '#';

	if (is_truthy(item) != wanted || s->depth >= DEPTH_MAX)
		return;
	if (!wanted || (!cJSON_IsArray(item) && !cJSON_IsObject(item))) {
		fill(h, p, end,
		    &(struct scope){ .outer = s->outer, .data = s->data, .depth = s->depth + 1 });
	} else if (cJSON_IsObject(item)) {
		fill(h, p, end, &(struct scope){ .outer = s, .data = item, .depth = s->depth + 1 });
	} else {
		for (child = item->child; child != NULL; child = child->next)
			fill(h, p, end,
			    &(struct scope){ .outer = s, .data = child, .depth = s->depth + 1 });
	}
}

static void
fill(struct html *h, const char *p, const char *end, const struct scope *s)
{
	const char *tag, *inside, *close, *after;
	char name[NAME_SIZE];

	while (!h->failed && p < end && (tag = strstr(p, "{{")) != NULL && tag < end) {
		put(h, p, (size_t)(tag - p));
		if ((inside = read_tag(tag, name)) == NULL)
			return;
		p = inside;
		if (name[0] != '#' && name[0] != '^') {
			put_hole(h, s, name);
			continue;
		}
		if ((close = find_close(inside, end, name + 1, &after)) == NULL)
			return;
		fill_section(h, inside, close, s, name);
		p = after;
	}
	if (p < end)
		put(h, p, (size_t)(end - p));
}

static const char *
fill_all(struct html *h, const char *template, const struct cJSON *data)
{

	fill(h, template, template + strlen(template), &(struct scope){ .data = data });
	put(h, "", 0);
	return (h->failed ? NULL : h->text);
}

const char *
page_fill(const char *template, const struct cJSON *data, struct arena *a)
{

	return (fill_all(&(struct html){ .arena = a }, template, data));
}

const char *
page_fill_text(const char *template, const struct cJSON *data, struct arena *a)
{

	return (fill_all(&(struct html){ .arena = a, .plain = true }, template, data));
}

static enum err
read_file(const char *path, char **ret_text)
{
	char *text = NULL;
	enum err e = ERR_IO;
	size_t len;
	FILE *f;

	if ((f = fopen(path, "re")) == NULL)
		return (ERR_IO);
	if ((text = malloc(FILE_MAX + 1)) == NULL) {
		e = ERR_NOMEM;
		goto out;
	}
	len = fread(text, 1, FILE_MAX + 1, f);
	if (ferror(f) || len > FILE_MAX)
		goto out;
	text[len] = '\0';
	*ret_text = strdup(text);
	e = *ret_text == NULL ? ERR_NOMEM : ERR_OK;
out:
	free(text);
	fclose(f);
	return (e);
}

static enum err
read_pages(struct pages *p, const char *dir_path, DIR *dir)
{
	struct dirent *entry;
	char path[1024];
	size_t len;
	enum err e;

	while ((entry = readdir(dir)) != NULL) {
		len = strlen(entry->d_name);
		if (len <= 5 || len - 5 >= NAME_SIZE ||
		    strcmp(entry->d_name + len - 5, ".html") != 0)
			continue;
		if (p->count == PAGES_MAX || (size_t)snprintf(path, sizeof path, "%s/%s", dir_path,
		                                 entry->d_name) >= sizeof path)
			return (ERR_IO);
		if ((e = read_file(path, &p->page[p->count].template)) != ERR_OK)
			return (e);
		memcpy(p->page[p->count].name, entry->d_name, len - 5);
		p->count++;
	}
	return (ERR_OK);
}

enum err
pages_open(const char *www_dir, struct pages **ret_pages)
{
	struct pages *p;
	char path[600];
	enum err e = ERR_OK;
	DIR *dir;

	if ((p = calloc(1, sizeof *p)) == NULL)
		return (ERR_NOMEM);
	snprintf(path, sizeof path, "%s/pages", www_dir);
	if ((dir = opendir(path)) != NULL) {
		e = read_pages(p, path, dir);
		closedir(dir);
	} else if (errno != ENOENT) {
		e = ERR_IO;
	}
	if (e != ERR_OK) {
		pages_close(p);
		return (e);
	}
	*ret_pages = p;
	return (ERR_OK);
}

void
pages_close(struct pages *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->count; i++)
		free(p->page[i].template);
	free(p);
}

void
pages_say(struct pages *p, const char *name)
{

	if (p->facts_count < FACTS_MAX)
		p->facts[p->facts_count++] = name;
}

/* Also over what a form had: what is so nobody types. */
static enum err
add_facts(const struct pages *p, struct cJSON *data)
{
	size_t i;

	for (i = 0; i < p->facts_count; i++) {
		cJSON_DeleteItemFromObjectCaseSensitive(data, p->facts[i]);
		if (cJSON_AddTrueToObject(data, p->facts[i]) == NULL)
			return (ERR_NOMEM);
	}
	return (ERR_OK);
}

enum err
pages_render(const struct pages *p, const char *name, struct cJSON *data, struct arena *a,
    const char **ret_html)
{
	size_t i;
	enum err e;

	if ((e = add_facts(p, data)) != ERR_OK)
		return (e);
	for (i = 0; i < p->count; i++)
		if (strcmp(p->page[i].name, name) == 0) {
			*ret_html = page_fill(p->page[i].template, data, a);
			return (*ret_html == NULL ? ERR_NOMEM : ERR_OK);
		}
	return (ERR_NOT_FOUND);
}
