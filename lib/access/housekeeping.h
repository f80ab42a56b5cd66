/* What a program does beside requests: write down who was seen and which API keys were used, delete
 * what is long over. */
#ifndef ACCESS_HOUSEKEEPING_H
#define ACCESS_HOUSEKEEPING_H

struct app;

/**
 * housekeeping_tick(app), housekeeping_end(app):
 * Once a second; and when the program ends, which waits for what was begun. Sessions seen and keys
 * used are written together every half a minute, so that a request that only reads never writes. A
 * program of which nothing is asked closes its connections to the database and gives back what
 * memory it does not need.
 */
void housekeeping_tick(struct app *app);
void housekeeping_end(struct app *app);

#endif
