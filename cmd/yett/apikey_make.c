/* yett apikey: making API keys, and ending them. */
#include <stdio.h>
#include <string.h>

#include "access/key.h"
#include "ask.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "cred/apikey.h"
#include "who.h"

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct api_key key; /* the new one, or the one that the first word names */
	struct api_key old;
	struct json details;
	int64_t expires_at, overlap_s, now;
	const char *refusal; /* why not, for a person */
};

static enum err
refuse(struct change *c, const char *why)
{

	c->refusal = why;
	return (ERR_FIELDS);
}

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct event ev = { .action = c->action, .object_type = "apikey", .details = &c->details };
	enum err e;

	if ((e = c->how(tx, c)) != ERR_OK)
		return (e);
	ev.object_id = c->key.id;
	ev.org_id = c->key.org_id;
	return (tool_note(c->tool, tx, &ev));
}

static int
change(struct change *c, const char *action, enum err (*how)(struct tx *tx, struct change *c))
{
	struct tool *t = c->tool;
	int status;
	enum err e;

	c->action = action;
	c->how = how;
	if ((t->store == NULL && (status = tool_open_store(t)) != 0) ||
	    (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_FIELDS && c->refusal != NULL)
		return (tool_fail("apikey: %s", c->refusal));
	if (e == ERR_LIMIT)
		return (tool_fail(
		    "apikey: the user has %d live keys, and may not have more", API_KEY_ALIVE_MAX));
	if (e == ERR_TAKEN)
		return (tool_fail("apikey: this key is there already"));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	return (0);
}

/* The values of all options ${name}. */
static int
collect(struct tool *t, const char *name, struct text_list *ret_list)
{
	size_t i;

	ret_list->count = 0;
	ret_list->items = arena_alloc(t->arena, (t->options_count + 1) * sizeof ret_list->items[0]);
	if (ret_list->items == NULL)
		return (tool_fail("out of memory"));
	for (i = 0; i < t->options_count; i++)
		if (strcmp(t->options[i].name, name) == 0)
			ret_list->items[ret_list->count++] = t->options[i].value;
	return (0);
}

static int
read_until(struct tool *t, int64_t *ret_at)
{
	const char *until = tool_value(t, "--until");

	*ret_at = 0;
	if (until == NULL || clock_parse(until, ret_at))
		return (0);
	return (tool_fail("--until: must be a time to come, such as 2027-01-31T12:00:00Z"));
}

static int
read_name(struct tool *t, struct api_key *k)
{

	k->name = t->words[0];
	if (k->name[0] != '\0' && strlen(k->name) <= KEY_NAME_MAX && text_control_free(k->name) &&
	    text_utf8_ok(k->name, strlen(k->name)))
		return (0);
	return (tool_fail(
	    "NAME: must have 1 to %d bytes of UTF-8 without control characters", KEY_NAME_MAX));
}

/* What the options say of a key to be made. */
static int
read_options(struct tool *t, struct change *c)
{
	struct text_list scopes, networks;
	const char *wrong;
	int64_t until;
	int status;

	if ((status = read_name(t, &c->key)) != 0 ||
	    (status = collect(t, "--scope", &scopes)) != 0 ||
	    (status = collect(t, "--network", &networks)) != 0 ||
	    (status = read_until(t, &until)) != 0)
		return (status);
	if (key_scopes(&scopes, t->arena, &c->key.scopes, &wrong) != ERR_OK)
		return (tool_fail("--scope: %s", wrong));
	if (key_networks(&networks, t->arena, &c->key.networks, &wrong) != ERR_OK)
		return (tool_fail("--network: %s", wrong));
	if ((wrong = key_expiry(&t->conf, c->now, until, &c->key.expires_at)) != NULL)
		return (tool_fail("--until: %s", wrong));
	c->key.org_id = tool_value(t, "--org");
	if (c->key.org_id != NULL && !id_ok(c->key.org_id))
		return (tool_fail("--org: must be the id of an org"));
	return (0);
}

static int
read_owner(struct tool *t, struct change *c)
{
	const char *who = tool_value(t, "--user");
	struct user u;
	int status;

	if ((who != NULL) + tool_has(t, "--service") != 1)
		return (tool_misuse(t, "one of --user WHO and --service is needed"));
	if ((status = tool_open_store(t)) != 0 ||
	    (who != NULL && (status = who_read(t, who, &u)) != 0))
		return (status);
	if (who != NULL)
		c->key.user_id = u.id;
	return (0);
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	const struct api_key *k = &c->key;
	bool fits = true;
	enum err e;

	if (k->org_id != NULL &&
	    (e = api_key_fits_org(tx_db(tx), k->user_id, k->org_id, &fits)) != ERR_OK)
		return (e);
	if (!fits)
		return (refuse(c, k->user_id != NULL ? "the user is no member of this org"
		                                     : "there is no such org"));
	c->details = key_details(k, c->tool->arena);
	return (key_add(tx, k));
}

/* The key itself on standard output, for "key=$(yett apikey create ...)". */
static int
print_new(struct tool *t, const struct change *c, const char *text)
{
	struct names *names = arena_alloc(t->arena, sizeof *names);
	struct json j = json_object(t->arena);

	if (!tool_has(t, "--json")) {
		if (text != NULL)
			puts(text);
		tool_warn(text != NULL ? "made the API key %s; it is shown only now"
		                       : "took over the API key %s",
		    c->key.id);
		return (0);
	}
	if (names == NULL || key_print(&c->key, c->now, names, &j) != ERR_OK)
		return (tool_fail("out of memory"));
	if (text != NULL)
		json_add_text(&j, "key", text);
	return (tool_print_json(&j));
}

static int
make(struct tool *t, const char *foreign, const char *action)
{
	struct change c = { .tool = t, .now = clock_ms() };
	const char *text;
	int status;

	if ((status = read_options(t, &c)) != 0 || (status = read_owner(t, &c)) != 0)
		return (status);
	if (key_fill(&c.key, foreign, c.now, t->arena, &text) != ERR_OK)
		return (tool_fail("out of memory"));
	if ((status = change(&c, action, write_new)) != 0)
		return (status);
	return (print_new(t, &c, foreign == NULL ? text : NULL));
}

int
cmd_apikey_create(struct tool *t)
{

	return (make(t, NULL, "apikey.created"));
}

int
cmd_apikey_import(struct tool *t)
{
	const char *text;
	int status;

	if ((status = ask_secret(t, "API key", &text)) != 0)
		return (status);
	if (!apikey_foreign_ok(text))
		return (tool_fail("API key: must have %d to %d visible characters of ASCII, 8 "
		                  "different ones at least; one that begins with %s must be whole",
		    APIKEY_FOREIGN_MIN, APIKEY_FOREIGN_MAX, APIKEY_PREFIX));
	return (make(t, text, "apikey.imported"));
}

/* The live key that the first word names. */
static enum err
find(struct tx *tx, struct change *c, struct api_key *ret_key)
{
	struct tool *t = c->tool;
	enum err e;

	if ((e = api_key_find(tx_db(tx), t->words[0], t->arena, ret_key)) == ERR_NOT_FOUND)
		return (refuse(c, "there is none of this id: \"yett apikey list\" shows them"));
	if (e == ERR_OK && !api_key_alive(ret_key, c->now))
		return (refuse(c, "it is revoked or expired already"));
	return (e);
}

static enum err
write_rotate(struct tx *tx, struct change *c)
{
	const struct conf *conf = &c->tool->conf;
	const char *wrong = NULL;
	enum err e;

	if ((e = find(tx, c, &c->old)) != ERR_OK)
		return (e);
	if (c->old.replaced_by != NULL)
		return (refuse(c, "it is replaced already"));
	if (c->expires_at == 0)
		c->key.expires_at = key_life(conf, &c->old, c->now);
	else
		wrong = key_expiry(conf, c->now, c->expires_at, &c->key.expires_at);
	if (wrong != NULL)
		return (refuse(c, wrong));
	if ((e = key_rotate(tx, &c->old, &c->key, c->overlap_s)) != ERR_OK)
		return (e);
	c->details = key_details(&c->key, c->tool->arena);
	json_add_text(&c->details, "replaces", c->old.id);
	json_add_number(&c->details, "overlap_s", c->overlap_s);
	return (ERR_OK);
}

int
cmd_apikey_rotate(struct tool *t)
{
	const char *overlap = tool_value(t, "--overlap"), *text;
	struct change c = { .tool = t, .now = clock_ms() };
	int status;

	if (overlap != NULL && !text_number(overlap, 0, KEY_OVERLAP_MAX_S, &c.overlap_s))
		return (tool_misuse(
		    t, "--overlap must be a number from 0 to %lld", (long long)KEY_OVERLAP_MAX_S));
	if ((status = read_until(t, &c.expires_at)) != 0)
		return (status);
	if (key_fill(&c.key, NULL, c.now, t->arena, &text) != ERR_OK)
		return (tool_fail("out of memory"));
	c.key.networks = "";
	if ((status = change(&c, "apikey.rotated", write_rotate)) != 0)
		return (status);
	return (print_new(t, &c, text));
}

static enum err
write_revoke(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = find(tx, c, &c->key)) != ERR_OK)
		return (e);
	c->key.revoked_at = c->now;
	c->details = key_details(&c->key, c->tool->arena);
	return (api_key_set(tx, &c->key));
}

