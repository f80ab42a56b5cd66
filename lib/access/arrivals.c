/* How requests arrive, counted: what "yett doctor" tells a proxy or a site.url by that is not set
 * right. */
#include "access/arrivals.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "base/address.h"
#include "base/file.h"
#include "base/text.h"

/* All counts are halved when there are so many: what was mended is forgotten within some thousands
 * of requests. */
#define TOTAL_MAX 2048
/* From so many on, one in a few tells enough. */
#define TOTAL_ENOUGH 512
#define EVERY 16

enum { TOTAL, OWN_HOST, TLS, PLAIN, UNTOLD, SILENT, COUNTS };

struct map {
	_Atomic uint32_t counts[COUNTS];
	atomic_flag writing; /* one of the texts; who finds it so does not write */
	char host[ARRIVALS_HOST_SIZE];
	char peer[ARRIVALS_PEER_SIZE];
};

struct arrivals {
	struct map *map;
};

enum err
arrivals_open(const char *path, struct arrivals **ret_arrivals)
{
	struct arrivals *a;
	void *map;
	enum err e;

	if ((e = file_map(path, sizeof(struct map), &map)) != ERR_OK)
		return (e);
	if ((a = calloc(1, sizeof *a)) == NULL) {
		munmap(map, sizeof(struct map));
		return (ERR_NOMEM);
	}
	a->map = map;
	*ret_arrivals = a;
	return (ERR_OK);
}

void
arrivals_close(struct arrivals *a)
{

	if (a == NULL)
		return;
	munmap(a->map, sizeof *a->map);
	free(a);
}

/* Keep the beginning of ${text}, printable ASCII only. */
static void
keep_text(struct map *m, char *to, size_t size, const char *text)
{
	size_t i;

	if (atomic_flag_test_and_set(&m->writing))
		return;
	for (i = 0; i + 1 < size && text[i] != '\0'; i++)
		to[i] = (char)(text[i] > 0x20 && text[i] < 0x7f ? text[i] : '?');
	to[i] = '\0';
	atomic_flag_clear(&m->writing);
}

/* Does ${host} mean that of ${url}? Browsers leave the usual port out, and nginx, as Debian has it,
 * any. */
static bool
is_host_of(const char *host, const char *url)
{
	const char *own = strstr(url, "://") + strlen("://");
	const char *usual = text_starts(url, "https") ? ":443" : ":80", *port = strrchr(own, ':');
	const size_t len = strlen(own);

	if (host == NULL)
		return (false);
	if (port != NULL && port[strcspn(port, "]")] == '\0' &&
	    strlen(host) == (size_t)(port - own) &&
	    strncasecmp(host, own, (size_t)(port - own)) == 0)
		return (true);
	return (strncasecmp(host, own, len) == 0 &&
	        (host[len] == '\0' || strcmp(host + len, usual) == 0));
}

/* How it came to the first of us that spoke with the visitor: TLS, PLAIN, or TOTAL: nobody says. */
static int
way_of(const struct req *r)
{
	const char *proto = r->x_forwarded_proto;

	if (proto != NULL)
		return (strncasecmp(proto, "https", 5) == 0 ? TLS : PLAIN);
	if (r->forwarded != NULL && (proto = strcasestr(r->forwarded, "proto=")) != NULL) {
		proto += strlen("proto=");
		return (strncasecmp(proto + (*proto == '"'), "https", 5) == 0 ? TLS : PLAIN);
	}
	if (r->https != NULL && r->https[0] != '\0' && strcasecmp(r->https, "off") != 0)
		return (TLS);
	return (r->x_forwarded_for != NULL || r->forwarded != NULL ? TOTAL : PLAIN);
}

/* Is the last hop that ${forwarded} names ${peer} itself? Caddy says so of who comes to it
 * directly. */
static bool
names_peer(const char *forwarded, const char *peer)
{
	const char *last;

	if (forwarded == NULL)
		return (false);
	last = strrchr(forwarded, ',') != NULL ? strrchr(forwarded, ',') + 1 : forwarded;
	return (strcmp(last + strspn(last, " \t"), peer) == 0);
}

/* What is odd about the proxy that it came through: UNTOLD, SILENT, or TOTAL: nothing. */
static int
fault_of(const struct conf *c, const struct req *r)
{
	const char *said = c->http_forwarded ? r->forwarded : r->x_forwarded_for;

	if (address_in(r->peer_addr, c->http_proxies))
		return (said != NULL ? TOTAL : SILENT);
	if (names_peer(r->x_forwarded_for, r->peer_addr))
		return (TOTAL);
	return (r->x_forwarded_for != NULL || r->forwarded != NULL ? UNTOLD : TOTAL);
}

static void
halve(struct map *m)
{
	int i;

	for (i = 0; i < COUNTS; i++)
		atomic_store(&m->counts[i], atomic_load(&m->counts[i]) / 2);
}

void
arrivals_note(struct arrivals *a, const struct conf *conf, const struct req *r)
{
	static _Thread_local unsigned int passed_over;
	struct map *m = a->map;
	int way, fault;

	if (atomic_load(&m->counts[TOTAL]) >= TOTAL_ENOUGH && ++passed_over % EVERY != 0)
		return;
	way = way_of(r);
	fault = fault_of(conf, r);
	if (is_host_of(r->host, conf->site_url))
		atomic_fetch_add(&m->counts[OWN_HOST], 1);
	else
		keep_text(m, m->host, sizeof m->host, r->host != NULL ? r->host : "");
	if (way != TOTAL)
		atomic_fetch_add(&m->counts[way], 1);
	if (fault != TOTAL) {
		atomic_fetch_add(&m->counts[fault], 1);
		keep_text(m, m->peer, sizeof m->peer, r->peer_addr);
	}
	if (atomic_fetch_add(&m->counts[TOTAL], 1) + 1 >= TOTAL_MAX)
		halve(m);
}

void
arrivals_look(struct arrivals *a, struct arrivals_seen *ret_seen)
{
	const struct map *m = a->map;

	*ret_seen = (struct arrivals_seen){ .total = atomic_load(&m->counts[TOTAL]),
		.own_host = atomic_load(&m->counts[OWN_HOST]),
		.tls = atomic_load(&m->counts[TLS]),
		.plain = atomic_load(&m->counts[PLAIN]),
		.untold = atomic_load(&m->counts[UNTOLD]),
		.silent = atomic_load(&m->counts[SILENT]) };
	memcpy(ret_seen->host, m->host, sizeof ret_seen->host - 1);
	memcpy(ret_seen->peer, m->peer, sizeof ret_seen->peer - 1);
}
