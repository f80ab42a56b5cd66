/* Rows of the log, a page at a time or all in one stream. */
#ifndef AUDIT_LIST_H
#define AUDIT_LIST_H

#include "http/request.h"

MUST_USE enum err list_get(struct req *r);
MUST_USE enum err list_get_one(struct req *r);
MUST_USE enum err list_export(struct req *r);

#endif
