/* orgs: tenants, who belongs to them, and what members may do there. Rows below /orgs/{id} name no
 * permission, for that would be one of the whole site: tenant_may() asks for it in the org. */
#include "access/app.h"
#include "active.h"
#include "domains.h"
#include "invitations.h"
#include "members.h"
#include "orgs.h"
#include "roles.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission */
	{ "GET", "/orgs", orgs_list, 0, WHO_GUEST, NULL, NULL },
	{ "POST", "/orgs", orgs_add, 65536, WHO_USER, NULL, NULL },
	{ "GET", "/users/me/orgs", orgs_list_mine, 0, WHO_USER, NULL, "profile:read" },
	{ "POST", "/orgs/deactivate", active_clear, 1024, WHO_USER, NULL, NULL },
	{ "GET", "/orgs/{id}", orgs_get, 0, WHO_GUEST, NULL, NULL },
	{ "PATCH", "/orgs/{id}", orgs_set, 65536, WHO_HOLDER, NULL, NULL },
	{ "DELETE", "/orgs/{id}", orgs_drop, 1024, WHO_HOLDER, NULL, NULL },
	{ "POST", "/orgs/{id}/activate", active_set, 1024, WHO_USER, NULL, NULL },
	{ "POST", "/orgs/{id}/leave", members_leave, 1024, WHO_SELF, NULL, NULL },
	{ "GET", "/orgs/{id}/members", members_list, 0, WHO_GUEST, NULL, NULL },
	{ "POST", "/orgs/{id}/members", members_add, 8192, WHO_HOLDER, NULL, NULL },
	{ "GET", "/orgs/{id}/members/{item_id}", members_get, 0, WHO_GUEST, NULL, NULL },
	{ "DELETE", "/orgs/{id}/members/{item_id}", members_drop, 1024, WHO_HOLDER, NULL, NULL },
	{ "POST", "/orgs/{id}/members/{item_id}/roles", members_assign, 8192, WHO_HOLDER, NULL,
	    NULL },
	{ "DELETE", "/orgs/{id}/members/{item_id}/roles", members_unassign, 8192, WHO_HOLDER, NULL,
	    NULL },
	{ "GET", "/orgs/{id}/roles", roles_list, 0, WHO_GUEST, NULL, NULL },
	{ "POST", "/orgs/{id}/roles", roles_add, 8192, WHO_HOLDER, NULL, NULL },
	{ "GET", "/orgs/{id}/roles/{item_id}", roles_get, 0, WHO_GUEST, NULL, NULL },
	{ "PATCH", "/orgs/{id}/roles/{item_id}", roles_set, 8192, WHO_HOLDER, NULL, NULL },
	{ "DELETE", "/orgs/{id}/roles/{item_id}", roles_drop, 1024, WHO_HOLDER, NULL, NULL },
	{ "POST", "/orgs/{id}/roles/{item_id}/permissions", roles_allow, 8192, WHO_HOLDER, NULL,
	    NULL },
	{ "DELETE", "/orgs/{id}/roles/{item_id}/permissions", roles_forbid, 8192, WHO_HOLDER, NULL,
	    NULL },
	{ "POST", "/orgs/{id}/roles/{item_id}/parents", roles_inherit, 8192, WHO_HOLDER, NULL,
	    NULL },
	{ "DELETE", "/orgs/{id}/roles/{item_id}/parents", roles_disinherit, 8192, WHO_HOLDER, NULL,
	    NULL },
	{ "GET", "/orgs/{id}/domains", domains_list, 0, WHO_GUEST, NULL, NULL },
	{ "POST", "/orgs/{id}/domains", domains_add, 8192, WHO_HOLDER, NULL, NULL },
	{ "PATCH", "/orgs/{id}/domains/{item_id}", domains_set, 8192, WHO_HOLDER, NULL, NULL },
	{ "DELETE", "/orgs/{id}/domains/{item_id}", domains_drop, 1024, WHO_HOLDER, NULL, NULL },
	{ "POST", "/orgs/{id}/domains/{item_id}/verify", domains_verify, 1024, WHO_HOLDER, NULL,
	    NULL },
	{ "GET", "/orgs/{id}/invitations", invitations_list, 0, WHO_GUEST, NULL, NULL },
	{ "POST", "/orgs/{id}/invitations", invitations_add, 8192, WHO_HOLDER, NULL, NULL },
	{ "DELETE", "/orgs/{id}/invitations/{item_id}", invitations_drop, 1024, WHO_HOLDER, NULL,
	    NULL },
	{ "POST", "/orgs/{id}/invitations/{item_id}/resend", invitations_resend, 1024, WHO_HOLDER,
	    NULL, NULL },
	{ "POST", "/invitations/look", invitations_look, 4096, WHO_ANY, NULL, NULL },
	{ "POST", "/invitations/accept", invitations_accept, 4096, WHO_SELF, "invitation", NULL },
	{ "GET", "/invitation", invitations_page, 0, WHO_ANY, NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct program p = { "orgs", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
