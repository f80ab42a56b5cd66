/* Events on their way into the queue: of the audit log, tests, secrets. */
#include <string.h>

#include "access/webhook.h"
#include "base/id.h"
#include "store/audit.h"

#define PURPOSE "hookdata" /* of the key that seals what is secret: 8 characters */
#define QUEUED_MAX 500     /* deliveries at once: some 10 ms of the turn to write */
#define RECEIVERS_MAX 100  /* of one event: the site's webhooks and an org's */
#define ROOMS_MAX (QUEUED_MAX + RECEIVERS_MAX)
/* Entries of the index of what waits, counted at once: some 50 ms. As many as one event may need.
 */
#define COUNTED_MAX ((int64_t)RECEIVERS_MAX * WEBHOOK_QUEUED_MAX)

/* {"type":...,"timestamp":...,"data":{...}}  Source: Standard Webhooks, "Payload structure". */
static char *
print_payload(const char *type, int64_t at, struct json *data, struct arena *a)
{
	struct json j = json_object(a);
	const char *text = json_print(data);

	if (text == NULL)
		return (NULL);
	json_add_text(&j, "type", type);
	json_add_time(&j, "timestamp", at);
	json_add_raw(&j, "data", text);
	return (json_print(&j));
}

/* How many wait for a webhook, so that it is counted once a transaction. */
struct room {
	const char *webhook_id;
	int64_t queued;
};

struct rooms {
	struct room room[ROOMS_MAX];
	size_t count;
	int64_t counted; /* entries of the index */
	int64_t full;    /* webhooks whose first event was left out */
	const char *full_id;
};

/* One event, and who is to get it. */
struct queueing {
	struct rooms *rooms;
	struct tx *tx;
	struct arena *arena;
	int64_t seq;
	const char *type;
	const char *payload; /* "": it is a secret */
	const char *sealed;
	int64_t now, give_up_at;
	const char *ids[RECEIVERS_MAX];
	size_t count;
	int64_t queued; /* of these; the others have too much waiting */
};

static enum err
queue_one(struct queueing *q, const char *webhook_id, struct delivery *ret_delivery)
{
	struct delivery d = { .webhook_id = webhook_id,
		.seq = q->seq,
		.type = q->type,
		.payload = q->payload,
		.secret = q->sealed != NULL,
		.sealed = q->sealed,
		.state = "queued",
		.next_at = q->now,
		.give_up_at = q->give_up_at,
		.last_error = "",
		.created_at = q->now };
	char id[ID_SIZE];
	enum err e;

	id_new(id);
	if ((d.id = arena_copy(q->arena, id)) == NULL)
		return (ERR_NOMEM);
	if ((e = delivery_add(q->tx, &d)) == ERR_OK)
		e = webhook_schedule(q->tx, webhook_id, q->now);
	if (e == ERR_OK && ret_delivery != NULL)
		*ret_delivery = d;
	return (e);
}

static enum err
find_room(struct queueing *q, const char *webhook_id, struct room **ret_room)
{
	struct rooms *all = q->rooms;
	struct room *r;
	size_t i;
	enum err e;

	for (i = 0; i < all->count; i++)
		if (strcmp(all->room[i].webhook_id, webhook_id) == 0) {
			*ret_room = &all->room[i];
			return (ERR_OK);
		}
	if (all->count == ROOMS_MAX)
		return (ERR_INTERNAL);
	r = &all->room[all->count];
	if ((e = delivery_queued(tx_db(q->tx), webhook_id, WEBHOOK_QUEUED_MAX, &r->queued)) !=
	    ERR_OK)
		return (e);
	r->webhook_id = webhook_id;
	all->count++;
	all->counted += r->queued;
	*ret_room = r;
	return (ERR_OK);
}

/* Unless too much waits for it: a server that takes nothing must not fill the disk. */
static enum err
queue_if_room(struct queueing *q, const char *webhook_id)
{
	struct room *r;
	bool first;
	enum err e;

	if ((e = find_room(q, webhook_id, &r)) != ERR_OK)
		return (e);
	if (r->queued < WEBHOOK_QUEUED_MAX) {
		r->queued++;
		q->queued++;
		return (queue_one(q, webhook_id, NULL));
	}
	if ((e = webhook_left_out(q->tx, webhook_id, q->now, &first)) == ERR_OK && first &&
	    q->rooms->full++ == 0)
		q->rooms->full_id = webhook_id;
	return (e);
}

static enum err
queue_all(struct queueing *q)
{
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < q->count; i++)
		e = queue_if_room(q, q->ids[i]);
	return (e);
}

static enum err
note_receiver(void *arg, const char *id, const char *events)
{
	struct queueing *q = arg;

	if (q->count < RECEIVERS_MAX && webhook_wants(events, q->type))
		q->ids[q->count++] = id;
	return (ERR_OK);
}

enum err
webhook_test(struct tx *tx, const struct webhook *w, int64_t now, struct arena *a,
    struct delivery *ret_delivery)
{
	struct queueing q = { .tx = tx,
		.arena = a,
		.type = WEBHOOK_TEST,
		.now = now,
		.give_up_at = now + WEBHOOK_TRY_MS };
	struct json data = json_object(a);
	bool waits;
	enum err e;

