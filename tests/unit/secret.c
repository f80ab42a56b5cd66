/* Bearer tokens, their hashes, and the master key. */
#include "cred/secret.h"

#include <fcntl.h>
#include <string.h>

#include <sodium.h>

#include "check.h"
#include "state.h"

static void
put_key(const char *dir, const void *bytes, size_t len, mode_t mode)
{
	char path[512];
	int fd;

	mkdir(dir, 0700);
	snprintf(path, sizeof path, "%s/master.key", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	if (fd < 0 || write(fd, bytes, len) < 0)
		perror(path);
	fchmod(fd, mode);
	close(fd);
}

static void
test_tokens(void)
{
	char one[SECRET_TOKEN_SIZE], other[SECRET_TOKEN_SIZE];

	secret_token(one);
	secret_token(other);
	ok(strlen(one) == 43 && strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                                    "0123456789-_") == 43,
	    "a token is 43 characters of base64url");
	ok(strcmp(one, other) != 0, "two of them differ");
}

static void
test_hash(void)
{
	/* BLAKE2b-256 of "abc": b2sum -l 256. */
	static const unsigned char abc[SECRET_HASH_LEN] = { 0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42,
		0x39, 0x72, 0x31, 0x71, 0xef, 0x3f, 0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b,
		0xb1, 0xcb, 0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19 };
	unsigned char hash[SECRET_HASH_LEN];

	secret_hash("abc", 3, hash);
	ok(memcmp(hash, abc, sizeof hash) == 0, "the hash is BLAKE2b-256");
	ok(secret_equal(hash, abc, sizeof hash), "equal is equal");
	hash[31] ^= 1;
	ok(!secret_equal(hash, abc, sizeof hash), "and not with a bit flipped");
}

/* The 32 bytes of ${path}; zeros when there are not so many. */
static void
read_key(const char *path, unsigned char bytes[static 32])
{
	FILE *f = fopen(path, "r");

	if (f == NULL || fread(bytes, 1, 32, f) != 32)
		memset(bytes, 0, 32);
	if (f != NULL)
		fclose(f);
}

static void
test_master(void)
{
	static const unsigned char zeros[32];
	const char *dir = state_file("master");
	unsigned char one[32], other[32];
	struct master *m;
	char path[512];
	struct stat st;

	mkdir(dir, 0700);
	snprintf(path, sizeof path, "%s/master.key", dir);
	ok(master_open(dir, &m) == ERR_NOT_FOUND, "without the file there is no key");
	ok(master_create(dir) == ERR_OK && stat(path, &st) == 0 && st.st_size == 32 &&
	        (st.st_mode & 0777) == 0600,
	    "it is made, 32 bytes for its owner alone");
	read_key(path, one);
	ok(memcmp(one, zeros, 32) != 0, "of chance");
	ok(master_create(dir) == ERR_OK, "making it again is no mistake");
	read_key(path, other);
	ok(memcmp(one, other, 32) == 0, "and changes nothing");
	ok(master_open(dir, &m) == ERR_OK, "it is opened");
	master_close(m);
	master_close(NULL);
}

static void
test_distrust(void)
{
	unsigned char bytes[33] = { 0 };
	struct master *m;

	put_key(state_file("short"), bytes, 31, 0600);
	ok(master_open(state_file("short"), &m) == ERR_CRYPTO, "31 bytes are no key");
	put_key(state_file("long"), bytes, 33, 0600);
	ok(master_open(state_file("long"), &m) == ERR_CRYPTO, "nor are 33");
	put_key(state_file("open"), bytes, 32, 0640);
	ok(master_open(state_file("open"), &m) == ERR_CRYPTO, "nor are those that others may read");
	put_key(state_file("link"), bytes, 32, 0600);
	rename(state_file("link/master.key"), state_file("link/other"));
	if (symlink("other", state_file("link/master.key")) < 0)
		perror("symlink");
	ok(master_open(state_file("link"), &m) == ERR_IO, "nor is a link to some");
}

static void
test_mac(void)
{
	unsigned char key[32] = { 1 }, macs[4][32];
	struct master *m, *n;

	put_key(state_file("mac1"), key, 32, 0600);
	key[31] = 1;
	put_key(state_file("mac2"), key, 32, 0600);
	if (master_open(state_file("mac1"), &m) != ERR_OK ||
	    master_open(state_file("mac2"), &n) != ERR_OK)
		return;
	master_mac(m, "refresh1", "text", 4, macs[0]);
	master_mac(m, "refresh1", "text", 4, macs[1]);
	ok(memcmp(macs[0], macs[1], 32) == 0, "a MAC is the same each time");
	master_mac(m, "refresh2", "text", 4, macs[1]);
	ok(memcmp(macs[0], macs[1], 32) != 0, "another purpose makes another");
	master_mac(m, "refresh1", "texu", 4, macs[2]);
	ok(memcmp(macs[0], macs[2], 32) != 0, "so does another text");
	master_mac(n, "refresh1", "text", 4, macs[3]);
	ok(memcmp(macs[0], macs[3], 32) != 0, "and another master key");
	master_close(m);
	master_close(n);
}

static void
test_encrypt(void)
{
	struct arena *a = arena_new(1 << 20);
	const char *one, *other, *text = NULL;
	struct master *m, *n;
	char *forged;

	put_key(state_file("box1"), "0123456789abcdef0123456789abcdef", 32, 0600);
	put_key(state_file("box2"), "0123456789abcdef0123456789abcdeg", 32, 0600);
	if (a == NULL || master_open(state_file("box1"), &m) != ERR_OK ||
	    master_open(state_file("box2"), &n) != ERR_OK)
		return;
	ok(master_encrypt(m, "testtest",
	       "Gr\xc3\xbc\xc3\x9f"
	       "e",
	       a, &one) == ERR_OK &&
	        master_encrypt(m, "testtest",
	            "Gr\xc3\xbc\xc3\x9f"
	            "e",
	            a, &other) == ERR_OK &&
	        strcmp(one, other) != 0,
	    "a text is sealed, twice in two ways");
	ok(master_decrypt(m, "testtest", one, a, &text) == ERR_OK &&
	        strcmp(text, "Gr\xc3\xbc\xc3\x9f"
	                     "e") == 0,
	    "and read again");
	ok(master_decrypt(m, "testtesu", one, a, &text) == ERR_CRYPTO &&
	        master_decrypt(n, "testtest", one, a, &text) == ERR_CRYPTO,
	    "not for another purpose, nor by another key");
	forged = arena_copy(a, one);
	forged[40] = forged[40] == 'A' ? 'B' : 'A';
	ok(master_decrypt(m, "testtest", forged, a, &text) == ERR_CRYPTO &&
	        master_decrypt(m, "testtest", "", a, &text) == ERR_CRYPTO &&
	        master_decrypt(m, "testtest", "AAAA", a, &text) == ERR_CRYPTO &&
	        master_decrypt(m, "testtest", "!", a, &text) == ERR_CRYPTO,
	    "nor what somebody else made");
	ok(master_encrypt(m, "testtest", "", a, &one) == ERR_OK &&
	        master_decrypt(m, "testtest", one, a, &text) == ERR_OK && *text == '\0',
	    "a text may be empty");
	master_close(n);
	master_close(m);
	arena_free(a);
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	test_tokens();
	test_hash();
	test_master();
	test_distrust();
	test_mac();
	test_encrypt();
	return (done());
}
