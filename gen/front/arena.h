/*
 * Memory that lives and dies together: all that one run of the generator allocates.
 *
 * Every piece is an allocation of its own, so that a sanitizer sees an overrun of one. A failed
 * allocation is a NULL for the caller to pass up; arena_free is right after any failure.
 */
#ifndef MMF_GEN_ARENA_H
#define MMF_GEN_ARENA_H

#include "mmapforge/detail/port.h"

MMF_BEGIN_DECLS

/* More than the largest schema file can make the generator need; a bound against a runaway. */
#define ARENA_SIZE_MAX ((size_t)512 << 20)

typedef struct arena {
    struct arena_piece *pieces;
    size_t used;     /* bytes given out */
    size_t size_max; /* bytes that may be given out; tests lower it to make allocations fail */
} arena;

void arena_init(arena *memory, size_t size_max);

/* size zeroed bytes, aligned for any type, or NULL. They stay until arena_free. */
void *arena_take(arena *memory, size_t size);

/* A copy of length bytes of text with a NUL behind, or NULL. */
char *arena_copy(arena *memory, const char *text, size_t length);

/* Releases every piece; the arena is then as after arena_init. */
void arena_free(arena *memory);

MMF_END_DECLS

#endif
