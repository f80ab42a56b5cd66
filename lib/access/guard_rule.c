/* One rule of the guard as text: which requests it is about, and who may make them. */
#include "access/guard_rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "access/guard_path.h"
#include "access/right.h"
#include "access/slug.h"
#include "base/address.h"
#include "base/text.h"

#define GROUP_MAX 200 /* bytes */
#define SHOWN_MAX 40  /* bytes of what is wrong, in a message */

/* A rule on its way from text. */
struct parsing {
	struct arena *arena;
	struct guard_rule *rule;
	char *message; /* of GUARD_MESSAGE_SIZE */
};

static enum err fail(char *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static enum err
fail(char *to, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(to, GUARD_MESSAGE_SIZE, format, args);
	va_end(args);
	return (ERR_FIELDS);
}

/* How much of ${text} a message shows. */
static int
shown(const char *text)
{

	return ((int)text_cut(text, SHOWN_MAX));
}

/* The next word behind ${*p}, which quotes may hold together; NULL at the end. */
static enum err
next_word(struct parsing *s, const char **p, const char **ret_word)
{
	const char *begin = *p + strspn(*p, " \t"), *end;
	char *word;

	*ret_word = NULL;
	*p = begin;
	if (*begin == '\0')
		return (ERR_OK);
	if (*begin == '"') {
		begin++;
		if ((end = strchr(begin, '"')) == NULL || strchr(" \t", end[1]) == NULL)
			return (fail(s->message, "a quote must end, and a space follow: \"%.*s",
			    shown(begin), begin));
		*p = end + 1;
	} else {
		end = begin + strcspn(begin, " \t\"");
		if (*end == '"')
			return (fail(s->message, "a quote must stand before the whole word: %.*s",
			    shown(begin), begin));
		*p = end;
	}
	word = arena_copy_len(s->arena, begin, (size_t)(end - begin));
	*ret_word = word;
	return (word == NULL ? ERR_NOMEM : ERR_OK);
}

static bool
host_ok(const char *host)
{
	const char *p = text_starts(host, "*.") ? host + 2 : host;
	size_t len;

	if (strlen(host) > GUARD_HOST_MAX)
		return (false);
	for (; *p != '\0'; p += len) {
		len = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-");
		if (len == 0 || len > 63 || p[0] == '-' || p[len - 1] == '-')
			return (false);
		if (p[len] == '.' && p[len + 1] != '\0')
			len++;
		else if (p[len] != '\0')
			return (false);
	}
	return (p != host && p[-1] != '.');
}

static enum err
parse_target(struct parsing *s, const char *word)
{
	const char *slash = strchr(word, '/');
	char *host, *path;
	size_t len;

	if (slash == NULL)
		return (fail(s->message,
		    "a rule begins with a path, such as /wiki, a host before "
		    "it or not; not with %.*s",
		    shown(word), word));
	if ((path = arena_copy(s->arena, slash)) == NULL ||
	    (host = arena_copy_len(s->arena, word, (size_t)(slash - word))) == NULL)
		return (ERR_NOMEM);
	/* The host first: of http://HOST/PATH it is the scheme that is wrong. */
	text_lower(host);
	if (slash > word && !host_ok(host))
		return (fail(s->message, "%.*s is no host name, without scheme and port",
		    shown(host), host));
	if (!guard_path_ok(path))
		return (fail(s->message,
		    "a path is written without escapes, empty and dot segments; not %.*s",
		    shown(slash), slash));
	len = strlen(path);
	if (len > 1 && path[len - 1] == '/')
		path[len - 1] = '\0';
	s->rule->host = slash > word ? host : NULL;
	s->rule->path = path;
	return (ERR_OK);
}

static bool
is_methods(const char *word)
{

	return (word[0] >= 'A' && word[0] <= 'Z' &&
	        word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-,")] == '\0');
}

static enum err
parse_methods(struct parsing *s, const char *word)
{
	struct guard_rule *r = s->rule;
	const char *p = word;
	char *method;
	size_t len;

	for (;; p += len + 1) {
		len = strcspn(p, ",");
		if (len == 0 || len > 20 || r->methods_count == GUARD_RULE_METHODS_MAX)
			return (fail(s->message,
			    "methods are 1 to %d names with a comma between them; not %.*s",
			    GUARD_RULE_METHODS_MAX, shown(word), word));
		if ((method = arena_copy_len(s->arena, p, len)) == NULL)
			return (ERR_NOMEM);
		if (strcmp(method, "HEAD") == 0)
			return (fail(s->message, "HEAD goes where GET goes: say GET"));
		r->methods[r->methods_count++] = method;
		if (p[len] == '\0')
			return (ERR_OK);
	}
}

static bool
group_ok(const char *name)
{

	return (name[0] != '\0' && strlen(name) <= GROUP_MAX && strchr(name, '"') == NULL &&
	        text_control_free(name) && text_utf8_ok(name, strlen(name)));
}

static const struct {
	const char *text; /* what has a name ends with a colon */
	const char *wanted;
	bool (*name_ok)(const char *name);
} kinds[] = {
	[GUARD_GUEST] = { "guest", NULL, NULL },
	[GUARD_USER] = { "user", NULL, NULL },
	[GUARD_NOBODY] = { "nobody", NULL, NULL },
	[GUARD_ROLE] = { "role:", "the name of a role", right_role_ok },
	[GUARD_PERMISSION] = { "permission:", "a permission, resource:action", right_ok },
	[GUARD_ORG] = { "org:", "the slug of an org", slug_ok },
	[GUARD_GROUP] = { "group:", "the name of a group", group_ok },
};

enum err
guard_rule_parse_word(const char *text, struct arena *a, struct guard_word *ret_word,
    char ret_message[static GUARD_MESSAGE_SIZE])
{
	const char *name;
	size_t i;

	for (i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].name_ok == NULL && strcmp(text, kinds[i].text) == 0) {
			*ret_word = (struct guard_word){ (enum guard_kind)i, NULL };
			return (ERR_OK);
		}
		if (kinds[i].name_ok == NULL || !text_starts(text, kinds[i].text))
			continue;
		name = text + strlen(kinds[i].text);
		if (!kinds[i].name_ok(name))
			return (fail(ret_message, "behind %s stands %s; not %.*s", kinds[i].text,
			    kinds[i].wanted, shown(name), name));
		if ((name = arena_copy(a, name)) == NULL)
			return (ERR_NOMEM);
		*ret_word = (struct guard_word){ (enum guard_kind)i, name };
		return (ERR_OK);
	}
	return (fail(ret_message,
	    "who is let in is guest, user, nobody, role:, permission:, org: or group:; not %.*s",
	    shown(text), text));
}

