/* roles: what may be done, by whom, and why. */
#include "access/app.h"
#include "check.h"
#include "members.h"
#include "roles.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission */
	{ "GET", "/roles", roles_list, 0, WHO_GUEST, NULL, "roles:read" },
	{ "POST", "/roles", roles_add, 8192, WHO_HOLDER, NULL, "roles:create" },
	{ "GET", "/roles/{id}", roles_get, 0, WHO_GUEST, NULL, "roles:read" },
	{ "PATCH", "/roles/{id}", roles_set, 8192, WHO_HOLDER, NULL, "roles:update" },
	{ "DELETE", "/roles/{id}", roles_drop, 1024, WHO_HOLDER, NULL, "roles:delete" },
	{ "POST", "/roles/{id}/permissions", roles_allow, 8192, WHO_HOLDER, NULL, "roles:update" },
	{ "DELETE", "/roles/{id}/permissions", roles_forbid, 8192, WHO_HOLDER, NULL,
	    "roles:update" },
	{ "POST", "/roles/{id}/parents", roles_inherit, 8192, WHO_HOLDER, NULL, "roles:update" },
	{ "DELETE", "/roles/{id}/parents", roles_disinherit, 8192, WHO_HOLDER, NULL,
	    "roles:update" },
	{ "GET", "/users/{id}/roles", members_list, 0, WHO_GUEST, NULL, "roles:read" },
	{ "POST", "/users/{id}/roles", members_add, 8192, WHO_HOLDER, NULL, "roles:assign" },
	{ "DELETE", "/users/{id}/roles", members_drop, 8192, WHO_HOLDER, NULL, "roles:assign" },
	{ "POST", "/authz/check", check_post, 65536, WHO_GUEST, NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct program p = { "roles", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
