/* Writing and checking the header of a file. */
#include "header.h"

#include "../os/random.h"
#include "../os/space.h"
#include "../os/sync_file.h"
#include "mmapforge/detail/crc32c.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t round_up(uint64_t value, uint64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

uint64_t mmfi_layout_rows(const mmfi_layout *layout, uint64_t file_size)
{
    if (file_size <= layout->header_size)
        return 0;
    return (file_size - layout->header_size) / layout->record_size;
}

/* ---- Writing ---- */

uint32_t mmfi_undo_count_for(uint64_t stride, bool shared_writers)
{
    const uint64_t fit = MMFI_UNDO_SHARED_SIZE / stride;
    if (!shared_writers || fit < MMFI_UNDO_COUNT)
        return MMFI_UNDO_COUNT;
    return fit < MMFI_UNDO_COUNT_MAX ? (uint32_t)fit : MMFI_UNDO_COUNT_MAX;
}

static uint64_t flags_for(const mmf_schema *schema)
{
    return schema->checksum_offset != 0 ? MMFI_FLAG_CHECKSUMS : 0;
}

/* True for a field that version 1 of the schema language has words for. */
static bool is_of_first_language(const mmf_field *field)
{
    return field->count == 0 && field->logical == MMF_LOGICAL_NONE && field->structure == NULL &&
           field->null_bit == 0 && field->default_text == NULL && field->was == NULL &&
           field->since == 0 && field->align == 0 && !field->deprecated;
}

/* The lowest version that the text is in, so that older libraries read what they can. */
static uint32_t language_of(const mmf_schema *schema)
{
    for (uint32_t i = 0; i < schema->field_count; i++)
        if (!is_of_first_language(&schema->fields[i]))
            return MMFI_LANGUAGE_VERSION;
    return schema->align == 0 ? 1 : MMFI_LANGUAGE_VERSION;
}

static mmfi_superblock superblock_for(const mmf_schema *schema, bool shared_writers)
{
    mmfi_superblock block;
    memset(&block, 0, sizeof block);
    memcpy(block.magic, MMFI_MAGIC, MMFI_MAGIC_SIZE);
    block.format_version = MMFI_FORMAT_VERSION;
    block.endian_mark = MMFI_ENDIAN_MARK;
    block.size = sizeof block;
    mmfi_random(block.file_id, sizeof block.file_id);
    block.flags_read = block.flags_write = flags_for(schema);
    block.layout_hash = schema->layout_hash;
    block.record_size = schema->record_size;
    block.schema_version = schema->version;
    block.language_version = language_of(schema);
    block.field_count = schema->field_count;
    block.commit_size = sizeof(mmfi_commit);
    block.live_size = sizeof(mmfi_live);
    block.undo_header_size = sizeof(mmfi_undo);
    block.undo_offset = MMFI_UNDO_OFFSET;
    block.undo_stride = round_up(sizeof(mmfi_undo) + schema->record_size, MMFI_UNDO_ALIGNMENT);
    block.undo_count = mmfi_undo_count_for(block.undo_stride, shared_writers);
    block.registry_offset = block.undo_offset + block.undo_count * block.undo_stride;
    block.registry_offset = round_up(block.registry_offset, MMFI_PAGE_SIZE);
    block.registry_size = MMFI_REGISTRY_SIZE;
    block.schema_offset = block.registry_offset + block.registry_size;
    block.schema_size = schema->text_size;
    block.schema_crc = mmfi_crc32c(schema->text, schema->text_size);
    block.header_size = round_up(block.schema_offset + block.schema_size, MMFI_PAGE_SIZE);
    if (block.header_size < MMFI_HEADER_SIZE_MIN)
        block.header_size = MMFI_HEADER_SIZE_MIN;
    block.crc = mmfi_crc32c(&block, offsetof(mmfi_superblock, crc));
    return block;
}

