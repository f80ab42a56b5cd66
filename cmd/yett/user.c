/* yett user: making users and changing them. */
#include <stdio.h>
#include <string.h>

#include "access/profile.h"
#include "access/throttle.h"
#include "ask.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "cred/policy.h"
#include "store/group.h"
#include "store/role.h"
#include "user_change.h"

#define NAME_MAX_LEN 200

struct addition {
	struct tool *tool;
	struct user user;
	char group_id[ID_SIZE];
	const char *taken;   /* the field that somebody else has */
	const char *no_role; /* the one that there is not */
};

static int
check_fields(const struct user *u)
{

	if (!profile_email_ok(u->email))
		return (tool_fail("email: is not an e-mail address"));
	if (u->username != NULL && !profile_username_ok(u->username))
		return (tool_fail("username: must have 2 to 64 letters, digits, '.', '_' or '-'"));
	if (u->name != NULL &&
	    (u->name[0] == '\0' || strlen(u->name) > NAME_MAX_LEN || !text_control_free(u->name) ||
	        !text_utf8_ok(u->name, strlen(u->name))))
		return (
		    tool_fail("name: must have 1 to %d bytes of UTF-8 without control characters",
		        NAME_MAX_LEN));
	return (0);
}

/* A new password for ${u}, if it may be chosen, as a hash. */
static int
choose_password(struct tool *t, const struct user *u, const char **ret_hash)
{
	const struct policy_owner owner = { u->email, u->username, u->name };
	const char *password, *wrong;
	int status;
	enum err e;
	char *hash;

	if ((status = tool_open_hasher(t)) != 0 || (status = tool_open_breach(t)) != 0 ||
	    (status = ask_password(t, true, &password)) != 0)
		return (status);
	if ((wrong = policy_check(&t->conf, t->breach, password, &owner, t->arena)) != NULL)
		return (tool_fail("password: %s", wrong));
	if ((hash = arena_alloc(t->arena, HASHER_HASH_SIZE)) == NULL)
		return (tool_fail("out of memory"));
	if ((e = hasher_hash(t->hasher, password, hash)) == ERR_BUSY)
		return (tool_fail("too many passwords are being hashed just now: try again"));
	if (e != ERR_OK)
		return (tool_fail("the password cannot be hashed (%s)", err_slug(e)));
	*ret_hash = hash;
	return (0);
}

static int
read_hash(struct tool *t, const char **ret_hash)
{
	int status;

	if ((status = ask_line(t, "hash", ret_hash)) != 0)
		return (status);
	if (!hasher_knows(*ret_hash))
		return (tool_fail("hash: must be a PHC string of Argon2 or a hash of crypt(3), at "
		                  "a cost that fits this site"));
	return (0);
}

/* Which of the two unique fields it was. */
static enum err
find_taken(struct tx *tx, struct addition *in)
{
	const char *key = arena_copy_lower(in->tool->arena, in->user.email);
	struct user other;
	enum err e;

	if (key == NULL)
		return (ERR_NOMEM);
	e = user_find(tx_db(tx), USER_BY_EMAIL, key, in->tool->arena, &other);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	in->taken = e == ERR_OK ? "email" : "username";
	return (ERR_TAKEN);
}

static enum err
give_role(struct tx *tx, struct addition *in, const char *name)
{
	struct tool *t = in->tool;
	struct json details = json_object(t->arena);
	struct role role;
	enum err e;

	if ((e = role_find_name(tx_db(tx), name, t->arena, &role)) == ERR_NOT_FOUND)
		in->no_role = name;
	if (e != ERR_OK ||
	    (e = role_assign(tx, in->user.id, name, 0, in->user.created_at)) != ERR_OK)
		return (e);
	json_add_text(&details, "role_id", role.id);
	json_add_text(&details, "role", role.name);
	return (user_change_note(t, tx, "role.assigned", in->user.id, &details));
}

static enum err
write_user(struct tx *tx, void *arg)
{
	struct addition *in = arg;
	struct tool *t = in->tool;
	const struct user *u = &in->user;
	enum err e;
	size_t i;

	if ((e = user_add(tx, u, t->arena)) != ERR_OK)
		return (e == ERR_TAKEN ? find_taken(tx, in) : e);
	if ((e = role_assign(tx, u->id, "viewer", 0, u->created_at)) != ERR_OK ||
	    (e = group_add_home(tx, in->group_id, u->id, u->email, u->created_at)) != ERR_OK)
		return (e);
	if ((e = user_change_note(t, tx, "user.created", u->id, NULL)) != ERR_OK)
		return (e);
	for (i = 0; e == ERR_OK && i < t->options_count; i++)
		if (strcmp(t->options[i].name, "--role") == 0)
			e = give_role(tx, in, t->options[i].value);
	return (e);
}

