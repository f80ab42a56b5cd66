/* The configuration: one INI file, one table of keys, one override by environment for each of them.
 */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

#include "base/text.h"

/* The Makefile knows where things are installed; tools that only read this file don't. */
#ifndef DATA_DIR
#define DATA_DIR "/usr/local/share/yett"
#endif
#ifndef CONF_FILE
#define CONF_FILE "/usr/local/etc/yett.conf"
#endif

#define DAY 86400

enum type { TEXT, PATH, LINES, NUMBER, BOOL };

struct key {
	const char *section;
	const char *name;
	enum type type;
	size_t offset;
	int64_t min;
	int64_t max;
	const char *usual;
};

#define AT(member) offsetof(struct conf, member)

static const struct key keys[] = {
	{ "site", "url", TEXT, AT(site_url), 0, 0, "http://127.0.0.1:8080" },
	{ "site", "name", TEXT, AT(site_name), 0, 0, "Yett" },
	{ "site", "audience", TEXT, AT(site_audience), 0, 0, "" },
	{ "site", "state", PATH, AT(state_dir), 0, 0, "/var/lib/yett" },
	{ "site", "www", PATH, AT(www_dir), 0, 0, DATA_DIR "/www" },
	{ "http", "threads", NUMBER, AT(http_threads), 0, 256, "0" },
	{ "http", "timeout_s", NUMBER, AT(http_timeout_s), 1, 300, "10" },
	{ "http", "cors_origins", PATH, AT(http_cors_origins), 0, 0, "" },
	{ "http", "proxies", PATH, AT(http_proxies), 0, 0, "" },
	{ "http", "forwarded", BOOL, AT(http_forwarded), 0, 0, "no" },
	{ "session", "access_s", NUMBER, AT(session_access_s), 10, DAY, "1800" },
	{ "session", "refresh_s", NUMBER, AT(session_refresh_s), 60, 365 * DAY, "604800" },
	{ "session", "grace_s", NUMBER, AT(session_grace_s), 0, 60, "10" },
	{ "session", "cookie_s", NUMBER, AT(session_cookie_s), 60, 365 * DAY, "604800" },
	{ "session", "opaque_s", NUMBER, AT(session_opaque_s), 60, 365 * DAY, "2592000" },
	{ "session", "max_s", NUMBER, AT(session_max_s), 60, 3650LL * DAY, "7776000" },
	{ "password", "memory_kib", NUMBER, AT(password_memory_kib), 1024, 1048576, "19456" },
	{ "password", "passes", NUMBER, AT(password_passes), 1, 100, "2" },
	{ "password", "budget_mib", NUMBER, AT(password_budget_mib), 1, 65536, "64" },
	{ "password", "wait_ms", NUMBER, AT(password_wait_ms), 0, 30000, "3000" },
	{ "password", "min_length", NUMBER, AT(password_min_length), 8, 64, "8" },
	{ "password", "min_score", NUMBER, AT(password_min_score), 0, 4, "2" },
	{ "password", "breached", PATH, AT(password_breached), 0, 0, "" },
	{ "signup", "mode", TEXT, AT(signup_mode), 0, 0, "open" },
	{ "signup", "verification", TEXT, AT(signup_verification), 0, 0, "optional" },
	{ "signin", "magic_link", BOOL, AT(signin_magic_link), 0, 0, "yes" },
	{ "signin", "otp", BOOL, AT(signin_otp), 0, 0, "yes" },
	{ "signin", "otp_sms", BOOL, AT(signin_otp_sms), 0, 0, "no" },
	{ "throttle", "failures", NUMBER, AT(throttle_failures), 0, 20, "5" },
	{ "throttle", "longest_s", NUMBER, AT(throttle_longest_s), 1, DAY, "900" },
	{ "throttle", "network_failures", NUMBER, AT(throttle_network_failures), 0, 1000000,
	    "100" },
	{ "throttle", "network_window_s", NUMBER, AT(throttle_network_window_s), 1, DAY, "600" },
	{ "throttle", "mails", NUMBER, AT(throttle_mails), 0, 1000, "5" },
	{ "work", "mode", TEXT, AT(work_mode), 0, 0, "off" },
	{ "work", "bits", NUMBER, AT(work_bits), 8, 30, "18" },
	{ "work", "life_s", NUMBER, AT(work_life_s), 30, 3600, "300" },
	{ "work", "free_requests", NUMBER, AT(work_free_requests), 1, 1000000, "30" },
	{ "work", "free_window_s", NUMBER, AT(work_free_window_s), 1, DAY, "60" },
	{ "dns", "server", TEXT, AT(dns_server), 0, 0, "" },
	{ "dns", "timeout_s", NUMBER, AT(dns_timeout_s), 1, 30, "5" },
	{ "apikey", "life_s", NUMBER, AT(apikey_life_s), 0, 3650LL * DAY, "31536000" },
	{ "apikey", "max_s", NUMBER, AT(apikey_max_s), 0, 3650LL * DAY, "63072000" },
	{ "guard", "rule", LINES, AT(guard_rules), 0, 0, "" },
	{ "guard", "user", TEXT, AT(guard_user), 0, 0, "email" },
	{ "guard", "ask", TEXT, AT(guard_ask), 0, 0, "" },
	{ "mail", "url", PATH, AT(mail_url), 0, 0, "" },
	{ "mail", "user", TEXT, AT(mail_user), 0, 0, "" },
	{ "mail", "password_file", PATH, AT(mail_password_file), 0, 0, "" },
	{ "mail", "tls", TEXT, AT(mail_tls), 0, 0, "required" },
	{ "mail", "ca", PATH, AT(mail_ca), 0, 0, "" },
	{ "mail", "from", TEXT, AT(mail_from), 0, 0, "" },
	{ "mail", "reply_to", TEXT, AT(mail_reply_to), 0, 0, "" },
	{ "mail", "templates", PATH, AT(mail_templates), 0, 0, "" },
	{ "mail", "notices", BOOL, AT(mail_notices), 0, 0, "yes" },
	{ "mail", "parallel", NUMBER, AT(mail_parallel), 1, 32, "4" },
	{ "mail", "timeout_s", NUMBER, AT(mail_timeout_s), 1, 600, "120" },
	{ "mail", "keep_s", NUMBER, AT(mail_keep_s), 0, 3650LL * DAY, "604800" },
	{ "webhook", "private", PATH, AT(webhook_private), 0, 0, "" },
	{ "webhook", "orgs_private", BOOL, AT(webhook_orgs_private), 0, 0, "no" },
	{ "webhook", "ca", PATH, AT(webhook_ca), 0, 0, "" },
	{ "webhook", "parallel", NUMBER, AT(webhook_parallel), 2, 32, "4" },
	{ "webhook", "timeout_s", NUMBER, AT(webhook_timeout_s), 1, 60, "15" },
	{ "webhook", "keep_s", NUMBER, AT(webhook_keep_s), 0, 3650LL * DAY, "604800" },
	{ "keep", "attempts_s", NUMBER, AT(keep_attempts_s), DAY, 3650LL * DAY, "7776000" },
	{ "log", "to", TEXT, AT(log_to), 0, 0, "stderr" },
	{ "log", "json", BOOL, AT(log_json), 0, 0, "no" },
	{ "log", "level", NUMBER, AT(log_level), 0, 2, "2" },
};

