/* Whether a file is a sound database of Yett. */
#ifndef YETT_INSPECT_H
#define YETT_INSPECT_H

#include "tool.h"

/**
 * inspect_version(path, ret_version):
 * The version of the database ${path}, which exists.
 * Errors: ERR_DB when it is no database.
 */
MUST_USE enum err inspect_version(const char *path, int64_t *ret_version);

/**
 * inspect_content(t, path, ret_report), inspect_schema(t, path, ret_report):
 * Is the database ${path} sound; and are its tables those of this program's version? "ok", or what
 * is wrong. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err inspect_content(struct tool *t, const char *path, const char **ret_report);
MUST_USE enum err inspect_schema(struct tool *t, const char *path, const char **ret_report);

#endif
