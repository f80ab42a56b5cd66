/* Handing a mail to who takes it further: a mail server, a local program, or a folder. */
#include "proto/transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "proto/sendmail.h"
#include "proto/smtp.h"

#define PATH_SIZE 1024

struct transport {
	const struct mail_conf *conf;
	const struct transport_hooks *hooks;
	struct smtp *smtp; /* NULL: no connection */
};

enum err
transport_new(const struct mail_conf *mc, const struct transport_hooks *hooks,
    struct transport **ret_transport)
{
	struct transport *t = calloc(1, sizeof *t);

	if (t == NULL)
		return (ERR_NOMEM);
	t->conf = mc;
	t->hooks = hooks;
	*ret_transport = t;
	return (ERR_OK);
}

void
transport_free(struct transport *t)
{

	if (t == NULL)
		return;
	smtp_free(t->smtp);
	free(t);
}

void
transport_rest(struct transport *t)
{

	smtp_free(t->smtp);
	t->smtp = NULL;
}

/* One that is there already was written before the courier that did so was killed. */
static void
write_file(const char *dir, const struct transport_mail *mail, struct transport_result *ret_result)
{
	char path[PATH_SIZE];
	enum err e = ERR_IO;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		transport_explain(ret_result, TRANSPORT_TROUBLE, strerror(errno));
		return;
	}
	if ((size_t)snprintf(path, sizeof path, "%s/%s.eml", dir, mail->id) < sizeof path)
		e = file_create(path, mail->bytes, mail->len);
	if (e == ERR_OK || e == ERR_TAKEN)
		transport_explain(ret_result, TRANSPORT_SENT, "");
	else
		transport_explain(
		    ret_result, TRANSPORT_TROUBLE, "the file cannot be written in the folder");
}

void
transport_send(
    struct transport *t, const struct transport_mail *mail, struct transport_result *ret_result)
{
	enum err e;

	switch (t->conf->way) {
	case MAIL_NOT:
		transport_explain(ret_result, TRANSPORT_TROUBLE, "mail.url is not set");
		break;
	case MAIL_SMTP:
		if (t->smtp == NULL && (e = smtp_new(t->conf, t->hooks, &t->smtp)) != ERR_OK)
			transport_explain(ret_result, TRANSPORT_TROUBLE,
			    e == ERR_NOMEM ? "out of memory" : "libcurl.so.4 cannot be loaded");
		else
			smtp_send(t->smtp, mail, ret_result);
		break;
	case MAIL_SENDMAIL:
		sendmail_send(t->conf, t->hooks, mail, ret_result);
		break;
	case MAIL_FILE:
		write_file(t->conf->path, mail, ret_result);
		break;
	}
}

void
transport_explain(struct transport_result *ret_result, enum transport_end end, const char *text)
{
	char *p;

	ret_result->end = end;
	snprintf(ret_result->reason, sizeof ret_result->reason, "%s", text);
	ret_result->reason[text_cut(ret_result->reason, TRANSPORT_REASON_SIZE - 1)] = '\0';
	for (p = ret_result->reason; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			*p = ' ';
	if (text_utf8_ok(ret_result->reason, strlen(ret_result->reason)))
		return;
	for (p = ret_result->reason; *p != '\0'; p++)
		if ((unsigned char)*p > '~')
			*p = '?';
}
