/* The templates of mail: NAME.LANG.txt, whose first line is the subject, and NAME.LANG.html. */
#ifndef PROTO_MAIL_TEMPLATE_H
#define PROTO_MAIL_TEMPLATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

struct cJSON;

/* A template, filled; owned by the arena. */
struct mail_template {
	const char *locale; /* of the file: "de" */
	const char *subject;
	const char *text;
	const char *html; /* NULL: there is none */
};

/**
 * mail_template_fill(c, name, locale, data, a, ret_filled):
 * The template ${name} in the language nearest to ${locale}: "de-AT", then "de", then "en"; of each
 * mail.templates before ours in site.www. Text and HTML are of one folder and language. Filled from
 * the object ${data} as http/page.h has it. The files are read now. Errors: ERR_NOT_FOUND when
 * there is none; ERR_FIELDS when one is no UTF-8, longer than 64 KiB, or without a subject;
 * ERR_NOMEM, ERR_IO.
 */
MUST_USE enum err mail_template_fill(const struct conf *c, const char *name, const char *locale,
    const struct cJSON *data, struct arena *a, struct mail_template *ret_filled);

#endif
