/* The guard: may this request see that page of another application? */
#ifndef ACCESS_GUARD_H
#define ACCESS_GUARD_H

#include "access/guard_rules.h"
#include "access/guard_who.h"

struct app;
struct guard;

enum guard_verdict {
	GUARD_ALLOWED,
	GUARD_SIGN_IN,       /* not to who has proved nothing */
	GUARD_SECOND_FACTOR, /* not without one, or too long after */
	GUARD_PASSWORD_DUE,  /* not before another password is chosen */
	GUARD_DENIED,
};

/* Texts are owned by the arena. */
struct guard_decision {
	enum guard_verdict verdict;
	const char *rule;    /* which decided; NULL: none is about the request */
	const char *rule_id; /* NULL: one of yett.conf, or none */
	const char *because; /* for a person */
	int64_t mfa_minutes; /* that the rule asks for; 0: none */
};

/**
 * guard_open(app, ret_guard), guard_close(g):
 * What a program that guards needs besides ${app}, which must outlive it. NULL may be closed, too.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err guard_open(struct app *app, struct guard **ret_guard);
void guard_close(struct guard *g);

/**
 * guard_watch(g):
 * Once a second: can the database still be read? If not, nobody is let in until it can: also not
 * those who are remembered, for nobody could take anything away from them.
 */
void guard_watch(struct guard *g);

/**
 * guard_host(text, a):
 * The host of a Host field in small letters, without port and final dot; "" when it is none. NULL
 * when ${a} is full.
 */
const char *guard_host(const char *text, struct arena *a);

/**
 * guard_method_ok(method):
 * Is it in capital letters, as methods of rules are? An application may take "post" for POST.
 */
bool guard_method_ok(const char *method);

/**
 * guard_target_read(url, method, a, ret_target, ret_why):
 * What a request for ${url}, "https://host/path?query#there" or "/path", is about; owned by ${a}.
 * Errors: ERR_BAD_REQUEST, ${ret_why} (static) says why; ERR_NOMEM.
 */
MUST_USE enum err guard_target_read(const char *url, const char *method, struct arena *a,
    struct guard_target *ret_target, const char **ret_why);

/**
 * guard_ask(r, target, ret_who, ret_decision):
 * What the rules of now say of a request for ${target} by who proved himself in ${r}, who is
 * ${ret_who} (NULL: nobody; what proves nothing any more is as nothing), from where ${r} comes.
 * What is allowed has no rule and reason, to be quick. A use of an API key that is let in is
 * counted. Errors: ERR_DB, ERR_CONF, ERR_NOMEM: not allowed.
 */
MUST_USE enum err guard_ask(struct req *r, const struct guard_target *target,
    const struct guard_who **ret_who, struct guard_decision *ret_decision);

/* What somebody would like to know beforehand. */
struct guard_question {
	struct guard_target target;
	const char *address;
	const char *user_id; /* NULL: nobody */
	const char *amr;     /* how he signed in */
	int64_t began_at;    /* and when, ms */
};

/**
 * guard_explain(conf, db, q, a, ret_decision):
 * What would be decided; what is allowed has its reason, too. Errors: ERR_NOT_FOUND when there is
 * no such user; ERR_DB, ERR_CONF, ERR_NOMEM.
 */
MUST_USE enum err guard_explain(const struct conf *conf, struct db *db,
    const struct guard_question *q, struct arena *a, struct guard_decision *ret_decision);

/**
 * guard_verdict_name(verdict):
 * "allowed", "sign-in", "second-factor", "password-due" or "denied".
 */
const char *guard_verdict_name(enum guard_verdict verdict);

#endif
