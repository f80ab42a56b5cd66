/* An HTTP/1.1 load generator: keepalive connections on one thread, each asking again as soon as it
 * is answered. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

#define CONNECTIONS_MAX 512
#define TIMES_MAX ((size_t)4 << 20) /* 4 bytes each; a round is far shorter */
#define IN_SIZE 65536
#define OUT_SIZE 8192
#define LINE_SIZE 4096
#define ANSWER_MAX_US 30000000 /* a connection not answered for so long counts as dropped */

static const char usage[] =
    "usage: load get|refresh|refresh-form|post PORT PATH FILE CONNECTIONS SECONDS "
    "[REQUESTS_A_SECOND]\n"
    "get: FILE has one header field a line (\"-\": none), taken in turn.\n"
    "refresh: FILE has one refresh token a line; each is owned by one connection and followed\n"
    "through its rotations; in the end FILE is written anew with the tokens that live then.\n"
    "refresh-form: the same by OAuth's form, of the client bench.\n"
    "post: FILE has one body a line, POSTed in turn; a header field may stand before it, and a\n"
    "tab between the two. It is JSON when it begins with a brace, else a form.\n"
    "A line of get and post may end with a tab, = and a text that the answer must hold.\n";

enum mode { GET, REFRESH, REFRESH_FORM, POST };

struct connection {
	int fd; /* -1: none */
	char out[OUT_SIZE], in[IN_SIZE];
	size_t out_len, sent, in_len;
	int64_t began_at, due_at; /* us */
	size_t line;              /* of the file, that the request under way was made of */
	bool waiting;
};

static struct {
	enum mode mode;
	uint16_t port;
	const char *path, *file;
	size_t count;
	int64_t until, pause; /* us; the pause between two requests of a connection */
	char **lines;
	const char **texts; /* what the answer to each line must hold; NULL: anything */
	size_t lines_count, next_line, under_way;
	int epoll;
	uint32_t *times; /* us of each answer */
	size_t times_count, dropped;
	size_t wrong; /* answers that do not hold what they must */
	size_t statuses[600];
	struct connection connections[CONNECTIONS_MAX];
} l;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static void
die(const char *what)
{

	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(100);
}

static bool
refreshes(void)
{

	return (l.mode == REFRESH || l.mode == REFRESH_FORM);
}

/* Cut off and keep what stands behind the last tab, if that begins with "=". */
static void
cut_texts(void)
{
	char *tab;
	size_t i;

	if ((l.texts = calloc(l.lines_count + 1, sizeof l.texts[0])) == NULL)
		die("memory");
	for (i = 0; i < l.lines_count; i++)
		if ((tab = strrchr(l.lines[i], '\t')) != NULL && tab[1] == '=') {
			*tab = '\0';
			l.texts[i] = tab + 2;
		}
}

static void
read_lines(void)
{
	char line[LINE_SIZE];
	size_t size = 0;
	FILE *f;

	if (strcmp(l.file, "-") == 0)
		return;
	if ((f = fopen(l.file, "r")) == NULL)
		die(l.file);
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (l.lines_count == size) {
			size = size == 0 ? 1024 : size * 2;
			if ((l.lines = realloc(l.lines, size * sizeof l.lines[0])) == NULL)
				die("memory");
		}
		if ((l.lines[l.lines_count++] = strdup(line)) == NULL)
			die("memory");
	}
	fclose(f);
	if (l.lines_count < l.count && refreshes()) {
		fprintf(stderr, "load: %s has fewer tokens than there are connections\n", l.file);
		exit(100);
	}
	cut_texts();
}

static void
write_lines(void)
{
	FILE *f = fopen(l.file, "w");
	size_t i;

	if (f == NULL)
		die(l.file);
	for (i = 0; i < l.lines_count; i++)
		fprintf(f, "%s\n", l.lines[i]);
	if (fclose(f) != 0)
		die(l.file);
}

static void
make_request(struct connection *c)
{
	static const char common[] = "HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n";
	static const char *const befores[] = {
		[REFRESH] = "{\"refresh_token\":\"",
		[REFRESH_FORM] = "grant_type=refresh_token&client_id=bench&refresh_token=",
		[POST] = "",
	};
	char body[LINE_SIZE + 64], *to;
	const char *line;
	size_t field_len;

	if (refreshes()) {
		/* The lines of a connection are those whose number leaves its own by count. */
		c->line += l.count;
		if (c->line >= l.lines_count)
			c->line %= l.count;
	} else if (l.lines_count > 0) {
		c->line = l.next_line++ % l.lines_count;
	}
	line = l.lines_count > 0 ? l.lines[c->line] : "";
	if (l.mode == GET) {
		to = stpcpy(stpcpy(stpcpy(c->out, "GET "), l.path), " ");
		to =
		    stpcpy(stpcpy(stpcpy(to, common), line), line[0] != '\0' ? "\r\n\r\n" : "\r\n");
		c->out_len = (size_t)(to - c->out);
		return;
	}
	field_len = l.mode == POST && strchr(line, '\t') != NULL ? strcspn(line, "\t") : 0;
	snprintf(body, sizeof body, "%s%s%s", befores[l.mode], line + field_len + (field_len > 0),
	    l.mode == REFRESH ? "\"}" : "");
	c->out_len = (size_t)snprintf(c->out, sizeof c->out,
	    "POST %s %s%.*s%sContent-Type: application/%s\r\nContent-Length: %zu\r\n\r\n%s", l.path,
	    common, (int)field_len, line, field_len > 0 ? "\r\n" : "",
	    body[0] == '{' ? "json" : "x-www-form-urlencoded", strlen(body), body);
}

