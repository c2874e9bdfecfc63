/*
 * Sum, smallest and largest of one field over many rows: plain strided loads, as a column of
 * core/include/mmapforge/detail/columns.h makes them, in a loop that the compiler can keep in
 * registers.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_COLUMN_H
#define MMF_BINDINGS_PYTHON_NATIVE_COLUMN_H

#include "handle.h"

MMF_BEGIN_DECLS

/* The results of every type; which of them count says kind. */
typedef struct mmfpy_total {
    int kind;            /* 0 signed, 1 unsigned, 2 real */
    int64_t high;        /* of the sum of integers, 128 bits in two's complement */
    uint64_t low;        /* and its lower half */
    double sum;          /* of reals */
    int64_t min, max;    /* of signed integers */
    uint64_t umin, umax; /* of unsigned integers and bools */
    double fmin, fmax;   /* of reals; NaN when a value is NaN, as numpy has it */
} mmfpy_total;

/* What to compute: passing fewer bits saves time. */
#define MMFPY_SUM 1
#define MMFPY_MIN 2
#define MMFPY_MAX 4

/*
 * Over the field of type at offset in count rows: row first, and on by step, which may be negative
 * but not 0, and leads to rows that can be counted. A call like any other: a close waits for it.
 * MMF_ERR_RANGE when there are no such rows.
 */
int mmfpy_total_rows(mmfpy_store *handle, uint64_t first, uint64_t count, int64_t step,
                     uint32_t offset, int type, int what, mmfpy_total *out);

/*
 * Over count values of type at data, stride bytes apart (stride may be negative). The memory must
 * stay readable meanwhile: a column that the caller holds. MMF_ERR_ARGUMENT for a
 * type that is no scalar. Without values, sums are 0 and limits mean nothing.
 */
int mmfpy_total_of(const void *data, uint64_t count, int64_t stride, int type, int what,
                   mmfpy_total *out);

MMF_END_DECLS

#endif
