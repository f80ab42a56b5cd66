/* A table of fields of every type, and what must hold of what input_read() made of a body. */
#ifndef FUZZ_SAMPLE_H
#define FUZZ_SAMPLE_H

#include <cjson/cJSON.h>

#include "fuzz.h"
#include "http/input.h"

struct sample {
	const char *email;
	const char *password;
	const char *name;
	const char *token;
	bool flag;
	struct cJSON *properties;
	struct cJSON *user;
	int64_t number;
	struct text_list texts;
};

struct sample_user {
	const char *username;
};

static const struct field sample_fields[] = {
	{ "email", FIELD_TEXT, offsetof(struct sample, email), 3, 20, 0 },
	{ "password", FIELD_TEXT, offsetof(struct sample, password), 1, 32, 0 },
	{ "name", FIELD_TEXT, offsetof(struct sample, name), 0, 10,
	    FIELD_OPTIONAL | FIELD_NULLABLE },
	{ "token", FIELD_TEXT, offsetof(struct sample, token), 4, 4, FIELD_OPTIONAL },
	{ "flag", FIELD_BOOL, offsetof(struct sample, flag), 0, 0, FIELD_OPTIONAL },
	{ "properties", FIELD_OBJECT, offsetof(struct sample, properties), 0, 0, FIELD_OPTIONAL },
	{ "user", FIELD_OBJECT, offsetof(struct sample, user), 0, 0, FIELD_OPTIONAL },
	{ "number", FIELD_NUMBER, offsetof(struct sample, number), 1, 1000, FIELD_OPTIONAL },
	{ "texts", FIELD_TEXTS, offsetof(struct sample, texts), 1, 8, FIELD_OPTIONAL },
};

static const struct field sample_user_fields[] = {
	{ "username", FIELD_TEXT, offsetof(struct sample_user, username), 1, 8, 0 },
};

static inline void
sample_check_text(const char *text, size_t min, size_t max)
{

	must(text != NULL && strlen(text) >= min && strlen(text) <= max);
	must(fuzz_is_utf8(text) && text_control_free(text));
}

static inline void
sample_check(const struct sample *s)
{
	size_t i;

	sample_check_text(s->email, 3, 20);
	sample_check_text(s->password, 1, 32);
	if (s->name != NULL)
		sample_check_text(s->name, 0, 10);
	if (s->token != NULL)
		sample_check_text(s->token, 4, 4);
	must(s->properties == NULL || cJSON_IsObject(s->properties));
	must(s->user == NULL || cJSON_IsObject(s->user));
	must(s->number >= 0 && s->number <= 1000);
	must(s->texts.count <= FIELD_TEXTS_MAX && (s->texts.items != NULL || s->texts.count == 0));
	for (i = 0; i < s->texts.count; i++)
		sample_check_text(s->texts.items[i], 1, 8);
}

/* What a refusal says must itself be text. */
static inline void
sample_check_refusal(const struct req *r, enum err e)
{
	size_t i;

	must(e == ERR_FIELDS || e == ERR_SYNTAX);
	must((e == ERR_FIELDS) == (r->field_errors_count > 0));
	must(r->field_errors_count <= REQ_FIELD_ERRORS_MAX);
	for (i = 0; i < r->field_errors_count; i++)
		must(fuzz_is_utf8(r->field_errors[i].name) &&
		     fuzz_is_utf8(r->field_errors[i].value));
	must(r->detail == NULL || fuzz_is_utf8(r->detail));
}

/* Read ${body} as an endpoint would. */
static inline enum err
sample_read(struct arena *a, const char *type, const char *body, size_t len)
{
	struct req r = { .arena = a, .content_type = type, .body = body, .body_len = len };
	struct sample_user user = { .username = NULL };
	struct sample s = { .email = NULL };
	enum err e;

	if ((e = input_read(&r, sample_fields, COUNT(sample_fields), &s)) != ERR_OK) {
		sample_check_refusal(&r, e);
		return (e);
	}
	sample_check(&s);
	if (s.user == NULL)
		return (ERR_OK);
	if (input_read_object(
	        &r, s.user, "user", sample_user_fields, COUNT(sample_user_fields), &user) != ERR_OK)
		sample_check_refusal(&r, ERR_FIELDS);
	else
		sample_check_text(user.username, 1, 8);
	return (ERR_OK);
}

#endif
