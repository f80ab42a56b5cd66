/* libcurl, loaded by the process that speaks to a server: it brings some thirty libraries, which
 * are 4 MB of a process that only waits. */
#ifndef PROTO_LIBCURL_H
#define PROTO_LIBCURL_H

#include <curl/curl.h>

#include "base/err.h"

/* What we use of it, each as curl_NAME in <curl/curl.h>. */
struct libcurl {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_global_cleanup) *global_cleanup;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
};

/**
 * libcurl_load(ret_lib):
 * Load and set it up with the first call, from whatever thread; it stays until the process ends.
 * Errors: ERR_NOT_FOUND when there is none that has all of this; ERR_INTERNAL.
 */
MUST_USE enum err libcurl_load(const struct libcurl **ret_lib);

/**
 * libcurl_leave_quickly(lib, c):
 * Have ${c} not wait for the thread that looks up a name when its time is over, or we must go: that
 * may take half a minute. Before libcurl 7.87 it waits all the same.
 */
CURLcode libcurl_leave_quickly(const struct libcurl *lib, CURL *c);

#endif
