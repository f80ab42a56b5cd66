/* Telling an event to a server. */
#ifndef PROTO_WEBHOOK_POST_H
#define PROTO_WEBHOOK_POST_H

#include "base/conf.h"
#include "proto/transport.h"

struct webhook_post;

/* What is told, and to whom. */
struct webhook_event {
	const char *url;
	bool of_org;            /* an organisation says where to: see access/webhook_url.h */
	const char *id;         /* the same at each try */
	const char *secret;     /* as whsec_sign() takes one */
	const char *old_secret; /* that signs, too; NULL: none */
	const char *payload;
	int64_t now; /* ms */
};

/* What became of it: TRANSPORT_SENT when it was taken, _REFUSED when there is nobody any more
 * (410), _LATER, _STOPPED. */
struct webhook_answer {
	struct transport_result result; /* its reason is for who runs the site */
	/* What its owner is told: of an organisation's webhook the kind of failure alone, so that
	 * nobody learns from it what is where in the network behind. "" when it was taken. */
	char told[TRANSPORT_REASON_SIZE];
	int64_t http_status; /* 0: there was no answer */
	int64_t took_ms;
};

/**
 * webhook_post_new(c, is_stopping, ret_post), webhook_post_free(p):
 * For one thread; ${c} must live as long. ${is_stopping} as in struct transport_hooks. libcurl is
 * loaded with the first event. Errors: ERR_NOMEM.
 */
MUST_USE enum err
webhook_post_new(const struct conf *c, int (*is_stopping)(void), struct webhook_post **ret_post);
void webhook_post_free(struct webhook_post *p);

/**
 * webhook_post_send(p, ev, ret_answer):
 * POST ${ev} in webhook.timeout_s at the longest, signed. Connected is only with an address that
 * webhook_url_may_reach() lets, looked at when the connection is made, so that no name can lead
 * elsewhere in between; no redirect is followed, and no proxy asked. Of the answer the status
 * counts; what it says is thrown away.  Source: Standard Webhooks, "Webhook headers"; OWASP SSRF
 * Prevention Cheat Sheet.
 */
void webhook_post_send(
    struct webhook_post *p, const struct webhook_event *ev, struct webhook_answer *ret_answer);

#endif
