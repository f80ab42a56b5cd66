/* What yett doctor looks for in [webhook] and in what is told to webhooks. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "access/webhook.h"
#include "base/clock.h"
#include "doctor.h"
#include "store/delivery.h"
#include "store/webhook.h"

#define LATE_MS 300000 /* as long as a server that failed gets nothing, at most */

static bool
count(struct doctor *d, struct webhook_counts *ret_hooks, struct delivery_counts *ret_deliveries)
{
	const char *path = tool_path(d->tool, "yett.db");
	struct db *db = NULL;
	bool counted;

	counted = path != NULL && db_open(path, DB_READ, &db) == ERR_OK &&
	          webhook_total(db, ret_hooks) == ERR_OK &&
	          delivery_count(db, clock_ms(), ret_deliveries) == ERR_OK;
	db_close(db);
	return (counted);
}

static void
check_hooks(struct doctor *d, const struct webhook_counts *n)
{

	if (n->gone > 0)
		doctor_say(d, FINDING_WARN, "webhooks",
		    "the servers of %lld said that they are gone, which disabled them: see \"yett "
		    "webhook list\"",
		    (long long)n->gone);
	if (n->failing > 0)
		doctor_say(d, FINDING_WARN, "webhooks",
		    "of %lld the last try failed: see \"yett webhook list\", and \"yett webhook "
		    "deliveries\" for why",
		    (long long)n->failing);
	if (n->left_out > 0)
		doctor_say(d, FINDING_WARN, "webhooks",
		    "for %lld events were left out, as %d waited for each: see \"yett webhook list "
		    "--json\", left_out_at",
		    (long long)n->left_out, WEBHOOK_QUEUED_MAX);
}

void
doctor_check_webhooks(struct doctor *d, bool readable)
{
	const struct conf *c = &d->tool->conf;
	struct delivery_counts n = { .queued = 0 };
	struct webhook_counts hooks;

	if (c->webhook_ca[0] != '\0' && access(c->webhook_ca, R_OK) != 0)
		doctor_say(d, FINDING_FAIL, "webhooks", "webhook.ca: %s: %s", c->webhook_ca,
		    strerror(errno));
	if (!readable || !count(d, &hooks, &n))
		return;
	check_hooks(d, &hooks);
	if (n.dead > 0)
		doctor_say(d, FINDING_WARN, "webhooks",
		    "%lld events could not be told: see \"yett webhook deliveries ID --state "
		    "dead\"",
		    (long long)n.dead);
	if (hooks.enabled > 0 && !doctor_courier_runs(d))
		doctor_say(d, FINDING_WARN, "webhooks",
		    "the courier does not run, so events wait: start it beside the programs");
	else if (n.due_since != 0 && clock_ms() - n.due_since > LATE_MS)
		doctor_say(d, FINDING_WARN, "webhooks",
		    "%lld events wait, some for more than five minutes though they could be told: "
		    "see the courier's log",
		    (long long)n.queued);
	else if (hooks.enabled > 0 || n.sent > 0)
		doctor_say(d, FINDING_OK, "webhooks",
		    "%lld are told events, %lld wait, %lld were sent", (long long)hooks.enabled,
		    (long long)n.queued, (long long)n.sent);
}
