/* Mail is queued with its cause or not at all, its secret sealed, and the settings say what they
 * mean. */
#include "proto/mail.h"

#include <string.h>

#include <sodium.h>

#include "access/mailing.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"

#define NOW ((int64_t)1767225600000)

static struct arena *arena;
static struct store *store;
static struct master *master;
static struct conf conf;
static char message[CONF_MESSAGE_SIZE];

static bool
make_state(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK;
	db_close(db);
	return (
	    fine && store_open(state_dir(), 1, &store) == ERR_OK &&
	    master_create(state_dir()) == ERR_OK && master_open(state_dir(), &master) == ERR_OK &&
	    conf_parse("[site]\nurl = https://id.example.org:8443\nwww = www\n", &conf, message) ==
	        ERR_OK);
}

struct queueing {
	struct mail mail;
	char id[ID_SIZE];
	bool undone; /* the cause fails afterwards */
};

static enum err
write_mail(struct tx *tx, void *arg)
{
	struct queueing *q = arg;
	const enum err e = mailing_queue(tx, &conf, master, &q->mail, NOW, arena, q->id);

	return (e == ERR_OK && q->undone ? ERR_TAKEN : e);
}

static bool
find(const char *id, struct outbox_mail *ret_mail)
{
	struct db *db;
	enum err e;

	if (store_read(store, &db) != ERR_OK)
		return (false);
	e = outbox_find(db, id, arena, ret_mail);
	store_read_end(store, db);
	return (e == ERR_OK);
}

static enum err
queue(const char *kind, const char *to, const char *locale)
{
	struct queueing q = { .mail = { .kind = kind, .to = to, .locale = locale } };

	return (store_write(store, write_mail, &q));
}

static bool more;

static enum err
take(struct tx *tx, void *arg)
{

	return (outbox_take(tx, NOW, arena, arg, &more));
}

static enum err
mark_sent(struct tx *tx, void *arg)
{
	const struct outbox_mail *m = arg;

	return (outbox_sent(tx, m->id, NOW + 5));
}

static enum err
mark_dead(struct tx *tx, void *arg)
{
	const struct outbox_mail *m = arg;

	return (outbox_dead(tx, m->id, "no"));
}

static void
test_queue(void)
{
	struct queueing q = { .mail = { .kind = "test", .to = "ann@example.org", .locale = "de" } };
	struct outbox_mail m;

	q.undone = true;
	ok(store_write(store, write_mail, &q) == ERR_TAKEN && !find(q.id, &m),
	    "what is undone sends no mail");
	q.undone = false;
	ok(store_write(store, write_mail, &q) == ERR_OK && find(q.id, &m), "what is done does");
	ok(strcmp(m.state, "queued") == 0 && m.next_at == NOW && m.attempts == 0 &&
	        m.give_up_at == NOW + MAILING_TRY_MS && strcmp(m.params, "{}") == 0 && !m.secret,
	    "it is due at once, for two days");
	ok(m.message_id[0] == '<' && strstr(m.message_id, "@id.example.org>") != NULL &&
	        strstr(m.message_id, q.id) == NULL,
	    "its Message-ID is of the site's host, and does not tell the row's");
	q.mail.until = NOW + 1000;
	ok(store_write(store, write_mail, &q) == ERR_OK && find(q.id, &m) &&
	        m.give_up_at == NOW + 1000,
	    "what is over earlier is given up earlier");
	q.mail.until = NOW + 2 * MAILING_TRY_MS;
	ok(store_write(store, write_mail, &q) == ERR_OK && find(q.id, &m) &&
	        m.give_up_at == NOW + MAILING_TRY_MS,
	    "but what is over later not later");
}

