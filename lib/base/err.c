/* The table of errors: code, HTTP status, stable wire slug, title. */
#include "base/err.h"

static const struct row {
	int status;
	const char *slug;
	const char *title;
} rows[ERR_COUNT] = {
	[ERR_OK] = { 200, "ok", "OK" },
	[ERR_BAD_REQUEST] = { 400, "bad-request", "The request is malformed" },
	[ERR_SYNTAX] = { 400, "bad-syntax", "The body cannot be parsed" },
	[ERR_FIELDS] = { 422, "invalid-fields", "Some fields are not acceptable" },
	[ERR_UNAUTHENTICATED] = { 401, "unauthenticated", "Sign in first" },
	[ERR_INVALID_CREDENTIALS] = { 401, "invalid-credentials", "Wrong user or password" },
	[ERR_INVALID_TOKEN] = { 401, "invalid-token", "The token is not valid" },
	[ERR_SECOND_FACTOR] = { 401, "second-factor-needed", "Sign in with a second factor" },
	[ERR_FORBIDDEN] = { 403, "forbidden", "Not allowed" },
	[ERR_ACCOUNT] = { 403, "account-not-usable", "This account may not sign in" },
	[ERR_UNCONFIRMED] = { 403, "email-unconfirmed", "Confirm your address first" },
	[ERR_PASSWORD_DUE] = { 403, "password-update-required", "Choose another password first" },
	[ERR_SIGNUP_CLOSED] = { 403, "signup-closed", "Nobody can sign up here" },
	[ERR_INVITATION] = { 403, "invitation-needed", "Signing up needs an invitation" },
	[ERR_CROSS_SITE] = { 403, "cross-site", "The request comes from another site" },
	[ERR_NOT_FOUND] = { 404, "not-found", "There is nothing here" },
	[ERR_METHOD] = { 405, "method-not-allowed", "This method is not for this path" },
	[ERR_TIMEOUT] = { 408, "timeout", "The request took too long to arrive" },
	[ERR_TAKEN] = { 409, "taken", "Somebody else has this already" },
	[ERR_SEATS] = { 409, "no-seat-left", "The organisation has no seat left" },
	[ERR_TICKET] = { 400, "invalid-link", "This link or code is not valid, or not any more" },
	[ERR_LENGTH_REQUIRED] = { 411, "length-required", "The length of the body is missing" },
	[ERR_TOO_LARGE] = { 413, "too-large", "The body is too large" },
	[ERR_MEDIA_TYPE] = { 415, "unsupported-media-type", "This type of body is not understood" },
	[ERR_WORK] = { 428, "work-needed", "Some computing has to be done first" },
	[ERR_LIMIT] = { 429, "too-many-requests", "Too many attempts" },
	[ERR_HEADERS] = { 431, "headers-too-large", "The header fields are too large" },
	[ERR_BUSY] = { 503, "busy", "Too much to do just now" },
	[ERR_INTERNAL] = { 500, "internal", "Something went wrong here" },
	[ERR_NOMEM] = { 500, "out-of-memory", "Something went wrong here" },
	[ERR_DB] = { 500, "database", "Something went wrong here" },
	[ERR_IO] = { 500, "input-output", "Something went wrong here" },
	[ERR_CRYPTO] = { 500, "cryptography", "Something went wrong here" },
	[ERR_CONF] = { 500, "configuration", "Something went wrong here" },
	[ERR_VERSION] = { 500, "database-version", "Something went wrong here" },
};

static const struct row *
row_of(enum err e)
{

	return (&rows[(unsigned int)e < ERR_COUNT ? e : ERR_INTERNAL]);
}

int
err_status(enum err e)
{

	return (row_of(e)->status);
}

const char *
err_slug(enum err e)
{

	return (row_of(e)->slug);
}

const char *
err_title(enum err e)
{

	return (row_of(e)->title);
}
