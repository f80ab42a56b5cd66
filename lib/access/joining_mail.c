/* The mail that invites somebody into an org. */
#include <string.h>

#include "access/joining.h"
#include "access/mailing.h"
#include "base/clock.h"

bool
joining_mails(const struct conf *conf)
{

	return (conf->mail_url[0] != '\0');
}

static bool
is_alnum(char c)
{

	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	        (unsigned char)c >= 0x80);
}

/* Anybody who may make orgs chooses the name, and the mail goes to whom he likes. What many a mail
 * reader makes a link of, as of "evil.example", is left out: "" then. */
static const char *
name_org(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++)
		if (*p == '/' || (*p == '.' && p > name && is_alnum(p[-1]) && is_alnum(p[1])))
			return ("");
	return (name);
}

enum err
joining_mail(struct tx *tx, const struct post *post, const struct invitation *inv,
    const struct joining_letter *letter, int64_t now)
{
	struct arena *a = post->arena;
	struct json params = json_object(a), secret = json_object(a);
	const struct mail mail = {
		.kind = "invitation",
		.to = inv->email,
		.locale = post->locale,
		.params = &params,
		.secret = &secret,
		.until = inv->expires_at,
	};
	const char *link = joining_link(post->conf, letter->token, a);
	const char *until = clock_print_minute(a, inv->expires_at);
	char id[ID_SIZE];

	if (link == NULL || until == NULL)
		return (ERR_NOMEM);
	json_add_text(&params, "org", name_org(letter->org));
	json_add_text(&params, "inviter", letter->inviter == NULL ? "" : letter->inviter);
	json_add_text(&params, "until", until);
	json_add_text(&secret, "link", link);
	json_add_text(&secret, "token", letter->token);
	return (mailing_queue(tx, post->conf, post->master, &mail, now, a, id));
}
