/* A ticket is good once, for one thing, for a while, and all that is wrong gets one answer. */
#include "access/ticket.h"

#include <string.h>

#include <sodium.h>

#include "check.h"
#include "state.h"
#include "store/migrate.h"
#include "store/user.h"

#define NOW ((int64_t)1767225600000)
#define LIFE_S 600
#define USER "01890000-0000-7000-8000-000000000001"
#define OTHER "01890000-0000-7000-8000-000000000002"

static struct arena *arena;
static struct store *store;
static struct master *master;

static enum err
write_users(struct tx *tx, void *arg)
{
	struct user u = { .id = USER,
		.email = "ann@example.org",
		.properties = "{}",
		.enabled = true,
		.created_at = NOW };
	enum err e;

	(void)arg;
	if ((e = user_add(tx, &u, arena)) != ERR_OK)
		return (e);
	u.id = OTHER;
	u.email = "bob@example.org";
	return (user_add(tx, &u, arena));
}

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
	return (fine && store_open(state_dir(), 1, &store) == ERR_OK &&
	        master_create(state_dir()) == ERR_OK &&
	        master_open(state_dir(), &master) == ERR_OK &&
	        store_write(store, write_users, NULL) == ERR_OK);
}

/* One call in a transaction of its own. */
struct call {
	struct ticket ticket;
	struct ticket_secret secret;
	const char *text; /* the token, or the code */
	int64_t now;
	bool right;
	enum err (*forget)(struct tx *tx, const char *user_id);
};

static enum err
write_issue(struct tx *tx, void *arg)
{
	struct call *c = arg;

	return (ticket_issue(tx, master, &c->ticket, c->now, arena, &c->secret));
}

static enum err
write_take(struct tx *tx, void *arg)
{
	struct call *c = arg;

	return (ticket_take(tx, c->ticket.purpose, c->text, c->now, arena, &c->ticket));
}

static enum err
write_try(struct tx *tx, void *arg)
{
	struct call *c = arg;

	return (ticket_try(tx, master, &c->ticket, c->text, c->now, arena, &c->right));
}

static enum err
write_forget(struct tx *tx, void *arg)
{
	struct call *c = arg;

	return (c->forget(tx, USER));
}

static struct ticket_secret
issue(enum ticket_purpose purpose, const char *user_id, const char *email, const char *browser)
{
	struct call c = { .ticket = { .purpose = purpose,
		              .user_id = user_id,
		              .email = email,
		              .data = "x",
		              .browser = browser,
		              .with_code = true,
		              .life_s = LIFE_S },
		.now = NOW };

	ok(store_write(store, write_issue, &c) == ERR_OK, "a ticket is issued");
	return (c.secret);
}

static enum err
take(enum ticket_purpose purpose, const char *token, int64_t now, struct ticket *ret_ticket)
{
	struct call c = { .ticket = { .purpose = purpose }, .text = token, .now = now };
	const enum err e = store_write(store, write_take, &c);

	if (e == ERR_OK && ret_ticket != NULL)
		*ret_ticket = c.ticket;
	return (e);
}

static bool
try(const char *email, const char *code, const char *browser, int64_t now)
{
	struct call c = {
		.ticket = { .purpose = TICKET_SIGN_IN, .email = email, .browser = browser },
		.text = code,
		.now = now
	};

	return (store_write(store, write_try, &c) == ERR_OK && c.right);
}

static void
test_token(void)
{
	struct ticket_secret s = issue(TICKET_RESET, USER, "ann@example.org", NULL);
	char cut[SECRET_TOKEN_SIZE];
	struct ticket t;

	memcpy(cut, s.token, sizeof cut);
	cut[sizeof cut - 2] = '\0';
	ok(strlen(s.token) == 43 && strlen(s.code) == 6 && strspn(s.code, "0123456789") == 6,
	    "it has 256 bits, and six digits");
	ok(take(TICKET_VERIFY, s.token, NOW, NULL) == ERR_TICKET, "for another purpose: no");
	ok(take(TICKET_RESET, cut, NOW, NULL) == ERR_TICKET, "truncated: no");
	ok(take(TICKET_RESET, "", NOW, NULL) == ERR_TICKET, "empty: no");
	ok(take(TICKET_RESET, s.token, NOW + LIFE_S * 1000, NULL) == ERR_TICKET, "expired: no");
	ok(take(TICKET_RESET, s.token, NOW + LIFE_S * 1000 - 1, &t) == ERR_OK &&
	        strcmp(t.user_id, USER) == 0 && strcmp(t.email, "ann@example.org") == 0 &&
	        strcmp(t.data, "x") == 0,
	    "in the last millisecond: yes, and it says whose it is");
	ok(take(TICKET_RESET, s.token, NOW, NULL) == ERR_TICKET, "again: no");
}