static void
drop(struct connection *c, bool count)
{

	if (count)
		l.dropped++;
	if (c->waiting)
		l.under_way--;
	c->waiting = false;
	close(c->fd);
	c->fd = -1;
}

static void
open_connection(struct connection *c)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(l.port) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	const int on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Connecting to a local listener is done at once or refused. */
	if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 ||
	    connect(c->fd, (struct sockaddr *)&a, sizeof a) < 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(l.epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
		die("epoll");
}

static void
ask(struct connection *c, int64_t now)
{
	ssize_t n;

	if (c->fd < 0)
		open_connection(c);
	make_request(c);
	c->in_len = 0;
	c->began_at = now;
	c->due_at += l.pause;
	/* A request always fits into an empty socket buffer. */
	n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
	c->waiting = true;
	l.under_way++;
	if (n != (ssize_t)c->out_len)
		drop(c, true);
}

/* The new token out of the answer, in place of the one that it was asked for. */
static void
take_token(struct connection *c, const char *body)
{
	static const char name[] = "\"refresh_token\":\"";
	const char *p = strstr(body, name);
	char *token;

	if (p == NULL) {
		l.wrong++;
		return;
	}
	p += strlen(name);
	if ((token = strndup(p, strcspn(p, "\""))) == NULL)
		die("memory");
	free(l.lines[c->line]);
	l.lines[c->line] = token;
}

/* What the head of an answer says. */
struct head {
	int status;
	bool has_length, chunked;
	size_t body_len;
	bool closes;
};

/* Line by line, the body not looked at: what an answer costs here is not to be taken for what it
 * costs there. False: it is not HTTP. */
static bool
parse_head(const char *p, const char *end, struct head *ret_head)
{
	static const char length[] = "Content-Length:", close[] = "Connection: close",
	                  chunked[] = "Transfer-Encoding: chunked";

	*ret_head = (struct head){ .status = 0 };
	if (end - p < 12 || memcmp(p, "HTTP/1.", 7) != 0)
		return (false);
	ret_head->status = (int)strtoul(p + 9, NULL, 10);
	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p++;
		if (*p != 'C' && *p != 'c' && *p != 'T' && *p != 't')
			continue;
		if (strncasecmp(p, length, sizeof length - 1) == 0) {
			ret_head->body_len = strtoul(p + sizeof length - 1, NULL, 10);
			ret_head->has_length = true;
		}
		ret_head->closes |= strncasecmp(p, close, sizeof close - 1) == 0;
		ret_head->chunked |= strncasecmp(p, chunked, sizeof chunked - 1) == 0;
	}
	return (ret_head->status >= 100 && ret_head->status <= 599 &&
	        (ret_head->has_length || ret_head->chunked || ret_head->status == 204 ||
	            ret_head->status == 304));
}

/* Is the whole answer there? Then its status, else 0; -1 when it is not HTTP. */
static int
parse_answer(struct connection *c, struct head *ret_head, const char **ret_body)
{
	const char *end;

	c->in[c->in_len] = '\0';
	if ((end = memmem(c->in, c->in_len, "\r\n\r\n", 4)) == NULL)
		return (c->in_len + 1 < sizeof c->in ? 0 : -1);
	if (!parse_head(c->in, end, ret_head))
		return (-1);
	*ret_body = end + 4;
	/* One answer at a time: where the last, empty chunk ends, the answer does. */
	if (ret_head->chunked)
		return (c->in + c->in_len - *ret_body >= 5 &&
		                memcmp(c->in + c->in_len - 5, "0\r\n\r\n", 5) == 0
		            ? ret_head->status
		            : 0);
	return ((size_t)(end + 4 - c->in) + ret_head->body_len <= c->in_len ? ret_head->status : 0);
}

