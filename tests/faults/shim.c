/* Faults below the database: counts the calls by which a process writes beneath one folder, and at one of them dies, or
   makes it fail. Preloaded into the real program by tests/suite/faults.rs.

   FAULT_DIR    the folder; calls on other files are passed on and not counted
   FAULT_COUNT  a file that gets the number of calls in the end
   FAULT_AT     the call, from 1; 0 for none
   FAULT_DO     kill: die before it; torn: write half of it, then die; eio, enospc: it fails, and so does every later one
                of the same sort on the same file (a disk that is full or broken stays so) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static atomic_int broken;
static long at;
static const char *dir, *what;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    dir = getenv("FAULT_DIR");
    what = getenv("FAULT_DO");
    const char *number = getenv("FAULT_AT");
    at = number ? atol(number) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *file = getenv("FAULT_COUNT");
    FILE *out = file ? fopen(file, "w") : NULL;
    if (out) {
        fprintf(out, "%ld\n", atomic_load(&calls));
        fclose(out);
    }
}

static int beneath(const char *path) { return dir && path && strncmp(path, dir, strlen(dir)) == 0; }

static int is_ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return beneath(path);
}

static int is(const char *word) { return what && strcmp(what, word) == 0; }

/* Counts a call; 0 to go on, 1 to fail with errno set, 2 to tear. Does not come back where the process dies. */
static int fault(void) {
    long number = atomic_fetch_add(&calls, 1) + 1;
    int hit = at > 0 && number == at;
    if (hit && is("kill")) raise(SIGKILL);
    if (hit && is("torn")) return 2;
    if (hit && (is("eio") || is("enospc"))) atomic_store(&broken, 1);
    if (!atomic_load(&broken)) return 0;
    errno = is("enospc") ? ENOSPC : EIO;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = next("write");
    int found = is_ours(fd) ? fault() : 0;
    if (found == 1) return -1;
    if (found == 2) {
        real(fd, bytes, count / 2);
        raise(SIGKILL);
    }
    return real(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = next("pwrite64");
    int found = is_ours(fd) ? fault() : 0;
    if (found == 1) return -1;
    if (found == 2) {
        real(fd, bytes, count / 2, offset);
        raise(SIGKILL);
    }
    return real(fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

#define ON_FD(name)                                              \
    int name(int fd) {                                           \
        int (*real)(int) = next(#name);                          \
        int found = is_ours(fd) ? fault() : 0;                   \
        if (found == 2) raise(SIGKILL);                          \
        return found == 1 ? -1 : real(fd);                       \
    }
ON_FD(fsync)
ON_FD(fdatasync)

int ftruncate64(int fd, off64_t length) {
    int (*real)(int, off64_t) = next("ftruncate64");
    int found = is_ours(fd) ? fault() : 0;
    if (found == 2) raise(SIGKILL);
    return found == 1 ? -1 : real(fd, length);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* Removing and renaming fail on a broken disk, but not on a full one. */
static int fault_of_names(void) {
    int found = fault();
    return found == 1 && is("enospc") ? 0 : found;
}

int unlink(const char *path) {
    int (*real)(const char *) = next("unlink");
    int found = beneath(path) ? fault_of_names() : 0;
    if (found == 2) raise(SIGKILL);
    return found == 1 ? -1 : real(path);
}

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = next("rename");
    int found = beneath(to) ? fault_of_names() : 0;
    if (found == 2) raise(SIGKILL);
    return found == 1 ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    int (*real)(const char *, mode_t) = next("mkdir");
    int found = beneath(path) ? fault() : 0;
    if (found == 2) raise(SIGKILL);
    return found == 1 ? -1 : real(path, mode);
}

static int opened(const char *name, const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = next(name);
    int found = (flags & O_CREAT) && beneath(path) && access(path, F_OK) != 0 ? fault() : 0;
    if (found == 2) raise(SIGKILL);
    return found == 1 ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opened("open64", path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opened("open", path, flags, mode);
}
