/* libcurl, loaded by the process that speaks to a server. */
#include "proto/libcurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct libcurl lib;
static enum err result = ERR_NOT_FOUND;

/* Put the function ${name} at ${to}: ISO C has no cast for that, POSIX has its bytes copied. */
static bool
find(void *handle, const char *name, void *to)
{
	void *address = dlsym(handle, name);

	memcpy(to, &address, sizeof address);
	return (address != NULL);
}

static void
end(void)
{

	lib.global_cleanup();
}

static void
load(void)
{
	/* The names stand for its interface, whichever library for TLS it was built with. */
	void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL)
		handle = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL || !find(handle, "curl_global_init", &lib.global_init) ||
	    !find(handle, "curl_global_cleanup", &lib.global_cleanup) ||
	    !find(handle, "curl_easy_init", &lib.easy_init) ||
	    !find(handle, "curl_easy_setopt", &lib.easy_setopt) ||
	    !find(handle, "curl_easy_perform", &lib.easy_perform) ||
	    !find(handle, "curl_easy_getinfo", &lib.easy_getinfo) ||
	    !find(handle, "curl_easy_strerror", &lib.easy_strerror) ||
	    !find(handle, "curl_easy_cleanup", &lib.easy_cleanup) ||
	    !find(handle, "curl_slist_append", &lib.slist_append) ||
	    !find(handle, "curl_slist_free_all", &lib.slist_free_all))
		return;
	result = ERR_INTERNAL;
	if (lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && atexit(end) == 0)
		result = ERR_OK;
}

enum err
libcurl_load(const struct libcurl **ret_lib)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (result == ERR_OK)
		*ret_lib = &lib;
	return (result);
}

CURLcode
libcurl_leave_quickly(const struct libcurl *l, CURL *c)
{
	CURLcode code = CURLE_OK;

#if LIBCURL_VERSION_NUM >= 0x075700
	code = l->easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
#else
	(void)l;
	(void)c;
#endif
	/* What is there now may be older than what we were built with. */
	return (code == CURLE_UNKNOWN_OPTION ? CURLE_OK : code);
}
