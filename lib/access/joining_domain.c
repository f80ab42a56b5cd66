/* Domains that orgs claim, and how they are proven. Apart from signing in, which asks no DNS. */
#include "access/joining.h"
#include "base/id.h"

enum err
joining_claim(struct tx *tx, struct org_domain *d, struct arena *a)
{
	char id[ID_SIZE], token[SECRET_TOKEN_SIZE];
	struct org_domain other;
	int64_t count;
	enum err e;

	/* Before it is one too many, it is one already there. */
	if ((e = org_domain_find_name(tx_db(tx), d->org_id, d->domain, a, &other)) != ERR_NOT_FOUND)
		return (e == ERR_OK ? ERR_TAKEN : e);
	if ((e = org_domain_count(tx_db(tx), d->org_id, &count)) != ERR_OK)
		return (e);
	if (count >= JOINING_DOMAINS_MAX)
		return (ERR_LIMIT);
	id_new(id);
	secret_token(token);
	d->id = arena_copy(a, id);
	d->token = arena_copy(a, token);
	if (d->id == NULL || d->token == NULL)
		return (ERR_NOMEM);
	return (org_domain_add(tx, d));
}

enum dns_found
joining_ask(const struct conf *conf, const struct org_domain *d, struct arena *a)
{
	const char *name = arena_print(a, JOINING_LABEL "%s", d->domain);
	const char *text = arena_print(a, JOINING_TEXT "%s", d->token);

	if (name == NULL || text == NULL)
		return (DNS_UNKNOWN);
	return (dns_find_text(conf->dns_server, conf->dns_timeout_s * 1000, name, text));
}

void
joining_print_domain(struct json *j, const struct org_domain *d)
{
	struct json record = json_object(j->arena);

	json_add_text(j, "id", d->id);
	json_add_text(j, "domain", d->domain);
	json_add_bool(j, "verified", d->verified_at != 0);
	json_add_time_or_null(j, "verified_at", d->verified_at);
	json_add_bool(j, "auto_join", d->auto_join);
	json_add_time(j, "created_at", d->created_at);
	json_add_text(&record, "name", arena_print(j->arena, JOINING_LABEL "%s", d->domain));
	json_add_text(&record, "type", "TXT");
	json_add_text(&record, "value", arena_print(j->arena, JOINING_TEXT "%s", d->token));
	json_add_raw(j, "record", json_print(&record));
}