static void fill_header(unsigned char *header, const mmfi_superblock *block,
                        const mmf_schema *schema, uint64_t capacity)
{
    for (uint32_t i = 0; i < MMFI_SUPERBLOCK_COPIES; i++)
        memcpy(header + MMFI_SUPERBLOCK_OFFSET + i * MMFI_PAGE_SIZE, block, sizeof *block);
    for (uint32_t i = 0; i < MMFI_COMMIT_COPIES; i++) {
        mmfi_commit commit;
        memset(&commit, 0, sizeof commit);
        commit.size = sizeof commit;
        commit.generation = i;
        commit.capacity = capacity;
        commit.flags = MMFI_COMMIT_CLEAN;
        commit.crc = mmfi_crc32c(&commit, offsetof(mmfi_commit, crc));
        memcpy(header + MMFI_COMMIT_OFFSET + i * MMFI_PAGE_SIZE, &commit, sizeof commit);
        const uint64_t confirmed = mmfi_confirmation_of(commit.crc);
        memcpy(header + MMFI_COMMIT_OFFSET + i * MMFI_PAGE_SIZE + MMFI_COMMIT_CONFIRMATION,
               &confirmed, sizeof confirmed);
    }
    memcpy(header + block->schema_offset, schema->text, schema->text_size);
}

/* Two words of random bits: of two files they are as good as never the same. */
static uint64_t checksum_key_of(const uint8_t *file_id)
{
    uint64_t words[MMFI_FILE_ID_SIZE / sizeof(uint64_t)];
    memcpy(words, file_id, sizeof words);
    return words[0] ^ words[1];
}

static mmfi_layout layout_of(const mmfi_superblock *block, const mmf_schema *schema)
{
    mmfi_layout layout;
    memset(&layout, 0, sizeof layout);
    layout.header_size = block->header_size;
    layout.record_size = block->record_size;
    /* Only the end of a slot's header is known, the part before the before-image. */
    layout.undo_offset = block->undo_offset + block->undo_header_size - sizeof(mmfi_undo);
    layout.undo_stride = block->undo_stride;
    layout.undo_count = block->undo_count;
    layout.checksum_offset = schema->checksum_offset;
    layout.layout_hash = block->layout_hash;
    layout.checksum_key = checksum_key_of(block->file_id);
    return layout;
}

mmf_status mmfi_header_write(const mmfi_file *file, const mmf_schema *schema, uint64_t capacity,
                             bool shared_writers, mmfi_layout *out, mmf_error *error)
{
    const mmfi_superblock block = superblock_for(schema, shared_writers);
    const uint64_t size =
        round_up(block.header_size + capacity * schema->record_size, MMFI_PAGE_SIZE);
    *out = layout_of(&block, schema);
    mmf_status status = mmfi_file_grow(file, size, error);
    if (status != MMF_OK)
        return status;
    unsigned char *header = calloc(1, (size_t)block.header_size);
    if (header == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, file->path,
                         "%s: no memory for a header of %" PRIu64 " bytes", file->path,
                         block.header_size);
    fill_header(header, &block, schema, mmfi_layout_rows(out, size));
    status = mmfi_file_write(file, 0, header, (size_t)block.header_size, error);
    free(header);
    return status == MMF_OK ? mmfi_file_sync(file, error) : status;
}

/* ---- What a killed creator left ---- */

static bool commit_is_of_create(const mmfi_file *file, uint32_t slot)
{
    mmfi_commit commit;
    return mmfi_file_read(file, MMFI_COMMIT_OFFSET + slot * MMFI_PAGE_SIZE, &commit, sizeof commit,
                          NULL) == MMF_OK &&
           commit.count == 0 && commit.generation < MMFI_COMMIT_COPIES;
}

bool mmfi_header_is_unused(const mmfi_file *file)
{
    mmfi_superblock block;
    mmfi_live live;
    if (mmfi_file_has_no_data(file))
        return true;
    if (mmfi_file_read(file, MMFI_SUPERBLOCK_OFFSET, &block, sizeof block, NULL) != MMF_OK ||
        mmfi_file_read(file, MMFI_LIVE_OFFSET, &live, sizeof live, NULL) != MMF_OK)
        return false;
    bool unused = memcmp(block.magic, MMFI_MAGIC, MMFI_MAGIC_SIZE) == 0 &&
                  block.format_version == MMFI_FORMAT_VERSION && live.count == 0;
    for (uint32_t slot = 0; slot < MMFI_COMMIT_COPIES; slot++)
        unused = unused && commit_is_of_create(file, slot);
    return unused;
}

/* ---- Reading ---- */

#define HINT_NOT_OURS "give the path of a file that mmapforge made"
#define HINT_CORRUPT  "restore the file from a copy"

static mmf_status corrupt(const mmfi_file *file, mmf_error *error, const char *what, uint64_t found,
                          uint64_t expected)
{
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, file->path,
                     "%s: the header is damaged: %s is %" PRIu64 ", expected %" PRIu64
                     "; " HINT_CORRUPT,
                     file->path, what, found, expected);
}

