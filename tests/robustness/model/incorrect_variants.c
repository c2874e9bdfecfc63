/* A record of a sequence and two words, one writer or two, and each form as a table of orders. */
#include "tests/robustness/model/incorrect_variants.h"

#include "tests/robustness/model/fake_store.h"

/* MODEL_RELAXED as a fence is none. */
typedef struct write_form {
    bool adds;         /* the sequence moves by fetch_add, and not by stores */
    model_order enter; /* the sequence becomes odd */
    model_order enter_fence;
    model_order word;
    model_order leave; /* and even */
} write_form;

typedef struct read_form {
    model_order first; /* of the sequence */
    model_order fence;
    model_order second;
} read_form;

static unsigned char *sequence_at(void)
{
    return fake_record_at(0);
}

static void bump(const write_form *form, uint64_t *sequence, model_order order)
{
    ++*sequence;
    if (form->adds)
        (void)model_fetch_add(sequence_at(), 1, order);
    else
        model_store(sequence_at(), *sequence, order);
}

static void store_words(uint64_t version, model_order order)
{
    model_store(fake_record_at(0) + FAKE_A, version, order);
    model_store(fake_record_at(0) + FAKE_B, version, order);
}

static void write_twice(const void *argument)
{
    const write_form *form = (const write_form *)argument;
    uint64_t sequence = 2;
    for (uint64_t version = 2; version <= 3; version++) {
        bump(form, &sequence, form->enter);
        model_fence(form->enter_fence);
        store_words(version, form->word);
        bump(form, &sequence, form->leave);
    }
}

/* One word at a time: a is always level with b or one version ahead. */
static void write_scalars(const void *argument)
{
    const write_form *form = (const write_form *)argument;
    uint64_t sequence = 2;
    for (uint64_t version = 2; version <= 3; version++)
        for (size_t offset = FAKE_A; offset <= FAKE_B; offset += 8) {
            bump(form, &sequence, form->enter);
            model_fence(form->enter_fence);
            model_store(fake_record_at(0) + offset, version, form->word);
            bump(form, &sequence, form->leave);
        }
}

static fake_record read_record(const read_form *form)
{
    fake_record record;
    const uint64_t sequence = model_load(sequence_at(), form->first);
    if (sequence % 2 != 0)
        model_give_up();
    record.a = model_load(fake_record_at(0) + FAKE_A, MODEL_RELAXED);
    record.b = model_load(fake_record_at(0) + FAKE_B, MODEL_RELAXED);
    model_fence(form->fence);
    if (model_load(sequence_at(), form->second) != sequence)
        model_give_up();
    return record;
}

static void read_whole(const void *argument)
{
    const fake_record record = read_record((const read_form *)argument);
    model_check(record.a == record.b, "torn: a = %d, b = %d", (int)record.a, (int)record.b);
}

static void read_scalars(const void *argument)
{
    const fake_record record = read_record((const read_form *)argument);
    model_check(record.a == record.b || record.a == record.b + 1, "never together: a = %d, b = %d",
                (int)record.a, (int)record.b);
}

/* ---- Several writers ---- */

/* Gives up when another one is at work: trying again shows less. */
static void write_shared(const write_form *form, uint64_t version)
{
    uint64_t sequence = model_load(sequence_at(), MODEL_RELAXED);
    if (sequence % 2 != 0)
        model_give_up();
    if (!model_compare_exchange(sequence_at(), &sequence, sequence + 1, form->enter))
        model_give_up();
    model_fence(form->enter_fence);
    store_words(version, form->word);
    model_store(sequence_at(), sequence + 2, form->leave);
}

static void write_first(const void *argument)
{
    write_shared((const write_form *)argument, 2);
    write_shared((const write_form *)argument, 4);
}

static void write_second(const void *argument)
{
    write_shared((const write_form *)argument, 3);
}

/* ---- Recovery ---- */

static void write_and_die(const void *argument)
{
    (void)argument;
    mmf_store *store = NULL;
    model_check(fake_open_writer(0, &store) == MMF_OK, "open");
    model_check(fake_set(store, 0, 2) == MMF_OK, "set");
}

/* What the Go library does with a counter that its writer left odd. */
static void reset_sequence(const void *argument)
{
    (void)argument;
    const uint64_t sequence = model_load(sequence_at(), MODEL_ACQUIRE);
    if (sequence % 2 != 0)
        model_store(sequence_at(), sequence + 1, MODEL_RELEASE);
}

/* ---- The table ---- */

static void one_record(void)
{
    fake_make((fake_options){.count = 1});
}

static const read_form right_reader = {MODEL_ACQUIRE, MODEL_ACQUIRE, MODEL_RELAXED};
static const read_form no_fence_reader = {MODEL_ACQUIRE, MODEL_RELAXED, MODEL_RELAXED};
static const read_form acquire_twice_reader = {MODEL_ACQUIRE, MODEL_RELAXED, MODEL_ACQUIRE};
static const read_form seq_cst_reader = {MODEL_SEQ_CST, MODEL_RELAXED, MODEL_SEQ_CST};

#define STORES false
#define ADDS   true
#define NONE   MODEL_RELAXED

static const write_form relaxed_and_fence = {STORES, MODEL_RELAXED, MODEL_RELEASE, MODEL_RELAXED,
                                             MODEL_RELEASE};
