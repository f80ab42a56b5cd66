/* Tickets: what a mail carries, so that who comes with it proves to read that address. */
#include "access/ticket.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/random.h"
#include "store/one_time.h"

/* For codes: a million of them are soon tried by who has the database but not the key. */
static const char code_purpose[] = "onetimec";

static const char *
name_of(enum ticket_purpose purpose)
{
	static const char *const names[TICKET_PURPOSES] = {
		[TICKET_VERIFY] = "verify",
		[TICKET_ADDRESS] = "address",
		[TICKET_RESET] = "reset",
		[TICKET_SIGN_IN] = "sign-in",
		[TICKET_UNLOCK] = "unlock",
		[TICKET_END_SESSION] = "end-session",
		[TICKET_WAITLIST] = "waitlist",
		[TICKET_SIGN_UP] = "sign-up",
		[TICKET_PHONE] = "phone",
	};

	return (names[purpose]);
}

/* Six digits, each as likely as the other: what is left of 2^32 beyond a multiple of a million is
 * drawn again. */
static void
draw_code(char ret_code[static TICKET_CODE_SIZE])
{
	const uint32_t codes = 1000000, end = UINT32_MAX - UINT32_MAX % codes;
	uint32_t number;

	do
		random_bytes(&number, sizeof number);
	while (number >= end);
	snprintf(ret_code, TICKET_CODE_SIZE, "%06u", (unsigned int)(number % codes));
}

/* Of the row's id, too: so the same code of two rows does not look the same. */
static enum err
mac_code(const struct master *m, const char *id, const char *code, struct arena *a,
    unsigned char ret_mac[static ONE_TIME_HASH_LEN])
{
	const char *text = arena_print(a, "%s %s", id, code);

	if (text == NULL)
		return (ERR_NOMEM);
	master_mac(m, code_purpose, text, strlen(text), ret_mac);
	return (ERR_OK);
}

enum err
ticket_issue(struct tx *tx, const struct master *m, struct ticket *t, int64_t now, struct arena *a,
    struct ticket_secret *ret_secret)
{
	struct one_time row = {
		.purpose = name_of(t->purpose),
		.has_code = t->with_code,
		.user_id = t->user_id,
		.email = t->email,
		.data = t->data != NULL ? t->data : "",
		.has_browser = t->browser != NULL,
		.tries_left = TICKET_TRIES,
		.created_at = now,
		.expires_at = now + t->life_s * 1000,
	};
	char id[ID_SIZE];
	enum err e;

	id_new(id);
	if ((row.id = arena_copy(a, id)) == NULL)
		return (ERR_NOMEM);
	secret_token(ret_secret->token);
	secret_hash(ret_secret->token, strlen(ret_secret->token), row.token_hash);
	ret_secret->code[0] = '\0';
	if (t->with_code) {
		draw_code(ret_secret->code);
		if ((e = mac_code(m, row.id, ret_secret->code, a, row.code_mac)) != ERR_OK)
			return (e);
	}
	if (t->browser != NULL)
		secret_hash(t->browser, strlen(t->browser), row.browser_hash);
	if ((!t->keep_older && (e = one_time_drop_older(tx, &row)) != ERR_OK) ||
	    (e = one_time_add(tx, &row)) != ERR_OK)
		return (e);
	t->id = row.id;
	t->created_at = now;
	t->expires_at = row.expires_at;
	return (ERR_OK);
}

/* Fill ${t}, whose purpose is known. */
static void
fill(const struct one_time *row, struct ticket *t)
{

	t->user_id = row->user_id;
	t->email = row->email;
	t->data = row->data;
	t->with_code = row->has_code;
	t->id = row->id;
	t->created_at = row->created_at;
	t->expires_at = row->expires_at;
	t->bound = row->has_browser;
	memcpy(t->browser_hash, row->browser_hash, sizeof t->browser_hash);
}

enum err
ticket_find(struct db *db, enum ticket_purpose purpose, const char *token, int64_t now,
    struct arena *a, struct ticket *ret_ticket)
{
	unsigned char hash[SECRET_HASH_LEN];
	struct one_time row;
	enum err e;

