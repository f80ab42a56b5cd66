/* yett: the admin tool. One table of commands; all help is made from it. */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "access/app.h"
#include "args.h"
#include "base/log.h"
#include "commands.h"
#include "help.h"
#include "options.h"

#ifndef VERSION
#define VERSION "0"
#endif

/* The longest list, 10,000 users as JSON, takes 80 MB, and more where users have large properties.
 */
#define ARENA_MAX ((size_t)512 * 1024 * 1024)

static const char apikey_create_more[] =
    "One of --user and --service is needed. Prints the key, which is shown only now. \"yett key "
    "create\" is the same.";

static const char waitlist_who[] = "WHO is an address on the list, or the id there.";

static const char guard_at[] = "AT is the position of a rule of the database, or its id.";

static const struct command commands[] = {
	{ "init", NULL, "", 0, 0, NULL, false, cmd_init,
	    "make the state folder, database and keys, where they are not there", NULL },
	{ "user", "add", "EMAIL", 1, 1, user_add_options, false, cmd_user_add, "make a user",
	    "Asks for the password twice on the terminal, or reads it as one line from standard "
	    "input." },
	{ "user", "list", "", 0, 0, user_list_options, false, cmd_user_list,
	    "list users, in the order they were made", NULL },
	{ "user", "edit", "WHO", 1, 1, user_edit_options, false, cmd_user_edit,
	    "change what is known of a user", "An empty value clears." },
	{ "user", "show", "WHO", 1, 1, json_options, false, cmd_user_show, "show one user", NULL },
	{ "user", "passwd", "WHO", 1, 1, NULL, false, cmd_user_passwd,
	    "give a user another password",
	    "Asks for it twice on the terminal, or reads one line from standard input. Ends all "
	    "sessions of the user." },
	{ "user", "lock", "WHO", 1, 1, NULL, false, cmd_user_lock,
	    "keep a user out, and end all sessions", NULL },
	{ "user", "unlock", "WHO", 1, 1, NULL, false, cmd_user_unlock, "let a user in again",
	    NULL },
	{ "user", "enable", "WHO", 1, 1, NULL, false, cmd_user_enable, "switch a user on again",
	    NULL },
	{ "user", "disable", "WHO", 1, 1, NULL, false, cmd_user_disable,
	    "switch a user off, and end all sessions", NULL },
	{ "user", "logout", "WHO", 1, 1, NULL, false, cmd_user_logout, "end all sessions of a user",
	    NULL },
	{ "user", "require-password-update", "WHO", 1, 1, NULL, false,
	    cmd_user_require_password_update,
	    "let a user do nothing more before choosing another password", NULL },
	{ "user", "clear-password", "WHO", 1, 1, NULL, false, cmd_user_clear_password,
	    "take the password away, and end all sessions", NULL },
	{ "user", "import", "FILE", 1, 1, json_options, false, cmd_user_import,
	    "make users of lines of JSON, with hashes of elsewhere",
	    "FILE may be - for standard input. Who is there already stays as he is. Says which "
	    "lines failed, and why; with --json what became of every line." },
	{ "user", "invite", "EMAIL", 1, 1, user_invite_options, false, cmd_user_invite,
	    "mail somebody a link to sign up by",
	    "For 7 days, also where signup.mode wants an invitation. It proves the address." },
	{ "user", "invitations", "", 0, 0, user_invitations_options, false, cmd_user_invitations,
	    "list who is invited to sign up, the newest first",
	    "By \"yett user invite\" and off the waitlist; not who came, or whose link is over." },
	{ "user", "uninvite", "EMAIL|ID", 1, 1, NULL, false, cmd_user_uninvite,
	    "take an invitation to sign up back",
	    "The link is good no more. Who was invited off the waitlist is refused there." },
	{ "user", "export", "", 0, 0, user_export_options, false, cmd_user_export,
	    "print all users as lines of JSON", "\"yett user import\" takes them elsewhere." },
	{ "user", "delete", "WHO", 1, 1, user_delete_options, false, cmd_user_delete,
	    "delete a user for good", NULL },
	{ "role", "list", "", 0, 0, role_list_options, false, cmd_role_list,
	    "list the roles, what they hold and from whom they inherit", NULL },
	{ "role", "add", "NAME", 1, 1, role_add_options, false, cmd_role_add, "make a role", NULL },
	{ "role", "delete", "NAME", 1, 1, role_org_options, false, cmd_role_delete,
	    "delete a role, whoever holds it", NULL },
	{ "role", "allow", "ROLE PERMISSION", 2, 2, role_allow_options, false, cmd_role_allow,
	    "let a role hold a permission", "A permission is resource:action, '*' for any." },
	{ "role", "forbid", "ROLE PERMISSION", 2, 2, role_org_options, false, cmd_role_forbid,
	    "let a role hold a permission no more", NULL },
	{ "role", "inherit", "ROLE PARENT", 2, 2, role_org_options, false, cmd_role_inherit,
	    "let a role hold all that another holds", NULL },
	{ "role", "disinherit", "ROLE PARENT", 2, 2, role_org_options, false, cmd_role_disinherit,
	    "let it do so no more", NULL },
	{ "role", "grant", "WHO ROLE", 2, 2, role_grant_options, false, cmd_role_grant,
	    "give a user a role", "What the user may do changes with the next request." },
	{ "role", "revoke", "WHO ROLE", 2, 2, role_revoke_options, false, cmd_role_revoke,
	    "take a role away from a user", NULL },
	{ "org", "list", "", 0, 0, org_list_options, false, cmd_org_list,
	    "list organisations, in the order they were made", NULL },
	{ "org", "add", "NAME", 1, 1, org_add_options, false, cmd_org_add, "make an organisation",
	    NULL },
	{ "org", "show", "ORG", 1, 1, json_options, false, cmd_org_show, "show one organisation",
	    "ORG is an id or a slug." },
	{ "org", "edit", "ORG", 1, 1, org_edit_options, false, cmd_org_edit, "change one", NULL },
	{ "org", "delete", "ORG", 1, 1, user_delete_options, false, cmd_org_delete,
	    "delete one for good",
	    "All that is its own goes: memberships, roles, domains, invitations, API keys." },
	{ "org", "members", "ORG", 1, 1, org_list_options, false, cmd_org_members,
	    "list who belongs to one, and is what there", NULL },
	{ "org", "join", "ORG WHO", 2, 2, org_join_options, false, cmd_org_join,
	    "let a user belong to one", NULL },
	{ "org", "leave", "ORG WHO", 2, 2, NULL, false, cmd_org_leave,
	    "let a user belong to it no more", "The last owner stays." },
	{ "org", "grant", "ORG WHO ROLE", 3, 3, org_grant_options, false, cmd_org_grant,
	    "give a member a role there",
	    "A role of the organisation's own, or else of the site; it counts there alone." },
	{ "org", "revoke", "ORG WHO ROLE", 3, 3, NULL, false, cmd_org_revoke,
	    "take a role there away from a member", "The last owner stays one." },
	{ "domain", "list", "ORG", 1, 1, json_options, false, cmd_domain_list,
	    "list the domains of an org, and the records that prove them", NULL },
	{ "domain", "add", "ORG DOMAIN", 2, 2, domain_options, false, cmd_domain_add,
	    "claim a domain for an org", "Shows the TXT record that proves it." },
	{ "domain", "verify", "ORG DOMAIN", 2, 2, NULL, false, cmd_domain_verify,
	    "look in the DNS whether a domain is the org's", NULL },
	{ "domain", "set", "ORG DOMAIN", 2, 2, domain_options, false, cmd_domain_set,
	    "say whether people join by a confirmed address there", NULL },
	{ "domain", "delete", "ORG DOMAIN", 2, 2, NULL, false, cmd_domain_delete,
	    "claim a domain no more", "Who joined by it stays a member." },
	{ "invitation", "list", "ORG", 1, 1, json_options, false, cmd_invitation_list,
	    "list the open invitations of an org", NULL },
	{ "invitation", "add", "ORG EMAIL", 2, 2, invitation_add_options, false, cmd_invitation_add,
	    "invite somebody into an org",
	    "It is mailed; without mail.url its link is printed, for you to send. It replaces an "
	    "older one for the same address." },
	{ "invitation", "resend", "ORG EMAIL", 2, 2, invitation_resend_options, false,
	    cmd_invitation_resend, "mail it once more, with a new link",
	    "The old link is good no more." },
	{ "invitation", "revoke", "ORG EMAIL", 2, 2, NULL, false, cmd_invitation_revoke,
	    "take an invitation back", NULL },
	{ "waitlist", "list", "", 0, 0, waitlist_list_options, false, cmd_waitlist_list,
	    "list who is on the waitlist, in its order", NULL },
	{ "waitlist", "invite", "COUNT", 1, 1, NULL, false, cmd_waitlist_invite,
	    "invite the next so many, 500 at most",
	    "Each is mailed a link that is good for 7 days." },
	{ "waitlist", "approve", "WHO", 1, 1, NULL, false, cmd_waitlist_approve,
	    "invite one out of turn, or once more", waitlist_who },
	{ "waitlist", "refuse", "WHO", 1, 1, NULL, false, cmd_waitlist_refuse,
	    "say no to one, who is not told", waitlist_who },
	{ "waitlist", "delete", "WHO", 1, 1, NULL, false, cmd_waitlist_delete,
	    "forget one, address and all", waitlist_who },
	{ "limit", "list", "", 0, 0, json_options, false, cmd_limit_list, "list the rate limits",
	    NULL },
	{ "limit", "show", "NAME", 1, 1, json_options, false, cmd_limit_show,
	    "show a rate limit, and for whom it holds", NULL },
	{ "limit", "add", "NAME SCOPE COUNT SECONDS", 4, 4, described_options, false, cmd_limit_add,
	    "make a rate limit: so many requests in so many seconds",
	    "SCOPE is what each has a count of its own: user, org, key, network or route. It holds "
	    "for nobody until it is assigned." },
	{ "limit", "edit", "NAME", 1, 1, limit_edit_options, false, cmd_limit_edit,
	    "change a rate limit", "With other numbers it counts anew." },
	{ "limit", "delete", "NAME", 1, 1, NULL, false, cmd_limit_delete, "delete a rate limit",
	    NULL },
	{ "limit", "assign", "NAME", 1, 1, limit_target_options, false, cmd_limit_assign,
	    "let a rate limit hold for somebody, or everybody",
	    "Without --user, --org, --key and --network it is everybody. Who has a rate limit of "
	    "his "
	    "own is not held by everybody's of the same scope." },
	{ "limit", "unassign", "NAME", 1, 1, limit_target_options, false, cmd_limit_unassign,
	    "let it hold no more", NULL },
	{ "limit", "count", "NAME", 1, 1, limit_count_options, false, cmd_limit_count,
	    "show what is left of one count", "The option that the scope names is needed." },
	{ "limit", "reset", "NAME", 1, 1, limit_count_options, false, cmd_limit_reset,
	    "begin one count anew", "The option that the scope names is needed." },
	{ "guard", "list", "", 0, 0, json_options, false, cmd_guard_list,
	    "list the rules of who may see which pages",
	    "Those of yett.conf come before all others." },
	{ "guard", "show", "AT", 1, 1, json_options, false, cmd_guard_show, "show a rule",
	    guard_at },
	{ "guard", "add", "RULE", 1, 1, guard_add_options, false, cmd_guard_add, "add a rule",
	    "RULE is one word, such as \"intern.example.org/wiki POST,PUT role:editor\": where, "
	    "for which methods\n(all unless said), and whom it lets in: guest (everybody), user "
	    "(who is signed in), nobody, role:NAME,\npermission:RESOURCE:ACTION, org:SLUG, "
	    "group:NAME; besides, mfa:MINUTES and from:NETWORK ask for more.\n"
	    "The first rule that matches decides: docs/guard.md. What is at the position moves on "
	    "by one." },
	{ "guard", "set", "AT [RULE]", 1, 2, described_options, false, cmd_guard_set,
	    "change a rule", guard_at },
	{ "guard", "move", "AT POSITION", 2, 2, NULL, false, cmd_guard_move,
	    "move a rule; what is there moves on by one", guard_at },
	{ "guard", "delete", "AT", 1, 1, NULL, false, cmd_guard_delete, "delete a rule", guard_at },
	{ "guard", "explain", "URL", 1, 1, guard_explain_options, false, cmd_guard_explain,
	    "tell what would be decided about a request, and why",
	    "URL is https://HOST/PATH, or /PATH for any host." },
	{ "group", "list", "", 0, 0, group_list_options, false, cmd_group_list,
	    "list the groups that are not a user's own, and the roles they give", NULL },
	{ "group", "add", "NAME", 1, 1, described_options, false, cmd_group_add, "make a group",
	    NULL },
	{ "group", "show", "GROUP", 1, 1, group_show_options, false, cmd_group_show,
	    "show a group and its members", "GROUP is a name or an id." },
	{ "group", "delete", "GROUP", 1, 1, group_delete_options, false, cmd_group_delete,
	    "delete a group; its members stay users", NULL },
	{ "group", "join", "GROUP WHO", 2, 2, NULL, false, cmd_group_join,
	    "put a user into a group", "What the user may do changes with the next request." },
	{ "group", "leave", "GROUP WHO", 2, 2, NULL, false, cmd_group_leave,
	    "take a user out of a group", NULL },
	{ "group", "grant", "GROUP ROLE", 2, 2, NULL, false, cmd_group_grant,
	    "give a role to all members of a group", NULL },
	{ "group", "revoke", "GROUP ROLE", 2, 2, NULL, false, cmd_group_revoke,
	    "take a role away from a group", NULL },
	{ "impersonation", "list", "", 0, 0, impersonation_list_options, false,
	    cmd_impersonation_list, "list who acted in whose name, and why", NULL },
	{ "impersonation", "end", "ID", 1, 1, NULL, false, cmd_impersonation_end, "end one at once",
	    NULL },
	{ "session", "list", "[WHO]", 0, 1, session_list_options, false, cmd_session_list,
	    "list live sessions", NULL },
	{ "session", "revoke", "[ID]", 0, 1, session_revoke_options, false, cmd_session_revoke,
	    "end one session, those of a user, or all", "One of ID, --user and --all is needed." },
	{ "apikey", "create", "NAME", 1, 1, apikey_create_options, false, cmd_apikey_create,
	    "make an API key", apikey_create_more },
	{ "apikey", "import", "NAME", 1, 1, apikey_create_options, false, cmd_apikey_import,
	    "take over an API key that another system made",
	    "One of --user and --service is needed. Asks for the key on the terminal, or reads it "
	    "as one line from standard input. It then works as X-API-Key." },
	{ "apikey", "list", "[WHO]", 0, 1, apikey_list_options, false, cmd_apikey_list,
	    "list live API keys, the newest first", NULL },
	{ "apikey", "show", "ID", 1, 1, json_options, false, cmd_apikey_show, "show one API key",
	    NULL },
	{ "apikey", "usage", "ID", 1, 1, apikey_usage_options, false, cmd_apikey_usage,
	    "how many requests were let in by it on each day", NULL },
	{ "apikey", "rotate", "ID", 1, 1, apikey_rotate_options, false, cmd_apikey_rotate,
	    "put a new API key in the place of one",
	    "Prints the new key, which is shown only now." },
	{ "apikey", "revoke", "ID", 1, 1, NULL, false, cmd_apikey_revoke, "end an API key", NULL },
	{ "apikey", "grant", "ID ROLE", 2, 2, org_grant_options, false, cmd_apikey_grant,
	    "give a service's API key a role", NULL },
	{ "apikey", "withdraw", "ID ROLE", 2, 2, NULL, false, cmd_apikey_withdraw,
	    "take a role away from it", NULL },
	{ "apikey", "verify", "", 0, 0, apikey_verify_options, false, cmd_apikey_verify,
	    "say whether an API key is good",
	    "Asks for it on the terminal, or reads it as one line from standard input. Ends with "
	    "1 when it is not." },
	{ "key", "create", "NAME", 1, 1, apikey_create_options, false, cmd_apikey_create,
	    "make an API key: the same as \"yett apikey create\"", apikey_create_more },
	{ "key", "list", "", 0, 0, json_options, false, cmd_key_list, "list the signing keys",
	    NULL },
	{ "key", "rotate", "", 0, 0, NULL, false, cmd_key_rotate, "sign with a new key from now on",
	    "Tokens of the old key stay valid until they expire; then its file goes with a later "
	    "rotation." },
	{ "audit", "list", "", 0, 0, audit_list_options, false, cmd_audit_list,
	    "list what was done, the newest first", NULL },
	{ "audit", "export", "", 0, 0, audit_export_options, false, cmd_audit_export,
	    "print all of that, a row a line", "That it was exported is in the log, too." },
	{ "audit", "attempts", "", 0, 0, audit_attempts_options, false, cmd_audit_attempts,
	    "list who tried to sign in, the newest first",
	    "A user who was deleted has none, nor has who is not there a name." },
	{ "audit", "verify", "", 0, 0, audit_verify_options, false, cmd_audit_verify,
	    "find out whether the audit log is what was written",
	    "Ends with 1 when it is not, and says which rows. Only with heads that were kept "
	    "elsewhere can it tell that the whole database is an older one." },
	{ "audit", "head", "", 0, 0, NULL, false, cmd_audit_head,
	    "print the end of the log, to be kept elsewhere",
	    "One line, for \"yett audit verify --head\" later. It is no secret." },
	{ "audit", "stats", "", 0, 0, audit_stats_options, false, cmd_audit_stats,
	    "say how often what was done", NULL },
	{ "audit", "retention", "[DAYS|forever]", 0, 1, NULL, false, cmd_audit_retention,
	    "show or set how long rows are kept", NULL },
	{ "audit", "cut", "", 0, 0, NULL, false, cmd_audit_cut, "delete now what need not be kept",
	    "The programs do so by themselves once a day." },
	{ "mail", "list", "", 0, 0, mail_list_options, false, cmd_mail_list,
	    "list mail: to be sent, sent, given up; the newest first", NULL },
	{ "mail", "show", "ID", 1, 1, json_options, false, cmd_mail_show, "show one mail",
	    "Never the links and codes in it." },
	{ "mail", "resend", "ID", 1, 1, NULL, false, cmd_mail_resend,
	    "have a mail sent that was given up, or waits", NULL },
	{ "mail", "delete", "ID", 1, 1, NULL, false, cmd_mail_delete, "delete a mail", NULL },
	{ "mail", "preview", "NAME", 1, 1, mail_preview_options, false, cmd_mail_preview,
	    "print what the template NAME becomes", NULL },
	{ "mail", "test", "ADDRESS", 1, 1, mail_test_options, false, cmd_mail_test,
	    "send a mail to try whether it arrives", "Waits up to 10 s for the courier." },
	{ "webhook", "list", "", 0, 0, webhook_list_options, false, cmd_webhook_list,
	    "list where events are told to", NULL },
	{ "webhook", "add", "URL", 1, 1, webhook_add_options, false, cmd_webhook_add,
	    "tell events to a server",
	    "An event is an action of the audit log such as role.assigned, role.* or *. Prints the "
	    "id, and the\nsecret that signs, which is shown only now. docs/webhooks.md says "
	    "more." },
	{ "webhook", "show", "ID", 1, 1, json_options, false, cmd_webhook_show, "show one webhook",
	    NULL },
	{ "webhook", "edit", "ID", 1, 1, webhook_edit_options, false, cmd_webhook_edit,
	    "change a webhook", "One that is enabled again gets what happens from then on." },
	{ "webhook", "rotate", "ID", 1, 1, webhook_rotate_options, false, cmd_webhook_rotate,
	    "give a webhook another secret",
	    "Prints it, which is shown only now. For a day both sign, unless --overlap says "
	    "otherwise." },
	{ "webhook", "test", "ID", 1, 1, webhook_test_options, false, cmd_webhook_test,
	    "send an event to try whether it arrives", "Waits up to 20 s for the courier." },
	{ "webhook", "deliveries", "ID", 1, 1, mail_list_options, false, cmd_webhook_deliveries,
	    "list what was sent, or is to be, the newest first", NULL },
	{ "webhook", "resend", "DELIVERY", 1, 1, NULL, false, cmd_webhook_resend,
	    "have an event sent again, or one that waits now", "With the webhook-id that it had." },
	{ "webhook", "delete", "ID", 1, 1, NULL, false, cmd_webhook_delete,
	    "tell no more events there", NULL },
	{ "migrate", NULL, "", 0, 0, migrate_options, false, cmd_migrate,
	    "bring the database to this program's version",
	    "Keeps a copy in the state folder first. The new version is made beside the old one, "
	    "and "
	    "takes its place only when it passes its test: until then nothing is changed." },
	{ "backup", NULL, "FILE", 1, 1, NULL, false, cmd_backup,
	    "copy the database to FILE, while programs use it", NULL },
	{ "restore", NULL, "FILE", 1, 1, NULL, false, cmd_restore,
	    "put the database of FILE in the place of the present one",
	    "Programs may run on: they see the restored content at once. The present one is kept "
	    "beside it." },
	{ "doctor", NULL, "", 0, 0, NULL, false, cmd_doctor,
	    "say what is wrong with this site, and how to mend it", NULL },
	{ "config", "check", "", 0, 0, NULL, false, cmd_config_check, "check the configuration",
	    NULL },
	{ "config", "show", "", 0, 0, json_options, false, cmd_config_show,
	    "print all settings in force", NULL },
	{ "breach", "build", "LIST FILE", 2, 2, NULL, true, cmd_breach_build,
	    "make the filter of breached passwords",
	    "LIST has the SHA-1 of a password in each line, as Have I Been Pwned publishes them." },
	{ "breach", "check", "", 0, 0, NULL, false, cmd_breach_check,
	    "ask whether a password is known from a breach",
	    "Asks for it on the terminal, or reads it as one line from standard input." },
};

