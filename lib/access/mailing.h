/*
 * Mail that somebody's doing causes: queued in the transaction of its cause, sent by the courier. A
 * new kind of mail is www/mail/KIND.en.txt and .html (and other languages), a row in docs/mail.md,
 * and a call of mailing_send().
 */
#ifndef ACCESS_MAILING_H
#define ACCESS_MAILING_H

#include "access/ticket.h"
#include "base/conf.h"
#include "base/id.h"
#include "http/json.h"
#include "http/request.h"
#include "store/outbox.h"
#include "store/user.h"

#define MAILING_TRY_MS ((int64_t)2 * 86400000) /* for so long sending is tried */
#define MAILING_PARAMS_MAX 16384               /* bytes of either object, as JSON */

/* A mail to somebody, whose template gets name (of the user; "" when there is none), what is in
 * params, and of a ticket link, code, and for how long both are good: minutes, hours or days. */
struct mailing {
	const char *kind;        /* the template: "reset" */
	const struct user *user; /* whose; without an id who is to become one; NULL: nobody's */
	const char *to;          /* the address; NULL: the user's */
	struct ticket *ticket;   /* email and user_id are filled in; NULL: none */
	const char *path;        /* where the link leads: "/reset" */
	struct json *params;     /* no secret; NULL: none */
	bool pretend; /* do the same work, and let it come to nothing: for an address of nobody */
};

/* What sending takes besides; ${arena} is for what is made on the way. */
struct post {
	const struct conf *conf;
	const struct master *master;
	struct arena *arena;
	const char *locale; /* where the user says none; NULL: the usual one */
};

/**
 * mailing_allow(r, address):
 * May the sender of ${r} cause one more mail to ${address}, whether or not that is somebody's?
 * Counts it. Errors: ERR_LIMIT, with Retry-After; ERR_NOMEM. Source: OWASP ASVS 5.0 6.3.1.
 */
MUST_USE enum err mailing_allow(struct req *r, const char *address);

/**
 * mailing_allow_known(r, address):
 * The same for the subject of ${r}, who is answerable for what he does, as who invites is: one
 * address gets no more than from others, and the network counts not, but he causes 100 an hour at
 * most, to whatever addresses, which no setting lifts. Errors: as mailing_allow().
 */
MUST_USE enum err mailing_allow_known(struct req *r, const char *address);

/**
 * mailing_count(r, address, ret_wait_ms):
 * The same, for who goes on without the mail: how long until there may be one; 0: now, and it is
 * counted. Errors: ERR_NOMEM.
 */
MUST_USE enum err mailing_count(struct req *r, const char *address, int64_t *ret_wait_ms);

/**
 * mailing_give_back(r, address):
 * No mail came of what was counted: it is not counted.
 */
void mailing_give_back(struct req *r, const char *address);

/**
 * mailing_send(tx, r, m, now):
 * Issue the ticket of ${m} and queue it: both hold when the transaction is committed. Without
 * mail.url it waits, and is given up in the end. The token in a link is the URL's fragment, which
 * reaches no log of a server or proxy, and no Referer. Errors: as mailing_queue().
 */
MUST_USE enum err mailing_send(struct tx *tx, struct req *r, struct mailing *m, int64_t now);

/**
 * mailing_send_by(tx, post, m, now):
 * The same for who has no request, or works with other memory.
 */
MUST_USE enum err
mailing_send_by(struct tx *tx, const struct post *post, struct mailing *m, int64_t now);

/**
 * mailing_locale(r):
 * The language that the browser of ${r} prefers, as a tag that profile_locale_ok() takes; NULL when
 * it says none. Owned by ${r}. Source: RFC 9110 section 12.5.4.
 */
const char *mailing_locale(const struct req *r);

/* A mail to queue, for who has no request. */
struct mail {
	const char *kind;    /* the template: "test" */
	const char *to;      /* an address that profile_email_ok() takes */
	const char *user_id; /* whose it is: it goes when the user is deleted; NULL: nobody's */
	const char *locale;  /* a language tag; NULL: the usual one */
	struct json *params; /* fills the template; no secret: lists print it; NULL: none */
	struct json *secret; /* fills it too: links and codes. Gone once sent or dead; NULL: none */
	int64_t until;       /* when what it says is over, and it need not be sent; 0: never */
};

/**
 * mailing_queue(tx, c, m, mail, now, a, ret_id):
 * Have ${mail} sent when, and only when, the transaction is committed; so never send one of what
 * was undone, nor lose one of what was done. The template's holes are the members of params and
 * secret, and site_name, site_url and to. Errors: ERR_FIELDS when the address, the kind or the
 * locale is none, or an object too long; ERR_NOMEM, ERR_CRYPTO, ERR_DB.
 */
MUST_USE enum err mailing_queue(struct tx *tx, const struct conf *c, const struct master *m,
    const struct mail *mail, int64_t now, struct arena *a, char ret_id[static ID_SIZE]);

/**
 * mailing_open(m, row, a, ret_secret):
 * The secret object of ${row}, as JSON; NULL when there is none. Errors: ERR_CRYPTO when another
 * master key sealed it; ERR_NOMEM.
 */
MUST_USE enum err mailing_open(const struct master *m, const struct outbox_mail *row,
    struct arena *a, const char **ret_secret);

/**
 * mailing_kind_ok(kind):
 * Small letters, digits and '-', beginning with a letter, 1 to 32 of them: nothing else may reach
 * the name of a file.
 */
bool mailing_kind_ok(const char *kind);

#endif
