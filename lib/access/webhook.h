/* Webhooks: what the routes, the tool and the courier do alike. docs/webhooks.md tells people. */
#ifndef ACCESS_WEBHOOK_H
#define ACCESS_WEBHOOK_H

#include "cred/secret.h"
#include "cred/whsec.h"
#include "http/input.h"
#include "http/json.h"
#include "store/delivery.h"
#include "store/webhook.h"

#define WEBHOOK_EVENT_MAX 64                   /* bytes of one in the list */
#define WEBHOOK_EVENTS_MAX 32                  /* of them */
#define WEBHOOK_DESCRIPTION_MAX 500            /* bytes */
#define WEBHOOK_COUNT_MAX 50                   /* of the site, and of each org */
#define WEBHOOK_TRY_MS ((int64_t)2 * 86400000) /* for so long sending is tried */
#define WEBHOOK_OVERLAP_S 86400                /* for so long the secret of before signs, too */
#define WEBHOOK_OVERLAP_MAX_S ((int64_t)7 * 86400)
#define WEBHOOK_QUEUED_MAX 10000 /* events that wait for one: of more it gets none */
#define WEBHOOK_ROWS_MAX 200     /* of the audit log that are queued at once */
#define WEBHOOK_TEST "webhook.test"

/**
 * webhook_events(t, of_org, a, ret_events, ret_wrong):
 * The list as the database keeps it: at most 32 of actions such as role.assigned, "role.*", "*",
 * and names of secret events, which an org's gets none of. Owned by ${a}. Errors: ERR_FIELDS, and
 * ${ret_wrong} says what is wrong with them, to stand behind the field's name; ERR_NOMEM.
 */
MUST_USE enum err webhook_events(const struct text_list *t, bool of_org, struct arena *a,
    const char **ret_events, const char **ret_wrong);

/**
 * webhook_wants(events, type), webhook_has_secrets(events):
 * Does whoever wants ${events} get one of ${type}? Is a secret event among them: one that tells
 * what proves somebody, so that who gets it could sign in as anybody?
 */
bool webhook_wants(const char *events, const char *type);
bool webhook_has_secrets(const char *events);

/**
 * webhook_make(tx, m, w, a, ret_secret):
 * Store ${w} with a new id and a new secret, which is owned by ${a} and can't be told later; what
 * else it says was checked. webhook_begin() comes after the change is in the log. Errors: ERR_LIMIT
 * when the site, or the org, has 50; ERR_NOMEM, ERR_CRYPTO, ERR_DB.
 */
MUST_USE enum err webhook_make(struct tx *tx, const struct master *m, struct webhook *w,
    struct arena *a, const char **ret_secret);

/**
 * webhook_change(tx, w, retry):
 * Store ${w} as it is now, and forget that events were left out; ${retry}: it may be well again, so
 * what waits is tried at once. For one that was not enabled webhook_begin() comes after the change
 * is in the log. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err webhook_change(struct tx *tx, struct webhook *w, bool retry);

/**
 * webhook_rotate(tx, m, w, overlap_s, now, a, ret_secret):
 * Give ${w} a new secret; the one of before signs for ${overlap_s} more. Errors: as webhook_make().
 */
MUST_USE enum err webhook_rotate(struct tx *tx, const struct master *m, struct webhook *w,
    int64_t overlap_s, int64_t now, struct arena *a, const char **ret_secret);

/**
 * webhook_secrets(m, w, now, a, ret_secret, ret_old):
 * The secrets that sign, in the clear; the second is NULL when only one does.
 * Errors: ERR_CRYPTO when another master key sealed them; ERR_NOMEM.
 */
MUST_USE enum err webhook_secrets(const struct master *m, const struct webhook *w, int64_t now,
    struct arena *a, const char **ret_secret, const char **ret_old);

/**
 * webhook_test(tx, w, now, a, ret_delivery):
 * Queue an event webhook.test for ${w}, whatever it wants. Errors: ERR_TAKEN while another waits;
 * ERR_FORBIDDEN when it is disabled; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err webhook_test(struct tx *tx, const struct webhook *w, int64_t now, struct arena *a,
    struct delivery *ret_delivery);

/**
 * webhook_resend(tx, w, id, now, a, ret_delivery):
 * Have the delivery ${id} of ${w} sent again, or now; ${ret_delivery} is what it was before.
 * Errors: ERR_NOT_FOUND; ERR_FORBIDDEN when it is under way, or ${w} is disabled; ERR_CRYPTO when
 * what it said was a secret, and is gone; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err webhook_resend(struct tx *tx, const struct webhook *w, const char *id,
    int64_t now, struct arena *a, struct delivery *ret_delivery);

/* An event that is not in the audit log, and whose data nobody else may see. */
struct webhook_secret {
	const char *type;  /* one that webhook_has_secrets() knows, such as "sms.code" */
	struct json *data; /* no more than is needed */
	int64_t until;     /* ms: from then on it is not sent any more; 0: after two days */
};

/**
 * webhook_push(tx, m, s, now, a, ret_count):
 * Queue ${s} for each webhook of the site that names its type, within the transaction of its cause;
 * it is stored sealed, and gone once it was sent or given up. ${ret_count} tells for how many: 0
 * when nobody would get it, or too much waits for who would. Errors: ERR_FIELDS when the type is
 * none of the secret ones; ERR_NOMEM, ERR_CRYPTO, ERR_DB.
 */
MUST_USE enum err webhook_push(struct tx *tx, const struct master *m,
    const struct webhook_secret *s, int64_t now, struct arena *a, int64_t *ret_count);

/* What there is to say of a part of the log that was queued: nothing as a rule. */
struct webhook_followed {
	int64_t missing; /* so many rows were behind and are gone, as retention has cut the log */
	int64_t full;    /* webhooks for which events are left out from now on, as too many wait */
	const char *full_id; /* the first of these */
};

/**
 * webhook_follow(tx, now, limit, a, ret_followed):
 * Go on along the audit log, ${limit} rows at most, of WEBHOOK_ROWS_MAX, and queue what it says for
 * whoever wants it and has less than WEBHOOK_QUEUED_MAX waiting. Errors: ERR_NOMEM, which fewer
 * rows may not give; ERR_DB.
 */
MUST_USE enum err webhook_follow(struct tx *tx, int64_t now, int64_t limit, struct arena *a,
    struct webhook_followed *ret_followed);

/**
 * webhook_payload(m, d, a, ret_payload):
 * What is sent, owned by ${a}. Errors: ERR_CRYPTO when another master key sealed it; ERR_NOMEM.
 */
MUST_USE enum err webhook_payload(
    const struct master *m, const struct delivery *d, struct arena *a, const char **ret_payload);

/**
 * webhook_print(w, now, a), webhook_print_delivery(d, a), webhook_details(w, a):
 * What is told of one, never a secret; what the audit log says of one, which is not its URL, for
 * that may have a secret in it: its host.
 */
struct json webhook_print(const struct webhook *w, int64_t now, struct arena *a);
struct json webhook_print_delivery(const struct delivery *d, struct arena *a);
struct json webhook_details(const struct webhook *w, struct arena *a);

#endif
