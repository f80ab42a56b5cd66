/* One request through the table: from CGI variables to the bytes of an answer. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>

#include "http/conn.h"
#include "http/server.h"

/**
 * exchange(s, c, env, a, ret_drained):
 * Answer the request that ${env} begins and ${c} goes on with, using memory of ${a}, which the
 * caller resets afterwards.
 * ${ret_drained}: was the body read to its end?
 */
void exchange(
    const struct server *s, struct conn *c, char *const *env, struct arena *a, bool *ret_drained);

#endif
