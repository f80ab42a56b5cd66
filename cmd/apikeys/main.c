/* apikeys: what programs prove themselves by. */
#include "access/app.h"
#include "keys.h"
#include "make.h"
#include "roles.h"
#include "use.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission. Where it is NULL, allow.h has the rest: one's own keys need none. */
	{ "GET", "/apikeys", keys_list, 0, WHO_HOLDER, NULL, NULL },
	{ "POST", "/apikeys", make_post, 16384, WHO_SELF, NULL, NULL },
	{ "POST", "/apikeys/import", make_import, 16384, WHO_SELF, NULL, "apikeys:create" },
	{ "POST", "/apikeys/verify", use_verify, 8192, WHO_HOLDER, NULL, "apikeys:verify" },
	{ "GET", "/apikeys/{id}", keys_get, 0, WHO_HOLDER, NULL, NULL },
	{ "PATCH", "/apikeys/{id}", keys_set, 16384, WHO_SELF, NULL, NULL },
	{ "DELETE", "/apikeys/{id}", keys_drop, 1024, WHO_HOLDER, NULL, NULL },
	{ "POST", "/apikeys/{id}/rotate", make_rotate, 8192, WHO_SELF, NULL, NULL },
	{ "GET", "/apikeys/{id}/usage", use_list, 0, WHO_HOLDER, NULL, NULL },
	{ "GET", "/apikeys/{id}/roles", roles_list, 0, WHO_HOLDER, NULL, NULL },
	{ "POST", "/apikeys/{id}/roles", roles_add, 8192, WHO_HOLDER, NULL, "roles:assign" },
	{ "DELETE", "/apikeys/{id}/roles", roles_drop, 8192, WHO_HOLDER, NULL, "roles:assign" },
};

int
main(int argc, char **argv)
{
	const struct program p = { "apikeys", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
