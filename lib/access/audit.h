/* The audit log: every change of what protects the site is a row, in the transaction of the change,
 * sealed together with the row before by a key that is not in the database. */
#ifndef ACCESS_AUDIT_H
#define ACCESS_AUDIT_H

#include "cred/secret.h"
#include "http/json.h"
#include "http/request.h"
#include "store/audit.h"

/* Who did something. NULL where there is none. */
struct audit_actor {
	const char *kind; /* user, key, guest, tool, system */
	const char *user_id;
	const char *on_behalf_of; /* the user whom user_id impersonates */
	const char *key_id;
	const char *ip_address;
	const char *user_agent;
	const char *request_id;
};

/* What was done. */
struct event {
	const char *action;      /* object.done: "role.assigned"; docs/audit.md lists them all */
	const char *object_type; /* "user", "role", ... */
	const char *object_id;   /* NULL: it has none */
	const char *org_id;      /* NULL: the site's */
	struct json *details; /* no secret, and nothing that names a person but by id; NULL: none */
	const char *user_id;  /* who did it, where the request proves nobody yet; else NULL */
};

/**
 * audit_note(tx, r, ev):
 * Add ${ev} to the log in the name of the subject of ${r}, within the transaction that does it.
 * Errors: ERR_NOMEM, ERR_DB.  Source: OWASP ASVS 5.0 16.2, 16.3; NIST SP 800-92.
 */
MUST_USE enum err audit_note(struct tx *tx, struct req *r, const struct event *ev);

/**
 * audit_note_as(tx, m, who, ev, a):
 * The same in the name of ${who}, with memory of ${a}: for what no request brings about.
 */
MUST_USE enum err audit_note_as(struct tx *tx, const struct master *m,
    const struct audit_actor *who, const struct event *ev, struct arena *a);

/**
 * audit_mac(m, before, row, a, ret_mac):
 * The mac that ${row} must have when ${before} is that of the row before it (32 zero bytes before
 * the first). Every column counts, and where it ends. Errors: ERR_NOMEM.
 */
MUST_USE enum err
audit_mac(const struct master *m, const unsigned char before[static AUDIT_MAC_LEN],
    const struct audit_row *row, struct arena *a, unsigned char ret_mac[static AUDIT_MAC_LEN]);

/**
 * audit_seal_head(m, seq, mac, ret_seal), audit_seal_cut(m, cut, ret_seal),
 * audit_seal_retention(m, retention, ret_seal):
 * What seals the end of the chain, the place up to which it was cut, and how long rows are kept:
 * nobody without the key can say that it ends or begins elsewhere, or have it cut by us.
 */
void audit_seal_head(const struct master *m, int64_t seq,
    const unsigned char mac[static AUDIT_MAC_LEN], unsigned char ret_seal[static AUDIT_MAC_LEN]);
void audit_seal_cut(const struct master *m, const struct audit_cut *cut,
    unsigned char ret_seal[static AUDIT_MAC_LEN]);
void audit_seal_retention(const struct master *m, const struct audit_retention *retention,
    unsigned char ret_seal[static AUDIT_MAC_LEN]);

/**
 * audit_head_ok(m, head), audit_cut_ok(m, cut), audit_retention_ok(m, retention):
 * Does it have the seal that it must have?
 */
bool audit_head_ok(const struct master *m, const struct audit_head *head);
bool audit_cut_ok(const struct master *m, const struct audit_cut *cut);
bool audit_retention_ok(const struct master *m, const struct audit_retention *retention);

/* In the place of the mac of the row before, where a row was written after an end of the chain that
 * was not ours: no row has it, so the break is never mended. */
extern const unsigned char audit_broken[AUDIT_MAC_LEN];

#endif
