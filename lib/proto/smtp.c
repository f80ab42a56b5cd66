/* A mail server, spoken to through libcurl. */
#include "proto/smtp.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "proto/libcurl.h"

#define CONNECT_S 15
/* A server may end a connection that has been idle; one that is new costs less than a mail. */
#define IDLE_S 10
#define LIFE_S 300

/* How far it came: whose fault a reply is. */
enum stage { STAGE_BEFORE, STAGE_RECIPIENT, STAGE_DATA, STAGE_HANDED_OVER };

struct smtp {
	const struct mail_conf *conf;
	const struct transport_hooks *hooks;
	const struct libcurl *lib;
	CURL *curl;
	int fd; /* of the connection; -1: none */
	char url[CONF_PATH_SIZE + CONF_TEXT_SIZE];

	/* Of the mail that is being sent. */
	const char *next;
	size_t left;
	int64_t until_ms; /* of the steady clock */
	bool is_late;
	enum stage stage;
	char reply[TRANSPORT_REASON_SIZE]; /* the last line that it said, if that is 4xx or 5xx */
	char error[CURL_ERROR_SIZE];
};

static size_t
on_read(char *to, size_t size, size_t count, void *arg)
{
	struct smtp *s = arg;
	const size_t room = size * count, len = s->left < room ? s->left : room;

	if (len == s->left && s->stage != STAGE_HANDED_OVER)
		s->hooks->handing_over();
	memcpy(to, s->next, len);
	s->next += len;
	s->left -= len;
	/* libcurl knows the length and asks no more. */
	if (s->left == 0)
		s->stage = STAGE_HANDED_OVER;
	return (len);
}

static int
on_progress(void *arg, curl_off_t down_max, curl_off_t down, curl_off_t up_max, curl_off_t up)
{
	struct smtp *s = arg;

	(void)down_max;
	(void)down;
	(void)up_max;
	(void)up;
	s->is_late = clock_steady_ms() >= s->until_ms;
	if (!s->is_late && s->hooks->is_stopping() <= (s->stage == STAGE_HANDED_OVER))
		return (0);
	/* libcurl would take leave now, and wait long for the answer of a server that gives none.
	 */
	if (s->fd >= 0)
		shutdown(s->fd, SHUT_RDWR);
	return (1);
}

static int
on_open(void *arg, curl_socket_t fd, curlsocktype type)
{
	struct smtp *s = arg;

	(void)type;
	s->fd = fd;
	return (CURL_SOCKOPT_OK);
}

static int
on_close(void *arg, curl_socket_t fd)
{
	struct smtp *s = arg;

	if (s->fd == fd)
		s->fd = -1;
	return (close(fd));
}

/* What the server says to our taking leave is none of its answers. */
static void
note_reply(struct smtp *s, const char *line, size_t len)
{

	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (len >= 3 && (line[0] == '4' || line[0] == '5'))
		snprintf(s->reply, sizeof s->reply, "%.*s", (int)(len < 1024 ? len : 1024), line);
	else if (len < 3 || memcmp(line, "221", 3) != 0)
		s->reply[0] = '\0';
}

/* What goes to and fro, but for what is in the mail: which command the next reply is to, and that
 * reply. Nothing that we say is kept, for there are passwords in it. */
static int
on_debug(CURL *curl, curl_infotype type, char *bytes, size_t len, void *arg)
{
	struct smtp *s = arg;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT && len >= 4) {
		if (memcmp(bytes, "RCPT", 4) == 0)
			s->stage = STAGE_RECIPIENT;
		else if (memcmp(bytes, "DATA", 4) == 0)
			s->stage = STAGE_DATA;
	} else if (type == CURLINFO_HEADER_IN) {
		note_reply(s, bytes, len);
	}
	return (0);
}

static CURLcode
set_security(struct smtp *s)
{
	static const long use[] = { [MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
		[MAIL_TLS_OPTIONAL] = CURLUSESSL_TRY,
		[MAIL_TLS_OFF] = CURLUSESSL_NONE,
		[MAIL_TLS_FIRST] = CURLUSESSL_ALL };
	const struct mail_conf *mc = s->conf;
	const struct libcurl *lib = s->lib;
	CURL *c = s->curl;
	const long verify = mc->tls != MAIL_TLS_OPTIONAL;
	CURLcode code;

	if ((code = lib->easy_setopt(c, CURLOPT_USE_SSL, use[mc->tls])) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)) !=
	        CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSL_VERIFYPEER, verify)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SSL_VERIFYHOST, verify * 2)) != CURLE_OK)
		return (code);
	if (mc->ca[0] != '\0' &&
	    ((code = lib->easy_setopt(c, CURLOPT_CAINFO, mc->ca)) != CURLE_OK ||
	        (code = lib->easy_setopt(c, CURLOPT_CAPATH, NULL)) != CURLE_OK))
		return (code);
	if (mc->password == NULL)
		return (CURLE_OK);
	if ((code = lib->easy_setopt(c, CURLOPT_USERNAME, mc->user)) != CURLE_OK)
		return (code);
	return (lib->easy_setopt(c, CURLOPT_PASSWORD, mc->password));
}

