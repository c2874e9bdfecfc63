/* Random bytes, from the kernel. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "random.h"
#include "system_call.h"

#include <errno.h>
#include <sys/random.h>

void mmfi_random(void *out, size_t size)
{
    unsigned char *to = (unsigned char *)out;
    int attempt = 0;
    for (size_t done = 0; done < size;) {
        const ssize_t got = getrandom(to + done, size - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (!mmfi_file_again(errno, attempt++))
            break;
    }
}
