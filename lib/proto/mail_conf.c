/* What [mail] of yett.conf says: how mail goes out, and whose it is. */
#include "proto/mail_conf.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "access/profile.h"
#include "base/file.h"
#include "base/text.h"

#define PASSWORD_MAX 255

/* HOST, with a port at most, of visible ASCII that means nothing else in a URL. */
static bool
is_server(const char *text)
{
	const char *end = text[0] == '[' ? strchr(text, ']') : text + strcspn(text, ":");
	const char *p;
	int64_t port;

	for (p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p >= '\x7f' || strchr("/?#@%\\\"<>", *p) != NULL)
			return (false);
	if (end == NULL || end == text)
		return (false);
	end += *end == ']';
	return (*end == '\0' || (*end == ':' && text_number(end + 1, 1, 65535, &port)));
}

static bool
is_loopback(const char *server)
{
	const size_t len = server[0] == '[' ? 0 : strcspn(server, ":");
	char host[CONF_PATH_SIZE] = "";
	struct in_addr address;

	memcpy(host, server, len);
	return (text_starts(server, "[::1]") || strcmp(host, "localhost") == 0 ||
	        (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127));
}

/* ADDRESS or NAME <ADDRESS>, whose parts are then in ${to}. */
static bool
read_person(const char *text, char *to, struct mime_person *ret_person)
{
	char *begin, *end;

	snprintf(to, CONF_TEXT_SIZE, "%s", text);
	if ((begin = strrchr(to, '<')) == NULL) {
		*ret_person = (struct mime_person){ .name = "", .address = to };
		return (profile_email_ok(to));
	}
	if ((end = strchr(begin, '>')) == NULL || end[1] != '\0')
		return (false);
	*end = '\0';
	*ret_person = (struct mime_person){ .name = to, .address = begin + 1 };
	for (end = begin; end > to && end[-1] == ' '; end--)
		continue;
	*end = '\0';
	return (profile_email_ok(begin + 1));
}

static const char *
read_url(const char *url, struct mail_conf *m)
{
	static const char slip[] =
	    "mail.url must be smtp://HOST:PORT, smtps://HOST:PORT, sendmail:/PATH or file:/FOLDER";

	m->url = url;
	if (*url == '\0')
		return (NULL);
	if (text_starts(url, "smtp://") || text_starts(url, "smtps://")) {
		m->way = MAIL_SMTP;
		return (is_server(strstr(url, "://") + strlen("://")) ? NULL : slip);
	}
	m->way = text_starts(url, "file:") ? MAIL_FILE : MAIL_SENDMAIL;
	m->path = strchr(url, ':') == NULL ? "" : strchr(url, ':') + 1;
	return ((m->way == MAIL_FILE || text_starts(url, "sendmail:")) && m->path[0] == '/' ? NULL
	                                                                                    : slip);
}

static const char *
read_tls(const struct conf *c, struct mail_conf *m)
{

	if (strcmp(c->mail_tls, "required") == 0)
		m->tls = MAIL_TLS_REQUIRED;
	else if (strcmp(c->mail_tls, "optional") == 0)
		m->tls = MAIL_TLS_OPTIONAL;
	else if (strcmp(c->mail_tls, "off") == 0)
		m->tls = MAIL_TLS_OFF;
	else
		return ("mail.tls must be required, optional or off");
	if (text_starts(m->url, "smtps://"))
		m->tls = MAIL_TLS_FIRST;
	if ((m->user[0] == '\0') != (c->mail_password_file[0] == '\0'))
		return ("mail.user and mail.password_file go together");
	if (m->user[0] != '\0' && m->way == MAIL_SMTP && m->tls != MAIL_TLS_REQUIRED &&
	    m->tls != MAIL_TLS_FIRST && !is_loopback(strstr(m->url, "://") + strlen("://")))
		return ("mail.tls must be required where there is a mail.user: others could read "
		        "the password");
	return (NULL);
}

static const char *
read_people(const struct conf *c, struct mail_conf *m)
{

	conf_mail_host(c, m->host);
	snprintf(m->texts[0], sizeof m->texts[0], "noreply@%s", m->host);
	m->from = (struct mime_person){ .name = c->site_name, .address = m->texts[0] };
	if (c->mail_from[0] != '\0' && !read_person(c->mail_from, m->texts[0], &m->from))
		return ("mail.from must be ADDRESS or NAME <ADDRESS>");
	if (c->mail_reply_to[0] != '\0' &&
	    !read_person(c->mail_reply_to, m->texts[1], &m->reply_to))
		return ("mail.reply_to must be ADDRESS or NAME <ADDRESS>");
	if (c->mail_templates[0] != '\0' && c->mail_templates[0] != '/')
		return ("mail.templates must be a folder, its path beginning with /");
	return (NULL);
}

enum err
mail_conf_read(
    const struct conf *c, struct mail_conf *ret_mail, char ret_message[static CONF_MESSAGE_SIZE])
{
	const char *wrong;

	*ret_mail = (struct mail_conf){
		.user = c->mail_user,
		.ca = c->mail_ca,
		.timeout_s = c->mail_timeout_s,
	};
	if ((wrong = read_url(c->mail_url, ret_mail)) == NULL &&
	    (wrong = read_tls(c, ret_mail)) == NULL && (wrong = read_people(c, ret_mail)) == NULL)
		return (ERR_OK);
	snprintf(ret_message, CONF_MESSAGE_SIZE, "%s", wrong);
	return (ERR_CONF);
}

enum err
mail_conf_unlock(
    const struct conf *c, struct mail_conf *mail, char ret_message[static CONF_MESSAGE_SIZE])
{
	char *password;
	size_t len;
	enum err e;

	if (c->mail_password_file[0] == '\0')
		return (ERR_OK);
	if ((password = sodium_malloc(PASSWORD_MAX + 3)) == NULL)
		return (ERR_NOMEM);
	e = file_read_private(c->mail_password_file, password, PASSWORD_MAX + 2, &len);
	password[e == ERR_OK ? len : 0] = '\0';
	password[strcspn(password, "\r\n")] = '\0';
	if (e == ERR_OK && password[0] != '\0' && strlen(password) <= PASSWORD_MAX) {
		mail->password = password;
		return (ERR_OK);
	}
	snprintf(ret_message, CONF_MESSAGE_SIZE, "mail.password_file = %s: %s",
	    c->mail_password_file,
	    e == ERR_NOT_FOUND ? "there is no such file"
	    : e == ERR_CRYPTO  ? "it must be a plain file of mode 0600"
	    : e == ERR_IO      ? "it cannot be read"
	                       : "its first line must be the password, of 1 to 255 bytes");
	sodium_free(password);
	return (ERR_CONF);
}

void
mail_conf_close(struct mail_conf *mail)
{

	sodium_free(mail->password);
	mail->password = NULL;
}
