/* Asking for a mail, or an SMS, to sign in by. */
#ifndef CMD_PASSWORDLESS_ASK_H
#define CMD_PASSWORDLESS_ASK_H

#include "http/request.h"

#define ASK_LIFE_S 600 /* for so long a link or code is good. Source: OWASP ASVS 5.0 6.5.5 */

/**
 * ask_post_link(r), ask_post_code(r):
 * Handlers. Mail a link and a code, good in the asking browser alone; or a code, by mail or
 * SMS, which is bound to the browser when a form asks. Whether address or phone are anybody's can
 * be told neither from the answer nor from its time.
 */
MUST_USE enum err ask_post_link(struct req *r);
MUST_USE enum err ask_post_code(struct req *r);

#endif
