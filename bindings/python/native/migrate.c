/* Migrating a file, with what another thread asks of it. */
#include "migrate.h"

#include "mmapforge/detail/atomic.h"

static bool tell(void *context, uint64_t done, uint64_t total)
{
    mmfpy_progress *progress = (mmfpy_progress *)context;
    mmfi_store64(&progress->total, total);
    mmfi_store64(&progress->done, done);
    return mmfi_load64(&progress->stop) == 0;
}

int mmfpy_migrate(const char *path, const char *new_path, const mmf_schema *schema, int to_go,
                  uint64_t rows, mmfpy_progress *progress, mmf_migrate_report *report,
                  mmf_error *error)
{
    mmf_migrate_options options = MMF_MIGRATE_OPTIONS_INIT;
    options.progress = tell;
    options.context = progress;
    options.rows = rows;
    options.to = to_go ? MMF_MIGRATE_TO_GO : MMF_MIGRATE_TO_STORE;
    report->size = sizeof *report;
    return (int)mmf_store_migrate(path, new_path, schema, &options, report, error);
}
