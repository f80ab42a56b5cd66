/* What [mail] of yett.conf says: how mail goes out, and whose it is. */
#ifndef PROTO_MAIL_CONF_H
#define PROTO_MAIL_CONF_H

#include "base/conf.h"
#include "proto/mime.h"

enum mail_way {
	MAIL_NOT, /* it waits */
	MAIL_SMTP,
	MAIL_SENDMAIL,
	MAIL_FILE,
};

enum mail_tls { MAIL_TLS_REQUIRED, MAIL_TLS_OPTIONAL, MAIL_TLS_OFF, MAIL_TLS_FIRST };

/* Texts point into it and into the conf that it was read from, so it must not be copied. */
struct mail_conf {
	enum mail_way way;
	enum mail_tls tls; /* first: from the first byte, smtps */
	const char *url;   /* of the server */
	const char *path;  /* of the program or the folder */
	const char *user;  /* "": nobody signs in */
	char *password;    /* in locked memory; NULL: none */
	const char *ca;    /* "": the system's */
	int64_t timeout_s;
	struct mime_person from;
	struct mime_person reply_to; /* its address may be NULL */
	char host[CONF_TEXT_SIZE];   /* of the site, as in addresses: "[192.0.2.1]" */
	char texts[3][CONF_PATH_SIZE];
};

/**
 * mail_conf_read(c, ret_mail, ret_message):
 * What ${c} says, but for the password. ${c} must live as long. Errors: ERR_CONF, and
 * ${ret_message} says which setting is wrong and why, for a person.
 */
MUST_USE enum err mail_conf_read(
    const struct conf *c, struct mail_conf *ret_mail, char ret_message[static CONF_MESSAGE_SIZE]);

/**
 * mail_conf_unlock(c, mail, ret_message), mail_conf_close(mail):
 * Read the password from its file; wipe it. Errors: ERR_CONF, with ${ret_message}, when the file
 * is not there, others may read it, or it is empty or longer than 255 bytes; ERR_NOMEM.
 */
MUST_USE enum err mail_conf_unlock(
    const struct conf *c, struct mail_conf *mail, char ret_message[static CONF_MESSAGE_SIZE]);
void mail_conf_close(struct mail_conf *mail);

#endif
