/* Verifying one record against its checksum. */
#ifndef MMF_STORE_VERIFY_RECORD_H
#define MMF_STORE_VERIFY_RECORD_H

#include "state.h"

/* One record as it was found; MMF_OK when it was consistent, whatever its checksum. */
typedef struct mmfi_verify_result {
    mmf_status status;
    uint64_t sequence;
    uint32_t found; /* checksums */
    uint32_t expected;
} mmfi_verify_result;

/* Repeats, within the bounds of mmfi_slow_read_next. Its schema has checksums. */
mmfi_verify_result mmfi_verify_record(const mmf_store *store, uint64_t row);

#endif
