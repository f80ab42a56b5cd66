/* Webhooks: what the routes and the tool do alike. */
#include "access/webhook.h"

#include <stdio.h>
#include <string.h>

#include "access/text_join.h"
#include "access/webhook_url.h"
#include "base/id.h"

#define PURPOSE "hooksign" /* of the key that seals secrets: 8 characters */
#define EVENTS_LEN_MAX 1024
#define ACTION "abcdefghijklmnopqrstuvwxyz0123456789_"

/* Not in the audit log: they come by webhook_push(). Whoever may have one need not be told what
 * else there is. */
static const char *const secret_events[] = { "sms.code" };

static bool
is_secret(const char *type, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT(secret_events); i++)
		if (strlen(secret_events[i]) == len && memcmp(secret_events[i], type, len) == 0)
			return (true);
	return (false);
}

/* "object.done", "object.*", "*" */
static bool
event_ok(const char *text)
{
	const size_t len = strspn(text, ACTION);
	const char *done = text + len + 1;

	if (strcmp(text, "*") == 0)
		return (true);
	if (len == 0 || text[len] != '.' || strlen(text) > WEBHOOK_EVENT_MAX)
		return (false);
	return (strcmp(done, "*") == 0 || (done[0] != '\0' && done[strspn(done, ACTION)] == '\0'));
}

enum err
webhook_events(const struct text_list *t, bool of_org, struct arena *a, const char **ret_events,
    const char **ret_wrong)
{
	enum err e;

	if (t->count == 0) {
		*ret_wrong = "must have one at least";
		return (ERR_FIELDS);
	}
	if ((e = text_join(t, event_ok, WEBHOOK_EVENTS_MAX, EVENTS_LEN_MAX,
	         "events, such as role.assigned, role.* or *", a, ret_events, ret_wrong)) != ERR_OK)
		return (e);
	if (!of_org || !webhook_has_secrets(*ret_events))
		return (ERR_OK);
	*ret_wrong = "must not have events that hold secrets: no organisation gets those";
	return (ERR_FIELDS);
}

bool
webhook_wants(const char *events, const char *type)
{
	const size_t type_len = strlen(type);
	const bool secret = is_secret(type, type_len);
	size_t len;

	for (; *events != '\0'; events += len + strspn(events + len, " ")) {
		len = strcspn(events, " ");
		if (len == type_len && memcmp(events, type, len) == 0)
			return (true);
		/* A secret one must be named. */
		if (!secret && events[len - 1] == '*' && len <= type_len + 1 &&
		    memcmp(events, type, len - 1) == 0)
			return (true);
	}
	return (false);
}

bool
webhook_has_secrets(const char *events)
{
	size_t len;

	for (; *events != '\0'; events += len + strspn(events + len, " ")) {
		len = strcspn(events, " ");
		if (is_secret(events, len))
			return (true);
	}
	return (false);
}

static enum err
new_secret(
    const struct master *m, struct arena *a, const char **ret_secret, const char **ret_sealed)
{
	char *secret = arena_alloc(a, WHSEC_SIZE);

	if (secret == NULL)
		return (ERR_NOMEM);
	whsec_new(secret);
	*ret_secret = secret;
	return (master_encrypt(m, PURPOSE, secret, a, ret_sealed));
}

enum err
webhook_make(struct tx *tx, const struct master *m, struct webhook *w, struct arena *a,
    const char **ret_secret)
{
	char id[ID_SIZE];
	int64_t count;
	enum err e;

	if ((e = webhook_count(tx_db(tx), w->org_id, &count)) != ERR_OK)
		return (e);
	if (count >= WEBHOOK_COUNT_MAX)
		return (ERR_LIMIT);
	id_new(id);
	if ((w->id = arena_copy(a, id)) == NULL)
		return (ERR_NOMEM);
	if ((e = new_secret(m, a, ret_secret, &w->sealed)) != ERR_OK)
		return (e);
	return (webhook_add(tx, w));
}

enum err
webhook_change(struct tx *tx, struct webhook *w, bool retry)
{
	enum err e;

	w->left_out_at = 0;
	if (w->enabled)
		w->gone_at = 0;
	if (retry) {
		w->failures = w->quiet_until = 0;
		if ((e = webhook_note(tx, w->id, 0, 0)) != ERR_OK)
			return (e);
	}
	return (webhook_set(tx, w));
}

