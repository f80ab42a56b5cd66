/* Webhooks: the log is gone along once, secrets are pushed to who names them, and
 * what is taken in which order. */
#include "access/webhook.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "access/audit.h"
#include "base/clock.h"
#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"

#define NOW ((int64_t)1767225600000)
#define ORG "01890a5d-ac96-774b-bcce-b302099a8001"
#define OTHER_ORG "01890a5d-ac96-774b-bcce-b302099a8002"

static struct arena *arena;
static struct store *store;
static struct master *master;

static bool
make_state(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine =
	    migrate_apply(db, &from) == ERR_OK &&
	    db_script(db, "INSERT INTO orgs (id, slug, name, created_at, updated_at) VALUES ('" ORG
	                  "', 'o', 'O', 0, 0), ('" OTHER_ORG "', 'p', 'P', 0, 0)") == ERR_OK;
	db_close(db);
	return (fine && store_open(state_dir(), 1, &store) == ERR_OK &&
	        master_create(state_dir()) == ERR_OK &&
	        master_open(state_dir(), &master) == ERR_OK);
}

/* What a transaction of these tests does, and with what. */
struct job {
	struct webhook webhook;
	const char *secret;
	const char *action, *org_id;
	struct delivery delivery;
	struct webhook_secret push;
	struct webhook_followed followed;
	int64_t count, now;
	bool more;
};

static enum err
write_hook(struct tx *tx, void *arg)
{
	struct job *j = arg;
	enum err e;

	if ((e = webhook_make(tx, master, &j->webhook, arena, &j->secret)) != ERR_OK)
		return (e);
	return (webhook_begin(tx, j->webhook.id));
}

static const char *
add(const char *org_id, const char *events)
{
	struct job j = { .webhook = { .org_id = org_id,
		             .url = "https://example.org/",
		             .events = events,
		             .description = "",
		             .created_at = NOW } };

	return (store_write(store, write_hook, &j) == ERR_OK ? j.webhook.id : "");
}

static enum err
write_event(struct tx *tx, void *arg)
{
	static const struct audit_actor who = { .kind = "tool" };
	const struct job *j = arg;

	return (audit_note_as(tx, master, &who,
	    &(struct event){ .action = j->action, .object_type = "role", .org_id = j->org_id },
	    arena));
}

static bool
happens(const char *action, const char *org_id)
{
	struct job j = { .action = action, .org_id = org_id };

	return (store_write(store, write_event, &j) == ERR_OK);
}

static int64_t follow_at = NOW;

static enum err
write_follow(struct tx *tx, void *arg)
{
	struct job *j = arg;

	return (webhook_follow(tx, follow_at, WEBHOOK_ROWS_MAX, arena, &j->followed));
}

static int64_t newly_full;

/* How many rows were missing; -1: it failed. */
static int64_t
follow(void)
{
	struct job j = { .count = 0 };

	if (store_write(store, write_follow, &j) != ERR_OK)
		return (-1);
	newly_full = j.followed.full;
	return (j.followed.missing);
}

static enum err
run_script(struct tx *tx, void *arg)
{

	return (db_script(tx_db(tx), arg));
}

static bool
run(const char *sql)
{
	char copy[512];

	snprintf(copy, sizeof copy, "%s", sql);
	return (store_write(store, run_script, copy) == ERR_OK);
}

/* The number that ${sql} asks for; each is a text of its own, as statements are kept by address. */
static int64_t
number(const char *sql)
{
	struct db *db;
	int64_t n = -1;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	if (db_number(db, sql, NULL, 0, -1, &n) != ERR_OK)
		n = -1;
	store_read_end(store, db);
	return (n);
}

static const char all_sql[] = "SELECT count(*) FROM webhook_deliveries";

static int64_t
queued_for(const char *id)
{
	static const char sql[] = "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ?1";
	const struct db_arg arg = DB_TEXT(id);
	struct db *db;
	int64_t n = -1;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	if (db_number(db, sql, &arg, 1, -1, &n) != ERR_OK)
		n = -1;
	store_read_end(store, db);
	return (n);
}

static bool
reset(void)
{

	return (run("DELETE FROM webhooks"));
}

