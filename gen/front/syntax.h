/* A schema as it is written: its records and fields, before their meaning is checked. */
#ifndef MMF_GEN_SYNTAX_H
#define MMF_GEN_SYNTAX_H

#include "source.h"

MMF_BEGIN_DECLS

/* One line of a doc comment, without its slashes. */
typedef struct syntax_doc {
    source_span text;
    struct syntax_doc *next;
} syntax_doc;

typedef struct syntax_docs {
    syntax_doc *first;
    syntax_doc *last;
} syntax_docs;

typedef struct syntax_field {
    source_span name;
    source_span type;
    source_span max; /* the N of string[N]; length 0 without brackets */
    syntax_docs docs;
    struct syntax_field *next;
} syntax_field;

/* "@name" or "@name(arguments)" of a record. */
typedef struct syntax_attribute {
    source_span name;      /* with its '@' */
    source_span arguments; /* with their brackets; length 0 without arguments */
    struct syntax_attribute *next;
} syntax_attribute;

typedef struct syntax_record {
    source_span name;
    source_span version;
    syntax_attribute *attributes; /* in source order */
    syntax_docs docs;
    syntax_field *fields;
    uint32_t field_count;
    bool broken; /* a part of it could not be parsed, and is missing here */
    struct syntax_record *next;
} syntax_record;

typedef struct syntax_schema {
    syntax_record *records;
    uint32_t record_count;
} syntax_schema;

MMF_END_DECLS

#endif
