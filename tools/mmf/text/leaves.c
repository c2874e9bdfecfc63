#include "leaves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A path of names and indexes, as it is being built: at most 16 structs, each in an array. */
#define PATH_SIZE ((MMF_STRUCT_DEPTH_MAX + 1) * (MMF_NAME_LENGTH_MAX + 16))

/* Where fields are: in the record, or in a struct of it. */
typedef struct place {
    uint32_t base;
    uint32_t validity_offset; /* from base */
    uint32_t group;
    char *path;
    size_t path_length;
} place;

static void *grow(void *items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity > 0 ? *capacity * 2 : 32;
    return realloc(items, *capacity * size);
}

static char *copy_path(const place *at)
{
    char *path = (char *)malloc(at->path_length + 1);
    if (path != NULL) {
        memcpy(path, at->path, at->path_length);
        path[at->path_length] = '\0';
    }
    return path;
}

static void add_leaf(leaf_list *list, const place *at, const leaf *one)
{
    leaf *leaves =
        (leaf *)grow(list->leaves, &list->leaf_capacity, list->count, sizeof *list->leaves);
    if (leaves == NULL) {
        list->failed = true;
        return;
    }
    list->leaves = leaves;
    leaves[list->count] = *one;
    leaves[list->count].path = copy_path(at);
    list->failed = list->failed || leaves[list->count].path == NULL;
    list->count++;
}

static uint32_t add_group(leaf_list *list, const place *at, const leaf_group *one)
{
    leaf_group *groups = (leaf_group *)grow(list->groups, &list->group_capacity, list->group_count,
                                            sizeof *list->groups);
    if (groups == NULL) {
        list->failed = true;
        return LEAVES_NO_GROUP;
    }
    list->groups = groups;
    groups[list->group_count] = *one;
    groups[list->group_count].path = copy_path(at);
    list->failed = list->failed || groups[list->group_count].path == NULL;
    return (uint32_t)list->group_count++;
}

static void add_fields(leaf_list *list, const mmf_field *fields, uint32_t count, const place *in);

/* One value of a field: a leaf, or the fields of a struct. */
static void add_value(leaf_list *list, const mmf_field *field, const place *at, const leaf *one)
{
    const mmf_struct *structure = field->structure;
    if (structure == NULL) {
        add_leaf(list, at, one);
        return;
    }
    place within = *at;
    within.base = one->offset;
    within.validity_offset = structure->validity_offset;
    within.group = one->group;
    within.path[within.path_length++] = '.';
    add_fields(list, structure->fields, structure->field_count, &within);
}

static void add_field(leaf_list *list, const mmf_field *field, const place *in)
{
    place at = *in;
    leaf one = {NULL, field, in->base + field->offset, in->group, 0, 0};
    if (field->null_bit > 0) {
        one.null_offset = in->base + in->validity_offset + (field->null_bit - 1) / 8;
        one.null_mask = (uint8_t)(1u << (field->null_bit - 1) % 8);
    }
    at.path_length +=
        (size_t)snprintf(at.path + at.path_length, PATH_SIZE - at.path_length, "%s", field->name);
    if (one.null_mask != 0 && (field->count > 0 || field->structure != NULL)) {
        const leaf_group group = {NULL,          in->group,  one.null_offset,
                                  one.null_mask, one.offset, field->size};
        one.group = add_group(list, &at, &group);
        one.null_mask = 0;
    }
    if (field->count == 0) {
        add_value(list, field, &at, &one);
        return;
    }
    const size_t length = at.path_length;
    for (uint32_t i = 0; i < field->count && !list->failed; i++) {
        at.path_length = length + (size_t)snprintf(at.path + length, PATH_SIZE - length, "[%u]", i);
        add_value(list, field, &at, &one);
        one.offset += mmf_field_stride(field);
    }
}

static void add_fields(leaf_list *list, const mmf_field *fields, uint32_t count, const place *in)
{
    for (uint32_t i = 0; i < count && !list->failed; i++)
        add_field(list, &fields[i], in);
}

bool leaves_list(const mmf_schema *schema, leaf_list *out)
{
    char path[PATH_SIZE];
    const place record = {0, schema->validity_offset, LEAVES_NO_GROUP, path, 0};
    memset(out, 0, sizeof *out);
    add_fields(out, schema->fields, schema->field_count, &record);
    return !out->failed;
}

void leaves_free(leaf_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->leaves[i].path);
    for (size_t i = 0; i < list->group_count; i++)
        free(list->groups[i].path);
    free(list->leaves);
    free(list->groups);
    memset(list, 0, sizeof *list);
}
