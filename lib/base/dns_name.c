/* How domains and servers of the DNS are written. Apart from asking, so that only who asks loads
 * what that takes. */
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/dns.h"
#include "base/text.h"

#define LABEL_MAX 63
#define PREFIX_MAX 17 /* a label of 16 bytes and its dot */
#define PORT 53

bool
dns_domain_ok(const char *name)
{
	const char *label = name;
	size_t len, labels = 0;

	if (strlen(name) > DNS_NAME_MAX - PREFIX_MAX)
		return (false);
	for (;;) {
		len = strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-");
		if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
			return (false);
		labels++;
		if (label[len] == '\0')
			break;
		if (label[len] != '.')
			return (false);
		label += len + 1;
	}
	return (labels >= 2 && strspn(label, "0123456789") < len);
}

bool
dns_server_read(const char *text, struct sockaddr_storage *ret_address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret_address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_address;
	char host[INET6_ADDRSTRLEN];
	const bool bracket = text[0] == '[';
	const char *end = bracket ? strchr(text, ']') : strchr(text, ':');
	int64_t port = PORT;
	size_t len;

	/* Without brackets more than one colon is an address of IPv6 and no port. */
	if (!bracket && (end == NULL || strchr(end + 1, ':') != NULL))
		end = text + strlen(text);
	if (end == NULL)
		return (false);
	text += bracket;
	len = (size_t)(end - text);
	if (len >= sizeof host)
		return (false);
	memcpy(host, text, len);
	host[len] = '\0';
	end += bracket;
	if (*end != '\0' && (*end != ':' || !text_number(end + 1, 1, 65535, &port)))
		return (false);
	memset(ret_address, 0, sizeof *ret_address);
	if (!bracket && inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return (true);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	return (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1);
}

bool
dns_server_ok(const char *server)
{
	struct sockaddr_storage address;

	return (server[0] == '\0' || dns_server_read(server, &address));
}
