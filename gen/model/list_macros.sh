#!/bin/bash
# Prints the macros of the system's headers, as the lines of gen/model/names_macros.c.
#
#   gen/model/list_macros.sh          prints the new file: the names that it has, and those found here
#   gen/model/list_macros.sh --names  prints the names found here, one a line
#
# A field with such a name compiles until a program includes the header first. Left out are macros
# with arguments, which do not replace a name without parentheses; names with `__` or a leading `_`,
# which a schema cannot have; and upper-case names of headers beyond ISO C and POSIX: there are
# 6,000 in Linux's headers alone, and a schema hardly ever has one.
set -euo pipefail
export LC_ALL=C
file="$(dirname "$0")/names_macros.c"

# The headers of ISO C and of POSIX: all of their macros count.
standard="aio.h arpa/inet.h assert.h complex.h cpio.h ctype.h dirent.h dlfcn.h errno.h fcntl.h
    fenv.h float.h fmtmsg.h fnmatch.h ftw.h glob.h grp.h iconv.h inttypes.h iso646.h langinfo.h
    libgen.h limits.h locale.h math.h monetary.h mqueue.h net/if.h netdb.h netinet/in.h
    netinet/tcp.h nl_types.h poll.h pthread.h pwd.h regex.h sched.h search.h semaphore.h setjmp.h
    signal.h spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h
    stdnoreturn.h string.h strings.h sys/ipc.h sys/mman.h sys/msg.h sys/resource.h sys/select.h
    sys/sem.h sys/shm.h sys/socket.h sys/stat.h sys/statvfs.h sys/time.h sys/times.h sys/types.h
    sys/uio.h sys/un.h sys/utsname.h sys/wait.h syslog.h tar.h termios.h tgmath.h threads.h time.h
    uchar.h ulimit.h unistd.h utime.h utmpx.h wchar.h wctype.h wordexp.h"

# Other headers of glibc, Linux and the compiler: only names in lower case count.
others="arpa/nameser.h byteswap.h elf.h endian.h err.h error.h execinfo.h features.h getopt.h
    ifaddrs.h immintrin.h libintl.h link.h linux/fs.h linux/futex.h linux/if_packet.h linux/input.h
    linux/io_uring.h linux/netlink.h linux/perf_event.h linux/rtnetlink.h malloc.h mntent.h
    net/ethernet.h net/route.h netinet/ip.h netinet/ip_icmp.h netinet/udp.h obstack.h paths.h
    printf.h pty.h resolv.h shadow.h sys/acct.h sys/epoll.h sys/eventfd.h sys/file.h sys/inotify.h
    sys/ioctl.h sys/mount.h sys/param.h sys/personality.h sys/poll.h sys/prctl.h sys/procfs.h
    sys/ptrace.h sys/quota.h sys/reg.h sys/sendfile.h sys/signalfd.h sys/statfs.h sys/swap.h
    sys/syscall.h sys/sysinfo.h sys/sysmacros.h sys/timerfd.h sys/timex.h sys/ucontext.h
    sys/ucred.h sys/user.h sys/xattr.h ucontext.h utmp.h"

# macros HEADER...: the names that each header defines on its own, in the dialects that programs use.
macros() {
    local header dialect
    for header in "$@"; do
        for dialect in "-std=c11" "-std=c11 -D_XOPEN_SOURCE=700" "-std=gnu17" "-std=gnu17 -D_GNU_SOURCE"; do
            # A header that is not installed is left out.
            # shellcheck disable=SC2086
            echo "#include <$header>" | ${CC:-gcc} $dialect -dM -E -x c - 2>/dev/null || true
        done
    done | awk '$1 == "#define" && $2 !~ /[(]/ && $2 !~ /^_/ && $2 !~ /__/ { print $2 }'
}

names() {
    # shellcheck disable=SC2086
    {
        macros $standard
        macros $others | grep '^[a-z]'
    } | sort -u
}

if [ "${1:-}" = --names ]; then
    names
    exit
fi
found="$(names)"
had="$(grep -o '"[A-Za-z0-9_]*"' "$file" | tr -d '"' || true)"
{
    cat <<'END'
/*
 * Macros of the system's headers, sorted. gen/model/list_macros.sh writes this file: it adds the
 * macros that the headers of another system define, and says which headers these are. Last run on
 * Debian 12 on x86-64, glibc 2.36, Linux 6.1, gcc 12.
 */
#include "names.h"

/* clang-format off */
const char *const NAMES_MACROS[] = {
END
    printf '%s\n%s\n' "$found" "$had" | grep . | sort -u | sed 's/.*/"&",/' | fmt -w 96 | sed 's/^/    /'
    cat <<'END'
};
/* clang-format on */

const size_t NAMES_MACRO_COUNT = sizeof NAMES_MACROS / sizeof NAMES_MACROS[0];
END
}
