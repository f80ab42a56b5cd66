/* What a mail of the outbox says. access/mailing.h puts it there. */
#include "proto/mail.h"

#include <string.h>

#include "access/mailing.h"

/* Add the members of the object ${text} to ${data}. */
static enum err
merge(struct cJSON *data, const char *text, struct arena *a)
{
	struct cJSON *more;
	const char *detail;
	enum err e;

	if (text == NULL)
		return (ERR_OK);
	if ((e = json_parse(text, strlen(text), a, &more, &detail)) != ERR_OK)
		return (e);
	return (json_merge(data, more, a) ? ERR_OK : ERR_NOMEM);
}

enum err
mail_fill(const struct conf *c, const char *kind, const char *locale, const char *to,
    const char *params, const char *secret, struct arena *a, struct mail_template *ret_filled)
{
	struct json site = json_object(a);
	const char *text, *detail;
	struct cJSON *data;
	enum err e;

	json_add_text(&site, "site_name", c->site_name);
	json_add_text(&site, "site_url", c->site_url);
	json_add_text(&site, "to", to);
	if ((text = json_print(&site)) == NULL)
		return (ERR_NOMEM);
	/* The site's last: nothing else may call itself that. */
	if ((e = json_parse("{}", 2, a, &data, &detail)) != ERR_OK ||
	    (e = merge(data, params, a)) != ERR_OK || (e = merge(data, secret, a)) != ERR_OK ||
	    (e = merge(data, text, a)) != ERR_OK)
		return (e);
	return (mail_template_fill(c, kind, locale, data, a, ret_filled));
}

enum err
mail_print(const struct conf *c, const struct mail_conf *mc, const struct master *m,
    const struct outbox_mail *row, struct arena *a, const char **ret_bytes)
{
	struct mail_template filled;
	const char *secret = NULL;
	struct mime mime;
	enum err e;

	if ((e = mailing_open(m, row, a, &secret)) != ERR_OK)
		return (e);
	if ((e = mail_fill(c, row->kind, row->locale, row->to_address, row->params, secret, a,
	         &filled)) != ERR_OK)
		return (e);
	mime = (struct mime){
		.from = mc->from,
		.reply_to = mc->reply_to,
		.to = row->to_address,
		.subject = filled.subject,
		.message_id = row->message_id,
		.id = row->id,
		.text = filled.text,
		.html = filled.html,
		.at = row->created_at,
	};
	return (mime_print(&mime, a, ret_bytes));
}
