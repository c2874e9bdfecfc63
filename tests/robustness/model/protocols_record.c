/* A record that is replaced whole or field by field while others read it. */
#include "tests/robustness/model/parts.h"

/* ---- Whole records ---- */

void write_one_row(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    set(store, 0, 2);
    set(store, 0, 3);
}

/* The slot serves one row after the other. */
void write_two_rows(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    set(store, 0, 2);
    set(store, 1, 5);
    set(store, 0, 3);
}

void read_row(const void *argument)
{
    check_whole(get(fake_open_reader(3), number_of(argument)));
}

void read_row_second(const void *argument)
{
    check_whole(get(fake_open_reader(4), number_of(argument)));
}

void read_row_twice(const void *argument)
{
    const mmf_store *store = fake_open_reader(3);
    const fake_record first = get(store, number_of(argument));
    const fake_record second = get(store, number_of(argument));
    check_whole(first);
    check_whole(second);
    model_check(second.a >= first.a, "back from %d to %d", (int)first.a, (int)second.a);
}

/* A record and the next, between begin and retry, as views are used. */
static void read_by_sequence(const void *argument)
{
    const uint64_t row = number_of(argument);
    const mmf_store *store = fake_open_reader(3);
    uint64_t sequence = 0;
    const mmf_status status = mmfi_sequence_begin(store, row, FAKE_RECORD_SIZE, &sequence);
    if (status == MMF_ERR_BUSY)
        model_give_up();
    model_check(status == MMF_OK, "begin: status %d", (int)status);
    uint64_t a = 0;
    uint64_t b = 0;
    model_check(mmfi_get_uint64(store, row, FAKE_RECORD_SIZE, FAKE_A, &a) == MMF_OK, "a");
    model_check(mmfi_get_uint64(store, row, FAKE_RECORD_SIZE, FAKE_B, &b) == MMF_OK, "b");
    if (mmfi_sequence_retry(store, row, FAKE_RECORD_SIZE, sequence))
        model_give_up();
    check_whole((fake_record){a, b});
}

/* ---- Scalars ---- */

static void set_scalar(mmf_store *store, size_t offset, uint64_t version)
{
    const mmf_status status = mmfi_set_uint64(store, 0, FAKE_RECORD_SIZE, offset, version);
    model_check(status == MMF_OK, "set of a scalar: status %d", (int)status);
}

/* a is always one version ahead of b, or level. */
static void write_scalars(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    for (uint64_t version = 2; version <= 3; version++) {
        set_scalar(store, FAKE_A, version);
        set_scalar(store, FAKE_B, version);
    }
}

/* As on a system without pages that a fork wipes: every write takes the cold path. */
static void write_scalars_by_call(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    for (uint64_t version = 2; version <= 3; version++)
        for (size_t offset = FAKE_A; offset <= FAKE_B; offset += 8)
            model_check(mmfi_set_slow(store, 0, offset, 8, version) == MMF_OK, "set");
}

void write_scalars_and_records(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    set(store, 0, 2);
    set_scalar(store, FAKE_A, 3);
    set_scalar(store, FAKE_B, 3);
    set(store, 0, 4);
}

void read_scalars(const void *argument)
{
    (void)argument;
    check_scalars(get(fake_open_reader(3), 0));
}

static void read_one_scalar(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_open_reader(3);
    uint64_t first = 0;
    uint64_t second = 0;
    model_check(mmfi_get_uint64(store, 0, FAKE_RECORD_SIZE, FAKE_A, &first) == MMF_OK, "a");
    model_check(mmfi_get_uint64(store, 0, FAKE_RECORD_SIZE, FAKE_A, &second) == MMF_OK, "a again");
    model_check(second >= first, "back from %d to %d", (int)first, (int)second);
}

/* ---- Fields that may be null, and programs of another version of the schema ---- */

static void read_adapted(const void *argument)
{
    fake_record found = {0, 0};
    const mmf_status status = fake_get_adapted(fake_open_adapted(3), number_of(argument), &found);
    model_check(status == MMF_OK, "get by an adapter: status %d", (int)status);
    check_whole(found);
}

