/* A schema in the language of docs/schema.md, read from a *.mmfs file as mmfgen reads it. */
#ifndef MMF_IMPORT_SCHEMA_FILE_H
#define MMF_IMPORT_SCHEMA_FILE_H

#include "../command/report.h"
#include "mmapforge/schema.h"

/*
 * Reads the record of that name, or the only one when record is NULL. Errors are printed as mmfgen
 * prints them, and it returns EXIT_FOUND or EXIT_TROUBLE; *out is NULL then. Release *out with
 * mmf_schema_free.
 */
exit_status schema_file_read(const char *path, const char *record, mmf_schema **out);

#endif
