/* yett config: what the programs would run with. */
#include <stdio.h>
#include <string.h>

#include "access/app.h"
#include "access/guard_conf.h"
#include "commands.h"
#include "http/json.h"
#include "proto/mail_conf.h"

struct listing {
	struct json json;
	struct json section;
	const char *name; /* of the section; NULL before the first */
	const char *list; /* the name of the last key, if it is a list */
	struct cJSON *items;
};

int
cmd_config_check(struct tool *t)
{
	const char *path = conf_path(t->conf_option);
	char message[CONF_MESSAGE_SIZE];
	struct mail_conf mail;

	/* What else is wrong was found, and said, when it was loaded. */
	if (guard_conf_check(&t->conf, message) != ERR_OK ||
	    mail_conf_read(&t->conf, &mail, message) != ERR_OK)
		return (tool_fail("%s", message));
	printf("ok: %s\n", path != NULL ? path : "defaults and environment; there is no file");
	return (0);
}

static void
print_setting(void *arg, const char *section, const char *name, const char *value)
{
	struct listing *l = arg;

	if (l->name == NULL || strcmp(l->name, section) != 0)
		printf("%s[%s]\n", l->name != NULL ? "\n" : "", section);
	l->name = section;
	printf("%s = %s\n", name, value);
}

static void
add_setting(void *arg, const char *section, const char *name, const char *value)
{
	struct listing *l = arg;

	if (l->name == NULL || strcmp(l->name, section) != 0) {
		l->section = json_object(l->json.arena);
		l->json.failed = l->json.failed || l->section.failed;
		json_add_tree(&l->json, section, l->section.root);
	}
	l->name = section;
	if (!conf_is_list(section, name)) {
		json_add_text(&l->section, name, value);
	} else {
		if (l->list == NULL || strcmp(l->list, name) != 0)
			l->items = json_add_array(&l->section, name);
		l->list = name;
		if (*value != '\0')
			json_append_text(&l->section, l->items, value);
	}
	l->json.failed = l->json.failed || l->section.failed;
}

int
cmd_config_show(struct tool *t)
{
	struct listing l = { .name = NULL };

	if (!tool_has(t, "--json")) {
		conf_each(&t->conf, print_setting, &l);
		return (0);
	}
	l.json = json_object(t->arena);
	conf_each(&t->conf, add_setting, &l);
	return (tool_print_json(&l.json));
}
