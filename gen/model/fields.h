/* The fields of records and structs: names, types, defaults and attributes. */
#ifndef MMF_GEN_FIELDS_H
#define MMF_GEN_FIELDS_H

#include "checker.h"

MMF_BEGIN_DECLS

/*
 * Checks all fields of a record or struct into fields and the places of their names, which have
 * room for field_count. Structs that they use are checked first. version is the record's, or 0 for
 * a struct. True when all types are known and whole.
 */
bool fields_check(checker *state, const syntax_record *of, uint32_t version, mmf_field *fields,
                  source_span *places);

/* True when the number of fields is allowed; else it is reported. what is "record". */
bool fields_check_count(checker *state, const syntax_record *of, const char *what);

/* Checks every struct of the file that has not been checked for a field. */
void fields_check_structs(checker *state);

MMF_END_DECLS

#endif
