/*
 * Sum, minimum and maximum of one field over many rows: plain strided loads, like those of a column
 * of core/include/mmapforge/detail/columns.h, in a loop whose state the compiler can keep in
 * registers.
 */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_COLUMN_H
#define MMF_BINDINGS_PYTHON_NATIVE_COLUMN_H

#include "handle.h"

MMF_BEGIN_DECLS

/* The results for every type; kind selects the valid ones. */
typedef struct mmfpy_total {
    int kind;            /* 0 signed, 1 unsigned, 2 real */
    int64_t high;        /* of the sum of integers, 128 bits in two's complement */
    uint64_t low;        /* and its lower half */
    double sum;          /* of reals */
    int64_t min, max;    /* of signed integers */
    uint64_t umin, umax; /* of unsigned integers and bools */
    double fmin, fmax;   /* of reals; NaN if any value is NaN, as in numpy */
} mmfpy_total;

/* The results to compute; fewer bits take less time. */
#define MMFPY_SUM 1
#define MMFPY_MIN 2
#define MMFPY_MAX 4

/*
 * Computes the totals of the field of the given type and offset, over count rows: row first, first
 * + step and so on. step may be negative but not 0. MMF_ERR_RANGE if the rows do not exist.
 */
int mmfpy_total_rows(mmfpy_store *handle, uint64_t first, uint64_t count, int64_t step,
                     uint32_t offset, int type, int what, mmfpy_total *out);

/*
 * The same over count values at data, stride bytes apart; stride may be negative. The caller keeps
 * the memory readable during the call, by holding a column. MMF_ERR_ARGUMENT for a type that is not
 * a scalar. Without values, sums are 0 and the limits are not valid.
 */
int mmfpy_total_of(const void *data, uint64_t count, int64_t stride, int type, int what,
                   mmfpy_total *out);

MMF_END_DECLS

#endif
