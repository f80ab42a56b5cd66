/* Rows of the audit log as they leave the site. */
#include "access/audit_print.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define COLUMNS_MAX 16

/* Whoever writes to the file may write what is no text. */
static const char *
text_of(const char *value)
{

	return (value == NULL || text_utf8_ok(value, strlen(value)) ? value : "(not UTF-8)");
}

/* Details are JSON, unless somebody changed them: then they are shown as a text. */
static void
add_details(struct json *j, const char *details)
{
	struct cJSON *tree;
	const char *wrong;

	if (json_parse(details, strlen(details), j->arena, &tree, &wrong) == ERR_OK)
		json_add_raw(j, "details", details);
	else
		json_add_text(j, "details", text_of(details));
}

char *
audit_print_json(const struct audit_row *row, struct arena *a)
{
	struct json j = json_object(a);

	json_add_number(&j, "seq", row->seq);
	json_add_text(&j, "id", text_of(row->id));
	json_add_time(&j, "occurred_at", row->occurred_at);
	json_add_text(&j, "actor", text_of(row->actor));
	json_add_text(&j, "user_id", text_of(row->user_id));
	json_add_text(&j, "on_behalf_of", text_of(row->on_behalf_of));
	json_add_text(&j, "key_id", text_of(row->key_id));
	json_add_text(&j, "org_id", text_of(row->org_id));
	json_add_text(&j, "action", text_of(row->action));
	json_add_text(&j, "object_type", text_of(row->object_type));
	json_add_text(&j, "object_id", text_of(row->object_id));
	json_add_text(&j, "ip_address", text_of(row->ip_address));
	json_add_text(&j, "user_agent", text_of(row->user_agent));
	json_add_text(&j, "request_id", text_of(row->request_id));
	add_details(&j, row->details);
	return (json_print(&j));
}

static size_t
quoted_size(const char *value)
{
	size_t size = sizeof "'\"\",";

	for (; *value != '\0'; value++)
		size += 1 + (*value == '"');
	return (size);
}

/* Write ${value} to ${p} as a field; the end of what was written. */
static char *
put_field(char *p, const char *value)
{

	*p++ = '"';
	if (value[0] != '\0' && strchr("=+-@\t\r", value[0]) != NULL)
		*p++ = '\'';
	for (; *value != '\0'; value++) {
		if (*value == '"')
			*p++ = '"';
		*p++ = *value;
	}
	*p++ = '"';
	*p++ = ',';
	return (p);
}

static char *
print_line(const char *const *values, size_t count, struct arena *a)
{
	size_t size = sizeof "\r\n", i;
	char *text, *p;

	for (i = 0; i < count; i++)
		size += quoted_size(values[i]);
	if ((text = p = arena_alloc(a, size)) == NULL)
		return (NULL);
	for (i = 0; i < count; i++)
		p = put_field(p, values[i]);
	memcpy(p - 1, "\r\n", sizeof "\r\n");
	return (text);
}

char *
audit_print_titles(struct arena *a)
{
	static const char *const titles[] = { "seq", "id", "occurred_at", "actor", "user_id",
		"on_behalf_of", "key_id", "org_id", "action", "object_type", "object_id",
		"ip_address", "user_agent", "request_id", "details" };

	return (print_line(titles, COUNT(titles), a));
}

char *
audit_print_csv(const struct audit_row *row, struct arena *a)
{
	const char *values[COLUMNS_MAX] = { arena_print(a, "%lld", (long long)row->seq), row->id,
		clock_print(a, row->occurred_at), row->actor, row->user_id, row->on_behalf_of,
		row->key_id, row->org_id, row->action, row->object_type, row->object_id,
		row->ip_address, row->user_agent, row->request_id, row->details };
	size_t i;

	if (values[0] == NULL || values[2] == NULL)
		return (NULL);
	for (i = 0; i < COLUMNS_MAX - 1; i++)
		values[i] = values[i] == NULL ? "" : text_of(values[i]);
	return (print_line(values, COLUMNS_MAX - 1, a));
}
