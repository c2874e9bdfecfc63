/* Reads the Go library's files. */
#include "go.h"

#include "../os/space.h"
#include "foreign_check.h"
#include "go_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool go_has_version(const unsigned char *header)
{
    return memcmp(header, "MMFG", 4) == 0 && mmfi_foreign_load32(header + 4) == MMFI_GO_VERSION;
}

bool mmfi_is_go(const mmfi_file *file)
{
    unsigned char header[8];
    return mmfi_file_read(file, 0, header, sizeof header, NULL) == MMF_OK && go_has_version(header);
}

/* ---- The header ---- */

static mmf_status go_check_hash(const mmfi_foreign *of, const unsigned char *header,
                                mmf_error *error)
{
    unsigned char digest[MMFI_SHA256_SIZE];
    if (!mmfi_go_hash(of->schema, digest))
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, of->file.path, "%s: no memory to migrate it",
                         of->file.path);
    const unsigned char *found = header + MMFI_GO_HASH_OFFSET;
    if (memcmp(found, digest, sizeof digest) == 0)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_SCHEMA, 0, of->file.path,
                     "%s: the Go library's file has the schema hash %s and records of %" PRIu32
                     " bytes, and record '%s' of the given schema has %s and %" PRIu32
                     " bytes: give a schema with the names, types and capacities that the Go "
                     "struct has, in the same order",
                     of->file.path, mmfi_go_hash_write(found).text,
                     mmfi_foreign_load32(header + MMFI_GO_RECORD_OFFSET), of->schema->name,
                     mmfi_go_hash_write(digest).text, of->schema->record_size);
}

/* What the hash does not cover: the order of fields, which the version and size may tell. */
static mmf_status go_check_schema(const mmfi_foreign *of, const unsigned char *header,
                                  mmf_error *error)
{
    const uint32_t version = mmfi_foreign_load32(header + MMFI_GO_VERSION_OFFSET);
    const uint32_t size = mmfi_foreign_load32(header + MMFI_GO_RECORD_OFFSET);
    const mmf_status status = go_check_hash(of, header, error);
    if (status != MMF_OK)
        return status;
    if (size != of->schema->record_size)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, of->file.path,
                         "%s: the records of the Go library's file have %" PRIu32
                         " bytes, and those of the given schema %" PRIu32
                         ", with the same fields: give them in the order of the Go struct",
                         of->file.path, size, of->schema->record_size);
    if (version != of->schema->version)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, of->file.path,
                         "%s: the Go library's file has version %" PRIu32
                         " of the schema, and the given schema is version %" PRIu32
                         ", with the same fields: check that they are in the order of the Go "
                         "struct of that version, and write 'version %" PRIu32 "' in it",
                         of->file.path, version, of->schema->version, version);
    return MMF_OK;
}

/* ---- Rows after the count ---- */

#define GO_SCAN_BYTES 65536u

/* The end of the last byte from begin on, before end, that is not zero; 0 for none. */
static mmf_status go_scan(const mmfi_foreign *of, uint64_t begin, uint64_t end, uint64_t *last,
                          unsigned char *buffer, mmf_error *error)
{
    mmf_status status = MMF_OK;
    for (uint64_t at = begin; status == MMF_OK && at < end;) {
        const size_t size = (size_t)(end - at < GO_SCAN_BYTES ? end - at : GO_SCAN_BYTES);
        status = mmfi_file_read(&of->file, at, buffer, size, error);
        size_t used = status == MMF_OK ? size : 0;
        while (used > 0 && buffer[used - 1] == 0)
            used--;
        if (used > 0)
            *last = at + used;
        at += size;
    }
    return status;
}

/*
 * Rows that the count does not have, and that were written: when the page of the header was lost,
 * the disk has an old count. Holes are not read, so that a file which is nothing else takes no
 * time.
 */
