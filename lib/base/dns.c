/* Asking the DNS: libresolv knows the servers and how messages are built; the asking is done here,
 * because libresolv's own goes on for as long as packets come, and over TCP for ever. */
#include "base/dns.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/random.h"

#define ROUNDS 2 /* so often each server is asked: a packet may be lost */

struct question {
	unsigned char query[NS_PACKETSZ];
	size_t query_len;
	const char *text;
	int64_t deadline; /* ms of the steady clock */
	struct sockaddr_storage servers[MAXNS];
	size_t servers_count;
	unsigned char answer[DNS_ANSWER_MAX];
};

/* The servers that /etc/resolv.conf names. One of IPv6 stands beside the list, at the same place.
 */
static void
take_servers(struct question *q, const struct __res_state *state)
{
	int i;

	for (i = 0; i < state->nscount && i < MAXNS; i++) {
		if (state->nsaddr_list[i].sin_family == AF_INET)
			memcpy(&q->servers[q->servers_count++], &state->nsaddr_list[i],
			    sizeof state->nsaddr_list[i]);
		else if (state->_u._ext.nsaddrs[i] != NULL)
			memcpy(&q->servers[q->servers_count++], state->_u._ext.nsaddrs[i],
			    sizeof *state->_u._ext.nsaddrs[i]);
	}
}

/* Make the query, and find out whom to ask. */
static bool
prepare(struct question *q, const char *server, const char *name)
{
	struct __res_state state;
	int len;

	memset(&state, 0, sizeof state);
	if (res_ninit(&state) < 0)
		return (false);
	len = res_nmkquery(
	    &state, ns_o_query, name, ns_c_in, ns_t_txt, NULL, 0, NULL, q->query, sizeof q->query);
	q->servers_count = 0;
	if (server[0] == '\0')
		take_servers(q, &state);
	else if (dns_server_read(server, &q->servers[0]))
		q->servers_count = 1;
	res_nclose(&state);
	if (len <= NS_HFIXEDSZ)
		return (false);
	q->query_len = (size_t)len;
	random_bytes(q->query, 2); /* the number that an answer must repeat */
	return (true);
}

static bool
wait_for(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;
	int ready;

	do {
		if ((left = until - clock_steady_ms()) <= 0)
			return (false);
		ready = poll(&p, 1, (int)left);
	} while (ready < 0 && errno == EINTR);
	return (ready > 0);
}

/* A socket that talks to ${to} alone: of others nothing arrives. */
static int
open_socket(const struct sockaddr_storage *to, int type)
{
	const socklen_t len =
	    to->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	int fd;

	if ((fd = socket(to->ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return (-1);
	if (connect(fd, (const struct sockaddr *)to, len) == 0 || errno == EINPROGRESS)
		return (fd);
	close(fd);
	return (-1);
}

static enum dns_found
ask_udp(struct question *q, const struct sockaddr_storage *server, int64_t until)
{
	enum dns_found found = DNS_STRAY;
	int fd = open_socket(server, SOCK_DGRAM);
	ssize_t len;

	if (fd < 0)
		return (DNS_UNKNOWN);
	if (send(fd, q->query, q->query_len, MSG_NOSIGNAL) != (ssize_t)q->query_len)
		found = DNS_UNKNOWN;
	/* What is no answer may be a forger's guess: the true one is still on its way. */
	while (found == DNS_STRAY && wait_for(fd, POLLIN, until)) {
		if ((len = recv(fd, q->answer, sizeof q->answer, 0)) >= 0)
			found =
			    dns_read_text(q->answer, (size_t)len, q->query, q->query_len, q->text);
		else if (errno != EAGAIN && errno != EINTR)
			found = DNS_UNKNOWN; /* nobody is there */
	}
	close(fd);
	return (found == DNS_STRAY ? DNS_UNKNOWN : found);
}

/* Send, or receive, all of ${len} bytes. */
static bool
send_all(int fd, const unsigned char *bytes, size_t len, int64_t until)
{
	ssize_t n;

	while (len > 0) {
		if (!wait_for(fd, POLLOUT, until))
			return (false);
		if ((n = send(fd, bytes, len, MSG_NOSIGNAL)) < 0 && errno != EAGAIN &&
		    errno != EINTR)
			return (false);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return (true);
}

static bool
receive_all(int fd, unsigned char *bytes, size_t len, int64_t until)
{
	ssize_t n;

	while (len > 0) {
		if (!wait_for(fd, POLLIN, until))
			return (false);
		n = recv(fd, bytes, len, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return (false);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return (true);
}

static enum dns_found
ask_tcp(struct question *q, const struct sockaddr_storage *server)
{
	unsigned char message[2 + sizeof q->query], head[2];
	enum dns_found found = DNS_UNKNOWN;
	int fd = open_socket(server, SOCK_STREAM);
	size_t len;

	if (fd < 0)
		return (DNS_UNKNOWN);
	message[0] = (unsigned char)(q->query_len >> 8);
	message[1] = (unsigned char)(q->query_len & 0xff);
	memcpy(message + 2, q->query, q->query_len);
	if (send_all(fd, message, 2 + q->query_len, q->deadline) &&
	    receive_all(fd, head, sizeof head, q->deadline)) {
		len = (size_t)head[0] << 8 | head[1];
		if (len <= sizeof q->answer && receive_all(fd, q->answer, len, q->deadline))
			found = dns_read_text(q->answer, len, q->query, q->query_len, q->text);
	}
	close(fd);
	return (found == DNS_CUT || found == DNS_STRAY ? DNS_UNKNOWN : found);
}

enum dns_found
dns_find_text(const char *server, int64_t timeout_ms, const char *name, const char *text)
{
	struct question q = { .text = text, .deadline = clock_steady_ms() + timeout_ms };
	enum dns_found found = DNS_UNKNOWN;
	int64_t each_ms;
	size_t i;

	if (!prepare(&q, server, name) || q.servers_count == 0)
		return (DNS_UNKNOWN);
	each_ms = timeout_ms / (int64_t)(q.servers_count * ROUNDS);
	for (i = 0; found == DNS_UNKNOWN && i < q.servers_count * ROUNDS; i++) {
		const struct sockaddr_storage *to = &q.servers[i % q.servers_count];

		if (clock_steady_ms() >= q.deadline)
			break;
		if ((found = ask_udp(&q, to, clock_steady_ms() + each_ms)) == DNS_CUT)
			found = ask_tcp(&q, to);
	}
	return (found);
}