static void
finish_answer(struct connection *c, const struct head *h, const char *body, int64_t now)
{

	l.statuses[h->status]++;
	if (l.times_count < TIMES_MAX)
		l.times[l.times_count++] = (uint32_t)(now - c->began_at);
	if (refreshes() && h->status == 200)
		take_token(c, body);
	else if (l.lines_count > 0 && l.texts[c->line] != NULL &&
	         memmem(c->in, c->in_len, l.texts[c->line], strlen(l.texts[c->line])) == NULL)
		l.wrong++;
	c->waiting = false;
	l.under_way--;
	if (h->closes)
		drop(c, false);
}

static void
receive(struct connection *c)
{
	const ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - 1 - c->in_len, 0);
	const char *body = NULL;
	struct head h;
	int64_t now;
	int status;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		/* Closing an idle connection is a server's right; leaving a request unanswered is
		 * not. */
		drop(c, c->waiting);
	} else {
		c->in_len += (size_t)n;
		if ((status = parse_answer(c, &h, &body)) == 0)
			return;
		now = now_us();
		if (status < 0)
			drop(c, true);
		else
			finish_answer(c, &h, body, now);
	}
	if (l.pause == 0 && (now = now_us()) < l.until)
		ask(c, now);
}

/* With a pace: ask on the connections whose time has come. ms until the next. */
static int
ask_due(int64_t now)
{
	int64_t next = now + 100000;
	struct connection *c;
	size_t i;

	for (i = 0; i < l.count; i++) {
		c = &l.connections[i];
		if (c->waiting && now - c->began_at > ANSWER_MAX_US)
			drop(c, true);
		if (!c->waiting && now < l.until && (l.pause > 0 || c->fd < 0) && c->due_at <= now)
			ask(c, now);
		if (!c->waiting && l.pause > 0 && c->due_at < next)
			next = c->due_at;
	}
	return (next > now ? (int)((next - now + 999) / 1000) : 0);
}

static void
run(void)
{
	struct epoll_event events[64];
	int64_t now = now_us();
	int i, n, wait;
	size_t c;

	for (c = 0; c < l.count; c++) {
		l.connections[c].fd = -1;
		l.connections[c].line = c;
		l.connections[c].due_at = now + (int64_t)c * l.pause / (int64_t)l.count;
	}
	/* After the end, what is under way is waited for: a token on its way must not be lost. */
	while ((now = now_us()) < l.until || l.under_way > 0) {
		wait = ask_due(now);
		if ((n = epoll_wait(l.epoll, events, 64, wait)) < 0 && errno != EINTR)
			die("epoll");
		for (i = 0; i < n; i++)
			receive(events[i].data.ptr);
	}
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return ((one > other) - (one < other));
}

static void
report(double seconds)
{
	const size_t n = l.times_count;
	size_t i;

	qsort(l.times, n, sizeof l.times[0], by_number);
	printf("requests=%zu rps=%.1f p50_us=%u p99_us=%u max_us=%u dropped=%zu wrong=%zu", n,
	    (double)n / seconds, n > 0 ? l.times[n / 2] : 0, n > 0 ? l.times[n * 99 / 100] : 0,
	    n > 0 ? l.times[n - 1] : 0, l.dropped, l.wrong);
	for (i = 0; i < sizeof l.statuses / sizeof l.statuses[0]; i++)
		if (l.statuses[i] > 0)
			printf(" s%zu=%zu", i, l.statuses[i]);
	printf("\n");
}

static bool
read_arguments(int argc, char **argv, double *ret_seconds)
{
	static const char *const modes[] = {
		[GET] = "get",
		[REFRESH] = "refresh",
		[REFRESH_FORM] = "refresh-form",
		[POST] = "post",
	};
	size_t i;

	if (argc < 7 || argc > 8)
		return (false);
	for (i = 0; i < COUNT(modes) && strcmp(argv[1], modes[i]) != 0; i++)
		;
	l.mode = (enum mode)i;
	l.port = (uint16_t)strtoul(argv[2], NULL, 10);
	l.path = argv[3];
	l.file = argv[4];
	l.count = strtoul(argv[5], NULL, 10);
	*ret_seconds = strtod(argv[6], NULL);
	if (argc == 8)
		l.pause = (int64_t)(1e6 * (double)l.count / strtod(argv[7], NULL));
	return (i < COUNT(modes) && l.port > 0 && l.count > 0 && l.count <= CONNECTIONS_MAX &&
	        *ret_seconds > 0 && *ret_seconds <= 600 && l.pause >= 0);
}

int
main(int argc, char **argv)
{
	double seconds;
	int64_t since;

	if (!read_arguments(argc, argv, &seconds)) {
		fputs(usage, stderr);
		return (100);
	}
	read_lines();
	if ((l.times = calloc(TIMES_MAX, sizeof l.times[0])) == NULL ||
	    (l.epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		die("start");
	since = now_us();
	l.until = since + (int64_t)(seconds * 1e6);
	run();
	report((double)(now_us() - since) / 1e6);
	if (refreshes())
		write_lines();
	return (0);
}
