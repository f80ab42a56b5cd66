/* How people come into an org besides being put there. */
#include "access/joining.h"

#include <string.h>

#include "access/audit.h"
#include "access/right.h"
#include "base/id.h"
#include "store/api_key.h"
#include "store/org.h"
#include "store/org_role.h"

void
joining_print_invitation(struct json *j, const struct invitation *inv)
{

	json_add_text(j, "id", inv->id);
	json_add_text(j, "email", inv->email);
	json_add_text(j, "role", inv->role_name);
	json_add_text(j, "invited_by", inv->invited_by);
	json_add_time(j, "created_at", inv->created_at);
	json_add_time(j, "expires_at", inv->expires_at);
}

/* Away with an older invitation for the same address. */
static enum err
replace(struct tx *tx, const struct invitation *inv, struct arena *a, const char **ret_replaced)
{
	struct invitation old;
	enum err e;

	*ret_replaced = NULL;
	if ((e = invitation_find_email(tx_db(tx), inv->org_id, inv->email, a, &old)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	*ret_replaced = old.id;
	return (invitation_drop(tx, old.id));
}

enum err
joining_invite(struct tx *tx, struct invitation *inv, struct arena *a,
    char ret_token[static SECRET_TOKEN_SIZE], const char **ret_replaced)
{
	unsigned char hash[SECRET_HASH_LEN];
	char id[ID_SIZE];
	int64_t count;
	enum err e;

	if ((e = replace(tx, inv, a, ret_replaced)) != ERR_OK ||
	    (e = invitation_count(tx_db(tx), inv->org_id, inv->created_at, &count)) != ERR_OK)
		return (e);
	if (count >= JOINING_INVITATIONS_MAX)
		return (ERR_LIMIT);
	id_new(id);
	if ((inv->id = arena_copy(a, id)) == NULL)
		return (ERR_NOMEM);
	secret_token(ret_token);
	secret_hash(ret_token, strlen(ret_token), hash);
	return (invitation_add(tx, inv, hash));
}

enum err
joining_renew(struct tx *tx, const struct invitation *inv, char ret_token[static SECRET_TOKEN_SIZE])
{
	unsigned char hash[SECRET_HASH_LEN];

	secret_token(ret_token);
	secret_hash(ret_token, strlen(ret_token), hash);
	return (invitation_set_token(tx, inv->id, hash, inv->shown));
}

void
joining_note_invitation(struct json *details, const struct invitation *inv, const char *replaced)
{

	json_add_text(details, "role_id", inv->role_id);
	json_add_text(details, "role", inv->role_name);
	json_add_time(details, "expires_at", inv->expires_at);
	if (replaced != NULL)
		json_add_text(details, "replaces", replaced);
}

const char *
joining_link(const struct conf *conf, const char *token, struct arena *a)
{

	return (arena_print(a, "%s/invitation#%s", conf->site_url, token));
}

/* Does the inviter still hold, in the org or everywhere, all that the invitation gives? */
static enum err
check_inviter(struct db *db, const struct invitation *inv, int64_t now, struct arena *a)
{
	struct names *everywhere = arena_alloc(a, sizeof *everywhere);
	struct names *there = arena_alloc(a, sizeof *there);
	struct names *given = arena_alloc(a, sizeof *given);
	struct user inviter;
	enum err e;
	size_t i;

	if (everywhere == NULL || there == NULL || given == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, USER_BY_ID, inv->invited_by, a, &inviter)) != ERR_OK)
		return (e);
	if (!inviter.enabled || inviter.locked)
		return (ERR_NOT_FOUND);
	if ((e = role_rights(db, inviter.id, now, a, NULL, everywhere)) != ERR_OK ||
	    (e = org_role_rights(db, inv->org_id, inviter.id, now, a, NULL, there)) != ERR_OK ||
	    (e = role_possible_permissions(db, inv->role_id, a, given)) != ERR_OK)
		return (e);
	for (i = 0; i < given->count; i++)
		if (right_covering(everywhere, given->items[i]) == NULL &&
		    right_covering(there, given->items[i]) == NULL)
			return (ERR_NOT_FOUND);
	/* A role that holds nothing is still a way in. */
	return (right_covering(everywhere, "invitations:create") != NULL ||
	                right_covering(there, "invitations:create") != NULL
	            ? ERR_OK
	            : ERR_NOT_FOUND);
}

