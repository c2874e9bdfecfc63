/* One section for each protocol: what the threads do, and what must hold. */
#include "tests/model/protocols.h"

#include "core/value.h"
#include "tests/model/toy.h"

/* ---- Parts ---- */

/* Threads get their row, or the handle that they share, by their argument. */
static const unsigned numbers[] = {0, 1, 2, 3, 4};
#define NUMBER(i) (&numbers[i])

static unsigned number_of(const void *argument)
{
    return *(const unsigned *)argument;
}

static mmf_store *open_writer(unsigned index)
{
    mmf_store *store = NULL;
    const mmf_status status = toy_open_writer(index, &store);
    model_check(status == MMF_OK, "a writer cannot open the store: status %d", (int)status);
    return store;
}

static void set(mmf_store *store, uint64_t row, uint64_t version)
{
    const mmf_status status = toy_set(store, row, version);
    model_check(status == MMF_OK, "set: status %d", (int)status);
}

static void append(mmf_store *store, uint64_t version)
{
    const mmf_status status = toy_append(store, version);
    model_check(status == MMF_OK, "append: status %d", (int)status);
}

/* A row that is there. */
static toy_record get(const mmf_store *store, uint64_t row)
{
    toy_record record = {0, 0};
    const mmf_status status = toy_get(store, row, &record);
    model_check(status == MMF_OK, "get of row %d: status %d", (int)row, (int)status);
    return record;
}

static void check_whole(toy_record record)
{
    model_check(record.a == record.b, "torn: a = %d, b = %d", (int)record.a, (int)record.b);
}

/* A row that may not be there yet: then it is out of range, and nothing else. */
static bool get_if_there(const mmf_store *store, uint64_t row, toy_record *out)
{
    const mmf_status status = toy_get(store, row, out);
    model_check(status == MMF_OK || status == MMF_ERR_RANGE, "get of row %d: status %d", (int)row,
                (int)status);
    return status == MMF_OK;
}

#define WRITER(function)                                                                           \
    {                                                                                              \
        "writer", function, NULL, MODEL_NO_THREAD, MODEL_NEVER, false, NULL, 0                     \
    }
#define SUCCESSOR(function)                                                                        \
    {                                                                                              \
        "successor", function, NULL, 0, MODEL_NEVER, false, NULL, 0                                \
    }
#define THIRD(function)                                                                            \
    {                                                                                              \
        "third", function, NULL, 1, MODEL_NEVER, false, NULL, 0                                    \
    }

/* A reader in a process of its own has handle 3 or 4 for itself. */
#define READER(function, argument) READER_AT(function, argument, 3)
#define READER_AT(function, argument, index)                                                       \
    {                                                                                              \
        "reader", function, argument, MODEL_NO_THREAD, MODEL_NEVER, true, OWN(index),              \
            TOY_HANDLE_SIZE                                                                        \
    }
#define SHARER(function, argument)                                                                 \
    {                                                                                              \
        "thread", function, argument, MODEL_NO_THREAD, MODEL_NEVER, false, NULL, 0                 \
    }
#define OWN(index) (&toy_handles[index])

static void two_records(void)
{
    toy_make((toy_options){.count = 2});
}

static void one_record(void)
{
    toy_make((toy_options){.count = 1});
}

/* ---- Whole records ---- */

static void write_one_row(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    set(store, 0, 2);
    set(store, 0, 3);
}

/* The slot serves one row after the other. */
static void write_two_rows(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    set(store, 0, 2);
    set(store, 1, 5);
    set(store, 0, 3);
}

static void read_row(const void *argument)
{
    check_whole(get(toy_open_reader(3), number_of(argument)));
}

static void read_row_second(const void *argument)
{
    check_whole(get(toy_open_reader(4), number_of(argument)));
}

static void read_row_twice(const void *argument)
{
    const mmf_store *store = toy_open_reader(3);
    const toy_record first = get(store, number_of(argument));
    const toy_record second = get(store, number_of(argument));
    check_whole(first);
    check_whole(second);
    model_check(second.a >= first.a, "back from %d to %d", (int)first.a, (int)second.a);
}

