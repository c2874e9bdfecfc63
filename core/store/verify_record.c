/*
 * Verifying one record against its checksum, as it is or as its undo slot has it. Apart from the
 * range of verify.c, in whose loop it would cost every sound record two instructions.
 */
#include "mmapforge/detail/access_checksum.h"
#include "state.h"

static void look(const mmf_schema *schema, const unsigned char *record, uint64_t place,
                 uint64_t sequence, mmfi_finding *out)
{
    out->sequence = sequence;
    out->found = mmfi_checksum_load(record, schema->checksum_offset);
    out->expected =
        mmfi_checksum_of(record, schema->record_size, schema->checksum_offset, place, sequence);
}

mmfi_finding mmfi_examine(const mmf_store *store, uint64_t row)
{
    const mmf_schema *schema = store->state->schema;
    mmfi_finding out = {MMF_OK, 0, 0, 0};
    mmfi_reread reread = mmfi_reread_begin(store, row, true);
    while (mmfi_reread_next(&reread))
        look(schema, reread.record, mmfi_checksum_place(store->checksum_key, row),
             mmfi_reread_sequence(&reread), &out);
    out.status = reread.status;
    if (out.status != MMF_OK)
        out.sequence = reread.sequence;
    return out;
}

mmf_status mmfi_part_check(const mmf_store *store, uint64_t row)
{
    mmf_status status = MMF_OK;
    const mmfi_state *state = mmfi_state_to_write(store, &status);
    if (state == NULL)
        return status;
    const mmfi_finding found = mmfi_examine(store, row);
    if (found.status != MMF_OK)
        return found.status;
    return found.found == found.expected ? MMF_OK : MMF_ERR_CORRUPT;
}
