/* Several writers at once, one of which may die; the others have opened the file before. */
#include "tests/robustness/model/parts.h"

/* Attempts of one that waits for another writer: enough to find it dead, and to go on. */
#define PATIENCE 2u

#define SHARED(name, function, index)                                                              \
    {                                                                                              \
        name, function, NUMBER(index), MODEL_NO_THREAD, MODEL_NEVER, false, NULL, 0, free_locks    \
    }

static void free_locks(const void *argument)
{
    fake_free_locks(number_of(argument));
}

static void open_two(fake_options options)
{
    mmf_store *store;
    if (options.undo_count == 0)
        options.undo_count = 2;
    fake_make(options);
    (void)fake_open_shared(0, &store);
    (void)fake_open_shared(1, &store);
    fake_remember();
}

static void two_writers(void)
{
    open_two((fake_options){.count = 1});
}

static void two_writers_and_five_rows(void)
{
    open_two((fake_options){.count = 1, .capacity = 5});
}

static void two_writers_of_a_full_file(void)
{
    open_two((fake_options){.count = 1, .capacity = 1});
}

static void one_writer_and_room_for_another(void)
{
    mmf_store *store;
    fake_make((fake_options){.count = 1, .undo_count = 2});
    (void)fake_open_shared(0, &store);
    fake_remember();
}

static void two_writers_and_room_for_another(void)
{
    open_two((fake_options){.count = 1, .undo_count = 3});
}

/* ---- Records ---- */

/* Writer i writes version 2 + i. */
static void set_shared(const void *argument)
{
    const unsigned index = number_of(argument);
    set(fake_handle_again(index), 0, 2 + index);
}

static void set_shared_twice(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    set(store, 0, 2 + index);
    set(store, 0, 4 + index);
}

static void set_shared_scalar(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    const mmf_status status = mmfi_set_uint64(store, 0, FAKE_RECORD_SIZE, FAKE_A, 2 + index);
    model_check(status == MMF_OK, "set of a scalar: status %d", (int)status);
    const fake_record record = get(store, 0);
    model_check(record.b == 1, "b = %d, which no writer stored", (int)record.b);
}

static void read_b(const void *argument)
{
    (void)argument;
    const fake_record record = get(fake_open_reader(3), 0);
    model_check(record.b == 1, "b = %d, which no writer stored", (int)record.b);
}

/* ---- Appends ---- */

static void append_one(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    uint64_t row = 0;
    const mmf_status status = fake_append(store, 2 + index, &row);
    model_check(status == MMF_OK, "append: status %d", (int)status);
    const fake_record record = get(store, row);
    check_whole(record);
    model_check(record.a == 2 + index, "row %d is another's", (int)row);
}

static void read_both(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_open_reader(3);
    fake_record first;
    fake_record second;
    if (!get_if_there(store, 2, &second))
        return;
    model_check(get_if_there(store, 1, &first), "row 2 is there, row 1 is not");
    check_whole(first);
    check_whole(second);
    model_check(first.a + second.a == 5, "rows of %d and %d", (int)first.a, (int)second.a);
}

static void read_first(const void *argument)
{
    (void)argument;
    fake_record record;
    if (!get_if_there(fake_open_reader(3), 1, &record))
        return;
    check_whole(record);
    model_check(record.a == 2 || record.a == 3, "a row of %d", (int)record.a);
}

/* The rows of one call lie together, and belong to no other writer. */
static void append_two_rows(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    const uint64_t version = 2 + 10 * (uint64_t)index;
    const uint64_t first = append_rows_to(store, version);
    for (uint64_t i = 0; i < 2; i++) {
        const fake_record record = get(store, first + i);
        check_whole(record);
        model_check(record.a == version + i, "row %d is another's", (int)(first + i));
    }
}

static void read_rows(const void *argument)
{
    (void)argument;
    const mmf_store *store = fake_open_reader(3);
    fake_record first;
    fake_record second;
    if (!get_if_there(store, 4, &second))
        return;
    first = get(store, 3);
    check_whole(first);
    check_whole(second);
    model_check(second.a == first.a + 1, "rows of %d and %d", (int)first.a, (int)second.a);
}

