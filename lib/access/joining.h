/* How people come into an org besides being put there: by an invitation, or by an address at a
 * domain that is proven to be the org's. */
#ifndef ACCESS_JOINING_H
#define ACCESS_JOINING_H

#include "base/conf.h"
#include "base/dns.h"
#include "cred/secret.h"
#include "http/json.h"
#include "http/request.h"
#include "store/invitation.h"
#include "store/org_domain.h"
#include "store/user.h"

/* The record that proves a domain: TXT of the label and the domain, with the text and the token. */
#define JOINING_LABEL "_yett."
#define JOINING_TEXT "yett-verification="

#define JOINING_DOMAINS_MAX 20      /* claims of an org, verified or not */
#define JOINING_INVITATIONS_MAX 100 /* of an org, that have not expired */
#define JOINING_DAYS 7              /* for which an invitation is open, unless it says */
#define JOINING_DAYS_MAX 30

struct post;

/* What the mail of an invitation says besides. */
struct joining_letter {
	const char *org;     /* the name of the org */
	const char *inviter; /* who invites, by a confirmed address; NULL: not said */
	const char *token;
};

/**
 * joining_claim(tx, d, a):
 * Add the claim ${d}, of which org_id, domain (checked by dns_domain_ok()), auto_join and
 * created_at are given, the rest filled in; owned by ${a}. Errors: ERR_TAKEN when the org has
 * claimed it; ERR_LIMIT when it has too many; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err joining_claim(struct tx *tx, struct org_domain *d, struct arena *a);

/**
 * joining_ask(conf, d, a):
 * Does the DNS show now that ${d} is the org's? Takes up to dns.timeout_s: not in a transaction.
 */
enum dns_found joining_ask(const struct conf *conf, const struct org_domain *d, struct arena *a);

/**
 * joining_print_domain(j, d), joining_print_invitation(j, inv):
 * Add what people are shown of a claim, with the record to set; of an invitation.
 */
void joining_print_domain(struct json *j, const struct org_domain *d);
void joining_print_invitation(struct json *j, const struct invitation *inv);

/**
 * joining_invite(tx, inv, a, ret_token, ret_replaced):
 * Add the invitation ${inv}, of which org_id, email (in small letters), role_id, invited_by,
 * created_at, expires_at and shown are given, the id filled in, and make its token. An older one
 * for the address is replaced: ${ret_replaced} is its id, NULL when there was none. Errors:
 * ERR_LIMIT when the org has too many; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err joining_invite(struct tx *tx, struct invitation *inv, struct arena *a,
    char ret_token[static SECRET_TOKEN_SIZE], const char **ret_replaced);

/**
 * joining_renew(tx, inv, ret_token):
 * Another token for ${inv}, shown or not as that says; the old is good no more.
 * Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err joining_renew(
    struct tx *tx, const struct invitation *inv, char ret_token[static SECRET_TOKEN_SIZE]);

/**
 * joining_mails(conf):
 * Are invitations mailed? Without mail.url whoever invites is shown the link, and sends it.
 */
bool joining_mails(const struct conf *conf);

/**
 * joining_mail(tx, post, inv, letter, now):
 * Queue the mail of ${inv}; whether the address is anybody's is not looked at.
 * Errors: as mailing_queue().
 */
MUST_USE enum err joining_mail(struct tx *tx, const struct post *post, const struct invitation *inv,
    const struct joining_letter *letter, int64_t now);

/**
 * joining_note_invitation(details, inv, replaced):
 * Add what the audit log says of a new invitation.
 */
void
joining_note_invitation(struct json *details, const struct invitation *inv, const char *replaced);

/**
 * joining_link(conf, token, a):
 * Where an invitation is accepted. The token is the URL's fragment, which browsers send to nobody:
 * it reaches no log of a server or proxy, and no Referer. NULL when ${a} is full.
 */
const char *joining_link(const struct conf *conf, const char *token, struct arena *a);

/**
 * joining_find(db, token, now, a, ret_invitation):
 * The open invitation of ${token}: not expired, and whoever gave it may still give what it gives.
 * Errors: ERR_NOT_FOUND for anything else; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err joining_find(struct db *db, const char *token, int64_t now, struct arena *a,
    struct invitation *ret_invitation);

/**
 * joining_accept(tx, r, inv, user_id, now):
 * Let the user be what the invitation says, and note it; the invitation is spent. Who belongs to
 * the org already gets the role as well. Errors: ERR_SEATS when no seat is left, and the invitation
 * stays open; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err joining_accept(
    struct tx *tx, struct req *r, const struct invitation *inv, const char *user_id, int64_t now);

/**
 * joining_by_domain(tx, r, u, now):
 * Take ${u}, who signs in by ${r}, or has confirmed the address, into the org whose people join by
 * the domain of the address, if there is such an org, the address is confirmed, a seat is free, and
 * the user never belonged to it. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
joining_by_domain(struct tx *tx, struct req *r, const struct user *u, int64_t now);

#endif
