/* The configuration: values that only make sense together, and what follows from them. */
#include "base/conf.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/dns.h"
#include "base/text.h"

/* Is ${text} nothing, or ':' and a port? */
static bool
is_port(const char *text)
{
	int64_t port;

	return (*text == '\0' || (*text == ':' && text_number(text + 1, 1, 65535, &port)));
}

/* Is ${url} http(s)://HOST, with a port at most? A user ("http://127.0.0.1:x@evil.org") would make
 * another host of it than it seems. */
static bool
is_origin(const char *url)
{
	const char *host = strstr(url, "://"), *end;

	if (!text_starts(url, "https://") && !text_starts(url, "http://"))
		return (false);
	host += strlen("://");
	if (host[0] == '[')
		end = strchr(host, ']') != NULL ? strchr(host, ']') + 1 : host;
	else
		end = host + strcspn(host, ":");
	return (end > host && strpbrk(host, " /@?#\\\"<>*") == NULL && is_port(end));
}

/* Origins, separated by spaces. */
static bool
are_origins(const char *text)
{
	char one[CONF_PATH_SIZE];
	size_t len;

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		len = strcspn(text, " ");
		memcpy(one, text, len);
		one[len] = '\0';
		if (!is_origin(one))
			return (false);
		text += len;
	}
	return (true);
}

/* Those that are one of a few words. */
static enum err
check_words(const struct conf *c, char message[static CONF_MESSAGE_SIZE])
{
	const struct {
		const char *name, *value, *words[3];
	} rows[] = {
		{ "work.mode", c->work_mode, { "off", "busy", "always" } },
		{ "guard.user", c->guard_user, { "email", "username", "id" } },
		{ "signup.verification", c->signup_verification,
		    { "off", "optional", "required" } },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].value, rows[i].words[0]) != 0 &&
		    strcmp(rows[i].value, rows[i].words[1]) != 0 &&
		    strcmp(rows[i].value, rows[i].words[2]) != 0) {
			snprintf(message, CONF_MESSAGE_SIZE, "%s must be %s, %s or %s",
			    rows[i].name, rows[i].words[0], rows[i].words[1], rows[i].words[2]);
			return (ERR_CONF);
		}
	return (ERR_OK);
}

/* If not, ${message} says so of the setting ${name}. */
static bool
are_networks(const char *name, const char *text, char message[static CONF_MESSAGE_SIZE])
{

	if (address_networks_ok(text))
		return (true);
	snprintf(message, CONF_MESSAGE_SIZE,
	    "%s must be addresses and networks such as 192.0.2.0/24, separated by spaces", name);
	return (false);
}

/* Who may sign up. */
static enum err
check_signup(const struct conf *c, char message[static CONF_MESSAGE_SIZE])
{
	static const char *const modes[] = { "open", "invite", "waitlist", "closed" };
	size_t i;

	for (i = 0; i < COUNT(modes); i++)
		if (strcmp(c->signup_mode, modes[i]) == 0)
			return (ERR_OK);
	snprintf(
	    message, CONF_MESSAGE_SIZE, "signup.mode must be open, invite, waitlist or closed");
	return (ERR_CONF);
}

enum err
conf_check(struct conf *c, char message[static CONF_MESSAGE_SIZE])
{
	size_t len = strlen(c->site_url);

	while (len > 0 && c->site_url[len - 1] == '/')
		c->site_url[--len] = '\0';
	if (!is_origin(c->site_url)) {
		snprintf(message, CONF_MESSAGE_SIZE,
		    "site.url must be https://HOST or http://HOST, with a port at most");
		return (ERR_CONF);
	}
	if (!are_origins(c->http_cors_origins)) {
		snprintf(message, CONF_MESSAGE_SIZE,
		    "http.cors_origins must be origins such as https://app.example.org, separated "
		    "by spaces");
		return (ERR_CONF);
	}
	if (!are_networks("http.proxies", c->http_proxies, message) ||
	    !are_networks("webhook.private", c->webhook_private, message))
		return (ERR_CONF);
	if (!dns_server_ok(c->dns_server)) {
		snprintf(message, CONF_MESSAGE_SIZE,
		    "dns.server must be an address, with a port or without, such as 192.0.2.1:53");
		return (ERR_CONF);
	}
	if (strcmp(c->log_to, "stderr") != 0 && strcmp(c->log_to, "syslog") != 0) {
		snprintf(message, CONF_MESSAGE_SIZE, "log.to must be stderr or syslog");
		return (ERR_CONF);
	}
	if (c->password_memory_kib > c->password_budget_mib * 1024) {
		snprintf(message, CONF_MESSAGE_SIZE,
		    "password.memory_kib does not fit into password.budget_mib");
		return (ERR_CONF);
	}
	if (c->apikey_max_s != 0 && (c->apikey_life_s == 0 || c->apikey_life_s > c->apikey_max_s)) {
		snprintf(message, CONF_MESSAGE_SIZE,
		    "apikey.life_s must be no more than apikey.max_s: keys would begin with more "
		    "than they may have");
		return (ERR_CONF);
	}
	if (check_words(c, message) != ERR_OK || check_signup(c, message) != ERR_OK)
		return (ERR_CONF);
	if (c->site_audience[0] == '\0')
		memcpy(c->site_audience, c->site_url, sizeof c->site_audience);
	return (ERR_OK);
}

bool
conf_is_https(const struct conf *c)
{

	return (text_starts(c->site_url, "https://"));
}

bool
conf_is_loopback(const struct conf *c)
{
	const char *host = strstr(c->site_url, "://") + strlen("://");
	const size_t len = strcspn(host, ":/");
	char text[CONF_TEXT_SIZE] = "";
	struct in_addr address;

	if (text_starts(host, "[::1]"))
		return (host[5] == '\0' || host[5] == ':' || host[5] == '/');
	memcpy(text, host, len);
	/* An address whole, for 127.0.0.1.example.org is no loopback. */
	return (strcmp(text, "localhost") == 0 ||
	        (inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127));
}

void
conf_mail_host(const struct conf *c, char ret_host[static CONF_TEXT_SIZE])
{
	const char *host = strstr(c->site_url, "://") + strlen("://");
	const int len = (int)(host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/"));
	struct in6_addr address;
	char text[CONF_TEXT_SIZE];

	snprintf(text, sizeof text, "%.*s", len, host);
	if (inet_pton(AF_INET, text, &address) == 1)
		snprintf(ret_host, CONF_TEXT_SIZE, "[%.200s]", text);
	else if (text[0] == '[')
		snprintf(ret_host, CONF_TEXT_SIZE, "[IPv6:%.200s", text + 1);
	else
		snprintf(ret_host, CONF_TEXT_SIZE, "%s", text);
}
