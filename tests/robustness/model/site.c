/* A place stands in several files that include the same inline; its texts make it one. */
#include "tests/robustness/model/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static model_site met[MODEL_SITES_MAX];
static size_t met_count;
static const model_site *weak;
static size_t weak_count;
static unsigned epoch_now = 1;

static bool same(const model_site *a, const model_site *b)
{
    return strcmp(a->function, b->function) == 0 && strcmp(a->operation, b->operation) == 0 &&
           strcmp(a->argument, b->argument) == 0;
}

void model_weaken(const model_site *like, size_t count)
{
    weak = like;
    weak_count = count;
    epoch_now++;
}

static bool is_weak(const model_site *site)
{
    for (size_t i = 0; i < weak_count; i++)
        if (same(&weak[i], site))
            return true;
    return false;
}

static void note(const model_site *site)
{
    for (size_t i = 0; i < met_count; i++)
        if (same(&met[i], site))
            return;
    if (met_count == MODEL_SITES_MAX) {
        fprintf(stderr, "model: more than %u places with an order\n", MODEL_SITES_MAX);
        abort();
    }
    met[met_count++] = *site;
}

bool model_site_is_weakened(model_site *site)
{
    if (site->epoch != epoch_now) {
        site->epoch = epoch_now;
        site->weakened = is_weak(site);
        note(site);
    }
    return site->weakened;
}

void model_sites_forget(void)
{
    met_count = 0;
    epoch_now++;
}

size_t model_sites(const model_site **out)
{
    *out = met;
    return met_count;
}
