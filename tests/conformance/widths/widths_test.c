/*
 * No scalar is ever seen half changed: not while a record is replaced, not while a dead writer's is
 * put back, and not in a copy of a record whose scalars are set meanwhile. A child does each of
 * these one machine instruction at a time, and after every one this process looks. Compiled with
 * several options, since it is they that decide how bytes are moved.
 *
 * All bytes of a scalar are equal here, so one whose bytes differ was torn. No test framework: this
 * is also compiled against C libraries that have none.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "widths_store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: %s is not so\n", __FILE__, __LINE__, #condition);        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define STEPS_MIN 60 /* of each work: fewer are not the work */

static const char *path;
static int failures;

/* ---- Scalars of equal bytes ---- */

static uint64_t repeated(unsigned byte)
{
    return UINT64_C(0x0101010101010101) * (byte & 0xff);
}

static widths_record record_of(unsigned byte)
{
    const uint64_t word = repeated(byte);
    widths_record record;
    memset(&record, 0, sizeof record);
    record.u = (uint32_t)word;
    record.d = word;
    record.i = (uint32_t)word;
    record.s = (uint16_t)word;
    record.b = (uint8_t)word;
    record.c = (uint8_t)word;
    record.text_length = 20;
    memset(record.text, (int)(byte & 0xff), 20);
    record.f = (uint32_t)word;
    record.blob_length = 300;
    memset(record.blob, (int)(byte & 0xff), 300);
    record.e = word;
    return record;
}

static bool is_repeated(uint64_t value, unsigned size)
{
    return value == repeated((unsigned)(value & 0xff)) >> (64 - 8 * size);
}

static void look(const char *work, long step, const widths_record *seen)
{
    if (is_repeated(seen->u, 4) && is_repeated(seen->d, 8) && is_repeated(seen->i, 4) &&
        is_repeated(seen->s, 2) && is_repeated(seen->f, 4) && is_repeated(seen->e, 8))
        return;
    if (failures++ < 4)
        (void)fprintf(stderr, "%s, after %ld steps: u %#x d %#llx i %#x s %#x f %#x e %#llx\n",
                      work, step, (unsigned)seen->u, (unsigned long long)seen->d, (unsigned)seen->i,
                      (unsigned)seen->s, (unsigned)seen->f, (unsigned long long)seen->e);
}

/* By the calls that promise it. */
static void look_at_scalars(const char *work, long step, const widths_store *store)
{
    widths_record seen;
    memset(&seen, 0, sizeof seen);
    CHECK(widths_store_get_u(store, 0, &seen.u) == MMF_OK);
    CHECK(widths_store_get_d(store, 0, &seen.d) == MMF_OK);
    CHECK(widths_store_get_i(store, 0, &seen.i) == MMF_OK);
    CHECK(widths_store_get_s(store, 0, &seen.s) == MMF_OK);
    CHECK(widths_store_get_f(store, 0, &seen.f) == MMF_OK);
    CHECK(widths_store_get_e(store, 0, &seen.e) == MMF_OK);
    look(work, step, &seen);
}

/* ---- Stepping ---- */

/* A child that stops before the first instruction of work. 0 when the system forbids tracing. */
static pid_t begin(void (*work)(void *), void *with)
{
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(77);
        (void)raise(SIGSTOP);
        work(with);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSTOPPED(status) ? child : 0;
}

