/* The schema's history: numbered scripts, each applied once, in one transaction with the number it
 * leads to. */
#include "store/migrate.h"

#include <stdio.h>

#include "base/log.h"

int64_t
migrate_newest(void)
{

	return (migrations_count);
}

static enum err
apply_one(struct db *db, int64_t version)
{
	char bump[64];
	enum err e;

	if ((e = db_script(db, "BEGIN IMMEDIATE")) != ERR_OK)
		return (e);
	snprintf(bump, sizeof bump, "PRAGMA user_version=%lld", (long long)version);
	if ((e = db_script(db, migrations[version - 1].sql)) == ERR_OK &&
	    (e = db_script(db, bump)) == ERR_OK)
		e = db_script(db, "COMMIT");
	if (e != ERR_OK && db_script(db, "ROLLBACK") != ERR_OK)
		log_event(
		    LOG_ERROR, NULL, "migration %lld could not be rolled back", (long long)version);
	return (e);
}

enum err
migrate_apply(struct db *db, int64_t *ret_from)
{
	int64_t version;
	enum err e;

	if ((e = db_version(db, &version)) != ERR_OK)
		return (e);
	*ret_from = version;
	if (version > migrations_count)
		return (ERR_VERSION);
	while (e == ERR_OK && version < migrations_count)
		e = apply_one(db, ++version);
	return (e);
}