static bool has_magic(const mmfi_superblock *block)
{
    return memcmp(block->magic, MMFI_MAGIC, MMFI_MAGIC_SIZE) == 0;
}

static mmf_status fail_version(const mmfi_file *file, uint32_t found, mmf_error *error)
{
    const char *what = found < MMFI_FORMAT_VERSION
                           ? "migrate it to a new file by `python -m mmapforge migrate`, or by "
                             "mmf_store_migrate in C"
                           : "use a newer library";
    const char *whose = found == 1 ? ", which is the Go library's" : "";
    return mmfi_fail(error, MMF_ERR_VERSION, 0, file->path,
                     "%s: the file has format version %" PRIu32 "%s, expected version %u; %s",
                     file->path, found, whose, MMFI_FORMAT_VERSION, what);
}

/* What is not ours is told from what is ours and damaged by the first words, alike in all versions.
 */
static mmf_status check_identity(const mmfi_file *file, const mmfi_superblock *block,
                                 mmf_error *error)
{
    if (!has_magic(block))
        return mmfi_fail(error, MMF_ERR_FORMAT, 0, file->path,
                         "%s: not a mmapforge file: it begins with bytes %02x %02x %02x %02x, "
                         "expected '" MMFI_MAGIC "'; " HINT_NOT_OURS,
                         file->path, (unsigned char)block->magic[0], (unsigned char)block->magic[1],
                         (unsigned char)block->magic[2], (unsigned char)block->magic[3]);
    return block->format_version == MMFI_FORMAT_VERSION
               ? MMF_OK
               : fail_version(file, block->format_version, error);
}

/* A superblock with all that a later version may have put after what this one knows. */
typedef union superblock_page {
    mmfi_superblock block;
    unsigned char bytes[MMFI_PAGE_SIZE];
} superblock_page;

static bool superblock_is_sound(const superblock_page *page)
{
    const uint32_t size = page->block.size;
    uint32_t crc = 0;
    if (!has_magic(&page->block) || page->block.format_version != MMFI_FORMAT_VERSION ||
        size < sizeof(mmfi_superblock) || size > MMFI_PAGE_SIZE || size % sizeof crc != 0)
        return false;
    memcpy(&crc, page->bytes + size - sizeof crc, sizeof crc);
    return crc == mmfi_crc32c(page->bytes, size - sizeof crc);
}

static mmf_status read_superblock(const mmfi_file *file, mmfi_superblock *out, mmf_error *error)
{
    superblock_page copies[MMFI_SUPERBLOCK_COPIES];
    for (uint32_t i = 0; i < MMFI_SUPERBLOCK_COPIES; i++) {
        const mmf_status status = mmfi_file_read(file, MMFI_SUPERBLOCK_OFFSET + i * MMFI_PAGE_SIZE,
                                                 &copies[i], sizeof copies[i], error);
        if (status != MMF_OK)
            return status;
        if (superblock_is_sound(&copies[i])) {
            *out = copies[i].block;
            return MMF_OK;
        }
    }
    const bool second = !has_magic(&copies[0].block) && has_magic(&copies[1].block);
    const mmf_status status = check_identity(file, &copies[second ? 1 : 0].block, error);
    if (status != MMF_OK)
        return status;
    return mmfi_fail(error, MMF_ERR_CORRUPT, 0, file->path,
                     "%s: both copies of the superblock fail their checksum (their sizes are "
                     "%" PRIu32 " and %" PRIu32 ", of %zu bytes or more); " HINT_CORRUPT,
                     file->path, copies[0].block.size, copies[1].block.size,
                     sizeof(mmfi_superblock));
}

/* Unsupported, and not corrupt: the flags are within the checksum. */
static mmf_status check_flags(const mmfi_file *file, bool writable, const mmfi_superblock *block,
                              mmf_error *error)
{
    const uint64_t read_unknown = block->flags_read & ~MMFI_FLAGS_READ_KNOWN;
    const uint64_t write_unknown = block->flags_write & ~MMFI_FLAGS_WRITE_KNOWN;
    if (read_unknown != 0)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, file->path,
                         "%s: the file uses features that this library is too old for (bits "
                         "0x%016" PRIx64 " of flags_read), without which it must not be read; use "
                         "a newer library",
                         file->path, read_unknown);
    if (write_unknown != 0 && writable)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, file->path,
                         "%s: the file uses features that this library is too old for (bits "
                         "0x%016" PRIx64 " of flags_write), without which it must not be written; "
                         "open it read-only, or use a newer library",
                         file->path, write_unknown);
    if (block->language_version > MMFI_LANGUAGE_VERSION)
        return mmfi_fail(error, MMF_ERR_UNSUPPORTED, 0, file->path,
                         "%s: the schema in the file is written in version %" PRIu32
                         " of the schema language, this library reads up to version %u; use a "
                         "newer library",
                         file->path, block->language_version, MMFI_LANGUAGE_VERSION);
    return MMF_OK;
}