static void
test_refused(void)
{

	ok(queue("test", "ann@example.org\r\nBcc: eve@example.org", NULL) == ERR_FIELDS &&
	        queue("test", "ann@example.org\n", NULL) == ERR_FIELDS &&
	        queue("test", "<ann@example.org>", NULL) == ERR_FIELDS &&
	        queue("test", "", NULL) == ERR_FIELDS,
	    "what is no address gets no mail");
	ok(queue("../test", "ann@example.org", NULL) == ERR_FIELDS &&
	        queue("", "ann@example.org", NULL) == ERR_FIELDS &&
	        queue("a23456789012345678901234567890123", "ann@example.org", NULL) == ERR_FIELDS &&
	        queue("a2345678901234567890123456789012", "ann@example.org", NULL) == ERR_OK,
	    "a kind is a short name, and no path");
	ok(queue("test", "ann@example.org", "../de") == ERR_FIELDS &&
	        queue("test", "ann@example.org", "de_AT") == ERR_FIELDS &&
	        queue("test", "ann@example.org", "de-Latn-AT-1996") == ERR_OK,
	    "and a locale a language tag");
}

static void
test_long(void)
{
	char text[MAILING_PARAMS_MAX + 1];
	struct queueing q = { .mail = { .kind = "test", .to = "ann@example.org" } };
	struct json j;
	size_t i;
	enum err wanted;
	bool all = true;

	/* {"x":"..."} is 8 bytes around the text. */
	for (i = 0; i < 2; i++) {
		memset(text, 'x', sizeof text);
		text[MAILING_PARAMS_MAX - 8 + i] = '\0';
		wanted = i == 0 ? ERR_OK : ERR_FIELDS;
		j = json_object(arena);
		json_add_text(&j, "x", text);
		q.mail.secret = NULL;
		q.mail.params = &j;
		all = all && store_write(store, write_mail, &q) == wanted;
		j = json_object(arena);
		json_add_text(&j, "x", text);
		q.mail.params = NULL;
		q.mail.secret = &j;
		all = all && store_write(store, write_mail, &q) == wanted;
	}
	ok(all, "16 KiB fill a template, and no more");
}

/* Take mails until ${id} comes. */
static bool
take_until(const char *id, struct outbox_mail *ret_mail)
{

	while (store_write(store, take, ret_mail) == ERR_OK && ret_mail->id != NULL)
		if (strcmp(ret_mail->id, id) == 0)
			return (true);
	return (false);
}

static void
test_secret(enum err (*mark)(struct tx *tx, void *arg), const char *state)
{
	struct json params = json_object(arena), secret = json_object(arena);
	struct queueing q = { .mail = { .kind = "test",
		                  .to = "ann@example.org",
		                  .params = &params,
		                  .secret = &secret } };
	const char *text, *bytes;
	struct mail_conf mc;
	struct outbox_mail m;

	json_add_text(&params, "name", "Ann");
	json_add_text(&secret, "link", "https://id.example.org/#tokentokentoken");
	ok(store_write(store, write_mail, &q) == ERR_OK && find(q.id, &m) && m.secret &&
	        m.sealed != NULL && strstr(m.sealed, "token") == NULL &&
	        strcmp(m.params, "{\"name\":\"Ann\"}") == 0,
	    "what is secret is not to be read in the row");
	ok(master_decrypt(master, "mailseal", m.sealed, arena, &text) == ERR_OK &&
	        strstr(text, "#tokentokentoken") != NULL,
	    "but by who has the master key");
	ok(mail_conf_read(&conf, &mc, message) == ERR_OK &&
	        mail_print(&conf, &mc, master, &m, arena, &bytes) == ERR_OK &&
	        strstr(bytes, "To: ann@example.org\r\n") != NULL,
	    "the mail can be written from the row");
	m.sealed = "AAAA";
	ok(mail_print(&conf, &mc, master, &m, arena, &bytes) == ERR_CRYPTO,
	    "and not when the secret is not ours");
	ok(take_until(q.id, &m) && m.sealed != NULL && m.attempts == 1 &&
	        strcmp(m.state, "sending") == 0,
	    "who sends it has it");
	ok(store_write(store, mark, &m) == ERR_OK && find(q.id, &m) &&
	        strcmp(m.state, state) == 0 && m.sealed == NULL && m.secret,
	    "afterwards it is gone");
}

static enum err
run_script(struct tx *tx, void *arg)
{

	return (db_script(tx_db(tx), arg));
}

