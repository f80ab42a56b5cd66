/* Orgs themselves: made, read, changed, dropped. */
#include "orgs.h"

#include "access/app.h"
#include "access/tenant.h"
#include "http/reply.h"

static void
add_org(struct json *j, const struct org *org)
{

	json_add_text(j, "id", org->id);
	json_add_text(j, "name", org->name);
	json_add_text(j, "slug", org->slug);
	json_add_raw(j, "metadata", org->metadata);
	if (org->seat_limit != 0)
		json_add_number(j, "seat_limit", org->seat_limit);
	else
		json_add_text(j, "seat_limit", NULL);
	json_add_time(j, "created_at", org->created_at);
	json_add_time(j, "updated_at", org->updated_at);
}

enum err
orgs_get(struct req *r)
{
	struct json j = json_object(r->arena);
	struct tenant t;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = tenant_may(r, db, "orgs:read", &t);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	add_org(&j, &t.org);
	return (reply_json(r, 200, &j));
}
