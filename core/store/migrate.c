/* Rewriting a file to another schema. */
#include "mmapforge/migrate.h"
#include "../foreign/go.h"
#include "../foreign/go_schema.h"
#include "../schema/traits.h"
#include "../schema/versions.h"

#include "bounds.h"
#include "copy.h"
#include "create.h"
#include "migrate_plan.h"
#include "mmapforge/value.h"
#include "mmapforge/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records between two calls of the progress callback, in bytes of the new file. */
#define PROGRESS_BYTES (UINT64_C(4) << 20)

/* ---- Schemas ---- */

typedef struct migration_check {
    const char *path;
    mmf_error *error;
} migration_check;

static mmf_status check_migrated_fields(const migration_check *of, const char *prefix,
                                        const mmfi_versions *versions);

static mmf_status check_migrated_field(const migration_check *of, const char *prefix,
                                       const mmfi_versions *versions, const mmf_field *mine,
                                       const mmf_field *theirs)
{
    const char *doubt = mmfi_counterpart_doubt(versions, mine);
    if (doubt != NULL)
        return mmfi_fail(of->error, MMF_ERR_SCHEMA, 0, of->path,
                         "%s: field '%s%s' cannot be migrated: it may be '%s' of the file or not: "
                         "%s; give the field of the newer version a name that no older one has",
                         of->path, prefix, mine->name, theirs->name, doubt);
    const char *problem = mmfi_kind_problem(mine, theirs);
    if (problem != NULL)
        return mmfi_fail(of->error, MMF_ERR_SCHEMA, 0, of->path,
                         "%s: field '%s%s' cannot be migrated: the file has '%s: %s', the new "
                         "schema '%s': %s; give the new field another name",
                         of->path, prefix, mine->name, theirs->name,
                         mmfi_type_describe(theirs).text, mmfi_type_describe(mine).text, problem);
    if (mine->structure == NULL)
        return MMF_OK;
    char inner[MMFI_FIELD_PATH_SIZE];
    (void)snprintf(inner, sizeof inner, "%s%s.", prefix, mine->name);
    const mmfi_versions within = mmfi_versions_within(versions, mine->structure, theirs->structure);
    return check_migrated_fields(of, inner, &within);
}

static mmf_status check_migrated_fields(const migration_check *of, const char *prefix,
                                        const mmfi_versions *versions)
{
    for (uint32_t i = 0; i < versions->mine_count; i++) {
        const mmf_field *field = &versions->mine[i];
        const mmf_field *found = mmfi_counterpart(versions, field);
        mmf_status status = MMF_OK;
        if (found != NULL)
            status = check_migrated_field(of, prefix, versions, field, found);
        else if (!mmfi_may_be_missing(versions, field))
            status = mmfi_fail(of->error, MMF_ERR_SCHEMA, 0, of->path,
                               "%s: field '%s%s' is not in the file, and the new schema does not "
                               "say what it is to be there: give it a default, '@since(%" PRIu32
                               ")' or a '?', or '@was(name)' if it had another name",
                               of->path, prefix, field->name, versions->mine_version);
        if (status != MMF_OK)
            return status;
    }
    return MMF_OK;
}

/* ---- All records ---- */

typedef struct migration {
    mmf_store *from;          /* the old file; NULL when it is of another format */
    mmfi_foreign *foreign;    /* the old file then */
    mmfi_go_file *go;         /* the new file when it is one of the Go library; else NULL */
    const char *path;         /* of the old file */
    const mmf_schema *file;   /* of its records */
    const mmf_schema *given;  /* the schema of the call */
    const mmf_schema *schema; /* of the new records: that, or what it is to Go */
    mmf_schema *go_schema;    /* owned */
    mmf_migrate_options options;
    mmf_migrate_report *report;
    mmfi_migrate_plan plan;
    unsigned char *states; /* of the old records, when the old file is of another format */
    uint64_t total;
    uint64_t block_rows;        /* how many are migrated at a time */
    unsigned char *old_records; /* room for so many of the old file, and of the new one */
    unsigned char *new_records;
} migration;

static mmf_status fail_misfit(const migration *of, uint64_t row, const mmfi_misfit *why,
                              mmf_error *error)
{
    const char *said = why->status == MMF_ERR_NULL   ? "is null, and the new field is never null"
                       : why->status == MMF_ERR_ENUM ? "is no member of the new enum"
                                                     : "does not fit the new type";
    return mmfi_fail(error, why->status, 0, of->path,
                     "%s: row %" PRIu64 " cannot be migrated: the value of field '%s' %s; change "
                     "the schema, or the record",
                     of->path, row, why->name, said);
}

