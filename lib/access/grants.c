/* All that a user may do, and how he came to it: found out once, remembered until it changes. */
#include "access/grants.h"

#include <string.h>

#include "access/app.h"
#include "access/right.h"
#include "base/clock.h"
#include "store/group.h"
#include "store/org_role.h"
#include "store/user.h"

#define REMEMBERED_MAX ((size_t)64 << 10) /* bytes */

/* A grant as it is read; the role is a place in held. */
struct read_grant {
	struct permit permit;
	int role;
};

/* What is read of a user before it is packed. */
struct reading {
	struct arena *arena;
	const char *missing;
	const char *attributes;
	int64_t until;
	struct held held;
	const char *through[ROLE_NAMES_MAX]; /* of each held role */
	const char *group[ROLE_NAMES_MAX];   /* of each; NULL: none */
	bool of_org[ROLE_NAMES_MAX];         /* of each that holds something on a condition */
	int role;                            /* whose permissions are being read */
	bool full;
	size_t count;
	struct read_grant items[GRANTS_MAX];
};

static void
add_permit(void *arg, const struct permit *permit)
{
	struct reading *in = arg;

	if ((in->full |= in->count == GRANTS_MAX))
		return;
	in->items[in->count].role = in->role;
	in->items[in->count++].permit = *permit;
}

/* Which group the role at ${i} comes from; one that is inherited comes from where its heir does. */
static enum err
name_group(struct db *db, struct reading *in, size_t i)
{
	const int via = in->held.items[i].via;
	struct group group;
	enum err e;

	if (via >= 0)
		in->group[i] = in->group[via];
	if (via >= 0 || in->held.items[i].group_id == NULL)
		return (ERR_OK);
	if ((e = group_find(db, in->held.items[i].group_id, in->arena, &group)) == ERR_OK)
		in->group[i] = group.name;
	return (e);
}

/* Through which roles each is held: the line of roles up to the one that it was inherited by, which
 * stands before it, and its own name. */
static enum err
name_roles(struct db *db, struct reading *in)
{
	const char *before;
	char *name;
	enum err e;
	size_t i;

	for (i = 0; i < in->held.count; i++) {
		if ((e = name_group(db, in, i)) != ERR_OK ||
		    (e = role_name(db, in->held.items[i].id, in->arena, &name)) != ERR_OK)
			return (e);
		before = in->held.items[i].via >= 0 ? in->through[in->held.items[i].via] : NULL;
		in->through[i] = arena_print(in->arena, "%s%s%s", before != NULL ? before : "",
		    before != NULL ? "\n" : "", name);
		if (in->through[i] == NULL)
			return (ERR_NOMEM);
	}
	return (ERR_OK);
}

/* Whose the role at ${i} is counts only for its conditions, among the permissions from ${k} on. */
static enum err
tell_whose(struct db *db, struct reading *in, size_t i, size_t k)
{

	in->of_org[i] = false;
	for (; k < in->count; k++)
		if (in->items[k].permit.condition != NULL)
			return (role_of_org(db, in->held.items[i].id, &in->of_org[i]));
	return (ERR_OK);
}

static enum err
read_permissions(struct db *db, struct reading *in)
{
	size_t i, first;
	enum err e;

	if ((e = name_roles(db, in)) != ERR_OK)
		return (e);
	for (i = 0; i < in->held.count; i++) {
		in->role = (int)i;
		first = in->count;
		if ((e = role_permits(db, in->held.items[i].id, in->arena, add_permit, in)) !=
		        ERR_OK ||
		    (e = tell_whose(db, in, i, first)) != ERR_OK)
			return (e);
	}
	return (in->full ? ERR_NOMEM : ERR_OK);
}

static enum err
read_held(struct db *db, const char *user_id, const char *org_id, int64_t now, struct reading *in)
{
	enum err e;

	if (org_id == NULL) {
		if ((e = role_held(db, user_id, now, in->arena, &in->held)) != ERR_OK)
			return (e);
		return (role_next_end(db, user_id, now, &in->until));
	}
	if ((e = org_role_held(db, org_id, user_id, now, in->arena, &in->held)) != ERR_OK)
		return (e);
	return (org_role_next_end(db, org_id, user_id, now, &in->until));
}

/* Only who may sign in may do anything. */
static enum err
read_user(struct db *db, const char *user_id, const char *org_id, int64_t now, struct reading *in)
{
	struct user u;
	enum err e;

	if ((e = user_find(db, USER_BY_ID, user_id, in->arena, &u)) == ERR_NOT_FOUND)
		in->missing = "there is no such user";
	else if (e == ERR_OK && !u.enabled)
		in->missing = "the user is disabled";
	else if (e == ERR_OK && u.locked)
		in->missing = "the user is locked";
	else if (e == ERR_OK && u.update_password_required)
		in->missing = "the user must choose another password first";
	if (in->missing[0] != '\0')
		return (ERR_OK);
	if (e != ERR_OK)
		return (e);
	in->attributes = u.attributes;
	return (read_held(db, user_id, org_id, now, in));
}

static enum err
read_all(struct db *db, const char *user_id, const char *org_id, int64_t now, struct reading *in)
{
	enum err e = ERR_OK;

	if (user_id[0] == '\0' && org_id == NULL)
		e = role_held_by_role(db, ROLE_GUEST, in->arena, &in->held);
	else if (user_id[0] != '\0')
		e = read_user(db, user_id, org_id, now, in);
	return (e == ERR_OK ? read_permissions(db, in) : e);
}

