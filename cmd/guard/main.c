/* guard: who may see which pages of other applications. */
#include "access/app.h"
#include "answer.h"
#include "explain.h"
#include "rules.h"

static const struct route routes[] = {
	/* method  path              handler      body   who       page  permission */
	{ "GET", "/guard/rules", rules_list, 0, WHO_GUEST, NULL, "guard:read" },
	{ "POST", "/guard/rules", rules_add, 8192, WHO_HOLDER, NULL, "guard:create" },
	{ "GET", "/guard/rules/{id}", rules_get, 0, WHO_GUEST, NULL, "guard:read" },
	{ "PATCH", "/guard/rules/{id}", rules_set, 8192, WHO_HOLDER, NULL, "guard:update" },
	{ "DELETE", "/guard/rules/{id}", rules_drop, 1024, WHO_HOLDER, NULL, "guard:delete" },
	{ "GET", "/guard/explain", explain_get, 0, WHO_GUEST, NULL, "guard:read" },
	{ "GET", "/guard/forward", answer_forward, 0, WHO_ANY, NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct program p = { "guard", routes, COUNT(routes), 16, answer_authorize };

	return (app_main(argc, argv, &p));
}