static void
test_follow(void)
{
	const char *site, *org, *roles;

	ok(happens("role.created", NULL) && follow() == 0, "without webhooks nothing is done");
	site = add(NULL, "*");
	org = add(ORG, "*");
	roles = add(NULL, "role.*");
	ok(follow() == 0 && number(all_sql) == 0, "nobody gets what was before");
	ok(happens("role.created", NULL) && happens("org.updated", ORG) && follow() == 0,
	    "what happens is queued");
	ok(queued_for(site) == 2, "the site's gets all of it");
	ok(queued_for(org) == 1, "an org's what is of the org");
	ok(queued_for(roles) == 1, "and each what it wants");
	ok(follow() == 0 && number(all_sql) == 4, "once");
	ok(number("SELECT count(*) FROM webhook_deliveries WHERE json_valid(payload) AND type = "
	          "json_extract(payload, '$.type') AND json_extract(payload, '$.data.actor') = "
	          "'tool' AND json_type(payload, '$.data.details') = 'object' AND "
	          "json_type(payload, '$.data.ip_address') IS NULL") == 4,
	    "it says what was done, and not from where");
	ok(run("UPDATE webhooks SET enabled = 0, next_at = NULL") &&
	        happens("role.created", NULL) && follow() == 0 && number(all_sql) == 4,
	    "who is disabled gets nothing");
	roles = add(NULL, "*");
	ok(follow() == 0 && queued_for(roles) == 0, "who comes later nothing of that");
	ok(run("UPDATE webhook_bookmark SET seq = 1000000") && happens("role.created", NULL) &&
	        follow() == 0 && happens("role.created", NULL) && follow() == 0 &&
	        queued_for(roles) == 1,
	    "where the log ends before the bookmark it goes on from there");
	ok(reset() && number(all_sql) == 0, "what was to be sent goes with its webhook");
}

static void
test_cut(void)
{
	const char *id;
	int i;

	id = add(NULL, "*");
	for (i = 0; i < 450; i++)
		if (!happens("role.created", NULL))
			break;
	ok(i == 450 && follow() == 0 && queued_for(id) == 200, "so many at once");
	ok(follow() == 0 && follow() == 0 && queued_for(id) == 450, "and the rest then");
	for (i = 0; i < 5; i++)
		if (!happens("role.created", NULL))
			break;
	ok(run("DROP TRIGGER audit_log_kept; DELETE FROM audit_log WHERE seq <= (SELECT max(seq) - "
	       "2 "
	       "FROM audit_log)") &&
	        follow() == 3 && queued_for(id) == 452,
	    "what retention has cut is missed, and said so; the rest is queued");
	ok(reset(), "");
}

static enum err
write_push(struct tx *tx, void *arg)
{
	struct job *j = arg;

	return (webhook_push(tx, master, &j->push, NOW, arena, &j->count));
}

static struct delivery_most most = { .orgs = 2, .org = 1 };

static enum err
write_take(struct tx *tx, void *arg)
{
	struct job *j = arg;

	return (delivery_take(tx, j->now, &most, arena, &j->delivery, &j->more));
}

static bool
take(int64_t now, struct delivery *ret_delivery)
{
	struct job j = { .now = now };

	do
		if (store_write(store, write_take, &j) != ERR_OK)
			return (false);
	while (j.more);
	*ret_delivery = j.delivery;
	return (j.delivery.id != NULL);
}

static enum err
write_sent(struct tx *tx, void *arg)
{
	const struct job *j = arg;
	enum err e;

	if ((e = delivery_sent(tx, &j->delivery,
	         &(struct delivery_try){
	             .http_status = 200, .took_ms = 1, .error = "", .now = NOW })) != ERR_OK)
		return (e);
	return (webhook_schedule(tx, j->delivery.webhook_id, j->now));
}

static bool
send(const struct delivery *d, int64_t now)
{
	struct job j = { .delivery = *d, .now = now };

	return (store_write(store, write_sent, &j) == ERR_OK);
}

static enum err
write_resend(struct tx *tx, void *arg)
{
	struct job *j = arg;
	enum err e;

	if ((e = webhook_find(tx_db(tx), j->webhook.id, arena, &j->webhook)) != ERR_OK)
		return (e);
	return (webhook_resend(tx, &j->webhook, j->delivery.id, NOW, arena, &j->delivery));
}

