/* yett doctor: what is wrong with this site, and how to mend it. */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "access/cookie.h"
#include "base/clock.h"
#include "commands.h"
#include "table.h"

/* 2026-01-01T00:00:00Z: this program is no older. */
#define BUILD_YEAR_AT ((int64_t)1767225600000)
#define HASH_WARN_MS 1000
#define HASH_TRIES 5
#define MIB ((unsigned long long)1024 * 1024)
#define DISK_FAIL (16 * MIB)
#define DISK_WARN (256 * MIB) /* room for a backup and the log of a busy day */

void
doctor_say(struct doctor *d, enum finding finding, const char *what, const char *format, ...)
{
	static const char *const names[] = {
		[FINDING_OK] = "ok",
		[FINDING_WARN] = "warn",
		[FINDING_FAIL] = "FAIL",
	};
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	printf("%-4s  %s: ", names[finding], what);
	table_text(text);
	putchar('\n');
	d->count[finding]++;
}

static void
check_clock(struct doctor *d)
{
	const int64_t now = clock_ms();

	if (now < BUILD_YEAR_AT)
		doctor_say(d, FINDING_FAIL, "clock",
		    "it is %s, before Yett was made: set the clock, and keep it by NTP",
		    table_time(d->tool->arena, now));
	else
		doctor_say(d, FINDING_OK, "clock", "it is %s", table_time(d->tool->arena, now));
}

static void
check_url(struct doctor *d)
{
	const struct conf *c = &d->tool->conf;
	const char *name = cookie_name(c);

	if (conf_is_https(c))
		doctor_say(d, FINDING_OK, "site.url",
		    "%s; the cookie is %s, Secure: browsers send it over TLS to this host alone",
		    c->site_url, name);
	else if (conf_is_loopback(c))
		doctor_say(d, FINDING_OK, "site.url",
		    "%s, for this machine alone; the cookie is %s, not Secure. Before others may "
		    "sign in, set it to https://",
		    c->site_url, name);
	else
		doctor_say(d, FINDING_FAIL, "site.url",
		    "%s: without TLS passwords and tokens can be read on the way, and browsers "
		    "refuse the cookie %s. "
		    "Put TLS before it and set site.url to https://",
		    c->site_url, name);
}

/* The settings that OWASP holds equal, each a floor: more memory, fewer passes.  Source: Password
 * Storage Cheat Sheet. */
static bool
is_strong(const struct conf *c)
{
	static const struct {
		int64_t memory_kib;
		int64_t passes;
	} floors[] = { { 47104, 1 }, { 19456, 2 }, { 12288, 3 }, { 9216, 4 }, { 7168, 5 } };
	size_t i;

	for (i = 0; i < COUNT(floors); i++)
		if (c->password_memory_kib >= floors[i].memory_kib &&
		    c->password_passes >= floors[i].passes)
			return (true);
	return (false);
}

static void
check_cost(struct doctor *d)
{
	const struct conf *c = &d->tool->conf;
	const long long memory = c->password_memory_kib, passes = c->password_passes;

	if (is_strong(c))
		doctor_say(d, FINDING_OK, "password cost",
		    "memory_kib = %lld, passes = %lld; %lld at once by budget_mib", memory, passes,
		    (long long)(c->password_budget_mib * 1024 / memory));
	else
		doctor_say(d, FINDING_WARN, "password cost",
		    "memory_kib = %lld with passes = %lld is below OWASP's floor: set [password] "
		    "memory_kib = 19456, passes = 2",
		    memory, passes);
}

/* How long making one takes, in ms. -1: there was no place to do it. */
static int64_t
hash_ms(struct doctor *d)
{
	const int64_t begun = clock_steady_ms();
	char hash[HASHER_HASH_SIZE];

	if (hasher_hash(d->tool->hasher, "correct horse battery staple", hash) != ERR_OK)
		return (-1);
	return (clock_steady_ms() - begun);
}