/* A record and the next, between begin and retry, as views are used. */
static void read_by_sequence(const void *argument)
{
    const uint64_t row = number_of(argument);
    const mmf_store *store = toy_open_reader(3);
    uint64_t sequence = 0;
    const mmf_status status = mmfi_sequence_begin(store, row, TOY_RECORD_SIZE, &sequence);
    if (status == MMF_ERR_BUSY)
        model_give_up();
    model_check(status == MMF_OK, "begin: status %d", (int)status);
    uint64_t a = 0;
    uint64_t b = 0;
    model_check(mmfi_get_uint64(store, row, TOY_RECORD_SIZE, TOY_A, &a) == MMF_OK, "a");
    model_check(mmfi_get_uint64(store, row, TOY_RECORD_SIZE, TOY_B, &b) == MMF_OK, "b");
    if (mmfi_sequence_retry(store, row, TOY_RECORD_SIZE, sequence))
        model_give_up();
    check_whole((toy_record){a, b});
}

/* ---- Scalars ---- */

static void set_scalar(mmf_store *store, size_t offset, uint64_t version)
{
    const mmf_status status = mmfi_set_uint64(store, 0, TOY_RECORD_SIZE, offset, version);
    model_check(status == MMF_OK, "set of a scalar: status %d", (int)status);
}

/* a is always one version ahead of b, or level. */
static void write_scalars(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    for (uint64_t version = 2; version <= 3; version++) {
        set_scalar(store, TOY_A, version);
        set_scalar(store, TOY_B, version);
    }
}

static void write_scalars_and_records(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    set(store, 0, 2);
    set_scalar(store, TOY_A, 3);
    set_scalar(store, TOY_B, 3);
    set(store, 0, 4);
}

static void read_scalars(const void *argument)
{
    (void)argument;
    const toy_record record = get(toy_open_reader(3), 0);
    model_check(record.a == record.b || record.a == record.b + 1, "never together: a = %d, b = %d",
                (int)record.a, (int)record.b);
}

static void read_one_scalar(const void *argument)
{
    (void)argument;
    const mmf_store *store = toy_open_reader(3);
    uint64_t first = 0;
    uint64_t second = 0;
    model_check(mmfi_get_uint64(store, 0, TOY_RECORD_SIZE, TOY_A, &first) == MMF_OK, "a");
    model_check(mmfi_get_uint64(store, 0, TOY_RECORD_SIZE, TOY_A, &second) == MMF_OK, "a again");
    model_check(second >= first, "back from %d to %d", (int)first, (int)second);
}

/* ---- Append and growth ---- */

static void append_two(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    append(store, 2);
    append(store, 3);
}

static void append_rows_to(mmf_store *store)
{
    unsigned char *records = NULL;
    model_check(mmfi_append_rows_begin(store, 2, &records) == MMF_OK, "room for two rows");
    for (uint64_t i = 0; i < 2; i++) {
        unsigned char *record = records + i * TOY_RECORD_SIZE;
        mmfi_store64(record, MMFI_SEQUENCE_FIRST);
        mmfi_save_uint64(record, TOY_A, 2 + i);
        mmfi_save_uint64(record, TOY_B, 2 + i);
    }
    mmfi_append_rows_end(store, 2, NULL);
}

static void append_rows(const void *argument)
{
    (void)argument;
    append_rows_to(open_writer(0));
}

/* Row r is of version r + 1 as soon as it is there. */
static void check_appended(const mmf_store *store, uint64_t row)
{
    toy_record record;
    if (!get_if_there(store, row, &record))
        return;
    model_check(record.a == row + 1 && record.b == row + 1, "row %d is there with a = %d, b = %d",
                (int)row, (int)record.a, (int)record.b);
}

static void read_appended(const void *argument)
{
    (void)argument;
    const mmf_store *store = toy_open_reader(3);
    check_appended(store, 1);
    check_appended(store, 2);
}

static void read_appended_scalar(const void *argument)
{
    (void)argument;
    const mmf_store *store = toy_open_reader(3);
    uint64_t b = 0;
    const mmf_status status = mmfi_get_uint64(store, 2, TOY_RECORD_SIZE, TOY_B, &b);
    model_check(status == MMF_ERR_RANGE || (status == MMF_OK && b == 3), "row 2: status %d, b = %d",
                (int)status, (int)b);
}

static void read_counted(const void *argument)
{
    (void)argument;
    const mmf_store *store = toy_open_reader(3);
    const uint64_t count = mmf_store_count(store);
    model_check(count >= 1 && count <= 3, "count = %d", (int)count);
    toy_record record;
    const uint64_t row = count - 1;
    model_check(get_if_there(store, row, &record), "counted, and not there");
    model_check(record.a == row + 1 && record.b == row + 1, "row %d is there with a = %d, b = %d",
                (int)row, (int)record.a, (int)record.b);
}