/* Records of the old file, each consistent. */
static mmf_status read_old(const migration *of, uint64_t first, uint64_t count, mmf_error *error)
{
    uint64_t copied = 0;
    if (of->foreign != NULL)
        return mmfi_foreign_read(of->foreign, first, count, of->old_records, of->states, error);
    const mmf_status status = mmf_store_copy_rows(of->from, first, count, of->old_records,
                                                  (size_t)count * of->file->record_size, &copied);
    if (status != MMF_OK)
        return mmfi_copy_fail_row(of->from, status, first + copied, error);
    const uint64_t sound = mmfi_copy_first_unsound(of->from, first, of->old_records, count);
    return sound == count ? MMF_OK
                          : mmfi_copy_fail_row(of->from, MMF_ERR_CORRUPT, first + sound, error);
}

static mmf_status convert_old(const migration *of, uint64_t first, uint64_t count, mmf_error *error)
{
    mmfi_misfit why;
    for (uint64_t i = 0; i < count; i++) {
        const unsigned char *theirs = of->old_records + i * of->file->record_size;
        unsigned char *mine = of->new_records + i * of->schema->record_size;
        if (of->states != NULL && of->states[i] == MMFI_ROW_TORN)
            mmfi_migrate_torn(&of->plan, theirs, mine);
        else if (!mmfi_migrate_record(&of->plan, theirs, mine, &why))
            return fail_misfit(of, first + i, &why, error);
    }
    return MMF_OK;
}

static void tell_states(const migration *of, uint64_t first, uint64_t count)
{
    mmf_migrate_report *found = of->report;
    for (uint64_t i = 0; of->states != NULL && i < count; i++) {
        if (of->states[i] == MMFI_ROW_BLANK && found->blank++ == 0)
            found->first_blank = first + i;
        if (of->states[i] == MMFI_ROW_TORN && found->torn++ == 0)
            found->first_torn = first + i;
    }
}

/* Into a file that has no name. */
static mmf_status migrate_block(const migration *of, mmf_store *to, uint64_t first, uint64_t count,
                                mmf_error *error)
{
    mmf_status status = read_old(of, first, count, error);
    if (status != MMF_OK)
        return status;
    tell_states(of, first, count);
    status = convert_old(of, first, count, error);
    if (status != MMF_OK)
        return status;
    return to != NULL ? mmfi_copy_append(to, of->new_records, of->states, count, error)
                      : mmfi_go_write(of->go, first, count, of->new_records, of->states, error);
}

static mmf_status report(const migration *of, uint64_t done, mmf_error *error)
{
    const mmf_migrate_options *options = &of->options;
    if (options->progress == NULL || options->progress(options->context, done, of->total))
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_TIMEOUT, 0, of->path,
                     "%s: the migration was stopped after %" PRIu64 " of %" PRIu64
                     " records; there is no new file; migrate it again",
                     of->path, done, of->total);
}

/* All records that the old file had at the beginning. */
static mmf_status migrate_all(const migration *of, mmf_store *to, mmf_error *error)
{
    const uint64_t block = of->block_rows;
    const uint64_t interval = PROGRESS_BYTES / of->schema->record_size;
    uint64_t next = interval;
    mmf_status status = report(of, 0, error);
    for (uint64_t row = 0; status == MMF_OK && row < of->total;) {
        const uint64_t count = of->total - row < block ? of->total - row : block;
        status = migrate_block(of, to, row, count, error);
        row += count;
        if (status == MMF_OK && row >= next && row < of->total) {
            status = report(of, row, error);
            next = row + interval;
        }
    }
    if (status == MMF_OK && of->total > 0)
        status = report(of, of->total, error);
    if (status == MMF_OK && of->foreign != NULL)
        status = mmfi_foreign_end(of->foreign, error);
    return status;
}

/* Fills a new store; then syncs it. */
static mmf_status migrate_records(mmf_store *to, const void *context, mmf_error *error)
{
    const migration *of = (const migration *)context;
    mmf_status status = migrate_all(of, to, error);
    if (status == MMF_OK && mmf_store_count(to) != of->total)
        status = mmfi_fail(error, MMF_ERR_CORRUPT, 0, mmf_store_path(to),
                           "%s: the new file has %" PRIu64 " records, and should have %" PRIu64
                           "; migrate it again",
                           mmf_store_path(to), mmf_store_count(to), of->total);
    return status == MMF_OK ? mmf_store_sync(to, error) : status;
}

/* Rows that the old file counts, that it has, and that it has after those. */
typedef struct old_rows {
    uint64_t count;
    uint64_t room;
    uint64_t after;
} old_rows;

static mmf_status find_old_rows(const migration *of, old_rows *out, mmf_error *error)
{
    mmfi_bounds now = {0, 0, 0, 0};
    if (of->foreign != NULL) {
        out->count = of->foreign->count;
        out->room = of->foreign->room;
        out->after = of->foreign->after;
        return MMF_OK;
    }
    const mmf_status status = mmfi_bounds_now(of->from->state, &now, error);
    out->count = out->room = now.count;
    out->after = 0;
    return status;
}

