/* Telling an event to a server, by libcurl. */
#include "proto/webhook_post.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "access/webhook_url.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/text.h"
#include "cred/whsec.h"
#include "proto/libcurl.h"

#ifndef VERSION
#define VERSION "0"
#endif

#define ANSWER_MAX 16384 /* bytes of its head, and of its body: of more nobody reads the rest */

struct webhook_post {
	const struct conf *conf;
	const struct libcurl *lib;
	CURL *curl;
	int (*is_stopping)(void);

	/* Of the event that is being told. */
	bool of_org, is_https;
	bool is_private;     /* an address was not connected with */
	bool is_handed_over; /* only the answer is missing */
	size_t head_len, body_len;
	char error[CURL_ERROR_SIZE];
};

/* struct curl_sockaddr has less room in its last member than was allocated. */
static void
print_address(const struct curl_sockaddr *a, char ret_text[static ADDRESS_SIZE])
{
	const size_t len =
	    a->family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

	ret_text[0] = '\0';
	if (a->addrlen >= len)
		address_of((const char *)a + offsetof(struct curl_sockaddr, addr), ret_text);
}

static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct webhook_post *p = arg;
	char text[ADDRESS_SIZE];

	(void)purpose;
	print_address(address, text);
	if (webhook_url_may_reach(p->conf, p->of_org, p->is_https, text))
		return (
		    socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol));
	p->is_private = true;
	return (CURL_SOCKET_BAD);
}

static size_t
on_head(char *bytes, size_t size, size_t count, void *arg)
{
	struct webhook_post *p = arg;

	(void)bytes;
	p->head_len += size * count;
	return (p->head_len > ANSWER_MAX ? 0 : size * count);
}

static size_t
on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct webhook_post *p = arg;

	(void)bytes;
	p->body_len += size * count;
	return (p->body_len > ANSWER_MAX ? 0 : size * count);
}

static int
on_progress(void *arg, curl_off_t down_max, curl_off_t down, curl_off_t up_max, curl_off_t up)
{
	struct webhook_post *p = arg;

	(void)down_max;
	(void)down;
	p->is_handed_over = up_max > 0 && up == up_max;
	return (p->is_stopping() > p->is_handed_over);
}

static CURLcode
set_security(struct webhook_post *p)
{
	const struct libcurl *lib = p->lib;
	CURL *c = p->curl;
	CURLcode code;

	if ((code = lib->easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https")) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_PROXY, "")) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_OPENSOCKETDATA, p)) != CURLE_OK ||
	    /* One that was open for the site might lead where an organisation's must not. */
	    (code = lib->easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_FORBID_REUSE, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, 0L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)) !=
	        CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L)) != CURLE_OK)
		return (code);
	if (p->conf->webhook_ca[0] == '\0')
		return (CURLE_OK);
	if ((code = lib->easy_setopt(c, CURLOPT_CAINFO, p->conf->webhook_ca)) != CURLE_OK)
		return (code);
	return (lib->easy_setopt(c, CURLOPT_CAPATH, NULL));
}

static CURLcode
set_up(struct webhook_post *p)
{
	const long timeout_ms = (long)p->conf->webhook_timeout_s * 1000;
	const struct libcurl *lib = p->lib;
	CURL *c = p->curl;
	CURLcode code;

	if ((code = lib->easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) != CURLE_OK ||
	    (code = libcurl_leave_quickly(lib, c)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_TIMEOUT_MS, timeout_ms)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_USERAGENT, "Yett/" VERSION)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1)) !=
	        CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_HEADERDATA, p)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_WRITEDATA, p)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_XFERINFODATA, p)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_NOPROGRESS, 0L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_ERRORBUFFER, p->error)) != CURLE_OK)
		return (code);
	return (set_security(p));
}

enum err
webhook_post_new(const struct conf *c, int (*is_stopping)(void), struct webhook_post **ret_post)
{
	struct webhook_post *p = calloc(1, sizeof *p);

	if (p == NULL)
		return (ERR_NOMEM);
	p->conf = c;
	p->is_stopping = is_stopping;
	*ret_post = p;
	return (ERR_OK);
}

void
webhook_post_free(struct webhook_post *p)
{

	if (p == NULL)
		return;
	if (p->curl != NULL)
		p->lib->easy_cleanup(p->curl);
	free(p);
}

/* libcurl, with the first event; NULL, or why there is none. */
static const char *
begin(struct webhook_post *p)
{

	if (p->curl != NULL)
		return (NULL);
	if (libcurl_load(&p->lib) != ERR_OK)
		return ("libcurl cannot be loaded");
	if ((p->curl = p->lib->easy_init()) != NULL && set_up(p) == CURLE_OK)
		return (NULL);
	if (p->curl != NULL)
		p->lib->easy_cleanup(p->curl);
	p->curl = NULL;
	return ("libcurl cannot be used");
}

static bool
add_header(const struct libcurl *lib, struct curl_slist **list, const char *name, const char *value)
{
	char line[256];
	struct curl_slist *longer;

	if ((size_t)snprintf(line, sizeof line, "%s: %s", name, value) >= sizeof line ||
	    (longer = lib->slist_append(*list, line)) == NULL)
		return (false);
	*list = longer;
	return (true);
}

