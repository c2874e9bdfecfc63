/*
 * How generated code writes records that have a checksum: the checksummed counterparts of calls in
 * mmapforge/detail/access.h and mmapforge/detail/fields.h. Reading them is reading any record.
 *
 * record_size, checksum (its offset), offset and max are constants at every call. A call that sets
 * a part of a record first makes sure that the rest is sound: MMF_ERR_CORRUPT, and nothing written,
 * when it is not; a whole record may replace anything. A change of one scalar is a replacement of
 * the record, and costs as much: a reader never waits for it, and a kill undoes it.
 */
#ifndef MMAPFORGE_DETAIL_ACCESS_CHECKSUM_H
#define MMAPFORGE_DETAIL_ACCESS_CHECKSUM_H

#include "mmapforge/detail/checksum.h"
#include "mmapforge/detail/fields.h"

MMF_BEGIN_DECLS

/* MMF_OK when a part of the row may be replaced: it may be written, and it is sound. */
MMFI_COLD mmf_status mmfi_part_check(const mmf_store *store, uint64_t row);

/* ---- Whole records ---- */

MMFI_INLINE mmf_status mmfi_checksummed_append_end(mmfi_append append, size_t record_size,
                                                   size_t checksum, uint64_t *row)
{
    mmfi_checksum_save_fresh(append.record, record_size, checksum,
                             mmfi_checksum_place(append.store->checksum_key, append.row),
                             append.writer->sequence);
    return mmfi_append_end(append, row);
}

MMFI_INLINE mmf_status mmfi_checksummed_write_end(mmfi_write write, const mmf_store *store,
                                                  uint64_t row, size_t record_size, size_t checksum)
{
    mmfi_checksum_save_fresh(write.record, record_size, checksum,
                             mmfi_checksum_place(store->checksum_key, row), write.sequence + 1);
    return mmfi_write_end(write);
}

/* ---- One field ---- */

/* True when the record is sound at the first attempt; false asks for a slow read. */
MMFI_INLINE bool mmfi_checksummed_is_sound(const mmf_store *store, uint64_t row, size_t record_size,
                                           size_t checksum)
{
    const unsigned char *record = mmfi_row(store, row, record_size);
    const uint64_t sequence = mmfi_sequence_load(record);
    return mmfi_sequence_is_whole(sequence) &&
           mmfi_checksum_fault(record, record_size, checksum,
                               mmfi_checksum_place(store->checksum_key, row), sequence) == 0 &&
           mmfi_sequence_validate(record, sequence);
}

/* As mmfi_write_begin, of a record of which a part stays. Ends with mmfi_checksummed_write_end. */
MMFI_INLINE mmfi_write mmfi_part_begin(mmf_store *store, uint64_t row, size_t record_size,
                                       size_t checksum)
{
    if (MMFI_UNLIKELY(row >= mmfi_some(store)->writer->settable ||
                      !mmfi_checksummed_is_sound(store, row, record_size, checksum))) {
        const mmf_status status = mmfi_part_check(store, row);
        if (status != MMF_OK) {
            const mmfi_write refused = {NULL, 0, status};
            return refused;
        }
    }
    return mmfi_write_begin_of(store, row, record_size, MMFI_PART);
}

/* The end of one of these that was not begun: a file of another version, or status. */
MMFI_COLD mmf_status mmfi_checksummed_set_failed(mmf_status status, mmf_store *store, uint64_t row,
                                                 size_t offset, size_t size, uint64_t word);

/* mmfi_checksummed_set_float64, and so on. */
#define MMFI_DEFINE_CHECKSUMMED_SET(name, c_type, bits)                                            \
    MMFI_INLINE mmf_status mmfi_checksummed_set_##name(mmf_store *store, uint64_t row,             \
                                                       size_t record_size, size_t checksum,        \
                                                       size_t offset, c_type value)                \
    {                                                                                              \
        const mmfi_write write = mmfi_part_begin(store, row, record_size, checksum);               \
        if (MMFI_UNLIKELY(write.status != MMF_OK))                                                 \
            return mmfi_checksummed_set_failed(write.status, store, row, offset, (bits) / 8,       \
                                               mmfi_##name##_to_word(value));                      \
        mmfi_save_##name(write.record, offset, value);                                             \
        mmfi_checksum_save(write.record, record_size, checksum,                                    \
                           mmfi_checksum_place(store->checksum_key, row), write.sequence + 1);     \
        return mmfi_write_end(write);                                                              \
    }

MMFI_SCALARS(MMFI_DEFINE_CHECKSUMMED_SET)
#undef MMFI_DEFINE_CHECKSUMMED_SET

MMFI_INLINE mmf_status mmfi_checksummed_set_bytes(mmf_store *store, uint64_t row,
                                                  size_t record_size, size_t checksum,
                                                  size_t offset, size_t max, const void *data,
                                                  size_t length)
{
    length = mmfi_taken(length);
    const mmf_status status = mmfi_check_bytes(data, length, max);
    if (MMFI_UNLIKELY(status != MMF_OK))
        return status;
    const mmfi_write write = mmfi_part_begin(store, row, record_size, checksum);
    if (MMFI_UNLIKELY(write.status != MMF_OK))
        return mmfi_set_bytes_failed(write.status, store, row, offset, max, data, length);
    mmfi_save_data(write.record, offset, max, data, length);
    return mmfi_checksummed_write_end(write, store, row, record_size, checksum);
}

MMFI_INLINE mmf_status mmfi_checksummed_set_string(mmf_store *store, uint64_t row,
                                                   size_t record_size, size_t checksum,
                                                   size_t offset, size_t max, const char *data,
                                                   size_t length)
{
    return mmfi_checksummed_set_bytes(store, row, record_size, checksum, offset, max, data, length);
}

MMF_END_DECLS

#endif
