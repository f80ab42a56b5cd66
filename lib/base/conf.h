/* The configuration: one INI file, one table of keys, one override by environment for each of them.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define CONF_PATH_SIZE 512
#define CONF_TEXT_SIZE 256
#define CONF_LINES_SIZE 16384
#define CONF_MESSAGE_SIZE 640

/* Every key of etc/yett.conf, whose comments say what each means; times in seconds but where the
 * name says otherwise. */
struct conf {
	char site_url[CONF_TEXT_SIZE]; /* no slash at the end */
	char site_name[CONF_TEXT_SIZE];
	char site_audience[CONF_TEXT_SIZE]; /* site_url when not set */
	char state_dir[CONF_PATH_SIZE];
	char www_dir[CONF_PATH_SIZE];

	int64_t http_threads;
	int64_t http_timeout_s;
	char http_cors_origins[CONF_PATH_SIZE]; /* separated by spaces */
	char http_proxies[CONF_PATH_SIZE];      /* addresses and networks, separated by spaces */
	bool http_forwarded;                    /* they speak RFC 7239, not X-Forwarded-For */

	int64_t session_access_s;
	int64_t session_refresh_s;
	int64_t session_grace_s;
	int64_t session_cookie_s;
	int64_t session_opaque_s;
	int64_t session_max_s;

	int64_t password_memory_kib;
	int64_t password_passes;
	int64_t password_budget_mib;
	int64_t password_wait_ms;
	int64_t password_min_length;
	int64_t password_min_score;
	char password_breached[CONF_PATH_SIZE];

	char signup_mode[CONF_TEXT_SIZE];         /* open, invite, waitlist, closed */
	char signup_verification[CONF_TEXT_SIZE]; /* off, optional, required */
	bool signin_magic_link;
	bool signin_otp;
	bool signin_otp_sms;

	int64_t throttle_failures; /* 0: no limit */
	int64_t throttle_longest_s;
	int64_t throttle_network_failures; /* 0: no limit */
	int64_t throttle_network_window_s;
	int64_t throttle_mails; /* an hour; 0: no limit */

	char work_mode[CONF_TEXT_SIZE]; /* off, busy, always */
	int64_t work_bits;
	int64_t work_life_s;
	int64_t work_free_requests; /* of mode busy */
	int64_t work_free_window_s;

	char dns_server[CONF_TEXT_SIZE]; /* ADDRESS[:PORT]; "": those of /etc/resolv.conf */
	int64_t dns_timeout_s;

	int64_t apikey_life_s; /* 0: without end */
	int64_t apikey_max_s;  /* 0: no limit */

	char guard_user[CONF_TEXT_SIZE]; /* email, username, id */
	char guard_ask[CONF_TEXT_SIZE];

	/* proto/mail_conf.h knows what the texts say. */
	char mail_url[CONF_PATH_SIZE]; /* "": none is sent */
	char mail_user[CONF_TEXT_SIZE];
	char mail_password_file[CONF_PATH_SIZE];
	char mail_tls[CONF_TEXT_SIZE];
	char mail_ca[CONF_PATH_SIZE];
	char mail_from[CONF_TEXT_SIZE];
	char mail_reply_to[CONF_TEXT_SIZE];
	char mail_templates[CONF_PATH_SIZE];
	bool mail_notices;
	int64_t mail_parallel;
	int64_t mail_timeout_s;
	int64_t mail_keep_s;

	char webhook_private[CONF_PATH_SIZE]; /* addresses and networks, separated by spaces */
	bool webhook_orgs_private;            /* webhooks of orgs may lead there, too */
	char webhook_ca[CONF_PATH_SIZE];      /* "": the system's */
	int64_t webhook_parallel;
	int64_t webhook_timeout_s;
	int64_t webhook_keep_s;

	int64_t keep_attempts_s;

	char log_to[CONF_TEXT_SIZE]; /* stderr or syslog */
	bool log_json;
	int64_t log_level;

	/* One a line; access/guard_conf.h knows what they say. The last, for most of it is rarely
	 * written to, and memory that nobody writes to is none. */
	char guard_rules[CONF_LINES_SIZE];
};

/**
 * conf_path(option):
 * The configuration to read: ${option} when given, else $YETT_CONF, else the installed one when it
 * is there; else NULL.
 */
const char *conf_path(const char *option);

/**
 * conf_load(path, ret_conf, ret_message):
 * Fill ${ret_conf} with the defaults, then the file ${path} (NULL: none), then the environment
 * (YETT_SECTION_KEY; of a list the lines there are all). On failure ${ret_message} says what is
 * wrong, with the file and the line, for a person. Errors: ERR_CONF for an unknown section or key,
 * a value out of range, a line too long; ERR_IO when unreadable.
 */
MUST_USE enum err
conf_load(const char *path, struct conf *ret_conf, char ret_message[static CONF_MESSAGE_SIZE]);

/**
 * conf_parse(text, ret_conf, ret_message):
 * As conf_load() with the file's ${text} at hand and no environment: what the fuzzer drives.
 */
MUST_USE enum err
conf_parse(const char *text, struct conf *ret_conf, char ret_message[static CONF_MESSAGE_SIZE]);

/**
 * conf_check(c, ret_message):
 * Do the values of ${c} make sense together? What follows from others is filled in. What
 * conf_load() and conf_parse() end with. Errors: ERR_CONF.
 */
MUST_USE enum err conf_check(struct conf *c, char ret_message[static CONF_MESSAGE_SIZE]);

/**
 * conf_line(rest, ret_line):
 * Take the next of the lines at ${*rest}, which moves on; false when there is none left.
 */
bool conf_line(const char **rest, char ret_line[static CONF_LINES_SIZE]);

/**
 * conf_is_list(section, name):
 * May the key be given more than once, each adding a line?
 */
bool conf_is_list(const char *section, const char *name);

/**
 * conf_each(c, each, arg):
 * Call ${each} once a key with its section, name and value as text; once a line of a list, and once
 * with "" for an empty one.
 */
void conf_each(const struct conf *c,
    void (*each)(void *arg, const char *section, const char *name, const char *value), void *arg);

/**
 * conf_is_https(c), conf_is_loopback(c):
 * Does the site's URL begin with https://? Is its host this machine's loopback (127.0.0.0/8, ::1,
 * localhost)?
 */
bool conf_is_https(const struct conf *c);
bool conf_is_loopback(const struct conf *c);

/**
 * conf_mail_host(c, ret_host):
 * The host of the site's URL, as it stands in mail addresses: an IP address in brackets.
 * Source: RFC 5321 section 4.1.3.
 */
void conf_mail_host(const struct conf *c, char ret_host[static CONF_TEXT_SIZE]);

#endif
