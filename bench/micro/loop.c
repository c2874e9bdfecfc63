/* The command line that all programs of loops have. */
#include "bench/micro/loop.h"

#include <stdio.h>

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)

#if defined(__clang__)
#define COMPILER "clang " TEXT(__clang_major__)
#else
#define COMPILER "gcc " TEXT(__GNUC__)
#endif

#if defined(__x86_64__)
#define MACHINE "x86_64"
#elif defined(__aarch64__)
#define MACHINE "aarch64"
#else
#define MACHINE "another machine"
#endif

int loop_main(int argc, char **argv, const loop *loops, void (*prepare)(const char *, uint64_t))
{
    if (argc == 1) {
        (void)puts(COMPILER ", " MACHINE);
        for (const loop *at = loops; at->name != NULL; at++)
            (void)puts(at->name);
        return 0;
    }
    if (argc == 3) {
        const uint64_t count = strtoull(argv[1], NULL, 10);
        prepare(argv[2], count);
        for (const loop *at = loops; at->name != NULL; at++)
            at->run(count);
        return 0;
    }
    (void)fprintf(stderr, "usage: %s [N NEW_FILE]\n", argv[0]);
    return 2;
}