int
cmd_apikey_revoke(struct tool *t)
{
	struct change c = { .tool = t, .now = clock_ms() };
	int status;

	if ((status = change(&c, "apikey.revoked", write_revoke)) != 0)
		return (status);
	printf("revoked %s\n", c.key.id);
	return (0);
}

/* The service's key that the first word names, and the role that the second one does. */
static enum err
find_both(struct tx *tx, struct change *c, struct role *ret_role)
{
	struct tool *t = c->tool;
	enum err e;

	if ((e = find(tx, c, &c->key)) != ERR_OK)
		return (e);
	if (c->key.user_id != NULL)
		return (refuse(c, "it is a user's, and has no roles of its own"));
	e = role_find_name(tx_db(tx), t->words[1], t->arena, ret_role);
	if (e != ERR_OK)
		return (e == ERR_NOT_FOUND ? refuse(c, "there is no such role") : e);
	c->details = json_object(t->arena);
	json_add_text(&c->details, "role_id", ret_role->id);
	json_add_text(&c->details, "role", ret_role->name);
	return (ERR_OK);
}

static enum err
write_grant(struct tx *tx, struct change *c)
{
	struct role role;
	enum err e;

	if ((e = find_both(tx, c, &role)) != ERR_OK)
		return (e);
	if (c->expires_at != 0)
		json_add_time(&c->details, "expires_at", c->expires_at);
	return (api_key_assign(tx, c->key.id, role.id, c->expires_at, c->now));
}

static enum err
write_withdraw(struct tx *tx, struct change *c)
{
	struct role role;
	enum err e;

	if ((e = find_both(tx, c, &role)) != ERR_OK)
		return (e);
	e = api_key_unassign(tx, c->key.id, role.id);
	return (e == ERR_NOT_FOUND ? refuse(c, "it does not hold this role") : e);
}

int
cmd_apikey_grant(struct tool *t)
{
	struct change c = { .tool = t, .now = clock_ms() };
	int status;

	if ((status = read_until(t, &c.expires_at)) != 0)
		return (status);
	if (c.expires_at != 0 && c.expires_at <= c.now)
		return (tool_fail("--until: must be in the future"));
	if ((status = change(&c, "role.assigned", write_grant)) == 0)
		printf("%s now has the role %s\n", c.key.id, t->words[1]);
	return (status);
}

int
cmd_apikey_withdraw(struct tool *t)
{
	struct change c = { .tool = t, .now = clock_ms() };
	int status;

	if ((status = change(&c, "role.unassigned", write_withdraw)) == 0)
		printf("%s no more has the role %s\n", c.key.id, t->words[1]);
	return (status);
}
