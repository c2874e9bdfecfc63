/*
 * One scalar field of one row, by offset: what a module's get_price and set_price call.
 *
 * row counts from the end when it is negative. The offset must be that of a field of that type.
 * A get that failed returns a value that is rare as the field's own: -1 for bool and unsigned, the
 * lowest for signed, NaN for floats. Whoever meets that value asks again by mmfpy_get_field, which
 * can say what is the matter. A set returns its status.
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
 * Puts a scalar field of size bytes into out as the file has it, by one load. Returns a status;
 * MMF_ERR_ARGUMENT for a size that no scalar has.
 */
int mmfpy_get_field(mmfpy_store *handle, int64_t row, uint32_t offset, uint32_t size, void *out);

MMF_END_DECLS

#endif
