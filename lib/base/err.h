/* One enumeration for everything that can fail, and one table that says what the world is told of
 * it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))
#define COUNT(array) (sizeof(array) / sizeof *(array))

enum err {
	ERR_OK = 0,
	/* What a caller did wrong. */
	ERR_BAD_REQUEST,
	ERR_SYNTAX,
	ERR_FIELDS,
	ERR_UNAUTHENTICATED,
	ERR_INVALID_CREDENTIALS,
	ERR_INVALID_TOKEN,
	ERR_SECOND_FACTOR,
	ERR_FORBIDDEN,
	ERR_ACCOUNT,
	ERR_UNCONFIRMED,
	ERR_PASSWORD_DUE,
	ERR_SIGNUP_CLOSED,
	ERR_INVITATION,
	ERR_CROSS_SITE,
	ERR_NOT_FOUND,
	ERR_METHOD,
	ERR_TIMEOUT,
	ERR_TAKEN,
	ERR_SEATS,
	ERR_TICKET,
	ERR_LENGTH_REQUIRED,
	ERR_TOO_LARGE,
	ERR_MEDIA_TYPE,
	ERR_WORK,
	ERR_LIMIT,
	ERR_HEADERS,
	/* What went wrong here. */
	ERR_BUSY,
	ERR_INTERNAL,
	ERR_NOMEM,
	ERR_DB,
	ERR_IO,
	ERR_CRYPTO,
	ERR_CONF,
	ERR_VERSION,
	ERR_COUNT
};

/**
 * err_status(e), err_slug(e), err_title(e):
 * The HTTP status, the stable wire code and the English title of ${e}. The strings are static.
 * Source: RFC 9110 section 15, RFC 9457 section 3.1.
 */
int err_status(enum err e);
const char *err_slug(enum err e);
const char *err_title(enum err e);

#endif