/* Two rows only if the loop and the window agree. */
static void read_window(const void *argument)
{
    const mmf_store *store =
        argument != NULL ? toy_handle(number_of(argument)) : toy_open_reader(3);
    mmf_rows rows;
    const mmf_status status = mmfi_rows(store, 0, MMF_TO_END, TOY_RECORD_SIZE, &rows);
    model_check(status == MMF_OK && rows.count >= 1, "window: status %d", (int)status);
    const uint64_t last = rows.count - 1;
    uint64_t sequence = 0;
    model_check(mmfi_rows_begin(rows, last, TOY_RECORD_SIZE, &sequence) == MMF_OK,
                "row %d of a window has no sequence", (int)last);
    const unsigned char *record = rows.records + last * TOY_RECORD_SIZE;
    const uint64_t a = mmfi_load_uint64(record, TOY_A);
    const uint64_t b = mmfi_load_uint64(record, TOY_B);
    model_check(a == last + 1 && b == last + 1, "row %d of a window has a = %d, b = %d", (int)last,
                (int)a, (int)b);
}

/* What the writer did before an append, whoever counts the row sees: append is a signal, too. */
static uint64_t beside_the_store;

static void append_as_signal(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    append(store, 2);
    mmfi_store64(&beside_the_store, 5);
    append(store, 3);
}

static void wait_for_signal(const void *argument)
{
    const mmf_store *store =
        argument != NULL ? toy_handle(number_of(argument)) : toy_open_reader(3);
    if (mmf_store_count(store) < 3)
        return;
    const uint64_t beside = mmfi_load64(&beside_the_store);
    model_check(beside == 5, "counted, and what came before the append is %d", (int)beside);
}

/* The capacity in the file is what the file has room for, or had: it never shrinks. */
static void read_capacity(const void *argument)
{
    (void)argument;
    const uint64_t capacity = model_load(toy_live() + offsetof(mmfi_live, capacity), MODEL_ACQUIRE);
    const uint64_t backed = toy_backed_rows();
    model_check(backed >= capacity, "a capacity of %d rows, and a file of %d", (int)capacity,
                (int)backed);
}

static void full_file(void)
{
    toy_make((toy_options){.count = 1, .capacity = 1});
}

/* ---- Threads that share a handle ---- */

static void one_record_and_a_shared_reader(void)
{
    one_record();
    (void)toy_open_reader(2);
}

static void get_shared(const void *argument)
{
    const mmf_store *store = toy_handle(2);
    check_appended(store, number_of(argument));
}

static void get_shared_twice(const void *argument)
{
    (void)argument;
    const mmf_store *store = toy_handle(2);
    check_appended(store, 2);
    check_appended(store, 1);
}

static void get_shared_scalar(const void *argument)
{
    (void)argument;
    uint64_t b = 0;
    const mmf_status status = mmfi_get_uint64(toy_handle(2), 1, TOY_RECORD_SIZE, TOY_B, &b);
    model_check(status == MMF_ERR_RANGE || (status == MMF_OK && b == 2), "row 1: status %d, b = %d",
                (int)status, (int)b);
}

static void window_shared(const void *argument)
{
    const uint64_t row = number_of(argument);
    mmf_rows rows;
    const mmf_status status = mmfi_rows(toy_handle(2), row, 1, TOY_RECORD_SIZE, &rows);
    model_check(status == MMF_OK || status == MMF_ERR_RANGE, "window of row %d: status %d",
                (int)row, (int)status);
    if (status != MMF_OK)
        return;
    const uint64_t a = mmfi_load_uint64(rows.records, TOY_A);
    model_check(a == row + 1, "row %d of a window has a = %d", (int)row, (int)a);
}

/* What one call said is there, the next must find. */
static void get_and_window_shared(const void *argument)
{
    const uint64_t row = number_of(argument);
    const mmf_store *store = toy_handle(2);
    toy_record record;
    mmf_rows rows;
    if (!get_if_there(store, row, &record))
        return;
    const mmf_status status = mmfi_rows(store, row, 1, TOY_RECORD_SIZE, &rows);
    model_check(status == MMF_OK, "row %d was there, its window is not: status %d", (int)row,
                (int)status);
    const uint64_t a = mmfi_load_uint64(rows.records, TOY_A);
    model_check(a == row + 1, "row %d of a window has a = %d", (int)row, (int)a);
}

