/*
 * One scalar field of one row, by offset: get_price and set_price of a module call these.
 *
 * row counts from the end if it is negative. The offset must be that of a field of the same type.
 * A get that fails returns a value that is rare in fields: -1 for bool and unsigned types, the
 * lowest for signed types, NaN for floats. The caller that gets this value calls mmfpy_get_field,
 * which returns a status. A set returns its status.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_SCALAR_H
#define MMF_BINDINGS_PYTHON_NATIVE_SCALAR_H

#include "handle.h"

MMF_BEGIN_DECLS

/* X(name, type in C, type that Python gets, value on failure) */
#define MMFPY_SCALARS(X)                                                                           \
    X(bool, bool, int, -1)                                                                         \
    X(int8, int8_t, int64_t, INT64_MIN)                                                            \
    X(uint8, uint8_t, int64_t, -1)                                                                 \
    X(int16, int16_t, int64_t, INT64_MIN)                                                          \
    X(uint16, uint16_t, int64_t, -1)                                                               \
    X(int32, int32_t, int64_t, INT64_MIN)                                                          \
    X(uint32, uint32_t, int64_t, -1)                                                               \
    X(int64, int64_t, int64_t, INT64_MIN)                                                          \
    X(uint64, uint64_t, uint64_t, UINT64_MAX)                                                      \
    X(float32, float, double, (double)NAN)                                                         \
    X(float64, double, double, (double)NAN)

#define MMFPY_DECLARE(name, c_type, py_type, failed)                                               \
    py_type mmfpy_get_##name(mmfpy_store *handle, int64_t row, uint32_t offset);                   \
    int mmfpy_set_##name(mmfpy_store *handle, int64_t row, uint32_t offset, c_type value);

MMFPY_SCALARS(MMFPY_DECLARE)
#undef MMFPY_DECLARE

/*
 * Copies a scalar field of size bytes to out by one load. Returns a status; MMF_ERR_ARGUMENT for a
 * size that no scalar type has.
 */
int mmfpy_get_field(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t size, void *out);

MMF_END_DECLS

#endif
