/* The one table of field types. */
#include "mmapforge/types.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The length word that begins a string or bytes field. */
#define LENGTH_SIZE 4u

#define NAMED(name) name, sizeof(name) - 1

static const struct {
    const char *name;
    uint32_t name_length;
    uint32_t size; /* of the fixed part */
    uint32_t alignment;
} TYPES[MMF_TYPE_COUNT] = {
    [MMF_TYPE_NONE] = {NAMED("?"), 0, 0},
    [MMF_TYPE_BOOL] = {NAMED("bool"), 1, 1},
    [MMF_TYPE_INT8] = {NAMED("int8"), 1, 1},
    [MMF_TYPE_UINT8] = {NAMED("uint8"), 1, 1},
    [MMF_TYPE_INT16] = {NAMED("int16"), 2, 2},
    [MMF_TYPE_UINT16] = {NAMED("uint16"), 2, 2},
    [MMF_TYPE_INT32] = {NAMED("int32"), 4, 4},
    [MMF_TYPE_UINT32] = {NAMED("uint32"), 4, 4},
    [MMF_TYPE_INT64] = {NAMED("int64"), 8, 8},
    [MMF_TYPE_UINT64] = {NAMED("uint64"), 8, 8},
    [MMF_TYPE_FLOAT32] = {NAMED("float32"), 4, 4},
    [MMF_TYPE_FLOAT64] = {NAMED("float64"), 8, 8},
    [MMF_TYPE_STRING] = {NAMED("string"), LENGTH_SIZE, 4},
    [MMF_TYPE_BYTES] = {NAMED("bytes"), LENGTH_SIZE, 4},
    [MMF_TYPE_STRUCT] = {NAMED("struct"), 0, 0},
};

static mmf_type known(mmf_type type)
{
    return (unsigned)type < MMF_TYPE_COUNT ? type : MMF_TYPE_NONE;
}

const char *mmf_type_name(mmf_type type)
{
    return TYPES[known(type)].name;
}

size_t mmf_type_write(mmf_type type, uint32_t max, char *buffer, size_t size)
{
    const char *name = mmf_type_name(type);
    const int length = mmf_type_is_sized(type)
                           ? snprintf(buffer, size, "%s[%" PRIu32 "]", name, max)
                           : snprintf(buffer, size, "%s", name);
    return length > 0 ? (size_t)length : 0;
}

mmf_type mmf_type_from_name(const char *name, size_t length)
{
    for (int type = MMF_TYPE_NONE + 1; type < MMF_TYPE_STRUCT; type++)
        if (TYPES[type].name_length == length && TYPES[type].name[0] == name[0] &&
            memcmp(TYPES[type].name, name, length) == 0)
            return (mmf_type)type;
    return MMF_TYPE_NONE;
}

bool mmf_type_is_sized(mmf_type type)
{
    return type == MMF_TYPE_STRING || type == MMF_TYPE_BYTES;
}

bool mmf_type_is_scalar(mmf_type type)
{
    return type > MMF_TYPE_NONE && type < MMF_TYPE_STRING;
}

uint32_t mmf_type_alignment(mmf_type type)
{
    return TYPES[known(type)].alignment;
}

uint32_t mmf_type_size(mmf_type type, uint32_t max)
{
    return TYPES[known(type)].size + (mmf_type_is_sized(type) ? max : 0);
}
