/*
 * Forms of the protocols that the store does not use: those that nearly work, and the one that it
 * would use for several writers. Written out, for core has no code for them.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_NEAR_MISSES_H
#define MMF_TESTS_ROBUSTNESS_MODEL_NEAR_MISSES_H

#include "tests/robustness/model/protocols.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct near_miss {
    protocol form;
    model_verdict verdict; /* what is known of it */
} near_miss;

size_t near_misses(const near_miss **out);

#ifdef __cplusplus
}
#endif

#endif
