/*
 * Reads files of format version 2.
 *
 * The format is that of version 3 with smaller parts: a superblock of 256 bytes, twice; commit
 * slots of 64 bytes on pages 2 and 3; the shared page, which is page 4; undo slots; the schema as
 * text; records. docs/file-format.md says what became of it. As in version 3, the shared page and
 * the undo slots are valid only in the boot that the file was written in; after another one the
 * last commit has the count, and a record with an odd sequence is torn.
 */
#include "version2.h"

#include "../os/boot_id.h"
#include "../os/lock.h"
#include "foreign_check.h"
#include "mmapforge/detail/crc32c.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define V2_MAGIC           "MMFG"
#define V2_PAGE            4096u
#define V2_SUPERBLOCK      256u
#define V2_COMMIT          64u
#define V2_COMMIT_OFFSET   8192u
#define V2_LIVE_OFFSET     16384u
#define V2_UNDO_OFFSET_MIN 20480u
#define V2_UNDO_HEADER     64u
#define V2_UNDO_COUNT      8u /* of a file for one writer */
#define V2_HEADER_MIN      65536u
#define V2_ENDIAN_MARK     0x01020304u
#define V2_FLAG_CHECKSUMS  1u

#define V2_HINT "restore the file from a copy"

/* A superblock, as far as it is used. */
typedef struct v2_superblock {
    uint32_t version;
    uint32_t endian_mark;
    uint32_t size;
    uint64_t layout_hash;
    uint32_t record_size;
    uint32_t schema_version;
    uint64_t header_size;
    uint32_t field_count;
    uint32_t flags_read;
    uint32_t flags_write;
    uint32_t undo_count;
    uint64_t undo_offset;
    uint64_t undo_stride;
    uint64_t schema_offset;
    uint32_t schema_size;
    uint32_t schema_crc;
} v2_superblock;

/* ---- The superblock ---- */

static v2_superblock v2_superblock_of(const unsigned char *from)
{
    v2_superblock out;
    out.version = mmfi_foreign_load32(from + 4);
    out.endian_mark = mmfi_foreign_load32(from + 8);
    out.size = mmfi_foreign_load32(from + 12);
    out.layout_hash = mmfi_foreign_load64(from + 32);
    out.record_size = mmfi_foreign_load32(from + 40);
    out.schema_version = mmfi_foreign_load32(from + 44);
    out.header_size = mmfi_foreign_load64(from + 48);
    out.field_count = mmfi_foreign_load32(from + 56);
    out.flags_read = mmfi_foreign_load32(from + 60);
    out.flags_write = mmfi_foreign_load32(from + 64);
    out.undo_count = mmfi_foreign_load32(from + 68);
    out.undo_offset = mmfi_foreign_load64(from + 72);
    out.undo_stride = mmfi_foreign_load64(from + 80);
    out.schema_offset = mmfi_foreign_load64(from + 104);
    out.schema_size = mmfi_foreign_load32(from + 112);
    out.schema_crc = mmfi_foreign_load32(from + 116);
    return out;
}

static bool v2_has_version(const unsigned char *block)
{
    return memcmp(block, V2_MAGIC, 4) == 0 && mmfi_foreign_load32(block + 4) == 2;
}

static bool v2_is_sound(const unsigned char *block)
{
    return v2_has_version(block) &&
           mmfi_foreign_load32(block + V2_SUPERBLOCK - 4) == mmfi_crc32c(block, V2_SUPERBLOCK - 4);
}

/* Of the two copies, the first that is sound; false when neither is. */
static bool v2_find_superblock(const mmfi_file *file, unsigned char *block)
{
    for (uint64_t copy = 0; copy < 2; copy++)
        if (mmfi_file_read(file, copy * V2_PAGE, block, V2_SUPERBLOCK, NULL) == MMF_OK &&
            v2_is_sound(block))
            return true;
    return false;
}

bool mmfi_is_version2(const mmfi_file *file)
{
    unsigned char block[V2_SUPERBLOCK];
    return v2_find_superblock(file, block) ||
           (mmfi_file_read(file, 0, block, 8, NULL) == MMF_OK && v2_has_version(block));
}

