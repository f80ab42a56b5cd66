/* The templates of mail: NAME.LANG.txt, whose first line is the subject, and NAME.LANG.html. */
#include "proto/mail_template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "access/mailing.h"
#include "access/profile.h"
#include "base/text.h"
#include "http/page.h"

#define FILE_MAX 65536
#define USUAL "en"

/* A file as a whole. ERR_NOT_FOUND: there is none. */
static enum err
read_file(const char *path, struct arena *a, const char **ret_text)
{
	FILE *f = fopen(path, "re");
	char *text;
	enum err e = ERR_OK;
	size_t len;

	if (f == NULL)
		return (errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO);
	if ((text = arena_alloc(a, FILE_MAX + 2)) == NULL) {
		fclose(f);
		return (ERR_NOMEM);
	}
	len = fread(text, 1, FILE_MAX + 1, f);
	if (ferror(f))
		e = ERR_IO;
	else if (len > FILE_MAX || strlen(text) != len || !text_utf8_ok(text, len))
		e = ERR_FIELDS;
	fclose(f);
	*ret_text = text;
	return (e);
}

/* The files of one folder and language, as they are. */
static enum err
read_pair(const char *dir, const char *name, const char *locale, struct arena *a,
    const char **ret_text, const char **ret_html)
{
	const char *text = arena_print(a, "%s/%s.%s.txt", dir, name, locale);
	const char *html = arena_print(a, "%s/%s.%s.html", dir, name, locale);
	enum err e;

	if (text == NULL || html == NULL)
		return (ERR_NOMEM);
	if ((e = read_file(text, a, ret_text)) != ERR_OK)
		return (e);
	if ((e = read_file(html, a, ret_html)) != ERR_NOT_FOUND)
		return (e);
	*ret_html = NULL;
	return (ERR_OK);
}

static enum err
read_locale(const struct conf *c, const char *name, const char *locale, struct arena *a,
    const char **ret_text, const char **ret_html)
{
	const char *ours = arena_print(a, "%s/mail", c->www_dir);
	enum err e = ERR_NOT_FOUND;

	if (ours == NULL)
		return (ERR_NOMEM);
	if (c->mail_templates[0] != '\0')
		e = read_pair(c->mail_templates, name, locale, a, ret_text, ret_html);
	if (e == ERR_NOT_FOUND)
		e = read_pair(ours, name, locale, a, ret_text, ret_html);
	return (e);
}

/* Cut the last part off "de-AT"; after "de" there is the usual one, after that none. */
static bool
shorten(char *locale)
{
	char *dash = strrchr(locale, '-');

	if (dash != NULL)
		*dash = '\0';
	else if (locale[0] != '\0' && strcmp(locale, USUAL) != 0)
		snprintf(locale, sizeof USUAL, "%s", USUAL);
	else
		return (false);
	return (true);
}

static enum err
find(const struct conf *c, const char *name, char *locale, struct arena *a, const char **ret_text,
    const char **ret_html)
{
	enum err e;

	do
		e = read_locale(c, name, locale, a, ret_text, ret_html);
	while (e == ERR_NOT_FOUND && shorten(locale));
	return (e);
}

enum err
mail_template_fill(const struct conf *c, const char *name, const char *locale,
    const struct cJSON *data, struct arena *a, struct mail_template *ret_filled)
{
	const char *text = NULL, *html = NULL, *body;
	struct mail_template t = { .html = NULL };
	char nearest[PROFILE_LOCALE_MAX + 1];
	size_t len;
	enum err e;

	if (!mailing_kind_ok(name) || (locale[0] != '\0' && !profile_locale_ok(locale)))
		return (ERR_NOT_FOUND);
	snprintf(nearest, sizeof nearest, "%s", locale[0] == '\0' ? USUAL : locale);
	if ((e = find(c, name, nearest, a, &text, &html)) != ERR_OK)
		return (e);
	/* The subject is filled by itself: what fills it cannot begin the text. */
	len = strcspn(text, "\r\n");
	if (len == 0)
		return (ERR_FIELDS);
	body = text + len + strspn(text + len, "\r\n");
	t.locale = arena_copy(a, nearest);
	if ((t.subject = arena_copy_len(a, text, len)) != NULL)
		t.subject = page_fill_text(t.subject, data, a);
	t.text = page_fill_text(body, data, a);
	if (html != NULL)
		t.html = page_fill(html, data, a);
	if (t.locale == NULL || t.subject == NULL || t.text == NULL ||
	    (t.html == NULL && html != NULL))
		return (ERR_NOMEM);
	*ret_filled = t;
	return (ERR_OK);
}