/* Is the service's key that invited still good? */
static enum err
check_key(struct db *db, const char *key_id, int64_t now, struct arena *a)
{
	struct api_key key;
	enum err e;

	if ((e = api_key_find(db, key_id, a, &key)) != ERR_OK)
		return (e);
	return (api_key_alive(&key, now) ? ERR_OK : ERR_NOT_FOUND);
}

enum err
joining_find(struct db *db, const char *token, int64_t now, struct arena *a,
    struct invitation *ret_invitation)
{
	unsigned char hash[SECRET_HASH_LEN];
	enum err e;

	secret_hash(token, strlen(token), hash);
	if ((e = invitation_find_token(db, hash, a, ret_invitation)) != ERR_OK)
		return (e);
	if (ret_invitation->expires_at <= now)
		return (ERR_NOT_FOUND);
	/* An admin who is one no more leaves no way back in. */
	if (ret_invitation->invited_by_key != NULL)
		return (check_key(db, ret_invitation->invited_by_key, now, a));
	return (ret_invitation->invited_by == NULL ? ERR_OK
	                                           : check_inviter(db, ret_invitation, now, a));
}

/* Note ${ev}, with what the user joins by: ${inv} or ${d}. */
static enum err
note(struct tx *tx, struct req *r, const struct event *ev, const struct invitation *inv,
    const struct org_domain *d)
{
	struct json details = json_object(r->arena);
	struct event whole = *ev;

	if (inv != NULL)
		json_add_text(&details, "invitation_id", inv->id);
	if (d != NULL)
		json_add_text(&details, "domain_id", d->id);
	json_add_text(&details, "role_id", inv != NULL ? inv->role_id : ROLE_ORG_MEMBER);
	json_add_text(&details, "role", inv != NULL ? inv->role_name : "org-member");
	whole.details = &details;
	return (audit_note(tx, r, &whole));
}

enum err
joining_accept(
    struct tx *tx, struct req *r, const struct invitation *inv, const char *user_id, int64_t now)
{
	/* Who signs up by it is nobody yet to the request. */
	const char *new_user = r->subject == NULL ? user_id : NULL;
	const struct event accepted = { .action = "invitation.accepted",
		.object_type = "invitation",
		.object_id = inv->id,
		.org_id = inv->org_id,
		.user_id = new_user };
	const struct event joined = { .action = "org_member.joined",
		.object_type = "user",
		.object_id = user_id,
		.org_id = inv->org_id,
		.user_id = new_user };
	enum err e, added;

	if ((added = org_member_add(tx, inv->org_id, user_id, now)) != ERR_OK && added != ERR_TAKEN)
		return (added);
	if ((e = org_role_assign(tx, inv->org_id, user_id, inv->role_id, 0, now)) != ERR_OK ||
	    (e = invitation_drop(tx, inv->id)) != ERR_OK ||
	    (e = note(tx, r, &accepted, inv, NULL)) != ERR_OK)
		return (e);
	return (added == ERR_OK ? note(tx, r, &joined, inv, NULL) : ERR_OK);
}

enum err
joining_by_domain(struct tx *tx, struct req *r, const struct user *u, int64_t now)
{
	const char *at = strrchr(u->email, '@');
	struct org_domain d;
	const char *domain;
	enum err e;

	if (!u->email_confirmed || at == NULL)
		return (ERR_OK);
	if ((domain = arena_copy_lower(r->arena, at + 1)) == NULL)
		return (ERR_NOMEM);
	if ((e = org_domain_find_join(tx_db(tx), domain, u->id, r->arena, &d)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	/* Without a seat the sign-in goes on; another one may find a seat. */
	if ((e = org_member_add(tx, d.org_id, u->id, now)) != ERR_OK)
		return (e == ERR_SEATS ? ERR_OK : e);
	if ((e = org_role_assign(tx, d.org_id, u->id, ROLE_ORG_MEMBER, 0, now)) != ERR_OK)
		return (e);
	return (note(tx, r,
	    &(struct event){ .action = "org_member.joined",
	        .object_type = "user",
	        .object_id = u->id,
	        .org_id = d.org_id,
	        .user_id = u->id },
	    NULL, &d));
}