static mmf_status v2_corrupt(const mmfi_foreign *of, mmf_error *error, const char *what,
                             uint64_t found)
{
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->file.path,
                     "%s: the header of the file, of format version 2, is damaged: %s is %" PRIu64
                     "; " V2_HINT,
                     of->file.path, what, found);
}

/* A checksum says that the bytes are as they were written, not by whom. */
static mmf_status v2_check(const mmfi_foreign *of, const v2_superblock *block, mmf_error *error)
{
    uint64_t size = 0;
    const mmf_status status = mmfi_file_size(&of->file, &size, error);
    if (status != MMF_OK)
        return status;
    if (block->endian_mark != V2_ENDIAN_MARK)
        return v2_corrupt(of, error, "the endian mark", block->endian_mark);
    if (block->size != V2_SUPERBLOCK)
        return v2_corrupt(of, error, "the superblock's size", block->size);
    if (((block->flags_read | block->flags_write) & ~V2_FLAG_CHECKSUMS) != 0)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, of->file.path,
                         "%s: the file, of format version 2, uses features that no version of "
                         "mmapforge had (0x%08" PRIx32 " and 0x%08" PRIx32 "); " V2_HINT,
                         of->file.path, block->flags_read, block->flags_write);
    if (block->record_size == 0 || block->record_size % MMF_SEQUENCE_SIZE != 0 ||
        block->record_size > MMF_RECORD_SIZE_MAX)
        return v2_corrupt(of, error, "the record size", block->record_size);
    if (block->header_size < V2_HEADER_MIN || block->header_size % V2_PAGE != 0 ||
        block->header_size > size)
        return v2_corrupt(of, error, "the header's size", block->header_size);
    const uint64_t stride = ((uint64_t)V2_UNDO_HEADER + block->record_size + 63) / 64 * 64;
    if (block->undo_count == 0 || block->undo_count > MMFI_FOREIGN_UNDO_MAX)
        return v2_corrupt(of, error, "the number of undo slots", block->undo_count);
    if (block->undo_stride != stride)
        return v2_corrupt(of, error, "the undo slots' stride", block->undo_stride);
    if (block->undo_offset < V2_UNDO_OFFSET_MIN || block->undo_offset > block->header_size ||
        block->undo_count * stride > block->header_size - block->undo_offset)
        return v2_corrupt(of, error, "the undo slots' offset", block->undo_offset);
    if (block->schema_size > MMF_SCHEMA_TEXT_MAX)
        return v2_corrupt(of, error, "the schema's size", block->schema_size);
    if (block->schema_offset < V2_UNDO_OFFSET_MIN || block->schema_offset > block->header_size ||
        block->schema_size > block->header_size - block->schema_offset)
        return v2_corrupt(of, error, "the schema's offset", block->schema_offset);
    return MMF_OK;
}

/* ---- The schema ---- */

static mmf_status v2_parse_schema(mmfi_foreign *of, const v2_superblock *block, char *text,
                                  mmf_error *error)
{
    mmf_error why;
    mmf_status status =
        mmfi_file_read(&of->file, block->schema_offset, text, block->schema_size, error);
    if (status != MMF_OK)
        return status;
    if (mmfi_crc32c(text, block->schema_size) != block->schema_crc)
        return v2_corrupt(of, error, "the checksum of the schema", block->schema_crc);
    status = mmf_schema_parse(text, block->schema_size, &of->schema, &why);
    if (status != MMF_OK)
        return mmfi_fail(error, status, 0, of->file.path,
                         "%s: the schema in the file is damaged: %s; " V2_HINT, of->file.path,
                         why.message);
    const uint32_t flags = of->schema->checksum_offset != 0 ? V2_FLAG_CHECKSUMS : 0;
    if (of->schema->record_size != block->record_size)
        return v2_corrupt(of, error, "the record size", block->record_size);
    if (of->schema->field_count != block->field_count)
        return v2_corrupt(of, error, "the number of fields", block->field_count);
    if (of->schema->layout_hash != block->layout_hash)
        return v2_corrupt(of, error, "the layout hash", block->layout_hash);
    if (of->schema->version != block->schema_version)
        return v2_corrupt(of, error, "the schema version", block->schema_version);
    if (block->flags_read != flags || block->flags_write != flags)
        return v2_corrupt(of, error, "the flag for checksums", block->flags_read);
    return MMF_OK;
}

