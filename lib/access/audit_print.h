/* Rows of the audit log as they leave the site. */
#ifndef ACCESS_AUDIT_PRINT_H
#define ACCESS_AUDIT_PRINT_H

#include "http/json.h"
#include "store/audit.h"

/**
 * audit_print_json(row, a):
 * ${row} as a JSON object. Owned by ${a}; NULL when it is full.
 */
char *audit_print_json(const struct audit_row *row, struct arena *a);

/**
 * audit_print_titles(a), audit_print_csv(row, a):
 * A line of CSV: the names of its columns; ${row}. Every field is quoted; what a spreadsheet would
 * take for a formula begins with an apostrophe. Owned by ${a}; NULL when it is full.
 * Source: RFC 4180; OWASP CSV Injection.
 */
char *audit_print_titles(struct arena *a);
char *audit_print_csv(const struct audit_row *row, struct arena *a);

#endif
