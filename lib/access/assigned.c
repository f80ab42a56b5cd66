/* The roles that somebody holds directly, as items of a list. */
#include "access/assigned.h"

void
assigned_add(void *arg, const struct assignment *as)
{
	struct assigned *to = arg;
	struct json item = json_object(to->json->arena);

	json_add_text(&item, "id", as->role.id);
	json_add_text(&item, "role", as->role.name);
	json_add_time(&item, "assigned_at", as->assigned_at);
	if (as->expires_at != 0)
		json_add_time(&item, "expires_at", as->expires_at);
	else
		json_add_text(&item, "expires_at", NULL);
	json_append(to->json, to->items, &item);
}
