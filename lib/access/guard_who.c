/* Who asks for somebody else's pages: all that a rule of the guard may want to know of him. */
#include "access/guard_who.h"

#include <string.h>

#include "access/right.h"
#include "access/subject.h"
#include "base/clock.h"
#include "store/group.h"
#include "store/org.h"

#define LISTED_MAX ROLE_NAMES_MAX /* orgs and groups of one user that are looked at */

/* What is read before it is packed. */
struct reading {
	struct arena *arena;
	struct names orgs, groups;
	struct names actor_roles, actor_permissions, actor_orgs, actor_groups;
	struct names *to; /* where the list at hand goes */
	bool full;
};

const char *
guard_who_text(const struct guard_who *w, uint32_t place)
{

	return (w->text + place);
}

/* Is ${name} one of the lines at ${line}? */
static bool
has_line(const char *line, const char *name)
{
	const size_t wanted = strlen(name);
	size_t len;

	for (; *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (len == wanted && memcmp(line, name, len) == 0)
			return (true);
	}
	return (false);
}

bool
guard_who_has(const struct guard_who *w, uint32_t list, const char *name)
{

	return (has_line(guard_who_text(w, list), name));
}

static void
take(struct reading *in, const char *name)
{
	char *copy = arena_copy(in->arena, name);

	if ((in->full |= copy == NULL || in->to->count == LISTED_MAX))
		return;
	in->to->items[in->to->count++] = copy;
}

static void
take_org(void *arg, const struct org *org)
{

	take(arg, org->slug);
}

/* Everybody has a group of the own, whose name is for nobody else. */
static void
take_group(void *arg, const struct group *group)
{

	if (group->home_user_id == NULL)
		take(arg, group->name);
}

static enum err
read_lists(struct db *db, const char *user_id, struct names *orgs, struct names *groups,
    struct reading *in)
{
	enum err e;

	in->to = orgs;
	if ((e = org_list_of(db, user_id, "", LISTED_MAX, in->arena, take_org, in)) != ERR_OK)
		return (e);
	in->to = groups;
	if ((e = group_list_of(db, user_id, "", LISTED_MAX, in->arena, take_group, in)) != ERR_OK)
		return (e);
	return (in->full ? ERR_NOMEM : ERR_OK);
}

/* Leave of ${names} what ${other} has as well. */
static void
keep_common(struct names *names, const struct names *other)
{
	size_t i, j, kept = 0;

	for (i = 0; i < names->count; i++) {
		for (j = 0; j < other->count; j++)
			if (strcmp(names->items[i], other->items[j]) == 0)
				break;
		if (j < other->count)
			names->items[kept++] = names->items[i];
	}
	names->count = kept;
}

/* Nobody gets further in somebody's name than in his own. The session has no roles then: those of
 * the user are looked up here, where they can be compared. */
static enum err
limit_to_actor(struct db *db, const struct guard_person *p, struct names *roles, struct reading *in)
{
	const char *actor_id = p->actor_id;
	const int64_t now = clock_ms();
	enum err e;

	if ((e = role_rights(db, p->user->id, now, in->arena, roles, NULL)) != ERR_OK ||
	    (e = role_rights(
	         db, actor_id, now, in->arena, &in->actor_roles, &in->actor_permissions)) != ERR_OK)
		return (e);
	if (right_covering(&in->actor_permissions, "*:*") != NULL)
		return (ERR_OK);
	if ((e = read_lists(db, actor_id, &in->actor_orgs, &in->actor_groups, in)) != ERR_OK)
		return (e);
	keep_common(roles, &in->actor_roles);
	keep_common(&in->orgs, &in->actor_orgs);
	keep_common(&in->groups, &in->actor_groups);
	return (ERR_OK);
}

/* Texts one behind the other; with NULL they are only measured. */
struct packing {
	char *text;
	size_t len;
};

static uint32_t
put_text(struct packing *p, const char *text)
{
	const size_t place = p->len, len = strlen(text) + 1;

	if (p->text != NULL)
		memcpy(p->text + place, text, len);
	p->len += len;
	return ((uint32_t)place);
}

static uint32_t
put_lines(struct packing *p, const struct names *names)
{
	const size_t place = p->len;
	size_t i, len;

	for (i = 0; i < names->count; i++) {
		len = strlen(names->items[i]);
		if (p->text != NULL) {
			memcpy(p->text + p->len, names->items[i], len);
			p->text[p->len + len] = '\n';
		}
		p->len += len + 1;
	}
	put_text(p, "");
	return ((uint32_t)place);
}

