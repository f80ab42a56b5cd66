/* A database with an audit log for one test program, and what verifying it says. */
#ifndef UNIT_LOG_H
#define UNIT_LOG_H

#include "access/audit.h"
#include "access/audit_verify.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"

static struct store *store;
static struct master *master;

/* The clock stands at ${s} seconds. */
static inline void
set_clock(int64_t s)
{
	FILE *f = fopen(state_file("clock"), "w");

	if (f == NULL)
		exit(1);
	fprintf(f, "@%lld", (long long)s * 1000);
	fclose(f);
}

static inline bool
open_all(void)
{

	return (store_open(state_dir(), 2, &store) == ERR_OK &&
	        master_open(state_dir(), &master) == ERR_OK);
}

static inline bool
make_all(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK;
	db_close(db);
	return (fine && master_create(state_dir()) == ERR_OK && open_all());
}

static inline void
count_finding(void *arg, const struct audit_finding *f)
{

	printf("# %s row %lld: %s\n", f->what, (long long)f->seq, f->detail);
	++*(int *)arg;
}

/* How many findings there are; ${ret_rows}: among how many rows. */
static inline int
verify(int64_t *ret_rows)
{
	int count = 0;
	struct audit_verify v = { store, master, count_finding, &count, 0, 0, false, NULL, { 0 },
		false };

	if (audit_verify_begin(&v, 0) != ERR_OK || audit_verify_go(&v, INT64_MAX) != ERR_OK ||
	    audit_verify_rest(&v) != ERR_OK)
		count = -1;
	audit_verify_end(&v);
	*ret_rows = v.rows;
	return (count);
}

/* How many rows have this action. */
static inline int64_t
count_rows(const char *action)
{
	struct stmt *stmt;
	struct db *db;
	int64_t count = 0;

	if (store_read(store, &db) != ERR_OK ||
	    audit_seek(db, AUDIT_BY_ACTION, action, INT64_MAX, &stmt) != ERR_OK)
		return (-1);
	while (db_next(stmt) == ERR_OK)
		count++;
	db_end(stmt);
	store_read_end(store, db);
	return (count);
}

#endif
