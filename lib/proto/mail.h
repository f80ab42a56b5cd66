/*
 * Mail to people: queued in the transaction of its cause, sent by the courier. A new kind of mail
 * is www/mail/KIND.en.txt and .html (and other languages), and a call of mail_queue().
 */
#ifndef PROTO_MAIL_H
#define PROTO_MAIL_H

#include "base/conf.h"
#include "base/id.h"
#include "cred/secret.h"
#include "http/json.h"
#include "proto/mail_conf.h"
#include "proto/mail_template.h"
#include "store/outbox.h"

#define MAIL_TRY_MS ((int64_t)2 * 86400000) /* for so long sending is tried */
#define MAIL_PARAMS_MAX 16384               /* bytes of either object, as JSON */

/* A mail to queue. */
struct mail {
	const char *kind;    /* the template: "test" */
	const char *to;      /* an address that profile_email_ok() takes */
	const char *user_id; /* whose it is: it goes when the user is deleted; NULL: nobody's */
	const char *locale;  /* a language tag; NULL: the usual one */
	struct json
	    *params; /* fills the template; no secret. Is printed on every list; NULL: none */
	struct json *secret; /* fills it too: links and codes. Gone once sent or dead; NULL: none */
	int64_t until;       /* when what it says is over, and it need not be sent; 0: never */
};

/**
 * mail_queue(tx, c, m, mail, now, a, ret_id):
 * Have ${mail} sent when, and only when, the transaction is committed; so never send one of what
 * was undone, nor lose one of what was done. The template's holes are the members of params and
 * secret, and site_name, site_url and to. Whether mail is configured doesn't matter: it waits. How
 * often somebody may cause a mail to whatever address is for the caller's rate limits. Errors:
 * ERR_FIELDS when the address, the kind or the locale is none, or an object too long; ERR_NOMEM,
 * ERR_CRYPTO, ERR_DB.
 */
MUST_USE enum err mail_queue(struct tx *tx, const struct conf *c, const struct master *m,
    const struct mail *mail, int64_t now, struct arena *a, char ret_id[static ID_SIZE]);

/**
 * mail_fill(c, kind, locale, to, params, secret, a, ret_filled):
 * What a mail of ${kind} says; ${params} and ${secret} are JSON objects, NULL: none.
 * Errors: as mail_template_fill(); ERR_SYNTAX.
 */
MUST_USE enum err
mail_fill(const struct conf *c, const char *kind, const char *locale, const char *to,
    const char *params, const char *secret, struct arena *a, struct mail_template *ret_filled);

/**
 * mail_print(c, mc, m, row, a, ret_bytes):
 * The mail of ${row} as it goes to a mail server, owned by ${a}. Errors: as mail_fill() and
 * mime_print(); ERR_CRYPTO when its secret was sealed by another master key.
 */
MUST_USE enum err mail_print(const struct conf *c, const struct mail_conf *mc,
    const struct master *m, const struct outbox_mail *row, struct arena *a, const char **ret_bytes);

#endif