/* What a later version may have made larger, but not smaller. */
static mmf_status check_sizes(const mmfi_file *file, const mmfi_superblock *block, mmf_error *error)
{
    if (block->language_version == 0)
        return corrupt(file, error, "the language version", 0, MMFI_LANGUAGE_VERSION);
    if (block->commit_size < sizeof(mmfi_commit) || block->commit_size > MMFI_PAGE_SIZE)
        return corrupt(file, error, "the commit slots' size", block->commit_size,
                       sizeof(mmfi_commit));
    if (block->live_size < sizeof(mmfi_live) || block->live_size > MMFI_PAGE_SIZE)
        return corrupt(file, error, "the shared page's size", block->live_size, sizeof(mmfi_live));
    if (block->undo_header_size < sizeof(mmfi_undo) || block->undo_header_size > MMFI_PAGE_SIZE ||
        block->undo_header_size % MMFI_UNDO_ALIGNMENT != 0)
        return corrupt(file, error, "the size of the undo slots' header", block->undo_header_size,
                       sizeof(mmfi_undo));
    return MMF_OK;
}

static mmf_status check_undo(const mmfi_file *file, const mmfi_superblock *block, mmf_error *error)
{
    const uint64_t least =
        round_up(block->undo_header_size + (uint64_t)block->record_size, MMFI_UNDO_ALIGNMENT);
    if (block->undo_count == 0 || block->undo_count > MMFI_UNDO_COUNT_MAX)
        return corrupt(file, error, "the number of undo slots", block->undo_count, MMFI_UNDO_COUNT);
    if (block->undo_stride < least || block->undo_stride % MMFI_UNDO_ALIGNMENT != 0 ||
        block->undo_stride > block->header_size)
        return corrupt(file, error, "the undo slots' stride", block->undo_stride, least);
    if (block->undo_offset < MMFI_UNDO_OFFSET || block->undo_offset % MMFI_UNDO_ALIGNMENT != 0 ||
        block->undo_offset > block->header_size ||
        block->undo_count > (block->header_size - block->undo_offset) / block->undo_stride)
        return corrupt(file, error, "the undo slots' offset", block->undo_offset, MMFI_UNDO_OFFSET);
    return MMF_OK;
}

/* A checksum says that the bytes are as written, not that their writer meant well. */
static mmf_status check_layout(const mmfi_file *file, const mmfi_superblock *block,
                               uint64_t file_size, mmf_error *error)
{
    if (block->endian_mark != MMFI_ENDIAN_MARK)
        return corrupt(file, error, "the endian mark", block->endian_mark, MMFI_ENDIAN_MARK);
    if (block->record_size == 0 || block->record_size % MMF_SEQUENCE_SIZE != 0 ||
        block->record_size > MMF_RECORD_SIZE_MAX)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, file->path,
                         "%s: the header is damaged: the record size is %" PRIu32
                         ", expected a multiple of %u from %u to %u; " HINT_CORRUPT,
                         file->path, block->record_size, MMF_SEQUENCE_SIZE, MMF_SEQUENCE_SIZE,
                         MMF_RECORD_SIZE_MAX);
    if (block->schema_size > MMF_SCHEMA_TEXT_MAX)
        return corrupt(file, error, "the schema's size", block->schema_size, MMF_SCHEMA_TEXT_MAX);
    if (block->header_size < MMFI_HEADER_SIZE_MIN || block->header_size % MMFI_PAGE_SIZE != 0 ||
        block->header_size > file_size)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, file->path,
                         "%s: the header claims %" PRIu64 " bytes of a file of %" PRIu64
                         ", expected a multiple of %u from %u on; " HINT_CORRUPT,
                         file->path, block->header_size, file_size, MMFI_PAGE_SIZE,
                         MMFI_HEADER_SIZE_MIN);
    mmf_status status = check_sizes(file, block, error);
    if (status == MMF_OK)
        status = check_undo(file, block, error);
    if (status != MMF_OK)
        return status;
    if (block->schema_offset < MMFI_UNDO_OFFSET || block->schema_offset > block->header_size ||
        block->schema_size > block->header_size - block->schema_offset)
        return corrupt(file, error, "the schema's offset", block->schema_offset,
                       block->registry_offset + block->registry_size);
    return MMF_OK;
}