static bool
is_noun(const char *noun)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i].noun, noun) == 0)
			return (true);
	return (false);
}

/* The command that the first of ${count} words name, and how many of them it took; NULL when there
 * is none. */
static const struct command *
find_command(int count, char **words, int *ret_taken)
{
	size_t i;

	for (i = 0; i < COUNT(commands) && count > 0; i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->noun, words[0]) != 0)
			continue;
		if (c->verb != NULL && (count < 2 || strcmp(c->verb, words[1]) != 0))
			continue;
		*ret_taken = c->verb != NULL ? 2 : 1;
		return (c);
	}
	return (NULL);
}

/* Everything that is not a whole command: help about all or some, the version, a slip. */
static int
answer(int count, char **words)
{
	const bool asked =
	    count > 0 && (strcmp(words[0], "help") == 0 || strcmp(words[0], "--help") == 0);
	const struct command *c;
	int taken;

	if (count > 0 && (strcmp(words[0], "version") == 0 || strcmp(words[0], "--version") == 0)) {
		puts("yett " VERSION);
		return (count == 1 || strcmp(words[1], "--help") == 0 ? 0 : TOOL_MISUSED);
	}
	if (asked) {
		count--;
		words++;
	}
	if (asked && (c = find_command(count, words, &taken)) != NULL) {
		help_command(stdout, c);
		return (0);
	}
	if (count > 0 && is_noun(words[0])) {
		const bool help = asked || (count > 1 && strcmp(words[1], "--help") == 0);

		if (!help && count > 1)
			tool_warn("there is no command \"%s %s\"", words[0], words[1]);
		help_noun(help ? stdout : stderr, commands, COUNT(commands), words[0]);
		return (help ? 0 : TOOL_MISUSED);
	}
	if (count > 0 && strcmp(words[0], "--help") == 0)
		count = 0;
	if (count > 0)
		tool_warn("there is no command \"%s\"", words[0]);
	help_all(asked && count == 0 ? stdout : stderr, commands, COUNT(commands));
	return (asked && count == 0 ? 0 : TOOL_MISUSED);
}

