/* The configuration: every type and limit from both sides, and where a mistake is said to be. */
#include "base/conf.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "state.h"

static struct conf conf;
static char message[CONF_MESSAGE_SIZE];

static bool
takes(const char *text)
{

	return (conf_parse(text, &conf, message) == ERR_OK && message[0] == '\0');
}

/* Is ${text} refused with ${part} in the message? */
static bool
refuses(const char *text, const char *part)
{

	return (conf_parse(text, &conf, message) == ERR_CONF && strstr(message, part) != NULL);
}

static void
test_defaults(void)
{

	ok(takes(""), "an empty file is a configuration");
	ok(strcmp(conf.site_url, "http://127.0.0.1:8080") == 0 &&
	        strcmp(conf.site_audience, conf.site_url) == 0 && conf.session_access_s == 1800 &&
	        conf.session_refresh_s == 604800 && conf.session_grace_s == 10 &&
	        conf.password_memory_kib == 19456 && conf.password_passes == 2 && !conf.log_json,
	    "it has the defaults");
	ok(takes("# a\n; b\n\n[site]\n  name =  x ; y  \n") && strcmp(conf.site_name, "x ; y") == 0,
	    "comments and spaces around are dropped, a ; in a value is not");
}

static const struct limit {
	const char *section, *name;
	long long min, max;
} limits[] = {
	{ "http", "threads", 0, 256 },
	{ "http", "timeout_s", 1, 300 },
	{ "session", "access_s", 10, 86400 },
	{ "session", "refresh_s", 60, 31536000 },
	{ "session", "grace_s", 0, 60 },
	{ "session", "cookie_s", 60, 31536000 },
	{ "session", "opaque_s", 60, 31536000 },
	{ "session", "max_s", 60, 315360000 },
	{ "password", "passes", 1, 100 },
	{ "password", "budget_mib", 19, 65536 }, /* 1 without the memory of a hash */
	{ "password", "wait_ms", 0, 30000 },
	{ "password", "min_length", 8, 64 },
	{ "password", "min_score", 0, 4 },
	{ "work", "bits", 8, 30 },
	{ "work", "life_s", 30, 3600 },
	{ "work", "free_requests", 1, 1000000 },
	{ "work", "free_window_s", 1, 86400 },
	{ "mail", "parallel", 1, 32 },
	{ "mail", "timeout_s", 1, 600 },
	{ "mail", "keep_s", 0, 315360000 },
	{ "webhook", "parallel", 2, 32 },
	{ "webhook", "timeout_s", 1, 60 },
	{ "webhook", "keep_s", 0, 315360000 },
	{ "keep", "attempts_s", 86400, 315360000 },
	{ "log", "level", 0, 2 },
};

static bool
takes_number(const struct limit *l, long long number)
{
	char text[128];

	snprintf(text, sizeof text, "[%s]\n%s = %lld\n", l->section, l->name, number);
	return (takes(text));
}

static void
test_numbers(void)
{
	const struct limit memory = { "password", "memory_kib", 1024, 1048576 };
	char name[128];
	size_t i;

	for (i = 0; i < COUNT(limits); i++) {
		snprintf(name, sizeof name, "%s.%s is from %lld to %lld, and no more",
		    limits[i].section, limits[i].name, limits[i].min, limits[i].max);
		ok(takes_number(&limits[i], limits[i].min) &&
		        takes_number(&limits[i], limits[i].max) &&
		        !takes_number(&limits[i], limits[i].min - 1) &&
		        !takes_number(&limits[i], limits[i].max + 1),
		    name);
	}
	ok(takes_number(&memory, 1024) && !takes_number(&memory, 1023), "memory_kib from 1,024");
	ok(takes("[password]\nbudget_mib=1024\nmemory_kib=1048576\n"), "to 1,048,576");
	ok(refuses("[password]\nbudget_mib=2048\nmemory_kib=1048577\n", "memory_kib must be"),
	    "and no more");
	ok(refuses("[password]\nbudget_mib=18\n", "does not fit"), "it must fit the budget");
	ok(refuses("[session]\naccess_s = 1e3\n", "a whole number from 10 to 86400"),
	    "what is no number is told what is");
}

static void
test_texts(void)
{
	char text[512], value[512];

	memset(value, 'n', sizeof value);
	snprintf(text, sizeof text, "[site]\nname=%.193s\n", value);
	ok(takes(text) && strlen(conf.site_name) == 193, "a line of 199 bytes is taken");
	snprintf(text, sizeof text, "[site]\nname=%.194s\n", value);
	ok(refuses(text, "line 2: this line is too long: 198 bytes at most"),
	    "a longer one is refused, not cut");
	snprintf(text, sizeof text, "%.255s", value);
	setenv("YETT_SITE_NAME", text, 1);
	ok(conf_load(NULL, &conf, message) == ERR_OK && strlen(conf.site_name) == 255,
	    "a text of 255 bytes is taken");
	snprintf(text, sizeof text, "%.256s", value);
	setenv("YETT_SITE_NAME", text, 1);
	ok(conf_load(NULL, &conf, message) == ERR_CONF && strstr(message, "255") != NULL,
	    "one of 256 is not");
	unsetenv("YETT_SITE_NAME");
	snprintf(text, sizeof text, "%.511s", value);
	setenv("YETT_SITE_STATE", text, 1);
	ok(conf_load(NULL, &conf, message) == ERR_OK && strlen(conf.state_dir) == 511,
	    "a path of 511 bytes is taken");
	unsetenv("YETT_SITE_STATE");
	ok(refuses("[site]\nname = a\tb\n", "name must be text"), "a tab inside is refused");
	ok(refuses("[site]\nname = \xff\n", "name must be text"), "what is not UTF-8, too");
}

