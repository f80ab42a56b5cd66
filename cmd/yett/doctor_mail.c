/* What yett doctor looks for in [mail] and in the outbox. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "access/verification.h"
#include "base/clock.h"
#include "doctor.h"
#include "proto/mail.h"
#include "store/outbox.h"

#define LATE_MS 300000 /* what is due goes out at once, unless there is trouble */

bool
doctor_courier_runs(struct doctor *d)
{
	const char *path = tool_path(d->tool, "courier.lock");
	const int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool runs;

	if (fd < 0)
		return (false);
	runs = flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	close(fd);
	return (runs);
}

/* What does not work on a site that sends no mail. */
static void
check_without(struct doctor *d)
{
	const struct conf *c = &d->tool->conf;

	if (verification_required(c))
		doctor_say(d, FINDING_FAIL, "mail",
		    "mail.url is not set, so none is sent: with signup.verification = required "
		    "nobody can sign up");
	else if (strcmp(c->signup_verification, "optional") == 0)
		doctor_say(d, FINDING_WARN, "mail",
		    "mail.url is not set, so none is sent: signup.verification = optional does "
		    "nothing, nobody confirms or changes an address");
	else
		doctor_say(d, FINDING_WARN, "mail",
		    "mail.url is not set, so none is sent: nobody changes an address");
}

static bool
check_settings(struct doctor *d, struct mail_conf *mc)
{
	const struct conf *c = &d->tool->conf;
	char message[CONF_MESSAGE_SIZE];
	struct mail_template filled;

	if (mail_conf_read(c, mc, message) != ERR_OK ||
	    mail_conf_unlock(c, mc, message) != ERR_OK) {
		doctor_say(d, FINDING_FAIL, "mail", "%s", message);
		return (false);
	}
	mail_conf_close(mc);
	if (mc->way == MAIL_NOT) {
		check_without(d);
		return (false);
	}
	if (mc->way == MAIL_SENDMAIL && access(mc->path, X_OK) != 0) {
		doctor_say(d, FINDING_FAIL, "mail", "mail.url: %s: %s", mc->path, strerror(errno));
		return (false);
	}
	if (mail_fill(c, "test", "", "you@example.org", NULL, NULL, d->tool->arena, &filled) !=
	    ERR_OK) {
		doctor_say(d, FINDING_FAIL, "mail",
		    "the templates in %s/mail cannot be used: set site.www", c->www_dir);
		return (false);
	}
	return (true);
}

static bool
count(struct doctor *d, struct outbox_counts *ret_counts)
{
	const char *path = tool_path(d->tool, "yett.db");
	struct db *db = NULL;
	bool counted;

	counted = path != NULL && db_open(path, DB_READ, &db) == ERR_OK &&
	          outbox_count(db, clock_ms(), ret_counts) == ERR_OK;
	db_close(db);
	return (counted);
}

void
doctor_check_mail(struct doctor *d, bool readable)
{
	struct outbox_counts n = { .queued = 0 };
	struct mail_conf mc;
	bool sends;

	sends = check_settings(d, &mc);
	if (!readable || !count(d, &n))
		return;
	if (n.dead > 0)
		doctor_say(d, FINDING_WARN, "outbox",
		    "%lld mails could not be sent: see \"yett mail list --state dead\"",
		    (long long)n.dead);
	if (!sends)
		return;
	if (!doctor_courier_runs(d))
		doctor_say(d, FINDING_WARN, "outbox",
		    "the courier does not run, so %lld mails wait: start it beside the programs",
		    (long long)n.queued);
	else if (n.due_since != 0 && clock_ms() - n.due_since > LATE_MS)
		doctor_say(d, FINDING_WARN, "outbox",
		    "%lld mails wait, some for more than five minutes: see the courier's log, and "
		    "\"yett mail list --state queued\"",
		    (long long)n.queued);
	else
		doctor_say(d, FINDING_OK, "outbox", "%lld mails wait, %lld were sent",
		    (long long)n.queued, (long long)n.sent);
}