/* Version 1 of the schema language: what else the text has, no writer of the format wrote. */
static mmf_status v2_check_language(const mmfi_foreign *of, mmf_error *error)
{
    bool known = of->schema->validity_offset == 0 && of->schema->align == 0;
    for (uint32_t i = 0; i < of->schema->field_count; i++) {
        const mmf_field *field = &of->schema->fields[i];
        known = known && field->count == 0 && field->logical == MMF_LOGICAL_NONE &&
                field->structure == NULL && field->align == 0;
    }
    return known ? MMF_OK
                 : mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->file.path,
                             "%s: the schema in the file has types that format version 2 had not; "
                             "" V2_HINT,
                             of->file.path);
}

static mmf_status v2_read_schema(mmfi_foreign *of, const v2_superblock *block, mmf_error *error)
{
    char *text = (char *)malloc((size_t)block->schema_size + 1);
    if (text == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, of->file.path,
                         "%s: no memory for a schema of %" PRIu32 " bytes", of->file.path,
                         block->schema_size);
    const mmf_status status = v2_parse_schema(of, block, text, error);
    free(text);
    return status == MMF_OK ? v2_check_language(of, error) : status;
}

/* ---- The count ---- */

/* The count of the last commit; false when both slots fail their checksums. */
static bool v2_committed(const mmfi_foreign *of, uint64_t *out)
{
    bool found = false;
    uint64_t last = 0;
    for (uint64_t slot = 0; slot < 2; slot++) {
        unsigned char commit[V2_COMMIT];
        if (mmfi_file_read(&of->file, V2_COMMIT_OFFSET + slot * V2_PAGE, commit, sizeof commit,
                           NULL) != MMF_OK ||
            mmfi_foreign_load32(commit + V2_COMMIT - 4) != mmfi_crc32c(commit, V2_COMMIT - 4))
            continue;
        const uint64_t generation = mmfi_foreign_load64(commit);
        if (generation % 2 != slot || (found && generation < last))
            continue;
        found = true;
        last = generation;
        *out = mmfi_foreign_load64(commit + 8);
    }
    return found;
}

/* The shared page is of the boot that the machine is in. */
static mmf_status v2_read_live(const mmfi_foreign *of, uint64_t *count, bool *trusted,
                               mmf_error *error)
{
    unsigned char live[384];
    uint64_t boot[2] = {0, 0};
    mmf_status status = mmfi_boot_id_find(of->file.path, error);
    if (status == MMF_OK)
        status = mmfi_file_read(&of->file, V2_LIVE_OFFSET, live, sizeof live, error);
    if (status != MMF_OK)
        return status;
    mmfi_boot_id(boot);
    *count = mmfi_foreign_load64(live);
    *trusted = (boot[0] | boot[1]) != 0 && mmfi_foreign_load64(live + 208) == boot[0] &&
               mmfi_foreign_load64(live + 216) == boot[1];
    return MMF_OK;
}

static mmf_status v2_find_count(mmfi_foreign *of, bool *trusted, mmf_error *error)
{
    uint64_t live = 0;
    uint64_t committed = 0;
    mmf_status status = v2_read_live(of, &live, trusted, error);
    if (status == MMF_OK)
        status = mmfi_foreign_measure(of, error);
    if (status != MMF_OK)
        return status;
    const bool has_commit = v2_committed(of, &committed);
    if (!*trusted && !has_commit)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->file.path,
                         "%s: both commit slots fail their checksum, so nothing says how many "
                         "records there are; " V2_HINT,
                         of->file.path);
    if (*trusted && has_commit && live < committed)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->file.path,
                         "%s: the shared record count (%" PRIu64
                         ") is below the last synced count (%" PRIu64
                         "); the header is damaged; " V2_HINT,
                         of->file.path, live, committed);
    of->count = *trusted ? live : committed;
    const uint64_t end = live < of->room ? live : of->room;
    of->after = end > of->count ? end - of->count : 0;
    return MMF_OK;
}

