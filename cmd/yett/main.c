/* yett: the admin tool. One table of commands; all help is made from it. */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "access/app.h"
#include "args.h"
#include "base/log.h"
#include "commands.h"
#include "help.h"

#ifndef VERSION
#define VERSION "0"
#endif

/* The longest list, 10,000 users as JSON, takes some 30 MB; nothing is taken before it is needed.
 */
#define ARENA_MAX ((size_t)128 * 1024 * 1024)
