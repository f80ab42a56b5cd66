/* The user's address: shown to be the user's, and changed. */
#ifndef PASSWORD_EMAIL_H
#define PASSWORD_EMAIL_H

#include "http/request.h"

/**
 * email_page(r), email_verify(r), email_resend(r), email_change(r):
 * The page that a mailed link leads to, which changes nothing; what its form does; the mail once
 * more; a mail to the address that the account is to have. Errors: as access/verification.h.
 */
MUST_USE enum err email_page(struct req *r);
MUST_USE enum err email_verify(struct req *r);
MUST_USE enum err email_resend(struct req *r);
MUST_USE enum err email_change(struct req *r);

#endif
