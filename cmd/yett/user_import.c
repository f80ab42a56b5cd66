/* yett user: users brought along from elsewhere, and taken elsewhere, as lines of JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/import.h"
#include "access/profile.h"
#include "base/clock.h"
#include "commands.h"
#include "user_wish.h"

#define LINE_MAX_LEN 65536
#define BATCH_MEMORY ((size_t)64 << 20)

struct import {
	struct tool *tool;
	FILE *from;
	struct arena *scratch; /* for one batch */
	struct import_line *lines[IMPORT_BATCH];
	size_t count;
	int64_t number;
	int64_t outcomes[IMPORT_FAILED + 1];
};

static enum err
take_line(struct import *im, const char *text, size_t len)
{
	struct import_line *l;

	im->number++;
	if (strspn(text, " \t\r\n") >= len)
		return (ERR_OK);
	if ((l = arena_alloc(im->scratch, sizeof *l)) == NULL)
		return (ERR_NOMEM);
	im->lines[im->count++] = l;
	if (len > LINE_MAX_LEN || strlen(text) != len) {
		*l = (struct import_line){ .number = im->number, .said = { .arena = im->scratch } };
		import_fail(
		    l, "line", len > LINE_MAX_LEN ? "has more than 65536 bytes" : "has a NUL");
		return (ERR_OK);
	}
	return (import_read(l, im->number, text, len, im->scratch));
}

static enum err
write_batch(struct tx *tx, void *arg)
{
	static const struct audit_actor who = { .kind = "tool" };
	struct import *im = arg;
	struct import_line *l;
	struct json details;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < im->count && e == ERR_OK; i++) {
		l = im->lines[i];
		if ((e = import_write(tx, l, im->scratch)) != ERR_OK ||
		    l->outcome != IMPORT_CREATED)
			continue;
		details = json_object(im->scratch);
		import_tell(l, &details);
		e = audit_note_as(tx, im->tool->master, &who,
		    &(struct event){ .action = "user.created",
		        .object_type = "user",
		        .object_id = l->id,
		        .details = &details },
		    im->scratch);
	}
	return (e);
}

/* What failed, for a person; or what became of every line, as JSON. */
static int
report_batch(struct import *im)
{
	const bool json = tool_has(im->tool, "--json");
	const struct import_line *l;
	struct json j;
	int status = 0;
	size_t i;

	for (i = 0; i < im->count && status == 0; i++) {
		l = im->lines[i];
		im->outcomes[l->outcome]++;
		if (json) {
			j = import_report(l);
			status = tool_print_json(&j);
		} else if (l->outcome == IMPORT_FAILED) {
			fprintf(stderr, "line %lld: ", (long long)l->number);
			if (l->said.field_errors_count > 0)
				fprintf(stderr, "%s: %s\n", l->said.field_errors[0].name,
				    l->said.field_errors[0].value);
			else
				fprintf(stderr, "%s\n", l->said.detail);
		}
	}
	return (status);
}

static int
run_batch(struct import *im)
{
	enum err e;

	if (im->count > 0 && (e = store_write(im->tool->store, write_batch, im)) != ERR_OK)
		return (tool_fail("the users up to line %lld cannot be stored (%s); those before "
		                  "are: the same lines may come again",
		    (long long)im->number, err_slug(e)));
	return (report_batch(im));
}

static int
run_all(struct import *im)
{
	size_t size = 0;
	char *line = NULL;
	int status = 0;
	ssize_t len = 0;
	enum err e;

	while (status == 0 && len >= 0) {
		im->count = 0;
		e = ERR_OK;
		while (e == ERR_OK && im->count < IMPORT_BATCH &&
		       (len = getline(&line, &size, im->from)) >= 0)
			e = take_line(im, line, (size_t)len);
		status = e == ERR_OK ? run_batch(im) : tool_fail("out of memory");
		arena_reset(im->scratch);
	}
	free(line);
	if (status == 0 && ferror(im->from))
		status = tool_fail("%s: %s", im->tool->words[0], strerror(errno));
	return (status);
}

