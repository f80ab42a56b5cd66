/* orgs: tenants, who belongs to them, and what members may do there. No row names a permission:
 * that is asked for in the org, by tenant_may(). */
#include "access/app.h"
#include "orgs.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission */
	{ "GET", "/orgs/{id}", orgs_get, 0, WHO_GUEST, NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct program p = { "orgs", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