static void
test_push(void)
{
	const char *id = add(NULL, "sms.code"), *payload = "";
	struct json data = json_object(arena);
	struct job j = { .push = { .type = "sms.code", .data = &data, .until = NOW + 60000 } };
	struct delivery d = { .id = NULL };

	add(NULL, "*");
	add(NULL, "sms.*");
	add(ORG, "sms.code"); /* which nobody can make, but in the database */
	json_add_text(&data, "to", "+4912345");
	json_add_text(&data, "code", "314159");
	ok(store_write(store, write_push, &j) == ERR_OK && j.count == 1 && queued_for(id) == 1 &&
	        number(all_sql) == 1,
	    "a secret goes to the one who names it");
	ok(number("SELECT count(*) FROM webhook_deliveries WHERE payload = '' AND secret = 1 AND "
	          "sealed NOT LIKE '%314159%'") == 1,
	    "sealed");
	ok(take(NOW + 59999, &d) && webhook_payload(master, &d, arena, &payload) == ERR_OK &&
	        strstr(payload, "\"data\":{\"to\":\"+4912345\",\"code\":\"314159\"}") != NULL &&
	        strstr(payload, "{\"type\":\"sms.code\",\"timestamp\":\"2026-") == payload,
	    "it is read by who sends it");
	ok(send(&d, NOW) &&
	        number("SELECT count(*) FROM webhook_deliveries WHERE sealed IS NULL AND "
	               "state = 'sent'") == 1,
	    "and gone when it was sent");
	j.webhook.id = id;
	j.delivery = d;
	ok(store_write(store, write_resend, &j) == ERR_CRYPTO, "so it cannot be sent again");
	ok(store_write(store, write_push, &j) == ERR_OK && !take(NOW + 60000, &d) &&
	        number("SELECT count(*) FROM webhook_deliveries WHERE state = 'dead' AND sealed IS "
	               "NULL") == 1,
	    "nor is it when its time is over, and it is gone then");
	j.push.type = "role.created";
	ok(store_write(store, write_push, &j) == ERR_FIELDS, "what is no secret is not pushed");
	ok(run("UPDATE webhooks SET enabled = 0, next_at = NULL"), "");
	j.push.type = "sms.code";
	ok(store_write(store, write_push, &j) == ERR_OK && j.count == 0, "nobody may be there");
	ok(reset(), "");
}

static void
test_take(void)
{
	const char *one = add(NULL, "*"), *two = add(ORG, "*"), *three = add(ORG, "*");
	struct delivery a, b, c;

	ok(happens("role.created", ORG) && happens("role.deleted", ORG) && follow() == 0 &&
	        number(all_sql) == 6,
	    "three webhooks, two events each");
	ok(take(NOW, &a) && take(NOW, &b) && strcmp(a.webhook_id, b.webhook_id) != 0 &&
	        !take(NOW, &c),
	    "each has one under way at a time, and an org so many");
	ok((strcmp(a.webhook_id, one) == 0) != (strcmp(b.webhook_id, one) == 0) &&
	        (strcmp(a.webhook_id, two) == 0 || strcmp(b.webhook_id, two) == 0 ||
	            strcmp(a.webhook_id, three) == 0 || strcmp(b.webhook_id, three) == 0),
	    "here the site's and one of the org's");
	ok(strcmp(a.type, "role.created") == 0 && strcmp(b.type, "role.created") == 0,
	    "what came first goes first");
	ok(send(&a, NOW) && take(NOW, &c) && c.attempts == 1,
	    "when one is done there is room again");
	ok(number("SELECT count(*) FROM webhooks WHERE next_at IS NULL") == 2,
	    "who has one under way is not due");
	ok(run("UPDATE webhook_deliveries SET state = 'queued', next_at = 0 WHERE state = "
	       "'sending'; "
	       "UPDATE webhooks SET next_at = NULL") &&
	        !take(NOW, &c),
	    "nobody is due whom nobody scheduled");
	ok(reset(), "");
}

/* Is ${id} the next whose event is taken? */
static bool
takes(int64_t now, const char *id, struct delivery *ret_delivery)
{

	return (take(now, ret_delivery) && strcmp(ret_delivery->webhook_id, id) == 0);
}

static void
test_turns(void)
{
	const char *one = add(ORG, "*"), *two = add(OTHER_ORG, "*"), *site;
	struct delivery a, b, c;

	most = (struct delivery_most){ .orgs = 1, .org = 1 };
	ok(happens("role.created", ORG) && happens("role.deleted", ORG) &&
	        happens("role.created", OTHER_ORG) && follow() == 0,
	    "two orgs have something to tell");
	site = add(NULL, "*");
	ok(happens("role.created", NULL) && follow() == 0 &&
	        run("UPDATE webhooks SET next_at = next_at - 1000000 WHERE org_id = '" ORG "'; "
	            "UPDATE webhooks SET next_at = next_at - 1000 WHERE org_id = '" OTHER_ORG "'; "
	            "UPDATE webhook_deliveries SET next_at = next_at - 1000000 WHERE type = "
	            "'role.deleted'"),
	    "and then the site");
	ok(takes(NOW, site, &c) && takes(NOW, one, &a),
	    "it goes first, then who waits for longest");
	ok(!take(NOW, &b), "all orgs' together are so many at once");
	ok(send(&a, NOW + 1) && takes(NOW + 1, two, &b),
	    "after a try it is another's turn, however old what the first has is");
	ok(number("SELECT next_at - 1767225600000 FROM webhooks WHERE org_id = '" ORG "'") == 1,
	    "for who was tried comes to the end of the queue");
	follow_at = NOW + 2;
	ok(happens("role.updated", ORG) && follow() == 0 &&
	        number("SELECT next_at - 1767225600000 FROM  webhooks WHERE org_id = '" ORG "'") ==
	            1,
	    "and stays there when more comes");
	ok(send(&b, NOW + 2) && takes(NOW + 2, one, &a), "it is its turn again");
	ok(reset(), "");
	most = (struct delivery_most){ .orgs = 2, .org = 1 };
	follow_at = NOW;
}

