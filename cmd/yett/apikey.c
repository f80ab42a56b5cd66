/* yett apikey: seeing API keys. Never their secrets. */
#include <stdio.h>
#include <string.h>

#include "access/key.h"
#include "access/right.h"
#include "access/standing.h"
#include "ask.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "cred/apikey.h"
#include "cred/secret.h"
#include "table.h"
#include "who.h"

#define LIMIT_USUAL 1000
#define LIMIT_MAX 10000
#define LOOKED_AT_MAX 100000
#define DAYS_USUAL 30
#define DAYS_MAX 3660
#define DAY_MS ((int64_t)86400000)

struct listing {
	struct tool *tool;
	struct db *db;
	struct names *names;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	bool archived;
	int64_t now, count, limit;
	const char *last;
	bool more;
	enum err err;
};

/* Whose it is, for a person; NULL without memory. */
static const char *
owner_of(struct tool *t, struct db *db, const struct api_key *k)
{
	struct user u;

	if (k->user_id == NULL)
		return ("a service");
	return (
	    user_find(db, USER_BY_ID, k->user_id, t->arena, &u) == ERR_OK ? u.email : k->user_id);
}

static bool
list_one(void *arg, const struct api_key *k)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	if ((l->more = l->count == l->limit))
		return (false);
	l->last = k->id;
	if (api_key_alive(k, l->now) == l->archived)
		return (true);
	l->count++;
	if (l->array != NULL) {
		item = json_object(a);
		if ((l->err = key_print(k, l->now, l->names, &item)) == ERR_OK)
			json_append(&l->json, l->array, &item);
	} else {
		const char *const cells[] = { k->id, k->name, owner_of(l->tool, l->db, k), k->hint,
			key_state(k, l->now), k->scopes, table_time(a, k->expires_at),
			table_time(a, k->last_used_at) };

		table_add(l->table, cells);
	}
	return (l->err == ERR_OK);
}

static int
read_list(struct listing *l)
{
	struct tool *t = l->tool;
	enum api_key_owner owner = API_KEY_OF_ANYBODY;
	struct user u = { .id = NULL };
	int status = 0;
	enum err e;

	if ((e = store_read(t->store, &l->db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	if (tool_has(t, "--service"))
		owner = API_KEY_OF_SERVICE;
	if (t->words_count > 0) {
		owner = API_KEY_OF_USER;
		status = who_find(t, l->db, t->words[0], &u);
	}
	if (status == 0)
		e = api_key_list(l->db, owner, u.id, tool_value(t, "--after"), LOOKED_AT_MAX,
		    t->arena, list_one, l);
	store_read_end(t->store, l->db);
	if (status == 0 && (e != ERR_OK || (e = l->err) != ERR_OK))
		return (tool_fail("the keys cannot be listed (%s)", err_slug(e)));
	return (status);
}

int
cmd_apikey_list(struct tool *t)
{
	static const char *const names[] = { "ID", "NAME", "OWNER", "BEGINS WITH", "STATE",
		"SCOPES", "EXPIRES", "LAST USED" };
	const char *after = tool_value(t, "--after");
	struct listing l = { .tool = t,
		.now = clock_ms(),
		.archived = tool_has(t, "--archived"),
		.json = json_object(t->arena) };
	int status;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if (after != NULL && !id_ok(after))
		return (tool_misuse(t, "--after must be the id of a key"));
	if (t->words_count > 0 && tool_has(t, "--service"))
		return (tool_misuse(t, "--service goes with no user"));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	l.names = arena_alloc(t->arena, sizeof *l.names);
	l.table = table_new(t->arena, COUNT(names), names);
	if (l.names == NULL || l.table == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_list(&l)) != 0)
		return (status);
	if (l.array != NULL) {
		json_add_text(&l.json, "next", l.more ? l.last : NULL);
		return (tool_print_json(&l.json));
	}
	if ((status = table_print(l.table)) == 0 && l.more)
		tool_warn("there are more: --after %s", l.last);
	return (status);
}

/* The key that the first word names, and what ${with} makes of it in the same moment. */
static int
read_key(struct tool *t, struct api_key *ret_key,
    enum err (*with)(struct tool *t, struct db *db, const struct api_key *k, void *arg), void *arg)
{
	struct db *db;
	int status;
	enum err e;

	if (!id_ok(t->words[0]))
		return (tool_fail("that is no key's id: \"yett apikey list\" shows them"));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	if ((e = api_key_find(db, t->words[0], t->arena, ret_key)) == ERR_OK)
		e = with(t, db, ret_key, arg);
	store_read_end(t->store, db);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no such API key: \"yett apikey list\" shows them"));
	return (e == ERR_OK ? 0 : tool_fail("the key cannot be read (%s)", err_slug(e)));
}

