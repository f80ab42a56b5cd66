/* A URL for a webhook: what is taken libcurl takes, too, and leads to the same host. */
#include <curl/curl.h>

#include "access/webhook_url.h"
#include "base/address.h"
#include "fuzz.h"

/* What libcurl calls the host, in small letters, without brackets. */
static void
look(CURLU *url, char ret_host[static 512])
{
	char *host = NULL, *end;

	must(curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK);
	must(strlen(host) < 512);
	memcpy(ret_host, host, strlen(host) + 1);
	curl_free(host);
	if (ret_host[0] == '[') {
		memmove(ret_host, ret_host + 1, strlen(ret_host));
		must((end = strchr(ret_host, ']')) != NULL);
		*end = '\0';
	}
	text_lower(ret_host);
}

static void
compare(const char *text, char host[static WEBHOOK_URL_HOST_SIZE])
{
	struct address_network ours, theirs;
	CURLU *url = curl_url();
	char *user = NULL;
	char found[512];

	must(url != NULL);
	must(curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) == CURLUE_OK);
	must(curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER);
	look(url, found);
	text_lower(host);
	/* One address of IPv6 may be written in several ways. */
	if (address_network_parse(host, &ours))
		must(address_network_parse(found, &theirs) &&
		     memcmp(ours.address, theirs.address, ADDRESS_LEN) == 0);
	else
		must(strcmp(host, found) == 0 && !address_ok(found));
	curl_url_cleanup(url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len), host[WEBHOOK_URL_HOST_SIZE];
	struct conf conf = { .webhook_private = "127.0.0.0/8", .webhook_orgs_private = false };

	if (webhook_url_host(text, host)) {
		must(strlen(text) <= WEBHOOK_URL_MAX && fuzz_is_utf8(text));
		must(text_control_free(text) && strpbrk(text, " #\\") == NULL);
		must(address_ok(host) || strpbrk(host, ":@/?%") == NULL);
		compare(text, host);
	} else {
		must(webhook_url_wrong(&conf, text, false) != NULL);
	}
	/* An organisation's never leads here, nor in the clear. */
	if (webhook_url_wrong(&conf, text, true) == NULL) {
		must(text_starts(text, "https://") && webhook_url_host(text, host));
		must(!address_ok(host) || address_is_public(host));
		must(webhook_url_wrong(&conf, text, false) == NULL);
	}
	free(text);
	return (0);
}
