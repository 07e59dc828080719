/* Runs a command and writes down, in order, everything that it and its children do to files beneath one folder, so that
   tests/suite/power.rs can say what a power cut would have left of it. Seen at the system calls, whoever makes them.

   recorder FOLDER RECORD COMMAND [ARGUMENT …]

   A record is a line, and of what was written the bytes after it:
     C path          a file was made            T length path   a file was cut or lengthened
     W at length path + bytes                   S path          a file or folder was flushed
     N from TAB to   it has another name        L from TAB to   it has a second name
     U path          a name is gone             M path          a folder was made
     R path          a folder is gone           A all           everything was flushed
     X path          something that is not understood: the test fails */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

#define LONGEST 4096
#define TASKS 256

/* What a task is in the middle of. */
struct Task {
    pid_t pid;
    long call;
    unsigned long long args[6];
    int was_there;
    char path[LONGEST], other[LONGEST];
};

static struct Task tasks[TASKS];
static const char *folder;
static FILE *record;

static struct Task *task_of(pid_t pid) {
    struct Task *empty = NULL;
    for (int i = 0; i < TASKS; i++) {
        if (tasks[i].pid == pid) return &tasks[i];
        if (!tasks[i].pid && !empty) empty = &tasks[i];
    }
    if (!empty) {
        fputs("too many tasks\n", stderr);
        exit(125);
    }
    memset(empty, 0, sizeof *empty);
    empty->pid = pid;
    return empty;
}

static int beneath(const char *path) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

static void link_of(pid_t pid, const char *what, long number, char *path) {
    char link[64];
    if (number < 0) snprintf(link, sizeof link, "/proc/%d/%s", pid, what);
    else snprintf(link, sizeof link, "/proc/%d/%s/%ld", pid, what, number);
    ssize_t length = readlink(link, path, LONGEST - 1);
    path[length < 0 ? 0 : length] = 0;
}

static void file_of(pid_t pid, long fd, char *path) { link_of(pid, "fd", fd, path); }

/* The path that the task names, from the root on. */
static void path_of(pid_t pid, long at, unsigned long long address, char *path) {
    char named[LONGEST];
    size_t got = 0;
    while (got < sizeof named - 1) {
        /* not over the end of a page, behind which there may be nothing */
        size_t step = 4096 - (address + got) % 4096;
        if (step > sizeof named - 1 - got) step = sizeof named - 1 - got;
        struct iovec here = {named + got, step}, there = {(void *)(address + got), step};
        ssize_t read = process_vm_readv(pid, &here, 1, &there, 1, 0);
        if (read <= 0) break;
        if (memchr(named + got, 0, read)) {
            got += read;
            break;
        }
        got += read;
    }
    named[got] = 0;
    if (named[0] == '/') {
        snprintf(path, LONGEST, "%s", named);
        return;
    }
    char from[LONGEST];
    if ((int)at == AT_FDCWD) link_of(pid, "cwd", -1, from);
    else file_of(pid, (int)at, from);
    if (strncmp(named, "./", 2) == 0) memmove(named, named + 2, strlen(named) - 1);
    if (!named[0] || strcmp(named, ".") == 0) snprintf(path, LONGEST, "%s", from);
    else if (snprintf(path, LONGEST, "%s/%s", from, named) >= LONGEST) path[0] = 0;
}

static long long position(pid_t pid, long fd) {
    char name[64], line[128];
    long long at = -1;
    snprintf(name, sizeof name, "/proc/%d/fdinfo/%ld", pid, fd);
    FILE *info = fopen(name, "r");
    while (info && fgets(line, sizeof line, info)) {
        if (sscanf(line, "pos: %lld", &at) == 1) break;
    }
    if (info) fclose(info);
    return at;
}

/* What stands in the file by now where the task has written. */
static void written(pid_t pid, long fd, long long at, long long length) {
    char path[LONGEST], link[64];
    file_of(pid, fd, path);
    if (!beneath(path) || length <= 0) return;
    snprintf(link, sizeof link, "/proc/%d/fd/%ld", pid, fd);
    int from = open(link, O_RDONLY | O_CLOEXEC);
    char *bytes = malloc(length);
    if (from < 0 || !bytes || pread(from, bytes, length, at) != length) {
        fprintf(record, "X unread %s\n", path);
    } else {
        fprintf(record, "W %lld %lld %s\n", at, length, path);
        fwrite(bytes, 1, length, record);
        fputc('\n', record);
    }
    free(bytes);
    if (from >= 0) close(from);
}

static void one(char what, const char *path) {
    if (beneath(path)) fprintf(record, "%c %s\n", what, path);
}

static void two(char what, const char *from, const char *to) {
    if (beneath(from) || beneath(to)) fprintf(record, "%c %s\t%s\n", what, from, to);
}

static void entered(struct Task *task) {
    pid_t pid = task->pid;
    unsigned long long *a = task->args;
    task->path[0] = task->other[0] = 0;
    switch (task->call) {
#ifdef SYS_open
    case SYS_open:
    case SYS_creat:
    case SYS_unlink:
    case SYS_mkdir:
    case SYS_rmdir: path_of(pid, AT_FDCWD, a[0], task->path); break;
    case SYS_rename:
    case SYS_link:
        path_of(pid, AT_FDCWD, a[0], task->path);
        path_of(pid, AT_FDCWD, a[1], task->other);
        break;
#endif
    case SYS_truncate: path_of(pid, AT_FDCWD, a[0], task->path); break;
    case SYS_openat:
    case SYS_openat2:
    case SYS_unlinkat:
    case SYS_mkdirat: path_of(pid, a[0], a[1], task->path); break;
#ifdef SYS_renameat
    case SYS_renameat:
#endif
    case SYS_renameat2:
    case SYS_linkat:
        path_of(pid, a[0], a[1], task->path);
        path_of(pid, a[2], a[3], task->other);
        break;
    default: break;
    }
    task->was_there = task->path[0] && access(task->path, F_OK) == 0;
}

