/* The loops behind sum, min, max and mean. */
#include "bindings/python/native/column.h"

#include <math.h>
#include <string.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 wide_unsigned;

/*
 * Integers: blocks whose sum fits a word, added up in 128 bits. A block of 2^16 values of up to 32
 * bits fits; values of 64 bits are added in 128 bits one by one.
 */
#define BLOCK_VALUES UINT64_C(65536)

#define LOAD(c_type, value, at)                                                                    \
    c_type value;                                                                                  \
    memcpy(&value, (at), sizeof value)

#define DEFINE_INTEGER(name, c_type, block_type, wide_type)                                        \
    static wide_type sum_##name(const unsigned char *data, uint64_t count, int64_t stride)         \
    {                                                                                              \
        wide_type sum = 0;                                                                         \
        while (count > 0) {                                                                        \
            const uint64_t rows = count < BLOCK_VALUES ? count : BLOCK_VALUES;                     \
            block_type block = 0;                                                                  \
            for (uint64_t i = 0; i < rows; i++, data += stride) {                                  \
                LOAD(c_type, value, data);                                                         \
                block += (block_type)value;                                                        \
            }                                                                                      \
            sum += (wide_type)block;                                                               \
            count -= rows;                                                                         \
        }                                                                                          \
        return sum;                                                                                \
    }                                                                                              \
    static void limits_##name(const unsigned char *data, uint64_t count, int64_t stride,           \
                              c_type *min, c_type *max)                                            \
    {                                                                                              \
        LOAD(c_type, low, data);                                                                   \
        c_type high = low;                                                                         \
        for (uint64_t i = 0; i < count; i++, data += stride) {                                     \
            LOAD(c_type, value, data);                                                             \
            low = value < low ? value : low;                                                       \
            high = value > high ? value : high;                                                    \
        }                                                                                          \
        *min = low;                                                                                \
        *max = high;                                                                               \
    }

DEFINE_INTEGER(int8, int8_t, int64_t, wide)
DEFINE_INTEGER(int16, int16_t, int64_t, wide)
DEFINE_INTEGER(int32, int32_t, int64_t, wide)
DEFINE_INTEGER(int64, int64_t, wide, wide)
DEFINE_INTEGER(uint8, uint8_t, uint64_t, wide_unsigned)
DEFINE_INTEGER(uint16, uint16_t, uint64_t, wide_unsigned)
DEFINE_INTEGER(uint32, uint32_t, uint64_t, wide_unsigned)
DEFINE_INTEGER(uint64, uint64_t, wide_unsigned, wide_unsigned)

/*
 * Reals: four sums side by side hide the latency of an addition, and blocks keep the rounding error
 * from growing with the count (pairwise summation: Higham, "The Accuracy of Floating Point
 * Summation", 1993).
 */
#define REAL_BLOCK UINT64_C(512)

