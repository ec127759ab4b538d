/* A disk that can be cut off from its power, for a program started with this library in LD_PRELOAD.
 *
 * SHIM_FOLDER   the folder that lies on this disk
 * SHIM_SYNCED   what is safe: <inode> holds a file as it was when it was last synced, `names` the folder as it was then
 * SHIM_FULL     while this file exists the disk takes nothing more
 *
 * What a file was at its last fsync or fdatasync is all that a loss of power leaves; a name is left if the folder was synced since. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

static int is_ours(int fd) {
  char link[64], path[PATH_MAX];
  const char *folder = setting("SHIM_FOLDER");
  if (!folder) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strncmp(path, folder, strlen(folder)) == 0;
}

static int create(const char *name, char *unfinished, char *finished) {
  const char *safe = setting("SHIM_SYNCED");
  if (!safe) return -1;
  snprintf(finished, PATH_MAX, "%s/%s", safe, name);
  snprintf(unfinished, PATH_MAX, "%s/%s.%d.new", safe, name, (int)gettid());
  return open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

/* SQLite's locks end when a second descriptor of its file is closed: so the file is read through its own, if that can read. */
static void keep_file(int fd, const struct stat *is) {
  char name[32], unfinished[PATH_MAX], finished[PATH_MAX], again[64], part[1 << 16];
  snprintf(name, sizeof name, "%lu", (unsigned long)is->st_ino);
  snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
  int to = create(name, unfinished, finished);
  if (to < 0) return;
  int from = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY ? open(again, O_RDONLY) : fd;
  ssize_t length;
  for (off_t at = 0; (length = pread(from, part, sizeof part, at)) > 0; at += length)
    if (REAL(write)(to, part, length) != length) abort();
  if (from != fd) close(from);
  close(to);
  rename(unfinished, finished);
}

static void keep_names(int fd) {
  char unfinished[PATH_MAX], finished[PATH_MAX], path[64];
  int to = create("names", unfinished, finished);
  if (to < 0) return;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  DIR *folder = opendir(path);
  for (struct dirent *each; folder && (each = readdir(folder));)
    if (each->d_type == DT_REG) dprintf(to, "%lu %s\n", (unsigned long)each->d_ino, each->d_name);
  if (folder) closedir(folder);
  close(to);
  rename(unfinished, finished);
}

static int synced(int fd) {
  struct stat is;
  if (fstat(fd, &is) == 0) {
    if (S_ISREG(is.st_mode)) keep_file(fd, &is);
    if (S_ISDIR(is.st_mode)) keep_names(fd);
  }
  return 0;
}

static int is_full(int fd) {
  const char *full = setting("SHIM_FULL");
  return full && access(full, F_OK) == 0 && is_ours(fd);
}

int fsync(int fd) { return is_ours(fd) ? synced(fd) : REAL(fsync)(fd); }

int fdatasync(int fd) { return is_ours(fd) ? synced(fd) : REAL(fdatasync)(fd); }

#define FULL(fd) do { if (is_full(fd)) { errno = ENOSPC; return -1; } } while (0)

ssize_t write(int fd, const void *data, size_t length) { FULL(fd); return REAL(write)(fd, data, length); }

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { FULL(fd); return REAL(pwrite)(fd, data, length, at); }

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { FULL(fd); return REAL(pwrite64)(fd, data, length, at); }