static void opened(struct Task *task, long long flags, long fd) {
    char path[LONGEST];
    file_of(task->pid, fd, path); /* as the system calls it */
    if (flags & O_PATH || (flags & O_TMPFILE) == O_TMPFILE) {
        if ((flags & O_TMPFILE) == O_TMPFILE) one('X', path);
        return;
    }
    if (flags & O_CREAT && !task->was_there) one('C', path);
    else if (flags & O_TRUNC && (flags & O_ACCMODE) != O_RDONLY && beneath(path)) fprintf(record, "T 0 %s\n", path);
}

static void left(struct Task *task, long long result) {
    pid_t pid = task->pid;
    unsigned long long *a = task->args;
    char path[LONGEST];
    if (result < 0) return;
    switch (task->call) {
#ifdef SYS_open
    case SYS_open: opened(task, a[1], result); break;
    case SYS_creat: opened(task, O_CREAT | O_WRONLY | O_TRUNC, result); break;
    case SYS_unlink: one('U', task->path); break;
    case SYS_mkdir: one('M', task->path); break;
    case SYS_rmdir: one('R', task->path); break;
    case SYS_rename: two('N', task->path, task->other); break;
    case SYS_link: two('L', task->path, task->other); break;
#endif
    case SYS_openat: opened(task, a[2], result); break;
    case SYS_openat2: {
        struct { unsigned long long flags, mode, resolve; } how = {0, 0, 0};
        struct iovec here = {&how, sizeof how}, there = {(void *)a[2], sizeof how};
        process_vm_readv(pid, &here, 1, &there, 1, 0);
        opened(task, how.flags, result);
        break;
    }
    case SYS_unlinkat: one(a[2] & AT_REMOVEDIR ? 'R' : 'U', task->path); break;
    case SYS_mkdirat: one('M', task->path); break;
#ifdef SYS_renameat
    case SYS_renameat: two('N', task->path, task->other); break;
#endif
    case SYS_renameat2: two(a[4] & 2 ? 'X' : 'N', task->path, task->other); break;
    case SYS_linkat: two('L', task->path, task->other); break;
    case SYS_write:
    case SYS_writev:
        written(pid, a[0], position(pid, a[0]) - result, result);
        break;
    case SYS_pwrite64:
    case SYS_pwritev: written(pid, a[0], a[3], result); break;
    case SYS_sendfile: written(pid, a[0], position(pid, a[0]) - result, result); break;
    case SYS_copy_file_range: written(pid, a[2], position(pid, a[2]) - result, result); break;
    case SYS_ftruncate:
        file_of(pid, a[0], path);
        if (beneath(path)) fprintf(record, "T %llu %s\n", a[1], path);
        break;
    case SYS_truncate:
        if (beneath(task->path)) fprintf(record, "T %llu %s\n", a[1], task->path);
        break;
    case SYS_fsync:
    case SYS_fdatasync:
        file_of(pid, a[0], path);
        one('S', path);
        break;
    case SYS_fallocate:
    case SYS_ioctl:
        if (task->call == SYS_ioctl && a[1] != 0x40049409 /* FICLONE */) break;
        file_of(pid, a[0], path);
        one('X', path);
        break;
    case SYS_sync:
    case SYS_syncfs: fputs("A all\n", record); break;
    case SYS_mmap:
        if ((a[2] & PROT_WRITE) && (a[3] & MAP_SHARED) && !(a[3] & MAP_ANONYMOUS)) {
            file_of(pid, (int)a[4], path);
            size_t length = strlen(path);
            /* the index of a write-ahead log is made anew */
            if (length < 4 || strcmp(path + length - 4, "-shm") != 0) one('X', path);
        }
        break;
    default: break;
    }
}

int main(int count, char **words) {
    if (count < 4) return 125;
    folder = words[1];
    record = fopen(words[2], "w");
    if (!record) return 125;
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execvp(words[3], words + 3);
        _exit(125);
    }
    int status, code = 125;
    waitpid(child, &status, 0);
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                   PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, child, 0, options) < 0) return 125;
    ptrace(PTRACE_SYSCALL, child, 0, 0);
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) break;
        struct Task *task = task_of(pid);
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid == child) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            task->pid = 0;
            continue;
        }
        int sig = WSTOPSIG(status);
        if (sig == (SIGTRAP | 0x80)) {
            struct ptrace_syscall_info info;
            ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
            if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
                task->call = info.entry.nr;
                for (int i = 0; i < 6; i++) task->args[i] = info.entry.args[i];
                entered(task);
            } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
                left(task, info.exit.rval);
            }
            sig = 0;
        } else if (sig == SIGTRAP || sig == SIGSTOP) {
            sig = 0;
        }
        ptrace(PTRACE_SYSCALL, pid, 0, sig);
    }
    fclose(record);
    return code;
}
