/* Orgs themselves: made, read, changed, dropped. */
#ifndef ORGS_ORGS_H
#define ORGS_ORGS_H

#include "http/request.h"

MUST_USE enum err orgs_get(struct req *r);

#endif
