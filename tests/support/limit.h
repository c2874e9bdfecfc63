// Limits of a process that it may lift again.
#ifndef MMF_TESTS_SUPPORT_LIMIT_H
#define MMF_TESTS_SUPPORT_LIMIT_H

#include <sys/resource.h>

// The limit of `what` (RLIMIT_...) that counts, below the one that bounds it; false when refused.
inline bool t_limit(__rlimit_resource_t what, rlim_t most)
{
    rlimit limit = {};
    if (getrlimit(what, &limit) != 0)
        return false;
    limit.rlim_cur = most;
    return setrlimit(what, &limit) == 0;
}

#endif