/* ---- Joining ---- */

static void join_and_write(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = NULL;
    const mmf_status status = fake_open_shared(index, &store);
    model_check(status == MMF_OK, "join: status %d", (int)status);
    set(store, 0, 2 + index);
    append(store, 2 + index);
}

static void only_join(const void *argument)
{
    mmf_store *store = NULL;
    const mmf_status status = fake_open_shared(number_of(argument), &store);
    model_check(status == MMF_OK, "join: status %d", (int)status);
}

static void set_and_append(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    set(store, 0, 2 + index);
    append(store, 2 + index);
}

/* ---- Torn records: odd, and no image ---- */

static void two_writers_and_a_torn_row(void)
{
    open_two((fake_options){.count = 1, .torn = 1});
}

static void two_writers_and_two_torn_rows(void)
{
    open_two((fake_options){.count = 2, .torn = 2});
}

static void a_writer_of_a_torn_row_and_room_for_another(void)
{
    mmf_store *store;
    fake_make((fake_options){.count = 1, .torn = 1, .undo_count = 2});
    (void)fake_open_shared(0, &store);
    fake_remember();
}

static void a_torn_row(void)
{
    fake_make((fake_options){.count = 1, .torn = 1});
}

static void repair_two_rows(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    set(store, 0, 2 + index);
    set(store, 1, 2 + index);
}

/* A part is set of a record that somebody made whole, and never of a torn one. */
static void set_part(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = fake_handle_again(index);
    const mmf_status status = mmfi_set_uint64(store, 0, FAKE_RECORD_SIZE, FAKE_A, 2 + index);
    model_check(status == MMF_OK || status == MMF_ERR_CORRUPT, "set of a part: status %d",
                (int)status);
    if (status == MMF_OK)
        model_check(get(store, 0).b == 2, "a part was set of a torn record");
}

static void read_mended_in_part(const void *argument)
{
    (void)argument;
    const fake_record record = get(fake_open_reader(3), 0);
    model_check(record.b == 2 && (record.a == 2 || record.a == 3), "a = %d, b = %d", (int)record.a,
                (int)record.b);
}

static void join_and_mend(const void *argument)
{
    const unsigned index = number_of(argument);
    mmf_store *store = NULL;
    const mmf_status status = fake_open_shared(index, &store);
    model_check(status == MMF_OK, "join: status %d", (int)status);
    set(store, 0, 2 + index);
    check_whole(get(store, 0));
}

static void repair_alone(const void *argument)
{
    (void)argument;
    set(open_writer(0), 0, 2);
}

/* What the one before left is whole, or refuses a part. */
static void set_part_after(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(1);
    const mmfi_write write = mmfi_write_begin_of(store, 0, FAKE_RECORD_SIZE, MMFI_PART);
    model_check(write.status == MMF_OK || write.status == MMF_ERR_CORRUPT, "part: status %d",
                (int)write.status);
    if (write.status != MMF_OK)
        return;
    mmfi_save_uint64(write.record, FAKE_A, 2);
    (void)mmfi_write_end(write);
    check_whole(get(store, 0));
}

/* ---- The table ---- */

