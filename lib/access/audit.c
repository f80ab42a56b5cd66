/* The audit log's chain: what is written, and what seals it. */
#include "access/audit.h"

#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "access/grant.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"

#define PURPOSE_ROW "auditrow" /* of the keys derived from the master key: 8 characters */
#define PURPOSE_HEAD "audithed"
#define PURPOSE_CUT "auditcut"
#define PURPOSE_RETENTION "auditret"

const unsigned char audit_broken[AUDIT_MAC_LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* Text that is put together from parts, each with its length before it, so that no two rows are
 * written alike. */
struct parts {
	char *text;
	size_t len;
	size_t size;
};

static void
put(struct parts *p, const char *value)
{

	p->len += (size_t)(value == NULL ? snprintf(p->text + p->len, p->size - p->len, "-\n")
	                                 : snprintf(p->text + p->len, p->size - p->len, "%zu:%s\n",
	                                       strlen(value), value));
}

static void
put_number(struct parts *p, int64_t number)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)number);
	put(p, text);
}

static void
put_mac(struct parts *p, const unsigned char mac[static AUDIT_MAC_LEN])
{
	char text[2 * AUDIT_MAC_LEN + 1];
	size_t i;

	for (i = 0; i < AUDIT_MAC_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", mac[i]);
	put(p, text);
}

enum err
audit_mac(const struct master *m, const unsigned char before[static AUDIT_MAC_LEN],
    const struct audit_row *row, struct arena *a, unsigned char ret_mac[static AUDIT_MAC_LEN])
{
	const char *const texts[] = { row->id, row->actor, row->user_id, row->on_behalf_of,
		row->key_id, row->org_id, row->action, row->object_type, row->object_id,
		row->ip_address, row->user_agent, row->request_id, row->details };
	struct parts p = { .size = 512 };
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		p.size += 32 + (texts[i] == NULL ? 0 : strlen(texts[i]));
	if ((p.text = arena_alloc(a, p.size)) == NULL)
		return (ERR_NOMEM);
	put_mac(&p, before);
	put_number(&p, row->seq);
	put_number(&p, row->occurred_at);
	for (i = 0; i < COUNT(texts); i++)
		put(&p, texts[i]);
	master_seal(m, PURPOSE_ROW, p.text, p.len, ret_mac);
	return (ERR_OK);
}

void
audit_seal_head(const struct master *m, int64_t seq, const unsigned char mac[static AUDIT_MAC_LEN],
    unsigned char ret_seal[static AUDIT_MAC_LEN])
{
	char text[256];
	struct parts p = { .text = text, .size = sizeof text };

	put_number(&p, seq);
	put_mac(&p, mac);
	master_seal(m, PURPOSE_HEAD, p.text, p.len, ret_seal);
}

void
audit_seal_cut(const struct master *m, const struct audit_cut *cut,
    unsigned char ret_seal[static AUDIT_MAC_LEN])
{
	char text[256];
	struct parts p = { .text = text, .size = sizeof text };

	put_number(&p, cut->through_seq);
	put_mac(&p, cut->mac);
	put_number(&p, cut->cut_at);
	master_seal(m, PURPOSE_CUT, p.text, p.len, ret_seal);
}

void
audit_seal_retention(const struct master *m, const struct audit_retention *retention,
    unsigned char ret_seal[static AUDIT_MAC_LEN])
{
	char text[256];
	struct parts p = { .text = text, .size = sizeof text };

	put_number(&p, retention->keep_days);
	put_number(&p, retention->set_seq);
	master_seal(m, PURPOSE_RETENTION, p.text, p.len, ret_seal);
}

bool
audit_head_ok(const struct master *m, const struct audit_head *head)
{
	unsigned char seal[AUDIT_MAC_LEN];

	audit_seal_head(m, head->seq, head->mac, seal);
	return (secret_equal(seal, head->seal, sizeof seal));
}

bool
audit_cut_ok(const struct master *m, const struct audit_cut *cut)
{
	unsigned char seal[AUDIT_MAC_LEN];

	audit_seal_cut(m, cut, seal);
	return (secret_equal(seal, cut->seal, sizeof seal));
}

bool
audit_retention_ok(const struct master *m, const struct audit_retention *retention)
{
	unsigned char seal[AUDIT_MAC_LEN];

	audit_seal_retention(m, retention, seal);
	return (secret_equal(seal, retention->seal, sizeof seal));
}

/*
 * The end that the next row is chained to. One that has not our seal, or is gone, or has rows
 * behind it, was somebody else's work: to go on from it would make it look like ours. Nor may it
 * stop the site. So the row is written, but chained to what fits no row, for verifying to find.
 */
static enum err
find_end(struct db *db, const struct master *m, struct audit_head *ret_head)
{
	struct audit_cut cut = { .through_seq = 0 };
	bool is_there;
	int64_t last;
	enum err e;

	memset(ret_head, 0, sizeof *ret_head);
	if ((e = audit_find_head(db, ret_head)) != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	is_there = e == ERR_OK;
	if ((e = audit_last(db, &last)) != ERR_OK)
		return (e);
	if (is_there && audit_head_ok(m, ret_head) && last <= ret_head->seq)
		return (ERR_OK);
	if ((e = audit_find_cut(db, &cut)) != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	if (!is_there && last == 0 && e == ERR_NOT_FOUND)
		return (ERR_OK);
	log_event(LOG_ERROR, NULL,
	    "the end of the audit log is not as it was left: run \"yett audit verify\"");
	if ((ret_head->seq = cut.through_seq > last ? cut.through_seq : last) == INT64_MAX)
		return (ERR_DB);
	memcpy(ret_head->mac, audit_broken, sizeof ret_head->mac);
	return (ERR_OK);
}

/* Chain ${row} to the last one, and store it as the new end. */
static enum err
append(struct tx *tx, const struct master *m, struct audit_row *row, struct arena *a)
{
	struct audit_head head;
	enum err e;

	if ((e = find_end(tx_db(tx), m, &head)) != ERR_OK)
		return (e);
	row->seq = head.seq + 1;
	if ((e = audit_mac(m, head.mac, row, a, row->mac)) != ERR_OK ||
	    (e = audit_add(tx, row)) != ERR_OK)
		return (e);
	head.seq = row->seq;
	memcpy(head.mac, row->mac, sizeof head.mac);
	audit_seal_head(m, head.seq, head.mac, head.seal);
	return (audit_set_head(tx, &head));
}

enum err
audit_note_as(struct tx *tx, const struct master *m, const struct audit_actor *who,
    const struct event *ev, struct arena *a)
{
	const char *details = ev->details == NULL ? "{}" : json_print(ev->details);
	char id[ID_SIZE];
	struct audit_row row = {
		.id = id,
		.occurred_at = clock_ms(),
		.actor = who->kind,
		.user_id = who->user_id,
		.on_behalf_of = who->on_behalf_of,
		.key_id = who->key_id,
		.org_id = ev->org_id,
		.action = ev->action,
		.object_type = ev->object_type,
		.object_id = ev->object_id,
		.ip_address = who->ip_address,
		.user_agent = who->user_agent,
		.request_id = who->request_id,
		.details = details,
	};

	if (details == NULL)
		return (ERR_NOMEM);
	id_new(id);
	return (append(tx, m, &row, a));
}

/* ${id}; NULL when it is empty. */
static const char *
some(const char *id)
{

	return (id[0] == '\0' ? NULL : id);
}

enum err
audit_note(struct tx *tx, struct req *r, const struct event *ev)
{
	const struct subject *s = r->subject;
	struct audit_actor who = { .kind = "guest",
		.ip_address = r->remote_addr,
		.user_agent = grant_agent(r),
		.request_id = r->request_id };

	if (who.user_agent == NULL)
		return (ERR_NOMEM);
	if (ev->user_id != NULL) {
		who.kind = "user";
		who.user_id = ev->user_id;
	} else if (s != NULL && s->proof != PROOF_NONE) {
		who.kind = s->key_id[0] != '\0' ? "key" : "user";
		who.key_id = some(s->key_id);
		who.user_id = s->actor_id[0] != '\0' ? s->actor_id : some(s->user_id);
		who.on_behalf_of = s->actor_id[0] != '\0' ? s->user_id : NULL;
	}
	return (audit_note_as(tx, r->app->master, &who, ev, r->arena));
}