static mmf_status v2_read_undo(mmfi_foreign *of, const v2_superblock *block, mmf_error *error)
{
    for (uint32_t i = 0; i < block->undo_count; i++) {
        unsigned char header[V2_UNDO_HEADER];
        const uint64_t at = block->undo_offset + i * block->undo_stride;
        const mmf_status status = mmfi_file_read(&of->file, at, header, sizeof header, error);
        if (status != MMF_OK)
            return status;
        const mmfi_foreign_undo undo = {mmfi_foreign_load64(header + 8),
                                        mmfi_foreign_load64(header + 16), at + V2_UNDO_HEADER};
        of->undo[of->undo_count++] = undo;
    }
    return MMF_OK;
}

/* ---- Rows ---- */

/* The checksum of version 2: of the record alone, with its own bytes zero, as they are left. */
static bool v2_checksum_is_right(const mmfi_foreign *of, unsigned char *record)
{
    const uint32_t at = of->schema->checksum_offset;
    if (at == 0)
        return true;
    const uint32_t found = mmfi_foreign_load32(record + at);
    memset(record + at, 0, MMF_CHECKSUM_SIZE);
    return found == mmfi_crc32c(record, of->schema->record_size);
}

/* Puts the before-image of a row in its place, if there is one. */
static mmf_status v2_take_image(const mmfi_foreign *of, uint64_t row, unsigned char *record,
                                mmf_error *error)
{
    const uint64_t odd = mmfi_foreign_load64(record);
    for (uint32_t i = 0; i < of->undo_count; i++)
        if (of->undo[i].row == row && of->undo[i].sequence == odd)
            return mmfi_file_read(&of->file, of->undo[i].image, record, of->schema->record_size,
                                  error);
    return MMF_OK;
}

static mmf_status v2_read(mmfi_foreign *of, uint64_t first, uint64_t count, unsigned char *records,
                          unsigned char *states, mmf_error *error)
{
    const size_t size = of->schema->record_size;
    mmf_status status = mmfi_file_read(&of->file, of->header_size + first * size, records,
                                       (size_t)count * size, error);
    for (uint64_t i = 0; status == MMF_OK && i < count; i++) {
        unsigned char *record = records + i * size;
        const uint64_t sequence = mmfi_foreign_load64(record);
        if (sequence % 2 != 0)
            status = v2_take_image(of, first + i, record, error);
        const uint64_t found = mmfi_foreign_load64(record);
        const bool whole = found != 0 && found % 2 == 0 && v2_checksum_is_right(of, record);
        states[i] = whole ? MMFI_ROW_WHOLE : MMFI_ROW_TORN;
        if (!whole)
            mmfi_foreign_note_torn(of, first + i, sequence);
    }
    return status;
}

/* Writers are locked out. */
static mmf_status v2_end(const mmfi_foreign *of, mmf_error *error)
{
    (void)of;
    (void)error;
    return MMF_OK;
}

static bool v2_is_true(unsigned char byte)
{
    return byte != 0;
}

/* ---- Opening ---- */

mmf_status mmfi_version2_open(mmfi_foreign *of, mmf_error *error)
{
    static const mmfi_foreign_calls CALLS = {
        v2_read, v2_end, v2_is_true,
        "the record is damaged; migrate the rows before it by options.rows, or " V2_HINT};
    unsigned char bytes[V2_SUPERBLOCK];
    of->calls = &CALLS;
    of->format = 2;
    of->has_name = true;
    mmf_status status = mmfi_file_lock_out(&of->file, error);
    if (status != MMF_OK)
        return status;
    if (!v2_find_superblock(&of->file, bytes))
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->file.path,
                         "%s: the file is of format version 2, and both copies of its superblock "
                         "fail their checksum; " V2_HINT,
                         of->file.path);
    const v2_superblock block = v2_superblock_of(bytes);
    bool trusted = false;
    of->header_size = block.header_size;
    of->several_writers = block.undo_count > V2_UNDO_COUNT;
    status = v2_check(of, &block, error);
    if (status == MMF_OK)
        status = v2_read_schema(of, &block, error);
    if (status == MMF_OK)
        status = v2_find_count(of, &trusted, error);
    if (status == MMF_OK && trusted)
        status = v2_read_undo(of, &block, error);
    return status;
}
