/* Walks the structs and arrays of a record down to their values. */
#include "leaves.h"

#include <stdio.h>
#include <string.h>

typedef struct walk {
    leaves_leaf leaf;
    leaves_visit visit;
    void *context;
    uint32_t count;
} walk;

static void set_name(leaves_leaf *leaf)
{
    size_t length = 0;
    leaf->name[0] = '\0';
    leaf->is_cut = false;
    for (uint32_t i = 0; i < leaf->depth; i++) {
        const int added = snprintf(leaf->name + length, sizeof leaf->name - length, "%s%s",
                                   i > 0 ? "_" : "", leaf->path[i]->name);
        length += added > 0 ? (size_t)added : 0;
        if (length >= sizeof leaf->name) {
            leaf->is_cut = true;
            return;
        }
    }
}

static void enter(walk *of, const mmf_field *field)
{
    leaves_leaf *leaf = &of->leaf;
    if (field->null_bit != 0 || of->count >= LEAVES_MAX)
        return;
    leaf->path[leaf->depth++] = field;
    leaf->dimensions += field->count > 0;
    if (field->structure != NULL) {
        for (uint32_t i = 0; i < field->structure->field_count; i++)
            enter(of, &field->structure->fields[i]);
    } else if (leaf->depth > 1 || field->count > 0) {
        set_name(leaf);
        of->count++;
        if (of->visit != NULL)
            of->visit(of->context, leaf);
    }
    leaf->dimensions -= field->count > 0;
    leaf->depth--;
}

uint32_t leaves_of(const mmf_field *field, leaves_visit visit, void *context)
{
    walk of;
    memset(&of, 0, sizeof of);
    of.visit = visit;
    of.context = context;
    enter(&of, field);
    return of.count;
}
