/* Turns tokens into records and fields as they are written, without asking what they mean. */
#ifndef MMF_GEN_PARSER_H
#define MMF_GEN_PARSER_H

#include "diag.h"

MMF_BEGIN_DECLS

/* One line of a doc comment, without its slashes. */
typedef struct parser_doc {
    source_span text;
    struct parser_doc *next;
} parser_doc;

typedef struct parser_docs {
    parser_doc *first;
    parser_doc *last;
} parser_docs;

typedef struct parser_field {
    source_span name;
    source_span type;
    source_span max; /* the N of string[N]; length 0 when there are no brackets */
    parser_docs docs;
    struct parser_field *next;
} parser_field;

/* "@name" or "@name(arguments)"; of a record. */
typedef struct parser_attribute {
    source_span name;      /* with its '@' */
    source_span arguments; /* with their brackets; length 0 when there are none */
    struct parser_attribute *next;
} parser_attribute;

typedef struct parser_record {
    source_span name;
    source_span version;
    parser_attribute *attributes; /* in the order in which they stand */
    parser_docs docs;
    parser_field *fields;
    uint32_t field_count;
    bool broken; /* something in it was not understood, and is not among the rest */
    struct parser_record *next;
} parser_record;

typedef struct parser_schema {
    parser_record *records;
    uint32_t record_count;
} parser_schema;

/*
 * Parses a whole file, reporting what cannot be parsed and going on behind it. False when there was
 * no memory; errors alone are true, and the list has them.
 */
bool parser_parse(const source *from, arena *memory, diag_list *list, parser_schema *out);

MMF_END_DECLS

#endif
