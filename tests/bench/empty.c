/* empty: a program with nothing to do, on the same request loop: what the others are measured
 * against. Asked whether a request may go on, it lets everybody in and looks at nothing. */
#include "base/conf.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/server.h"

#include <stdlib.h>

static enum err
get_empty(struct req *r)
{

	/* About 100 bytes: what a small answer has. */
	return (reply_text(r, 200, "application/json",
	    "{\"id\":\"00000000-0000-7000-8000-000000000000\",\"name\":\"Nobody\","
	    "\"does\":\"nothing\",\"knows\":null}"));
}

static enum err
admit(struct req *r)
{

	(void)r;
	return (ERR_OK);
}

static enum err
authorize(struct req *r)
{

	r->status = r->guard != NULL ? 204 : 200;
	r->bare = true;
	return (ERR_OK);
}

static const struct route routes[] = {
	{ "GET", "/empty", get_empty, 0, WHO_ANY, NULL, NULL },
};

int
main(void)
{
	char message[CONF_MESSAGE_SIZE];
	struct conf conf;

	if (conf_load(getenv("YETT_CONF"), &conf, message) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "%s", message);
		return (1);
	}
	log_setup("empty", conf.log_json, (enum log_level)conf.log_level);
	return (server_run(&(struct server){
	    .routes = routes,
	    .routes_count = COUNT(routes),
	    .site_url = conf.site_url,
	    .site_name = conf.site_name,
	    .cors_origins = conf.http_cors_origins,
	    .admit = admit,
	    .authorize = authorize,
	    .threads = conf.http_threads > 0 ? (unsigned int)conf.http_threads : 16,
	    .timeout_s = conf.http_timeout_s,
	}));
}
