/*
 * The header of a file: making a new one, and checking one that came from outside.
 *
 * What is read here is read once into private memory and checked there; the file's own copy is not
 * used afterwards.
 */
#ifndef MMF_FORMAT_HEADER_H
#define MMF_FORMAT_HEADER_H

#include "../os/file.h"
#include "mmapforge/detail/format.h"
#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

/* Where things lie in one file. */
typedef struct mmfi_layout {
    uint64_t header_size; /* where the records begin */
    uint64_t record_size;
    uint64_t undo_offset; /* of the part of the first slot's header that is known */
    uint64_t undo_stride;
    uint32_t undo_count;
    uint32_t checksum_offset; /* in a record; 0 when it has none */
    uint64_t layout_hash;
    uint64_t checksum_key; /* of the file's id; mmfi_checksum_place */
    uint64_t device;       /* st_dev and st_ino of the file, filled in when it is opened */
    uint64_t inode;
} mmfi_layout;

/* Whole records that a file of that size has room for. */
uint64_t mmfi_layout_rows(const mmfi_layout *layout, uint64_t file_size);

/* Undo slots of a new file, each of that stride: for one writer, or for several. */
uint32_t mmfi_undo_count_for(uint64_t stride, bool shared_writers);

/*
 * True when a file is one that was being created when its creator was killed, as far as can be told
 * from what is in it: no data at all, or the header of a store that never had a record nor a sync.
 */
bool mmfi_header_is_unused(const mmfi_file *file);

/*
 * Fills a new, empty file: header, with undo slots for one writer or as many as there can be, room
 * for capacity records, synced. MMF_ERR_NO_SPACE,
 * MMF_ERR_NO_MEMORY or MMF_ERR_IO.
 */
mmf_status mmfi_header_write(const mmfi_file *file, const mmf_schema *schema, uint64_t capacity,
                             bool shared_writers, mmfi_layout *out, mmf_error *error);

/*
 * Reads and checks the header. One damaged superblock does no harm: the other is used. *schema is
 * the file's own, to be released with mmf_schema_free. MMF_ERR_FORMAT: not ours. MMF_ERR_VERSION:
 * another format version. MMF_ERR_UNSUPPORTED: a feature this library does not know.
 * MMF_ERR_CORRUPT: ours, and contradicts itself.
 */
mmf_status mmfi_header_read(const mmfi_file *file, bool writable, mmfi_layout *out,
                            mmf_schema **schema, mmf_error *error);

MMF_END_DECLS

#endif
