/* Sign-in attempts, that worked or did not. */
#include "store/attempt.h"

#include "base/id.h"

enum err
attempt_add(struct tx *tx, const char *user_id, int64_t now, bool success, const char *ip_address,
    const char *user_agent)
{
	static const char sql[] = "INSERT INTO login_attempts (id, user_id, attempted_at, success, "
	                          "ip_address, user_agent) "
	                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	char id[ID_SIZE];
	const struct db_arg args[] = {
		DB_TEXT(id),
		DB_TEXT(user_id),
		DB_INT(now),
		DB_INT(success),
		DB_TEXT(ip_address),
		DB_TEXT(user_agent),
	};

	id_new(id);
	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
attempt_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] = "DELETE FROM login_attempts WHERE id IN "
	                          "(SELECT id FROM login_attempts WHERE attempted_at < ?1 ORDER BY "
	                          "attempted_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}