static void
pack(struct guard_who *w, struct packing *to, const struct guard_person *p,
    const struct names *roles, const struct reading *in, const char *org)
{
	const struct user *u = p->user;

	w->user_id = put_text(to, u != NULL ? u->id : "");
	w->email = put_text(to, u != NULL ? u->email : "");
	w->username = put_text(to, u != NULL && u->username != NULL ? u->username : "");
	w->org_slug = put_text(to, org);
	w->roles = put_lines(to, roles);
	w->permissions = put_lines(to, p->permissions);
	w->orgs = put_lines(to, &in->orgs);
	w->groups = put_lines(to, &in->groups);
}

/* The slug of the org that ${p} acts in; "": none. */
static enum err
find_slug(struct db *db, const struct guard_person *p, struct arena *a, const char **ret_slug)
{
	struct org org;
	enum err e;

	*ret_slug = "";
	if (p->org_id == NULL)
		return (ERR_OK);
	if ((e = org_find(db, p->org_id, a, &org)) == ERR_OK)
		*ret_slug = org.slug;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* Is ${word} one of the words of ${text} (NULL: none), which spaces separate? */
static bool
has_word(const char *text, const char *word)
{
	size_t len;

	for (; text != NULL && *text != '\0'; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (len == strlen(word) && memcmp(text, word, len) == 0)
			return (true);
	}
	return (false);
}

enum err
guard_who_read(struct db *db, const struct guard_person *p, struct arena *a,
    struct guard_who **ret_who, size_t *ret_len)
{
	struct reading *in = arena_alloc(a, sizeof *in);
	struct names *roles = arena_alloc(a, sizeof *roles);
	struct packing size = { .len = 0 }, to = { .len = 0 };
	struct guard_who *w, measured = { .is_user = false };
	const char *org;
	enum err e;

	if (in == NULL || roles == NULL)
		return (ERR_NOMEM);
	in->arena = a;
	if (!p->by_key || p->user == NULL)
		*roles = *p->roles;
	if (p->user != NULL && !p->by_key &&
	    (e = read_lists(db, p->user->id, &in->orgs, &in->groups, in)) != ERR_OK)
		return (e);
	if (p->actor_id != NULL && (e = limit_to_actor(db, p, roles, in)) != ERR_OK)
		return (e);
	if ((e = find_slug(db, p, a, &org)) != ERR_OK)
		return (e);
	pack(&measured, &size, p, roles, in, org);
	if ((w = arena_alloc(a, sizeof *w + size.len)) == NULL)
		return (ERR_NOMEM);
	to.text = w->text;
	pack(w, &to, p, roles, in, org);
	w->is_user = p->user != NULL;
	w->confirmed = p->user != NULL && p->user->email_confirmed;
	w->password_due =
	    p->user != NULL && p->user->update_password_required && p->actor_id == NULL;
	w->began_at = p->began_at;
	/* The amr of who acts is that of the session in which he began to, long ago perhaps. */
	w->second_factor = p->actor_id == NULL && has_word(p->amr, "mfa");
	*ret_who = w;
	*ret_len = sizeof *w + size.len;
	return (ERR_OK);
}

enum err
guard_who_read_standing(struct db *db, const struct standing *st, struct arena *a,
    struct guard_who **ret_who, size_t *ret_len)
{
	const bool by_key = st->proof == PROOF_KEY;
	const struct guard_person p = {
		.user = st->user_id != NULL ? &st->user : NULL,
		.actor_id = st->actor_id,
		.org_id = st->org_id,
		.roles = st->roles,
		.permissions = st->permissions,
		.by_key = by_key,
		.amr = by_key ? NULL : st->session.amr,
		.began_at = by_key ? 0 : st->session.created_at,
	};

	return (guard_who_read(db, &p, a, ret_who, ret_len));
}

enum err
guard_who_find(struct req *r, const struct guard_who **ret_who)
{
	enum err e;

	*ret_who = NULL;
	if ((e = subject_identify(r)) == ERR_OK && r->subject != NULL)
		*ret_who = subject_guard_who(r->subject);
	return (err_status(e) >= 500 ? e : ERR_OK);
}
