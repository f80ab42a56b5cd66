/* Is the audit log what was written? */
#include "access/audit_verify.h"

#include <string.h>

#include "access/audit.h"
#include "access/audit_words.h"

#define PAGE 200
#define ARENA_MAX ((size_t)64 << 20) /* a page; a row that we wrote has some 2 KiB */

static void
tell(struct audit_verify *v, const char *what, int64_t seq, const char *id, const char *detail)
{
	const struct audit_finding finding = { what, seq, id,
		detail == NULL ? "memory is out" : detail };

	v->found(v->arg, &finding);
}

void
audit_verify_end(struct audit_verify *v)
{

	arena_free(v->arena);
	v->arena = NULL;
}

/* The newest cut that is ours. */
struct beginning {
	struct audit_verify *v;
	struct audit_cut cut;
	bool found;
	bool quiet; /* what is wrong was told before */
};

static void
look_at_cut(void *arg, const struct audit_cut *cut)
{
	struct beginning *b = arg;

	if (!audit_cut_ok(b->v->master, cut)) {
		if (!b->quiet)
			tell(b->v, "cut", cut->through_seq, NULL,
			    "the place up to which rows were deleted is forged");
	} else if (!b->found) {
		b->cut = *cut;
		b->found = true;
	}
}

static void
begin_at(struct audit_verify *v, const struct beginning *b)
{

	v->through = b->found ? b->cut.through_seq : 0;
	memset(v->before, 0, sizeof v->before);
	if (b->found)
		memcpy(v->before, b->cut.mac, sizeof v->before);
	v->anchored = true;
}

/* Rows in front of where the chain begins. */
static enum err
check_first(struct audit_verify *v, struct db *db)
{
	struct audit_row row;
	int64_t first;
	enum err e;

	if ((e = audit_first(db, &first)) != ERR_OK)
		return (e);
	/* No row is 0 to audit_first(), and a row 0 to us. */
	if ((e = audit_get(db, first, v->arena, &row)) == ERR_NOT_FOUND)
		return (ERR_OK);
	if (e == ERR_OK && first <= v->through)
		tell(v, "early", first, row.id, "this row stands before the beginning of the log");
	return (e);
}