/* ${count} that are queued for all webhooks there are, to be given up at ${give_up_at}. */
static bool
fill(int count, int64_t give_up_at)
{
	char sql[512];

	snprintf(sql, sizeof sql,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT "
	    "INTO webhook_deliveries SELECT w.id || '-' || i, w.id, i, 'role.created', '{}', 0, "
	    "NULL, 'queued', 0, %lld, %lld, NULL, '', NULL, 0, NULL FROM n, webhooks w; UPDATE "
	    "webhooks SET next_at = %lld",
	    count, (long long)NOW, (long long)give_up_at, (long long)NOW);
	return (run(sql));
}

static void
test_given_up(void)
{
	static const char dead_sql[] =
	    "SELECT count(*) FROM webhook_deliveries WHERE state = 'dead'";
	struct job j = { .now = NOW };
	struct delivery d;

	add(NULL, "*");
	add(NULL, "role.*");
	ok(fill(1200, NOW) && number(all_sql) == 2400, "what waits for two is over, all of it");
	ok(store_write(store, write_take, &j) == ERR_OK && j.more && j.delivery.id == NULL &&
	        number(dead_sql) == 500,
	    "a transaction gives up 500 at most, and there is more");
	ok(store_write(store, write_take, &j) == ERR_OK && j.more && number(dead_sql) == 1000,
	    "the next as many");
	ok(run("UPDATE webhook_deliveries SET give_up_at = give_up_at + 1 WHERE seq = 1200") &&
	        take(NOW, &d) && d.seq == 1200 && take(NOW, &d) && d.seq == 1200 &&
	        !take(NOW, &d) && number(dead_sql) == 2398,
	    "until what is not over can be taken");
	ok(reset(), "");
}

static void
test_full(void)
{
	static const char told_sql[] =
	    "SELECT count(*) FROM webhooks WHERE left_out_at = 1767225600000";
	struct json data = json_object(arena);
	struct job j = { .push = { .type = "sms.code", .data = &data } };
	const char *id = add(NULL, "* sms.code"), *other;

	ok(fill(WEBHOOK_QUEUED_MAX - 1, NOW + 1000), "but one as many wait as may");
	other = add(NULL, "*");
	ok(happens("role.created", NULL) && follow() == 0 && queued_for(id) == WEBHOOK_QUEUED_MAX &&
	        newly_full == 0 && number(told_sql) == 0,
	    "one more is queued");
	ok(happens("role.created", NULL) && happens("role.deleted", NULL) && follow() == 0 &&
	        queued_for(id) == WEBHOOK_QUEUED_MAX && newly_full == 1 && number(told_sql) == 1,
	    "beyond that they are left out, which its record says");
	ok(queued_for(other) == 3, "the others get theirs");
	ok(happens("role.created", NULL) && follow() == 0 && newly_full == 0, "it is said once");
	ok(store_write(store, write_push, &j) == ERR_OK && j.count == 0, "of secrets it gets none");
	ok(run("DELETE FROM webhook_deliveries WHERE seq = 1") &&
	        store_write(store, write_push, &j) == ERR_OK && j.count == 1 &&
	        queued_for(id) == WEBHOOK_QUEUED_MAX,
	    "when one is gone there is room for one");
	ok(reset(), "");
}

int
main(void)
{

	if (sodium_init() < 0 || (arena = arena_new((size_t)64 << 20)) == NULL || !make_state())
		return (1);
	test_follow();
	test_cut();
	test_push();
	test_take();
	test_turns();
	test_given_up();
	test_full();
	store_close(store);
	master_close(master);
	arena_free(arena);
	return (done());
}
