/* Changes of one user, whom the first word of a command names. */
#ifndef YETT_USER_CHANGE_H
#define YETT_USER_CHANGE_H

#include "access/notice.h"
#include "store/user.h"
#include "tool.h"

struct user_change {
	struct tool *tool;
	struct user user; /* as it was found */
	enum err (*how)(struct tx *tx, struct user_change *c);
	const void *arg;   /* of ${how} */
	const char *hash;  /* of a new password */
	const char *taken; /* the member that is somebody else's */
	const char *said;  /* what is wrong; NULL: nothing in particular */
	int64_t now;
	int64_t ended; /* sessions */
};

/**
 * user_change_open(t, ret_c):
 * Open what a change needs, and find the user. 0, or the exit status, all said.
 */
int user_change_open(struct tool *t, struct user_change *ret_c);

/**
 * user_change_store(c, how):
 * Do ${how} in a transaction. Warns when nobody is admin after that. 0, or the exit status, all
 * said.
 */
int user_change_store(struct user_change *c, enum err (*how)(struct tx *tx, struct user_change *c));

/**
 * user_change_note(t, tx, action, user_id, details):
 * Write into the audit log that the tool did ${action} to the user ${user_id} (NULL: to all);
 * ${details} may be NULL. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err user_change_note(
    struct tool *t, struct tx *tx, const char *action, const char *user_id, struct json *details);

/**
 * user_change_end(tx, c):
 * For ${how}: end all sessions of the user, and count them. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err user_change_end(struct tx *tx, struct user_change *c);

/**
 * user_change_tell(tx, c, how):
 * For ${how}: the password is another one, or gone. Links that were mailed to reset it are good no
 * more, and the user is told. Errors: ERR_NOMEM, ERR_CRYPTO, ERR_DB.
 */
MUST_USE enum err user_change_tell(struct tx *tx, struct user_change *c, enum notice_how how);

#endif
