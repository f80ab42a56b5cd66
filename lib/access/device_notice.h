/*
 * Which devices a user signs in on, and the mail that tells of a new one. A browser is known by a
 * cookie of its own, other clients by what they call themselves and the network that they come
 * from.
 */
#ifndef ACCESS_DEVICE_NOTICE_H
#define ACCESS_DEVICE_NOTICE_H

#include "access/visit.h"
#include "base/id.h"

#define DEVICE_NOTICE_KEPT_MS ((int64_t)365 * 86400000) /* since it was last seen */

/**
 * device_notice_prepare(r, v):
 * Find out on which device the session of ${v} begins; a browser without a cookie for it gets one.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err device_notice_prepare(struct req *r, struct visit *v);

/**
 * device_notice_store(tx, r, v):
 * Note the device of ${v}, whose session was just stored. When it is a new one the user is told,
 * with a link that ends the session; but not at the first sign-in of all.
 * Errors: as mailing_send().  Source: OWASP ASVS 5.0 6.3.5.
 */
MUST_USE enum err device_notice_store(struct tx *tx, struct req *r, const struct visit *v);

/**
 * device_notice_parse(data, ret_session_id, ret_device_id):
 * What the link in such a mail stands for: ${data} is that of its ticket. False when it is none.
 */
bool device_notice_parse(
    const char *data, char ret_session_id[static ID_SIZE], char ret_device_id[static ID_SIZE]);

#endif
