/* The loops that compute sum, min, max and mean. */
#include "column.h"

#include <math.h>
#include <string.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 wide_unsigned;

/*
 * One load of the value's width, so that a scalar that a writer sets at that moment is not torn.
 * The address may be unaligned, because an array that is not a column of a store may lie anywhere.
 */
#define LOAD(c_type, value, at)                                                                    \
    typedef c_type __attribute__((may_alias, aligned(1))) any_##value;                             \
    const c_type value = *(const any_##value *)(const void *)(at)

/*
 * Wide records do not fit the caches, and a processor prefetches only to the end of a page. So the
 * loop reads a block of rows in eight streams at once. For records of 64 bytes or more each stream
 * is in its own page: this takes a quarter less time for records of 104 bytes, and no more for
 * records of 48.
 */
#define STREAM_ROWS 64
#define BLOCK_ROWS  UINT64_C(512)

/* Visits one row of each stream: stream 0 is at `at`, and each next one `apart` bytes further. */
#define STREAMS(VISIT, c_type, at, apart)                                                          \
    VISIT(0, c_type, at)                                                                           \
    VISIT(1, c_type, at + apart)                                                                   \
    VISIT(2, c_type, at + 2 * apart)                                                               \
    VISIT(3, c_type, at + 3 * apart)                                                               \
    VISIT(4, c_type, at + 4 * apart)                                                               \
    VISIT(5, c_type, at + 5 * apart)                                                               \
    VISIT(6, c_type, at + 6 * apart)                                                               \
    VISIT(7, c_type, at + 7 * apart)

/* Visits all full blocks; the caller visits the other rows. Uses its variables data and count. */
#define OVER_BLOCKS(VISIT, c_type, BEGIN, END)                                                     \
    for (; count >= BLOCK_ROWS; count -= BLOCK_ROWS) {                                             \
        const unsigned char *at = data;                                                            \
        const int64_t apart = STREAM_ROWS * stride;                                                \
        BEGIN                                                                                      \
        for (int i = 0; i < STREAM_ROWS; i++, at += stride) {                                      \
            STREAMS(VISIT, c_type, at, apart)                                                      \
        }                                                                                          \
        END data += 8 * apart;                                                                     \
    }

/* ---- The smallest and the largest ---- */

#define LEAST(stream, c_type, at)                                                                  \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        found = value < found ? value : found;                                                     \
    }
#define MOST(stream, c_type, at)                                                                   \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        found = value > found ? value : found;                                                     \
    }

#define DEFINE_LIMIT(name, VISIT, c_type)                                                          \
    static c_type name(const unsigned char *data, uint64_t count, int64_t stride)                  \
    {                                                                                              \
        LOAD(c_type, first_value, data);                                                           \
        c_type found = first_value;                                                                \
        OVER_BLOCKS(VISIT, c_type, , )                                                             \
        for (; count > 0; count--, data += stride)                                                 \
            VISIT(0, c_type, data)                                                                 \
        return found;                                                                              \
    }

/*
 * Tests the bits, because the macro isnan is always false under -ffast-math. It serves both types:
 * a NaN of 32 bits converts to a NaN of 64 bits.
 */
static bool is_nan(double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return (bits & (UINT64_MAX >> 1)) > UINT64_C(0x7ff) << 52;
}

/*
 * The limit of reals is NaN if any of them is NaN. Their sum is then NaN as well, and adding is
 * cheaper than testing each value. Infinities may also make the sum NaN, so after a sum of NaN the
 * loop tests each value.
 */
#define DEFINE_REAL_LIMIT(name, VISIT, c_type)                                                     \
    static double name(const unsigned char *data, uint64_t count, int64_t stride)                  \
    {                                                                                              \
        LOAD(c_type, first_value, data);                                                           \
        c_type found = first_value;                                                                \
        const unsigned char *first = data;                                                         \
        const uint64_t all = count;                                                                \
        c_type sums[2] = {0, 0};                                                                   \
        OVER_BLOCKS(VISIT, c_type, , )                                                             \
        for (; count > 0; count--, data += stride)                                                 \
            VISIT(0, c_type, data)                                                                 \
        const bool suspect = is_nan((double)sums[0]) || is_nan((double)sums[1]);                   \
        for (uint64_t i = 0; suspect && i < all; i++, first += stride) {                           \
            LOAD(c_type, value, first);                                                            \
            if (is_nan((double)value))                                                             \
                return (double)NAN;                                                                \
        }                                                                                          \
        return (double)found;                                                                      \
    }