/* How long does whoever signs in wait for it on this machine? The shortest of some, for hashing
 * gives way to all else that runs. */
static void
check_hashing(struct doctor *d)
{
	int64_t ms, again;
	int i;

	if (d->tool->hasher == NULL && tool_open_hasher(d->tool) != 0)
		return;
	ms = hash_ms(d);
	for (i = 1; i < HASH_TRIES && ms >= 0 && ms <= HASH_WARN_MS; i++)
		if ((again = hash_ms(d)) >= 0 && again < ms)
			ms = again;
	if (ms < 0)
		doctor_say(d, FINDING_WARN, "hashing",
		    "no place became free in password.wait_ms: many sign in just now, or the "
		    "machine is too slow for [password]");
	else
		doctor_say(d, ms > HASH_WARN_MS ? FINDING_WARN : FINDING_OK, "hashing",
		    "one password takes %lld ms here%s", (long long)ms,
		    ms > HASH_WARN_MS ? ": see docs/deploy.md for settings of small machines" : "");
}

static void
check_breach(struct doctor *d)
{
	const char *path = d->tool->conf.password_breached;
	struct breach *b = NULL;
	enum err e;

	if (path[0] == '\0') {
		doctor_say(d, FINDING_WARN, "breached passwords",
		    "no filter: make one by \"yett breach build LIST FILE\" and set "
		    "password.breached = FILE");
		return;
	}
	if ((e = breach_open(path, &b)) == ERR_OK)
		doctor_say(d, FINDING_OK, "breached passwords", "%llu in %s",
		    (unsigned long long)breach_count(b), path);
	else
		doctor_say(d, FINDING_FAIL, "breached passwords",
		    "%s cannot be used (%s), so no program starts: make it anew by \"yett breach "
		    "build LIST FILE\"",
		    path, err_slug(e));
	breach_close(b);
}

static void
check_pages(struct doctor *d)
{
	static const char *const names[] = { "login", "register", "account" };
	const char *dir = d->tool->conf.www_dir, *path;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		path = arena_print(d->tool->arena, "%s/pages/%s.html", dir, names[i]);
		if (path != NULL && access(path, R_OK) == 0)
			continue;
		doctor_say(d, FINDING_WARN, "pages",
		    "%s/pages/%s.html cannot be read, so browsers get JSON: set site.www", dir,
		    names[i]);
		return;
	}
	doctor_say(d, FINDING_OK, "pages", "in %s", dir);
}

static void
check_disk(struct doctor *d)
{
	const char *dir = d->tool->conf.state_dir;
	unsigned long long left;
	struct statvfs fs;

	if (statvfs(dir, &fs) < 0)
		return;
	left = (unsigned long long)fs.f_bavail * fs.f_frsize;
	doctor_say(d,
	    left < DISK_FAIL   ? FINDING_FAIL
	    : left < DISK_WARN ? FINDING_WARN
	                       : FINDING_OK,
	    "disk", "%llu MiB are free for %s%s", left / MIB, dir,
	    left < DISK_WARN ? ": make room" : "");
}

int
cmd_doctor(struct tool *t)
{
	struct doctor d = { .tool = t };
	bool readable = false;

	check_clock(&d);
	check_url(&d);
	if (doctor_check_files(&d)) {
		readable = doctor_check_database(&d);
		doctor_check_keys(&d);
		check_disk(&d);
		check_hashing(&d);
		doctor_check_arrivals(&d);
	}
	check_cost(&d);
	check_breach(&d);
	check_pages(&d);
	doctor_check_guard(&d, readable);
	doctor_check_mail(&d, readable);
	doctor_check_webhooks(&d, readable);
	printf("%u ok, %u to look at, %u failed\n", d.count[FINDING_OK], d.count[FINDING_WARN],
	    d.count[FINDING_FAIL]);
	return (d.count[FINDING_FAIL] > 0 ? TOOL_FAILED : 0);
}