static enum err
begin(struct audit_verify *v, struct db *db, int64_t after)
{
	struct beginning b = { .v = v, .quiet = after != 0 };
	struct audit_row row;
	enum err e;

	if ((e = audit_each_cut(db, look_at_cut, &b)) != ERR_OK)
		return (e);
	begin_at(v, &b);
	if (after <= v->through)
		return (after == 0 ? check_first(v, db) : ERR_OK);
	v->through = after;
	if ((e = audit_get(db, after, v->arena, &row)) == ERR_OK)
		memcpy(v->before, row.mac, sizeof v->before);
	v->anchored = e == ERR_OK;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
audit_verify_begin(struct audit_verify *v, int64_t after)
{
	struct db *db;
	enum err e;

	v->rows = 0;
	v->at_end = false;
	if ((v->arena = arena_new(ARENA_MAX)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(v->store, &db)) != ERR_OK)
		return (e);
	e = begin(v, db, after);
	store_read_end(v->store, db);
	return (e);
}

struct page {
	struct audit_verify *v;
	struct db *db;
	int64_t rows;
};

/* Rows between the last and ${seq} are not there: has retention deleted them since, or somebody
 * else? */
static enum err
check_gap(struct page *p, int64_t seq)
{
	struct audit_verify *v = p->v;
	struct beginning b = { .v = v, .quiet = true };
	int64_t first;
	enum err e;

	if ((e = audit_each_cut(p->db, look_at_cut, &b)) != ERR_OK)
		return (e);
	if (b.found && b.cut.through_seq > v->through && b.cut.through_seq < seq)
		begin_at(v, &b);
	if ((first = v->through + 1) == seq)
		return (ERR_OK);
	v->anchored = false;
	tell(v, "missing", first, NULL,
	    seq - 1 == first ? arena_print(v->arena, "row %lld is missing", (long long)first)
	                     : arena_print(v->arena, "rows %lld to %lld are missing",
	                           (long long)first, (long long)seq - 1));
	return (ERR_OK);
}

/* Does the row have the mac that it must have? */
static enum err
check_mac(struct audit_verify *v, const struct audit_row *row)
{
	unsigned char mac[AUDIT_MAC_LEN];
	enum err e;

	if ((e = audit_mac(v->master, v->before, row, v->arena, mac)) != ERR_OK)
		return (e);
	if (v->anchored && secret_equal(mac, row->mac, sizeof mac))
		return (ERR_OK);
	if ((e = audit_mac(v->master, audit_broken, row, v->arena, mac)) != ERR_OK)
		return (e);
	if (secret_equal(mac, row->mac, sizeof mac))
		tell(v, "broken", row->seq, row->id,
		    "when this row was written, somebody had changed the end of the log");
	else if (v->anchored)
		tell(v, "changed", row->seq, row->id,
		    "this row is not what was written here: changed, put in, or moved");
	return (ERR_OK);
}

static enum err
look_at_row(void *arg, const struct audit_row *row, bool whole)
{
	struct page *p = arg;
	struct audit_verify *v = p->v;
	enum err e;

	if (row->seq != v->through + 1 && (e = check_gap(p, row->seq)) != ERR_OK)
		return (e);
	if (!whole)
		tell(v, "changed", row->seq, row->id,
		    "something stands in this row that is not text, or hides behind a NUL");
	else if ((e = check_mac(v, row)) != ERR_OK)
		return (e);
	memcpy(v->before, row->mac, sizeof v->before);
	v->anchored = true;
	v->through = row->seq;
	v->rows++;
	p->rows++;
	return (ERR_OK);
}

/* The head against the last row. */
static enum err
check_head(struct audit_verify *v, struct db *db)
{
	struct audit_head head;
	int64_t last;
	enum err e;

	if ((e = audit_last(db, &last)) != ERR_OK)
		return (e);
	if ((e = audit_find_head(db, &head)) == ERR_NOT_FOUND) {
		if (v->through > 0 || last > 0)
			tell(v, "head", 0, NULL, "the end of the log is not sealed any more");
		return (ERR_OK);
	}
	if (e != ERR_OK)
		return (e);
	if (last > v->through)
		tell(v, "late", last, NULL, "a row stands behind the end of the log");
	if (!audit_head_ok(v->master, &head))
		tell(v, "head", head.seq, NULL, "the seal of the end of the log is forged");
	else if (head.seq > v->through)
		tell(v, "missing", v->through + 1, NULL,
		    arena_print(v->arena,
		        "rows %lld to %lld, the last ones, are missing: the log was cut off",
		        (long long)v->through + 1, (long long)head.seq));
	else if (head.seq < v->through)
		tell(v, "late", head.seq + 1, NULL, "rows stand behind the end of the log");
	else if (!secret_equal(head.mac, v->before, sizeof head.mac))
		tell(v, "head", head.seq, NULL, "the last row is not the one that was sealed");
	return (ERR_OK);
}

enum err
audit_verify_go(struct audit_verify *v, int64_t max)
{
	struct page p = { .v = v };
	enum err e = ERR_OK;
	int64_t asked;

	for (; e == ERR_OK && max > 0 && !v->at_end; max -= asked) {
		asked = max < PAGE ? max : PAGE;
		p.rows = 0;
		arena_reset(v->arena);
		if ((e = store_read(v->store, &p.db)) != ERR_OK)
			return (e);
		e = audit_each(p.db, v->through + 1, asked, v->arena, look_at_row, &p);
		if (e == ERR_OK && p.rows < asked) {
			v->at_end = true;
			e = check_head(v, p.db);
		}
		store_read_end(v->store, p.db);
	}
	return (e);
}

static enum err
compare_kept(
    struct audit_verify *v, struct db *db, const struct audit_kept *kept, bool *ret_comparable)
{
	struct audit_head head = { .seq = 0 };
	struct beginning b = { .v = v, .quiet = true };
	struct audit_row row;
	enum err e;

	*ret_comparable = true;
	if (kept->seq == 0)
		return (ERR_OK);
	if ((e = audit_each_cut(db, look_at_cut, &b)) != ERR_OK)
		return (e);
	if (b.found && kept->seq <= b.cut.through_seq) {
		*ret_comparable = kept->seq == b.cut.through_seq;
		if (*ret_comparable && !secret_equal(kept->mac, b.cut.mac, sizeof kept->mac))
			tell(v, "kept", kept->seq, NULL, "the log was begun anew before this row");
		return (ERR_OK);
	}
	if ((e = audit_find_head(db, &head)) != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	if ((e = audit_get(db, kept->seq, v->arena, &row)) == ERR_NOT_FOUND) {
		tell(v, "kept", kept->seq, NULL,
		    arena_print(v->arena,
		        "the log once had this row, and now ends with row %lld: it was cut off, or "
		        "is an older copy",
		        (long long)head.seq));
		return (ERR_OK);
	}
	if (e == ERR_OK && !secret_equal(kept->mac, row.mac, sizeof kept->mac))
		tell(v, "kept", kept->seq, row.id,
		    "the log once had another row here: it was written anew, or is an older copy");
	return (e);
}

enum err
audit_verify_kept(struct audit_verify *v, const struct audit_kept *kept, bool *ret_comparable)
{
	struct db *db;
	enum err e;

	if ((e = store_read(v->store, &db)) != ERR_OK)
		return (e);
	e = compare_kept(v, db, kept, ret_comparable);
	store_read_end(v->store, db);
	return (e);
}

static void
tell_words(void *arg, int64_t seq)
{
	struct audit_verify *v = arg;

	tell(v, "words", seq, NULL, "this row is searched for by other words than it has");
}

/* Only of a log whose two ends are sealed is it known how many rows there should be: somebody might
 * have us look at rows up to the end of all numbers. */
static enum err
check_words(struct audit_verify *v, struct db *db)
{
	struct beginning b = { .v = v, .quiet = true };
	struct audit_head head;
	enum err e;

	if ((e = audit_each_cut(db, look_at_cut, &b)) != ERR_OK ||
	    (e = audit_find_head(db, &head)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	if (!audit_head_ok(v->master, &head))
		return (ERR_OK);
	return (
	    audit_words_compare(db, b.found ? b.cut.through_seq + 1 : 1, head.seq, tell_words, v));
}

static enum err
check_rest(struct audit_verify *v, struct db *db)
{
	const char *report;
	enum err e;

	if ((e = audit_check_schema(db, v->arena, &report)) != ERR_OK)
		return (e);
	if (strcmp(report, "ok") != 0)
		tell(v, "schema", 0, NULL, report);
	if ((e = audit_check_indexes(db, v->arena, &report)) != ERR_OK)
		return (e);
	if (strcmp(report, "ok") != 0)
		tell(v, "index", 0, NULL, report);
	return (check_words(v, db));
}

enum err
audit_verify_rest(struct audit_verify *v)
{
	struct db *db;
	enum err e;

	if ((e = store_read(v->store, &db)) != ERR_OK)
		return (e);
	e = check_rest(v, db);
	store_read_end(v->store, db);
	return (e);
}
