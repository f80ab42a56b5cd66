/* Users brought along from elsewhere, as lines of JSON: some at a time, each time in memory of its
 * own. */
#include "import.h"

#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/import.h"
#include "access/limit.h"
#include "access/subject.h"
#include "http/reply.h"
#include "reader.h"

#define LINES_MAX 1000      /* a request: 64 KiB have that many lines of an address and a hash */
#define SCRATCH_MAX 4194304 /* 50 lines, of 64 KiB together, as trees, and their audit rows */
#define REPORT_BYTES_MAX 600000 /* 8 errors a line, and 64 KiB of lines */

#define HEAD_MAX 128 /* of the report */

struct import {
	struct req *req;
	struct req copy; /* with the memory of one batch */
	struct arena *scratch;
	struct import_line *lines[IMPORT_BATCH];
	size_t count;
	int64_t number; /* of the last line read */
	const char *at; /* what is left of the body */
	int64_t outcomes[IMPORT_FAILED + 1];
	char *report;
	size_t report_len;
};

/* The next line that is not blank into ${l}; false at the end. */
static bool
next_line(struct import *im, const char **ret_line, size_t *ret_len)
{

	while (*im->at != '\0') {
		*ret_line = im->at;
		*ret_len = strcspn(im->at, "\n");
		im->at += *ret_len + (im->at[*ret_len] == '\n');
		im->number++;
		if (strspn(*ret_line, " \t\r") < *ret_len)
			return (true);
	}
	return (false);
}

static enum err
read_batch(struct import *im)
{
	const char *line;
	size_t len;
	enum err e;

	im->count = 0;
	while (im->count < IMPORT_BATCH && next_line(im, &line, &len)) {
		struct import_line *l = arena_alloc(im->scratch, sizeof *l);

		if (l == NULL)
			return (ERR_NOMEM);
		if ((e = import_read(l, im->number, line, len, im->scratch)) != ERR_OK)
			return (e);
		im->lines[im->count++] = l;
	}
	return (ERR_OK);
}

/* What PATCH would not let this admin say of a user, no line says either. */
static enum err
check_line(struct tx *tx, struct import *im, struct import_line *l)
{
	struct req *r = &im->copy;
	enum err e;

	if (l->outcome != IMPORT_READ)
		return (ERR_OK);
	if (strcmp(l->user.attributes, "{}") != 0) {
		if ((e = limit_role(r, tx_db(tx), ROLE_VIEWER, NULL)) == ERR_FORBIDDEN)
			import_fail(
			    l, "attributes", "conditions rely on them for more than you hold");
		else if (e != ERR_OK)
			return (e);
	}
	if (l->user.email_confirmed) {
		if ((e = limit_confirm(r, tx_db(tx), &l->user)) == ERR_FORBIDDEN)
			import_fail(l, "email_confirmed", "members:create is more than you hold");
		else if (e != ERR_OK)
			return (e);
	}
	r->detail = NULL;
	return (ERR_OK);
}

static enum err
write_line(struct tx *tx, struct import *im, struct import_line *l)
{
	struct json details = json_object(im->scratch);
	const struct event ev = { .action = "user.created",
		.object_type = "user",
		.object_id = l->id,
		.details = &details };
	enum err e;

	if (l->outcome == IMPORT_READ && l->user.can_create_orgs &&
	    !subject_may(im->copy.subject, "orgs:create"))
		import_fail(l, "can_create_orgs", "orgs:create is more than you hold");
	if ((e = check_line(tx, im, l)) != ERR_OK)
		return (e);
	if ((e = import_write(tx, l, im->scratch)) != ERR_OK || l->outcome != IMPORT_CREATED)
		return (e);
	import_tell(l, &details);
	return (audit_note(tx, &im->copy, &ev));
}

static enum err
write_batch(struct tx *tx, void *arg)
{
	struct import *im = arg;
	enum err e;
	size_t i;

	if ((e = subject_recheck(tx, &im->copy)) != ERR_OK)
		return (e);
	if ((e = reader_check(&im->copy)) == ERR_OK)
		for (i = 0; i < im->count && e == ERR_OK; i++)
			e = write_line(tx, im, im->lines[i]);
	return (e);
}

static enum err
report_batch(struct import *im)
{
	struct json j;
	const char *text;
	size_t i, len;

	for (i = 0; i < im->count; i++) {
		j = import_report(im->lines[i]);
		im->outcomes[im->lines[i]->outcome]++;
		if ((text = json_print(&j)) == NULL)
			return (ERR_NOMEM);
		len = strlen(text);
		if (len + 4 > REPORT_BYTES_MAX - im->report_len)
			return (ERR_NOMEM);
		if (im->report_len > HEAD_MAX)
			im->report[im->report_len++] = ',';
		memcpy(im->report + im->report_len, text, len + 1);
		im->report_len += len;
	}
	return (ERR_OK);
}

/* Batch after batch; what is stored stays, so that the same lines may come again. */
static enum err
run(struct import *im)
{
	enum err e;

	do {
		im->copy = *im->req;
		im->copy.arena = im->scratch;
		if ((e = read_batch(im)) == ERR_OK && im->count > 0 &&
		    (e = store_write(im->req->app->store, write_batch, im)) == ERR_OK)
			e = report_batch(im);
		if (e != ERR_OK && im->copy.detail != NULL)
			req_fail(im->req, e, "%s", im->copy.detail);
		arena_reset(im->scratch);
	} while (e == ERR_OK && im->count == IMPORT_BATCH);
	return (e);
}

/* The whole answer: the list of lines has been written behind room for the rest. */
static const char *
finish_report(struct import *im)
{
	char head[HEAD_MAX];
	size_t len;

	len = (size_t)snprintf(head, sizeof head,
	    "{\"created\":%lld,\"existing\":%lld,\"failed\":%lld,\"items\":[",
	    (long long)im->outcomes[IMPORT_CREATED], (long long)im->outcomes[IMPORT_EXISTING],
	    (long long)im->outcomes[IMPORT_FAILED]);
	memcpy(im->report + im->report_len, "]}", 3);
	return (memcpy(im->report + HEAD_MAX - len, head, len));
}

static enum err
check_lines(struct req *r)
{
	size_t lines = 0;
	const char *p;

	if (r->body == NULL || strlen(r->body) != r->body_len)
		return (req_fail(r, ERR_SYNTAX, "the body must be lines of JSON"));
	for (p = r->body; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	if (lines > LINES_MAX)
		return (req_fail(r, ERR_TOO_LARGE, "the body has more than 1000 lines"));
	return (ERR_OK);
}

enum err
import_post(struct req *r)
{
	struct import im = { .req = r, .at = r->body, .report_len = HEAD_MAX };
	enum err e;

	if ((e = reader_check(r)) != ERR_OK || (e = check_lines(r)) != ERR_OK)
		return (e);
	if ((im.report = arena_alloc(r->arena, REPORT_BYTES_MAX)) == NULL ||
	    (im.scratch = arena_new(SCRATCH_MAX)) == NULL)
		return (ERR_NOMEM);
	e = run(&im);
	json_use(r->arena);
	arena_free(im.scratch);
	if (e != ERR_OK)
		return (e);
	/* The report stands in the answer itself: a copy would not fit beside it. */
	return (reply_text(r, 200, "application/json", finish_report(&im)));
}
