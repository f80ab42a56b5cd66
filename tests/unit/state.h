/* A folder for one test program, gone when it ends. */
#ifndef UNIT_STATE_H
#define UNIT_STATE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char state_path[64];
static pid_t state_owner;

static int
state_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{

	(void)st;
	(void)type;
	(void)ftw;
	return (remove(path));
}

static void
state_remove(void)
{

	/* A child that fork(2) made leaves it to its parent. */
	if (getpid() == state_owner)
		nftw(state_path, state_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The folder, made by the first call. */
static inline const char *
state_dir(void)
{

	if (state_path[0] != '\0')
		return (state_path);
	snprintf(state_path, sizeof state_path, "/tmp/yett-test-XXXXXX");
	if (mkdtemp(state_path) == NULL) {
		perror(state_path);
		exit(1);
	}
	state_owner = getpid();
	atexit(state_remove);
	return (state_path);
}

/* The path of ${name} in the folder; good until the eighth call from now. */
static inline const char *
state_file(const char *name)
{
	static char paths[8][256];
	static unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", state_dir(), name);
	return (path);
}

#endif