static void count_shared(const void *argument)
{
    (void)argument;
    const mmf_store *store = toy_handle(2);
    const uint64_t count = mmf_store_count(store);
    toy_record record;
    model_check(get_if_there(store, count - 1, &record), "counted %d, and the last is not there",
                (int)count);
    const uint64_t again = mmf_store_count(store);
    model_check(again >= count, "the count went back from %d to %d", (int)count, (int)again);
}

static void one_record_and_a_writer(void)
{
    one_record();
    mmf_store *store;
    (void)toy_open_writer(2, &store);
}

static void append_shared(const void *argument)
{
    (void)argument;
    mmf_store *store = toy_handle(2);
    store->writer->count = 1; /* private, so to be made anew */
    append(store, 2);
    append(store, 3);
}

static void append_rows_shared(const void *argument)
{
    (void)argument;
    mmf_store *store = toy_handle(2);
    store->writer->count = 1;
    append_rows_to(store);
}

/* ---- Death and takeover ---- */

static void only_recover(const void *argument)
{
    (void)argument;
    (void)open_writer(1);
}

static void recover_and_write(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(2);
    check_whole(get(store, 0));
    set(store, 0, 7);
    append(store, 7);
}

static void append_after_takeover(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(1);
    const uint64_t row = store->writer->count;
    append(store, row + 1);
}

static void scalars_after_takeover(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(1);
    const toy_record record = get(store, 0);
    model_check(record.a == record.b || record.a == record.b + 1, "never together: a = %d, b = %d",
                (int)record.a, (int)record.b);
    set(store, 0, 7);
}

/* ---- After another boot, and after a failed sync ---- */

static void another_boot(void)
{
    toy_make((toy_options){.count = 1, .other_boot = true});
}

static void open_and_append(const void *argument)
{
    (void)argument;
    append(open_writer(0), 2);
}

static void failing_sync(void)
{
    toy_make((toy_options){.count = 1, .sync_fails = true});
}

static void fail_to_sync(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    model_check(mmf_store_sync(store, NULL) == MMF_ERR_IO, "sync");
    model_check(toy_set(store, 0, 2) == MMF_ERR_NEEDS_RECOVERY, "set after a failed sync");
}

