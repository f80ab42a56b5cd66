/* Who is on the list, for who may see that; for a browser the page to ask by. */
#ifndef WAITLIST_LIST_H
#define WAITLIST_LIST_H

#include "http/request.h"

MUST_USE enum err list_get(struct req *r);

#endif
