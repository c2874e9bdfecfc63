/*
 * Migrations of a file that is in memory, beside plain copies of as many bytes, in the same run and
 * taking turns:
 *
 *     migrate DIRECTORY [MEBIBYTES]
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "mmapforge/migrate.h"
#include "mmapforge/value.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 5

/* What is measured. */
enum {
    COPY,       /* memcpy, between pages that are there */
    COPY_FRESH, /* memcpy into a new file that has its blocks, and no pages yet */
    WRITE,      /* write(2) of 1 MiB each into a new file */
    MIGRATE,    /* without the syncs at its end */
    SYNCED,     /* with them */
    WAYS
};

static const char *const way_names[WAYS] = {"memcpy, pages there", "memcpy, fresh file",
                                            "write(2), fresh file", "migrate, before its sync",
                                            "migrate"};

typedef struct scenario {
    const char *name;
    const char *before;
    const char *after;
} scenario;

#define RICH                                                                                       \
    "enum Side : uint8 {\n  Buy = 1;\n  Sell = 2;\n}\n"                                            \
    "struct Level {\n  price: decimal(10,2);\n  quantity: int32;\n}\n"

static const scenario scenarios[] = {
    {"reordered, widened",
     "record Tick version 1 {\n  symbol: string[64];\n  price: float64;\n  volume: float64;\n"
     "  timestamp: int32;\n}\n",
     "record Tick version 2 {\n  timestamp: int64;\n  volume: float64;\n  price: float64;\n"
     "  symbol: string[64];\n}\n"},
    {"rich",
     RICH "record Deal version 1 {\n  id: int32;\n  side: Side;\n  fee: decimal(8,2)?;\n"
          "  bids: Level[3];\n  best: Level?;\n  note: string[20];\n  greeks: float32[4];\n}\n",
     RICH "record Deal version 2 {\n  id: int64;\n  note: string[28];\n  side: Side;\n"
          "  fee: decimal(10,2)?;\n  greeks: float64[4];\n  best: Level?;\n  bids: Level[3];\n}\n"},
    {"checksums, reordered",
     "record Tick version 1 @checksums {\n  symbol: string[64];\n  price: float64;\n"
     "  volume: float64;\n  timestamp: int32;\n}\n",
     "record Tick version 2 @checksums {\n  timestamp: int64;\n  volume: float64;\n"
     "  price: float64;\n  symbol: string[64];\n}\n"},
    {"the same layout",
     "record Tick version 1 {\n  symbol: string[64];\n  price: float64;\n  volume: float64;\n"
     "  timestamp: int64;\n}\n",
     "record Tick version 2 {\n  symbol: string[64];\n  price: float64;\n  volume: float64;\n"
     "  timestamp: int64;\n}\n"},
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static void must_do(mmf_status status, const mmf_error *error)
{
    if (status == MMF_OK)
        return;
    fprintf(stderr, "migrate: %s\n", error->message);
    exit(1);
}

/* ---- Time ---- */

typedef struct moment {
    double wall;
    double user;
    double kernel;
} moment;

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static moment now(void)
{
    struct timespec wall;
    struct rusage used;
    (void)clock_gettime(CLOCK_MONOTONIC, &wall);
    (void)getrusage(RUSAGE_SELF, &used);
    return (moment){(double)wall.tv_sec + (double)wall.tv_nsec / 1e9, seconds(used.ru_utime),
                    seconds(used.ru_stime)};
}

static moment since(moment start)
{
    const moment end = now();
    return (moment){end.wall - start.wall, end.user - start.user, end.kernel - start.kernel};
}

/* ---- Files ---- */

static uint64_t size_of(const char *path)
{
    struct stat info;
    must(stat(path, &info) == 0, path);
    return (uint64_t)info.st_size;
}

static mmf_schema *parse(const char *text)
{
    mmf_schema *schema = NULL;
    mmf_error error;
    must_do(mmf_schema_parse(text, strlen(text), &schema, &error), &error);
    return schema;
}

static void fill_fields(unsigned char *base, const mmf_field *fields, uint32_t count,
                        uint32_t validity, uint64_t value);

static void fill_value(unsigned char *to, const mmf_field *field, uint64_t value)
{
    const double real = (double)(value % 1024) / 4;
    const float single = (float)real;
    if (field->structure != NULL) {
        fill_fields(to, field->structure->fields, field->structure->field_count,
                    field->structure->validity_offset, value);
    } else if (field->type == MMF_TYPE_FLOAT64) {
        memcpy(to, &real, sizeof real);
    } else if (field->type == MMF_TYPE_FLOAT32) {
        memcpy(to, &single, sizeof single);
    } else if (mmf_type_is_sized(field->type)) {
        const uint32_t length = (uint32_t)(value % field->max);
        memcpy(to, &length, sizeof length);
        memset(to + sizeof length, 'x', length);
    } else if (field->logical == MMF_LOGICAL_ENUM) {
        to[0] = (unsigned char)(1 + value % 2);
    } else {
        memcpy(to, &value, mmf_type_size(field->type, 0)); /* little-endian, as the file */
    }
}

/* Every third of the fields that may be null is. */
static void fill_fields(unsigned char *base, const mmf_field *fields, uint32_t count,
                        uint32_t validity, uint64_t value)
{
    for (uint32_t i = 0; i < count; i++) {
        const mmf_field *field = &fields[i];
        const uint32_t bit = field->null_bit - 1;
        if (field->null_bit != 0 && (value + i) % 3 == 0)
            continue;
        if (field->null_bit != 0)
            base[validity + bit / 8] |= (unsigned char)(1u << bit % 8);
        for (uint32_t at = 0; at < field->size; at += mmf_field_stride(field))
            fill_value(base + field->offset + at, field, value);
    }
}

/* A file of size bytes of records. */
static void make_store(const char *path, const mmf_schema *schema, uint64_t size)
{
    mmf_store *store = NULL;
    mmf_error error;
    unsigned char *record = malloc(schema->record_size);
    must(record != NULL, "malloc");
    (void)unlink(path);
    must_do(mmf_store_create(path, NULL, schema, &store, &error), &error);
    for (uint64_t row = 0; row < size / schema->record_size; row++) {
        memset(record, 0, schema->record_size);
        fill_fields(record, schema->fields, schema->field_count, schema->validity_offset,
                    row & 0xffffff);
        must(mmf_store_append_rows(store, record, 1, schema->record_size, NULL) == MMF_OK, path);
    }
    must_do(mmf_store_close(store), &error);
    free(record);
}

/* ---- Copies ---- */

static void *map(int fd, size_t size, int protection)
{
    void *memory = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
    must(memory != MAP_FAILED, "mmap");
    return memory;
}

static int open_new(const char *path, size_t size)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    must(fd >= 0, path);
    must(size == 0 || posix_fallocate(fd, 0, (off_t)size) == 0, path);
    return fd;
}

