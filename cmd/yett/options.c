/* The options of the commands: a list each, that ends with a NULL name. */
#include "options.h"

const struct option json_options[] = { { "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false } };

const struct option user_add_options[] = {
	{ "--role", "NAME", "give this role as well as viewer", true },
	{ "--username", "U", "a second name to sign in with", false },
	{ "--name", "N", "the name to show", false },
	{ "--hash", NULL, "read a ready hash (PHC or crypt(3)) instead of a password", false },
	{ NULL, NULL, NULL, false },
};

const struct option user_list_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many (1000)", false },
	{ "--after", "NEXT", "where the list before ended", false },
	{ "--enabled", "BOOL", "only who is not (true) or is (false) switched off", false },
	{ "--locked", "BOOL", "only who is, or is not, locked", false },
	{ "--email-confirmed", "BOOL", "only whose address is, or is not, confirmed", false },
	{ "--role", "NAME", "only who holds this role directly", false },
	{ "--q", "TEXT", "only with this in address, username or name", false },
	{ "--order", "ORDER",
	    "created, email, username, last_active; -created and so on: backwards", false },
	{ NULL, NULL, NULL, false },
};

const struct option user_export_options[] = {
	{ "--hashes", NULL, "with the hashes of the passwords: keep them secret", false },
	{ "--enabled", "BOOL", "only who is not (true) or is (false) switched off", false },
	{ "--locked", "BOOL", "only who is, or is not, locked", false },
	{ "--email-confirmed", "BOOL", "only whose address is, or is not, confirmed", false },
	{ "--role", "NAME", "only who holds this role directly", false },
	{ "--q", "TEXT", "only with this in address, username or name", false },
	{ NULL, NULL, NULL, false },
};

const struct option user_edit_options[] = {
	{ "--email", "ADDRESS", "another address, not confirmed yet", false },
	{ "--username", "U", "a second name to sign in with", false },
	{ "--name", "N", "the name to show", false },
	{ "--first-name", "N", "the first name", false },
	{ "--last-name", "N", "the last name", false },
	{ "--picture", "URL", "the address of a picture", false },
	{ "--lang", "LANG", "the language of mails, as de or de-AT", false },
	{ "--legacy-id", "ID", "the id in the system that the user came from", false },
	{ "--email-confirmed", "BOOL", "whether the address is known to be the user's", false },
	{ "--can-create-orgs", "BOOL", "whether the user may make organisations", false },
	{ "--hidden", "BOOL", "whether nobody can sign in as the user", false },
	{ "--properties", "JSON", "a change of the properties, by RFC 7396", false },
	{ "--attributes", "JSON", "the same of what conditions rely on", false },
	{ NULL, NULL, NULL, false },
};

const struct option user_delete_options[] = {
	{ "--yes", NULL, "do not ask", false },
	{ NULL, NULL, NULL, false },
};

#define ROLE_OF_ORG \
	{ \
		"--org", "ORG", "of this organisation's own, by slug or id", false \
	}

const struct option role_org_options[] = {
	ROLE_OF_ORG,
	{ NULL, NULL, NULL, false },
};

const struct option role_list_options[] = {
	ROLE_OF_ORG,
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

const struct option role_add_options[] = {
	{ "--description", "TEXT", "what it is for", false },
	ROLE_OF_ORG,
	{ NULL, NULL, NULL, false },
};

const struct option role_allow_options[] = {
	{ "--if", "CONDITION", "only when this is true: docs/access.md", false },
	ROLE_OF_ORG,
	{ NULL, NULL, NULL, false },
};

const struct option role_grant_options[] = {
	{ "--until", "TIME", "until then, as in 2027-01-31T12:00:00Z", false },
	{ "--org", "ORG", "to a member of this organisation, there alone", false },
	{ NULL, NULL, NULL, false },
};

const struct option role_revoke_options[] = {
	{ "--org", "ORG", "from a member of this organisation, there alone", false },
	{ NULL, NULL, NULL, false },
};

const struct option org_grant_options[] = {
	{ "--until", "TIME", "until then, as in 2027-01-31T12:00:00Z", false },
	{ NULL, NULL, NULL, false },
};

const struct option org_add_options[] = {
	{ "--owner", "WHO", "who keeps it; nobody unless said", false },
	{ "--slug", "SLUG", "the name as in a URL; made of NAME unless said", false },
	{ "--seats", "N", "so many members at most", false },
	{ NULL, NULL, NULL, false },
};

const struct option org_edit_options[] = {
	{ "--name", "NAME", "another name", false },
	{ "--slug", "SLUG", "another name as in a URL", false },
	{ "--seats", "N", "so many members at most; 0: no limit", false },
	{ "--metadata", "JSON", "an object to merge into its metadata (RFC 7396)", false },
	{ NULL, NULL, NULL, false },
};

const struct option org_list_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many (1000)", false },
	{ "--after", "ID", "those after this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option org_join_options[] = {
	{ "--role", "ROLE", "to be this there (org-member)", false },
	{ "--until", "TIME", "to be that until then, as in 2027-01-31T12:00:00Z", false },
	{ NULL, NULL, NULL, false },
};

const struct option domain_options[] = {
	{ "--auto-join", "yes|no", "who has a confirmed address there joins by signing in", false },
	{ NULL, NULL, NULL, false },
};

#define INVITATION_LINK \
	{ \
		"--show-link", NULL, "print the link, too; then it proves no address", false \
	}

const struct option invitation_add_options[] = {
	{ "--role", "ROLE", "to be this in the org (org-member)", false },
	{ "--until", "TIME", "open until then, 30 days at most (7 days)", false },
	INVITATION_LINK,
	{ NULL, NULL, NULL, false },
};

const struct option invitation_resend_options[] = {
	INVITATION_LINK,
	{ NULL, NULL, NULL, false },
};

const struct option waitlist_list_options[] = {
	{ "--state", "STATE", "only waiting, invited, refused, joined or unconfirmed", false },
	{ "--limit", "N", "at most so many (50)", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

const struct option user_invite_options[] = {
	{ "--name", "N", "the name to greet", false },
	{ "--lang", "LANG", "the language of the mail, as de or de-AT", false },
	{ NULL, NULL, NULL, false },
};

const struct option user_invitations_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many, the newest (200)", false },
	{ "--after", "ID", "those made before this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option described_options[] = {
	{ "--description", "TEXT", "what it is for", false },
	{ NULL, NULL, NULL, false },
};

const struct option limit_edit_options[] = {
	{ "--name", "NAME", "another name", false },
	{ "--count", "N", "so many requests", false },
	{ "--seconds", "S", "in so many seconds", false },
	{ "--description", "TEXT", "what it is for", false },
	{ NULL, NULL, NULL, false },
};

const struct option limit_target_options[] = {
	{ "--user", "WHO", "for this user", false },
	{ "--org", "ID", "for this organisation", false },
	{ "--key", "ID", "for this API key", false },
	{ "--network", "NET", "for this address or network", false },
	{ "--route", "ROUTE", "at this route only, such as \"POST /auth/login\"", false },
	{ NULL, NULL, NULL, false },
};

const struct option limit_count_options[] = {
	{ "--user", "WHO", "of this user", false },
	{ "--org", "ID", "of this organisation", false },
	{ "--key", "ID", "of this API key", false },
	{ "--network", "ADDRESS", "of the network of this address", false },
	{ "--route", "ROUTE", "of this route", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

const struct option guard_explain_options[] = {
	{ "--as", "WHO", "somebody who is signed in; else somebody who is not", false },
	{ "--method", "METHOD", "of the request, GET unless given", false },
	{ "--from", "ADDRESS", "where it comes from, 127.0.0.1 unless given", false },
	{ "--mfa", "MINUTES", "as if signed in with a second factor so long ago", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL },
};

const struct option guard_add_options[] = {
	{ "--position", "N", "where in the order; else behind all others", false },
	{ "--description", "TEXT", "what it is for", false },
	{ NULL, NULL, NULL, false },
};

const struct option group_list_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many (1000)", false },
	{ "--after", "NAME", "those whose names come after this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option group_show_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many members (1000)", false },
	{ "--after", "ID", "the members after this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option group_delete_options[] = {
	{ "--yes", NULL, "do not ask", false },
	{ NULL, NULL, NULL, false },
};

const struct option impersonation_list_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--admin", "WHO", "those by this user", false },
	{ "--user", "WHO", "those in this user's name", false },
	{ "--limit", "N", "at most so many, the newest (200)", false },
	{ "--after", "ID", "those begun before this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option session_list_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many, the newest (200)", false },
	{ NULL, NULL, NULL, false },
};

const struct option session_revoke_options[] = {
	{ "--user", "WHO", "all sessions of this user", false },
	{ "--all", NULL, "all sessions of everybody", false },
	{ NULL, NULL, NULL, false },
};

const struct option apikey_create_options[] = {
	{ "--user", "WHO", "a key of this user's", false },
	{ "--service", NULL, "a key of no user's", false },
	{ "--scope", "PERMISSION", "what it may do, such as posts:read", true },
	{ "--network", "NETWORK", "an address or network it may come from; else from anywhere",
	    true },
	{ "--until", "TIME", "until then, as in 2027-01-31T12:00:00Z; else apikey.life_s", false },
	{ "--org", "ID", "the org that it acts in", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

const struct option apikey_rotate_options[] = {
	{ "--overlap", "SECONDS", "how long the old one lives on (0; at most 30 days)", false },
	{ "--until", "TIME", "until then, as in 2027-01-31T12:00:00Z", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

const struct option apikey_list_options[] = {
	{ "--service", NULL, "only those of no user's", false },
	{ "--archived", NULL, "those revoked and expired instead", false },
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many (1000)", false },
	{ "--after", "ID", "those made before this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option apikey_usage_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--days", "N", "the last so many days (30)", false },
	{ NULL, NULL, NULL, false },
};

const struct option apikey_verify_options[] = {
	{ "--permission", "PERMISSION", "may it do this?", false },
	{ "--address", "ADDRESS", "may it come from there?", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

/* What rows of the audit log one may look for. */
#define AUDIT_FILTERS \
	{ "--action", "A", "role.assigned; or role. for all that begin so", false }, \
	    { "--user", "WHO", "done by this user: an id, an address or a username", false }, \
	    { "--on-behalf-of", "WHO", "done in the name of this user", false }, \
	    { "--key", "ID", "by this API key", false }, { "--org", "ID", "in this org", false }, \
	    { "--object-type", "TYPE", "to something of this type, such as role", false }, \
	    { "--object", "ID", "to this", false }, \
	    { "--address", "IP", "from this address", false }, \
	    { "--from", "TIME", "since then, as in 2027-01-31T12:00:00Z", false }, \
	    { "--to", "TIME", "before that", false }, \
	{ \
		"--search", "WORDS", "with all of up to 6 words in it", false \
	}

const struct option audit_list_options[] = {
	AUDIT_FILTERS,
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many, the newest (50)", false },
	{ "--after", "ROW", "those older than this one", false },
	{ NULL, NULL, NULL, false },
};

const struct option audit_export_options[] = {
	AUDIT_FILTERS,
	{ "--format", "F", "ndjson (what is usual) or csv", false },
	{ NULL, NULL, NULL, false },
};

const struct option audit_attempts_options[] = {
	{ "--user", "WHO", "only to sign in as this user", false },
	{ "--success", "BOOL", "only those that worked (true) or did not (false)", false },
	{ "--address", "IP", "only from this address", false },
	{ "--from", "TIME", "since then, as in 2027-01-31T12:00:00Z", false },
	{ "--to", "TIME", "before that", false },
	{ "--json", NULL, "print JSON", false },
	{ "--limit", "N", "at most so many, the newest (50)", false },
	{ "--after", "NEXT", "where the list before ended", false },
	{ NULL, NULL, NULL, false },
};

const struct option audit_verify_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--head", "FILE", "a head kept elsewhere, or a file with one a line", false },
	{ NULL, NULL, NULL, false },
};

const struct option audit_stats_options[] = {
	{ "--json", NULL, "print JSON, by day too", false },
	{ "--from", "DAY", "as in 2027-01-31 (29 days before the other)", false },
	{ "--to", "DAY", "the last day (today)", false },
	{ NULL, NULL, NULL, false },
};

const struct option mail_list_options[] = {
	{ "--state", "STATE", "only what is queued, sending, sent or dead", false },
	{ "--limit", "N", "at most so many (50)", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false },
};

const struct option mail_preview_options[] = {
	{ "--lang", "LANG", "in this language, as de or de-AT", false },
	{ "--html", NULL, "the HTML instead of the text", false },
	{ "--set", "NAME=VALUE", "what fills the hole NAME", true },
	{ NULL, NULL, NULL, false },
};

const struct option mail_test_options[] = {
	{ "--lang", "LANG", "in this language, as de or de-AT", false },
	{ "--no-wait", NULL, "do not wait for the courier", false },
	{ NULL, NULL, NULL, false },
};

const struct option webhook_list_options[] = {
	{ "--json", NULL, "print JSON", false },
	{ "--org", "ORG", "only those of this organisation", false },
	{ NULL, NULL, NULL, false },
};

const struct option webhook_add_options[] = {
	{ "--event", "EVENT", "which events", true },
	{ "--org", "ORG", "only those of this organisation, which it belongs to", false },
	{ "--description", "TEXT", "for people", false },
	{ NULL, NULL, NULL, false },
};

const struct option webhook_edit_options[] = {
	{ "--url", "URL", "where to", false },
	{ "--event", "EVENT", "which events from now on, instead of those so far", true },
	{ "--description", "TEXT", "for people", false },
	{ "--enabled", "BOOL", "whether events are told", false },
	{ NULL, NULL, NULL, false },
};

const struct option webhook_rotate_options[] = {
	{ "--overlap", "SECONDS", "how long the old secret signs as well (86400)", false },
	{ NULL, NULL, NULL, false },
};

const struct option webhook_test_options[] = {
	{ "--no-wait", NULL, "only queue it", false },
	{ NULL, NULL, NULL, false },
};

const struct option migrate_options[] = {
	{ "--unproved", NULL, "although the audit log does not prove", false },
	{ NULL, NULL, NULL, false },
};
