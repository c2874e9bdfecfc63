/*
 * Writes a store whose bytes are the same on every machine, checks one, or blanks what of it is of
 * one boot, one process or chance, so that two can be compared byte by byte.
 */
#include "mmapforge/detail/format.h"
#include "mmapforge/generated.h"

#include <stdio.h>
#include <string.h>

#include "sample_store.h"

#define ROWS UINT64_C(5000)

static int failed(const char *what, mmf_status status, const mmf_error *error)
{
    fprintf(stderr, "exchange: %s: %s %s\n", what, mmf_status_name(status),
            error != NULL ? error->message : "");
    return 1;
}

static sample_record record_of(uint64_t row)
{
    sample_record record;
    memset(&record, 0, sizeof record);
    record.truth = row % 2 == 1;
    record.i8 = (int8_t)(row % 256 - 128);
    record.u8 = (uint8_t)row;
    record.i16 = (int16_t)(row * 7 % 65536 - 32768);
    record.u16 = (uint16_t)(row * 13);
    record.i32 = -(int32_t)row * 100003;
    record.u32 = (uint32_t)row * 2654435761u;
    record.i64 = -(int64_t)(row * UINT64_C(1000000007));
    record.u64 = row * UINT64_C(0x9e3779b97f4a7c15);
    record.f32 = (float)row / 8;
    record.f64 = (double)row / 3;
    record.text_length = row % (SAMPLE_TEXT_MAX + 1);
    memset(record.text, 'a' + (int)(row % 26), record.text_length);
    record.blob_length = row % (SAMPLE_BLOB_MAX + 1);
    memset(record.blob, (int)(row % 256), record.blob_length);
    return record;
}

/* Row 7 has been replaced, and one of its fields once more. */
static sample_record record_in_the_end(uint64_t row)
{
    sample_record record = record_of(row == 7 ? 4711 : row);
    if (row == 7)
        record.i32 = -1;
    return record;
}

static int write_store(const char *path)
{
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    sample_store *store = NULL;
    options.capacity = 1;
    mmf_status status = sample_store_create(path, &options, &store, &error);
    if (status != MMF_OK)
        return failed("create", status, &error);
    for (uint64_t row = 0; row < ROWS && status == MMF_OK; row++) {
        const sample_record record = record_of(row);
        status = sample_store_append(store, &record, NULL);
        if (status == MMF_OK && row == ROWS / 2)
            status = sample_store_sync(store, NULL);
    }
    const sample_record other = record_of(4711);
    if (status == MMF_OK)
        status = sample_store_set(store, 7, &other);
    if (status == MMF_OK)
        status = sample_store_set_i32(store, 7, -1);
    if (status != MMF_OK)
        return failed("write", status, NULL);
    status = sample_store_close(store);
    return status == MMF_OK ? 0 : failed("close", status, NULL);
}

static bool is_same(const sample_record *a, const sample_record *b)
{
    return a->truth == b->truth && a->i8 == b->i8 && a->u8 == b->u8 && a->i16 == b->i16 &&
           a->u16 == b->u16 && a->i32 == b->i32 && a->u32 == b->u32 && a->i64 == b->i64 &&
           a->u64 == b->u64 && memcmp(&a->f32, &b->f32, sizeof a->f32) == 0 &&
           memcmp(&a->f64, &b->f64, sizeof a->f64) == 0 && a->text_length == b->text_length &&
           memcmp(a->text, b->text, a->text_length) == 0 && a->blob_length == b->blob_length &&
           memcmp(a->blob, b->blob, a->blob_length) == 0;
}

static int check_store(const char *path)
{
    mmf_error error;
    sample_store *store = NULL;
    mmf_status status = sample_store_open(path, NULL, &store, &error);
    if (status != MMF_OK)
        return failed("open", status, &error);
    if (sample_store_count(store) != ROWS)
        return failed("count", MMF_OK, NULL);
    for (uint64_t row = 0; row < ROWS; row++) {
        const sample_record expected = record_in_the_end(row);
        sample_record found;
        status = sample_store_get(store, row, &found);
        if (status != MMF_OK || !is_same(&found, &expected)) {
            fprintf(stderr, "exchange: row %lu\n", (unsigned long)row);
            return failed("another record than was written", status, NULL);
        }
    }
    status = sample_store_close(store);
    return status == MMF_OK ? 0 : failed("close", status, NULL);
}

/* The random file id, boot ids and process id, and the checksums over them. */
static int blank(const char *path)
{
    static const char ZEROES[16] = {0};
    FILE *file = fopen(path, "r+b");
    if (file == NULL)
        return failed("blank", MMF_ERR_NOT_FOUND, NULL);
    const struct {
        long offset;
        size_t size;
    } places[] = {
        {offsetof(mmfi_superblock, file_id), MMFI_FILE_ID_SIZE},
        {offsetof(mmfi_superblock, crc), 4},
        {MMFI_PAGE_SIZE + offsetof(mmfi_superblock, file_id), MMFI_FILE_ID_SIZE},
        {MMFI_PAGE_SIZE + offsetof(mmfi_superblock, crc), 4},
        {MMFI_COMMIT_OFFSET + offsetof(mmfi_commit, boot_id), 16},
        {MMFI_COMMIT_OFFSET + offsetof(mmfi_commit, crc), 4},
        {MMFI_COMMIT_OFFSET + MMFI_PAGE_SIZE + offsetof(mmfi_commit, boot_id), 16},
        {MMFI_COMMIT_OFFSET + MMFI_PAGE_SIZE + offsetof(mmfi_commit, crc), 4},
        {MMFI_LIVE_OFFSET + offsetof(mmfi_live, writer_pid), 8},
        {MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id), 16},
        {MMFI_LIVE_OFFSET + offsetof(mmfi_live, device), 16},
    };
    bool good = true;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        good = good && fseek(file, places[i].offset, SEEK_SET) == 0 &&
               fwrite(ZEROES, 1, places[i].size, file) == places[i].size;
    return fclose(file) == 0 && good ? 0 : failed("blank", MMF_ERR_IO, NULL);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "write") == 0)
        return write_store(argv[2]);
    if (argc == 3 && strcmp(argv[1], "check") == 0)
        return check_store(argv[2]);
    if (argc == 3 && strcmp(argv[1], "blank") == 0)
        return blank(argv[2]);
    fprintf(stderr, "usage: exchange write|check|blank PATH\n");
    return 2;
}