/* size bytes of the file at from, again and again when it has less, to a new one. */
static moment copy(const char *from, const char *to, size_t size, int way)
{
    const size_t block = 1u << 20;
    const size_t there = size_of(from) / block * block;
    const int source = open(from, O_RDONLY | O_CLOEXEC);
    must(source >= 0, from);
    unsigned char *records = map(source, there, PROT_READ);
    unsigned char *out = NULL;
    int target = -1;
    if (way == COPY) {
        target = open_new(to, size);
        out = map(target, size, PROT_READ | PROT_WRITE);
        memset(out, 1, size);
        volatile unsigned char sum = 0;
        for (size_t at = 0; at < there; at += 4096)
            sum = (unsigned char)(sum + records[at]);
    }
    const moment start = now();
    if (way != COPY)
        target = open_new(to, way == WRITE ? 0 : size);
    if (way == COPY_FRESH)
        out = map(target, size, PROT_READ | PROT_WRITE);
    for (size_t at = 0; at < size; at += block) {
        const size_t step = size - at < block ? size - at : block;
        if (way == WRITE)
            must(write(target, records + at % there, step) == (ssize_t)step, to);
        else
            memcpy(out + at, records + at % there, step);
    }
    const moment took = since(start);
    if (out != NULL)
        must(munmap(out, size) == 0, to);
    must(munmap(records, there) == 0 && close(source) == 0 && close(target) == 0, from);
    must(unlink(to) == 0, to);
    return took;
}