static void refuse_to_open(const void *argument)
{
    (void)argument;
    mmf_store *store;
    const mmf_status status = toy_open_writer(1, &store);
    model_check(status == MMF_ERR_NEEDS_RECOVERY, "open: status %d", (int)status);
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
        .name = "one scalar",
        .what = "a scalar never goes back",
        .prepare = two_records,
        .threads = {WRITER(write_scalars_and_records), READER(read_one_scalar, NULL)},
    },
    {
        .name = "append",
        .what = "a record is whole as soon as it is there",
        .prepare = one_record,
        .threads = {WRITER(append_two), READER(read_appended, NULL)},
    },
    {
        .name = "append, scalar",
        .what = "so is each of its fields",
        .prepare = one_record,
        .threads = {WRITER(append_two), READER(read_appended_scalar, NULL)},
    },
    {
        .name = "append, count",
        .what = "what is counted is there",
        .prepare = one_record,
        .threads = {WRITER(append_two), READER(read_counted, NULL)},
    },
    {
        .name = "append, window",
        .what = "every row of a window is whole",
        .prepare = one_record,
        .threads = {WRITER(append_two), READER(read_window, NULL)},
    },
    {
        .name = "append of rows",
        .what = "many rows appear at once, whole",
        .prepare = one_record,
        .threads = {WRITER(append_rows), READER(read_appended, NULL)},
    },
    {
        .name = "append, signal",
        .what = "what the writer did before is seen with the count",
        .prepare = one_record,
        .threads = {WRITER(append_as_signal), READER(wait_for_signal, NULL)},
    },
    {
        .name = "growth",
        .what = "what is counted has a file behind it",
        .prepare = full_file,
        .threads = {WRITER(append_two), READER(read_appended, NULL)},
    },
    {
        .name = "capacity",
        .what = "the file has room for the capacity that it claims",
        .prepare = full_file,
        .threads = {WRITER(append_two), READER(read_capacity, NULL)},
    },
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
        .name = "shared handle, window",
        .what = "and for windows",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared, NUMBER(1)),
                    SHARER(read_window, NUMBER(2))},
    },
    {
        .name = "shared handle, window of one",
        .what = "of any length",
        .prepare = one_record_and_a_shared_reader,
        .threads = {WRITER(append_two), SHARER(get_shared, NUMBER(1)),
                    SHARER(window_shared, NUMBER(1))},
    },
    {
        .name = "shared handle, row and window",
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
        .what = "what the writer did before is seen with the count, whoever looked first",
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
    {
        .name = "death of two",
        .what = "writer and successor die anywhere, a third goes on, a reader throughout",
        .prepare = one_record,
        .threads = {WRITER(write_one_row), SUCCESSOR(only_recover), THIRD(recover_and_write),
                    READER(read_row, NUMBER(0))},
        .mortal_count = 2,
    },
    {
        .name = "death of one",
        .what = "a writer dies anywhere in two updates, and a reader never goes back",
        .prepare = one_record,
        .threads = {WRITER(write_one_row), SUCCESSOR(recover_and_write),
                    READER(read_row_twice, NUMBER(0))},
        .mortal_count = 1,
    },
    {
        .name = "death with two rows",
        .what = "the slot is not taken for the other row's, by recovery or a reader",
        .prepare = two_records,
        .threads = {WRITER(write_two_rows), SUCCESSOR(recover_and_write),
                    READER(read_row, NUMBER(0)), READER_AT(read_row_second, NUMBER(1), 4)},
        .mortal_count = 1,
    },
    {
        .name = "death in append",
        .what = "a row is whole or not there, and the successor appends",
        .prepare = one_record,
        .threads = {WRITER(append_two), SUCCESSOR(append_after_takeover),
                    READER(read_appended, NULL)},
        .mortal_count = 1,
    },
    {
        .name = "death in growth",
        .what = "the same at the end of the file",
        .prepare = full_file,
        .threads = {WRITER(append_two), SUCCESSOR(append_after_takeover),
                    READER(read_appended, NULL)},
        .mortal_count = 1,
    },
    {
        .name = "death, capacity",
        .what = "a capacity that the successor found has a file behind it",
        .prepare = full_file,
        .threads = {WRITER(append_two), SUCCESSOR(append_after_takeover),
                    READER(read_capacity, NULL)},
        .mortal_count = 1,
    },
    {
        .name = "death in scalars",
        .what = "a scalar is old or new",
        .prepare = one_record,
        .threads = {WRITER(write_scalars_and_records), SUCCESSOR(scalars_after_takeover),
                    READER(read_scalars, NULL)},
        .mortal_count = 1,
    },
    {
        .name = "another boot",
        .what = "live control is believed with its id, and not before",
        .prepare = another_boot,
        .threads = {WRITER(open_and_append), READER(read_appended, NULL)},
        .mortal_count = 1,
    },
    {
        .name = "failed sync",
        .what = "a successor in the same boot refuses",
        .prepare = failing_sync,
        .threads = {WRITER(fail_to_sync), SUCCESSOR(refuse_to_open)},
    },
};

size_t protocols(const protocol **out)
{
    *out = all;
    return sizeof all / sizeof all[0];
}

/* ---- Cells ---- */

/* One combination of kills. */
static void explore_cell(const model_program *program, protocol_result *out)
{
    model_explore(program, &out->last);
    out->cells++;
    out->executions += out->last.executions;
}

/* Every kill of the mortal thread of this number and those behind it. */
static void explore_kills(const protocol *of, model_program *program, model_thread *threads,
                          unsigned mortal, protocol_result *out)
{
    if (mortal == of->mortal_count) {
        explore_cell(program, out);
        return;
    }
    bool killed = true;
    for (uint32_t at = 0; killed && (at == 0 || out->last.verdict == MODEL_RIGHT); at++) {
        threads[mortal].kill_at = at;
        explore_kills(of, program, threads, mortal + 1, out);
        killed = (out->last.killed >> mortal & 1) != 0;
    }
}

void protocol_explore(const protocol *of, protocol_result *out)
{
    model_thread threads[PROTOCOL_THREADS_MAX];
    model_program program = {.threads = threads, .name = toy_name};
    for (size_t i = 0; i < PROTOCOL_THREADS_MAX && of->threads[i].run != NULL; i++) {
        threads[i] = of->threads[i];
        program.thread_count++;
    }
    out->cells = 0;
    out->executions = 0;
    of->prepare();
    explore_kills(of, &program, threads, 0, out);
}