struct shown {
	const char *owner;
	struct names *roles, *permissions;
};

static enum err
read_rights(struct tool *t, struct db *db, const struct api_key *k, void *arg)
{
	struct standing s = { .proof = PROOF_KEY, .key_id = k->id };
	struct shown *shown = arg;
	enum err e;

	e = standing_read(db, clock_ms(), t->arena, &s);
	if (e == ERR_INVALID_TOKEN)
		s.roles->count = s.permissions->count = 0;
	shown->roles = s.roles;
	shown->permissions = s.permissions;
	shown->owner = owner_of(t, db, k);
	return (e == ERR_INVALID_TOKEN ? ERR_OK : e);
}

static void
print_key(struct tool *t, const struct api_key *k, const struct shown *shown)
{
	struct arena *a = t->arena;

	table_line("id", 12, k->id);
	table_line("name", 12, k->name);
	table_line("begins with", 12, k->hint);
	table_line("state", 12, key_state(k, clock_ms()));
	table_line("owner", 12, shown->owner);
	table_line("org", 12, k->org_id);
	table_line("scopes", 12, k->scopes);
	table_line("networks", 12, k->networks);
	table_line("roles", 12, table_join(a, shown->roles->items, shown->roles->count));
	table_line(
	    "may now", 12, table_join(a, shown->permissions->items, shown->permissions->count));
	table_line("created", 12, table_time(a, k->created_at));
	table_line("expires", 12, table_time(a, k->expires_at));
	table_line("revoked", 12, table_time(a, k->revoked_at));
	table_line("replaced by", 12, k->replaced_by);
	table_line("last used", 12, table_time(a, k->last_used_at));
	table_line("last from", 12, k->last_used_ip);
}

int
cmd_apikey_show(struct tool *t)
{
	struct json j = json_object(t->arena);
	struct names *names = arena_alloc(t->arena, sizeof *names);
	struct shown shown;
	struct api_key k;
	int status;

	if (names == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_key(t, &k, read_rights, &shown)) != 0)
		return (status);
	if (!tool_has(t, "--json")) {
		print_key(t, &k, &shown);
		return (0);
	}
	if (key_print(&k, clock_ms(), names, &j) != ERR_OK)
		return (tool_fail("out of memory"));
	json_add_texts(&j, "roles", shown.roles->items, shown.roles->count);
	json_add_texts(&j, "permissions", shown.permissions->items, shown.permissions->count);
	return (tool_print_json(&j));
}

struct days {
	struct tool *tool;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	int64_t from, to, total;
};

static void
add_day(void *arg, int64_t day, int64_t requests)
{
	struct days *d = arg;
	struct arena *a = d->tool->arena;
	const char *text = arena_print(a, "%.10s", table_time(a, day * DAY_MS));
	const char *const cells[] = { text, arena_print(a, "%lld", (long long)requests) };
	struct json item;

	d->total += requests;
	if (d->array == NULL) {
		table_add(d->table, cells);
		return;
	}
	item = json_object(a);
	json_add_text(&item, "day", text);
	json_add_number(&item, "requests", requests);
	json_append(&d->json, d->array, &item);
}

static enum err
read_days(struct tool *t, struct db *db, const struct api_key *k, void *arg)
{
	struct days *d = arg;

	(void)t;
	return (api_key_usage(db, k->id, d->from, d->to, add_day, d));
}

