/* What the options of a command ask of the audit log. */
#ifndef YETT_AUDIT_FILTER_H
#define YETT_AUDIT_FILTER_H

#include "access/audit_find.h"
#include "tool.h"

/**
 * audit_filter_read(t, ret_filter):
 * The filter that the options say; the store must be open. 0, or the exit status, all said.
 */
int audit_filter_read(struct tool *t, struct audit_filter *ret_filter);

#endif
