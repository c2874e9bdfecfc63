/* Opening a file of another format: which one it is, by its first words. */
#include "foreign.h"

#include "go.h"
#include "version2.h"

#include <stdlib.h>

void mmfi_foreign_close(mmfi_foreign *of)
{
    if (of == NULL)
        return;
    mmf_schema_free(of->schema);
    mmfi_file_close(&of->file);
    free(of);
}

mmf_status mmfi_foreign_open(const char *path, const mmf_schema *given, mmfi_foreign **out,
                             mmf_error *error)
{
    mmfi_file file = MMFI_FILE_NONE;
    *out = NULL;
    if (mmfi_file_open(path, false, &file, NULL) != MMF_OK)
        return MMF_OK;
    const bool is_version2 = mmfi_is_version2(&file);
    if (!is_version2 && !mmfi_is_go(&file)) {
        mmfi_file_close(&file);
        return MMF_OK;
    }
    mmfi_foreign *of = (mmfi_foreign *)calloc(1, sizeof *of);
    if (of == NULL) {
        mmfi_file_close(&file);
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory to migrate it", path);
    }
    of->file = file;
    of->torn_row = UINT64_MAX;
    const mmf_status status =
        is_version2 ? mmfi_version2_open(of, error) : mmfi_go_open(of, given, error);
    if (status == MMF_OK)
        *out = of;
    else
        mmfi_foreign_close(of);
    return status;
}