struct load {
	struct conf *conf;
	const char *path;
	FILE *file;
	const char *text; /* what is left, when there is no file */
	unsigned int line;
	char *message;
	enum err err;
};

static bool
set_number(const struct key *k, const char *value, void *to)
{

	return (text_number(value, k->min, k->max, to));
}

static bool
set_bool(const char *value, bool *to)
{

	if (strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*to = true;
	else if (strcmp(value, "no") == 0 || strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*to = false;
	else
		return (false);
	return (true);
}

static bool
set_text(const char *value, char *to, size_t size)
{

	if (strlen(value) >= size || !text_control_free(value) ||
	    !text_utf8_ok(value, strlen(value)))
		return (false);
	memcpy(to, value, strlen(value) + 1);
	return (true);
}

bool
conf_line(const char **rest, char ret_line[static CONF_LINES_SIZE])
{
	const char *begin = *rest + strspn(*rest, "\n");
	const size_t len = strcspn(begin, "\n");

	memcpy(ret_line, begin, len);
	ret_line[len] = '\0';
	*rest = begin + len;
	return (len > 0);
}

/* Add a line to those that are there; an empty one is none. */
static bool
add_line(const char *line, size_t len, char *to)
{
	const size_t used = strlen(to);

	while (len > 0 && line[len - 1] == ' ')
		len--;
	if (len == 0)
		return (true);
	if (used + (used > 0) + len >= CONF_LINES_SIZE || !text_utf8_ok(line, len))
		return (false);
	snprintf(to + used, CONF_LINES_SIZE - used, "%s%.*s", used > 0 ? "\n" : "", (int)len, line);
	return (text_control_free(to + used + (used > 0)));
}

static bool
add_lines(const char *value, char *to)
{
	size_t len;

	for (;; value += len + 1) {
		value += strspn(value, " ");
		len = strcspn(value, "\n");
		if (!add_line(value, len, to))
			return (false);
		if (value[len] == '\0')
			return (true);
	}
}

static bool
set_value(struct conf *c, const struct key *k, const char *value)
{
	void *to = (char *)c + k->offset;

	switch (k->type) {
	case TEXT:
		return (set_text(value, to, CONF_TEXT_SIZE));
	case PATH:
		return (set_text(value, to, CONF_PATH_SIZE));
	case LINES:
		return (add_lines(value, to));
	case NUMBER:
		return (set_number(k, value, to));
	case BOOL:
		return (set_bool(value, to));
	}
	return (false);
}

/* What ${k} takes, for a person. */
static void
print_expected(const struct key *k, char *to, size_t size)
{

	switch (k->type) {
	case TEXT:
	case PATH:
		snprintf(to, size, "text of at most %d bytes",
		    (k->type == TEXT ? CONF_TEXT_SIZE : CONF_PATH_SIZE) - 1);
		break;
	case LINES:
		snprintf(to, size, "text, of at most %d bytes all together", CONF_LINES_SIZE - 1);
		break;
	case NUMBER:
		snprintf(to, size, "a whole number from %lld to %lld", (long long)k->min,
		    (long long)k->max);
		break;
	case BOOL:
		snprintf(to, size, "yes or no");
		break;
	}
}

static const struct key *
find_key(const char *section, const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
			return (&keys[i]);
	return (NULL);
}

static void fail(struct load *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Note the first thing that is wrong, with the place. */
static void
fail(struct load *l, const char *format, ...)
{
	va_list args;
	int used;

	if (l->err != ERR_OK)
		return;
	l->err = ERR_CONF;
	used = snprintf(l->message, CONF_MESSAGE_SIZE, "%.200s line %u: ", l->path, l->line);
	va_start(args, format);
	vsnprintf(l->message + used, CONF_MESSAGE_SIZE - (size_t)used, format, args);
	va_end(args);
}

static int
on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct load *l = user;
	const struct key *k;
	char expected[96];

	if ((k = find_key(section, name)) == NULL) {
		fail(l, "there is no setting \"%.60s\" in [%.60s]", name, section);
		return (0);
	}
	if (!set_value(l->conf, k, value)) {
		print_expected(k, expected, sizeof expected);
		fail(l, "%.60s must be %.90s", name, expected);
		return (0);
	}
	return (1);
}

/* One line for inih; also the only place that knows its number, as Debian's inih does not tell it.
 */
static char *
read_line(char *to, int size, void *stream)
{
	struct load *l = stream;
	size_t len;

	if (l->err != ERR_OK)
		return (NULL);
	if (l->file != NULL) {
		if (fgets(to, size, l->file) == NULL)
			return (NULL);
		len = strlen(to);
	} else {
		if (*l->text == '\0')
			return (NULL);
		for (len = 0; len + 1 < (size_t)size && l->text[len] != '\0'; len++)
			if (l->text[len] == '\n') {
				len++;
				break;
			}
		memcpy(to, l->text, len);
		to[len] = '\0';
		l->text += len;
	}
	l->line++;
	/* A longer line would reach inih in pieces, and its tail as a setting of its own. */
	if (len + 1 == (size_t)size && to[len - 1] != '\n')
		fail(l, "this line is too long: 198 bytes at most; the environment takes more");
	return (l->err == ERR_OK ? to : NULL);
}

static enum err
parse(struct load *l)
{
	int line;

	/* Inline comments would cut a value such as "a ; b"; continued lines would hide a misspelt
	 * key. */
	ini_allow_inline_comments = false;
	ini_allow_multiline = false;
	ini_stop_on_first_error = true;
	line = ini_parse_stream(read_line, l, on_pair, l);
	if (l->err == ERR_OK && line != 0) {
		l->line = line > 0 ? (unsigned int)line : 0;
		fail(l, "this is neither [section] nor name = value");
	}
	return (l->err);
}

static void
set_defaults(struct conf *c)
{
	size_t i;

	memset(c, 0, offsetof(struct conf, guard_rules));
	c->guard_rules[0] = '\0';
	for (i = 0; i < COUNT(keys); i++)
		if (!set_value(c, &keys[i], keys[i].usual))
			abort();
}

enum err
conf_parse(const char *text, struct conf *ret_conf, char ret_message[static CONF_MESSAGE_SIZE])
{
	struct load l = {
		.conf = ret_conf, .path = "yett.conf", .text = text, .message = ret_message
	};
	enum err e;

	ret_message[0] = '\0';
	set_defaults(ret_conf);
	if ((e = parse(&l)) != ERR_OK)
		return (e);
	return (conf_check(ret_conf, ret_message));
}

/* Set what YETT_SECTION_KEY says; refuse a name that has a section of ours and no key. */
static enum err
set_from_environment(struct conf *c, const char *variable, char *message)
{
	const char *equals = strchr(variable, '='), *name = variable + strlen("YETT_");
	char wanted[64], expected[96];
	bool ours = false;
	size_t i, len;

	for (i = 0; i < COUNT(keys); i++) {
		snprintf(wanted, sizeof wanted, "%s_%s=", keys[i].section, keys[i].name);
		for (len = 0; wanted[len] != '\0'; len++)
			wanted[len] = (char)toupper((unsigned char)wanted[len]);
		if (strncmp(name, wanted, strlen(keys[i].section) + 1) == 0)
			ours = true;
		if (strncmp(name, wanted, len) != 0)
			continue;
		/* Instead of the lines of the file. */
		if (keys[i].type == LINES)
			*((char *)c + keys[i].offset) = '\0';
		if (set_value(c, &keys[i], equals + 1))
			return (ERR_OK);
		print_expected(&keys[i], expected, sizeof expected);
		snprintf(message, CONF_MESSAGE_SIZE, "environment: YETT_%.*s must be %s",
		    (int)len - 1, wanted, expected);
		return (ERR_CONF);
	}
	if (!ours)
		return (ERR_OK);
	snprintf(message, CONF_MESSAGE_SIZE, "environment: there is no setting for %.*s",
	    (int)(equals - variable), variable);
	return (ERR_CONF);
}

const char *
conf_path(const char *option)
{

	if (option != NULL)
		return (option);
	if (getenv("YETT_CONF") != NULL)
		return (getenv("YETT_CONF"));
	return (access(CONF_FILE, F_OK) == 0 ? CONF_FILE : NULL);
}

enum err
conf_load(const char *path, struct conf *ret_conf, char ret_message[static CONF_MESSAGE_SIZE])
{
	struct load l = { .conf = ret_conf, .path = path, .message = ret_message };
	enum err e = ERR_OK;
	char **variable;

	ret_message[0] = '\0';
	set_defaults(ret_conf);
	if (path != NULL) {
		if ((l.file = fopen(path, "re")) == NULL) {
			snprintf(
			    ret_message, CONF_MESSAGE_SIZE, "%.400s: %s", path, strerror(errno));
			return (ERR_IO);
		}
		e = parse(&l);
		fclose(l.file);
	}
	for (variable = environ; e == ERR_OK && *variable != NULL; variable++)
		if (text_starts(*variable, "YETT_") && strchr(*variable, '=') != NULL)
			e = set_from_environment(ret_conf, *variable, ret_message);
	if (e != ERR_OK)
		return (e);
	return (conf_check(ret_conf, ret_message));
}

bool
conf_is_list(const char *section, const char *name)
{
	const struct key *k = find_key(section, name);

	return (k != NULL && k->type == LINES);
}

static void
each_line(const struct key *k, const char *lines,
    void (*each)(void *arg, const char *section, const char *name, const char *value), void *arg)
{
	char line[CONF_LINES_SIZE];

	if (*lines == '\0')
		each(arg, k->section, k->name, "");
	while (conf_line(&lines, line))
		each(arg, k->section, k->name, line);
}

void
conf_each(const struct conf *c,
    void (*each)(void *arg, const char *section, const char *name, const char *value), void *arg)
{
	const void *value;
	char number[32];
	size_t i;

	for (i = 0; i < COUNT(keys); i++) {
		value = (const char *)c + keys[i].offset;
		switch (keys[i].type) {
		case TEXT:
		case PATH:
			each(arg, keys[i].section, keys[i].name, value);
			break;
		case LINES:
			each_line(&keys[i], value, each, arg);
			break;
		case NUMBER:
			snprintf(number, sizeof number, "%lld", (long long)*(const int64_t *)value);
			each(arg, keys[i].section, keys[i].name, number);
			break;
		case BOOL:
			each(arg, keys[i].section, keys[i].name,
			    *(const bool *)value ? "yes" : "no");
			break;
		}
	}
}