/* ---- Migrations ---- */

typedef struct watch {
    moment start;
    moment filled;
} watch;

/* The last call is before the syncs. */
static bool note(void *context, uint64_t done, uint64_t total)
{
    watch *of = context;
    if (done == total)
        of->filled = since(of->start);
    return true;
}

static void migrate(const char *from, const char *to, const mmf_schema *schema, moment took[WAYS])
{
    watch of;
    mmf_error error;
    mmf_migrate_options options = MMF_MIGRATE_OPTIONS_INIT;
    options.progress = note;
    options.context = &of;
    of.start = now();
    must_do(mmf_store_migrate(from, to, schema, &options, NULL, &error), &error);
    took[SYNCED] = since(of.start);
    took[MIGRATE] = of.filled;
    must(unlink(to) == 0, to);
}

/* ---- The report ---- */

static int ascending(const void *a, const void *b)
{
    const double first = ((const moment *)a)->wall;
    const double second = ((const moment *)b)->wall;
    return (first > second) - (first < second);
}

static void measure(const scenario *of, const char *from, const char *to, uint64_t size)
{
    moment took[WAYS][ROUNDS];
    mmf_schema *before = parse(of->before);
    mmf_schema *after = parse(of->after);
    make_store(from, before, size);
    const uint64_t rows = size / before->record_size;
    const uint64_t new_size = rows * after->record_size;
    for (int round = -1; round < ROUNDS; round++) { /* the first one brings the pages */
        moment now_took[WAYS];
        for (int way = COPY; way < MIGRATE; way++)
            now_took[way] = copy(from, to, new_size, way);
        migrate(from, to, after, now_took);
        for (int way = 0; way < WAYS && round >= 0; way++)
            took[way][round] = now_took[way];
    }
    printf("%s: %.0f MB of records of %u bytes to %.0f MB of %u\n", of->name,
           (double)(rows * before->record_size) / 1e6, before->record_size, (double)new_size / 1e6,
           after->record_size);
    for (int way = 0; way < WAYS; way++)
        qsort(took[way], ROUNDS, sizeof took[way][0], ascending);
    const double plain = took[COPY_FRESH][ROUNDS / 2].wall;
    for (int way = 0; way < WAYS; way++) {
        const moment middle = took[way][ROUNDS / 2];
        printf("  %-25s %6.1f ms (%.1f to %.1f; user %.1f, kernel %.1f) %6.2f GB/s of new bytes, "
               "%.2f of memcpy to a fresh file\n",
               way_names[way], middle.wall * 1e3, took[way][0].wall * 1e3,
               took[way][ROUNDS - 1].wall * 1e3, middle.user * 1e3, middle.kernel * 1e3,
               (double)new_size / middle.wall / 1e9, middle.wall / plain);
    }
    must(unlink(from) == 0, from);
    mmf_schema_free(before);
    mmf_schema_free(after);
}

int main(int argc, char **argv)
{
    char from[4096];
    char to[4096];
    if (argc < 2) {
        fprintf(stderr, "usage: migrate DIRECTORY [MEBIBYTES]\n");
        return 2;
    }
    const uint64_t size = (argc > 2 ? strtoull(argv[2], NULL, 10) : 256) << 20;
    must((size_t)snprintf(from, sizeof from, "%s/migrate.mmf", argv[1]) < sizeof from &&
             (size_t)snprintf(to, sizeof to, "%s/migrated.mmf", argv[1]) < sizeof to,
         argv[1]);
    (void)unlink(to);
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        measure(&scenarios[i], from, to, size);
    return 0;
}
