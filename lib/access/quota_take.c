/* Counting one request for all policies that hold for it, or for none. */
#include "access/quota_take.h"

#include <string.h>

#include "access/app.h"
#include "http/reply.h"

/* What a request was counted for. */
struct quota {
	struct quota *before; /* what it was counted for earlier; NULL: nothing */
	size_t header;        /* of the answer: RateLimit-Policy; the next is RateLimit */
	int64_t left;         /* of the policy that these tell of */
	size_t count;
	struct taken {
		char *key;
		struct limit limit;
	} taken[];
};

static char *
put_number(char *to, int64_t number)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		*to++ = digits[--n];
	return (to);
}

static int64_t
seconds(int64_t ms)
{

	return ((ms + 999) / 1000);
}

/* The value of RateLimit: "name";r=50;t=30. NULL without memory. By hand, for it is done for every
 * request. */
static char *
print_state(const struct quota_policy *p, int64_t left, int64_t more_ms, struct arena *a)
{
	char *text = arena_alloc(a, p->name_len + 2 + 2 * (3 + 20) + 1), *to = text;

	if (text == NULL)
		return (NULL);
	memcpy(to, p->says, p->name_len + 2); /* with its quotes */
	to = stpcpy(to + p->name_len + 2, ";r=");
	to = put_number(to, left);
	to = put_number(stpcpy(to, ";t="), seconds(more_ms));
	*to = '\0';
	return (text);
}

/* Let the answer say how it stands with ${p}, in the place of what it said before. */
static enum err
say(struct req *r, size_t header, const struct quota_policy *p, const struct tally *t)
{
	char *state = print_state(p, t->left, t->more_ms, r->arena);
	char *says = arena_copy(r->arena, p->says);
	enum err e;

	if (state == NULL || says == NULL)
		return (ERR_NOMEM);
	if (header < r->headers_count) {
		r->headers[header].value = says;
		r->headers[header + 1].value = state;
		return (ERR_OK);
	}
	if ((e = reply_header(r, "RateLimit-Policy", says)) != ERR_OK)
		return (e);
	return (reply_header(r, "RateLimit", state));
}

/* One block for the whole list, with all keys. */
static struct quota *
prepare(struct req *r, const struct quota_plan *plan)
{
	size_t len = sizeof(struct quota) + plan->count * sizeof(struct taken), i;
	struct quota *quota;
	char *to;

	for (i = 0; i < plan->count; i++)
		len += plan->items[i].policy->key_len + plan->items[i].of_len + 1;
	if ((quota = arena_alloc(r->arena, len)) == NULL)
		return (NULL);
	to = (char *)&quota->taken[plan->count];
	for (i = 0; i < plan->count; i++) {
		quota->taken[i].limit = plan->items[i].policy->limit;
		quota->taken[i].key = to;
		memcpy(to, plan->items[i].policy->key, plan->items[i].policy->key_len);
		to += plan->items[i].policy->key_len;
		memcpy(to, plan->items[i].of, plan->items[i].of_len);
		to += plan->items[i].of_len + 1;
	}
	quota->before = r->quota;
	quota->left = INT64_MAX;
	quota->header = r->quota != NULL ? r->quota->header : r->headers_count;
	return (quota);
}

/* What is refused is not counted at all. */
static void
give_back(struct limiter *l, const struct quota *quota)
{
	size_t i;

	for (; quota != NULL; quota = quota->before)
		for (i = 0; i < quota->count; i++)
			limiter_give(l, quota->taken[i].key, quota->taken[i].limit);
}

/* The policy at ${at} refuses, as ${t} says. If one behind it would make wait longer, it is that.
 */
static enum err
refuse(struct req *r, struct quota *quota, const struct quota_plan *plan, size_t at,
    const struct tally *t)
{
	struct limiter *l = r->app->counts;
	const struct quota_policy *p;
	struct tally worst = *t, other;
	char *wait;
	size_t i;
	enum err e;

	give_back(l, quota);
	for (i = at + 1; i < plan->count; i++) {
		limiter_tell(l, quota->taken[i].key, quota->taken[i].limit, &other);
		if (other.wait_ms > worst.wait_ms) {
			worst = other;
			at = i;
		}
	}
	p = plan->items[at].policy;
	if ((wait = arena_print(r->arena, "%lld", (long long)seconds(worst.wait_ms))) == NULL ||
	    (r->violated = arena_copy(r->arena, p->name)) == NULL)
		return (ERR_NOMEM);
	if ((e = say(r, quota->header, p, &worst)) != ERR_OK ||
	    (e = reply_header(r, "Retry-After", wait)) != ERR_OK)
		return (e);
	return (req_fail(r, ERR_LIMIT,
	    "the rate limit %s lets through %lld requests in %lld s; try again in %s s", p->name,
	    (long long)p->limit.count, (long long)p->limit.window_ms / 1000, wait));
}

enum err
quota_take(struct req *r, const struct quota_plan *plan)
{
	struct tally t, least = { .left = INT64_MAX };
	struct quota *quota;
	size_t i, at = 0;

	if (plan->count == 0)
		return (ERR_OK);
	if ((quota = prepare(r, plan)) == NULL)
		return (ERR_NOMEM);
	for (i = 0; i < plan->count; i++) {
		if (!limiter_count(r->app->counts, quota->taken[i].key, quota->taken[i].limit, &t))
			return (refuse(r, quota, plan, i, &t));
		quota->count++;
		if (t.left < least.left) {
			least = t;
			at = i;
		}
	}
	quota->left = least.left;
	r->quota = quota;
	if (quota->before != NULL && quota->before->left <= least.left) {
		quota->left = quota->before->left;
		return (ERR_OK);
	}
	return (say(r, quota->header, plan->items[at].policy, &least));
}
