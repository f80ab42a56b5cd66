/* yett key: the keys that sign access tokens. */
#include <stdio.h>

#include "base/clock.h"
#include "commands.h"
#include "cred/keyring.h"
#include "http/json.h"
#include "table.h"

#define ALIVE_MAX \
	16 /* as many as the keyring loads: one more, and the oldest would verify no longer */

struct listing {
	struct arena *arena;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table is asked for */
	int64_t newest_at;
	int64_t now;
	unsigned int alive;
};

static int
open_keys(struct tool *t, const char **ret_dir, struct keyring **ret_keys)
{
	enum err e;

	if (tool_check_owner(t) != 0)
		return (TOOL_FAILED);
	if ((*ret_dir = tool_path(t, "keys")) == NULL)
		return (tool_fail("out of memory"));
	if ((e = keyring_open(*ret_dir, t->conf.session_access_s, ret_keys)) == ERR_OK)
		return (0);
	if (e == ERR_NOT_FOUND || e == ERR_IO)
		return (tool_fail("there is no key in %s: run \"yett init\"", *ret_dir));
	return (tool_fail(
	    "the keys in %s cannot be used (%s): run \"yett doctor\"", *ret_dir, err_slug(e)));
}

static const char *
state_of(const struct listing *l, int64_t until)
{

	return (until == 0 ? "signs" : l->now < until ? "verifies" : "over");
}

static void
list_one(void *arg, const char *kid, int64_t created_at, int64_t until)
{
	struct listing *l = arg;
	struct json item;

	if (until == 0)
		l->newest_at = created_at;
	if (until == 0 || l->now < until)
		l->alive++;
	if (l->array != NULL) {
		item = json_object(l->arena);
		/* The keyring's, and closed before the JSON is printed: cJSON copies it. */
		json_add_text(&item, "kid", kid);
		json_add_text(&item, "state", state_of(l, until));
		json_add_time(&item, "created_at", created_at);
		if (until != 0)
			json_add_time(&item, "verifies_until", until);
		else
			json_add_text(&item, "verifies_until", NULL);
		json_append(&l->json, l->array, &item);
	} else if (l->table != NULL) {
		const char *const cells[] = { arena_copy(l->arena, kid), state_of(l, until),
			table_time(l->arena, created_at), table_time(l->arena, until) };

		table_add(l->table, cells);
	}
}

int
cmd_key_list(struct tool *t)
{
	static const char *const names[] = { "KEY", "STATE", "CREATED", "VERIFIES UNTIL" };
	struct listing l = { .arena = t->arena, .now = clock_ms() };
	struct keyring *keys = NULL;
	const char *dir;
	int status;

	if ((status = open_keys(t, &dir, &keys)) != 0)
		return (status);
	l.json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.table = table_new(t->arena, COUNT(names), names)) != NULL)
		keyring_each(keys, list_one, &l);
	keyring_close(keys);
	if (l.table == NULL)
		return (tool_fail("out of memory"));
	if (l.array == NULL)
		return (table_print(l.table));
	return (tool_print_json(&l.json));
}

int
cmd_key_rotate(struct tool *t)
{
	struct listing l = { .arena = t->arena, .now = clock_ms() };
	struct keyring *keys = NULL;
	unsigned int pruned;
	const char *dir;
	int status;
	enum err e;

	if ((status = open_keys(t, &dir, &keys)) != 0)
		return (status);
	keyring_each(keys, list_one, &l);
	keyring_close(keys);
	/* It would sort below the newest and never sign. */
	if (l.newest_at >= l.now)
		return (tool_fail(
		    "the newest key is from %s, and the clock says it is earlier: set the clock",
		    table_time(t->arena, l.newest_at)));
	if (l.alive >= ALIVE_MAX)
		return (tool_fail(
		    "%u keys are alive: wait until the oldest is over, see \"yett key list\"",
		    l.alive));
	/* What the old one signed must verify on, so that stays, and goes with a later rotation. */
	if ((e = keyring_prune(dir, t->conf.session_access_s, &pruned)) != ERR_OK)
		return (tool_fail(
		    "a key that is over cannot be removed from %s (%s)", dir, err_slug(e)));
	if ((e = keyring_rotate(dir)) != ERR_OK)
		return (tool_fail("a key cannot be made in %s (%s)", dir, err_slug(e)));
	printf("a new key signs from now on; keys removed that were over: %u\n", pruned);
	return (tool_note_alone(
	    t, &(struct event){ .action = "signing_key.rotated", .object_type = "signing_key" }));
}