#define DEFINE_REAL(name, c_type)                                                                  \
    static double block_##name(const unsigned char *data, uint64_t count, int64_t stride)          \
    {                                                                                              \
        double sums[4] = {0, 0, 0, 0};                                                             \
        uint64_t i = 0;                                                                            \
        for (; i + 4 <= count; i += 4, data += 4 * stride) {                                       \
            LOAD(c_type, a, data);                                                                 \
            LOAD(c_type, b, data + stride);                                                        \
            LOAD(c_type, c, data + 2 * stride);                                                    \
            LOAD(c_type, d, data + 3 * stride);                                                    \
            sums[0] += (double)a;                                                                  \
            sums[1] += (double)b;                                                                  \
            sums[2] += (double)c;                                                                  \
            sums[3] += (double)d;                                                                  \
        }                                                                                          \
        for (; i < count; i++, data += stride) {                                                   \
            LOAD(c_type, value, data);                                                             \
            sums[0] += (double)value;                                                              \
        }                                                                                          \
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);                                          \
    }                                                                                              \
    static double sum_##name(const unsigned char *data, uint64_t count, int64_t stride)            \
    {                                                                                              \
        /* Sums of 2^k blocks wait at place k for their like, so this recursion has no stack. */   \
        double waiting[64];                                                                        \
        uint64_t blocks = 0;                                                                       \
        for (uint64_t done = 0; done < count; done += REAL_BLOCK, blocks++) {                      \
            const uint64_t rows = count - done < REAL_BLOCK ? count - done : REAL_BLOCK;           \
            double sum = block_##name(data + (int64_t)done * stride, rows, stride);                \
            unsigned place = 0;                                                                    \
            for (; (blocks >> place & 1) != 0; place++)                                            \
                sum += waiting[place];                                                             \
            waiting[place] = sum;                                                                  \
        }                                                                                          \
        double sum = 0;                                                                            \
        for (unsigned place = 0; place < 64; place++)                                              \
            if ((blocks >> place & 1) != 0)                                                        \
                sum += waiting[place];                                                             \
        return sum;                                                                                \
    }                                                                                              \
    static void limits_##name(const unsigned char *data, uint64_t count, int64_t stride,           \
                              double *min, double *max)                                            \
    {                                                                                              \
        LOAD(c_type, low, data);                                                                   \
        c_type high = low;                                                                         \
        bool nan = false;                                                                          \
        for (uint64_t i = 0; i < count; i++, data += stride) {                                     \
            LOAD(c_type, value, data);                                                             \
            nan |= value != value;                                                                 \
            low = value < low ? value : low;                                                       \
            high = value > high ? value : high;                                                    \
        }                                                                                          \
        *min = nan ? (double)NAN : (double)low;                                                    \
        *max = nan ? (double)NAN : (double)high;                                                   \
    }

DEFINE_REAL(float32, float)
DEFINE_REAL(float64, double)

/* ---- By type ---- */

/* A bool is any byte but 0; numpy counts them so, and has False and True for limits. */
static wide_unsigned sum_bool(const unsigned char *data, uint64_t count, int64_t stride)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++, data += stride)
        sum += *data != 0;
    return sum;
}

static void limits_bool(const unsigned char *data, uint64_t count, int64_t stride, uint8_t *min,
                        uint8_t *max)
{
    const uint64_t sum = (uint64_t)sum_bool(data, count, stride);
    *min = sum == count;
    *max = sum != 0;
}

static void keep_sum(mmfpy_total *out, wide_unsigned sum)
{
    out->high = (int64_t)(uint64_t)(sum >> 64);
    out->low = (uint64_t)sum;
}

#define CASE_SIGNED(tag, name, c_type)                                                             \
    case MMF_TYPE_##tag: {                                                                         \
        out->kind = 0;                                                                             \
        if ((what & MMFPY_SUM) != 0)                                                               \
            keep_sum(out, (wide_unsigned)sum_##name(from, count, stride));                         \
        if ((what & MMFPY_LIMITS) != 0 && count > 0) {                                             \
            c_type low, high;                                                                      \
            limits_##name(from, count, stride, &low, &high);                                       \
            out->min = low, out->max = high;                                                       \
        }                                                                                          \
        return MMF_OK;                                                                             \
    }
#define CASE_UNSIGNED(tag, name, c_type)                                                           \
    case MMF_TYPE_##tag: {                                                                         \
        out->kind = 1;                                                                             \
        if ((what & MMFPY_SUM) != 0)                                                               \
            keep_sum(out, sum_##name(from, count, stride));                                        \
        if ((what & MMFPY_LIMITS) != 0 && count > 0) {                                             \
            c_type low, high;                                                                      \
            limits_##name(from, count, stride, &low, &high);                                       \
            out->umin = low, out->umax = high;                                                     \
        }                                                                                          \
        return MMF_OK;                                                                             \
    }
#define CASE_REAL(tag, name)                                                                       \
    case MMF_TYPE_##tag:                                                                           \
        out->kind = 2;                                                                             \
        if ((what & MMFPY_SUM) != 0)                                                               \
            out->sum = sum_##name(from, count, stride);                                            \
        if ((what & MMFPY_LIMITS) != 0 && count > 0)                                               \
            limits_##name(from, count, stride, &out->fmin, &out->fmax);                            \
        return MMF_OK;

