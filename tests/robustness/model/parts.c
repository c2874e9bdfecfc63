/* Calls that must succeed, and files to begin with. */
#include "tests/robustness/model/parts.h"

const unsigned numbers[5] = {0, 1, 2, 3, 4};

unsigned number_of(const void *argument)
{
    return *(const unsigned *)argument;
}

mmf_store *open_writer(unsigned index)
{
    mmf_store *store = NULL;
    const mmf_status status = fake_open_writer(index, &store);
    model_check(status == MMF_OK, "a writer cannot open the store: status %d", (int)status);
    return store;
}

void set(mmf_store *store, uint64_t row, uint64_t version)
{
    const mmf_status status = fake_set(store, row, version);
    model_check(status == MMF_OK, "set: status %d", (int)status);
}

void append(mmf_store *store, uint64_t version)
{
    const mmf_status status = fake_append(store, version, NULL);
    model_check(status == MMF_OK, "append: status %d", (int)status);
}

fake_record get(const mmf_store *store, uint64_t row)
{
    fake_record record = {0, 0};
    const mmf_status status = fake_get(store, row, &record);
    model_check(status == MMF_OK, "get of row %d: status %d", (int)row, (int)status);
    return record;
}

void check_whole(fake_record record)
{
    model_check(record.a == record.b, "torn: a = %d, b = %d", (int)record.a, (int)record.b);
}

bool get_if_there(const mmf_store *store, uint64_t row, fake_record *out)
{
    const mmf_status status = fake_get(store, row, out);
    model_check(status == MMF_OK || status == MMF_ERR_RANGE, "get of row %d: status %d", (int)row,
                (int)status);
    return status == MMF_OK;
}

void check_scalars(fake_record record)
{
    model_check(record.a == record.b || record.a == record.b + 1, "never together: a = %d, b = %d",
                (int)record.a, (int)record.b);
}

void check_appended(const mmf_store *store, uint64_t row)
{
    fake_record record;
    if (!get_if_there(store, row, &record))
        return;
    model_check(record.a == row + 1 && record.b == row + 1, "row %d is there with a = %d, b = %d",
                (int)row, (int)record.a, (int)record.b);
}

void two_records(void)
{
    fake_make((fake_options){.count = 2});
}

void one_record(void)
{
    fake_make((fake_options){.count = 1});
}

void full_file(void)
{
    fake_make((fake_options){.count = 1, .capacity = 1});
}
