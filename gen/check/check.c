/* Compares the records of two versions of a schema. */
#include "check.h"

#include <string.h>

typedef struct check {
    emit_text *to;
    const char *schema_name; /* of the newer one */
    uint32_t problems;
} check;

static void begin(check *of, const mmf_schema *record)
{
    of->problems++;
    emit_append_format(of->to, "%.255s: record '%s': ", of->schema_name, record->name);
}

static const mmf_schema *find(const gen_model *in, const char *name)
{
    for (uint32_t i = 0; i < in->record_count; i++)
        if (strcmp(in->records[i].name, name) == 0)
            return &in->records[i];
    return NULL;
}

static void check_numbers(check *of, const mmf_schema *older, const mmf_schema *newer)
{
    if (newer->version < older->version) {
        begin(of, newer);
        emit_append_format(of->to,
                           "its version went back from %u to %u\n"
                           "hint: write 'version %u', or a larger number\n",
                           older->version, newer->version, older->version);
    } else if (newer->version == older->version) {
        begin(of, newer);
        emit_append_format(of->to,
                           "it has changed, and is still version %u\n"
                           "hint: write 'version %u'\n",
                           newer->version, newer->version + 1);
    }
}

static void check_reading(check *of, const mmf_schema *program, const mmf_schema *file,
                          const mmf_schema *newer, const char *hint)
{
    char reason[MMF_REASON_SIZE];
    bool writable = false;
    if (mmf_schema_reads(program, file, &writable, reason))
        return;
    begin(of, newer);
    emit_append_format(of->to,
                       "programs of version %u could not read files of version %u: %s\n"
                       "hint: %s\n",
                       program->version, file->version, reason, hint);
}

static void check_record(check *of, const mmf_schema *older, const mmf_schema *newer,
                         check_mode mode)
{
    if (older->layout_hash == newer->layout_hash)
        return; /* the same bytes, with the same meaning */
    check_numbers(of, older, newer);
    if (mode != CHECK_FORWARD)
        check_reading(of, newer, older, newer,
                      "a field that is added needs a default, '@since(N)' or '?'; one that is "
                      "renamed '@was(name)'; for another type, add a field beside it");
    if (mode != CHECK_BACKWARD)
        check_reading(of, older, newer, newer,
                      "keep every field of the older version as it is, '@deprecated' if it must "
                      "be; for another type, add a field beside it");
}

uint32_t check_versions(emit_text *to, const gen_model *older, const gen_model *newer,
                        check_mode mode)
{
    check of = {to, newer->schema_name, 0};
    for (uint32_t i = 0; i < older->record_count; i++) {
        const mmf_schema *before = &older->records[i];
        const mmf_schema *after = find(newer, before->name);
        if (after != NULL) {
            check_record(&of, before, after, mode);
            continue;
        }
        begin(&of, before);
        emit_append_format(to, "it is gone, and files of it could not be opened any more\n"
                               "hint: keep it for as long as there are such files\n");
    }
    return of.problems;
}
