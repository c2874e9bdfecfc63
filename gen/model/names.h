/*
 * The identifiers of generated code: how they come from a schema's names, and which ones clash.
 *
 * Every identifier that the emitters write at the scope of a C file or a Python module, and every
 * member of a record, stands in one table in names.c; a test compares it with what is really
 * written.
 */
#ifndef MMF_GEN_NAMES_H
#define MMF_GEN_NAMES_H

#include "../front/diag.h"
#include "model.h"

MMF_BEGIN_DECLS

/* Room for a name in snake_case with its NUL: at worst a '_' before every letter. */
#define NAMES_SIZE (2u * MMF_NAME_LENGTH_MAX + 1u)

/* Room for any generated identifier: a record's name, a field's name, and what is between. */
#define NAMES_IDENTIFIER_SIZE (2u * NAMES_SIZE + 32u)

/* "HTTPTick" -> "http_tick". A '_' that is there already stays one. */
void names_lower(const char *name, char out[NAMES_SIZE]);

/* "HTTPTick" -> "HTTP_TICK". */
void names_upper(const char *name, char out[NAMES_SIZE]);

typedef enum names_scope {
    NAMES_FILE,   /* functions, types, macros and objects: one of a name in a program */
    NAMES_MODULE, /* classes of the Python module */
    NAMES_MEMBER  /* members of a record's struct */
} names_scope;

typedef struct names_identifier {
    char text[NAMES_IDENTIFIER_SIZE];
    names_scope scope;
    uint32_t record;
    uint32_t field; /* UINT32_MAX for what belongs to the record as a whole */
} names_identifier;

/* Every identifier generated for the model, in memory. NULL when there is no memory. */
names_identifier *names_list(const gen_model *model, arena *memory, size_t *count);

/* Macros of the system's headers, sorted; gen/model/list_macros.sh writes them. */
extern const char *const NAMES_MACROS[];
extern const size_t NAMES_MACRO_COUNT;

/*
 * What keeps a store from having this name, and what a name must be like, as the end of a message;
 * NULL when it is good.
 */
const char *names_store_problem(const char *name);

/*
 * Reports names that cannot be used in C, C++ or Python, and identifiers that two parts of the
 * schema would both get; of records that are wrong, nothing. False when there was no memory to
 * look.
 */
bool names_check(const gen_model *whole, arena *memory, diag_list *list);

MMF_END_DECLS

#endif