static int
run(struct tool *t, int argc, char **argv)
{
	char message[CONF_MESSAGE_SIZE];
	int status;
	bool help;

	if ((status = args_read(t, argc, argv, &help)) != 0)
		return (status);
	if (help) {
		help_command(stdout, t->command);
		return (0);
	}
	if (!t->command->bare && conf_load(conf_path(t->conf_option), &t->conf, message) != ERR_OK)
		return (tool_fail("%s", message));
	if (sodium_init() < 0 || (t->arena = arena_new(ARENA_MAX)) == NULL)
		return (tool_fail("out of memory"));
	return (t->command->run(t));
}

int
main(int argc, char **argv)
{
	struct tool t = { .command = NULL };
	int status, first = 1, taken;

	log_setup("tool", false, LOG_WARN);
	while (first < argc && strncmp(argv[first], "--config", 8) == 0) {
		if (argv[first][8] == '=')
			t.conf_option = argv[first++] + 9;
		else if (argv[first][8] == '\0' && first + 1 < argc)
			t.conf_option = argv[first + 1], first += 2;
		else
			return (tool_misuse(&t, "--config needs a value: FILE"));
	}
	if ((t.command = find_command(argc - first, argv + first, &taken)) == NULL) {
		status = answer(argc - first, argv + first);
	} else {
		status = run(&t, argc - first - taken, argv + first + taken);
		tool_close(&t);
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		return (tool_fail("the output cannot be written"));
	return (status);
}
