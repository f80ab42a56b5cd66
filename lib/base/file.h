/* Small files that only we may read. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/err.h"

/**
 * file_create(path, bytes, len):
 * Make ${path}, mode 0600, with ${len} ${bytes}, whole and on disk or not at all.
 * Errors: ERR_TAKEN when it is there already; ERR_IO.
 */
MUST_USE enum err file_create(const char *path, const void *bytes, size_t len);

/**
 * file_read_private(path, ret_bytes, size, ret_len):
 * Read ${path}, ${size} bytes at most.
 * Errors: ERR_NOT_FOUND; ERR_CRYPTO when it is not a plain file, or group or others may use it;
 * ERR_TOO_LARGE; ERR_IO.
 */
MUST_USE enum err
file_read_private(const char *path, void *ret_bytes, size_t size, size_t *ret_len);

/**
 * file_map(path, len, ret_map):
 * Map the first ${len} bytes of ${path}, made with mode 0600 when absent, for all processes to
 * share; zeros where it had none. Growing a file that is long enough changes nothing, so many may
 * do this at once. End with munmap(). Errors: ERR_IO.
 */
MUST_USE enum err file_map(const char *path, size_t len, void **ret_map);

#endif
