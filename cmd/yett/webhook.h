/* What the files of yett webhook share. */
#ifndef YETT_WEBHOOK_H
#define YETT_WEBHOOK_H

#include "access/webhook.h"
#include "tool.h"

/**
 * webhook_missing(id):
 * Say that there is no such webhook. The exit status.
 */
int webhook_missing(const char *id);

#endif
