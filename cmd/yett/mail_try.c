/* yett mail preview, yett mail test: what mail looks like, and whether it arrives. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "access/mailing.h"
#include "access/profile.h"
#include "base/clock.h"
#include "base/text.h"
#include "commands.h"
#include "proto/mail.h"

#define WAIT_MS 10000
#define LOOK_MS 50

/* The members that --set NAME=VALUE gives, as JSON. */
static int
read_params(struct tool *t, const char **ret_params)
{
	struct json j = json_object(t->arena);
	const char *value, *equals;
	char *name;
	size_t i;

	for (i = 0; i < t->options_count; i++) {
		if (strcmp(t->options[i].name, "--set") != 0)
			continue;
		value = t->options[i].value;
		if ((equals = strchr(value, '=')) == NULL || equals == value ||
		    !text_utf8_ok(value, strlen(value)))
			return (tool_misuse(t, "--set: must be NAME=VALUE"));
		name = arena_copy_len(t->arena, value, (size_t)(equals - value));
		json_add_text(&j, name == NULL ? "" : name, equals + 1);
	}
	*ret_params = json_print(&j);
	return (*ret_params == NULL ? tool_fail("out of memory") : 0);
}

int
cmd_mail_preview(struct tool *t)
{
	const char *locale = tool_value(t, "--lang"), *params;
	struct mail_template filled;
	int status;
	enum err e;

	if (locale != NULL && !profile_locale_ok(locale))
		return (tool_misuse(t, "--lang: must be a language such as de or de-AT"));
	if ((status = read_params(t, &params)) != 0)
		return (status);
	e = mail_fill(&t->conf, t->words[0], locale == NULL ? "" : locale, "you@example.org",
	    params, NULL, t->arena, &filled);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no template \"%s\" in %s%s%s/mail",
		    mailing_kind_ok(t->words[0]) ? t->words[0] : "of that name",
		    t->conf.mail_templates, t->conf.mail_templates[0] != '\0' ? " or " : "",
		    t->conf.www_dir));
	if (e == ERR_FIELDS)
		return (
		    tool_fail("the template must be UTF-8 of at most 64 KiB, with the subject in "
		              "the first line of its .txt"));
	if (e == ERR_SYNTAX)
		return (tool_misuse(t, "--set: a name may be given once"));
	if (e != ERR_OK)
		return (tool_fail("the template cannot be filled (%s)", err_slug(e)));
	if (!tool_has(t, "--html"))
		printf("Subject: %s\n\n%s", filled.subject, filled.text);
	else if (filled.html == NULL)
		return (tool_fail("it has no HTML"));
	else
		fputs(filled.html, stdout);
	return (0);
}

struct queueing {
	struct tool *tool;
	const char *locale;
	char id[ID_SIZE];
};

static enum err
write_test(struct tx *tx, void *arg)
{
	struct queueing *q = arg;
	struct tool *t = q->tool;

	return (mailing_queue(tx, &t->conf, t->master,
	    &(struct mail){ .kind = "test", .to = t->words[0], .locale = q->locale }, clock_ms(),
	    t->arena, q->id));
}

static int
look(struct tool *t, const char *id, struct outbox_mail *ret_mail)
{
	struct db *db;
	enum err e;

	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = outbox_find(db, id, t->arena, ret_mail);
		store_read_end(t->store, db);
	}
	return (e == ERR_OK ? 0 : tool_fail("the outbox cannot be read (%s)", err_slug(e)));
}

/* Wait until it was sent, or tried in vain. */
static int
wait_for(struct tool *t, const char *id)
{
	const int64_t begun = clock_steady_ms();
	struct outbox_mail m;
	int status;

	do {
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
		if ((status = look(t, id, &m)) != 0)
			return (status);
		if (strcmp(m.state, "sent") == 0) {
			printf("sent after %lld ms\n", (long long)(clock_steady_ms() - begun));
			return (0);
		}
		if (m.last_error[0] != '\0')
			return (tool_fail("mail %s is %s: %s", id, m.state, m.last_error));
	} while (clock_steady_ms() - begun < WAIT_MS);
	return (tool_fail("mail %s is %s, and was not sent in %d s: does the courier run? \"yett "
	                  "doctor\" knows",
	    id, m.state, WAIT_MS / 1000));
}

int
cmd_mail_test(struct tool *t)
{
	const char *locale = tool_value(t, "--lang");
	struct queueing q = { .tool = t, .locale = locale };
	int status;
	enum err e;

	if (locale != NULL && !profile_locale_ok(locale))
		return (tool_misuse(t, "--lang: must be a language such as de or de-AT"));
	if (!profile_email_ok(t->words[0]))
		return (tool_fail("that is not an e-mail address"));
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_test, &q)) != ERR_OK)
		return (tool_fail("the mail cannot be stored (%s)", err_slug(e)));
	printf("queued as %s\n", q.id);
	fflush(stdout);
	return (tool_has(t, "--no-wait") ? 0 : wait_for(t, q.id));
}
