/* Records that appear at the end, in a file that grows. */
#include "mmapforge/detail/append_rows.h"
#include "tests/robustness/model/parts.h"

/* ---- Append and growth ---- */

void append_two(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    append(store, 2);
    append(store, 3);
}

uint64_t append_rows_to(mmf_store *store, uint64_t version)
{
    unsigned char *records = NULL;
    uint64_t first = 0;
    model_check(mmfi_append_rows_begin(store, 2, &records) == MMF_OK, "room for two rows");
    for (uint64_t i = 0; i < 2; i++) {
        unsigned char *record = records + i * FAKE_RECORD_SIZE;
        mmfi_store64(record, MMFI_SEQUENCE_FIRST);
        mmfi_save_uint64(record, FAKE_A, version + i);
        mmfi_save_uint64(record, FAKE_B, version + i);
    }
    mmfi_append_rows_end(store, 2, &first);
    return first;
}

static void append_rows(const void *argument)
{
    (void)argument;
    (void)append_rows_to(open_writer(0), 2);
}

void read_appended(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_open_reader(3);
    check_appended(store, 1);
    check_appended(store, 2);
}

static void read_appended_scalar(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_open_reader(3);
    uint64_t b = 0;
    const mmf_status status = mmfi_get_uint64(store, 2, FAKE_RECORD_SIZE, FAKE_B, &b);
    model_check(status == MMF_ERR_RANGE || (status == MMF_OK && b == 3), "row 2: status %d, b = %d",
                (int)status, (int)b);
}

static void read_counted(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_open_reader(3);
    const uint64_t count = mmf_store_count(store);
    model_check(count >= 1 && count <= 3, "count = %d", (int)count);
    fake_record record;
    const uint64_t row = count - 1;
    model_check(get_if_there(store, row, &record), "counted, and not there");
    model_check(record.a == row + 1 && record.b == row + 1, "row %d is there with a = %d, b = %d",
                (int)row, (int)record.a, (int)record.b);
}

/* Two rows only if the loop and the range agree. */
void read_window(const void *argument)
{
    const mmf_store *store =
        argument != NULL ? fake_handle(number_of(argument)) : fake_open_reader(3);
    mmf_rows rows;
    const mmf_status status = mmfi_rows(store, 0, MMF_TO_END, FAKE_RECORD_SIZE, &rows);
    model_check(status == MMF_OK && rows.count >= 1, "range: status %d", (int)status);
    const uint64_t last = rows.count - 1;
    uint64_t sequence = 0;
    model_check(mmfi_rows_begin(rows, last, FAKE_RECORD_SIZE, &sequence) == MMF_OK,
                "row %d of a range has no sequence", (int)last);
    const unsigned char *record = rows.records + last * FAKE_RECORD_SIZE;
    const uint64_t a = mmfi_load_uint64(record, FAKE_A);
    const uint64_t b = mmfi_load_uint64(record, FAKE_B);
    model_check(a == last + 1 && b == last + 1, "row %d of a range has a = %d, b = %d", (int)last,
                (int)a, (int)b);
}

/* What the writer did before an append, any thread that counts the row sees: append is a signal,
 * too. */
static uint64_t beside_the_store;

void append_as_signal(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    append(store, 2);
    mmfi_store64(&beside_the_store, 5);
    append(store, 3);
}

void wait_for_signal(const void *argument)
{
    const mmf_store *store =
        argument != NULL ? fake_handle(number_of(argument)) : fake_open_reader(3);
    if (mmf_store_count(store) < 3)
        return;
    const uint64_t beside = mmfi_load64(&beside_the_store);
    model_check(beside == 5, "counted, and what came before the append is %d", (int)beside);
}

/* The capacity in the file is what the file has room for, or had: it never shrinks. */
void read_capacity(const void *argument)
{
    (void)argument;
    const uint64_t capacity =
        model_load(fake_live() + offsetof(mmfi_live, capacity), MODEL_ACQUIRE);
    const uint64_t backed = fake_backed_rows();
    model_check(backed >= capacity, "a capacity of %d rows, and a file of %d", (int)capacity,
                (int)backed);
}

/* ---- The table ---- */

static const protocol all[] = {
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
        .name = "append, range",
        .what = "every row of a range is whole",
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
        .what = "what is counted is backed by the file",
        .prepare = full_file,
        .threads = {WRITER(append_two), READER(read_appended, NULL)},
    },
    {
        .name = "capacity",
        .what = "the file has room for the capacity that it claims",
        .prepare = full_file,
        .threads = {WRITER(append_two), READER(read_capacity, NULL)},
    },
};

const protocol_group protocols_append = {all, sizeof all / sizeof all[0]};
