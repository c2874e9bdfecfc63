/* Finds equal texts with a hash table. */
#include "distinct.h"

#include <string.h>

#define HASH_PRIME UINT64_C(0x100000001b3)

/* The bytes to hash and compare: the length word and the data, at most up to the field's end. */
static uint32_t used_size(const unsigned char *field, uint32_t size)
{
    uint32_t length;
    memcpy(&length, field, sizeof length);
    return length <= size - MMFI_LENGTH_SIZE ? length + MMFI_LENGTH_SIZE : size;
}

static uint64_t hash_of(const unsigned char *field, uint32_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint32_t at = 0;
    for (; at + 8 <= size; at += 8) {
        uint64_t word;
        memcpy(&word, field + at, sizeof word);
        hash = (hash ^ word) * HASH_PRIME;
        hash ^= hash >> 32;
    }
    for (; at < size; at++)
        hash = (hash ^ field[at]) * HASH_PRIME;
    return hash ^ hash >> 29;
}

uint32_t mmfpy_distinct(const void *fields, uint32_t count, uint32_t size, uint32_t *ids,
                        uint32_t *firsts, uint32_t *table, uint32_t table_size)
{
    const unsigned char *field = (const unsigned char *)fields;
    const unsigned char *begin = field;
    uint32_t found = 0;
    memset(table, 0, table_size * sizeof *table); /* 0: free; else the value's number plus 1 */
    for (uint32_t i = 0; i < count; i++, field += size) {
        const uint32_t used = used_size(field, size);
        uint32_t at = (uint32_t)hash_of(field, used) & (table_size - 1);
        while (table[at] != 0 &&
               memcmp(begin + (size_t)firsts[table[at] - 1] * size, field, used) != 0)
            at = (at + 1) & (table_size - 1);
        if (table[at] == 0) {
            firsts[found] = i;
            table[at] = ++found;
        }
        ids[i] = table[at] - 1;
    }
    return found;
}