static void
test_older(void)
{
	struct ticket_secret one = issue(TICKET_RESET, USER, "ann@example.org", NULL), other,
	                     verify;

	verify = issue(TICKET_VERIFY, USER, "ann@example.org", NULL);
	other = issue(TICKET_RESET, OTHER, "bob@example.org", NULL);
	ok(take(TICKET_RESET, one.token, NOW, NULL) == ERR_OK, "somebody else's changes nothing");
	one = issue(TICKET_RESET, USER, "ann@example.org", NULL);
	issue(TICKET_RESET, USER, "ann@example.net", NULL);
	ok(take(TICKET_RESET, one.token, NOW, NULL) == ERR_TICKET,
	    "an older one of the user is good no more, wherever it went");
	ok(take(TICKET_VERIFY, verify.token, NOW, NULL) == ERR_OK, "one for another purpose is");
	ok(take(TICKET_RESET, other.token, NOW, NULL) == ERR_OK, "and one of another user");
}

static void
test_keep(void)
{
	struct call one = { .ticket = { .purpose = TICKET_END_SESSION,
		                .user_id = USER,
		                .email = "ann@example.org",
		                .keep_older = true,
		                .life_s = LIFE_S },
		.now = NOW };
	struct call other = one;

	ok(store_write(store, write_issue, &one) == ERR_OK &&
	        store_write(store, write_issue, &other) == ERR_OK,
	    "several may be kept");
	ok(one.secret.code[0] == '\0', "without a code when none is wanted");
	ok(take(TICKET_END_SESSION, one.secret.token, NOW, NULL) == ERR_OK &&
	        take(TICKET_END_SESSION, other.secret.token, NOW, NULL) == ERR_OK,
	    "both are good");
}

/* A code that ${code} is not. */
static const char *
wrong(const char *code)
{

	return (strcmp(code, "000000") == 0 ? "000001" : "000000");
}

static void
test_code(void)
{
	struct ticket_secret s = issue(TICKET_SIGN_IN, USER, "ann@example.org", NULL);
	int i;

	for (i = 0; i < TICKET_TRIES - 1; i++)
		ok(!try("ann@example.org", wrong(s.code), NULL, NOW), "a wrong code: no");
	ok(!try("bob@example.org", s.code, NULL, NOW), "at another address: no");
	ok(!try("ann@example.org", s.code, NULL, NOW + LIFE_S * 1000), "expired: no");
	ok(try("ann@example.org", s.code, NULL, NOW), "after four wrong ones the right one: yes");
	ok(!try("ann@example.org", s.code, NULL, NOW), "again: no");
	ok(take(TICKET_SIGN_IN, s.token, NOW, NULL) == ERR_TICKET, "nor its link");

	s = issue(TICKET_SIGN_IN, USER, "ann@example.org", NULL);
	for (i = 0; i < TICKET_TRIES; i++)
		ok(!try("ann@example.org", wrong(s.code), NULL, NOW), "a wrong code: no");
	ok(!try("ann@example.org", s.code, NULL, NOW), "after five wrong ones the right one: no");
	ok(take(TICKET_SIGN_IN, s.token, NOW, NULL) == ERR_OK,
	    "but its link: it cannot be guessed");
}

static void
test_browser(void)
{
	struct ticket_secret s = issue(TICKET_SIGN_IN, USER, "ann@example.org", "cookie");
	struct ticket t;

	ok(!try("ann@example.org", s.code, NULL, NOW), "bound to a browser, from none: no");
	ok(!try("ann@example.org", s.code, "another", NOW), "from another: no");
	ok(try("ann@example.org", s.code, "cookie", NOW), "from that: yes");
	s = issue(TICKET_SIGN_IN, USER, "ann@example.org", "cookie");
	ok(take(TICKET_SIGN_IN, s.token, NOW, &t) == ERR_OK && t.bound &&
	        !ticket_browser_ok(&t, NULL) && !ticket_browser_ok(&t, "another") &&
	        ticket_browser_ok(&t, "cookie"),
	    "of a link one can tell, too");
	s = issue(TICKET_SIGN_IN, USER, "ann@example.org", NULL);
	ok(take(TICKET_SIGN_IN, s.token, NOW, &t) == ERR_OK && !t.bound &&
	        ticket_browser_ok(&t, NULL) && ticket_browser_ok(&t, "another"),
	    "what is bound to none is good anywhere");
}