/* How many rows there are to migrate. */
static mmf_status count_migrated_rows(migration *of, mmf_error *error)
{
    old_rows rows = {0, 0, 0};
    const mmf_status status = find_old_rows(of, &rows, error);
    if (status != MMF_OK)
        return status;
    const uint64_t most = rows.count <= rows.room ? rows.count + rows.after : rows.room;
    if (of->options.rows > most)
        return mmfi_fail(error, MMF_ERR_RANGE, 0, of->path,
                         "%s: options.rows is %" PRIu64 ", and the file has %" PRIu64
                         " rows; ask for fewer, or give 0 for all",
                         of->path, of->options.rows, most);
    if (of->options.rows == 0 && rows.count > rows.room)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, of->path,
                         "%s: the file counts %" PRIu64 " rows and has room for %" PRIu64
                         ": it was truncated, or its header is damaged; restore it from a copy, or "
                         "migrate what is there by options.rows = %" PRIu64,
                         of->path, rows.count, rows.room, rows.room);
    of->total = of->options.rows != 0 ? of->options.rows : rows.count;
    of->report->left_out = rows.count + rows.after - of->total;
    return MMF_OK;
}

static mmf_status prepare(migration *of, mmf_error *error)
{
    const size_t size = of->file->record_size;
    const size_t new_size = of->schema->record_size;
    mmf_status status = count_migrated_rows(of, error);
    if (status == MMF_OK)
        status = mmfi_migrate_plan_new(of->path, of->file, of->schema, &of->plan, error);
    if (status != MMF_OK)
        return status;
    of->block_rows = mmfi_copy_block_rows(size > new_size ? size : new_size);
    of->old_records = (unsigned char *)malloc(of->block_rows * size);
    of->new_records = (unsigned char *)calloc(of->block_rows, new_size);
    if (of->foreign != NULL)
        of->states = (unsigned char *)calloc(of->block_rows, 1);
    if (of->old_records == NULL || of->new_records == NULL ||
        (of->foreign != NULL && of->states == NULL))
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, of->path, "%s: no memory to migrate it",
                         of->path);
    return MMF_OK;
}

/* That the records of the old file can become what the schema says. */
static mmf_status check_schemas(const migration *of, mmf_error *error)
{
    const mmf_schema *file = of->file;
    const char *path = of->path;
    /* A file of the Go library was checked by its hash, and has no names of records. */
    if (of->foreign != NULL && !of->foreign->has_name)
        return MMF_OK;
    if (strcmp(of->given->name, file->name) != 0)
        return mmfi_fail(error, MMF_ERR_SCHEMA, 0, path,
                         "%s: the file holds records '%s', the new schema has '%s'; give a schema "
                         "of '%s'",
                         path, file->name, of->given->name, file->name);
    const migration_check check = {path, error};
    const mmfi_versions versions = mmfi_versions_of(of->given, file);
    return check_migrated_fields(&check, "", &versions);
}

static bool has_several_writers(const migration *of)
{
    return of->foreign != NULL ? of->foreign->several_writers
                               : of->from->state->layout.undo_count > MMFI_UNDO_COUNT;
}

static mmf_status fill_store(migration *of, const char *new_path, mmf_error *error)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.capacity = of->total;
    options.reserve_bytes = of->total * of->schema->record_size + MMFI_COPY_RESERVE_BEYOND;
    options.shared_writers = has_several_writers(of);
    const mmfi_filling filling = {migrate_records, of};
    mmf_store *to = NULL;
    mmf_status status =
        mmfi_store_create_filled(new_path, &options, of->schema, &filling, &to, error);
    if (status != MMF_OK)
        return status;
    status = mmf_store_close(to);
    return status == MMF_OK ? MMF_OK
                            : mmfi_fail(error, status, 0, new_path,
                                        "%s: the new file was made, and closing it failed: %s; "
                                        "remove it, and migrate again",
                                        new_path, mmf_status_text(status));
}

static mmf_status fill_go_file(migration *of, const char *new_path, mmf_error *error)
{
    mmfi_go_file file;
    mmf_status status = mmfi_go_create(new_path, of->schema, of->total, &file, error);
    of->go = &file;
    if (status == MMF_OK)
        status = migrate_all(of, NULL, error);
    if (status == MMF_OK)
        status = mmfi_go_finish(&file, error);
    mmfi_go_close(&file);
    of->go = NULL;
    return status;
}

static mmf_status migrate(migration *of, const char *new_path, mmf_error *error)
{
    mmf_status status = check_schemas(of, error);
    if (status == MMF_OK && of->options.to == MMF_MIGRATE_TO_GO) {
        status = mmfi_go_schema_of(of->given, of->path, &of->go_schema, error);
        of->schema = of->go_schema;
    }
    if (status == MMF_OK)
        status = prepare(of, error);
    if (status != MMF_OK)
        return status;
    return of->go_schema != NULL ? fill_go_file(of, new_path, error)
                                 : fill_store(of, new_path, error);
}

