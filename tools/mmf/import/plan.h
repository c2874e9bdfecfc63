/*
 * Which column of a table goes to which field of a record, and the records that its rows give.
 *
 * A column has the name of a value: that of a field, or a path such as "bids[0].price". A column of
 * another name is taken for the field that `mmf guess` would make of it ("Adj Close" is Adj_Close),
 * if no other column has that. A field without a column gets its default, or is null.
 *
 * An empty cell is null where the field may be null; a quoted empty cell of a string or bytes field
 * is an empty value. An array or struct that may be null is null when all its cells are empty; a
 * column of its own name, with true or false, says so where the values in it may be null, too.
 */
#ifndef MMF_IMPORT_PLAN_H
#define MMF_IMPORT_PLAN_H

#include "../text/leaves.h"
#include "../text/parse.h"
#include "csv.h"

MMF_BEGIN_DECLS

typedef struct plan_column {
    const leaf *value; /* NULL when the column is ignored, or of a group */
    parse_function parse;
    uint32_t group;    /* that a column of true and false is of; LEAVES_NO_GROUP for none */
    bool may_be_empty; /* an empty cell is a value: text */
} plan_column;

typedef struct plan {
    const mmf_schema *schema;
    leaf_list list;
    plan_column *columns;
    size_t column_count;
    unsigned char *initial; /* a record of defaults, where there is no column */
    bool fills_groups;      /* it has values in groups, which may be null */
} plan;

#define PLAN_TEXT_SIZE 1024

/* The first thing wrong with a row, or with a header. */
typedef struct plan_problem {
    size_t column; /* SIZE_MAX: it is of no column */
    char text[PLAN_TEXT_SIZE];
} plan_problem;

typedef enum plan_result {
    PLAN_GOOD,
    PLAN_WRONG, /* *problem says what */
    PLAN_NO_MEMORY
} plan_result;

/*
 * Matches columns with the fields of the schema, which must outlive *out. ignore lets columns be
 * that belong to no field. Release with plan_free, whatever is returned.
 */
plan_result plan_make(const mmf_schema *schema, const csv_cell *names, size_t count, bool ignore,
                      plan *out, plan_problem *problem);

void plan_free(plan *of);

/* Fills a raw record of schema->record_size bytes from a row of column_count cells. */
bool plan_fill(const plan *of, const csv_cell *cells, unsigned char *raw, plan_problem *problem);

/*
 * The part of a record without a column: its default, or null. False when it has neither; *problem
 * is set then.
 */
bool plan_default(const leaf *of, unsigned char *raw, plan_problem *problem);

/* Writes "NAME: found 'TEXT', expected ..." into *problem. */
void plan_explain(const leaf *of, parse_result result, const char *text, size_t length,
                  plan_problem *problem);

MMF_END_DECLS

#endif