static enum err
forget_reset(struct tx *tx, const char *user_id)
{

	return (ticket_forget_user(tx, TICKET_RESET, user_id));
}

static void
test_forget(void)
{
	struct ticket_secret reset = issue(TICKET_RESET, USER, "ann@example.org", NULL);
	struct ticket_secret verify = issue(TICKET_VERIFY, USER, "ann@example.org", NULL);
	struct ticket_secret other = issue(TICKET_RESET, OTHER, "bob@example.org", NULL);
	struct call c = { .forget = forget_reset };

	ok(store_write(store, write_forget, &c) == ERR_OK &&
	        take(TICKET_RESET, reset.token, NOW, NULL) == ERR_TICKET &&
	        take(TICKET_VERIFY, verify.token, NOW, NULL) == ERR_OK,
	    "those of a user for one purpose can be forgotten");
	verify = issue(TICKET_VERIFY, USER, "ann@example.org", NULL);
	c.forget = ticket_forget_all;
	ok(store_write(store, write_forget, &c) == ERR_OK &&
	        take(TICKET_VERIFY, verify.token, NOW, NULL) == ERR_TICKET &&
	        take(TICKET_RESET, other.token, NOW, NULL) == ERR_OK,
	    "or all of a user, and nobody else's");
}

/* What ticket_list_sign_up() gives: the addresses, in its order. */
static void
add_email(void *arg, const struct ticket *t)
{
	char *list = arg;

	ok(t->purpose == TICKET_SIGN_UP && t->user_id == NULL && t->expires_at > t->created_at,
	    "what is listed is whole");
	strncat(list, t->email, 1);
}

static const char *
list(struct db *db, const char *before, int64_t now, int64_t limit)
{
	static char emails[8];

	emails[0] = '\0';
	ok(ticket_list_sign_up(db, before, now, limit, arena, add_email, emails) == ERR_OK,
	    "open ones are listed");
	return (emails);
}

static void
test_list(void)
{
	static const char *const emails[] = { "a@example.org", "b@example.org", "c@example.org" };
	const int64_t end = NOW + LIFE_S * 1000;
	struct ticket t[3], other;
	struct db *db;
	size_t i;

	(void)issue(TICKET_RESET, USER, "ann@example.org", NULL);
	(void)issue(TICKET_WAITLIST, NULL, "a@example.org", NULL);
	for (i = 0; i < 3; i++)
		(void)issue(TICKET_SIGN_UP, NULL, emails[i], NULL);
	if (store_read(store, &db) != ERR_OK) {
		ok(false, "the store is read");
		return;
	}
	for (i = 0; i < 3; i++)
		ok(ticket_find_newest(db, TICKET_SIGN_UP, emails[i], NOW, arena, &t[i]) == ERR_OK &&
		        ticket_find_id(db, TICKET_SIGN_UP, t[i].id, end - 1, arena, &other) ==
		            ERR_OK &&
		        strcmp(other.email, emails[i]) == 0,
		    "one is found by its id, in its last millisecond, too");
	ok(ticket_find_id(db, TICKET_SIGN_UP, t[0].id, end, arena, &other) == ERR_NOT_FOUND,
	    "expired: no");
	ok(ticket_find_id(db, TICKET_RESET, t[0].id, NOW, arena, &other) == ERR_NOT_FOUND,
	    "for another purpose: no");
	ok(ticket_find_id(db, TICKET_SIGN_UP, USER, NOW, arena, &other) == ERR_NOT_FOUND,
	    "an id of nothing: no");
	ok(strlen(list(db, NULL, end - 1, 9)) == 3, "all open ones, and none for anything else");
	ok(list(db, NULL, end, 9)[0] == '\0', "none that has expired");
	ok(strlen(list(db, NULL, NOW, 2)) == 2, "no more than are asked for");
	for (i = 0; i < 3; i++)
		ok(strchr(list(db, t[i].id, NOW, 9), emails[i][0]) == NULL,
		    "from behind the one that is named");
	store_read_end(store, db);
}

int
main(void)
{

	if (sodium_init() < 0 || (arena = arena_new(1 << 20)) == NULL || !make_state())
		return (1);
	test_token();
	test_older();
	test_keep();
	test_code();
	test_browser();
	test_forget();
	test_list();
	store_close(store);
	master_close(master);
	arena_free(arena);
	return (done());
}
