/*
 * Forms of the protocols that the store does not use: those that nearly work, and the one that it
 * would use for several writers. Written out, for core has no code for them.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_INCORRECT_VARIANTS_H
#define MMF_TESTS_ROBUSTNESS_MODEL_INCORRECT_VARIANTS_H

#include "tests/robustness/model/protocols.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct incorrect_variant {
    protocol form;
    model_verdict verdict; /* what is known of it */
} incorrect_variant;

size_t incorrect_variants(const incorrect_variant **out);

#ifdef __cplusplus
}
#endif

#endif