enum err
webhook_rotate(struct tx *tx, const struct master *m, struct webhook *w, int64_t overlap_s,
    int64_t now, struct arena *a, const char **ret_secret)
{
	enum err e;

	w->old_sealed = overlap_s == 0 ? NULL : w->sealed;
	w->old_until = overlap_s == 0 ? 0 : now + overlap_s * 1000;
	w->updated_at = now;
	if ((e = new_secret(m, a, ret_secret, &w->sealed)) != ERR_OK)
		return (e);
	return (webhook_set(tx, w));
}

enum err
webhook_secrets(const struct master *m, const struct webhook *w, int64_t now, struct arena *a,
    const char **ret_secret, const char **ret_old)
{

	*ret_old = NULL;
	if (w->old_sealed != NULL && w->old_until > now) {
		const enum err e = master_decrypt(m, PURPOSE, w->old_sealed, a, ret_old);

		if (e != ERR_OK)
			return (e);
	}
	return (master_decrypt(m, PURPOSE, w->sealed, a, ret_secret));
}

enum err
webhook_resend(struct tx *tx, const struct webhook *w, const char *id, int64_t now, struct arena *a,
    struct delivery *ret_delivery)
{
	enum err e;

	if ((e = delivery_find(tx_db(tx), id, a, ret_delivery)) != ERR_OK)
		return (e);
	if (strcmp(ret_delivery->webhook_id, w->id) != 0)
		return (ERR_NOT_FOUND);
	if (!w->enabled)
		return (ERR_FORBIDDEN);
	if (ret_delivery->secret && ret_delivery->sealed == NULL)
		return (ERR_CRYPTO);
	if ((e = delivery_resend(tx, id, now, now + WEBHOOK_TRY_MS)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_FORBIDDEN : e);
	return (webhook_schedule(tx, w->id, now));
}

static void
add_events(struct json *j, const char *events)
{
	struct cJSON *array = json_add_array(j, "events");
	char *one;
	size_t len;

	for (; *events != '\0'; events += len + strspn(events + len, " ")) {
		len = strcspn(events, " ");
		one = arena_copy_len(j->arena, events, len);
		json_append_text(j, array, one);
	}
}

struct json
webhook_print(const struct webhook *w, int64_t now, struct arena *a)
{
	struct json j = json_object(a);

	json_add_text(&j, "id", w->id);
	json_add_text(&j, "org_id", w->org_id);
	json_add_text(&j, "url", w->url);
	add_events(&j, w->events);
	json_add_text(&j, "description", w->description);
	json_add_bool(&j, "enabled", w->enabled);
	json_add_time_or_null(&j, "gone_at", w->gone_at);
	json_add_number(&j, "failures", w->failures);
	json_add_time_or_null(&j, "quiet_until", w->quiet_until > now ? w->quiet_until : 0);
	json_add_time_or_null(&j, "left_out_at", w->left_out_at);
	json_add_time_or_null(&j, "old_secret_until", w->old_until > now ? w->old_until : 0);
	json_add_time(&j, "created_at", w->created_at);
	json_add_time(&j, "updated_at", w->updated_at);
	return (j);
}

struct json
webhook_print_delivery(const struct delivery *d, struct arena *a)
{
	struct json j = json_object(a);

	json_add_text(&j, "id", d->id);
	json_add_text(&j, "webhook_id", d->webhook_id);
	json_add_text(&j, "type", d->type);
	json_add_text(&j, "state", d->state);
	json_add_number(&j, "attempts", d->attempts);
	if (d->http_status == 0)
		json_add_text(&j, "http_status", NULL);
	else
		json_add_number(&j, "http_status", d->http_status);
	json_add_text(&j, "last_error", d->last_error);
	json_add_number(&j, "took_ms", d->took_ms);
	json_add_time_or_null(&j, "next_at", d->next_at);
	json_add_time(&j, "give_up_at", d->give_up_at);
	json_add_time(&j, "created_at", d->created_at);
	json_add_time_or_null(&j, "sent_at", d->sent_at);
	return (j);
}

struct json
webhook_details(const struct webhook *w, struct arena *a)
{
	struct json j = json_object(a);
	char host[WEBHOOK_URL_HOST_SIZE];

	json_add_text(&j, "host", webhook_url_host(w->url, host) ? arena_copy(a, host) : NULL);
	add_events(&j, w->events);
	json_add_bool(&j, "enabled", w->enabled);
	return (j);
}
