/* Webhooks: who wants what. */
#include "access/webhook.h"

#include "check.h"

static void
test_wants(void)
{

	ok(webhook_wants("role.created", "role.created") &&
	        !webhook_wants("role.created", "role.create") &&
	        !webhook_wants("role.created", "role.created2"),
	    "an action is that action");
	ok(webhook_wants("role.*", "role.created") && !webhook_wants("role.*", "roles.created") &&
	        !webhook_wants("role.*", "role") && !webhook_wants("role.*", "org_role.created"),
	    "a kind is all that begins so");
	ok(webhook_wants("*", "role.created") && webhook_wants("a.b *", "role.created") &&
	        webhook_wants("a.b role.created c.d", "role.created") &&
	        !webhook_wants("a.b c.*", "role.created") && !webhook_wants("", "role.created"),
	    "of several one is enough");
	ok(webhook_wants("sms.code", "sms.code") && !webhook_wants("*", "sms.code") &&
	        !webhook_wants("sms.*", "sms.code") && webhook_wants("sms.*", "sms.sent"),
	    "a secret one must be named");
	ok(webhook_has_secrets("a.b sms.code") && !webhook_has_secrets("sms.* *") &&
	        !webhook_has_secrets("sms.codes sms.cod"),
	    "and is known by its name");
}

int
main(void)
{

	test_wants();
	return (done());
}
