/* Threads of one process that share a handle, and so its bound. */
#include "tests/robustness/model/parts.h"

static void one_record_and_a_shared_reader(void)
{
    one_record();
    (void)fake_open_reader(2);
}

static void get_shared(const void *argument)
{
    const mmf_store *store = fake_handle(2);
    check_appended(store, number_of(argument));
}

static void get_shared_twice(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_handle(2);
    check_appended(store, 2);
    check_appended(store, 1);
}

static void get_shared_scalar(const void *argument)
{
    (void)argument;
    uint64_t b = 0;
    const mmf_status status = mmfi_get_uint64(fake_handle(2), 1, FAKE_RECORD_SIZE, FAKE_B, &b);
    model_check(status == MMF_ERR_RANGE || (status == MMF_OK && b == 2), "row 1: status %d, b = %d",
                (int)status, (int)b);
}

static void window_shared(const void *argument)
{
    const uint64_t row = number_of(argument);
    mmf_rows rows;
    const mmf_status status = mmfi_rows(fake_handle(2), row, 1, FAKE_RECORD_SIZE, &rows);
    model_check(status == MMF_OK || status == MMF_ERR_RANGE, "range of row %d: status %d", (int)row,
                (int)status);
    if (status != MMF_OK)
        return;
    const uint64_t a = mmfi_load_uint64(rows.records, FAKE_A);
    model_check(a == row + 1, "row %d of a range has a = %d", (int)row, (int)a);
}

/* What one call said is there, the next must find. */
static void get_and_window_shared(const void *argument)
{
    const uint64_t row = number_of(argument);
    const mmf_store *store = fake_handle(2);
    fake_record record;
    mmf_rows rows;
    if (!get_if_there(store, row, &record))
        return;
    const mmf_status status = mmfi_rows(store, row, 1, FAKE_RECORD_SIZE, &rows);
    model_check(status == MMF_OK, "row %d was there, its range is not: status %d", (int)row,
                (int)status);
    const uint64_t a = mmfi_load_uint64(rows.records, FAKE_A);
    model_check(a == row + 1, "row %d of a range has a = %d", (int)row, (int)a);
}

static void count_shared(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_handle(2);
    const uint64_t count = mmf_store_count(store);
    fake_record record;
    model_check(get_if_there(store, count - 1, &record), "counted %d, and the last is not there",
                (int)count);
    const uint64_t again = mmf_store_count(store);
    model_check(again >= count, "the count went back from %d to %d", (int)count, (int)again);
}

static void one_record_and_a_writer(void)
{
    one_record();
    mmf_store *store;
    (void)fake_open_writer(2, &store);
}

static void append_shared(const void *argument)
{
    (void)argument;
    mmf_store *store = fake_handle(2);
    store->writer->count = 1; /* private, so to be made anew */
    append(store, 2);
    append(store, 3);
}

static void append_rows_shared(const void *argument)
{
    (void)argument;
    mmf_store *store = fake_handle(2);
    store->writer->count = 1;
    (void)append_rows_to(store, 2);
}

/* ---- The table ---- */

static const protocol all[] = {
    {
        .name = "shared handle",
        .what = "a bound found by one thread serves another",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared_twice, NULL),
                    SHARER(get_shared, NUMBER(1))},
    },
    {
        .name = "shared handle, scalar",
        .what = "so it does for fields",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared, NUMBER(2)),
                    SHARER(get_shared_scalar, NULL)},
    },
    {
        .name = "shared handle, range",
        .what = "and for ranges",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared, NUMBER(1)),
                    SHARER(read_window, NUMBER(2))},
    },
    {
        .name = "shared handle, range of one",
        .what = "of any length",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared, NUMBER(1)),
                    SHARER(window_shared, NUMBER(1))},
    },
    {
        .name = "shared handle, row and range",
        .what = "a row that was there stays there",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared, NUMBER(1)),
                    SHARER(get_and_window_shared, NUMBER(2))},
    },
    {
        .name = "shared handle, count",
        .what = "what was counted is there, and stays counted",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(count_shared, NULL), SHARER(count_shared, NULL)},
    },
    {
        .name = "shared handle, signal",
        .what =
            "what the writer did before is seen with the count, by any thread that looked first",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_as_signal), SHARER(wait_for_signal, NUMBER(2)),
                    SHARER(wait_for_signal, NUMBER(2))},
    },
    {
        .name = "shared handle, three",
        .what = "no thread lowers a bound that others rely on",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_and_window_shared, NUMBER(2)),
                    SHARER(get_shared, NUMBER(1)), SHARER(get_shared, NUMBER(1))},
    },
    {
        .name = "writer's handle",
        .what = "threads of the writer's process read what it appends",
        .prepare = one_record_and_a_writer,
        .threads = {WRITER(append_shared), SHARER(get_shared_twice, NULL)},
    },
    {
        .name = "writer's handle, rows",
        .what = "the same for many rows",
        .prepare = one_record_and_a_writer,
        .threads = {WRITER(append_rows_shared), SHARER(get_shared_twice, NULL)},
    },
};

const protocol_group protocols_shared = {all, sizeof all / sizeof all[0]};
