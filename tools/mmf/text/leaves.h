/*
 * The values of a record that stand alone: its fields, and what arrays and structs consist of, each
 * with the path that names it as a column ("price", "bids[3].size", "greeks[0]").
 */
#ifndef MMF_TEXT_LEAVES_H
#define MMF_TEXT_LEAVES_H

#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

#define LEAVES_NO_GROUP UINT32_MAX

/* An array or struct that may be null as a whole. */
typedef struct leaf_group {
    char *path;
    uint32_t parent; /* the index of the group that it is in; LEAVES_NO_GROUP for none */
    uint32_t null_offset;
    uint8_t null_mask; /* 1 in the byte there: it has a value */
    uint32_t offset;   /* of its bytes in the record */
    uint32_t size;
} leaf_group;

typedef struct leaf {
    char *path;
    const mmf_field *field;
    uint32_t offset; /* from the start of the record */
    uint32_t group;  /* the innermost that it is in */
    uint32_t null_offset;
    uint8_t null_mask; /* 0 when the value itself is never null */
} leaf;

/* In the order of the record; a group stands before those in it. */
typedef struct leaf_list {
    leaf *leaves;
    size_t count;
    leaf_group *groups;
    size_t group_count;
    /* Private. */
    size_t leaf_capacity;
    size_t group_capacity;
    bool failed;
} leaf_list;

/* Lists them; false without memory. Release with leaves_free in either case. */
bool leaves_list(const mmf_schema *schema, leaf_list *out);

void leaves_free(leaf_list *list);

MMF_END_DECLS

#endif
