/* Invitations into an org: those that are open. */
#include "store/invitation.h"

#define SELECT_ROW \
	"SELECT i.id, i.org_id, i.email, i.role_id, r.name, i.invited_by, i.created_at, " \
	"i.expires_at, i.invited_by_key, i.shown FROM org_invitations i JOIN roles r ON r.id = " \
	"i.role_id "

static enum err
take_row(struct stmt *stmt, struct arena *a, struct invitation *ret_invitation)
{

	*ret_invitation = (struct invitation){
		.id = db_text(stmt, 0, a),
		.org_id = db_text(stmt, 1, a),
		.email = db_text(stmt, 2, a),
		.role_id = db_text(stmt, 3, a),
		.role_name = db_text(stmt, 4, a),
		.invited_by = db_text(stmt, 5, a),
		.created_at = db_int(stmt, 6),
		.expires_at = db_int(stmt, 7),
		.invited_by_key = db_text(stmt, 8, a),
		.shown = db_int(stmt, 9) != 0,
	};
	if (ret_invitation->id == NULL || ret_invitation->org_id == NULL ||
	    ret_invitation->email == NULL || ret_invitation->role_id == NULL ||
	    ret_invitation->role_name == NULL ||
	    (ret_invitation->invited_by == NULL && !db_is_null(stmt, 5)) ||
	    (ret_invitation->invited_by_key == NULL && !db_is_null(stmt, 8)))
		return (ERR_NOMEM);
	return (ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    struct invitation *ret_invitation)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_invitation);
	db_end(stmt);
	return (e);
}

enum err
invitation_add(struct tx *tx, const struct invitation *inv,
    const unsigned char token_hash[static INVITATION_HASH_LEN])
{
	static const char sql[] =
	    "INSERT INTO org_invitations (id, org_id, email, role_id, token_hash, invited_by, "
	    "created_at, expires_at, invited_by_key, shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
	    "?8, ?9, ?10)";
	const struct db_arg args[] = {
		DB_TEXT(inv->id),
		DB_TEXT(inv->org_id),
		DB_TEXT(inv->email),
		DB_TEXT(inv->role_id),
		DB_BLOB(token_hash, INVITATION_HASH_LEN),
		DB_TEXT(inv->invited_by),
		DB_INT(inv->created_at),
		DB_INT(inv->expires_at),
		DB_TEXT(inv->invited_by_key),
		DB_INT(inv->shown),
	};

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
invitation_find(struct db *db, const char *org_id, const char *id, struct arena *a,
    struct invitation *ret_invitation)
{
	static const char sql[] = SELECT_ROW "WHERE i.id = ?2 AND i.org_id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(id) };

	return (find(db, sql, args, COUNT(args), a, ret_invitation));
}

enum err
invitation_find_email(struct db *db, const char *org_id, const char *email, struct arena *a,
    struct invitation *ret_invitation)
{
	static const char sql[] = SELECT_ROW "WHERE i.org_id = ?1 AND i.email = ?2";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(email) };

	return (find(db, sql, args, COUNT(args), a, ret_invitation));
}

enum err
invitation_find_token(struct db *db, const unsigned char token_hash[static INVITATION_HASH_LEN],
    struct arena *a, struct invitation *ret_invitation)
{
	static const char sql[] = SELECT_ROW "WHERE i.token_hash = ?1";
	const struct db_arg args[] = { DB_BLOB(token_hash, INVITATION_HASH_LEN) };

	return (find(db, sql, args, COUNT(args), a, ret_invitation));
}

enum err
invitation_list(struct db *db, const char *org_id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct invitation *inv), void *arg)
{
	static const char sql[] =
	    SELECT_ROW "WHERE i.org_id = ?1 AND i.expires_at > ?2 ORDER BY i.email";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_INT(now) };
	struct invitation inv;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &inv)) == ERR_OK)
		each(arg, &inv);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
invitation_count(struct db *db, const char *org_id, int64_t now, int64_t *ret_count)
{
	static const char sql[] =
	    "SELECT count(*) FROM org_invitations WHERE org_id = ?1 AND expires_at > ?2";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_INT(now) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
invitation_set_token(struct tx *tx, const char *id,
    const unsigned char token_hash[static INVITATION_HASH_LEN], bool shown)
{
	static const char sql[] =
	    "UPDATE org_invitations SET token_hash = ?2, shown = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_BLOB(token_hash, INVITATION_HASH_LEN),
		DB_INT(shown) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
invitation_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM org_invitations WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
invitation_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] =
	    "DELETE FROM org_invitations WHERE id IN (SELECT id FROM org_invitations "
	    "WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}
