/*
 * Whole records of an array of structs read, replaced and appended, and records of the store read:
 * for programs that compare both. As store_loops.h, which this includes; with loop_get, and
 * loop_raw for the type of the array's structs.
 */
#ifndef MMF_BENCH_ARRAY_LOOPS_H
#define MMF_BENCH_ARRAY_LOOPS_H

#include <string.h>

#include "bench/micro/store_loops.h"

static loop_raw *rows; /* ROWS of them, and room for appends after those */

/* Makes the array, of zeroes, with room for count appends. */
static inline void make_rows(uint64_t count)
{
    rows = (loop_raw *)calloc(ROWS + count, sizeof *rows);
    if (rows == NULL)
        abort();
}

LOOP raw_record_get(uint64_t count)
{
    const loop_raw *from = rows;
    loop_raw out;
    for (uint64_t i = 0; i < count; i++) {
        memcpy(&out, &from[i % ROWS], sizeof out);
        keep_memory(&out);
    }
}

LOOP raw_record_set(uint64_t count)
{
    loop_raw *to = rows;
    loop_raw in = rows[0];
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        memcpy(&to[i % ROWS], &in, sizeof in);
    }
}

LOOP raw_append(uint64_t count)
{
    loop_raw *to = rows;
    loop_raw in = rows[0];
    for (uint64_t i = 0; i < count; i++) {
        keep_memory(&in);
        memcpy(&to[ROWS + i], &in, sizeof in);
    }
}

LOOP record_get(uint64_t count)
{
    const loop_store *from = store;
    loop_record out;
    for (uint64_t i = 0; i < count; i++) {
        must(loop_get(from, i % ROWS, &out));
        keep_memory(&out);
    }
}

#endif
