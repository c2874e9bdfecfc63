/* Writers that die before any of their stores, and those that take the file over. */
#include "tests/robustness/model/parts.h"

/* ---- Death and recovery ---- */

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

static void append_after_recovery(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(1);
    const uint64_t row = store->writer->count;
    append(store, row + 1);
}

static void scalars_after_recovery(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(1);
    check_scalars(get(store, 0));
    set(store, 0, 7);
}

/* ---- After another boot, and after a failed sync ---- */

static void another_boot(void)
{
    fake_make((fake_options){.count = 1, .other_boot = true});
}

static void read_row_1(const void *argument)
{
    (void)argument;
    check_appended(fake_open_reader(3), 1);
}

static void open_and_append(const void *argument)
{
    (void)argument;
    append(open_writer(0), 2);
}

/*
 * A reader that attached in the other boot has seen row 1, which no commit has: the first writer of
 * this boot appends over it.
 */
static void seen_before(void)
{
    fake_make((fake_options){.count = 2, .unsynced = 1, .other_boot = true});
    fake_open_reader(3)->row_bound = 2;
    fake_remember();
}

static void append_over_seen(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    model_check(store->writer->count == 1, "%d records recovered", (int)store->writer->count);
    append(store, 2);
    append(store, 3);
}

static void append_over_seen_again(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(1);
    if (store->writer->count == 1)
        append(store, 2);
}

/* One look: whatever a second one finds is in the other protocols. */
static void read_seen(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_handle_again(3);
    fake_record record = {0, 0};
    const mmfi_read read = mmfi_read_begin(store, 1, FAKE_RECORD_SIZE, true);
    if (read.sequence == 0)
        model_give_up();
    record.a = mmfi_load_uint64(read.record, FAKE_A);
    record.b = mmfi_load_uint64(read.record, FAKE_B);
    if (!mmfi_read_end(read))
        model_give_up();
    check_whole(record);
    model_check(record.a == 1 || record.a == 2, "row 1 is of version %d", (int)record.a);
}

static void failing_sync(void)
{
    fake_make((fake_options){.count = 1, .sync_fails = true});
}

static void fail_to_sync(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    model_check(mmf_store_sync(store, NULL) == MMF_ERR_IO, "sync");
    model_check(fake_set(store, 0, 2) == MMF_ERR_NEEDS_RECOVERY, "set after a failed sync");
}

static void refuse_to_open(const void *argument)
{
    (void)argument;
    mmf_store *store;
    const mmf_status status = fake_open_writer(1, &store);
    model_check(status == MMF_ERR_NEEDS_RECOVERY, "open: status %d", (int)status);
}

/* ---- The table ---- */

static const protocol all[] = {
    {
        .name = "death of two",
        .what = "writer and recovering writer die anywhere, a third goes on, a reader throughout",
        .prepare = one_record,
        .threads = {WRITER(write_one_row), RECOVERING(only_recover), THIRD(recover_and_write),
                    READER(read_row, NUMBER(0))},
        .killable_count = 2,
    },
    {
        .name = "death of one",
        .what = "a writer dies anywhere in two updates, and a reader never goes back",
        .prepare = one_record,
        .threads = {WRITER(write_one_row), RECOVERING(recover_and_write),
                    READER(read_row_twice, NUMBER(0))},
        .killable_count = 1,
    },
    {
        .name = "death with two rows",
        .what = "the slot is not taken for the other row's, by recovery or a reader",
        .prepare = two_records,
        .threads = {WRITER(write_two_rows), RECOVERING(recover_and_write),
                    READER(read_row, NUMBER(0)), READER_AT(read_row_second, NUMBER(1), 4)},
        .killable_count = 1,
    },
    {
        .name = "death in append",
        .what = "a row is whole or not there, and the recovering writer appends",
        .prepare = one_record,
        .threads = {WRITER(append_two), RECOVERING(append_after_recovery),
                    READER(read_appended, NULL)},
        .killable_count = 1,
    },
    {
        .name = "death in growth",
        .what = "the same at the end of the file",
        .prepare = full_file,
        .threads = {WRITER(append_two), RECOVERING(append_after_recovery),
                    READER(read_appended, NULL)},
        .killable_count = 1,
    },
    {
        .name = "death, capacity",
        .what = "a capacity that the recovering writer found is backed by the file",
        .prepare = full_file,
        .threads = {WRITER(append_two), RECOVERING(append_after_recovery),
                    READER(read_capacity, NULL)},
        .killable_count = 1,
    },
    {
        .name = "death in scalars",
        .what = "a scalar is old or new",
        .prepare = one_record,
        .threads = {WRITER(write_scalars_and_records), RECOVERING(scalars_after_recovery),
                    READER(read_scalars, NULL)},
        .killable_count = 1,
    },
    {
        .name = "another boot",
        .what = "the shared page is valid with its boot id, and not before",
        .prepare = another_boot,
        .threads = {WRITER(open_and_append), READER(read_row_1, NULL)},
        .killable_count = 1,
    },
    {
        .name = "append over what was seen",
        .what = "a reader that saw a record which a recovery dropped never keeps a torn copy",
        .prepare = seen_before,
        .threads = {WRITER(append_over_seen), RECOVERING(append_over_seen_again),
                    READER(read_seen, NULL)},
        .killable_count = 1,
    },
    {
        .name = "failed sync",
        .what = "a recovering writer in the same boot refuses",
        .prepare = failing_sync,
        .threads = {WRITER(fail_to_sync), RECOVERING(refuse_to_open)},
    },
};

const protocol_group protocols_death = {all, sizeof all / sizeof all[0]};
