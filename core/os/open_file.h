/* An open file, which the calls of core/os take: mmfi_file_open and mmfi_file_create make one. */
#ifndef MMF_OS_OPEN_FILE_H
#define MMF_OS_OPEN_FILE_H

#include "mmapforge/status.h"

#include <sys/types.h>

MMF_BEGIN_DECLS

typedef struct mmfi_file {
    int fd;          /* -1 when there is none */
    bool writable;   /* opened for reading and writing */
    bool locked;     /* this process took the writer lock */
    pid_t lock_pid;  /* the process that took it: a forked child must not give it back */
    char *path;      /* as the caller gave it, owned */
    char *temporary; /* the name that a file has until mmfi_file_name gives it its own; else NULL */
    bool moved;      /* its name may lead to another inode than fd: mmfi_file_name */
} mmfi_file;

/* A mmfi_file that holds nothing, which mmfi_file_close accepts. */
#define MMFI_FILE_NONE ((mmfi_file){-1, false, false, 0, NULL, NULL, false})

MMF_END_DECLS

#endif
