/* Which devices a user signs in on, and the mail that tells of a new one. */
#include "access/device_notice.h"

#include <stdio.h>
#include <string.h>

#include "access/cookie.h"
#include "access/device.h"
#include "access/mailing.h"
#include "access/notice.h"
#include "base/address.h"
#include "base/id.h"
#include "store/user_device.h"

#define DAY_MS ((int64_t)86400000)
#define DEVICES_MAX 50
#define LINK_S (7 * 86400)
#define V4_BITS (96 + 24)
#define V6_BITS 48
/* So many such mails an hour, lest a program that comes from ever other networks fill a mailbox:
 * who reads ten knows. */
#define MAILS_AN_HOUR 10
#define HOUR_MS 3600000

/* Did we make this? Nobody can be expected to guess one that we did. */
static bool
is_token(const char *text)
{

	return (text != NULL && strlen(text) == SECRET_TOKEN_SIZE - 1 &&
	        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
	            SECRET_TOKEN_SIZE - 1);
}

static const char *
new_token(struct arena *a)
{
	char *text = arena_alloc(a, SECRET_TOKEN_SIZE);

	if (text != NULL)
		secret_token(text);
	return (text);
}

/* What stands for a client that takes no cookies. With the line break it can be no cookie. */
static const char *
describe_client(const struct req *r, const char *agent)
{
	struct address_network n;
	char network[ADDRESS_NETWORK_SIZE];
	bool is_v4;

	if (!address_network_parse(r->remote_addr, &n))
		return (arena_print(r->arena, "%s\n", agent));
	is_v4 = address_customer_bits(n.address) == 128;
	n.bits = is_v4 ? V4_BITS : V6_BITS;
	address_cut(n.address, n.bits);
	address_network_print(&n, network);
	return (arena_print(r->arena, "%s\n%s", agent, network));
}

enum err
device_notice_prepare(struct req *r, struct visit *v)
{
	const char *text;

	if (v->session.kind == SESSION_COOKIE) {
		text = req_cookie(r, cookie_device_name(&r->app->conf));
		text = v->device = is_token(text) ? text : new_token(r->arena);
	} else {
		text = describe_client(r, v->session.user_agent);
	}
	if (text == NULL)
		return (ERR_NOMEM);
	secret_hash(text, strlen(text), v->device_hash);
	return (ERR_OK);
}

/* send() writes it. */
bool
device_notice_parse(
    const char *data, char ret_session_id[static ID_SIZE], char ret_device_id[static ID_SIZE])
{

	if (strlen(data) != 2 * (ID_SIZE - 1) + 1)
		return (false);
	memcpy(ret_session_id, data, ID_SIZE - 1);
	memcpy(ret_device_id, data + ID_SIZE, ID_SIZE - 1);
	ret_session_id[ID_SIZE - 1] = ret_device_id[ID_SIZE - 1] = '\0';
	return (id_ok(ret_session_id) && id_ok(ret_device_id));
}

static enum err
send(struct tx *tx, struct req *r, const struct visit *v, const char *device_id)
{
	const struct limit limit = { MAILS_AN_HOUR, HOUR_MS };
	const int64_t now = v->session.created_at;
	const struct notice n = notice_of(r, now);
	struct json params = json_object(r->arena);
	struct ticket ticket = { .purpose = TICKET_END_SESSION,
		.data = arena_print(r->arena, "%s %s", v->session.id, device_id),
		.keep_older = true,
		.life_s = LINK_S };
	struct mailing m = { .kind = "new-device",
		.user = &v->user,
		.ticket = &ticket,
		.path = "/end-session",
		.params = &params };
	char key[sizeof "new device\n" + ID_SIZE];

	if (ticket.data == NULL)
		return (ERR_NOMEM);
	snprintf(key, sizeof key, "new device\n%s", v->user.id);
	if (!notice_can_reach(n.conf, &v->user) || limiter_take(r->app->limiter, key, limit) > 0)
		return (ERR_OK);
	notice_add_origin(&n, &params);
	return (mailing_send(tx, r, &m, now));
}

/* At the first sign-in every device is new. And to who has signed in lately, and yet on none that
 * is known: then devices have not been noted for long. */
static bool
is_worth_telling(const struct user *u, int64_t known, int64_t now)
{

	if (u->last_active_at == 0)
		return (false);
	return (known > 0 || now - u->last_active_at > DEVICE_NOTICE_KEPT_MS - 2 * DAY_MS);
}

static enum err
add(struct tx *tx, struct req *r, const struct visit *v)
{
	const int64_t now = v->session.created_at;
	struct user_device d = { .user_id = v->user.id, .first_seen_at = now, .last_seen_at = now };
	char id[ID_SIZE];
	int64_t known;
	enum err e;

	id_new(id);
	memcpy(d.hash, v->device_hash, sizeof d.hash);
	if ((d.id = arena_copy(r->arena, id)) == NULL ||
	    (d.name = device_name(v->session.user_agent, r->arena)) == NULL)
		return (ERR_NOMEM);
	if ((e = user_device_count(tx_db(tx), v->user.id, &known)) != ERR_OK ||
	    (e = user_device_add(tx, &d)) != ERR_OK)
		return (e);
	if (known >= DEVICES_MAX && (e = user_device_trim(tx, v->user.id, DEVICES_MAX)) != ERR_OK)
		return (e);
	return (is_worth_telling(&v->user, known, now) ? send(tx, r, v, d.id) : ERR_OK);
}

enum err
device_notice_store(struct tx *tx, struct req *r, const struct visit *v)
{
	const int64_t now = v->session.created_at;
	struct user_device d;
	enum err e;

	e = user_device_find(tx_db(tx), v->user.id, v->device_hash, r->arena, &d);
	if (e == ERR_NOT_FOUND)
		return (add(tx, r, v));
	if (e != ERR_OK || now - d.last_seen_at < DAY_MS)
		return (e);
	return (user_device_see(tx, d.id, now));
}