int
cmd_user_import(struct tool *t)
{
	const bool standard = strcmp(t->words[0], "-") == 0;
	struct import im = { .tool = t };
	int status;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((im.from = standard ? stdin : fopen(t->words[0], "re")) == NULL)
		return (tool_fail("%s: %s", t->words[0], strerror(errno)));
	if ((im.scratch = arena_new(BATCH_MEMORY)) == NULL)
		status = tool_fail("out of memory");
	else
		status = run_all(&im);
	arena_free(im.scratch);
	if (!standard)
		fclose(im.from);
	if (status != 0)
		return (status);
	fprintf(tool_has(t, "--json") ? stderr : stdout,
	    "created: %lld, existing: %lld, failed: %lld\n", (long long)im.outcomes[IMPORT_CREATED],
	    (long long)im.outcomes[IMPORT_EXISTING], (long long)im.outcomes[IMPORT_FAILED]);
	return (im.outcomes[IMPORT_FAILED] == 0 ? 0 : TOOL_FAILED);
}

struct export
{
	struct tool *tool;
	struct wish wish;
	struct arena *scratch; /* for one page */
	bool hashes;
	bool more;
};

static int
print_one(struct export *x, const struct user *u)
{
	struct json j = json_object(x->scratch);

	profile_add(&j, u);
	profile_add_admins(&j, u);
	if (x->hashes && u->password_hash != NULL)
		json_add_text(&j, "password_hash", u->password_hash);
	return (tool_print_json(&j));
}

/* The users of one page, read in one transaction and printed after it: who reads our output may be
 * slow. */
static int
export_page(struct export *x)
{
	struct user_page *page = arena_alloc(x->scratch, sizeof *page);
	struct user *users = arena_alloc(x->scratch, USER_PAGE_MAX * sizeof *users);
	struct db *db;
	int status = 0;
	enum err e;
	size_t i;

	if (page == NULL || users == NULL)
		return (tool_fail("out of memory"));
	if ((e = store_read(x->tool->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	e = user_list(
	    db, &x->wish.filter, x->wish.after, clock_ms(), USER_PAGE_MAX, x->scratch, page);
	for (i = 0; e == ERR_OK && i < page->count; i++)
		e = user_find(db, USER_BY_ID, page->items[i].id, x->scratch, &users[i]);
	store_read_end(x->tool->store, db);
	if (e != ERR_OK)
		return (tool_fail("the users cannot be read (%s)", err_slug(e)));
	for (i = 0; status == 0 && i < page->count; i++)
		status = print_one(x, &users[i]);
	x->more = page->more;
	x->wish.place = page->next;
	return (status);
}

/* The place lives on when the page's memory goes. */
static int
keep_place(struct export *x, char key[static USER_EMAIL_MAX + 1], char id[static ID_SIZE])
{

	snprintf(key, USER_EMAIL_MAX + 1, "%s", x->wish.place.key);
	snprintf(id, ID_SIZE, "%s", x->wish.place.id);
	x->wish.place.key = key;
	x->wish.place.id = id;
	x->wish.after = &x->wish.place;
	arena_reset(x->scratch);
	return (0);
}

int
cmd_user_export(struct tool *t)
{
	char key[USER_EMAIL_MAX + 1], id[ID_SIZE];
	struct export x = { .tool = t, .hashes = tool_has(t, "--hashes") };
	int status;

	if ((status = tool_open_store(t)) != 0 || (status = user_wish_read(t, &x.wish)) != 0 ||
	    (status = tool_note_alone(
	         t, &(struct event){ .action = "users.exported", .object_type = "user" })) != 0)
		return (status);
	if ((x.scratch = arena_new(BATCH_MEMORY)) == NULL)
		return (tool_fail("out of memory"));
	do
		status = export_page(&x);
	while (status == 0 && x.more && keep_place(&x, key, id) == 0);
	arena_free(x.scratch);
	return (status);
}
