/* A schema as it is written: its parts, before their meaning is checked. */
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

/* "@name" or "@name(arguments)" of a record, struct or field. */
typedef struct syntax_attribute {
    source_span name;      /* with its '@' */
    source_span arguments; /* with their brackets; length 0 without arguments */
    struct syntax_attribute *next;
} syntax_attribute;

#define SYNTAX_BRACKETS_MAX 2u /* pairs after the name of a type that are kept */

/* "name: type(18,4)[64][10]? = 1.5 @attribute;" */
typedef struct syntax_field {
    source_span name;
    source_span type;
    source_span arguments;                     /* with their brackets; length 0 without */
    source_span brackets[SYNTAX_BRACKETS_MAX]; /* a number or name in each; length 0 without */
    source_span nullable;                      /* the '?'; length 0 without */
    source_span value;                         /* what stands after '='; length 0 without */
    syntax_attribute *attributes;              /* in source order */
    syntax_docs docs;
    struct syntax_field *next;
} syntax_field;

/* A record, or a struct, which has no version. */
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

/* "Name = 1;" of an enum, or "const NAME = 10;". */
typedef struct syntax_value {
    source_span name;
    source_span value;
    syntax_docs docs;
    struct syntax_value *next;
} syntax_value;

typedef struct syntax_enum {
    source_span name;
    source_span type;
    syntax_attribute *attributes; /* in source order */
    syntax_docs docs;
    syntax_value *members;
    uint32_t member_count;
    bool broken;
    struct syntax_enum *next;
} syntax_enum;

/* Each list in source order. */
typedef struct syntax_schema {
    syntax_record *records;
    uint32_t record_count;
    syntax_record *structs;
    uint32_t struct_count;
    syntax_enum *enums;
    uint32_t enum_count;
    syntax_value *constants;
    uint32_t constant_count;
} syntax_schema;

MMF_END_DECLS

#endif
