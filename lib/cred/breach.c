/* Passwords known from breaches, as a Bloom filter in a file: no network, no list in memory. */
#include "cred/breach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/sha.h>
#include <sodium.h>

/*
 * A Bloom filter of m bits for n entries with k bits each has false positives of (1 - e^(-kn/m))^k.
 * With m = 20 n and k = 14 that is 0.00007: 1 in 15,000. The whole list of Have I Been Pwned (a
 * milliard) makes 2.5 GB.
 */
#define BITS_EACH 20
#define HASHES 14
#define DIGEST_LEN 20 /* of SHA-1 */
#define LINE_SIZE 128
#define PATH_SIZE 1024

static const unsigned char magic[8] = "yettBF1\n";

/* The head of the file, little-endian as every machine that Debian builds for; the bits follow. */
struct head {
	unsigned char magic[8];
	uint64_t count;
	uint64_t bits;
};

struct breach {
	struct head *head;
	const unsigned char *bits;
	size_t len;
};

/* Bit ${i} of an entry: two halves of its digest combined, as good as independent hashes (Kirsch,
 * Mitzenmacher 2006). */
static uint64_t
bit_of(const unsigned char digest[static DIGEST_LEN], unsigned int i, uint64_t bits)
{
	uint64_t one, other;

	memcpy(&one, digest, sizeof one);
	memcpy(&other, digest + sizeof one, sizeof other);
	return ((one + i * (other | 1)) % bits);
}

static bool
check(const struct head *h, size_t len)
{

	return (len >= sizeof *h && memcmp(h->magic, magic, sizeof magic) == 0 && h->bits > 0 &&
	        h->bits % 8 == 0 && h->bits / 8 == len - sizeof *h);
}

enum err
breach_open(const char *path, struct breach **ret_breach)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct breach *b;
	struct stat st;
	void *map;

	if (fd < 0)
		return (errno == ENOENT ? ERR_NOT_FOUND : ERR_IO);
	if (fstat(fd, &st) < 0 || st.st_size < (off_t)sizeof(struct head)) {
		close(fd);
		return (ERR_SYNTAX);
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return (ERR_IO);
	if (!check(map, (size_t)st.st_size) || (b = calloc(1, sizeof *b)) == NULL) {
		munmap(map, (size_t)st.st_size);
		return (ERR_SYNTAX);
	}
	b->head = map;
	b->bits = (const unsigned char *)map + sizeof *b->head;
	b->len = (size_t)st.st_size;
	*ret_breach = b;
	return (ERR_OK);
}

void
breach_close(struct breach *b)
{

	if (b == NULL)
		return;
	munmap(b->head, b->len);
	free(b);
}

bool
breach_has(const struct breach *b, const char *password)
{
	unsigned char digest[DIGEST_LEN];
	unsigned int i;
	uint64_t bit;
	bool has = true;

	if (b == NULL)
		return (false);
	SHA1((const unsigned char *)password, strlen(password), digest);
	for (i = 0; i < HASHES && has; i++) {
		bit = bit_of(digest, i, b->head->bits);
		has = (b->bits[bit / 8] >> (bit % 8) & 1) != 0;
	}
	sodium_memzero(digest, sizeof digest);
	return (has);
}

uint64_t
breach_count(const struct breach *b)
{

	return (b == NULL ? 0 : b->head->count);
}

/* The next digest of the list. Errors: ERR_NOT_FOUND at its end. */
static enum err
read_digest(FILE *list, unsigned char digest[static DIGEST_LEN], uint64_t *line)
{
	char text[LINE_SIZE];
	const char *end;
	size_t len;

	while (fgets(text, sizeof text, list) != NULL) {
		(*line)++;
		if (strchr(text, '\n') == NULL && !feof(list))
			return (ERR_SYNTAX);
		if (text[0] == '#' || text[0] == '\n' || text[0] == '\r')
			continue;
		if (sodium_hex2bin(digest, DIGEST_LEN, text,
		        2 * DIGEST_LEN < strlen(text) ? 2 * DIGEST_LEN : strlen(text), NULL, &len,
		        &end) != 0 ||
		    len != DIGEST_LEN || strchr(":\r\n", *end) == NULL)
			return (ERR_SYNTAX);
		return (ERR_OK);
	}
	return (ferror(list) ? ERR_IO : ERR_NOT_FOUND);
}

static enum err
count_digests(FILE *list, uint64_t *ret_count, uint64_t *ret_line)
{
	unsigned char digest[DIGEST_LEN];
	uint64_t count = 0;
	enum err e;

	*ret_line = 0;
	while ((e = read_digest(list, digest, ret_line)) == ERR_OK)
		count++;
	*ret_count = count;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

static enum err
put_digests(FILE *list, unsigned char *bits, uint64_t count)
{
	unsigned char digest[DIGEST_LEN];
	uint64_t line = 0, bit;
	unsigned int i;
	enum err e;

	while ((e = read_digest(list, digest, &line)) == ERR_OK)
		for (i = 0; i < HASHES; i++) {
			bit = bit_of(digest, i, count);
			bits[bit / 8] |= (unsigned char)(1U << (bit % 8));
		}
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* Write the filter to ${fd}, through a map: the kernel writes pages back as it needs the memory. */
static enum err
fill(FILE *list, int fd, uint64_t count)
{
	struct head head = { .count = count, .bits = (count * BITS_EACH + 4096) / 8 * 8 };
	const size_t len = sizeof head + head.bits / 8;
	unsigned char *map;
	enum err e;

	if (ftruncate(fd, (off_t)len) < 0)
		return (ERR_IO);
	if ((map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) == MAP_FAILED)
		return (ERR_IO);
	memcpy(head.magic, magic, sizeof magic);
	memcpy(map, &head, sizeof head);
	e = put_digests(list, map + sizeof head, head.bits);
	if (msync(map, len, MS_SYNC) < 0)
		e = ERR_IO;
	munmap(map, len);
	return (e);
}

enum err
breach_build(FILE *list, const char *path, uint64_t *ret_count, uint64_t *ret_line)
{
	char part[PATH_SIZE];
	enum err e;
	int fd;

	if ((e = count_digests(list, ret_count, ret_line)) != ERR_OK)
		return (e);
	if (fseeko(list, 0, SEEK_SET) < 0 ||
	    (size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
		return (ERR_IO);
	if ((fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) < 0)
		return (ERR_IO);
	e = fill(list, fd, *ret_count);
	close(fd);
	/* Programs that have the old one mapped keep it. */
	if (e == ERR_OK && rename(part, path) < 0)
		e = ERR_IO;
	if (e != ERR_OK)
		unlink(part);
	return (e);
}
