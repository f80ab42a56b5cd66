/* Versions: what a process remembers is true until another begins to change it. */
#include "store/version.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "check.h"
#include "state.h"

#define ANNA "01890a5d-ac96-774b-bcce-b302099a8057"
#define BERT "01890a5d-ac96-774b-bcce-b302099a8058"

static struct versions *mine, *theirs; /* as two processes have it */

static void
test_change(void)
{
	struct version before, during, after, bert, all;

	before = version_read(mine, ANNA);
	bert = version_read(mine, BERT);
	all = version_read(mine, NULL);
	ok(version_same(mine, before), "what nobody changed is the same");
	version_begin(theirs, ANNA);
	ok(!version_same(mine, before), "once another begins to change it, it is not");
	during = version_read(mine, ANNA);
	ok(!version_same(mine, during), "what is read meanwhile is not known either");
	version_finish(theirs, ANNA);
	after = version_read(mine, ANNA);
	ok(!version_same(mine, before) && !version_same(mine, during), "nor afterwards");
	ok(version_same(mine, after), "what is read then is");
	ok(version_same(mine, bert) && version_same(mine, all), "others are untouched");
	version_begin(theirs, NULL);
	version_finish(theirs, NULL);
	ok(!version_same(mine, all), "everybody is a version of its own");
}

static void
test_twice(void)
{
	struct version v;

	/* Two works of one transaction that touch the same. */
	version_begin(mine, ANNA);
	version_begin(mine, ANNA);
	v = version_read(mine, ANNA);
	ok(!version_same(mine, v), "begun twice it is being changed");
	version_finish(mine, ANNA);
	version_finish(mine, ANNA);
	ok(!version_same(mine, v), "finished twice it is another");
	v = version_read(mine, ANNA);
	ok(version_same(mine, v), "that is known");
}

static void
test_crash(void)
{
	struct version before = version_read(mine, ANNA), v;
	struct versions *again;

	if (fork() == 0) {
		version_begin(mine, ANNA);
		_exit(0);
	}
	wait(NULL);
	v = version_read(mine, ANNA);
	ok(!version_same(mine, before) && !version_same(mine, v),
	    "a process that died in between leaves it unknown");
	if (versions_open(state_file("map"), &again) == ERR_OK) {
		v = version_read(again, ANNA);
		ok(!version_same(again, v), "also to who comes later");
		versions_close(again);
	}
	version_begin(mine, ANNA);
	v = version_read(mine, ANNA);
	ok(!version_same(mine, v), "the next change begins");
	version_finish(mine, ANNA);
	v = version_read(mine, ANNA);
	ok(version_same(mine, v) && v.count > before.count, "and ends it");
}

static void
test_open(void)
{
	struct versions *v;
	struct stat st;

	ok(stat(state_file("map"), &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 262144,
	    "the file is for its owner alone");
	if (symlink("map", state_file("link")) < 0)
		perror("symlink");
	ok(versions_open(state_file("link"), &v) == ERR_IO, "a link is not followed");
	ok(versions_open("/nowhere/map", &v) == ERR_IO, "a folder that is not there is said so");
	versions_close(NULL);
}

int
main(void)
{

	setbuf(stdout, NULL);
	if (versions_open(state_file("map"), &mine) != ERR_OK ||
	    versions_open(state_file("map"), &theirs) != ERR_OK)
		return (1);
	test_change();
	test_twice();
	test_crash();
	test_open();
	versions_close(mine);
	versions_close(theirs);
	return (done());
}
