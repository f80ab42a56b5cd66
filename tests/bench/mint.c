/* Make what the bench holds in its hands: a password's hash; tokens for sessions that are there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "access/app.h"
#include "access/claims.h"
#include "access/cookie.h"
#include "base/clock.h"
#include "base/id.h"

#define BATCH 200
#define ARENA_MAX \
	((size_t)64 \
	    << 20) /* of a batch: what a user holds takes some 100 KiB while it is looked up */

static const char usage[] =
    "usage: mint hash PASSWORD\n"
    "       mint tokens DIR < IDS\n"
    "hash: print PASSWORD's hash at the configured cost.\n"
    "tokens: give each session whose id is a line of the input a new token; write what a client\n"
    "would send to the files cookie, opaque and access (header fields, and the email that must be "
    "in\n"
    "the answer) and refresh in DIR.\n";

struct minted {
	struct session session;
	struct user user;
	const char *secret;
};

struct batch {
	struct app *app;
	struct arena *arena;
	char ids[BATCH][ID_SIZE];
	struct minted minted[BATCH];
	size_t count;
};

static const char *
make_secret(const struct app *app, const struct session *s, struct arena *a)
{
	char *text;

	switch (s->kind) {
	case SESSION_COOKIE:
		if ((text = arena_alloc(a, SECRET_TOKEN_SIZE)) != NULL)
			secret_token(text);
		return (text);
	case SESSION_REFRESH:
		return (claims_issue_refresh(app, s, a));
	case SESSION_OPAQUE:
		if ((text = arena_alloc(a, ID_SIZE)) != NULL)
			id_random(text);
		return (text);
	}
	return (NULL);
}

static enum err
mint_one(struct tx *tx, struct batch *b, const char *id, struct minted *m)
{
	struct session *s = &m->session;
	enum err e;

	if ((e = session_find(tx_db(tx), id, b->arena, s)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, s->user_id, b->arena, &m->user)) != ERR_OK)
		return (e);
	s->rotated_at = s->last_seen_at = clock_ms();
	if ((m->secret = make_secret(b->app, s, b->arena)) == NULL)
		return (ERR_NOMEM);
	secret_hash(m->secret, strlen(m->secret), s->token_hash);
	return (session_rotate(tx, s));
}

static enum err
write_batch(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < b->count; i++)
		e = mint_one(tx, b, b->ids[i], &b->minted[i]);
	return (e);
}

static enum err
print_one(struct batch *b, const struct minted *m, FILE *files[static 4])
{
	char *token;
	enum err e;

	switch (m->session.kind) {
	case SESSION_COOKIE:
		fprintf(files[0], "Cookie: %s=%s\t=%s\n", cookie_name(&b->app->conf), m->secret,
		    m->user.email);
		break;
	case SESSION_OPAQUE:
		fprintf(files[1], "Authorization: Bearer %s\t=%s\n", m->secret, m->user.email);
		break;
	case SESSION_REFRESH:
		fprintf(files[2], "%s\n", m->secret);
		if ((e = claims_issue_access(b->app, &m->user, &m->session, b->arena, &token)) !=
		    ERR_OK)
			return (e);
		fprintf(files[3], "Authorization: Bearer %s\t=%s\n", token, m->user.email);
		break;
	}
	return (ERR_OK);
}

static enum err
mint_batch(struct batch *b, FILE *files[static 4])
{
	enum err e;
	size_t i;

	e = store_write(b->app->store, write_batch, b);
	for (i = 0; e == ERR_OK && i < b->count; i++)
		e = print_one(b, &b->minted[i], files);
	arena_reset(b->arena);
	b->count = 0;
	return (e);
}

static int
mint_tokens(struct app *app, const char *dir)
{
	static const char *const names[4] = { "cookie", "opaque", "refresh", "access" };
	static struct batch b;
	FILE *files[4];
	char path[600], line[64];
	enum err e = ERR_OK;
	size_t i;

	b.app = app;
	if ((b.arena = arena_new(ARENA_MAX)) == NULL)
		return (1);
	for (i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		if ((files[i] = fopen(path, "w")) == NULL) {
			perror(path);
			return (1);
		}
	}
	while (e == ERR_OK && fgets(line, sizeof line, stdin) != NULL) {
		snprintf(b.ids[b.count++], ID_SIZE, "%.36s", line);
		if (b.count == BATCH)
			e = mint_batch(&b, files);
	}
	if (e == ERR_OK)
		e = mint_batch(&b, files);
	if (e != ERR_OK)
		fprintf(stderr, "mint: %s\n", err_slug(e));
	for (i = 0; i < COUNT(files); i++)
		fclose(files[i]);
	arena_free(b.arena);
	return (e == ERR_OK ? 0 : 1);
}

static int
mint_hash(struct app *app, const char *password)
{
	char hash[HASHER_HASH_SIZE];

	if (hasher_hash(app->hasher, password, hash) != ERR_OK)
		return (1);
	puts(hash);
	return (0);
}

int
main(int argc, char **argv)
{
	static struct app app;
	char message[CONF_MESSAGE_SIZE];
	int status;

	if (argc != 3 || (strcmp(argv[1], "hash") != 0 && strcmp(argv[1], "tokens") != 0)) {
		fputs(usage, stderr);
		return (100);
	}
	if (conf_load(conf_path(NULL), &app.conf, message) != ERR_OK) {
		fprintf(stderr, "mint: %s\n", message);
		return (1);
	}
	if (sodium_init() < 0 || app_open(&app) != ERR_OK)
		return (1);
	if (strcmp(argv[1], "hash") == 0)
		status = mint_hash(&app, argv[2]);
	else
		status = mint_tokens(&app, argv[2]);
	app_close(&app);
	return (status);
}
