/*
 * The identifiers of generated code: how they are made from the names of a schema, and which clash.
 *
 * One table, in names.c, has every identifier that the emitters write at the scope of a C file or a
 * Python module, and every member of a record. A test compares it with the generated files.
 */
#ifndef MMF_GEN_NAMES_H
#define MMF_GEN_NAMES_H

#include "../front/diag.h"
#include "model.h"

MMF_BEGIN_DECLS

/* Room for a name in snake_case with its NUL: at most, a '_' before every letter. */
#define NAMES_SIZE (2u * MMF_NAME_LENGTH_MAX + 1u)

/* Room for any generated identifier: a record's name, two of fields, and the words between. */
#define NAMES_IDENTIFIER_SIZE (3u * NAMES_SIZE + 32u)

/* "HTTPTick" -> "http_tick". A '_' of the name is not doubled. */
void names_lower(const char *name, char out[NAMES_SIZE]);

/* "HTTPTick" -> "HTTP_TICK". */
void names_upper(const char *name, char out[NAMES_SIZE]);

typedef enum names_scope {
    NAMES_FILE,   /* functions, types, macros and objects: unique in a program */
    NAMES_MODULE, /* classes of the Python module */
    NAMES_MEMBER  /* members of a record's struct */
} names_scope;

/* What a schema declares with a name of its own. */
typedef struct names_part {
    const char
        *what; /* "record", "struct", "enum", "constant"; of a part of one "field", "member" */
    const char *name; /* in the schema */
    source_span at;
} names_part;

typedef struct names_identifier {
    char text[NAMES_IDENTIFIER_SIZE];
    names_scope scope;
    uint32_t number;    /* of whole; identifiers of one part have the same */
    bool is_whole;      /* not of a field or member: part is whole */
    const char *c_name; /* what names of the whole are made from */
    names_part whole;
    names_part part;
} names_identifier;

/*
 * Lists every identifier generated for the model, with the parts that have no errors. NULL when
 * memory is exhausted.
 */
names_identifier *names_list(const gen_model *model, arena *memory, size_t *count);

/*
 * True when a field has a default or may be null, or one of a struct among them: then there is a
 * call that sets all defaults.
 */
bool names_have_defaults(const mmf_field *fields, uint32_t count);

/* Macros of the system's headers, sorted; gen/model/list_macros.sh writes them. */
extern const char *const NAMES_MACROS[];
extern const size_t NAMES_MACRO_COUNT;

/* Functions and types of the system's headers, sorted; gen/model/list_functions.sh writes them. */
extern const char *const NAMES_FUNCTIONS[];
extern const size_t NAMES_FUNCTION_COUNT;

/*
 * The reason why a store cannot have this name, or the rule for names, as the end of a message;
 * NULL for a valid name.
 */
const char *names_store_problem(const char *name);

/*
 * Reports names that cannot be used in C, C++ or Python, and identifiers that two parts of the
 * schema would both get. Records with errors are skipped. Returns false only when memory is
 * exhausted.
 */
bool names_check(const gen_model *whole, arena *memory, diag_list *list);

MMF_END_DECLS

#endif
