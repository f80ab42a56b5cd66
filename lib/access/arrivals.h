/* How requests arrive, counted: what "yett doctor" tells a proxy or a site.url by that is not set
 * right. */
#ifndef ACCESS_ARRIVALS_H
#define ACCESS_ARRIVALS_H

#include <stdint.h>

#include "base/conf.h"
#include "http/request.h"

#define ARRIVALS_HOST_SIZE 128
#define ARRIVALS_PEER_SIZE 64

struct arrivals;

/* Of the last thousand or so. Anybody may send what counts here: these are hints, good for nothing
 * else. */
struct arrivals_seen {
	uint32_t total;
	uint32_t own_host; /* asked for the host of site.url */
	uint32_t tls;      /* came to the web server, or the proxy before it, by TLS */
	uint32_t plain;    /* surely did not */
	uint32_t untold;   /* through a proxy that http.proxies does not name */
	uint32_t silent;   /* through one that it names, and that does not say for whom */
	char host[ARRIVALS_HOST_SIZE]; /* the last other host that was asked for */
	char peer[ARRIVALS_PEER_SIZE]; /* the last such proxy */
};

/**
 * arrivals_open(path, ret_arrivals), arrivals_close(a):
 * The counts in the file ${path}, made when it is not there, which all programs share. Closing
 * takes NULL, too. Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err arrivals_open(const char *path, struct arrivals **ret_arrivals);
void arrivals_close(struct arrivals *a);

/**
 * arrivals_note(a, conf, r):
 * Count ${r}, whose head has been read.
 */
void arrivals_note(struct arrivals *a, const struct conf *conf, const struct req *r);

/**
 * arrivals_look(a, ret_seen):
 * What was counted.
 */
void arrivals_look(struct arrivals *a, struct arrivals_seen *ret_seen);

#endif