static mmf_status read_schema(const mmfi_file *file, const mmfi_superblock *block,
                              mmf_schema **schema, mmf_error *error)
{
    char *text = malloc((size_t)block->schema_size + 1);
    if (text == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, file->path,
                         "%s: no memory for a schema of %" PRIu32 " bytes", file->path,
                         block->schema_size);
    mmf_error why = {MMF_OK, 0, "", ""};
    mmf_status status = mmfi_file_read(file, block->schema_offset, text, block->schema_size, error);
    if (status == MMF_OK && mmfi_crc32c(text, block->schema_size) != block->schema_crc)
        status =
            mmfi_fail(error, MMF_ERR_CORRUPT, 0, file->path,
                      "%s: the schema in the file fails its checksum; " HINT_CORRUPT, file->path);
    else if (status == MMF_OK) {
        status = mmf_schema_parse(text, block->schema_size, schema, &why);
        if (status != MMF_OK)
            (void)mmfi_fail(error, status, 0, file->path,
                            "%s: the schema in the file is damaged: %s; " HINT_CORRUPT, file->path,
                            why.message);
    }
    free(text);
    return status;
}

static mmf_status check_schema(const mmfi_file *file, const mmfi_superblock *block,
                               const mmf_schema *schema, mmf_error *error)
{
    if (schema->record_size != block->record_size)
        return corrupt(file, error, "the record size", block->record_size, schema->record_size);
    if (schema->field_count != block->field_count)
        return corrupt(file, error, "the number of fields", block->field_count,
                       schema->field_count);
    if (schema->layout_hash != block->layout_hash)
        return corrupt(file, error, "the layout hash", block->layout_hash, schema->layout_hash);
    if (schema->version != block->schema_version)
        return corrupt(file, error, "the schema version", block->schema_version, schema->version);
    const uint64_t read = block->flags_read & MMFI_FLAG_CHECKSUMS;
    const uint64_t write = block->flags_write & MMFI_FLAG_CHECKSUMS;
    if (read != flags_for(schema) || write != flags_for(schema))
        return corrupt(file, error, "the flag for checksums", read & write, flags_for(schema));
    return MMF_OK;
}

mmf_status mmfi_header_read(const mmfi_file *file, bool writable, mmfi_layout *out,
                            mmf_schema **schema, mmf_error *error)
{
    mmfi_superblock block;
    uint64_t size = 0;
    *schema = NULL;
    memset(&block, 0, sizeof block);
    mmf_status status = mmfi_file_size(file, &size, error);
    if (status != MMF_OK)
        return status;
    if (size < MMFI_HEADER_SIZE_MIN) {
        mmfi_superblock begin;
        memset(&begin, 0, sizeof begin);
        if (size >= offsetof(mmfi_superblock, endian_mark))
            (void)mmfi_file_read(file, 0, &begin, offsetof(mmfi_superblock, endian_mark), NULL);
        const bool ours = memcmp(begin.magic, MMFI_MAGIC, MMFI_MAGIC_SIZE) == 0;
        if (ours && check_identity(file, &begin, error) != MMF_OK)
            return MMF_ERR_VERSION;
        return mmfi_fail(error, ours ? MMF_ERR_CORRUPT : MMF_ERR_FORMAT, 0, file->path,
                         "%s: %s: it has %" PRIu64 " bytes, the header alone takes %u; %s",
                         file->path, ours ? "the file is truncated" : "not a mmapforge file", size,
                         MMFI_HEADER_SIZE_MIN, ours ? HINT_CORRUPT : HINT_NOT_OURS);
    }
    status = read_superblock(file, &block, error);
    if (status == MMF_OK)
        status = check_flags(file, writable, &block, error);
    if (status == MMF_OK)
        status = check_layout(file, &block, size, error);
    if (status == MMF_OK)
        status = read_schema(file, &block, schema, error);
    if (status == MMF_OK)
        status = check_schema(file, &block, *schema, error);
    if (status != MMF_OK) {
        mmf_schema_free(*schema);
        *schema = NULL;
        return status;
    }
    *out = layout_of(&block, *schema);
    return MMF_OK;
}
