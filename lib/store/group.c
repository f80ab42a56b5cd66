/* Groups of users, of which every user has one of the own. */
#include "store/group.h"

enum err
group_add_home(
    struct tx *tx, const char *group_id, const char *user_id, const char *name, int64_t now)
{
	static const char add[] =
	    "INSERT INTO groups (id, name, home_user_id, created_at) VALUES (?1, ?2, ?3, ?4)";
	static const char join[] =
	    "INSERT INTO group_members (group_id, user_id, added_at) VALUES (?1, ?2, ?3)";
	const struct db_arg group[] = { DB_TEXT(group_id), DB_TEXT(name), DB_TEXT(user_id),
		DB_INT(now) };
	const struct db_arg member[] = { DB_TEXT(group_id), DB_TEXT(user_id), DB_INT(now) };
	enum err e;

	if ((e = db_run(tx_db(tx), add, group, COUNT(group), NULL)) != ERR_OK)
		return (e);
	return (db_run(tx_db(tx), join, member, COUNT(member), NULL));
}