static enum err
parse_mfa(struct parsing *s, const char *minutes)
{

	if (s->rule->mfa_minutes != 0)
		return (fail(s->message, "mfa: stands there twice"));
	if (!text_number(minutes, 1, GUARD_MFA_MAX, &s->rule->mfa_minutes))
		return (fail(s->message, "behind mfa: stands 1 to %d, in minutes; not %.*s",
		    GUARD_MFA_MAX, shown(minutes), minutes));
	return (ERR_OK);
}

static enum err
parse_network(struct parsing *s, const char *text)
{
	struct guard_rule *r = s->rule;
	struct address_network n;
	char *network;

	if (!address_network_parse(text, &n))
		return (fail(s->message,
		    "behind from: stands an address or network, such as 192.0.2.0/24; not %.*s",
		    shown(text), text));
	if (r->networks_count == GUARD_RULE_WORDS_MAX)
		return (fail(s->message, "at most %d networks in one rule", GUARD_RULE_WORDS_MAX));
	if ((network = arena_alloc(s->arena, ADDRESS_NETWORK_SIZE)) == NULL)
		return (ERR_NOMEM);
	address_network_print(&n, network);
	r->networks[r->networks_count++] = network;
	return (ERR_OK);
}

static enum err
parse_who(struct parsing *s, const char *word)
{
	struct guard_rule *r = s->rule;

	if (text_starts(word, "mfa:"))
		return (parse_mfa(s, word + strlen("mfa:")));
	if (text_starts(word, "from:"))
		return (parse_network(s, word + strlen("from:")));
	if (r->allow_count == GUARD_RULE_WORDS_MAX)
		return (
		    fail(s->message, "at most %d words of who is let in", GUARD_RULE_WORDS_MAX));
	return (guard_rule_parse_word(word, s->arena, &r->allow[r->allow_count++], s->message));
}

