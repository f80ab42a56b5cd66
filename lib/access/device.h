/* A name for the device that a session is on. */
#ifndef ACCESS_DEVICE_H
#define ACCESS_DEVICE_H

#include "base/arena.h"

/**
 * device_name(user_agent, a):
 * "Firefox on Linux" or the like, from what ${user_agent} claims, for the user to tell sessions
 * apart; for what is not a known browser its first word; "Unknown device" for "". Owned by ${a} or
 * static; NULL when ${a} is full.
 */
const char *device_name(const char *user_agent, struct arena *a);

#endif