int
cmd_user_add(struct tool *t)
{
	struct addition in = { .tool = t };
	struct user *u = &in.user;
	char id[ID_SIZE];
	int status;
	enum err e;

	id_new(id);
	id_new(in.group_id);
	u->id = id;
	u->email = t->words[0];
	u->username = tool_value(t, "--username");
	u->name = tool_value(t, "--name");
	u->properties = "{}";
	u->enabled = true;
	u->created_at = clock_ms();
	if ((status = check_fields(u)) != 0 || (status = tool_open_store(t)) != 0 ||
	    (status = tool_open_master(t)) != 0)
		return (status);
	status = tool_has(t, "--hash") ? read_hash(t, &u->password_hash)
	                               : choose_password(t, u, &u->password_hash);
	if (status != 0)
		return (status);
	if ((e = store_write(t->store, write_user, &in)) == ERR_TAKEN && in.taken != NULL)
		return (tool_fail("%s: is taken", in.taken));
	if (e == ERR_NOT_FOUND && in.no_role != NULL)
		return (tool_fail("role: there is no \"%s\"", in.no_role));
	if (e != ERR_OK)
		return (tool_fail("the user cannot be stored (%s)", err_slug(e)));
	printf("added %s (%s)\n", u->email, id);
	if (strcmp(t->conf.signup_verification, "required") == 0)
		tool_warn(
		    "who signs in needs a confirmed address: open the link of a mail that /verify "
		    "sends, or say that it is by \"yett user edit %s --email-confirmed true\"",
		    u->email);
	return (0);
}

static enum err
write_password(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_set_password(tx, c->user.id, c->hash, c->now)) != ERR_OK ||
	    (e = user_change_note(c->tool, tx, "password.changed", c->user.id, NULL)) != ERR_OK ||
	    (e = user_change_end(tx, c)) != ERR_OK)
		return (e);
	return (user_change_tell(tx, c, NOTICE_SET));
}

static enum err
write_lock(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_set_locked(tx, c->user.id, true, c->now)) != ERR_OK ||
	    (e = user_change_note(c->tool, tx, "user.locked", c->user.id, NULL)) != ERR_OK)
		return (e);
	return (user_change_end(tx, c));
}

static enum err
write_unlock(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_set_locked(tx, c->user.id, false, c->now)) != ERR_OK)
		return (e);
	return (user_change_note(c->tool, tx, "user.unlocked", c->user.id, NULL));
}

static enum err
write_delete(struct tx *tx, struct user_change *c)
{
	enum err e;

	if ((e = user_drop(tx, c->user.id)) != ERR_OK)
		return (e);
	return (user_change_note(c->tool, tx, "user.deleted", c->user.id, NULL));
}

int
cmd_user_passwd(struct tool *t)
{
	struct user_change c;
	int status;

	if ((status = user_change_open(t, &c)) != 0 ||
	    (status = choose_password(t, &c.user, &c.hash)) != 0 ||
	    (status = user_change_store(&c, write_password)) != 0)
		return (status);
	printf("%s has a new password; sessions ended: %lld\n", c.user.email, (long long)c.ended);
	return (0);
}

/* Who was locked out by wrong passwords, whoever gave them, may try again at once. */
static int
end_waits(struct tool *t, const struct user *u)
{
	char path[600];
	struct limiter *l;
	enum err e;

	snprintf(path, sizeof path, "%s/limits.map", t->conf.state_dir);
	if ((e = limiter_open(path, &l)) != ERR_OK)
		return (tool_fail("cannot use %s: %s", path, err_slug(e)));
	throttle_forget_user(l, u, t->arena);
	limiter_close(l);
	return (0);
}

int
cmd_user_lock(struct tool *t)
{
	struct user_change c;
	int status;

	if ((status = user_change_open(t, &c)) != 0 ||
	    (status = user_change_store(&c, write_lock)) != 0)
		return (status);
	printf("%s is locked; sessions ended: %lld\n", c.user.email, (long long)c.ended);
	return (0);
}

int
cmd_user_unlock(struct tool *t)
{
	struct user_change c;
	int status;

	if ((status = user_change_open(t, &c)) != 0 ||
	    (status = user_change_store(&c, write_unlock)) != 0)
		return (status);
	printf("%s is unlocked\n", c.user.email);
	return (end_waits(t, &c.user));
}

int
cmd_user_delete(struct tool *t)
{
	struct user_change c;
	const char *question;
	int status;

	if ((status = user_change_open(t, &c)) != 0)
		return (status);
	if ((question = arena_print(t->arena,
	         "Delete %s (%s) for good, with sessions and sign-in history?", c.user.email,
	         c.user.id)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = ask_sure(t, question)) != 0 ||
	    (status = user_change_store(&c, write_delete)) != 0)
		return (status);
	printf("deleted %s (%s)\n", c.user.email, c.user.id);
	return (0);
}
