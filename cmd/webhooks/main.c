/* webhooks: what happens, told to other servers. Rows name no permission, for a webhook may be the
 * site's or an org's: allow.h asks for it where it counts. */
#include "access/app.h"
#include "deliveries.h"
#include "webhooks.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission */
	{ "GET", "/webhooks", webhooks_list, 0, WHO_HOLDER, NULL, NULL },
	{ "POST", "/webhooks", webhooks_add, 16384, WHO_HOLDER, NULL, NULL },
	{ "GET", "/webhooks/{id}", webhooks_get, 0, WHO_HOLDER, NULL, NULL },
	{ "PATCH", "/webhooks/{id}", webhooks_set, 16384, WHO_HOLDER, NULL, NULL },
	{ "DELETE", "/webhooks/{id}", webhooks_drop, 1024, WHO_HOLDER, NULL, NULL },
	{ "POST", "/webhooks/{id}/rotate", webhooks_rotate, 8192, WHO_HOLDER, NULL, NULL },
	{ "POST", "/webhooks/{id}/test", deliveries_test, 1024, WHO_HOLDER, NULL, NULL },
	{ "GET", "/webhooks/{id}/deliveries", deliveries_list, 0, WHO_HOLDER, NULL, NULL },
	{ "GET", "/webhooks/{id}/deliveries/{item_id}", deliveries_get, 0, WHO_HOLDER, NULL, NULL },
	{ "POST", "/webhooks/{id}/deliveries/{item_id}/resend", deliveries_resend, 1024, WHO_HOLDER,
	    NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct program p = { "webhooks", routes, COUNT(routes), 4 };

	return (app_main(argc, argv, &p));
}