/* The header fields of Standard Webhooks. */
static enum err
make_headers(
    const struct webhook_post *p, const struct webhook_event *ev, struct curl_slist **ret_list)
{
	char signatures[2 * WHSEC_SIGNATURE_SIZE] = "", at[32];
	const int64_t at_s = ev->now / 1000;
	const size_t len = strlen(ev->payload);
	enum err e;

	if ((e = whsec_sign(ev->secret, ev->id, at_s, ev->payload, len, signatures)) != ERR_OK)
		return (e);
	if (ev->old_secret != NULL) {
		char *end = signatures + strlen(signatures);

		*end = ' ';
		if ((e = whsec_sign(ev->old_secret, ev->id, at_s, ev->payload, len, end + 1)) !=
		    ERR_OK)
			return (e);
	}
	snprintf(at, sizeof at, "%lld", (long long)at_s);
	if (add_header(p->lib, ret_list, "content-type", "application/json") &&
	    add_header(p->lib, ret_list, "webhook-id", ev->id) &&
	    add_header(p->lib, ret_list, "webhook-timestamp", at) &&
	    add_header(p->lib, ret_list, "webhook-signature", signatures) &&
	    add_header(p->lib, ret_list, "expect", ""))
		return (ERR_OK);
	return (ERR_NOMEM);
}

/* What went wrong, as an organisation may know it: whether its name leads nowhere, into a private
 * network, or to where nobody listens is all the same. */
static const char *
print_kind(CURLcode code)
{

	if (code == CURLE_OPERATION_TIMEDOUT)
		return ("no answer in time");
	if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
	    code == CURLE_SSL_ISSUER_ERROR)
		return ("TLS failed, or the certificate is wrong");
	if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT)
		return ("no connection");
	return ("the connection failed before there was an answer");
}

/* What ${code} and the status mean. */
static void
judge(const struct webhook_post *p, CURLcode code, struct webhook_answer *a)
{
	char text[64];

	/* More than we read of it: what it said with its status counts. */
	if (code == CURLE_WRITE_ERROR && p->head_len <= ANSWER_MAX && p->body_len > ANSWER_MAX)
		code = CURLE_OK;
	if (code == CURLE_ABORTED_BY_CALLBACK) {
		transport_explain(&a->result, TRANSPORT_STOPPED, "");
	} else if (code == CURLE_COULDNT_CONNECT && p->is_private) {
		transport_explain(&a->result, TRANSPORT_LATER,
		    p->is_https ? "it leads into a private network, or to this machine"
		                : "http:// leads to an address that [webhook] private does not "
		                  "name");
	} else if (code == CURLE_WRITE_ERROR) {
		transport_explain(
		    &a->result, TRANSPORT_LATER, "the head of the answer is too long");
	} else if (code != CURLE_OK) {
		transport_explain(&a->result, TRANSPORT_LATER,
		    p->error[0] != '\0' ? p->error : p->lib->easy_strerror(code));
	} else if (a->http_status >= 200 && a->http_status <= 299) {
		transport_explain(&a->result, TRANSPORT_SENT, "");
	} else if (a->http_status == 410) {
		transport_explain(&a->result, TRANSPORT_REFUSED, "410: nobody wants it any more");
	} else {
		snprintf(text, sizeof text, "the answer was %lld%s", (long long)a->http_status,
		    a->http_status >= 300 && a->http_status <= 399 ? ": redirects are not followed"
		                                                   : "");
		transport_explain(&a->result, TRANSPORT_LATER, text);
	}
	snprintf(a->told, sizeof a->told, "%s",
	    p->of_org && code != CURLE_OK && a->result.end == TRANSPORT_LATER ? print_kind(code)
	                                                                      : a->result.reason);
	if (code != CURLE_OK)
		a->http_status = 0;
}

static CURLcode
perform(struct webhook_post *p, const struct webhook_event *ev, struct curl_slist *headers,
    long *ret_status)
{
	const struct libcurl *lib = p->lib;
	CURL *c = p->curl;
	CURLcode code;

	if ((code = lib->easy_setopt(c, CURLOPT_URL, ev->url)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_POST, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_POSTFIELDS, ev->payload)) != CURLE_OK ||
	    (code = lib->easy_setopt(
	         c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(ev->payload))) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_HTTPHEADER, headers)) != CURLE_OK)
		return (code);
	code = lib->easy_perform(c);
	if (lib->easy_getinfo(c, CURLINFO_RESPONSE_CODE, ret_status) != CURLE_OK)
		*ret_status = 0;
	lib->easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	lib->easy_setopt(c, CURLOPT_POSTFIELDS, NULL);
	return (code);
}

void
webhook_post_send(
    struct webhook_post *p, const struct webhook_event *ev, struct webhook_answer *ret_answer)
{
	const int64_t begun = clock_steady_ms();
	const char *wrong = begin(p);
	struct curl_slist *headers = NULL;
	CURLcode code;
	long status = 0;

	p->of_org = ev->of_org;
	p->is_https = text_starts(ev->url, "https://");
	p->is_private = p->is_handed_over = false;
	p->head_len = p->body_len = 0;
	p->error[0] = '\0';
	*ret_answer = (struct webhook_answer){ .http_status = 0 };
	if (wrong == NULL && make_headers(p, ev, &headers) != ERR_OK)
		wrong = "it cannot be signed";
	if (wrong != NULL) {
		transport_explain(&ret_answer->result, TRANSPORT_LATER, wrong);
		snprintf(ret_answer->told, sizeof ret_answer->told, "%s", wrong);
	} else {
		code = perform(p, ev, headers, &status);
		ret_answer->http_status = status;
		judge(p, code, ret_answer);
	}
	ret_answer->took_ms = clock_steady_ms() - begun;
	if (headers != NULL)
		p->lib->slist_free_all(headers);
}
