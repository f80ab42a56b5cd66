/* Getting back in by what was mailed: another password, the end of the waits, the end of a session
 * that is somebody else's. */
#ifndef ACCESS_RECOVERY_H
#define ACCESS_RECOVERY_H

#include "http/request.h"

/**
 * recovery_forgot(r, email):
 * Mail a link for another password to the user with the address ${email}. Whether there is one, who
 * has a password and may sign in, can be told neither from the answer nor from its time. Errors:
 * ERR_FIELDS when it is no address; ERR_LIMIT; as mailing_send().
 * Source: OWASP Forgot Password Cheat Sheet; OWASP ASVS 5.0 6.3.8, 6.4.3.
 */
MUST_USE enum err recovery_forgot(struct req *r, const char *email);

/**
 * recovery_reset(r, token, password):
 * Give the user of the link another password. It proves that he reads the address, too; all his
 * sessions, other links and waits end. Errors: ERR_TICKET when it is good no more, whatever the
 * reason; ERR_FIELDS when ${password} may not be chosen, and it stays good; ERR_BUSY; as
 * mailing_queue().
 */
MUST_USE enum err recovery_reset(struct req *r, const char *token, const char *password);

/**
 * recovery_unlock(r, token), recovery_end_session(r, token):
 * End the waits after wrong passwords, but no lock of an admin's; or the session that a mail told
 * of, whose device is then not known any more. Errors: ERR_TICKET; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err recovery_unlock(struct req *r, const char *token);
MUST_USE enum err recovery_end_session(struct req *r, const char *token);

#endif
