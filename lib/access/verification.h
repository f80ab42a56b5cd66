/* Addresses of users: shown to be theirs by a link in a mail, and changed. */
#ifndef ACCESS_VERIFICATION_H
#define ACCESS_VERIFICATION_H

#include "base/conf.h"
#include "http/request.h"
#include "store/store.h"
#include "store/user.h"

#define VERIFICATION_LIFE_S 86400 /* for so long a link is good */

/**
 * verification_required(c):
 * Is there no account, and no signing in, before the address is confirmed?
 */
bool verification_required(const struct conf *c);

/**
 * verification_may_mail(r, email, ret_may):
 * Is a mail to be sent to who signs up with ${email}? Not by every site, nor when too many were
 * asked for: the account is made without, and the mail can be had later. Counts it.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err verification_may_mail(struct req *r, const char *email, bool *ret_may);

/**
 * verification_check(r, u):
 * May ${u} sign in, as far as the address is concerned? Errors: ERR_UNCONFIRMED, with what to do.
 */
MUST_USE enum err verification_check(struct req *r, const struct user *u);

/**
 * verification_mail(tx, r, u, now):
 * Send ${u} the link that confirms the address; older ones are good no more.
 * Errors: as mailing_send().
 */
MUST_USE enum err
verification_mail(struct tx *tx, struct req *r, const struct user *u, int64_t now);

/**
 * verification_sign_up(r, u, invitation):
 * Where it is required: send the mail whose link makes ${u}, of whom email, username, name, locale
 * and password_hash count, and who came with ${invitation} (NULL: none). Until then nothing is
 * stored but that link, and what it makes, sealed. Who has an account at the address gets another
 * mail instead. Whether that is so can be told neither from the answer nor from its time: only a
 * username may be somebody's. Errors: ERR_TAKEN with the field username; ERR_LIMIT; ERR_FORBIDDEN
 * when guests may not sign up; as mailing_send(). Source: OWASP ASVS 5.0 6.3.8; Sudhodanan, Paverd:
 * Pre-hijacked accounts (2022).
 */
MUST_USE enum err verification_sign_up(struct req *r, const struct user *u, const char *invitation);

/**
 * verification_resend(r, email):
 * Send the link to confirm ${email} once more, if there is anything to confirm.
 * Errors: ERR_FIELDS, ERR_LIMIT; as mailing_send(). Nothing that depends on whose address it is.
 */
MUST_USE enum err verification_resend(struct req *r, const char *email);

/**
 * verification_take(r, token):
 * Do what the link with ${token} is for: confirm an address, make the account of who signed up, or
 * move one to another address. Errors: ERR_TICKET whatever is wrong; ERR_FORBIDDEN when guests may
 * not sign up any more; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 6.4, 6.5.
 */
MUST_USE enum err verification_take(struct req *r, const char *token);

/**
 * verification_claim(tx, r, u, now):
 * The address of ${u} has been shown to be the user's, by whatever mail, by who did not give the
 * password: note it, and let the user into the org that people of that domain join. Until now
 * nobody knew whose the account was: so a password, a phone, sessions and API keys from before may
 * be those of a stranger who made it with that address, and are good no more. ${u} is changed, too.
 * Does nothing where the address was confirmed. Errors: ERR_DB, ERR_NOMEM.  Source: Sudhodanan,
 * Paverd: Pre-hijacked accounts (2022).
 */
MUST_USE enum err verification_claim(struct tx *tx, struct req *r, struct user *u, int64_t now);

/**
 * verification_change(r, email, current):
 * Mail the subject, whose password is ${current}, a link to ${email} that makes this the address of
 * the account; the answer is the same when it is somebody else's. Errors: ERR_FIELDS;
 * ERR_INVALID_CREDENTIALS with the field; ERR_LIMIT; ERR_BUSY; as mailing_send().
 */
MUST_USE enum err verification_change(struct req *r, const char *email, const char *current);

/**
 * verification_move(tx, r, token, now):
 * What verification_take() does with a link that verification_change() mailed.
 * Errors: ERR_TICKET; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err verification_move(struct tx *tx, struct req *r, const char *token, int64_t now);

#endif
