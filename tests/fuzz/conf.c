/* yett.conf through conf_parse(). */
#include <arpa/inet.h>

#include "base/conf.h"
#include "base/err.h"
#include "fuzz.h"

#define DAY 86400

static bool
within(int64_t number, int64_t min, int64_t max)
{

	return (number >= min && number <= max);
}

static void
check_numbers(const struct conf *c)
{

	must(within(c->http_threads, 0, 256) && within(c->http_timeout_s, 1, 300));
	must(within(c->session_access_s, 10, DAY) && within(c->session_grace_s, 0, 60));
	must(within(c->session_refresh_s, 60, 365 * DAY));
	must(within(c->session_cookie_s, 60, 365 * DAY));
	must(within(c->session_opaque_s, 60, 365 * DAY));
	must(within(c->session_max_s, 60, 3650LL * DAY));
	must(within(c->password_memory_kib, 1024, 1048576));
	must(within(c->password_passes, 1, 100) && within(c->password_budget_mib, 1, 65536));
	must(c->password_memory_kib <= c->password_budget_mib * 1024);
	must(within(c->password_wait_ms, 0, 30000));
	must(within(c->password_min_length, 8, 64) && within(c->password_min_score, 0, 4));
	must(within(c->keep_attempts_s, DAY, 3650LL * DAY) && within(c->log_level, 0, 2));
}

/* Is the host of ${url} this machine, as getaddrinfo(3) would find? */
static bool
is_this_machine(const char *url)
{
	char host[CONF_TEXT_SIZE];
	struct in_addr address;

	url = strstr(url, "://") + 3;
	if (url[0] == '[')
		return (strncmp(url, "[::1]", 5) == 0);
	snprintf(host, sizeof host, "%.*s", (int)strcspn(url, ":/?#"), url);
	return (strcmp(host, "localhost") == 0 ||
	        (inet_aton(host, &address) != 0 && ntohl(address.s_addr) >> 24 == 127));
}

static void
check_url(const struct conf *c)
{
	const size_t len = strlen(c->site_url);

	must(len > 7 && c->site_url[len - 1] != '/');
	must(conf_is_https(c) == (strncmp(c->site_url, "https://", 8) == 0));
	must(conf_is_https(c) || strncmp(c->site_url, "http://", 7) == 0);
	must(strchr(c->site_url, '@') == NULL && strchr(c->site_url, '\\') == NULL);
	must(!conf_is_loopback(c) || is_this_machine(c->site_url));
	must(c->site_audience[0] != '\0');
}

#define LINE_MAX_LEN 198 /* of inih as Debian builds it; more comes by the environment */

struct copy {
	char text[16 * CONF_LINES_SIZE]; /* each line of a list has its section and name */
	size_t len;
	bool too_long; /* some line */
};

static void
add_pair(void *arg, const char *section, const char *name, const char *value)
{
	struct copy *copy = arg;

	must(fuzz_is_utf8(value) && text_control_free(value));
	copy->too_long |= strlen(name) + 1 + strlen(value) > LINE_MAX_LEN;
	copy->len += (size_t)snprintf(copy->text + copy->len, sizeof copy->text - copy->len,
	    "[%s]\n%s=%s\n", section, name, value);
}

/* What conf_each() tells, written as a file, reads as the same. */
static void
check_again(const struct conf *c)
{
	struct copy one = { .len = 0 }, other = { .len = 0 };
	char message[CONF_MESSAGE_SIZE];
	struct conf again;

	conf_each(c, add_pair, &one);
	if (one.too_long)
		return;
	must(conf_parse(one.text, &again, message) == ERR_OK);
	conf_each(&again, add_pair, &other);
	must(strcmp(one.text, other.text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len), message[CONF_MESSAGE_SIZE];
	struct conf c;
	enum err e;

	if ((e = conf_parse(text, &c, message)) == ERR_OK) {
		must(message[0] == '\0');
		check_numbers(&c);
		check_url(&c);
		check_again(&c);
	} else {
		must(e == ERR_CONF && message[0] != '\0');
		must(memchr(message, '\0', sizeof message) != NULL);
	}
	free(text);
	return (0);
}