	if (!w->enabled)
		return (ERR_FORBIDDEN);
	if ((e = delivery_waits(tx_db(tx), w->id, q.type, &waits)) != ERR_OK)
		return (e);
	if (waits)
		return (ERR_TAKEN);
	json_add_text(&data, "webhook_id", w->id);
	json_add_text(&data, "org_id", w->org_id);
	if ((q.payload = print_payload(q.type, now, &data, a)) == NULL)
		return (ERR_NOMEM);
	return (queue_one(&q, w->id, ret_delivery));
}

enum err
webhook_push(struct tx *tx, const struct master *m, const struct webhook_secret *s, int64_t now,
    struct arena *a, int64_t *ret_count)
{
	struct rooms rooms = { .count = 0 };
	struct queueing q = { .rooms = &rooms,
		.tx = tx,
		.arena = a,
		.type = s->type,
		.payload = "",
		.now = now,
		.give_up_at = now + WEBHOOK_TRY_MS };
	const char *payload;
	enum err e;

	if (!webhook_has_secrets(s->type))
		return (ERR_FIELDS);
	if (s->until != 0 && s->until < q.give_up_at)
		q.give_up_at = s->until;
	if ((payload = print_payload(s->type, now, s->data, a)) == NULL)
		return (ERR_NOMEM);
	if ((e = master_encrypt(m, PURPOSE, payload, a, &q.sealed)) != ERR_OK ||
	    (e = webhook_each_for(
	         tx_db(tx), NULL, INT64_MAX, RECEIVERS_MAX, a, note_receiver, &q)) != ERR_OK ||
	    (e = queue_all(&q)) != ERR_OK)
		return (e);
	*ret_count = q.queued;
	return (ERR_OK);
}

enum err
webhook_payload(
    const struct master *m, const struct delivery *d, struct arena *a, const char **ret_payload)
{

	if (d->sealed != NULL)
		return (master_decrypt(m, PURPOSE, d->sealed, a, ret_payload));
	*ret_payload = d->payload;
	return (ERR_OK);
}

/* Who did what to whom, by ids. Addresses and programs of people stay here. */
static char *
print_row(const struct audit_row *row, struct arena *a)
{
	struct json data = json_object(a);
	struct cJSON *tree;
	const char *wrong;

	json_add_text(&data, "id", row->id);
	json_add_text(&data, "actor", row->actor);
	json_add_text(&data, "user_id", row->user_id);
	json_add_text(&data, "on_behalf_of", row->on_behalf_of);
	json_add_text(&data, "key_id", row->key_id);
	json_add_text(&data, "org_id", row->org_id);
	json_add_text(&data, "object_type", row->object_type);
	json_add_text(&data, "object_id", row->object_id);
	/* Unless somebody else than Yett has written there. */
	if (json_parse(row->details, strlen(row->details), a, &tree, &wrong) == ERR_OK)
		json_add_raw(&data, "details", row->details);
	else
		json_add_text(&data, "details", NULL);
	return (print_payload(row->action, row->occurred_at, &data, a));
}

struct following {
	struct tx *tx;
	struct arena *arena;
	int64_t now;
	int64_t seq;   /* that was done last */
	int64_t first; /* that was there */
	size_t queued; /* or left out */
	struct rooms rooms;
};

/* ERR_NOT_FOUND: enough for now. */
static enum err
follow_row(void *arg, const struct audit_row *row, bool whole)
{
	struct following *f = arg;
	struct queueing q = { .rooms = &f->rooms,
		.tx = f->tx,
		.arena = f->arena,
		.seq = row->seq,
		.type = row->action,
		.now = f->now,
		.give_up_at = f->now + WEBHOOK_TRY_MS };
	enum err e;

	(void)whole;
	if (f->queued >= QUEUED_MAX || f->rooms.counted >= COUNTED_MAX)
		return (ERR_NOT_FOUND);
	if (f->first == 0)
		f->first = row->seq;
	if ((e = webhook_each_for(tx_db(f->tx), row->org_id, row->seq, RECEIVERS_MAX, f->arena,
	         note_receiver, &q)) != ERR_OK)
		return (e);
	if (q.count > 0 && ((q.payload = print_row(row, f->arena)) == NULL))
		return (ERR_NOMEM);
	if ((e = queue_all(&q)) != ERR_OK)
		return (e);
	f->queued += q.count;
	f->seq = row->seq;
	return (ERR_OK);
}

enum err
webhook_follow(struct tx *tx, int64_t now, int64_t limit, struct arena *a,
    struct webhook_followed *ret_followed)
{
	struct following f = { .tx = tx, .arena = a, .now = now };
	int64_t bookmark, last;
	enum err e;

	if ((e = webhook_bookmark(tx_db(tx), &bookmark)) != ERR_OK ||
	    (e = audit_last(tx_db(tx), &last)) != ERR_OK)
		return (e);
	/* The log ends before where we were: somebody has emptied it. Go on from there. */
	f.seq = bookmark < last ? bookmark : last;
	e = audit_each(tx_db(tx), f.seq + 1, limit, a, follow_row, &f);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	*ret_followed =
	    (struct webhook_followed){ .missing =
		                           f.first > bookmark + 1 ? f.first - bookmark - 1 : 0,
		    .full = f.rooms.full,
		    .full_id = f.rooms.full_id };
	return (f.seq == bookmark ? ERR_OK : webhook_set_bookmark(tx, f.seq));
}