/* Runs one instruction. False when the child has ended, which it must have done well. */
static bool step(pid_t child)
{
    int status = 0;
    CHECK(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(!WIFSIGNALED(status));
    CHECK(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
    return !WIFEXITED(status);
}

static void say_steps(const char *work, long steps)
{
    (void)printf("%-12s %ld steps\n", work, steps);
    CHECK(steps > STEPS_MIN);
}

/* ---- The works ---- */

static widths_store *open_store(mmf_mode mode)
{
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = mode;
    widths_store *store = NULL;
    if (widths_store_open(path, &options, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return store;
}

static void create_store(void)
{
    mmf_error error;
    widths_store *store = NULL;
    const widths_record first = record_of(0x11);
    (void)unlink(path);
    if (widths_store_create(path, NULL, &store, &error) != MMF_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    CHECK(widths_store_append(store, &first, NULL) == MMF_OK);
    CHECK(widths_store_close(store) == MMF_OK);
}

typedef struct job {
    widths_store *store;
    widths_record record;
    unsigned char image[WIDTHS_RECORD_SIZE];
} job;

static void set_typed(void *with)
{
    job *of = (job *)with;
    CHECK(widths_store_set(of->store, 0, &of->record) == MMF_OK);
}

static void set_image(void *with)
{
    job *of = (job *)with;
    CHECK(mmf_store_set_row((mmf_store *)of->store, 0, of->image, sizeof of->image, NULL, 0) ==
          MMF_OK);
}

static void recover_again(void *with)
{
    (void)with;
    (void)open_store(MMF_READ_WRITE);
}

/* The writer is the child, for a fork may not write by what it inherits. */
typedef struct writing {
    void (*work)(void *);
    volatile bool *ready;
} writing;

static void open_and_set(void *with)
{
    const writing *of = (const writing *)with;
    job *now = (job *)calloc(1, sizeof *now);
    CHECK(now != NULL);
    now->store = open_store(MMF_READ_WRITE);
    now->record = record_of(0xee);
    memset(now->image, 0xee, sizeof now->image);
    const uint32_t lengths[2] = {20, 300};
    memcpy(now->image + WIDTHS_TEXT_OFFSET, &lengths[0], sizeof lengths[0]);
    memcpy(now->image + WIDTHS_BLOB_OFFSET, &lengths[1], sizeof lengths[1]);
    of->work(now); /* binds what a dynamic linker binds at the first call */
    *of->ready = true;
    (void)raise(SIGSTOP);
    now->record = record_of(0x77);
    for (size_t at = 0; at < sizeof now->image; at++)
        if (now->image[at] == 0xee)
            now->image[at] = 0x77;
    of->work(now);
}

/* Runs the child on to where it says that it is ready. */
static void run_to_ready(pid_t child, const volatile bool *ready)
{
    int status = 0;
    while (!*ready) {
        CHECK(ptrace(PTRACE_CONT, child, NULL, NULL) == 0);
        CHECK(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
    }
}

static bool test_replacing(const char *name, void (*work)(void *), volatile bool *ready)
{
    create_store();
    widths_store *seen = open_store(MMF_READ_ONLY);
    *ready = false;
    writing with = {work, ready};
    const pid_t child = begin(open_and_set, &with);
    if (child == 0)
        return false;
    run_to_ready(child, ready);
    long steps = 0;
    for (; step(child); steps++)
        look_at_scalars(name, steps, seen);
    uint64_t d = 0;
    CHECK(widths_store_get_d(seen, 0, &d) == MMF_OK && d == repeated(0x77));
    say_steps(name, steps);
    CHECK(widths_store_close(seen) == MMF_OK);
    return true;
}

/* A writer dies when all of its new record is in place, and the next one puts the old one back. */
static void test_recovery(void)
{
    create_store();
    const pid_t writer = fork();
    CHECK(writer >= 0);
    if (writer == 0) {
        widths_store *store = open_store(MMF_READ_WRITE);
        const widths_record record = record_of(0xee);
        const mmfi_write write = mmfi_write_begin((mmf_store *)store, 0, WIDTHS_RECORD_SIZE);
        widths_record_save(write.record, &record);
        _exit(0);
    }
    CHECK(waitpid(writer, NULL, 0) == writer);
    widths_store *seen = open_store(MMF_READ_ONLY);
    uint64_t d = 0;
    CHECK(widths_store_get_d(seen, 0, &d) == MMF_OK && d == repeated(0xee));
    const pid_t child = begin(recover_again, NULL);
    CHECK(child != 0);
    long steps = 0;
    for (; step(child); steps++)
        look_at_scalars("recovery", steps, seen);
    CHECK(widths_store_get_d(seen, 0, &d) == MMF_OK && d == repeated(0x11));
    say_steps("recovery", steps);
    CHECK(widths_store_close(seen) == MMF_OK);
}

typedef struct copying {
    widths_store *store;
    unsigned char *to;
} copying;

static void copy_row(void *with)
{
    const copying *of = (const copying *)with;
    CHECK(mmf_store_copy_rows(widths_store_base(of->store), 0, 1, of->to, WIDTHS_RECORD_SIZE,
                              NULL) == MMF_OK);
}

/* A writer stopped between a scalar's store and its count: the copy is taken for whole. */
static void set_uncounted(unsigned char *record, unsigned byte)
{
    for (size_t at = MMF_SEQUENCE_SIZE; at < WIDTHS_RECORD_SIZE; at += 8)
        mmfi_store64_release(record + at, repeated(byte));
}

/* As if every word of the record were a scalar. */
static void look_at_words(const unsigned char *copy)
{
    for (size_t at = MMF_SEQUENCE_SIZE; at < WIDTHS_RECORD_SIZE; at += 8) {
        uint64_t word;
        memcpy(&word, copy + at, sizeof word);
        if (!is_repeated(word, 8) && failures++ < 4)
            (void)fprintf(stderr, "copying to an address of %u after a multiple of 8: %#llx\n",
                          (unsigned)((uintptr_t)copy % 8), (unsigned long long)word);
    }
}

/* Each step of the copy meets other values, whatever address the buffer has. */
static void test_copying(void)
{
    create_store();
    widths_store *store = open_store(MMF_READ_WRITE);
    set_uncounted(mmfi_row(&store->base, 0, WIDTHS_RECORD_SIZE), 0);
    unsigned char *shared = (unsigned char *)mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    for (unsigned apart = 0; apart < 8; apart++) {
        copying with = {store, shared + apart};
        copy_row(&with);
        const pid_t child = begin(copy_row, &with);
        CHECK(child != 0);
        long steps = 0;
        for (; step(child); steps++)
            set_uncounted(mmfi_row(&store->base, 0, WIDTHS_RECORD_SIZE), (unsigned)steps + 1);
        look_at_words(with.to);
        say_steps("copying", steps);
    }
    CHECK(munmap(shared, 4096) == 0);
    CHECK(widths_store_close(store) == MMF_OK);
}

int main(void)
{
    char buffer[4096];
    const char *directory = getenv("TEST_TMPDIR");
    (void)snprintf(buffer, sizeof buffer, "%s/widths_%ld.mmf", directory != NULL ? directory : ".",
                   (long)getpid());
    path = buffer;
    volatile bool *ready = (volatile bool *)mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK((void *)(uintptr_t)ready != MAP_FAILED);
    if (!test_replacing("set", set_typed, ready)) {
        (void)printf("SKIPPED: the system does not let a process trace another\n");
        return 0;
    }
    CHECK(test_replacing("set_row", set_image, ready));
    test_recovery();
    test_copying();
    CHECK(unlink(path) == 0);
    if (failures != 0)
        (void)fprintf(stderr, "%d times a scalar was seen half changed\n", failures);
    return failures != 0;
}
