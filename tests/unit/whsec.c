/* Secrets that sign webhooks: the example of Standard Webhooks, and what is no secret. */
#include "cred/whsec.h"

#include <string.h>

#include <sodium.h>

#include "check.h"

/* The example of the specification and of its libraries' tests. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define AT 1614265330
#define PAYLOAD "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static bool
signs(const char *secret)
{
	char signature[WHSEC_SIGNATURE_SIZE];

	return (whsec_sign(secret, ID, AT, PAYLOAD, strlen(PAYLOAD), signature) == ERR_OK);
}

int
main(void)
{
	char signature[WHSEC_SIGNATURE_SIZE], one[WHSEC_SIZE], two[WHSEC_SIZE];

	if (sodium_init() < 0)
		return (1);
	ok(whsec_sign(SECRET, ID, AT, PAYLOAD, strlen(PAYLOAD), signature) == ERR_OK &&
	        strcmp(signature, SIGNATURE) == 0,
	    "the example of the specification is signed as it says");
	ok(whsec_sign(SECRET, ID, AT + 1, PAYLOAD, strlen(PAYLOAD), signature) == ERR_OK &&
	        strcmp(signature, SIGNATURE) != 0,
	    "the time counts");
	ok(whsec_sign(SECRET, ID "x", AT, PAYLOAD, strlen(PAYLOAD), signature) == ERR_OK &&
	        strcmp(signature, SIGNATURE) != 0,
	    "and the id");
	ok(whsec_sign(SECRET, ID, AT, PAYLOAD, strlen(PAYLOAD) - 1, signature) == ERR_OK &&
	        strcmp(signature, SIGNATURE) != 0,
	    "and each byte");
	whsec_new(one);
	whsec_new(two);
	ok(strlen(one) == WHSEC_SIZE - 1 && strncmp(one, "whsec_", 6) == 0 &&
	        strcmp(one, two) != 0 && signs(one),
	    "a new secret is another each time, and signs");
	ok(signs("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") &&
	        !signs("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
	    "24 bytes are enough, 23 are not");
	ok(signs("whsec_"
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	         "AAAAAAAAAAAAAAAAAAAAAA==") &&
	        !signs("whsec_"
	               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	               "AAAAAAAAAAAAAAAAAAAAAAA="),
	    "64 are not too many, 65 are");
	ok(!signs("") && !signs("whsec_") && !signs(SECRET "!") &&
	        !signs("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
	    "what is no secret signs nothing");
	return (done());
}
