/* PBKDF2 hashes of elsewhere: vectors of others, every refusal, and what they may cost. */
#include "cred/pbkdf2.h"

#include <string.h>

#include "check.h"

#define PASSWORD "correct horse battery staple"

/* Is ${hash} known, made of ${password}, and of nothing else? */
static bool
fits(const char *hash, const char *password)
{

	return (pbkdf2_is(hash) && pbkdf2_knows(hash) && pbkdf2_verify(hash, password) == ERR_OK &&
	        pbkdf2_verify(hash, "another") == ERR_INVALID_CREDENTIALS &&
	        pbkdf2_verify(hash, "") == ERR_INVALID_CREDENTIALS);
}

static void
test_vectors(void)
{

	ok(fits("$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$"
	        "Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
	       "password") &&
	        fits("$pbkdf2-sha256$8000$XAuBMIYQQogxRg$"
	             "tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE",
	            "password"),
	    "those of passlib's documentation");
	ok(fits("pbkdf2_sha256$15000$Pjun1TMGEQnM$lShdzU33covbDNiqGVDffdHh/86VaECJlaaNXchT0ew=",
	       "testing"),
	    "one that Django made");
	/* RFC 6070: password, salt, 4096 rounds of SHA-1. */
	ok(fits("pbkdf2_sha1$4096$salt$SwB5AbdlSJq+rUnZJvch0GWkKcE=", "password"),
	    "that of RFC 6070");
	ok(fits("$pbkdf2$1000$8PHy8/T19vf4.fr7/P3./w$b1ALU8iwgU5.fFcj2U3.nlZfu20", PASSWORD),
	    "passlib's of SHA-1");
	ok(fits("$pbkdf2-sha512$1000$8PHy8/T19vf4.fr7/P3./w$"
	        "7Ny4dUakS7JIZAfjYpLQGSZsWvUihs7A6xXDgyqRrc3BkpXb3nL1/MvPpT3VxDAwU6FzpGn1KkCfA3fC7/"
	        "680Q",
	       PASSWORD),
	    "passlib's of SHA-512");
}

static void
test_refusals(void)
{
	static const char *const bad[] = {
		"$pbkdf2-sha256$",
		"$pbkdf2-sha256$1000",
		"$pbkdf2-sha256$1000$",
		"$pbkdf2-sha256$1000$0ZrzXitFSGltTQnBWOsdAw",
		"$pbkdf2-sha256$1000$0ZrzXitFSGltTQnBWOsdAw$",
		"$pbkdf2-sha256$1000$$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"$pbkdf2-sha256$1000$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEg",
		"$pbkdf2-sha256$1000$0ZrzXitFSGltTQnBWOsdAw$"
		"Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9"
		"M$",
		"$pbkdf2-sha256$1000$0ZrzXitFSGltTQnBWOsdAw$"
		"Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9"
		"MAAAA",
		"$pbkdf2-sha256$1000$0Zrz+itFSGltTQnBWOsdAw$"
		"Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9"
		"M",
		"$pbkdf2-sha256$0$0ZrzXitFSGltTQnBWOsdAw$"
		"Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"$pbkdf2-sha256$-1$0ZrzXitFSGltTQnBWOsdAw$"
		"Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"$pbkdf2-sha256$x$0ZrzXitFSGltTQnBWOsdAw$"
		"Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"pbkdf2_sha256$15000$Pjun1TMGEQnM$lShdzU33covbDNiqGVDffdHh/86VaECJlaaNXchT0ew",
		"pbkdf2_sha256$15000$Pj\tn1TMGEQnM$lShdzU33covbDNiqGVDffdHh/86VaECJlaaNXchT0ew=",
		"pbkdf2_sha512$15000$Pjun1TMGEQnM$lShdzU33covbDNiqGVDffdHh/86VaECJlaaNXchT0ew=",
	};
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ok(!pbkdf2_knows(bad[i]) &&
		        pbkdf2_verify(bad[i], "password") == ERR_INVALID_CREDENTIALS,
		    bad[i]);
	ok(!pbkdf2_is("") && !pbkdf2_is("$2b$04$x") && !pbkdf2_is("pbkdf2") &&
	        !pbkdf2_is("$argon2id$"),
	    "others are not taken for one");
}

static void
test_limits(void)
{
	char hash[256], salt[80];

	ok(pbkdf2_knows("$pbkdf2-sha256$2000000$0ZrzXitFSGltTQnBWOsdAw$"
	                "Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M") &&
	        !pbkdf2_knows("$pbkdf2-sha256$2000001$0ZrzXitFSGltTQnBWOsdAw$"
	                      "Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M"),
	    "2,000,000 rounds are known, one more is not");
	memset(salt, 's', sizeof salt);
	snprintf(hash, sizeof hash,
	    "pbkdf2_sha256$1$%.64s$lShdzU33covbDNiqGVDffdHh/86VaECJlaaNXchT0ew=", salt);
	ok(pbkdf2_knows(hash), "a salt has at most 64 bytes");
	snprintf(hash, sizeof hash,
	    "pbkdf2_sha256$1$%.65s$lShdzU33covbDNiqGVDffdHh/86VaECJlaaNXchT0ew=", salt);
	ok(!pbkdf2_knows(hash), "not 65");
}

int
main(void)
{

	test_vectors();
	test_refusals();
	test_limits();
	return (done());
}
