/*
 * Stands in for core/include/mmapforge/detail/atomic.h when core is compiled for the model: the
 * same names, and every access goes to the explorer. The build includes this file first in every
 * source (-include), and its guard is that of the original, so that no file of core knows of it.
 *
 * Only 8 aligned bytes are modelled. Accesses of other sizes are here so that core compiles, and
 * refuse to run; what is missing fails to compile, which is how new operations are noticed.
 */
#ifndef MMAPFORGE_DETAIL_ATOMIC_H
#define MMAPFORGE_DETAIL_ATOMIC_H

#include "mmapforge/detail/port.h"
#include "tests/robustness/model/explore.h"
#include "tests/robustness/model/site.h"

#include <string.h>

typedef uint8_t __attribute__((may_alias)) mmfi_u8;
typedef uint16_t __attribute__((may_alias)) mmfi_u16;
typedef uint32_t __attribute__((may_alias)) mmfi_u32;
typedef uint64_t __attribute__((may_alias)) mmfi_u64;

#define MMFI_WORD_COPY 1

/* ---- Orders, which a test may weaken by their place ---- */

#define MODEL_ORDER(order, operation, argument)                                                    \
    (__extension__({                                                                               \
        static model_site model_site_here = {__func__, operation, argument, 0, false};             \
        (model_order)(model_site_is_weakened(&model_site_here) ? MODEL_RELAXED : (order));         \
    }))

#define mmfi_load64_acquire(from)                                                                  \
    model_load(from, MODEL_ORDER(MODEL_ACQUIRE, "load acquire", #from))
#define mmfi_store64_release(to, value)                                                            \
    model_store(to, value, MODEL_ORDER(MODEL_RELEASE, "store release", #to))
#define mmfi_fence_acquire() model_fence(MODEL_ORDER(MODEL_ACQUIRE, "fence acquire", ""))
#define mmfi_fence_release() model_fence(MODEL_ORDER(MODEL_RELEASE, "fence release", ""))

/* Full fences of threads that go through one word: each sees what came before all earlier ones. */
void fake_fence_light(model_order order);
void fake_fence_full(model_order order);
#define mmfi_fence_light() fake_fence_light(MODEL_ORDER(MODEL_ACQ_REL, "fence light", ""))
#define mmfi_fence_full()  fake_fence_full(MODEL_ORDER(MODEL_ACQ_REL, "fence full", ""))

/* Both halves of an order, each with a place of its own. */
#define mmfi_add64_ordered(to, value)                                                              \
    model_add(to, value, MODEL_ORDER(MODEL_ACQUIRE, "add acquire", #to) == MODEL_ACQUIRE,          \
              MODEL_ORDER(MODEL_RELEASE, "add release", #to) == MODEL_RELEASE)
#define mmfi_swap64_if(to, expected, value)                                                        \
    model_swap_if(to, expected, value,                                                             \
                  MODEL_ORDER(MODEL_ACQUIRE, "update acquire", #to) == MODEL_ACQUIRE,              \
                  MODEL_ORDER(MODEL_RELEASE, "update release", #to) == MODEL_RELEASE)

MMFI_INLINE uint64_t model_add(void *to, uint64_t value, bool acquires, bool releases)
{
    return model_fetch_add(to, value,
                           acquires ? (releases ? MODEL_ACQ_REL : MODEL_ACQUIRE)
                                    : (releases ? MODEL_RELEASE : MODEL_RELAXED));
}

MMFI_INLINE bool model_swap_if(void *to, uint64_t expected, uint64_t value, bool acquires,
                               bool releases)
{
    return model_compare_exchange(to, &expected, value,
                                  acquires ? (releases ? MODEL_ACQ_REL : MODEL_ACQUIRE)
                                           : (releases ? MODEL_RELEASE : MODEL_RELAXED));
}

/* ---- Relaxed accesses ---- */

MMFI_INLINE uint64_t mmfi_load64(const void *from)
{
    return model_load(from, MODEL_RELAXED);
}

MMFI_INLINE void mmfi_store64(void *to, uint64_t value)
{
    model_store(to, value, MODEL_RELAXED);
}

MMFI_INLINE void mmfi_copy_out(void *to, const unsigned char *from, size_t size)
{
    if (size % 8 != 0)
        model_refuse("a copy of %zu bytes", size);
    for (size_t at = 0; at < size; at += 8) {
        const uint64_t word = mmfi_load64(from + at);
        memcpy((unsigned char *)to + at, &word, sizeof word);
    }
}

MMFI_INLINE void mmfi_copy_in(unsigned char *to, const void *from, size_t size)
{
    if (size % 8 != 0)
        model_refuse("a copy of %zu bytes", size);
    for (size_t at = 0; at < size; at += 8) {
        uint64_t word;
        memcpy(&word, (const unsigned char *)from + at, sizeof word);
        mmfi_store64(to + at, word);
    }
}

MMFI_INLINE void mmfi_copy_words(unsigned char *to, const unsigned char *from, size_t size)
{
    for (size_t at = 0; at < size; at += 8)
        mmfi_store64(to + at, mmfi_load64(from + at));
}

MMFI_INLINE void mmfi_copy_image(unsigned char *to, const unsigned char *from, size_t size)
{
    mmfi_copy_words(to, from, size);
}

/* ---- Neither ---- */

MMFI_INLINE uint32_t mmfi_take32(const void *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

MMFI_INLINE size_t mmfi_taken(size_t value)
{
    return value;
}

MMFI_INLINE void mmfi_compiler_barrier(void)
{
}

MMFI_INLINE void mmfi_pause(void)
{
    model_pause();
}

/* ---- Not modelled ---- */

#define MODEL_DEFINE_REFUSED(bits)                                                                 \
    MMFI_INLINE uint##bits##_t mmfi_load##bits(const void *from)                                   \
    {                                                                                              \
        model_refuse("a load of " #bits " bits at %p", from);                                      \
        return 0;                                                                                  \
    }                                                                                              \
    MMFI_INLINE void mmfi_store##bits(void *to, uint##bits##_t value)                              \
    {                                                                                              \
        model_refuse("a store of " #bits " bits, %u, at %p", (unsigned)value, to);                 \
    }                                                                                              \
    MMFI_INLINE void mmfi_store##bits##_release(void *to, uint##bits##_t value)                    \
    {                                                                                              \
        model_refuse("a store of " #bits " bits, %u, at %p", (unsigned)value, to);                 \
    }

MODEL_DEFINE_REFUSED(8)
MODEL_DEFINE_REFUSED(16)
MODEL_DEFINE_REFUSED(32)
#undef MODEL_DEFINE_REFUSED

/* For fields whose size is no multiple of 8. */
MMFI_INLINE void mmfi_copy_in_words(unsigned char *to, const unsigned char *from, size_t size)
{
    (void)from;
    model_refuse("a copy of %zu bytes to %p", size, (void *)to);
}

MMFI_INLINE void mmfi_zero(unsigned char *to, size_t size)
{
    model_refuse("%zu bytes are zeroed at %p", size, (void *)to);
}

#endif
