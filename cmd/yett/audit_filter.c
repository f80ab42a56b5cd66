/* What the options of a command ask of the audit log. */
#include "audit_filter.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "who.h"

/* A user who was deleted is known by id only. */
static int
read_user(struct tool *t, const char *who, const char **ret_id)
{
	struct user u;
	int status;

	*ret_id = who;
	if (who == NULL || id_ok(who))
		return (0);
	if ((status = who_read(t, who, &u)) == 0)
		*ret_id = u.id;
	return (status);
}

static int
read_time(const struct tool *t, const char *option, int64_t *ret_at)
{
	const char *value = tool_value(t, option);

	if (value == NULL || (clock_parse(value, ret_at) && *ret_at > 0))
		return (0);
	return (tool_fail("%s: must be a time such as 2027-01-31T12:00:00Z", option));
}

static int
read_words(struct tool *t, struct audit_filter *f)
{
	const char *text = tool_value(t, "--search");
	enum err e;

	if (text == NULL ||
	    (e = audit_find_split(text, t->arena, f->words, &f->words_count)) == ERR_OK)
		return (0);
	return (e == ERR_NOMEM ? tool_fail("out of memory")
	                       : tool_fail("--search: must be 1 to %d words", AUDIT_WORDS_MAX));
}

int
audit_filter_read(struct tool *t, struct audit_filter *ret_filter)
{
	struct audit_filter *f = ret_filter;
	int status;

	memset(f, 0, sizeof *f);
	f->action = tool_value(t, "--action");
	f->key_id = tool_value(t, "--key");
	f->org_id = tool_value(t, "--org");
	f->object_type = tool_value(t, "--object-type");
	f->object_id = tool_value(t, "--object");
	f->ip_address = tool_value(t, "--address");
	if ((status = read_user(t, tool_value(t, "--user"), &f->user_id)) != 0 ||
	    (status = read_user(t, tool_value(t, "--on-behalf-of"), &f->on_behalf_of)) != 0 ||
	    (status = read_time(t, "--from", &f->from)) != 0 ||
	    (status = read_time(t, "--to", &f->to)) != 0)
		return (status);
	if (f->to != 0 && f->to <= f->from)
		return (tool_fail("--to: must be after --from"));
	return (read_words(t, f));
}
