/* Codes by SMS: issued here, sent by somebody else. */
#include "access/sms.h"

#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "access/mailing.h"
#include "access/throttle.h"
#include "access/webhook.h"
#include "base/address.h"

#define DIGITS_MIN 8
#define DIGITS_MAX 15
#define KEY_SIZE 80

static const struct limit of_phone = { 3, 3600000 }, of_network = { 10, 3600000 },
                          of_user = { 5, 86400000 };

bool
sms_phone_ok(const char *phone)
{
	const size_t len = strlen(phone);

	return (phone[0] == '+' && len >= 1 + DIGITS_MIN && len <= 1 + DIGITS_MAX &&
	        phone[1] != '0' && strspn(phone + 1, "0123456789") == len - 1);
}

/* What is refused for one reason counts for none. */
enum err
sms_allow(struct req *r, const char *phone, const char *user_id)
{
	struct limiter *l = r->app->limiter;
	char network[ADDRESS_SIZE], key[KEY_SIZE], network_key[KEY_SIZE], user_key[KEY_SIZE];
	int64_t wait;

	address_customer(r->remote_addr, network);
	snprintf(key, sizeof key, "sms\n%s", phone);
	snprintf(network_key, sizeof network_key, "sms\n\n%s", network);
	snprintf(user_key, sizeof user_key, "sms\n\n\n%s", user_id != NULL ? user_id : "");
	if ((wait = limiter_take(l, network_key, of_network)) == 0 &&
	    (wait = limiter_take(l, key, of_phone)) != 0)
		limiter_give(l, network_key, of_network);
	if (wait == 0 && user_id != NULL && (wait = limiter_take(l, user_key, of_user)) != 0) {
		limiter_give(l, network_key, of_network);
		limiter_give(l, key, of_phone);
	}
	return (wait == 0 ? ERR_OK : throttle_refuse(r, wait, "too many codes were asked for"));
}

/* What goes to the webhooks, and to how many it went. */
struct pushing {
	struct req *req;
	struct webhook_secret event;
	int64_t now;
	int64_t count;
};

static enum err
push(struct tx *tx, void *arg)
{
	struct pushing *p = arg;

	return (webhook_push(tx, p->req->app->master, &p->event, p->now, p->req->arena, &p->count));
}

static void
print_data(struct req *r, const struct sms *s, const struct ticket_secret *secret, struct json *j)
{
	const struct user *u = s->user;

	json_add_text(j, "to", s->phone);
	json_add_text(j, "code", secret->code);
	json_add_text(j, "text",
	    arena_print(r->arena,
	        "%s is your code for %s, for %d minutes. Nobody will ever ask you for it.",
	        secret->code, r->app->conf.site_name, SMS_LIFE_S / 60));
	json_add_text(j, "locale", u != NULL && u->locale != NULL ? u->locale : mailing_locale(r));
	json_add_time(j, "expires_at", s->ticket->expires_at);
}

enum err
sms_send(struct tx *tx, struct req *r, struct sms *s, int64_t now)
{
	struct json data = json_object(r->arena);
	struct pushing p = { .req = r, .now = now };
	struct ticket_secret *secret = arena_alloc(r->arena, sizeof *secret);
	enum err e;

	if (secret == NULL)
		return (ERR_NOMEM);
	s->ticket->user_id = s->user == NULL ? NULL : s->user->id;
	s->ticket->with_code = true;
	s->ticket->life_s = SMS_LIFE_S;
	if ((e = ticket_issue(tx, r->app->master, s->ticket, now, r->arena, secret)) != ERR_OK)
		return (e);
	print_data(r, s, secret, &data);
	p.event = (struct webhook_secret){
		.type = "sms.code", .data = &data, .until = s->ticket->expires_at
	};
	if ((e = s->pretend ? tx_pretend(tx, push, &p) : push(tx, &p)) != ERR_OK)
		return (e);
	if (p.count == 0)
		return (req_fail(r, ERR_BUSY, "no webhook takes sms.code, so no SMS is sent"));
	return (s->pretend ? ticket_forget(tx, s->ticket) : ERR_OK);
}
