/*
 * The text of a schema for a table: a record with a field for each column, named after it. Where a
 * name cannot be that of a field, another one is made of it, as import/identifier.h does, and a
 * comment has the column's.
 */
#ifndef MMF_GUESS_PROPOSAL_H
#define MMF_GUESS_PROPOSAL_H

#include "../command/report.h"
#include "column.h"
#include "mmapforge/schema.h"

typedef struct proposal_field {
    char *column; /* its name in the table, of column_length bytes */
    size_t column_length;
    char name[MMF_NAME_LENGTH_MAX + 1]; /* private */
    char type[COLUMN_TYPE_SIZE];
    char note[COLUMN_NOTE_SIZE];
} proposal_field;

/*
 * Prints a schema without errors, in the form of mmfgen --format. record is the name of the record;
 * origin, for a comment, says what it was made of. Returns EXIT_GOOD,
 * EXIT_FOUND when there is no such schema, or EXIT_TROUBLE.
 */
exit_status proposal_print(const char *record, const char *origin, proposal_field *fields,
                           size_t count);

#endif