/* Texts that are put behind each other; the first is "". */
struct texts {
	char *text;
	size_t len;
};

static uint32_t
put(struct texts *t, const char *text)
{
	const uint32_t place = (uint32_t)t->len;

	if (text == NULL || text[0] == '\0')
		return (0);
	t->len = (size_t)(stpcpy(t->text + t->len, text) - t->text) + 1;
	return (place);
}

static size_t
size_of(const char *text)
{

	return (text == NULL ? 0 : strlen(text) + 1);
}

static struct grants *
pack(const struct grants *head, const struct reading *in, size_t *ret_len)
{
	size_t len = sizeof *head + in->count * sizeof head->items[0] + 1, i;
	uint32_t through[ROLE_NAMES_MAX], group[ROLE_NAMES_MAX];
	struct texts t = { .len = 1 };
	struct grants *g;

	len += size_of(in->missing) + size_of(in->attributes);
	for (i = 0; i < in->held.count; i++)
		len += size_of(in->through[i]) + size_of(in->group[i]);
	for (i = 0; i < in->count; i++)
		len += size_of(in->items[i].permit.permission) +
		       size_of(in->items[i].permit.condition);
	if ((g = arena_alloc(in->arena, len)) == NULL)
		return (NULL);
	*g = *head;
	g->count = (uint32_t)in->count;
	t.text = (char *)&g->items[in->count];
	g->missing = put(&t, in->missing);
	g->attributes = put(&t, in->attributes);
	for (i = 0; i < in->held.count; i++) {
		through[i] = put(&t, in->through[i]);
		group[i] = put(&t, in->group[i]);
	}
	for (i = 0; i < in->count; i++) {
		g->items[i].permission = put(&t, in->items[i].permit.permission);
		g->items[i].condition = put(&t, in->items[i].permit.condition);
		g->items[i].through = through[in->items[i].role];
		g->items[i].group = group[in->items[i].role];
		g->items[i].of_org = in->of_org[in->items[i].role];
	}
	*ret_len = len;
	return (g);
}

static enum err
load(struct req *r, const char *user_id, const char *org_id, int64_t now,
    struct grants **ret_grants, size_t *ret_len)
{
	const struct versions *v = store_versions(r->app->store);
	struct reading *in = arena_alloc(r->arena, sizeof *in);
	struct grants head = { .count = 0 };
	struct db *db;
	enum err e;

	if (in == NULL)
		return (ERR_NOMEM);
	in->arena = r->arena;
	in->missing = "";
	in->attributes = "{}";
	in->until = INT64_MAX;
	head.everybody = version_read(v, NULL);
	head.user = user_id[0] != '\0' ? version_read(v, user_id) : head.everybody;
	head.org = org_id != NULL ? version_read(v, org_id) : head.everybody;
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = read_all(db, user_id, org_id, now, in);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	head.until = in->until;
	*ret_grants = pack(&head, in, ret_len);
	return (*ret_grants == NULL ? ERR_NOMEM : ERR_OK);
}

enum err
grants_find(
    struct req *r, const char *user_id, const char *org_id, const struct grants **ret_grants)
{
	const char *name = arena_print(r->arena, "%s %s", user_id, org_id != NULL ? org_id : "");
	const struct versions *v = store_versions(r->app->store);
	unsigned char key[CACHE_KEY_LEN];
	const int64_t now = clock_ms();
	struct grants *g;
	size_t len;
	enum err e;

	if (name == NULL)
		return (ERR_NOMEM);
	secret_hash(name, strlen(name), key);
	if ((g = cache_get(r->app->grants, key, now, r->arena, &len)) != NULL && now < g->until &&
	    version_same(v, g->everybody) && version_same(v, g->user) && version_same(v, g->org)) {
		*ret_grants = g;
		return (ERR_OK);
	}
	if ((e = load(r, user_id, org_id, now, &g, &len)) != ERR_OK)
		return (e);
	/* Anybody may ask about orgs that are not his, or not there: those are not to fill it. */
	if (len <= REMEMBERED_MAX && (org_id == NULL || g->count > 0))
		cache_put(r->app->grants, key, g, len, now);
	*ret_grants = g;
	return (ERR_OK);
}

const char *
grants_text(const struct grants *g, uint32_t place)
{

	return ((const char *)&g->items[g->count] + place);
}

enum err
grants_covering(const struct grants *g, const char *wanted, const struct db_rule_facts *facts,
    size_t *ret_at, size_t *ret_unmet)
{
	struct db_rule_facts here = *facts;
	const struct grant *item;
	bool holds;
	size_t i;

	*ret_at = *ret_unmet = g->count;
	for (i = 0; i < g->count; i++)
		if (g->items[i].condition == 0 &&
		    right_covers(grants_text(g, g->items[i].permission), wanted)) {
			*ret_at = i;
			return (ERR_OK);
		}
	for (i = 0; i < g->count && *ret_at == g->count; i++) {
		item = &g->items[i];
		if (item->condition == 0 || !right_covers(grants_text(g, item->permission), wanted))
			continue;
		holds = false;
		/* One that cannot be evaluated is not met. */
		here.of_org = item->of_org;
		if (db_rule_holds(grants_text(g, item->condition), &here, &holds) == ERR_BUSY)
			return (ERR_BUSY);
		if (holds)
			*ret_at = i;
		else if (*ret_unmet == g->count)
			*ret_unmet = i;
	}
	return (ERR_OK);
}
