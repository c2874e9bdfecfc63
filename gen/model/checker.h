/* What the checks of one schema file share: names, numbers, docs, and what is declared. */
#ifndef MMF_GEN_CHECKER_H
#define MMF_GEN_CHECKER_H

#include "../front/diag.h"
#include "../front/syntax.h"
#include "model.h"

MMF_BEGIN_DECLS

/* A struct while its fields are being checked, which may use other structs. */
typedef enum checker_progress {
    CHECKER_NEW,
    CHECKER_UNDER_WAY,
    CHECKER_BROKEN,
    CHECKER_DONE
} checker_progress;

typedef struct checker_struct {
    const syntax_record *written;
    mmf_struct *structure;
    gen_place place;
    const char *c_name;
    checker_progress progress;
} checker_struct;

typedef struct checker {
    const source *from;
    arena *memory;
    diag_list *list;
    const syntax_schema *parsed;
    bool failed; /* no memory */
    gen_constant *constants;
    gen_place *constant_places;
    mmf_enum *enums;
    const char **enum_c_names;
    gen_place *enum_places;
    checker_struct *structs;       /* in source order */
    const checker_struct **sorted; /* those that are done, each after those that it uses */
    uint32_t sorted_count;
} checker;

/* Takes zeroed memory for count items, or sets failed and returns NULL. */
void *checker_take(checker *state, size_t count, size_t size);

/* True for two spans of the same text, and for a span of that text. */
bool checker_same(const checker *state, source_span a, source_span b);
bool checker_is(const checker *state, source_span span, const char *text);

/* A copy of a name; reports one that C or C++ would refuse. "" without memory. */
const char *checker_name(checker *state, source_span name);

/* The number from 0 to max that decimal digits mean; false for any other text. */
bool checker_parse_number(const checker *state, source_span at, uint32_t max, uint32_t *out);

/* A decimal number from 1 to max; reports anything else and returns 1. */
uint32_t checker_number(checker *state, source_span at, uint32_t max, const char *what);

/* Joins the lines of a doc with '\n', without empty lines at either end. */
const char *checker_docs(checker *state, const syntax_docs *docs);

/* Reports that a name was declared before, at the other place. what is "field", "record". */
void checker_report_twice(checker *state, const char *what, source_span name, source_span other);

MMF_END_DECLS

#endif
