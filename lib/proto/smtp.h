/* A mail server, spoken to through libcurl. */
#ifndef PROTO_SMTP_H
#define PROTO_SMTP_H

#include "proto/transport.h"

struct smtp;

/**
 * smtp_new(mc, hooks, ret_smtp), smtp_free(s):
 * A connection, made when the first mail is sent; for one thread. Leave is taken by smtp_free(),
 * which accepts NULL. Errors: as of libcurl_load(); ERR_NOMEM.
 */
MUST_USE enum err
smtp_new(const struct mail_conf *mc, const struct transport_hooks *hooks, struct smtp **ret_smtp);
void smtp_free(struct smtp *s);

/**
 * smtp_send(s, mail, ret_result):
 * Send ${mail}. Whom the server refuses by 5xx, or what, once it knows the recipient, is refused
 * for good; by 4xx for now. All else is trouble: no connection, no TLS where it must be, a
 * certificate of somebody else, a wrong password, a sender that it does not like, 421.
 * Source: RFC 5321 sections 4.2 and 4.5.4, RFC 3207, RFC 4954, RFC 8314 section 3.
 */
void
smtp_send(struct smtp *s, const struct transport_mail *mail, struct transport_result *ret_result);

#endif
