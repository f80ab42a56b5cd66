/* yett audit: the options of its commands. */
#include "commands.h"

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
