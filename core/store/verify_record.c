/*
 * Verifying one record against its checksum, as it is or as its undo slot has it. Apart from the
 * range of verify.c, in whose loop it would cost every sound record two instructions.
 */
#include "verify_record.h"
#include "adapt.h"
#include "read.h"
#include "write.h"

#include "mmapforge/detail/access_checksum.h"

static void compute(const mmf_schema *schema, const unsigned char *record, uint64_t place,
                    uint64_t sequence, mmfi_verify_result *out)
{
    out->sequence = sequence;
    out->found = mmfi_checksum_load(record, schema->checksum_offset);
    out->expected =
        mmfi_checksum_of(record, schema->record_size, schema->checksum_offset, place, sequence);
}

mmfi_verify_result mmfi_verify_record(const mmf_store *store, uint64_t row)
{
    const mmf_schema *schema = store->state->schema;
    mmfi_verify_result out = {MMF_OK, 0, 0, 0};
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, true);
    while (mmfi_slow_read_next(&slow))
        compute(schema, slow.record, mmfi_checksum_place(store->checksum_key, row),
                mmfi_slow_read_sequence(&slow), &out);
    out.status = slow.status;
    if (out.status != MMF_OK)
        out.sequence = slow.sequence;
    return out;
}

mmf_status mmfi_part_check(const mmf_store *store, uint64_t row)
{
    mmf_status status = MMF_OK;
    const mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state == NULL)
        return status;
    if (mmfi_adapter_of(store) != NULL)
        return MMFI_OTHER_LAYOUT;
    const mmfi_verify_result found = mmfi_verify_record(store, row);
    if (found.status != MMF_OK)
        return found.status;
    return found.found == found.expected ? MMF_OK : MMF_ERR_CORRUPT;
}
