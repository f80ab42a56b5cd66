/* Lists of texts as the database keeps them: one text. */
#include "access/text_join.h"

#include <string.h>

/* NULL without memory. */
static const char *
join(const struct text_list *t, struct arena *a)
{
	size_t len = 1, i;
	char *text, *to;

	for (i = 0; i < t->count; i++)
		len += strlen(t->items[i]) + 1;
	if ((text = to = arena_alloc(a, len)) == NULL)
		return (NULL);
	for (i = 0; i < t->count; i++) {
		if (i > 0)
			*to++ = ' ';
		to = stpcpy(to, t->items[i]);
	}
	return (text);
}

static bool
has_before(const struct text_list *t, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(t->items[k], t->items[i]) == 0)
			return (true);
	return (false);
}

enum err
text_join(const struct text_list *t, bool (*ok)(const char *text), size_t count_max, size_t len_max,
    const char *what, struct arena *a, const char **ret_text, const char **ret_wrong)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (!ok(t->items[i]))
			*ret_wrong = arena_print(a, "must be a list of %s", what);
		else if (has_before(t, i))
			*ret_wrong = "must not say the same twice";
		else
			continue;
		return (*ret_wrong == NULL ? ERR_NOMEM : ERR_FIELDS);
	}
	if ((*ret_text = join(t, a)) == NULL)
		return (ERR_NOMEM);
	if (t->count <= count_max && strlen(*ret_text) <= len_max)
		return (ERR_OK);
	*ret_wrong = arena_print(
	    a, "must have at most %zu items, and %zu bytes together", count_max, len_max);
	return (*ret_wrong == NULL ? ERR_NOMEM : ERR_FIELDS);
}
