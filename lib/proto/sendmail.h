/* A local program that takes a mail on standard input, as sendmail(8) does. */
#ifndef PROTO_SENDMAIL_H
#define PROTO_SENDMAIL_H

#include "proto/transport.h"

/**
 * sendmail_send(mc, hooks, mail, ret_result):
 * Run "PATH -i -f FROM -- TO", no shell between, with ${mail} on standard input and PATH alone in
 * the environment. Exit status 0: taken; 65, 67, 68: never; others: later. One that cannot be
 * started, or takes longer than mail.timeout_s, is trouble. Source: sysexits(3).
 */
void sendmail_send(const struct mail_conf *mc, const struct transport_hooks *hooks,
    const struct transport_mail *mail, struct transport_result *ret_result);

#endif
