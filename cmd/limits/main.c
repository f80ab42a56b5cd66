/* limits: how many requests are let through, of whom and where. */
#include "access/app.h"
#include "assignments.h"
#include "counters.h"
#include "policies.h"

static const struct route routes[] = {
	/* method  path                       handler                 body  who       page
	   permission */
	{ "GET", "/rate-limits", policies_list, 0, WHO_GUEST, NULL, "limits:read" },
	{ "POST", "/rate-limits", policies_add, 8192, WHO_HOLDER, NULL, "limits:create" },
	{ "GET", "/rate-limits/{id}", policies_get, 0, WHO_GUEST, NULL, "limits:read" },
	{ "PATCH", "/rate-limits/{id}", policies_set, 8192, WHO_HOLDER, NULL, "limits:update" },
	{ "DELETE", "/rate-limits/{id}", policies_drop, 1024, WHO_HOLDER, NULL, "limits:delete" },
	{ "GET", "/rate-limits/{id}/assignments", assignments_list, 0, WHO_GUEST, NULL,
	    "limits:read" },
	{ "POST", "/rate-limits/{id}/assignments", assignments_add, 8192, WHO_HOLDER, NULL,
	    "limits:update" },
	{ "DELETE", "/rate-limits/{id}/assignments", assignments_drop, 8192, WHO_HOLDER, NULL,
	    "limits:update" },
	{ "GET", "/rate-limits/{id}/counters", counters_get, 0, WHO_GUEST, NULL, "limits:read" },
	{ "POST", "/rate-limits/{id}/reset", counters_reset, 8192, WHO_HOLDER, NULL,
	    "limits:update" },
};

int
main(int argc, char **argv)
{
	const struct program p = { "limits", routes, COUNT(routes), 4 };

	return (app_main(argc, argv, &p));
}
