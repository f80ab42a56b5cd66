/* What a query asks of the log. */
#ifndef AUDIT_FILTER_H
#define AUDIT_FILTER_H

#include "access/audit_find.h"
#include "http/request.h"

#define FILTER_LIMIT_USUAL 50
#define FILTER_LIMIT_MAX 200

/* All that a query may say; a program takes what its route has. */
struct query {
	struct audit_filter filter;
	const char *q;
	int64_t limit;
	int64_t before; /* seq; INT64_MAX: from the newest on */
	bool csv;
	const char *names; /* of the filters in use, separated by spaces */
};

/**
 * filter_read(r, paged, ret_query):
 * Read the query of ${r}: the filters and, when it is ${paged}, limit and after, else format.
 * Errors: ERR_FIELDS for what is unknown, repeated or malformed; ERR_SYNTAX, ERR_NOMEM.
 */
MUST_USE enum err filter_read(struct req *r, bool paged, struct query *ret_query);

#endif
