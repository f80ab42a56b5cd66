/* The threads that wait together for something to do: a few, which keep all processors busy, and
 * more only while those are stuck. */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conn;
struct worker;
struct workers;

/* What they do. */
struct workers_task {
	int epoll; /* what they wait at */
	unsigned int max;
	size_t arena_max; /* bytes that each has for what it does at a time */
	/* ${fd} is ready; in one of the threads, with what that one has for itself. */
	void (*serve)(void *arg, struct conn *c, struct arena *a, int fd);
	void *arg;
};

/**
 * workers_start(task, ret_workers):
 * Start the first thread; it and those that follow block the signals that the caller blocks. False
 * when the system has no more of something: errno says of what.
 */
bool workers_start(const struct workers_task *task, struct workers **ret_workers);

/**
 * workers_stop(ws):
 * Let all finish what they do, and free ${ws}; NULL too.
 */
void workers_stop(struct workers *ws);

/**
 * workers_mind(ws, signals, until):
 * For the thread that started them: wait until that time (ms of the steady clock), or a signal that
 * is not in ${signals}, and start more threads meanwhile when all are stuck.
 */
void workers_mind(struct workers *ws, const sigset_t *signals, int64_t until);

/**
 * workers_watch(ws, max_ms):
 * For the same thread: end what takes longer (conn_watch()), and clear up after threads that ended.
 */
void workers_watch(struct workers *ws, int64_t max_ms);

#endif
