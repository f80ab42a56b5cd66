/* Tickets: what a mail carries, so that who comes with it proves to read that address. A link with
 * 256 random bits, and if wanted a code of six digits for who types it. Good once, for one thing,
 * for a while. */
#ifndef ACCESS_TICKET_H
#define ACCESS_TICKET_H

#include "cred/secret.h"
#include "store/store.h"

#define TICKET_CODE_SIZE 7   /* six digits and a NUL */
#define TICKET_TRIES 5       /* wrong codes that one takes */
#define TICKET_TEXT_MAX 2048 /* bytes of what may come as a token: others get the same answer */

enum ticket_purpose {
	TICKET_VERIFY,      /* the address of a user, or of who signs up, is his */
	TICKET_ADDRESS,     /* and so is the one that he wants to have from now on: its data */
	TICKET_RESET,       /* another password may be chosen */
	TICKET_SIGN_IN,     /* a session may begin */
	TICKET_UNLOCK,      /* the waits after wrong passwords may end */
	TICKET_END_SESSION, /* the session may end that its data names */
	TICKET_WAITLIST,    /* who put himself on the waitlist reads the address */
	TICKET_SIGN_UP,     /* who has the address may sign up */
	TICKET_PHONE,       /* the phone in its data is the user's; "email" is the user's id */
	TICKET_PURPOSES
};

/* Texts are the caller's, or owned by the arena it was found with. */
struct ticket {
	enum ticket_purpose purpose;
	const char *user_id; /* NULL: nobody's */
	const char *email;   /* in small letters: where it goes */
	const char *data;    /* no secret; NULL or "": nothing */
	const char *browser; /* the cookie of the browser that asks; NULL: any may come with it */
	bool with_code;
	bool keep_older; /* there may be several at a time */
	int64_t life_s;
	/* Filled when it is issued or found. */
	const char *id;
	int64_t created_at;
	int64_t expires_at;
	bool bound; /* found: to a browser, whose cookie has to be ticket_browser_ok() */
	unsigned char browser_hash[SECRET_HASH_LEN];
};

/* What only the mail says: to be kept in an arena, which wipes what it had. */
struct ticket_secret {
	char token[SECRET_TOKEN_SIZE];
	char code[TICKET_CODE_SIZE]; /* "": none */
};

/**
 * ticket_issue(tx, m, t, now, a, ret_secret):
 * Make ${t}; unless keep_older, older ones for the same purpose and user (of nobody's: address) are
 * good no more, as far as the same browser, or none, asked for them. Errors: ERR_NOMEM, ERR_DB.
 * Source: OWASP ASVS 5.0 6.4, 6.5, 6.6.
 */
MUST_USE enum err ticket_issue(struct tx *tx, const struct master *m, struct ticket *t, int64_t now,
    struct arena *a, struct ticket_secret *ret_secret);

/**
 * ticket_find(db, purpose, token, now, a, ret_ticket), ticket_take(tx, purpose, token, now, a,
 * ret_ticket):
 * The open one of ${token}; the second uses it up. Errors: ERR_TICKET when there is none, whatever
 * the reason; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err ticket_find(struct db *db, enum ticket_purpose purpose, const char *token,
    int64_t now, struct arena *a, struct ticket *ret_ticket);
MUST_USE enum err ticket_take(struct tx *tx, enum ticket_purpose purpose, const char *token,
    int64_t now, struct arena *a, struct ticket *ret_ticket);

/**
 * ticket_find_newest(db, purpose, email, now, a, ret_ticket):
 * The newest open one that is nobody's and was mailed to ${email}, in small letters: not for who
 * comes with it, but for who asks on behalf of that address. Errors: ERR_NOT_FOUND; ERR_NOMEM,
 * ERR_DB.
 */
MUST_USE enum err ticket_find_newest(struct db *db, enum ticket_purpose purpose, const char *email,
    int64_t now, struct arena *a, struct ticket *ret_ticket);

/**
 * ticket_find_id(db, purpose, id, now, a, ret_ticket):
 * The open one of that id: not for who comes with it, but for who looks after it. Errors:
 * ERR_NOT_FOUND, also of one for another purpose; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err ticket_find_id(struct db *db, enum ticket_purpose purpose, const char *id,
    int64_t now, struct arena *a, struct ticket *ret_ticket);

/**
 * ticket_list_sign_up(db, before, now, limit, a, each, arg):
 * Call ${each} for at most ${limit} open ones of TICKET_SIGN_UP, the newest first, from the one
 * before the id ${before} on (NULL: from the newest). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err ticket_list_sign_up(struct db *db, const char *before, int64_t now, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct ticket *t), void *arg);

/**
 * ticket_try(tx, m, t, code, now, a, ret_right):
 * Is ${code} that of the newest open one for the purpose and email of ${t} that is bound to the
 * browser of ${t}, or if there is none of the newest that is bound to no browser? Then it is used
 * up and ${t} filled; else it takes one wrong code less, which is to be committed, so that is no
 * error. Of one that is bound to another browser no code is right, and none counts. Errors:
 * ERR_NOMEM, ERR_DB. Source: NIST SP 800-63B-4 3.1.3, 3.2.2; OWASP ASVS 5.0 6.6.
 */
MUST_USE enum err ticket_try(struct tx *tx, const struct master *m, struct ticket *t,
    const char *code, int64_t now, struct arena *a, bool *ret_right);

/**
 * ticket_browser_ok(t, browser):
 * Is ${t}, just found, bound to no browser, or to that with the cookie ${browser} (NULL: none)?
 */
bool ticket_browser_ok(const struct ticket *t, const char *browser);

/**
 * ticket_forget(tx, t), ticket_forget_email(tx, purpose, email), ticket_forget_user(tx, purpose,
 * user_id), ticket_forget_all(tx, user_id):
 * Away with one, with those for a purpose that went to an address (in small letters) or are a
 * user's, or with those for whatever: an address or a password has changed. Errors: ERR_DB.
 */
MUST_USE enum err ticket_forget(struct tx *tx, const struct ticket *t);
MUST_USE enum err
ticket_forget_email(struct tx *tx, enum ticket_purpose purpose, const char *email);
MUST_USE enum err
ticket_forget_user(struct tx *tx, enum ticket_purpose purpose, const char *user_id);
MUST_USE enum err ticket_forget_all(struct tx *tx, const char *user_id);

#endif
