/* Mail to people: queued in the transaction of its cause, sent by the courier. */
#include "proto/mail.h"

#include <string.h>

#include "access/profile.h"

static const char purpose[] = "mailseal";

/* An object as text, and whether it is not too long. */
static enum err
print_object(struct json *j, const char **ret_text)
{

	*ret_text = j == NULL ? "{}" : json_print(j);
	if (*ret_text == NULL)
		return (ERR_NOMEM);
	return (strlen(*ret_text) > MAIL_PARAMS_MAX ? ERR_FIELDS : ERR_OK);
}

enum err
mail_queue(struct tx *tx, const struct conf *c, const struct master *m, const struct mail *mail,
    int64_t now, struct arena *a, char ret_id[static ID_SIZE])
{
	char host[CONF_TEXT_SIZE], random[ID_SIZE];
	struct outbox_mail row = {
		.id = ret_id,
		.kind = mail->kind,
		.to_address = mail->to,
		.user_id = mail->user_id,
		.locale = mail->locale == NULL ? "" : mail->locale,
		.secret = mail->secret != NULL,
		.next_at = now,
		.give_up_at = now + MAIL_TRY_MS,
		.created_at = now,
	};
	const char *secret;
	enum err e;

	if (!profile_email_ok(mail->to) || !mail_template_name_ok(row.kind) ||
	    !mail_template_locale_ok(row.locale))
		return (ERR_FIELDS);
	if (mail->until != 0 && mail->until < row.give_up_at)
		row.give_up_at = mail->until;
	if ((e = print_object(mail->params, &row.params)) != ERR_OK)
		return (e);
	if (mail->secret != NULL &&
	    ((e = print_object(mail->secret, &secret)) != ERR_OK ||
	        (e = master_encrypt(m, purpose, secret, a, &row.sealed)) != ERR_OK))
		return (e);
	mail_conf_host(c, host);
	id_new(ret_id);
	id_random(random);
	if ((row.message_id = arena_print(a, "<%s@%s>", random, host)) == NULL)
		return (ERR_NOMEM);
	return (outbox_add(tx, &row));
}

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

	if (row->sealed != NULL &&
	    (e = master_decrypt(m, purpose, row->sealed, a, &secret)) != ERR_OK)
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