static CURLcode
set_up(struct smtp *s)
{
	const struct libcurl *lib = s->lib;
	CURL *c = s->curl;
	CURLcode code;

	if ((code = lib->easy_setopt(c, CURLOPT_URL, s->url)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps")) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_PROXY, "")) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) != CURLE_OK ||
	    (code = libcurl_leave_quickly(lib, c)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_UPLOAD, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, on_open)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_SOCKOPTDATA, s)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, on_close)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_CLOSESOCKETDATA, s)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_MAXAGE_CONN, (long)IDLE_S)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_MAXLIFETIME_CONN, (long)LIFE_S)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_MAXCONNECTS, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_READFUNCTION, on_read)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_READDATA, s)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_XFERINFODATA, s)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_NOPROGRESS, 0L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_debug)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_DEBUGDATA, s)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_VERBOSE, 1L)) != CURLE_OK ||
	    (code = lib->easy_setopt(c, CURLOPT_ERRORBUFFER, s->error)) != CURLE_OK)
		return (code);
	return (set_security(s));
}

enum err
smtp_new(const struct mail_conf *mc, const struct transport_hooks *hooks, struct smtp **ret_smtp)
{
	struct smtp *s;
	enum err e;

	if ((s = calloc(1, sizeof *s)) == NULL)
		return (ERR_NOMEM);
	if ((e = libcurl_load(&s->lib)) != ERR_OK) {
		free(s);
		return (e);
	}
	s->conf = mc;
	s->fd = -1;
	s->hooks = hooks;
	/* The path is what we call ourselves; an address there would need its brackets escaped, and
	 * without one it is the machine's name. */
	snprintf(s->url, sizeof s->url, "%s/%s", mc->url, mc->host[0] == '[' ? "" : mc->host);
	if ((s->curl = s->lib->easy_init()) == NULL || set_up(s) != CURLE_OK) {
		smtp_free(s);
		return (ERR_NOMEM);
	}
	*ret_smtp = s;
	return (ERR_OK);
}

void
smtp_free(struct smtp *s)
{

	if (s == NULL)
		return;
	s->lib->easy_cleanup(s->curl);
	free(s);
}

/* What ${code} and the last reply mean. */
static void
judge(const struct smtp *s, CURLcode code, struct transport_result *ret_result)
{
	const char *text = s->error[0] != '\0' ? s->error : s->lib->easy_strerror(code);

	if (code == CURLE_OK) {
		transport_explain(ret_result, TRANSPORT_SENT, "");
		return;
	}
	if (code == CURLE_ABORTED_BY_CALLBACK) {
		transport_explain(ret_result, s->is_late ? TRANSPORT_TROUBLE : TRANSPORT_STOPPED,
		    s->is_late ? "the server takes too long" : "");
		return;
	}
	/* Not what was said on a connection before it broke off. */
	if (s->reply[0] == '\0' || code == CURLE_COULDNT_CONNECT ||
	    code == CURLE_OPERATION_TIMEDOUT)
		transport_explain(ret_result, TRANSPORT_TROUBLE, text);
	else if (s->stage == STAGE_BEFORE || text_starts(s->reply, "421"))
		transport_explain(ret_result, TRANSPORT_TROUBLE, s->reply);
	else
		transport_explain(
		    ret_result, s->reply[0] == '5' ? TRANSPORT_REFUSED : TRANSPORT_LATER, s->reply);
}

void
smtp_send(struct smtp *s, const struct transport_mail *mail, struct transport_result *ret_result)
{
	struct curl_slist *to = s->lib->slist_append(NULL, mail->to);
	CURLcode code;

	s->next = mail->bytes;
	s->left = mail->len;
	s->until_ms = clock_steady_ms() + s->conf->timeout_s * 1000;
	s->is_late = false;
	s->stage = STAGE_BEFORE;
	s->reply[0] = s->error[0] = '\0';
	if (to == NULL || s->lib->easy_setopt(s->curl, CURLOPT_MAIL_FROM, mail->from) != CURLE_OK ||
	    s->lib->easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to) != CURLE_OK ||
	    s->lib->easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->len) !=
	        CURLE_OK) {
		s->lib->slist_free_all(to);
		transport_explain(ret_result, TRANSPORT_TROUBLE, "out of memory");
		return;
	}
	code = s->lib->easy_perform(s->curl);
	judge(s, code, ret_result);
	s->lib->easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
	s->lib->slist_free_all(to);
}
