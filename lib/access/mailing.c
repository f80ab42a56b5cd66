/* Mail that somebody's doing causes: queued in the transaction of its cause. */
#include "access/mailing.h"

#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "access/profile.h"
#include "access/subject.h"
#include "access/throttle.h"
#include "base/address.h"

#define KIND_MAX 32
#define KEY_SIZE 400 /* an address is at most 254 bytes */
#define HOUR_MS 3600000
#define KNOWN_TIMES 100 /* an hour, by who invites */
#define NETWORK_TIMES 5 /* as many for one network as for one address */
#define MINUTE_S 60
#define HOUR_S 3600
#define DAY_S 86400

static const char seal_purpose[] = "mailseal";

bool
mailing_kind_ok(const char *kind)
{
	const size_t len = strlen(kind);

	return (len >= 1 && len <= KIND_MAX && kind[0] >= 'a' && kind[0] <= 'z' &&
	        strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") == len);
}

/* One more to ${address}: 0, or for how many ms not. */
static enum err
take_address(struct req *r, const char *address, int64_t *ret_wait_ms)
{
	const struct limit limit = { r->app->conf.throttle_mails, HOUR_MS };
	const char *small = arena_copy_lower(r->arena, address);
	char key[KEY_SIZE];

	if (small == NULL)
		return (ERR_NOMEM);
	snprintf(key, sizeof key, "mail\n%s", small);
	*ret_wait_ms = limiter_take(r->app->limiter, key, limit);
	return (ERR_OK);
}

static enum err
refuse(struct req *r, int64_t wait_ms)
{

	return (
	    wait_ms == 0 ? ERR_OK : throttle_refuse(r, wait_ms, "too many mails were asked for"));
}

enum err
mailing_count(struct req *r, const char *address, int64_t *ret_wait_ms)
{
	const int64_t most = r->app->conf.throttle_mails;
	const struct limit of_network = { most * NETWORK_TIMES, HOUR_MS };
	char network[ADDRESS_SIZE], key[KEY_SIZE];
	enum err e;

	*ret_wait_ms = 0;
	if (most == 0)
		return (ERR_OK);
	address_customer(r->remote_addr, network);
	snprintf(key, sizeof key, "mail\n\n%s", network);
	if ((*ret_wait_ms = limiter_take(r->app->limiter, key, of_network)) != 0)
		return (ERR_OK);
	if ((e = take_address(r, address, ret_wait_ms)) != ERR_OK || *ret_wait_ms != 0)
		limiter_give(r->app->limiter, key, of_network);
	return (e);
}

void
mailing_give_back(struct req *r, const char *address)
{
	const int64_t most = r->app->conf.throttle_mails;
	const char *small = arena_copy_lower(r->arena, address);
	char network[ADDRESS_SIZE], key[KEY_SIZE];

	if (most == 0 || small == NULL)
		return;
	snprintf(key, sizeof key, "mail\n%s", small);
	limiter_give(r->app->limiter, key, (struct limit){ most, HOUR_MS });
	address_customer(r->remote_addr, network);
	snprintf(key, sizeof key, "mail\n\n%s", network);
	limiter_give(r->app->limiter, key, (struct limit){ most * NETWORK_TIMES, HOUR_MS });
}

enum err
mailing_allow(struct req *r, const char *address)
{
	int64_t wait;
	enum err e;

	return ((e = mailing_count(r, address, &wait)) == ERR_OK ? refuse(r, wait) : e);
}

enum err
mailing_allow_known(struct req *r, const char *address)
{
	static const struct limit of_known = { KNOWN_TIMES, HOUR_MS };
	const struct subject *s = r->subject;
	char key[KEY_SIZE];
	int64_t wait;
	enum err e = ERR_OK;

	snprintf(key, sizeof key, "mail\n\n\n%s",
	    s->actor_id[0] != '\0'  ? s->actor_id
	    : s->user_id[0] != '\0' ? s->user_id
	                            : s->key_id);
	if ((wait = limiter_take(r->app->limiter, key, of_known)) == 0 &&
	    r->app->conf.throttle_mails != 0 &&
	    ((e = take_address(r, address, &wait)) != ERR_OK || wait != 0))
		limiter_give(r->app->limiter, key, of_known);
	return (e != ERR_OK ? e : refuse(r, wait));
}

const char *
mailing_locale(const struct req *r)
{
	const char *field = r->accept_language;
	const size_t len = field == NULL ? 0 : strcspn(field, ",; \t");
	const char *locale;

	/* The first is nearly always the one that is preferred. */
	if (len == 0 || len > PROFILE_LOCALE_MAX ||
	    (locale = arena_copy_len(r->arena, field, len)) == NULL)
		return (NULL);
	return (profile_locale_ok(locale) ? locale : NULL);
}

/* An object as text, and whether it is not too long. */
static enum err
print_object(struct json *j, const char **ret_text)
{

	*ret_text = j == NULL ? "{}" : json_print(j);
	if (*ret_text == NULL)
		return (ERR_NOMEM);
	return (strlen(*ret_text) > MAILING_PARAMS_MAX ? ERR_FIELDS : ERR_OK);
}

enum err
mailing_queue(struct tx *tx, const struct conf *c, const struct master *m, const struct mail *mail,
    int64_t now, struct arena *a, char ret_id[static ID_SIZE])
{
	char host[CONF_TEXT_SIZE], random[ID_SIZE];
	struct outbox_mail row = {
		.id = ret_id,
		.kind = mail->kind,
		.to_address = mail->to,
		.user_id = mail->user_id,
		.locale = mail->locale == NULL ? "" : mail->locale,
		.secret = mail->secret != NULL,
		.next_at = now,
		.give_up_at = now + MAILING_TRY_MS,
		.created_at = now,
	};
	const char *secret;
	enum err e;

	if (!profile_email_ok(mail->to) || !mailing_kind_ok(row.kind) ||
	    (row.locale[0] != '\0' && !profile_locale_ok(row.locale)))
		return (ERR_FIELDS);
	if (mail->until != 0 && mail->until < row.give_up_at)
		row.give_up_at = mail->until;
	if ((e = print_object(mail->params, &row.params)) != ERR_OK)
		return (e);
	if (mail->secret != NULL &&
	    ((e = print_object(mail->secret, &secret)) != ERR_OK ||
	        (e = master_encrypt(m, seal_purpose, secret, a, &row.sealed)) != ERR_OK))
		return (e);
	conf_mail_host(c, host);
	id_new(ret_id);
	id_random(random);
	if ((row.message_id = arena_print(a, "<%s@%s>", random, host)) == NULL)
		return (ERR_NOMEM);
	return (outbox_add(tx, &row));
}

enum err
mailing_open(
    const struct master *m, const struct outbox_mail *row, struct arena *a, const char **ret_secret)
{

	*ret_secret = NULL;
	if (row->sealed == NULL)
		return (ERR_OK);
	return (master_decrypt(m, seal_purpose, row->sealed, a, ret_secret));
}

/* For how long it is good, in the largest unit that has no more than a third lost. */
static void
add_life(struct json *params, int64_t life_s)
{

	if (life_s >= 2 * DAY_S)
		json_add_number(params, "days", life_s / DAY_S);
	else if (life_s >= 2 * HOUR_S)
		json_add_number(params, "hours", life_s / HOUR_S);
	else
		json_add_number(params, "minutes", life_s / MINUTE_S);
}

/* Issue the ticket of ${m}, and put into ${secret} what only the mail says. */
static enum err
issue(struct tx *tx, const struct post *p, struct mailing *m, int64_t now, struct json *secret)
{
	struct ticket *t = m->ticket;
	struct ticket_secret *s = arena_alloc(p->arena, sizeof *s);
	const char *link;
	enum err e;

	if (s == NULL || (t->email = arena_copy_lower(p->arena, m->to)) == NULL)
		return (ERR_NOMEM);
	t->user_id = m->user == NULL ? NULL : m->user->id;
	if ((e = ticket_issue(tx, p->master, t, now, p->arena, s)) != ERR_OK)
		return (e);
	link = arena_print(p->arena, "%s%s#%s", p->conf->site_url, m->path, s->token);
	if (link == NULL)
		return (ERR_NOMEM);
	json_add_text(secret, "link", link);
	json_add_text(secret, "token", s->token);
	if (s->code[0] != '\0')
		json_add_text(secret, "code", s->code);
	return (ERR_OK);
}

enum err
mailing_send(struct tx *tx, struct req *r, struct mailing *m, int64_t now)
{
	const struct post post = { &r->app->conf, r->app->master, r->arena, mailing_locale(r) };

	return (mailing_send_by(tx, &post, m, now));
}

enum err
mailing_send_by(struct tx *tx, const struct post *post, struct mailing *m, int64_t now)
{
	const struct user *u = m->user;
	struct json params = json_object(post->arena), secret = json_object(post->arena);
	struct mail mail = {
		.kind = m->kind,
		.user_id = u == NULL ? NULL : u->id,
		.params = m->params == NULL ? &params : m->params,
	};
	char id[ID_SIZE];
	enum err e;

	if (m->to == NULL)
		m->to = u->email;
	mail.to = m->to;
	mail.locale = u != NULL && u->locale != NULL ? u->locale : post->locale;
	json_add_text(mail.params, "name", u == NULL || u->name == NULL ? "" : u->name);
	if (m->ticket != NULL) {
		if ((e = issue(tx, post, m, now, &secret)) != ERR_OK)
			return (e);
		add_life(mail.params, m->ticket->life_s);
		mail.secret = &secret;
		mail.until = m->ticket->expires_at;
	}
	e = mailing_queue(tx, post->conf, post->master, &mail, now, post->arena, id);
	if (e != ERR_OK || !m->pretend)
		return (e);
	if (m->ticket != NULL && (e = ticket_forget(tx, m->ticket)) != ERR_OK)
		return (e);
	return (outbox_drop(tx, id));
}
