/* Get and set of each scalar type, and the get that returns a status. */
#include "scalar.h"

#include <math.h>

#define MMFPY_DEFINE(name, c_type, py_type, failed)                                                \
    py_type mmfpy_get_##name(mmfpy_store *handle, int64_t row, uint32_t offset)                    \
    {                                                                                              \
        c_type value = 0;                                                                          \
        const mmf_store *store = mmfpy_enter(handle);                                              \
        const mmf_status status = store != NULL                                                    \
                                      ? mmfi_get_##name(store, mmfpy_row(store, row),              \
                                                        handle->record_size, offset, &value)       \
                                      : MMF_ERR_CLOSED;                                            \
        mmfpy_leave(handle);                                                                       \
        return status == MMF_OK ? (py_type)value : failed;                                         \
    }                                                                                              \
    int mmfpy_set_##name(mmfpy_store *handle, int64_t row, uint32_t offset, c_type value)          \
    {                                                                                              \
        mmf_status status = MMF_OK;                                                                \
        mmf_store *store = mmfpy_enter_writing(handle, &status);                                   \
        if (store == NULL)                                                                         \
            return (int)status;                                                                    \
        const uint64_t at = mmfpy_row(store, row);                                                 \
        const size_t size = handle->record_size;                                                   \
        status =                                                                                   \
            MMFI_LIKELY(handle->checksum == 0)                                                     \
                ? mmfi_set_##name(store, at, size, offset, value)                                  \
                : mmfi_checksummed_set_##name(store, at, size, handle->checksum, offset, value);   \
        mmfpy_leave_writing(handle);                                                               \
        return (int)status;                                                                        \
    }

MMFPY_SCALARS(MMFPY_DEFINE)
#undef MMFPY_DEFINE

#define MMFPY_CASE(bits)                                                                           \
    case (bits) / 8:                                                                               \
        return mmfi_get_uint##bits(store, row, record_size, offset, (uint##bits##_t *)out);

static mmf_status get_field(const mmf_store *store, uint64_t row, size_t record_size,
                            uint32_t offset, uint32_t size, void *out)
{
    switch (size) {
        MMFPY_CASE(8)
        MMFPY_CASE(16)
        MMFPY_CASE(32)
        MMFPY_CASE(64)
    default:
        return MMF_ERR_ARGUMENT;
    }
}

int mmfpy_get_field(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t size, void *out)
{
    mmf_status status = MMF_ERR_CLOSED;
    const mmf_store *store = mmfpy_enter(handle);
    if (store != NULL)
        status = get_field(store, mmfpy_row(store, row), handle->record_size, offset, size, out);
    mmfpy_leave(handle);
    return (int)status;
}
