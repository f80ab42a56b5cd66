/* What a mail of the outbox says: its template, filled, as bytes for a server. */
#ifndef PROTO_MAIL_H
#define PROTO_MAIL_H

#include "base/conf.h"
#include "cred/secret.h"
#include "http/json.h"
#include "proto/mail_conf.h"
#include "proto/mail_template.h"
#include "store/outbox.h"

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