int mmfpy_total_of(const void *data, uint64_t count, int64_t stride, int type, int what,
                   mmfpy_total *out)
{
    const unsigned char *from = (const unsigned char *)data;
    memset(out, 0, sizeof *out);
    switch (type) {
        CASE_UNSIGNED(BOOL, bool, uint8_t)
        CASE_SIGNED(INT8, int8, int8_t)
        CASE_SIGNED(INT16, int16, int16_t)
        CASE_SIGNED(INT32, int32, int32_t)
        CASE_SIGNED(INT64, int64, int64_t)
        CASE_UNSIGNED(UINT8, uint8, uint8_t)
        CASE_UNSIGNED(UINT16, uint16, uint16_t)
        CASE_UNSIGNED(UINT32, uint32, uint32_t)
        CASE_UNSIGNED(UINT64, uint64, uint64_t)
        CASE_REAL(FLOAT32, float32)
        CASE_REAL(FLOAT64, float64)
    default:
        return MMF_ERR_ARGUMENT;
    }
}

int mmfpy_total_rows(mmfpy_store *handle, uint64_t first, uint64_t count, int64_t step,
                     uint32_t offset, int type, int what, mmfpy_total *out)
{
    mmf_rows rows = {NULL, 0};
    const int64_t last = (int64_t)first + (count > 0 ? (int64_t)(count - 1) * step : 0);
    const uint64_t low = (uint64_t)(step < 0 ? last : (int64_t)first);
    const uint64_t high = step < 0 ? first : (uint64_t)last;
    const mmf_store *store = mmfpy_enter(handle);
    int status = MMF_ERR_CLOSED;
    if (store != NULL)
        status =
            (int)mmfi_rows(store, low, count > 0 ? high - low + 1 : 0, handle->record_size, &rows);
    if (status == MMF_OK) {
        const unsigned char *data = rows.records + (first - low) * handle->record_size + offset;
        status = mmfpy_total_of(data, count, step * (int64_t)handle->record_size, type, what, out);
    }
    mmfpy_leave(handle);
    return status;
}

/* ---- Equal values ---- */

#define HASH_PRIME UINT64_C(0x100000001b3)

/* What is hashed and compared: the length word and as much data as it claims and the field has. */
static uint32_t used_size(const unsigned char *field, uint32_t size)
{
    uint32_t length;
    memcpy(&length, field, sizeof length);
    return length <= size - MMFI_LENGTH_SIZE ? length + MMFI_LENGTH_SIZE : size;
}

static uint64_t hash_of(const unsigned char *field, uint32_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint32_t at = 0;
    for (; at + 8 <= size; at += 8) {
        LOAD(uint64_t, word, field + at);
        hash = (hash ^ word) * HASH_PRIME;
        hash ^= hash >> 32;
    }
    for (; at < size; at++)
        hash = (hash ^ field[at]) * HASH_PRIME;
    return hash ^ hash >> 29;
}

uint32_t mmfpy_distinct(const void *fields, uint32_t count, uint32_t size, uint32_t *ids,
                        uint32_t *firsts, uint32_t *table, uint32_t table_size)
{
    const unsigned char *field = (const unsigned char *)fields;
    const unsigned char *begin = field;
    uint32_t found = 0;
    memset(table, 0, table_size * sizeof *table); /* 0: free; else the value's number and 1 */
    for (uint32_t i = 0; i < count; i++, field += size) {
        const uint32_t used = used_size(field, size);
        uint32_t at = (uint32_t)hash_of(field, used) & (table_size - 1);
        while (table[at] != 0 &&
               memcmp(begin + (size_t)firsts[table[at] - 1] * size, field, used) != 0)
            at = (at + 1) & (table_size - 1);
        if (table[at] == 0) {
            firsts[found] = i;
            table[at] = ++found;
        }
        ids[i] = table[at] - 1;
    }
    return found;
}