/* ---- Options and report ---- */

/* More than any version of the struct will have. */
#define MIGRATE_STRUCT_SIZE_MAX 4096u

MMFI_STATIC_ASSERT(offsetof(mmf_migrate_options, reserved) +
                           sizeof((mmf_migrate_options *)0)->reserved ==
                       sizeof(mmf_migrate_options),
                   "bytes that the caller need not set are taken for options");

static mmf_status read_migrate_options(const char *path, const mmf_migrate_options *given,
                                       mmf_migrate_options *out, mmf_error *error)
{
    const mmf_migrate_options defaults = MMF_MIGRATE_OPTIONS_INIT;
    *out = defaults;
    if (given == NULL)
        return MMF_OK;
    if (given->size < sizeof *out || given->size > MIGRATE_STRUCT_SIZE_MAX)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: options.size is %zu, expected %zu; initialise the options with "
                         "MMF_MIGRATE_OPTIONS_INIT, and compile the program with the headers of "
                         "this library",
                         path, given->size, sizeof *out);
    for (size_t i = offsetof(mmf_migrate_options, reserved); i < given->size; i++)
        if (((const unsigned char *)given)[i] != 0)
            return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                             "%s: an option is set that this library, mmapforge " MMF_VERSION_STRING
                             ", does not know; initialise the options with "
                             "MMF_MIGRATE_OPTIONS_INIT, and compile the program with the headers "
                             "of this library",
                             path);
    memcpy(out, given, sizeof *out);
    if (out->to == MMF_MIGRATE_TO_STORE || out->to == MMF_MIGRATE_TO_GO)
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                     "%s: options.to is %d, expected MMF_MIGRATE_TO_STORE or MMF_MIGRATE_TO_GO",
                     path, (int)out->to);
}

static mmf_status check_migrate_report(const char *path, const mmf_migrate_report *report,
                                       mmf_error *error)
{
    if (report == NULL ||
        (report->size >= sizeof report->size && report->size <= MIGRATE_STRUCT_SIZE_MAX))
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                     "%s: report.size is %zu, expected %zu; initialise the report with "
                     "MMF_MIGRATE_REPORT_INIT",
                     path, report->size, sizeof *report);
}

/* What the caller's version has of it; the size stays. */
static void write_migrate_report(const mmf_migrate_report *found, mmf_migrate_report *out)
{
    const size_t size = out->size;
    memcpy(out, found, size < sizeof *found ? size : sizeof *found);
    out->size = size;
}

/* ---- The call ---- */

static mmf_status open_migrated(migration *of, mmf_error *error)
{
    mmf_status status = mmfi_foreign_open(of->path, of->given, &of->foreign, error);
    if (status == MMF_OK && of->foreign == NULL)
        status = mmf_store_open(of->path, NULL, &of->from, error);
    if (status != MMF_OK)
        return status;
    of->file = of->foreign != NULL ? of->foreign->schema : mmf_store_schema(of->from);
    of->report->format = of->foreign != NULL ? of->foreign->format : MMFI_FORMAT_VERSION;
    if (of->foreign == NULL || of->foreign->has_name)
        memcpy(of->report->record, of->file->name, strlen(of->file->name));
    return MMF_OK;
}

static void free_migration(migration *of)
{
    free(of->old_records);
    free(of->new_records);
    free(of->states);
    mmfi_migrate_plan_free(&of->plan);
    mmf_schema_free(of->go_schema);
    mmfi_foreign_close(of->foreign);
    (void)mmf_store_close(of->from);
}

mmf_status mmf_store_migrate(const char *path, const char *new_path, const mmf_schema *schema,
                             const mmf_migrate_options *options, mmf_migrate_report *report,
                             mmf_error *error)
{
    if (path == NULL || new_path == NULL || schema == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path, "mmf_store_migrate: %s is NULL",
                         path == NULL       ? "path"
                         : new_path == NULL ? "new_path"
                                            : "schema");
    mmf_migrate_report found = MMF_MIGRATE_REPORT_INIT;
    migration of;
    memset(&of, 0, sizeof of);
    of.path = path;
    of.given = of.schema = schema;
    of.report = &found;
    mmf_status status = check_migrate_report(path, report, error);
    if (status == MMF_OK)
        status = read_migrate_options(path, options, &of.options, error);
    if (status != MMF_OK)
        return status;
    status = open_migrated(&of, error);
    if (status == MMF_OK)
        status = migrate(&of, new_path, error);
    found.rows = status == MMF_OK ? of.total : 0;
    if (report != NULL)
        write_migrate_report(&found, report);
    free_migration(&of);
    return status;
}