static mmf_status go_find_after(mmfi_foreign *of, mmf_error *error)
{
    const uint64_t size = of->schema->record_size;
    if (of->count >= of->room)
        return MMF_OK;
    const uint64_t end = of->header_size + of->room * size;
    uint64_t at = of->header_size + of->count * size;
    uint64_t last = 0;
    unsigned char *buffer = (unsigned char *)malloc(GO_SCAN_BYTES);
    if (buffer == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, of->file.path, "%s: no memory to migrate it",
                         of->file.path);
    mmf_status status = MMF_OK;
    while (status == MMF_OK && at < end) {
        mmfi_file_hole hole = {end, end};
        if (!mmfi_file_next_hole(&of->file, at, &hole) || hole.begin > end)
            hole.begin = hole.end = end;
        if (hole.begin > at)
            status = go_scan(of, at, hole.begin, &last, buffer, error);
        at = hole.end;
    }
    free(buffer);
    if (last > 0)
        of->after = (last - of->header_size - 1) / size + 1 - of->count;
    return status;
}

/* ---- Rows ---- */

static bool is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* A setter makes the sequence odd before it stores: a value is never there with a 0. */
static mmfi_row_state go_state_of(const unsigned char *record, size_t size)
{
    const uint64_t sequence = mmfi_foreign_load64(record);
    if (sequence % 2 != 0)
        return MMFI_ROW_TORN;
    if (sequence != 0)
        return MMFI_ROW_WHOLE;
    return is_zero(record + MMF_SEQUENCE_SIZE, size - MMF_SEQUENCE_SIZE) ? MMFI_ROW_BLANK
                                                                         : MMFI_ROW_TORN;
}

static mmf_status go_read(mmfi_foreign *of, uint64_t first, uint64_t count, unsigned char *records,
                          unsigned char *states, mmf_error *error)
{
    const size_t size = of->schema->record_size;
    const mmf_status status = mmfi_file_read(&of->file, of->header_size + first * size, records,
                                             (size_t)count * size, error);
    for (uint64_t i = 0; status == MMF_OK && i < count; i++) {
        const unsigned char *record = records + i * size;
        const mmfi_row_state state = go_state_of(record, size);
        states[i] = (unsigned char)state;
        if (state == MMFI_ROW_TORN)
            mmfi_foreign_note_torn(of, first + i, mmfi_foreign_load64(record));
    }
    return status;
}

/* The Go library takes no lock on its file that would tell of a writer. */
static mmf_status go_end(const mmfi_foreign *of, mmf_error *error)
{
    unsigned char word[8];
    mmf_status status = mmfi_file_read(&of->file, MMFI_GO_COUNT_OFFSET, word, sizeof word, error);
    bool changed = status == MMF_OK && mmfi_foreign_load64(word) != of->count;
    if (status == MMF_OK && !changed && of->torn_row != UINT64_MAX) {
        const uint64_t at = of->header_size + of->torn_row * of->schema->record_size;
        status = mmfi_file_read(&of->file, at, word, sizeof word, error);
        changed = status == MMF_OK && mmfi_foreign_load64(word) != of->torn_sequence;
    }
    if (!changed)
        return status;
    return mmfi_fail(error, MMF_ERR_BUSY, 0, of->file.path,
                     "%s: a program of the Go library is writing to the file, which cannot be "
                     "migrated meanwhile; close it there, and migrate again",
                     of->file.path);
}

/* "Only 1 is true" is how Go reads a bool. */
static bool go_is_true(unsigned char byte)
{
    return byte == 1;
}

mmf_status mmfi_go_open(mmfi_foreign *of, const mmf_schema *given, mmf_error *error)
{
    static const mmfi_foreign_calls CALLS = {
        go_read, go_end, go_is_true,
        "the fields of the schema are not in the order of the Go struct, or the record is damaged; "
        "check the schema, or migrate the rows before it by options.rows"};
    unsigned char header[MMFI_GO_HEADER_SIZE];
    of->calls = &CALLS;
    of->format = MMFI_GO_VERSION;
    of->header_size = MMFI_GO_HEADER_SIZE;
    mmf_status status = mmfi_file_read(&of->file, 0, header, sizeof header, error);
    if (status == MMF_OK)
        status = mmfi_go_schema_of(given, of->file.path, &of->schema, error);
    if (status == MMF_OK)
        status = go_check_schema(of, header, error);
    if (status == MMF_OK)
        status = mmfi_foreign_measure(of, error);
    if (status != MMF_OK)
        return status;
    of->count = mmfi_foreign_load64(header + MMFI_GO_COUNT_OFFSET);
    return go_find_after(of, error);
}
