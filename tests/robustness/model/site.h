/*
 * Where the code that is modelled asks for an order, and how one such place is made to ask for
 * less.
 *
 * A place is known by its function, the call and what it is applied to, as written in the source.
 */
#ifndef MMF_TESTS_ROBUSTNESS_MODEL_SITE_H
#define MMF_TESTS_ROBUSTNESS_MODEL_SITE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* operation is "load acquire", "store release", "fence release" and so on. */
typedef struct model_site {
    const char *function;
    const char *operation;
    const char *argument; /* "" for a fence */
    unsigned epoch;       /* of the weakening that .weakened is about */
    bool weakened;
} model_site;

/* From now on the places like these are relaxed, and a fence is none; with a count of 0 no place
 * is. The places stay the caller's, until the next call. */
void model_weaken(const model_site *like, size_t count);

/* True when the place is to be relaxed. Notes that the place was met. */
bool model_site_is_weakened(model_site *site);

#define MODEL_SITES_MAX 64u

/* Every place that was met since model_sites_forget, each once; returns how many. */
size_t model_sites(const model_site **out);
void model_sites_forget(void);

#ifdef __cplusplus
}
#endif

#endif