	secret_hash(token, strlen(token), hash);
	if ((e = one_time_find(db, name_of(purpose), hash, a, &row)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_TICKET : e);
	if (row.expires_at <= now)
		return (ERR_TICKET);
	*ret_ticket = (struct ticket){ .purpose = purpose };
	fill(&row, ret_ticket);
	return (ERR_OK);
}

enum err
ticket_find_newest(struct db *db, enum ticket_purpose purpose, const char *email, int64_t now,
    struct arena *a, struct ticket *ret_ticket)
{
	struct one_time row;
	enum err e;

	if ((e = one_time_find_newest(db, name_of(purpose), email, now, a, &row)) != ERR_OK)
		return (e);
	*ret_ticket = (struct ticket){ .purpose = purpose };
	fill(&row, ret_ticket);
	return (ERR_OK);
}

enum err
ticket_find_id(struct db *db, enum ticket_purpose purpose, const char *id, int64_t now,
    struct arena *a, struct ticket *ret_ticket)
{
	struct one_time row;
	enum err e;

	if ((e = one_time_find_id(db, name_of(purpose), id, a, &row)) != ERR_OK)
		return (e);
	if (row.expires_at <= now)
		return (ERR_NOT_FOUND);
	*ret_ticket = (struct ticket){ .purpose = purpose };
	fill(&row, ret_ticket);
	return (ERR_OK);
}

struct listing {
	void (*each)(void *arg, const struct ticket *t);
	void *arg;
};

static void
list_one(void *arg, const struct one_time *row)
{
	const struct listing *l = arg;
	struct ticket t = { .purpose = TICKET_SIGN_UP };

	fill(row, &t);
	l->each(l->arg, &t);
}

enum err
ticket_list_sign_up(struct db *db, const char *before, int64_t now, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct ticket *t), void *arg)
{
	struct listing l = { each, arg };

	return (one_time_list_sign_up(db, before, now, limit, a, list_one, &l));
}

enum err
ticket_take(struct tx *tx, enum ticket_purpose purpose, const char *token, int64_t now,
    struct arena *a, struct ticket *ret_ticket)
{
	enum err e;

	if ((e = ticket_find(tx_db(tx), purpose, token, now, a, ret_ticket)) != ERR_OK)
		return (e);
	return (one_time_drop(tx, ret_ticket->id));
}

bool
ticket_browser_ok(const struct ticket *t, const char *browser)
{
	unsigned char hash[SECRET_HASH_LEN];

	if (!t->bound)
		return (true);
	if (browser == NULL)
		return (false);
	secret_hash(browser, strlen(browser), hash);
	return (secret_equal(hash, t->browser_hash, sizeof hash));
}

enum err
ticket_try(struct tx *tx, const struct master *m, struct ticket *t, const char *code, int64_t now,
    struct arena *a, bool *ret_right)
{
	unsigned char mac[ONE_TIME_HASH_LEN], browser[SECRET_HASH_LEN];
	struct one_time row;
	enum err e;

	*ret_right = false;
	if (t->browser != NULL)
		secret_hash(t->browser, strlen(t->browser), browser);
	/* One that is bound to another browser is not looked at: or strangers could use up the
	 * tries of who did ask. */
	e = one_time_find_code(
	    tx_db(tx), name_of(t->purpose), t->email, t->browser == NULL ? NULL : browser, a, &row);
	if (e != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	if (row.expires_at <= now || row.tries_left <= 0)
		return (ERR_OK);
	if ((e = mac_code(m, row.id, code, a, mac)) != ERR_OK)
		return (e);
	if (!secret_equal(mac, row.code_mac, sizeof mac))
		return (one_time_miss(tx, row.id));
	*t = (struct ticket){ .purpose = t->purpose };
	fill(&row, t);
	*ret_right = true;
	return (one_time_drop(tx, row.id));
}

enum err
ticket_forget(struct tx *tx, const struct ticket *t)
{

	return (one_time_drop(tx, t->id));
}

enum err
ticket_forget_email(struct tx *tx, enum ticket_purpose purpose, const char *email)
{

	return (one_time_drop_email(tx, name_of(purpose), email));
}

enum err
ticket_forget_user(struct tx *tx, enum ticket_purpose purpose, const char *user_id)
{

	return (one_time_drop_user(tx, name_of(purpose), user_id));
}

enum err
ticket_forget_all(struct tx *tx, const char *user_id)
{

	return (one_time_drop_user(tx, NULL, user_id));
}
