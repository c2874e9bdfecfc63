/*
 * Random reads of a store of 1 GiB with options.huge_pages and without, beside the same reads of a
 * plain array with pages of 4 KiB and of 2 MiB, in the same run and taking turns:
 *
 *     huge_pages DIRECTORY [MEBIBYTES]
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "tick_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define READS  UINT64_C(2000000)
#define ROUNDS 7

/* What is measured: the array twice, and the store twice. */
enum {
    ARRAY,
    ARRAY_LARGE,
    STORE,
    STORE_LARGE,
    CASES
};

static const char *const names[CASES] = {"array, 4 KiB", "array, 2 MiB", "store",
                                         "store, huge_pages"};

typedef struct row {
    double price;
    unsigned char rest[TICK_RECORD_SIZE - sizeof(double)];
} row;

static double now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static row *make_array(uint64_t rows, int advice)
{
    const size_t size = (size_t)rows * sizeof(row);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED, "mmap");
    (void)madvise(memory, size, advice);
    memset(memory, 1, size);
    return memory;
}

static void make_store(const char *path, uint64_t rows)
{
    tick_store *store = NULL;
    tick_record tick;
    memset(&tick, 0, sizeof tick);
    (void)unlink(path);
    must(tick_store_create(path, NULL, &store, NULL) == MMF_OK, path);
    for (uint64_t i = 0; i < rows; i++) {
        tick.price = (double)i;
        must(tick_store_append(store, &tick, NULL) == MMF_OK, path);
    }
    must(tick_store_close(store) == MMF_OK, path);
    /* A reader of the day after finds it on the disk. On tmpfs this has no effect. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    must(fd >= 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0 && close(fd) == 0, path);
}

static tick_store *open_store(const char *path, bool huge_pages)
{
    mmf_options options = MMF_OPTIONS_INIT;
    tick_store *store = NULL;
    options.huge_pages = huge_pages;
    must(tick_store_open(path, &options, &store, NULL) == MMF_OK, path);
    return store;
}

/* Nanoseconds of one read. */
static double measure(const row *array, const tick_store *store, uint64_t rows, uint64_t seed)
{
    double sum = 0;
    const double start = now_ns();
    for (uint64_t i = 0; i < READS; i++) {
        const uint64_t at = next(&seed) % rows;
        double price = 0;
        if (store != NULL)
            must(tick_store_get_price(store, at, &price) == MMF_OK, "get_price");
        else
            price = ((const volatile row *)array)[at].price;
        sum += price;
    }
    const double took = now_ns() - start;
    must(sum >= 0, "a sum");
    return took / (double)READS;
}

static int ascending(const void *a, const void *b)
{
    const double first = *(const double *)a;
    const double second = *(const double *)b;
    return (first > second) - (first < second);
}

int main(int argc, char **argv)
{
    char path[4096];
    double took[CASES][ROUNDS];
    if (argc < 2) {
        fprintf(stderr, "usage: huge_pages DIRECTORY [MEBIBYTES]\n");
        return 2;
    }
    const uint64_t size = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1024) << 20;
    const uint64_t rows = size / TICK_RECORD_SIZE;
    const row *arrays[CASES] = {make_array(rows, MADV_NOHUGEPAGE), make_array(rows, MADV_HUGEPAGE)};
    tick_store *stores[CASES] = {NULL, NULL, NULL, NULL};
    must((size_t)snprintf(path, sizeof path, "%s/huge_pages.mmf", argv[1]) < sizeof path, path);
    make_store(path, rows);
    const double before = now_ns();
    stores[STORE_LARGE] = open_store(path, true);
    printf("the open with huge_pages took %.1f ms\n", (now_ns() - before) / 1e6);
    /* Another file, because the pages are the file's, and not the handle's. */
    char other[sizeof path + 8];
    (void)snprintf(other, sizeof other, "%s.small", path);
    make_store(other, rows);
    stores[STORE] = open_store(other, false);
    for (int round = -1; round < ROUNDS; round++) { /* the first one brings the pages */
        for (int i = 0; i < CASES; i++) {
            const double one =
                measure(arrays[i], stores[i], rows, (uint64_t)(round + 2) * 88172645);
            if (round >= 0)
                took[i][round] = one;
        }
    }
    for (int i = 0; i < CASES; i++)
        qsort(took[i], ROUNDS, sizeof took[i][0], ascending);
    for (int i = 0; i < CASES; i++)
        printf("%-18s %6.1f ns  %5.2f of an array with 4 KiB\n", names[i], took[i][ROUNDS / 2],
               took[i][ROUNDS / 2] / took[ARRAY][ROUNDS / 2]);
    must(tick_store_close(stores[STORE]) == MMF_OK && unlink(other) == 0, other);
    must(tick_store_close(stores[STORE_LARGE]) == MMF_OK && unlink(path) == 0, path);
    return 0;
}
