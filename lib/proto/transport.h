/* Handing a mail to who takes it further: a mail server, a local program, or a folder. */
#ifndef PROTO_TRANSPORT_H
#define PROTO_TRANSPORT_H

#include <stddef.h>

#include "base/err.h"
#include "proto/mail_conf.h"

#define TRANSPORT_REASON_SIZE 201

struct transport;

enum transport_end {
	TRANSPORT_SENT,    /* it was taken */
	TRANSPORT_REFUSED, /* this mail will never be */
	TRANSPORT_LATER,   /* not this mail, now */
	TRANSPORT_TROUBLE, /* no mail at all, now */
	TRANSPORT_STOPPED, /* we were told to stop before it was handed over */
};

/* What became of a mail, and why: UTF-8 for people, "" when it was taken, no secret. */
struct transport_result {
	enum transport_end end;
	char reason[TRANSPORT_REASON_SIZE];
};

struct transport_mail {
	const char *id; /* of the row: the name of the file */
	const char *from;
	const char *to;
	const char *bytes;
	size_t len;
};

/* What a transport asks of whom it belongs to, in its thread. */
struct transport_hooks {
	/* Now and then: 0 go on; 1 give up, unless all was handed over and only the answer is
	 * missing; 2 give up. */
	int (*is_stopping)(void);
	/* Before the last byte is handed over: from then on the mail may arrive. */
	void (*handing_over)(void);
};

/**
 * transport_new(mc, hooks, ret_transport), transport_free(t):
 * For one thread, as ${mc} says, which must live as long, and so must ${hooks}.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err transport_new(const struct mail_conf *mc, const struct transport_hooks *hooks,
    struct transport **ret_transport);
void transport_free(struct transport *t);

/**
 * transport_send(t, mail, ret_result):
 * Hand ${mail} over, in mail.timeout_s at the longest. The connection is kept for the next one.
 */
void transport_send(
    struct transport *t, const struct transport_mail *mail, struct transport_result *ret_result);

/**
 * transport_rest(t):
 * There is nothing to send for now: take leave of the server.
 */
void transport_rest(struct transport *t);

/**
 * transport_explain(result, end, text):
 * Fill ${result}; of ${text} as much as fits, in one line, without what is no UTF-8.
 */
void
transport_explain(struct transport_result *ret_result, enum transport_end end, const char *text);

#endif
