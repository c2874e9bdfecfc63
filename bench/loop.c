/* The command line that all programs of loops have. */
#include "bench/loop.h"

#include <stdio.h>
#include <string.h>

int loop_main(int argc, char **argv, const loop *loops, void (*prepare)(const char *, uint64_t))
{
    if (argc == 1) {
        for (const loop *at = loops; at->name != NULL; at++)
            (void)puts(at->name);
        return 0;
    }
    for (const loop *at = loops; argc == 4 && at->name != NULL; at++) {
        if (strcmp(at->name, argv[1]) == 0) {
            const uint64_t count = strtoull(argv[2], NULL, 10);
            prepare(argv[3], count);
            at->run(count);
            return 0;
        }
    }
    (void)fprintf(stderr, "usage: %s [LOOP N NEW_FILE]\n", argv[0]);
    return 2;
}
