/* Small files that only we may read. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 1024

static bool
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		if ((n = write(fd, bytes, len)) < 0)
			return (false);
		bytes += n;
		len -= (size_t)n;
	}
	return (fsync(fd) == 0);
}

/* Put the name of a new file on disk too. */
static enum err
sync_dir(const char *path)
{
	char copy[PATH_SIZE];
	int fd;
	bool ok;

	snprintf(copy, sizeof copy, "%s", path);
	if ((fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return (ERR_IO);
	ok = fsync(fd) == 0;
	close(fd);
	return (ok ? ERR_OK : ERR_IO);
}

enum err
file_create(const char *path, const void *bytes, size_t len)
{
	char part[PATH_SIZE];
	enum err e = ERR_OK;
	bool ok;
	int fd;

	if ((size_t)snprintf(part, sizeof part, "%s.%ld.part", path, (long)getpid()) >= sizeof part)
		return (ERR_IO);
	if ((fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return (ERR_IO);
	ok = write_all(fd, bytes, len);
	ok = close(fd) == 0 && ok;
	/* link(2), unlike rename(2), refuses to replace what somebody else made in the meantime. */
	if (!ok)
		e = ERR_IO;
	else if (link(part, path) < 0)
		e = errno == EEXIST ? ERR_TAKEN : ERR_IO;
	unlink(part);
	return (e == ERR_OK ? sync_dir(path) : e);
}

enum err
file_read_private(const char *path, void *ret_bytes, size_t size, size_t *ret_len)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = ERR_OK;
	size_t len = 0;
	struct stat st;
	ssize_t n = 1;
	char extra;

	if (fd < 0)
		return (errno == ENOENT ? ERR_NOT_FOUND : ERR_IO);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		e = ERR_CRYPTO;
	while (e == ERR_OK && len < size && (n = read(fd, (char *)ret_bytes + len, size - len)) > 0)
		len += (size_t)n;
	if (e == ERR_OK && n < 0)
		e = ERR_IO;
	if (e == ERR_OK && len == size && read(fd, &extra, 1) != 0)
		e = ERR_TOO_LARGE;
	close(fd);
	*ret_len = len;
	return (e);
}

enum err
file_map(const char *path, size_t len, void **ret_map)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	void *map = MAP_FAILED;

	if (fd < 0)
		return (ERR_IO);
	if (ftruncate(fd, (off_t)len) == 0)
		map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return (ERR_IO);
	*ret_map = map;
	return (ERR_OK);
}
