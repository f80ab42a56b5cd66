/* What yett doctor reads from how requests arrive: what a set-up behind a proxy gets wrong. */
#include <unistd.h>

#include "access/arrivals.h"
#include "base/address.h"
#include "base/text.h"
#include "doctor.h"

static const char name[] = "requests";

/* Is it so with most of them? One stranger's odd request is no news. */
static bool
is_most(uint32_t count, const struct arrivals_seen *seen)
{

	return (count > seen->total / 2);
}

static void
check_host(struct doctor *d, const struct arrivals_seen *seen)
{
	const struct conf *c = &d->tool->conf;
	const char *scheme = seen->tls > 0 || conf_is_https(c) ? "https" : "http";

	if (seen->own_host > 0 || seen->host[0] == '\0')
		return;
	doctor_say(d, FINDING_WARN, name,
	    "none asked for the host of site.url = %s; the last asked for %s. If browsers show "
	    "that name, set site.url = %s://%s; if a proxy puts it there, have it pass the Host "
	    "that it was asked for",
	    c->site_url, seen->host, scheme, seen->host);
}

static void
check_tls(struct doctor *d, const struct arrivals_seen *seen)
{
	const struct conf *c = &d->tool->conf;

	if (is_most(seen->tls, seen) && !conf_is_https(c))
		doctor_say(d, FINDING_WARN, name,
		    "they come by TLS, but site.url = %s: set it to https://, or the cookie is "
		    "not Secure, and tokens name the wrong issuer",
		    c->site_url);
	if (is_most(seen->plain, seen) && conf_is_https(c))
		doctor_say(d, FINDING_WARN, name,
		    "they come without TLS, but site.url = %s: browsers keep no cookie so. Send "
		    "http:// on to https://; where a proxy does TLS, have it set "
		    "X-Forwarded-Proto",
		    c->site_url);
}

static void
check_proxy(struct doctor *d, const struct arrivals_seen *seen)
{
	const struct conf *c = &d->tool->conf;

	if (is_most(seen->untold, seen))
		doctor_say(d, FINDING_WARN, name,
		    "they come through %s, which http.proxies does not name: all visitors count as "
		    "that one, for limits, for the log and for bans. If it is your proxy, set "
		    "http.proxies = %s%s%s",
		    seen->peer, c->http_proxies, c->http_proxies[0] != '\0' ? " " : "", seen->peer);
	if (is_most(seen->silent, seen))
		doctor_say(d, FINDING_WARN, name,
		    "they come through %s of http.proxies, which does not say for whom in %s: all "
		    "visitors count as that one. Have it set that header, or set http.forwarded = "
		    "%s if it sets the other",
		    seen->peer, c->http_forwarded ? "Forwarded" : "X-Forwarded-For",
		    c->http_forwarded ? "no" : "yes");
}

/* Who is believed by his word alone? */
static void
check_trust(struct doctor *d)
{
	const struct conf *c = &d->tool->conf;

	/* Addresses for documentation, which nobody has: who trusts both kinds trusts anybody. */
	if (address_in("192.0.2.1", c->http_proxies) || address_in("2001:db8::1", c->http_proxies))
		doctor_say(d, FINDING_FAIL, "http.proxies",
		    "%s is so wide that anybody may say that he comes from anywhere: name only "
		    "the proxies",
		    c->http_proxies);
}

void
doctor_check_arrivals(struct doctor *d)
{
	const char *path = tool_path(d->tool, "arrivals.map");
	const unsigned int before = d->count[FINDING_WARN];
	struct arrivals *a = NULL;
	struct arrivals_seen seen;

	check_trust(d);
	if (path == NULL || access(path, F_OK) != 0 || arrivals_open(path, &a) != ERR_OK) {
		doctor_say(d, FINDING_OK, name,
		    "none has come yet: run this again when somebody has opened the site");
		return;
	}
	arrivals_look(a, &seen);
	arrivals_close(a);
	check_host(d, &seen);
	check_tls(d, &seen);
	check_proxy(d, &seen);
	if (d->count[FINDING_WARN] == before)
		doctor_say(d, FINDING_OK, name,
		    "of the last %u, %u asked for site.url, and they arrive as it says",
		    (unsigned int)seen.total, (unsigned int)seen.own_host);
}