static void
test_lists(void)
{
	const char *rest;
	char line[CONF_LINES_SIZE], more[CONF_LINES_SIZE + 1];

	ok(takes("[guard]\nrule = a; b\nuser = id\nrule =\nrule =  c \n") &&
	        strcmp(conf.guard_rules, "a; b\nc") == 0,
	    "lines of a list are added up, empty ones left out");
	rest = conf.guard_rules;
	ok(conf_line(&rest, line) && strcmp(line, "a; b") == 0 && conf_line(&rest, line) &&
	        strcmp(line, "c") == 0 && !conf_line(&rest, line),
	    "and taken one by one");
	ok(conf_is_list("guard", "rule") && !conf_is_list("guard", "user") &&
	        !conf_is_list("guard", "rules"),
	    "it is known which are lists");
	ok(refuses("[guard]\nrule = a\tb\n", "line 2: rule must be text") &&
	        refuses("[guard]\nrule = \xff\n", "line 2: rule must be text"),
	    "control characters and what is not UTF-8 are refused");
	setenv("YETT_GUARD_RULE", "\n  x y  \n\nz\n", 1);
	ok(conf_load(NULL, &conf, message) == ERR_OK && strcmp(conf.guard_rules, "x y\nz") == 0,
	    "in the environment they are lines of one value");
	memset(line, 'n', sizeof line);
	line[sizeof line - 1] = '\0';
	setenv("YETT_GUARD_RULE", line, 1);
	ok(conf_load(NULL, &conf, message) == ERR_OK && strlen(conf.guard_rules) == 16383,
	    "16,383 bytes are taken");
	memset(more, 'n', sizeof more);
	more[sizeof more - 1] = '\0';
	setenv("YETT_GUARD_RULE", more, 1);
	ok(conf_load(NULL, &conf, message) == ERR_CONF && strstr(message, "16383") != NULL,
	    "and no more");
	unsetenv("YETT_GUARD_RULE");
	ok(refuses("[guard]\nuser = name\n", "guard.user") && takes("[guard]\nuser = username\n"),
	    "guard.user is one of three words");
}

static void
test_bools(void)
{

	ok(takes("[log]\njson=yes\n") && conf.log_json, "yes is yes");
	ok(takes("[log]\njson=true\n") && conf.log_json, "so is true");
	ok(takes("[log]\njson=1\n") && conf.log_json, "and 1");
	ok(takes("[log]\njson=yes\njson=no\n") && !conf.log_json, "no is no, and the last counts");
	ok(refuses("[log]\njson=maybe\n", "yes or no"), "maybe is neither");
}

static void
test_places(void)
{

	ok(refuses("[site]\nname = x\ncolour = red\n",
	       "line 3: there is no setting \"colour\" in [site]"),
	    "an unknown key is named with its line");
	ok(refuses("[sight]\nname = x\n", "line 2: there is no setting \"name\" in [sight]"),
	    "so is an unknown section");
	ok(refuses("name = x\n", "line 1: there is no setting \"name\" in []"),
	    "and a key before any section");
	ok(refuses("[site]\nname\n", "line 2: this is neither"), "a line without = is refused");
	ok(refuses("# x\n\n[site\n", "line 3: this is neither"), "so is half a section");
	ok(refuses("[site]\nname = x\n  colour = red\n", "line 3"),
	    "a line with spaces in front goes on with nothing");
	ok(refuses("[log]\nlevel = 9\n[site]\ncolour = x\n", "line 2"),
	    "the first mistake is told");
}

