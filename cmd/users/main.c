/* users: who there is, looked after by who may. */
#include "access/app.h"
#include "change.h"
#include "create.h"
#include "import.h"
#include "invite.h"
#include "list.h"
#include "reader.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission */
	{ "GET", "/users", list_get, 0, WHO_GUEST, NULL, "users:read" },
	{ "POST", "/users", create_post, 65536, WHO_HOLDER, NULL, "users:create" },
	{ "POST", "/users/import", import_post, 65536, WHO_HOLDER, NULL, "users:import",
	    .type = "application/x-ndjson" },
	{ "POST", "/users/invite", invite_post, 8192, WHO_HOLDER, NULL, "users:create" },
	{ "GET", "/users/invitations", invite_list, 0, WHO_GUEST, NULL, "users:read" },
	{ "DELETE", "/users/invitations/{id}", invite_drop, 1024, WHO_HOLDER, NULL,
	    "users:create" },
	{ "GET", "/users/export", list_export, 0, WHO_HOLDER, NULL, "users:export" },
	{ "GET", "/users/by-email", reader_get_by_email, 0, WHO_GUEST, NULL, "users:read" },
	{ "GET", "/users/by-username", reader_get_by_username, 0, WHO_GUEST, NULL, "users:read" },
	{ "GET", "/users/by-legacy-id", reader_get_by_legacy_id, 0, WHO_GUEST, NULL, "users:read" },
	{ "GET", "/users/{id}", reader_get, 0, WHO_GUEST, NULL, "users:read" },
	{ "PATCH", "/users/{id}", change_patch, 65536, WHO_HOLDER, NULL, "users:update" },
	{ "DELETE", "/users/{id}", change_drop, 1024, WHO_HOLDER, NULL, "users:delete" },
	{ "POST", "/users/{id}/enable", change_enable, 1024, WHO_HOLDER, NULL, "users:update" },
	{ "POST", "/users/{id}/disable", change_disable, 1024, WHO_HOLDER, NULL, "users:update" },
	{ "POST", "/users/{id}/lock", change_lock, 1024, WHO_HOLDER, NULL, "users:update" },
	{ "POST", "/users/{id}/unlock", change_unlock, 1024, WHO_HOLDER, NULL, "users:update" },
	{ "POST", "/users/{id}/logout", change_logout, 1024, WHO_HOLDER, NULL, "users:update" },
	{ "POST", "/users/{id}/require-password-update", change_require_password, 1024, WHO_HOLDER,
	    NULL, "users:update" },
	{ "DELETE", "/users/{id}/password", change_clear_password, 1024, WHO_HOLDER, NULL,
	    "users:update" },
};

int
main(int argc, char **argv)
{
	/* A few wait for a place to hash, the others answer at once. */
	const struct program p = { "users", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