int
cmd_apikey_usage(struct tool *t)
{
	static const char *const names[] = { "DAY", "REQUESTS" };
	struct days d = { .tool = t, .json = json_object(t->arena), .to = clock_ms() / DAY_MS };
	struct api_key k;
	int64_t count;
	int status;

	if (!tool_number(t, "--days", DAYS_USUAL, DAYS_MAX, &count))
		return (tool_misuse(t, "--days must be a number from 1 to %d", DAYS_MAX));
	d.from = d.to - count + 1;
	if (tool_has(t, "--json"))
		d.array = json_add_array(&d.json, "items");
	if ((d.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_key(t, &k, read_days, &d)) != 0)
		return (status);
	if (d.array == NULL)
		return (table_print(d.table));
	json_add_number(&d.json, "total", d.total);
	return (tool_print_json(&d.json));
}

/* Why the key is not good for what is asked; NULL: it is. */
static enum err
judge(struct tool *t, struct db *db, const char *text, struct api_key *ret_key, struct standing *s,
    const char **ret_code)
{
	const char *permission = tool_value(t, "--permission");
	const char *address = tool_value(t, "--address");
	unsigned char hash[SECRET_HASH_LEN];
	enum err e;

	*ret_code = "malformed";
	if (!apikey_foreign_ok(text))
		return (ERR_OK);
	*ret_code = "unknown";
	secret_hash(text, strlen(text), hash);
	if ((e = api_key_find_hash(db, hash, t->arena, ret_key)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	s->proof = PROOF_KEY;
	s->key_id = ret_key->id;
	e = standing_read(db, clock_ms(), t->arena, s);
	*ret_code = key_state(ret_key, clock_ms());
	if (e == ERR_INVALID_TOKEN && strcmp(*ret_code, "live") == 0)
		*ret_code = "user";
	if (e != ERR_OK)
		return (e == ERR_INVALID_TOKEN ? ERR_OK : e);
	*ret_code = NULL;
	if (address != NULL && ret_key->networks[0] != '\0' &&
	    !address_in(address, ret_key->networks))
		*ret_code = "network";
	else if (permission != NULL && right_covering(s->permissions, permission) == NULL)
		*ret_code = "permission";
	return (ERR_OK);
}

static int
print_verdict(struct tool *t, const struct api_key *k, const struct standing *s, const char *code)
{
	struct json j = json_object(t->arena);
	int status;

	if (!tool_has(t, "--json")) {
		printf(code == NULL ? "valid: " : "not valid: ");
		table_text(code != NULL ? code : k->id);
		putchar('\n');
		return (code == NULL ? 0 : TOOL_FAILED);
	}
	json_add_bool(&j, "valid", code == NULL);
	json_add_text(&j, "code", code);
	json_add_text(&j, "key_id", code == NULL ? k->id : NULL);
	json_add_text(&j, "user_id", code == NULL ? k->user_id : NULL);
	json_add_text(&j, "org_id", code == NULL ? k->org_id : NULL);
	if (code == NULL)
		json_add_texts(&j, "permissions", s->permissions->items, s->permissions->count);
	else
		json_add_array(&j, "permissions");
	status = tool_print_json(&j);
	return (status != 0 ? status : code == NULL ? 0 : TOOL_FAILED);
}

int
cmd_apikey_verify(struct tool *t)
{
	const char *permission = tool_value(t, "--permission");
	const char *address = tool_value(t, "--address"), *text, *code = NULL;
	struct standing s = { .key_id = NULL };
	struct api_key k;
	struct db *db;
	int status;
	enum err e;

	if (permission != NULL && !right_ok(permission))
		return (tool_fail("--permission: must be resource:action"));
	if (address != NULL && !address_ok(address))
		return (tool_fail("--address: must be an address of IPv4 or IPv6"));
	if ((status = ask_secret(t, "API key", &text)) != 0 || (status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	e = judge(t, db, text, &k, &s, &code);
	store_read_end(t->store, db);
	if (e != ERR_OK)
		return (tool_fail("the key cannot be read (%s)", err_slug(e)));
	return (print_verdict(t, &k, &s, code));
}
