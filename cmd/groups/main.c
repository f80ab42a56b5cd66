/* groups: users by the name of what they have in common; and acting in a user's name. */
#include "access/app.h"
#include "groups.h"
#include "impersonate.h"
#include "members.h"
#include "roles.h"

static const struct route routes[] = {
	/* method  path                    handler         body  who         page  permission */
	{ "GET", "/groups", groups_list, 0, WHO_GUEST, NULL, "groups:read" },
	{ "POST", "/groups", groups_add, 8192, WHO_HOLDER, NULL, "groups:create" },
	{ "GET", "/groups/{id}", groups_get, 0, WHO_GUEST, NULL, "groups:read" },
	{ "PATCH", "/groups/{id}", groups_set, 8192, WHO_HOLDER, NULL, "groups:update" },
	{ "DELETE", "/groups/{id}", groups_drop, 1024, WHO_HOLDER, NULL, "groups:delete" },
	{ "GET", "/groups/{id}/members", members_list, 0, WHO_GUEST, NULL, "groups:read" },
	{ "POST", "/groups/{id}/members", members_add, 8192, WHO_HOLDER, NULL, "groups:update" },
	{ "DELETE", "/groups/{id}/members", members_drop, 8192, WHO_HOLDER, NULL, "groups:update" },
	{ "GET", "/groups/{id}/roles", roles_list, 0, WHO_GUEST, NULL, "groups:read" },
	{ "POST", "/groups/{id}/roles", roles_add, 8192, WHO_HOLDER, NULL, "groups:assign" },
	{ "DELETE", "/groups/{id}/roles", roles_drop, 8192, WHO_HOLDER, NULL, "groups:assign" },
	{ "GET", "/users/{id}/groups", groups_list_of, 0, WHO_GUEST, NULL, "groups:read" },
	{ "POST", "/users/{id}/impersonate", impersonate_begin, 8192, WHO_SELF, NULL,
	    "users:impersonate" },
	{ "DELETE", "/users/{id}/impersonate", impersonate_end, 1024, WHO_SELF, NULL,
	    "users:impersonate" },
	{ "GET", "/impersonations", impersonate_list, 0, WHO_GUEST, NULL, "impersonation:read" },
};

int
main(int argc, char **argv)
{
	const struct program p = { "groups", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
