/*
 * Memory that is released all at once: everything that one run of the generator allocates.
 *
 * Each piece is a separate allocation, so that a sanitizer detects an overrun of any of them. If an
 * allocation fails, the caller gets NULL and reports it; arena_free may be called after any
 * failure.
 */
#ifndef MMF_GEN_ARENA_H
#define MMF_GEN_ARENA_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

/* More than the generator needs for the largest schema file; it only stops a runaway. */
#define ARENA_SIZE_MAX ((size_t)512 << 20)

typedef struct arena {
    struct arena_piece *pieces;
    size_t used;     /* bytes given out */
    size_t size_max; /* bytes that may be given out; tests lower it to make allocations fail */
} arena;

void arena_init(arena *memory, size_t size_max);

/* Returns size zeroed bytes, aligned for any type, or NULL. They are valid until arena_free. */
void *arena_take(arena *memory, size_t size);

/* Returns a copy of length bytes of text with a NUL after them, or NULL. */
char *arena_copy(arena *memory, const char *text, size_t length);

/* Releases every piece; the arena is then empty, as after arena_init. */
void arena_free(arena *memory);

MMF_END_DECLS

#endif