static void read_adapted_scalars(const void *argument)
{
    (void)argument;
    fake_record found = {0, 0};
    const mmf_status status = fake_get_adapted(fake_open_adapted(3), 0, &found);
    model_check(status == MMF_OK, "get by an adapter: status %d", (int)status);
    check_scalars(found);
}

static void write_nullable(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    for (uint64_t version = 0; version <= 2; version += 2)
        model_check(fake_set_nullable(store, 0, version) == MMF_OK, "set of a nullable field");
}

static void read_nullable(const void *argument)
{
    fake_record found = {0, 0};
    const mmf_status status = fake_get_nullable(fake_open_reader(3), number_of(argument), &found);
    model_check(status == MMF_OK, "get of a nullable field: status %d", (int)status);
    check_whole(found);
}

/* ---- The table ---- */

static const protocol all[] = {
    {
        .name = "record",
        .what = "two readers never keep a torn copy",
        .prepare = two_records,
        .threads = {WRITER(write_one_row), READER(read_row, NUMBER(0)),
                    READER_AT(read_row_second, NUMBER(0), 4)},
    },
    {
        .name = "record twice",
        .what = "a reader never goes back",
        .prepare = two_records,
        .threads = {WRITER(write_one_row), READER(read_row_twice, NUMBER(0))},
    },
    {
        .name = "record by sequence",
        .what = "begin and retry guard what is read between",
        .prepare = two_records,
        .threads = {WRITER(write_one_row), READER(read_by_sequence, NUMBER(0))},
    },
    {
        .name = "undo slot of two rows",
        .what = "no image of one row is taken for another",
        .prepare = two_records,
        .threads = {WRITER(write_two_rows), READER(read_row, NUMBER(0)),
                    READER_AT(read_row_second, NUMBER(1), 4)},
    },
    {
        .name = "scalars",
        .what = "a copy of two fields is of one moment",
        .prepare = two_records,
        .threads = {WRITER(write_scalars), READER(read_scalars, NULL)},
    },
    {
        .name = "scalars and records",
        .what = "the same, mixed with whole records",
        .prepare = two_records,
        .threads = {WRITER(write_scalars_and_records), READER(read_scalars, NULL)},
    },
    {
        .name = "scalars, by a call",
        .what = "the same without a page that a fork wipes",
        .prepare = two_records,
        .threads = {WRITER(write_scalars_by_call), READER(read_scalars, NULL)},
    },
    {
        .name = "one scalar",
        .what = "a scalar never goes back",
        .prepare = two_records,
        .threads = {WRITER(write_scalars_and_records), READER(read_one_scalar, NULL)},
    },
    {
        .name = "record by an adapter",
        .what = "a converted record is of one moment",
        .prepare = two_records,
        .threads = {WRITER(write_two_rows), READER(read_adapted, NUMBER(0))},
    },
    {
        .name = "scalars by an adapter",
        .what = "so are two fields that are set in turn",
        .prepare = two_records,
        .threads = {WRITER(write_scalars), READER(read_adapted_scalars, NULL)},
    },
    {
        .name = "nullable",
        .what = "a value is that of a moment at which there is one",
        .prepare = two_records,
        .threads = {WRITER(write_nullable), READER(read_nullable, NUMBER(0))},
    },
    {
        .name = "death in a nullable",
        .what = "so it is for every reader, when the writer dies and the next one recovers",
        .prepare = two_records,
        .threads = {WRITER(write_nullable), RECOVERING(write_nullable),
                    READER(read_nullable, NUMBER(0))},
        .killable_count = 1,
    },
    {
        .name = "death, by an adapter",
        .what = "a before-image is converted as a record is",
        .prepare = two_records,
        .threads = {WRITER(write_one_row), RECOVERING(write_one_row),
                    READER(read_adapted, NUMBER(0))},
        .killable_count = 1,
    },
};

const protocol_group protocols_record = {all, sizeof all / sizeof all[0]};
