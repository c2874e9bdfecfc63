/* Migrating a file in one thread of Python while another one shows how far it is. */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_MIGRATE_H
#define MMF_BINDINGS_PYTHON_NATIVE_MIGRATE_H

#include "mmapforge/generated.h"
#include "mmapforge/migrate.h"

MMF_BEGIN_DECLS

/* Read and written by both threads, word by word. */
typedef struct mmfpy_progress {
    uint64_t done;  /* records */
    uint64_t total; /* records; 0 until the first is known */
    uint64_t stop;  /* not 0 to stop at the next occasion */
} mmfpy_progress;

/* As mmf_store_migrate. *report need not be initialised. */
int mmfpy_migrate(const char *path, const char *new_path, const mmf_schema *schema, int to_go,
                  uint64_t rows, mmfpy_progress *progress, mmf_migrate_report *report,
                  mmf_error *error);

MMF_END_DECLS

#endif
