/*
 * The protocols of the store as programs of a few threads, over the code that the library runs.
 *
 * A reader that fails gives up, where the library would try again: every later attempt knows more
 * and so may see less than a first attempt of another execution, which is explored.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_PROTOCOLS_H
#define MMF_TESTS_ROBUSTNESS_MODEL_PROTOCOLS_H

#include "tests/robustness/model/explore.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PROTOCOL_THREADS_MAX 4u

typedef struct protocol {
    const char *name;
    const char *what; /* what must hold */
    void (*prepare)(void);
    model_thread threads[PROTOCOL_THREADS_MAX];
    /* How many threads, from the first on, are killed before each of their stores, in all pairs. */
    unsigned killable_count;
    uint32_t patience; /* pauses of a waiting thread before it gives up */
    const char *(*wrong)(const uint64_t observed[MODEL_OBSERVED_MAX]); /* at the end; may be NULL */
} protocol;

typedef struct protocol_result {
    uint64_t cells; /* combinations of kills, at least 1 */
    uint64_t executions;
    model_result last; /* of the cell that was not right, or of the last one */
} protocol_result;

/* NULL after the last one. */
const protocol *protocol_at(size_t index);

/* Every cell, up to the first that is not right. */
void protocol_explore(const protocol *protocol, protocol_result *out);

#ifdef __cplusplus
}
#endif

#endif
