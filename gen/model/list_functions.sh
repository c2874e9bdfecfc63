#!/bin/bash
# Prints the functions and types of the headers of ISO C and POSIX.
#
#   gen/model/list_functions.sh          prints the lines of gen/model/names_functions.c
#   gen/model/list_functions.sh --names  prints the names, one a line
#
# An enum or struct of that name would be declared twice in a program that includes the system's header.
set -euo pipefail
export LC_ALL=C
headers="aio arpa/inet assert complex cpio ctype dirent dlfcn errno fcntl fenv float fmtmsg fnmatch ftw glob grp
    iconv inttypes langinfo libgen limits locale math monetary mqueue net/if netdb netinet/in netinet/tcp nl_types
    poll pthread pwd regex sched search semaphore setjmp signal spawn stdatomic stddef stdint stdio stdlib string
    strings sys/ipc sys/mman sys/msg sys/resource sys/select sys/sem sys/shm sys/socket sys/stat sys/statvfs sys/time
    sys/times sys/types sys/uio sys/un sys/utsname sys/wait syslog termios threads time uchar ulimit unistd utime
    utmpx wchar wctype wordexp"

names() {
    local work header
    work="$(mktemp -d)"
    for header in $headers; do
        # A header that is not installed is left out.
        echo "#include <$header.h>" > "$work/one.c"
        ${CC:-gcc} -std=gnu17 -fsyntax-only -aux-info "$work/functions" "$work/one.c" 2>/dev/null || continue
        # "extern int abs (int);" declares abs; a function pointer in it is no declaration of its own.
        sed -n 's/^[^(]*[ *]\([a-z][a-z0-9_]*\) (.*/\1/p' "$work/functions"
        ${CC:-gcc} -std=gnu17 -E -P "$work/one.c" | tr '\n' ' ' >"$work/text"
        grep -oE '(struct|union|enum) [a-z][a-z0-9_]* *\{' "$work/text" | sed 's/^[a-z]* //; s/ *{//' || true
        # Without what stands between braces, "typedef struct { ... } div_t;" is one plain line.
        sed ':again; s/{[^{}]*}//g; t again' "$work/text" | grep -oE 'typedef [^;]*;' |
            sed 's/__attribute__ *(([^)]*))//g; s/ *\(\[[^]]*\]\)* *;$//' |
            sed -n 's/.*[ *]\([a-z][a-z0-9_]*\)$/\1/p' || true
    done | grep -v __ | sort -u
    rm -r "$work"
}

if [ "${1:-}" = --names ]; then
    names
    exit
fi
cat <<'END'
/*
 * Functions and types of the headers of ISO C and POSIX, sorted. gen/model/list_functions.sh writes
 * this file, and says which headers these are. Last run on Debian 12 on x86-64, glibc 2.36, gcc 12.
 */
#include "names.h"

/* clang-format off */
const char *const NAMES_FUNCTIONS[] = {
END
names | sed 's/.*/"&",/' | fmt -w 96 | sed 's/^/    /'
cat <<'END'
};
/* clang-format on */

const size_t NAMES_FUNCTION_COUNT = sizeof NAMES_FUNCTIONS / sizeof NAMES_FUNCTIONS[0];
END