static const protocol all[] = {
    {
        .name = "two writers",
        .what = "a reader never keeps a torn copy",
        .prepare = two_writers,
        .threads = {SHARED("one", set_shared_twice, 0), SHARED("other", set_shared, 1),
                    READER(read_row, NUMBER(0))},
    },
    {
        .name = "two writers, scalar",
        .what = "a field is set and the rest is left alone",
        .prepare = two_writers,
        .threads = {SHARED("one", set_shared_scalar, 0), SHARED("other", set_shared_scalar, 1),
                    READER(read_b, NULL)},
    },
    {
        .name = "two writers, append",
        .what = "no record is lost or doubled",
        .prepare = two_writers,
        .threads = {SHARED("one", append_one, 0), SHARED("other", append_one, 1),
                    READER(read_both, NULL)},
    },
    {
        .name = "two writers, rows",
        .what = "the rows of one append stay together",
        .prepare = two_writers_and_five_rows,
        .threads = {SHARED("one", append_two_rows, 0), SHARED("other", append_two_rows, 1),
                    READER(read_rows, NULL)},
    },
    {
        .name = "two writers, growth",
        .what = "the same at the end of the file",
        .prepare = two_writers_of_a_full_file,
        .threads = {SHARED("one", append_one, 0), SHARED("other", append_one, 1),
                    READER(read_both, NULL)},
    },
    {
        .name = "one of two dies",
        .what = "the other one restores the record and goes on",
        .prepare = two_writers,
        .threads = {SHARED("one", set_shared, 0), SHARED("other", set_shared, 1),
                    READER(read_row, NUMBER(0))},
        .killable_count = 1,
        .patience = PATIENCE,
    },
    {
        .name = "one of two dies in append",
        .what = "the other one takes the append lock",
        .prepare = two_writers,
        .threads = {SHARED("one", append_one, 0), SHARED("other", append_one, 1)},
        .killable_count = 1,
        .patience = PATIENCE,
    },
    {
        .name = "a joiner frees the append lock",
        .what = "of one that died in append, for one that waits",
        .prepare = two_writers_and_room_for_another,
        .threads = {SHARED("one", append_one, 0),
                    {"joiner", only_join, NUMBER(2), 0, MODEL_NEVER, false, NULL, 0, free_locks},
                    SHARED("other", append_one, 1),
                    READER(read_first, NULL)},
        .killable_count = 1,
    },
    {
        .name = "two repairers",
        .what = "a torn record is replaced by one at a time, and read when it is whole",
        .prepare = two_writers_and_a_torn_row,
        .threads = {SHARED("one", set_shared, 0), SHARED("other", set_shared, 1),
                    READER(read_row, NUMBER(0))},
        .patience = PATIENCE,
    },
    {
        .name = "two repairers, two rows",
        .what = "a repairer that has gone on is not taken for a dead one",
        .prepare = two_writers_and_two_torn_rows,
        .threads = {SHARED("one", repair_two_rows, 0), SHARED("other", set_shared, 1),
                    READER(read_row, NUMBER(0))},
        .patience = PATIENCE,
    },
    {
        .name = "a repairer and a part",
        .what = "a part of a torn record is refused",
        .prepare = two_writers_and_a_torn_row,
        .threads = {SHARED("repairer", set_shared, 0), SHARED("other", set_part, 1),
                    READER(read_mended_in_part, NULL)},
        .patience = PATIENCE,
    },
    {
        .name = "a repairer dies",
        .what = "the record is torn again until another one has replaced it",
        .prepare = two_writers_and_a_torn_row,
        .threads = {SHARED("one", set_shared, 0), SHARED("other", set_shared, 1),
                    READER(read_row, NUMBER(0))},
        .killable_count = 1,
        .patience = PATIENCE,
    },
    {
        .name = "a repairer dies, join",
        .what = "the same when the other one joins, be it in the place of the dead",
        .prepare = a_writer_of_a_torn_row_and_room_for_another,
        .threads = {SHARED("one", set_shared, 0), SHARED("joiner", join_and_mend, 1),
                    READER(read_row, NUMBER(0))},
        .killable_count = 1,
        .patience = PATIENCE,
    },
    {
        .name = "a repairer alone dies",
        .what = "its recovering writer finds a whole record or a torn one",
        .prepare = a_torn_row,
        .threads = {WRITER(repair_alone), RECOVERING(set_part_after), READER(read_row, NUMBER(0))},
        .killable_count = 1,
    },
    {
        .name = "join",
        .what = "a writer joins another at work, or dead",
        .prepare = one_writer_and_room_for_another,
        .threads = {SHARED("one", set_and_append, 0), SHARED("joiner", join_and_write, 1),
                    READER(read_row, NUMBER(0))},
        .killable_count = 1,
    },
};

const protocol_group protocols_writers = {all, sizeof all / sizeof all[0]};