enum err
guard_rule_parse(const char *text, struct arena *a, struct guard_rule *ret_rule,
    char ret_message[static GUARD_MESSAGE_SIZE])
{
	struct guard_rule rule = { .host = NULL };
	struct parsing s = { .arena = a, .rule = &rule, .message = ret_message };
	const char *word;
	enum err e;

	if (strlen(text) > GUARD_RULE_MAX)
		return (fail(ret_message, "a rule has at most %d bytes", GUARD_RULE_MAX));
	if (!text_utf8_ok(text, strlen(text)))
		return (fail(ret_message, "a rule is UTF-8"));
	if ((e = next_word(&s, &text, &word)) != ERR_OK)
		return (e);
	if ((e = parse_target(&s, word == NULL ? "" : word)) != ERR_OK ||
	    (e = next_word(&s, &text, &word)) != ERR_OK)
		return (e);
	if (word != NULL && is_methods(word) &&
	    ((e = parse_methods(&s, word)) != ERR_OK ||
	        (e = next_word(&s, &text, &word)) != ERR_OK))
		return (e);
	while (word != NULL)
		if ((e = parse_who(&s, word)) != ERR_OK ||
		    (e = next_word(&s, &text, &word)) != ERR_OK)
			return (e);
	if (rule.allow_count == 0)
		return (fail(ret_message, "a rule says who is let in: guest, user, nobody, role:, "
		                          "permission:, org: or group:"));
	*ret_rule = rule;
	return (ERR_OK);
}

enum err
guard_rule_word(const struct guard_word *word, struct arena *a, char **ret_text)
{

	*ret_text =
	    arena_print(a, "%s%s", kinds[word->kind].text, word->name != NULL ? word->name : "");
	return (*ret_text == NULL ? ERR_NOMEM : ERR_OK);
}

/* Append ${word} and a space to ${text}, in quotes if it has a space. */
static enum err
put_word(char *text, const char *prefix, const char *word)
{
	const size_t used = strlen(text);
	const char *quote = strpbrk(word, " \t") != NULL ? "\"" : "";
	int n;

	n = snprintf(
	    text + used, GUARD_RULE_MAX + 2 - used, "%s%s%s%s ", quote, prefix, word, quote);
	return ((size_t)n < GUARD_RULE_MAX + 2 - used ? ERR_OK : ERR_FIELDS);
}

static enum err
put_methods(char *text, const struct guard_rule *rule)
{
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < rule->methods_count; i++)
		if ((e = put_word(text, "", rule->methods[i])) == ERR_OK &&
		    i + 1 < rule->methods_count)
			text[strlen(text) - 1] = ',';
	return (e);
}

enum err
guard_rule_print(const struct guard_rule *rule, struct arena *a, char **ret_text)
{
	char *text = arena_alloc(a, GUARD_RULE_MAX + 2), *word;
	char minutes[24];
	enum err e;
	size_t i;

	if (text == NULL)
		return (ERR_NOMEM);
	if ((e = put_word(text, rule->host != NULL ? rule->host : "", rule->path)) != ERR_OK ||
	    (e = put_methods(text, rule)) != ERR_OK)
		return (e);
	for (i = 0; i < rule->allow_count; i++)
		if ((e = guard_rule_word(&rule->allow[i], a, &word)) != ERR_OK ||
		    (e = put_word(text, "", word)) != ERR_OK)
			return (e);
	snprintf(minutes, sizeof minutes, "%lld", (long long)rule->mfa_minutes);
	if (rule->mfa_minutes != 0 && (e = put_word(text, "mfa:", minutes)) != ERR_OK)
		return (e);
	for (i = 0; i < rule->networks_count; i++)
		if ((e = put_word(text, "from:", rule->networks[i])) != ERR_OK)
			return (e);
	text[strlen(text) - 1] = '\0';
	*ret_text = text;
	return (ERR_OK);
}

static bool
hides_host(const char *host, const char *later)
{

	if (host == NULL)
		return (true);
	if (later == NULL)
		return (false);
	if (strcmp(host, later) == 0)
		return (true);
	/* "*.example.org" hides "a.example.org" and "*.a.example.org". */
	return (text_starts(host, "*.") && strlen(later) > strlen(host + 1) &&
	        strcmp(later + strlen(later) - strlen(host + 1), host + 1) == 0);
}

static bool
hides_methods(const struct guard_rule *rule, const struct guard_rule *later)
{
	size_t i, j;

	if (rule->methods_count == 0)
		return (true);
	for (i = 0; i < later->methods_count; i++) {
		for (j = 0; j < rule->methods_count; j++)
			if (strcmp(later->methods[i], rule->methods[j]) == 0)
				break;
		if (j == rule->methods_count)
			return (false);
	}
	return (later->methods_count > 0);
}

bool
guard_rule_hides(const struct guard_rule *rule, const struct guard_rule *later)
{
	const size_t len = strlen(rule->path);

	return ((len == 1 || (strncmp(later->path, rule->path, len) == 0 &&
	                         strchr("/", later->path[len]) != NULL)) &&
	        hides_host(rule->host, later->host) && hides_methods(rule, later));
}