static void
test_urls(void)
{

	ok(takes("[site]\nurl = https://id.example.org//\n") &&
	        strcmp(conf.site_url, "https://id.example.org") == 0,
	    "slashes at the end of the URL are dropped");
	ok(takes("[site]\nurl = https://x\naudience = y\n") && strcmp(conf.site_audience, "y") == 0,
	    "the audience may be another");
	ok(refuses("[site]\nurl = ftp://x\n", "site.url"), "another scheme is refused");
	ok(refuses("[site]\nurl = id.example.org\n", "site.url"), "so is none");
	ok(refuses("[site]\nurl = http://\n", "site.url"), "and no host");
	ok(refuses("[site]\nurl = http://127.0.0.1:x@evil.org\n", "site.url"), "and a user");
	ok(refuses("[site]\nurl = https://x?y\n", "site.url"), "and a query");
	ok(refuses("[site]\nurl = https://x/y\n", "site.url"), "and a path");
	ok(takes("[site]\nurl = https://x:65535\n"), "a port may be 65535");
	ok(refuses("[site]\nurl = https://x:65536\n", "site.url") &&
	        refuses("[site]\nurl = https://x:\n", "site.url") &&
	        refuses("[site]\nurl = https://x:0\n", "site.url"),
	    "but not 65536, nothing or 0");
	ok(takes("[site]\nurl = https://[2001:db8::1]:8443\n") &&
	        refuses("[site]\nurl = https://[2001:db8::1\n", "site.url"),
	    "a host may be an address of IPv6");
	ok(takes("[http]\ncors_origins =\n") &&
	        takes("[http]\ncors_origins = https://a.example.org  http://b.example:81\n"),
	    "origins are none or several");
	ok(refuses("[http]\ncors_origins = a.example\n", "cors_origins") &&
	        refuses("[http]\ncors_origins = https://a.example/\n", "cors_origins") &&
	        refuses("[http]\ncors_origins = *\n", "cors_origins") &&
	        refuses("[http]\ncors_origins = https://*.example\n", "cors_origins") &&
	        refuses("[http]\ncors_origins = https://a.example null\n", "cors_origins"),
	    "and nothing that no browser sends");
	ok(takes("[dns]\nserver =\n") && takes("[dns]\nserver = [::1]:5353\ntimeout_s = 30\n"),
	    "a server of the DNS is an address, or none");
	ok(refuses("[dns]\nserver = localhost\n", "dns.server") &&
	        refuses("[dns]\ntimeout_s = 31\n", "timeout_s") &&
	        refuses("[dns]\ntimeout_s = 0\n", "timeout_s"),
	    "and answers in 30 seconds at most");
}

static bool
is_loopback(const char *url)
{
	char text[256];

	snprintf(text, sizeof text, "[site]\nurl=%s\n", url);
	return (takes(text) && conf_is_loopback(&conf));
}

static void
test_loopback(void)
{

	ok(is_loopback("http://127.0.0.1:8080"), "127.0.0.1 is loopback");
	ok(is_loopback("http://127.255.255.254"), "so is all of 127.0.0.0/8");
	ok(is_loopback("http://localhost:8080"), "and localhost");
	ok(is_loopback("http://[::1]:8080"), "and ::1");
	ok(!is_loopback("http://127.0.0.1.evil.org"), "127.0.0.1.evil.org is not");
	ok(!is_loopback("http://localhost.evil.org"), "nor localhost.evil.org");
	ok(!is_loopback("http://128.0.0.1") && !is_loopback("http://12.7.0.1"), "nor 128.0.0.1");
	ok(!is_loopback("http://127.evil"), "nor 127.evil");
	ok(!is_loopback("http://127.0.0.256"), "nor what is no address");
	ok(!is_loopback("http://[::11]") && !is_loopback("http://[::1].evil.org"), "nor ::11");
	ok(takes("[site]\nurl=https://x\n") && conf_is_https(&conf), "https is https");
	ok(takes("[site]\nurl=http://https.org\n") && !conf_is_https(&conf), "http is not");
}

static void
test_load(void)
{
	const char *path = state_file("yett.conf");
	FILE *f = fopen(path, "w");

	fputs("[log]\nlevel = 1\n[site]\nname = file\n", f);
	fclose(f);
	ok(conf_load(path, &conf, message) == ERR_OK && conf.log_level == 1, "a file is loaded");
	setenv("YETT_LOG_LEVEL", "0", 1);
	ok(conf_load(path, &conf, message) == ERR_OK && conf.log_level == 0 &&
	        strcmp(conf.site_name, "file") == 0,
	    "the environment goes before it");
	setenv("YETT_LOG_LEVEL", "3", 1);
	ok(conf_load(path, &conf, message) == ERR_CONF && strstr(message, "YETT_LOG_LEVEL") != NULL,
	    "within the same limits");
	unsetenv("YETT_LOG_LEVEL");
	setenv("YETT_LOG_COLOUR", "red", 1);
	ok(conf_load(path, &conf, message) == ERR_CONF && strstr(message, "LOG_COLOUR") != NULL,
	    "a variable of a section of ours that is no key is refused");
	unsetenv("YETT_LOG_COLOUR");
	setenv("YETT_OTHER", "x", 1);
	ok(conf_load(path, &conf, message) == ERR_OK, "one of no section of ours is not ours");
	unsetenv("YETT_OTHER");
	ok(conf_load(state_file("none"), &conf, message) == ERR_IO &&
	        strstr(message, "none") != NULL,
	    "a file that is not there is named");
}

static void
count_key(void *arg, const char *section, const char *name, const char *value)
{

	*(int *)arg += section != NULL && name != NULL && value != NULL;
}

int
main(void)
{
	int count = 0;

	test_defaults();
	test_numbers();
	test_texts();
	test_lists();
	test_bools();
	test_places();
	test_urls();
	test_loopback();
	test_load();
	takes("");
	conf_each(&conf, count_key, &count);
	ok(count == 67, "67 keys are told");
	return (done());
}