static const write_form release_no_fence = {STORES, MODEL_RELEASE, NONE, MODEL_RELAXED,
                                            MODEL_RELEASE};
static const write_form add_no_fence = {ADDS, MODEL_ACQ_REL, NONE, MODEL_RELAXED, MODEL_ACQ_REL};
static const write_form add_and_fence = {ADDS, MODEL_ACQ_REL, MODEL_RELEASE, MODEL_RELAXED,
                                         MODEL_ACQ_REL};
static const write_form add_seq_cst = {ADDS, MODEL_SEQ_CST, NONE, MODEL_RELAXED, MODEL_SEQ_CST};
static const write_form words_release = {STORES, MODEL_RELAXED, NONE, MODEL_RELEASE, MODEL_RELEASE};
static const write_form bump_relaxed = {STORES, MODEL_RELAXED, NONE, MODEL_RELAXED, MODEL_RELEASE};
static const write_form exchange_and_fence = {STORES, MODEL_ACQUIRE, MODEL_RELEASE, MODEL_RELAXED,
                                              MODEL_RELEASE};
static const write_form exchange_no_fence = {STORES, MODEL_ACQ_REL, NONE, MODEL_RELAXED,
                                             MODEL_RELEASE};
static const write_form exchange_relaxed = {STORES, MODEL_RELAXED, MODEL_RELEASE, MODEL_RELAXED,
                                            MODEL_RELEASE};

#define WRITES(function, form)                                                                     \
    {                                                                                              \
        "writer", function, &(form), MODEL_NO_THREAD, MODEL_NEVER, false, NULL, 0, NULL            \
    }
#define READS(function, form)                                                                      \
    {                                                                                              \
        "reader", function, &(form), MODEL_NO_THREAD, MODEL_NEVER, true, NULL, 0, NULL             \
    }

/* One writer of two updates, and two readers. */
#define RECORD(text, writer, reader, known)                                                        \
    {                                                                                              \
        .form = {.name = text,                                                                     \
                 .what = "two readers never keep a torn copy",                                     \
                 .prepare = one_record,                                                            \
                 .threads = {WRITES(write_twice, writer), READS(read_whole, reader),               \
                             READS(read_whole, reader)}},                                          \
        .verdict = known,                                                                          \
    }

#define SCALARS(text, writer, known)                                                               \
    {                                                                                              \
        .form = {.name = text,                                                                     \
                 .what = "a copy of two fields is of one moment",                                  \
                 .prepare = one_record,                                                            \
                 .threads = {WRITES(write_scalars, writer), READS(read_scalars, right_reader)}},   \
        .verdict = known,                                                                          \
    }

#define SEVERAL(text, writer, known)                                                               \
    {                                                                                              \
        .form = {.name = text,                                                                     \
                 .what = "two writers, and a reader that never keeps a torn copy",                 \
                 .prepare = one_record,                                                            \
                 .threads = {WRITES(write_first, writer), WRITES(write_second, writer),            \
                             READS(read_whole, right_reader)}},                                    \
        .verdict = known,                                                                          \
    }

static const incorrect_variant all[] = {
    RECORD("odd relaxed, then a release fence", relaxed_and_fence, right_reader, MODEL_RIGHT),
    RECORD("odd by a release store, no fence", release_no_fence, right_reader, MODEL_WRONG),
    RECORD("odd by fetch_add(acq_rel), no fence", add_no_fence, right_reader, MODEL_WRONG),
    RECORD("odd by fetch_add(acq_rel), then a release fence", add_and_fence, right_reader,
           MODEL_RIGHT),
    RECORD("seq_cst on the sequence, relaxed words, no fences", add_seq_cst, seq_cst_reader,
           MODEL_WRONG),
    RECORD("no acquire fence in the reader", relaxed_and_fence, no_fence_reader, MODEL_WRONG),
    RECORD("a second acquire load for the reader's fence", relaxed_and_fence, acquire_twice_reader,
           MODEL_WRONG),
    RECORD("words by release stores, no fence", words_release, right_reader, MODEL_RIGHT),
    SCALARS("scalar between two bumps, the first relaxed", bump_relaxed, MODEL_WRONG),
    SCALARS("scalar between two bumps, then a release fence", relaxed_and_fence, MODEL_RIGHT),
    SEVERAL("several writers: CAS(acquire), then a release fence", exchange_and_fence, MODEL_RIGHT),
    SEVERAL("several writers: CAS(acq_rel), no fence", exchange_no_fence, MODEL_WRONG),
    SEVERAL("several writers: CAS(relaxed), then a release fence", exchange_relaxed, MODEL_WRONG),
    {
        .form = {.name = "an odd sequence reset, the record not restored",
                 .what = "a writer dies anywhere, its recovering writer only evens the sequence",
                 .prepare = one_record,
                 .threads = {WRITES(write_and_die, relaxed_and_fence),
                             {"recovering writer", reset_sequence, NULL, 0, MODEL_NEVER, false,
                              NULL, 0, NULL},
                             READS(read_whole, right_reader)},
                 .killable_count = 1},
        .verdict = MODEL_WRONG,
    },
};

size_t incorrect_variants(const incorrect_variant **out)
{
    *out = all;
    return sizeof all / sizeof all[0];
}
