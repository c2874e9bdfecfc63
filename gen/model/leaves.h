/*
 * The leaves of a record: values that lie within an array or struct of it and have calls of their
 * own, such as bids[i].price. What is null as a whole has none: it is read and set as a whole.
 */
#ifndef MMF_GEN_LEAVES_H
#define MMF_GEN_LEAVES_H

#include "model.h"

MMF_BEGIN_DECLS

#define LEAVES_DEPTH_MAX (MMF_STRUCT_DEPTH_MAX + 1u)

/* Characters of a leaf's name with its NUL: as many as two names. */
#define LEAVES_NAME_SIZE (2u * MMF_NAME_LENGTH_MAX + 2u)

/* Leaves of one record that get calls. */
#define LEAVES_MAX 8192u

typedef struct leaves_leaf {
    uint32_t depth; /* fields on its path */
    const mmf_field *path[LEAVES_DEPTH_MAX];
    uint32_t dimensions;         /* arrays on its path */
    char name[LEAVES_NAME_SIZE]; /* "bids_price"; cut when it is longer */
    bool is_cut;
} leaves_leaf;

typedef void (*leaves_visit)(void *context, const leaves_leaf *leaf);

/*
 * Visits the leaves of one field of a record, in the order of the fields: none for a plain one.
 * Returns their number; those beyond LEAVES_MAX are not visited.
 */
uint32_t leaves_of(const mmf_field *field, leaves_visit visit, void *context);

MMF_END_DECLS

#endif