static int64_t
count_dead(void)
{
	static const char sql[] = "SELECT count(*) FROM outbox WHERE state = 'dead'";
	struct db *db;
	int64_t n = -1;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	if (db_number(db, sql, NULL, 0, -1, &n) != ERR_OK)
		n = -1;
	store_read_end(store, db);
	return (n);
}

static void
test_given_up(void)
{
	char add[] =
	    "DELETE FROM outbox; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 1201) INSERT INTO outbox (id, kind, to_address, locale, params, secret, "
	    "message_id, state, attempts, next_at, give_up_at, last_error, created_at) SELECT 'm' "
	    "|| i, 'test', 'u@example.org', '', '{}', 0, '<' || i || '@x>', 'queued', 0, i, i + "
	    "CASE i WHEN 1201 THEN 9e15 ELSE 0 END, '', 1 FROM n";
	struct outbox_mail m;
	int64_t wanted;

	ok(store_write(store, run_script, add) == ERR_OK, "of much mail the time is over");
	for (wanted = 500; wanted < 1200; wanted += 500)
		ok(store_write(store, take, &m) == ERR_OK && m.id == NULL && more &&
		        count_dead() == wanted,
		    "500 are given up at most in a transaction");
	ok(store_write(store, take, &m) == ERR_OK && m.id == NULL && more && count_dead() == 1200,
	    "and the rest in the last");
	ok(store_write(store, take, &m) == ERR_OK && m.id != NULL && !more,
	    "then the one that is not over is taken");
}

static void
test_fill(void)
{
	struct mail_template t;

	ok(mail_fill(&conf, "test", "de-AT", "a@b.org", NULL, NULL, arena, &t) == ERR_OK &&
	        strcmp(t.locale, "de") == 0 && t.html != NULL,
	    "of a language that is not there the next one is taken");
	ok(mail_fill(&conf, "test", "xx", "a@b.org", NULL, NULL, arena, &t) == ERR_OK &&
	        strcmp(t.locale, "en") == 0,
	    "and English at last");
	ok(mail_fill(&conf, "test", "", "a@b.org", "{\"site_name\":\"Evil\\n<b>\"}",
	       "{\"site_url\":\"Evil\"}", arena, &t) == ERR_OK &&
	        strstr(t.subject, "Evil") == NULL && strstr(t.text, "Evil") == NULL,
	    "nothing else is called what the site is");
	ok(mail_fill(&conf, "none", "", "a@b.org", NULL, NULL, arena, &t) == ERR_NOT_FOUND,
	    "a template that is not there is said to be so");
}

/* Is what mail.from says a person with this name and address? NULL: no. */
static bool
is_from(const char *from, const char *name, const char *address)
{
	struct mail_conf mc;
	enum err e;

	snprintf(conf.mail_from, sizeof conf.mail_from, "%s", from);
	e = mail_conf_read(&conf, &mc, message);
	conf.mail_from[0] = '\0';
	if (name == NULL)
		return (e == ERR_CONF && strstr(message, "mail.from") != NULL);
	return (e == ERR_OK && strcmp(mc.from.name, name) == 0 &&
	        strcmp(mc.from.address, address) == 0);
}

static void
test_conf(void)
{

	ok(is_from("", "Yett", "noreply@id.example.org"), "mail is from the site");
	ok(is_from("a@example.org", "", "a@example.org"), "or from an address");
	ok(is_from("A <B> \"C\"  <a@example.org>", "A <B> \"C\"", "a@example.org"),
	    "or from somebody with a name");
	ok(is_from("<a@example.org>", "", "a@example.org"), "which may be empty");
	ok(is_from("A <a@example.org> b", NULL, NULL) && is_from("A <a@example.org", NULL, NULL) &&
	        is_from("A", NULL, NULL) && is_from("A <>", NULL, NULL),
	    "all else is refused");
}

int
main(void)
{

	if (sodium_init() < 0 || (arena = arena_new((size_t)64 << 20)) == NULL || !make_state())
		return (1);
	test_queue();
	test_refused();
	test_long();
	test_secret(mark_sent, "sent");
	test_secret(mark_dead, "dead");
	test_fill();
	test_conf();
	test_given_up();
	store_close(store);
	master_close(master);
	arena_free(arena);
	return (done());
}