#define LEAST_REAL(stream, c_type, at)                                                             \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        sums[stream % 2] += value;                                                                 \
        found = value < found ? value : found;                                                     \
    }
#define MOST_REAL(stream, c_type, at)                                                              \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        sums[stream % 2] += value;                                                                 \
        found = value > found ? value : found;                                                     \
    }

/* ---- Sums of integers ---- */

#define ADD_INTEGER(stream, c_type, at)                                                            \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        block += value;                                                                            \
    }

/* The sum of a block of values of up to 32 bits fits one word. */
#define DEFINE_INTEGER(name, c_type, block_type, wide_type)                                        \
    static wide_type sum_##name(const unsigned char *data, uint64_t count, int64_t stride)         \
    {                                                                                              \
        wide_type sum = 0;                                                                         \
        block_type block = 0;                                                                      \
        OVER_BLOCKS(ADD_INTEGER, c_type, block = 0;, sum += block;)                                \
        block = 0;                                                                                 \
        for (; count > 0; count--, data += stride)                                                 \
            ADD_INTEGER(0, c_type, data)                                                           \
        return sum + block;                                                                        \
    }                                                                                              \
    DEFINE_LIMIT(least_##name, LEAST, c_type)                                                      \
    DEFINE_LIMIT(most_##name, MOST, c_type)

#define ADD_HALVES(stream, c_type, at)                                                             \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        lower += (uint32_t)value;                                                                  \
        upper += value >> 32;                                                                      \
    }

/* For values of 64 bits there are two words: the sum of the lower halves and that of the upper. */
#define DEFINE_LONG_INTEGER(name, c_type, wide_type)                                               \
    static wide_type sum_##name(const unsigned char *data, uint64_t count, int64_t stride)         \
    {                                                                                              \
        wide_type sum = 0;                                                                         \
        uint64_t lower = 0;                                                                        \
        c_type upper = 0;                                                                          \
        OVER_BLOCKS(ADD_HALVES, c_type, lower = 0; upper = 0;                                      \
                    , sum += (wide_type)upper * (INT64_C(1) << 32) + (wide_type)lower;)            \
        for (; count > 0; count--, data += stride) {                                               \
            LOAD(c_type, value, data);                                                             \
            sum += value;                                                                          \
        }                                                                                          \
        return sum;                                                                                \
    }                                                                                              \
    DEFINE_LIMIT(least_##name, LEAST, c_type)                                                      \
    DEFINE_LIMIT(most_##name, MOST, c_type)

DEFINE_INTEGER(int8, int8_t, int64_t, wide)
DEFINE_INTEGER(int16, int16_t, int64_t, wide)
DEFINE_INTEGER(int32, int32_t, int64_t, wide)
DEFINE_LONG_INTEGER(int64, int64_t, wide)
DEFINE_INTEGER(uint8, uint8_t, uint64_t, wide_unsigned)
DEFINE_INTEGER(uint16, uint16_t, uint64_t, wide_unsigned)
DEFINE_INTEGER(uint32, uint32_t, uint64_t, wide_unsigned)
DEFINE_LONG_INTEGER(uint64, uint64_t, wide_unsigned)

/* ---- Sums of reals ---- */

/*
 * A sum for each stream hides the latency of an addition, and blocks keep the rounding error from
 * growing with the count (pairwise summation: Higham, "The Accuracy of Floating Point Summation",
 * 1993).
 */
#define ADD_REAL(stream, c_type, at)                                                               \
    {                                                                                              \
        LOAD(c_type, value, at);                                                                   \
        sum##stream += (double)value;                                                              \
    }
#define REAL_SUMS                                                                                  \
    double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0, sum5 = 0, sum6 = 0, sum7 = 0;
#define REAL_BLOCK                                                                                 \
    add_block(&tree, ((sum0 + sum1) + (sum2 + sum3)) + ((sum4 + sum5) + (sum6 + sum7)));

/* waiting[k] holds a sum of 2^k blocks until there is a second one to add it to. */
typedef struct sum_tree {
    double waiting[64];
    uint64_t blocks;
} sum_tree;

static void add_block(sum_tree *tree, double sum)
{
    unsigned place = 0;
    for (; (tree->blocks >> place & 1) != 0; place++)
        sum += tree->waiting[place];
    tree->waiting[place] = sum;
    tree->blocks++;
}

static double sum_of(const sum_tree *tree)
{
    double sum = 0;
    for (unsigned place = 0; place < 64; place++)
        if ((tree->blocks >> place & 1) != 0)
            sum += tree->waiting[place];
    return sum;
}

#define DEFINE_REAL(name, c_type)                                                                  \
    static double sum_##name(const unsigned char *data, uint64_t count, int64_t stride)            \
    {                                                                                              \
        sum_tree tree;                                                                             \
        tree.blocks = 0;                                                                           \
        OVER_BLOCKS(ADD_REAL, c_type, REAL_SUMS, REAL_BLOCK)                                       \
        /* Four sums for the other rows, each of every fourth row. */                              \
        REAL_SUMS                                                                                  \
        for (; count >= 4; count -= 4, data += 4 * stride) {                                       \
            ADD_REAL(0, c_type, data)                                                              \
            ADD_REAL(1, c_type, data + stride)                                                     \
            ADD_REAL(2, c_type, data + 2 * stride)                                                 \
            ADD_REAL(3, c_type, data + 3 * stride)                                                 \
        }                                                                                          \
        for (; count > 0; count--, data += stride)                                                 \
            ADD_REAL(4, c_type, data)                                                              \
        REAL_BLOCK                                                                                 \
        return sum_of(&tree);                                                                      \
    }                                                                                              \
    DEFINE_REAL_LIMIT(least_##name, LEAST_REAL, c_type)                                            \
    DEFINE_REAL_LIMIT(most_##name, MOST_REAL, c_type)

DEFINE_REAL(float32, float)
DEFINE_REAL(float64, double)

/* ---- By type ---- */

/* Any byte but 0 is true, as in numpy, whose limits of bools are False and True. */
static wide_unsigned sum_truth(const unsigned char *data, uint64_t count, int64_t stride)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++, data += stride)
        sum += *data != 0;
    return sum;
}

static uint8_t least_truth(const unsigned char *data, uint64_t count, int64_t stride)
{
    return sum_truth(data, count, stride) == count;
}

static uint8_t most_truth(const unsigned char *data, uint64_t count, int64_t stride)
{
    return sum_truth(data, count, stride) != 0;
}

static void keep_sum(mmfpy_total *out, wide_unsigned sum)
{
    out->high = (int64_t)(uint64_t)(sum >> 64);
    out->low = (uint64_t)sum;
}

#define CASE(tag, name, kind_of, KEEP_SUM, least, most)                                            \
    case MMF_TYPE_##tag:                                                                           \
        out->kind = kind_of;                                                                       \
        if ((what & MMFPY_SUM) != 0)                                                               \
            KEEP_SUM(sum_##name(from, count, stride));                                             \
        if ((what & MMFPY_MIN) != 0 && count > 0)                                                  \
            out->least = least_##name(from, count, stride);                                        \
        if ((what & MMFPY_MAX) != 0 && count > 0)                                                  \
            out->most = most_##name(from, count, stride);                                          \
        return MMF_OK;

#define KEEP_INTEGER(value) keep_sum(out, (wide_unsigned)(value))
#define KEEP_REAL(value)    (out->sum = (value))

#define CASE_SIGNED(tag, name)   CASE(tag, name, 0, KEEP_INTEGER, min, max)
#define CASE_UNSIGNED(tag, name) CASE(tag, name, 1, KEEP_INTEGER, umin, umax)
#define CASE_REAL(tag, name)     CASE(tag, name, 2, KEEP_REAL, fmin, fmax)

int mmfpy_total_of(const void *data, uint64_t count, int64_t stride, int type, int what,
                   mmfpy_total *out)
{
    const unsigned char *from = (const unsigned char *)data;
    memset(out, 0, sizeof *out);
    switch (type) {
        CASE_UNSIGNED(BOOL, truth)
        CASE_SIGNED(INT8, int8)
        CASE_SIGNED(INT16, int16)
        CASE_SIGNED(INT32, int32)
        CASE_SIGNED(INT64, int64)
        CASE_UNSIGNED(UINT8, uint8)
        CASE_UNSIGNED(UINT16, uint16)
        CASE_UNSIGNED(UINT32, uint32)
        CASE_UNSIGNED(UINT64, uint64)
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
