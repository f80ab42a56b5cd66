/* audit: what was done, by whom, and whether that is true. */
#include "access/app.h"
#include "attempts.h"
#include "keep.h"
#include "list.h"
#include "verify.h"

static const struct route routes[] = {
	/* method  path                 handler           body  who         page  permission */
	{ "GET", "/audit", list_get, 0, WHO_GUEST, NULL, "audit:read" },
	{ "GET", "/audit/export", list_export, 0, WHO_GUEST, NULL, "audit:export" },
	{ "GET", "/audit/verify", verify_get, 0, WHO_GUEST, NULL, "audit:verify" },
	{ "GET", "/audit/head", verify_get_head, 0, WHO_GUEST, NULL, "audit:verify" },
	{ "GET", "/audit/stats", keep_get_stats, 0, WHO_GUEST, NULL, "audit:read" },
	{ "GET", "/audit/retention", keep_get, 0, WHO_GUEST, NULL, "audit:read" },
	{ "PATCH", "/audit/retention", keep_set, 1024, WHO_HOLDER, NULL, "audit:retain" },
	{ "GET", "/audit/{id}", list_get_one, 0, WHO_GUEST, NULL, "audit:read" },
	{ "GET", "/login-attempts", attempts_list, 0, WHO_GUEST, NULL, "audit:read" },
};

int
main(int argc, char **argv)
{
	const struct program p = { "audit", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
