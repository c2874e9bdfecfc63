/* Memory that is released all at once. */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

struct arena_piece {
    struct arena_piece *next;
    max_align_t data[];
};

void arena_init(arena *memory, size_t size_max)
{
    *memory = (arena){NULL, 0, size_max};
}

void *arena_take(arena *memory, size_t size)
{
    if (size > memory->size_max - memory->used)
        return NULL;
    struct arena_piece *piece = (struct arena_piece *)calloc(1, sizeof *piece + size);
    if (piece == NULL)
        return NULL;
    memory->used += size;
    piece->next = memory->pieces;
    memory->pieces = piece;
    return piece->data;
}

char *arena_copy(arena *memory, const char *text, size_t length)
{
    char *copy = (char *)arena_take(memory, length + 1);
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

void arena_free(arena *memory)
{
    while (memory->pieces != NULL) {
        struct arena_piece *piece = memory->pieces;
        memory->pieces = piece->next;
        free(piece);
    }
    memory->used = 0;
}
