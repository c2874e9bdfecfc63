/* Each scalar type's get and set through the gate. */
#include "bindings/python/native/scalar.h"

#include <errno.h>
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
        errno = (int)status;                                                                       \
        return status == MMF_OK ? (py_type)value : failed;                                         \
    }                                                                                              \
    int mmfpy_set_##name(mmfpy_store *handle, int64_t row, uint32_t offset, c_type value)          \
    {                                                                                              \
        mmf_status status = MMF_OK;                                                                \
        mmf_store *store = mmfpy_enter_writing(handle, &status);                                   \
        if (store == NULL)                                                                         \
            return (int)status;                                                                    \
        status =                                                                                   \
            mmfi_set_##name(store, mmfpy_row(store, row), handle->record_size, offset, value);     \
        mmfpy_leave_writing(handle);                                                               \
        return (int)status;                                                                        \
    }

MMFPY_SCALARS(MMFPY_DEFINE)
#undef MMFPY_DEFINE
