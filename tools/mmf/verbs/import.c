/* mmf import: makes a store of the rows of a CSV file, or of JSON lines. */
#include "../command/progress.h"
#include "../import/csv.h"
#include "../import/delimiter.h"
#include "../import/json.h"
#include "../import/lines.h"
#include "../import/new_store.h"
#include "../import/plan.h"
#include "../import/schema_file.h"
#include "verbs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE  ((size_t)256 << 10) /* of records that are appended at once */
#define REPORTS_MAX 10u                 /* rows that --skip-bad reports one by one */

typedef struct import_options {
    const char *schema;
    const char *record;
    const char *delimiter;
    unsigned format; /* of FORMAT_... */
    bool skip_bad;
    bool ignore_columns;
    bool replace;
} import_options;

enum {
    FORMAT_CSV = 1,
    FORMAT_JSON = 2
};

/* One run. */
typedef struct importing {
    const import_options *options;
    const mmf_schema *schema;
    input in;
    new_store to;
    progress shown;
    unsigned char *block; /* raw records, of which filled are not appended yet */
    uint64_t block_rows;
    uint64_t filled;
    uint64_t rows; /* appended */
    uint64_t skipped;
} importing;

static void report_wrong(const importing *of, uint64_t line, uint64_t column, const char *what)
{
    report_place(input_name(&of->in), line, column, what);
}

/* Counts a row that is wrong; EXIT_GOOD when the import goes on without it. */
static exit_status take_wrong(importing *of, uint64_t line, uint64_t column, const char *what)
{
    if (of->skipped < REPORTS_MAX)
        report_wrong(of, line, column, what);
    of->skipped++;
    return of->options->skip_bad ? EXIT_GOOD : EXIT_FOUND;
}

static exit_status append_block(importing *of)
{
    mmf_error error;
    if (of->filled == 0)
        return EXIT_GOOD;
    const mmf_status status = mmf_store_append_rows(
        of->to.store, of->block, of->filled, (size_t)of->filled * of->schema->record_size, NULL);
    if (status != MMF_OK) {
        (void)mmf_store_explain(of->to.store, status, of->rows, NULL, &error);
        return report_error(&error);
    }
    of->rows += of->filled;
    of->filled = 0;
    progress_show(&of->shown, of->in.read, of->rows);
    return EXIT_GOOD;
}

static exit_status fail_read(const importing *of)
{
    report("%s: cannot be read: %s", input_name(&of->in), mmfi_os_describe(of->in.failed).text);
    return EXIT_TROUBLE;
}

static unsigned char *next_record(const importing *of)
{
    return of->block + (size_t)of->filled * of->schema->record_size;
}

/* ---- CSV ---- */

static exit_status take_header(importing *of, csv_reader *reader, plan *columns)
{
    plan_problem problem;
    const csv_result found = csv_next(reader);
    if (found == CSV_FAILED)
        return fail_read(of);
    if (found == CSV_NO_MEMORY)
        return report_no_memory();
    if (found == CSV_WRONG) {
        report_wrong(of, reader->wrong_line, reader->wrong_column, reader->wrong);
        return EXIT_FOUND;
    }
    if (found == CSV_END) {
        report_wrong(of, 1, 1, "the file is empty; its first line must name the columns");
        return EXIT_FOUND;
    }
    switch (plan_make(of->schema, reader->cells, reader->count, of->options->ignore_columns,
                      columns, &problem)) {
    case PLAN_GOOD:
        return EXIT_GOOD;
    case PLAN_NO_MEMORY:
        return report_no_memory();
    default:
        break;
    }
    uint64_t line = 1;
    uint64_t column = 1;
    if (problem.column < reader->count)
        csv_locate(reader, reader->cells[problem.column].at, &line, &column);
    report_wrong(of, line, column, problem.text);
    return EXIT_FOUND;
}

static exit_status take_row(importing *of, const csv_reader *reader, const plan *columns)
{
    plan_problem problem;
    uint64_t line;
    uint64_t column;
    if (MMFI_UNLIKELY(reader->count != columns->column_count)) {
        /* An empty line is one cell. */
        if (reader->count == 1 && reader->cells[0].length == 0 && !reader->cells[0].quoted)
            return EXIT_GOOD;
        char text[128];
        (void)snprintf(text, sizeof text, "found %zu columns, expected %zu, as in the first line",
                       reader->count, columns->column_count);
        return take_wrong(of, reader->line, 1, text);
    }
    if (MMFI_UNLIKELY(!plan_fill(columns, reader->cells, next_record(of), &problem))) {
        csv_locate(reader, reader->cells[problem.column].at, &line, &column);
        return take_wrong(of, line, column, problem.text);
    }
    of->filled++;
    return of->filled == of->block_rows ? append_block(of) : EXIT_GOOD;
}

static exit_status take_rows(importing *of, csv_reader *reader, const plan *columns)
{
    exit_status status = EXIT_GOOD;
    while (status == EXIT_GOOD) {
        switch (csv_next(reader)) {
        case CSV_ROW:
            status = take_row(of, reader, columns);
            break;
        case CSV_WRONG:
            status = take_wrong(of, reader->wrong_line, reader->wrong_column, reader->wrong);
            break;
        case CSV_END:
            return append_block(of);
        case CSV_FAILED:
            return fail_read(of);
        default:
            return report_no_memory();
        }
    }
    return status;
}

/* ---- The run ---- */

/* The address space for as many rows as the input may have; 0 for the default, which is large. */
static uint64_t reserve_for(const importing *of, size_t columns)
{
    /* No row is shorter than its delimiters and its line end. */
    const uint64_t rows = of->in.total / (columns > 0 ? columns : 1) + 1;
    const uint64_t max = UINT64_C(1) << 44;
    if (rows > max / of->schema->record_size)
        return max;
    const uint64_t size = rows * of->schema->record_size + (UINT64_C(1) << 20);
    return size > MMF_RESERVE_BYTES_DEFAULT ? size : 0;
}

static exit_status begin(importing *of, const char *path, size_t columns)
{
    mmf_error error;
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = reserve_for(of, columns);
    if (new_store_begin(&of->to, path, &options, of->schema, of->options->replace, &error) !=
        MMF_OK)
        return report_error(&error);
    of->block_rows = BLOCK_SIZE / of->schema->record_size;
    of->block_rows = of->block_rows > 0 ? of->block_rows : 1;
    of->block = (unsigned char *)malloc((size_t)of->block_rows * of->schema->record_size);
    progress_begin(&of->shown, of->in.total);
    return of->block != NULL ? EXIT_GOOD : report_no_memory();
}

static exit_status finish(importing *of, exit_status status)
{
    mmf_error error;
    progress_end(&of->shown);
    if (of->skipped > 0 && of->options->skip_bad)
        report("%" PRIu64 " row%s skipped, of which the first %u are above; %" PRIu64 " imported",
               of->skipped, of->skipped == 1 ? "" : "s",
               of->skipped < REPORTS_MAX ? (unsigned)of->skipped : REPORTS_MAX, of->rows);
    if (status == EXIT_GOOD && new_store_finish(&of->to, of->options->replace, &error) != MMF_OK)
        status = report_error(&error);
    new_store_abandon(&of->to);
    free(of->block);
    return status;
}

static exit_status import_csv(importing *of, const char *path, char delimiter)
{
    csv_reader reader;
    plan columns;
    memset(&columns, 0, sizeof columns);
    csv_open(&reader, &of->in, delimiter);
    exit_status status = take_header(of, &reader, &columns);
    if (status == EXIT_GOOD) {
        status = begin(of, path, columns.column_count);
        if (status == EXIT_GOOD)
            status = take_rows(of, &reader, &columns);
        status = finish(of, status);
    }
    plan_free(&columns);
    csv_close(&reader);
    return status;
}

/* ---- JSON lines ---- */

static exit_status take_line(importing *of, const lines_reader *lines, json_reader *reader)
{
    size_t blank = 0;
    while (blank < lines->length && strchr(" \t\r", lines->text[blank]) != NULL)
        blank++;
    if (blank == lines->length)
        return EXIT_GOOD;
    if (MMFI_LIKELY(json_fill(reader, lines->text, lines->length, next_record(of)))) {
        of->filled++;
        return of->filled == of->block_rows ? append_block(of) : EXIT_GOOD;
    }
    if (reader->no_memory)
        return report_no_memory();
    uint64_t column = 1;
    for (size_t i = 0; i < reader->wrong_at; i++)
        column += ((unsigned char)lines->text[i] & 0xc0) != 0x80;
    return take_wrong(of, lines->number, column, reader->wrong);
}

static exit_status take_lines(importing *of, json_reader *reader)
{
    lines_reader lines;
    lines_open(&lines, &of->in);
    exit_status status = EXIT_GOOD;
    while (status == EXIT_GOOD) {
        switch (lines_next(&lines)) {
        case LINES_LINE:
            status = take_line(of, &lines, reader);
            break;
        case LINES_END:
            return append_block(of);
        case LINES_TOO_LONG:
            report_wrong(of, lines.number + 1, 1, "the line is longer than 64 MiB");
            return EXIT_FOUND;
        case LINES_FAILED:
            return fail_read(of);
        default:
            return report_no_memory();
        }
    }
    return status;
}

static exit_status import_json(importing *of, const char *path)
{
    json_reader reader;
    json_open(&reader, of->schema, of->options->ignore_columns);
    exit_status status = begin(of, path, 2); /* no line is shorter than {} */
    if (status == EXIT_GOOD)
        status = take_lines(of, &reader);
    status = finish(of, status);
    json_close(&reader);
    return status;
}

static exit_status run(const command *given)
{
    const import_options *options = (const import_options *)given->options;
    importing of;
    mmf_error error;
    mmf_schema *schema;
    memset(&of, 0, sizeof of);
    if (options->schema == NULL)
        return report_usage("--schema is missing; `mmf guess %s` proposes one", given->operands[0]);
    const char delimiter = delimiter_of(options->delimiter);
    if (delimiter == '\0')
        return report_usage("--delimiter is '%s'; expected one ASCII character, or tab",
                            options->delimiter);
    exit_status status = schema_file_read(options->schema, options->record, &schema);
    if (status != EXIT_GOOD)
        return status;
    of.options = options;
    of.schema = schema;
    if (input_open(&of.in, given->operands[0], &error) != MMF_OK)
        status = report_error(&error);
    else if (options->format == FORMAT_JSON)
        status = import_json(&of, given->operands[1]);
    else
        status = import_csv(&of, given->operands[1], delimiter);
    input_close(&of.in);
    mmf_schema_free(schema);
    return status;
}

static const command_option OPTIONS[] = {
    {"--schema", 's', OPTION_TEXT, "S.mmfs", "the schema of the new store",
     offsetof(import_options, schema)},
    {"--record", 0, OPTION_TEXT, "NAME", "the record, where the schema has several",
     offsetof(import_options, record)},
    {"--format", 'f', OPTION_CHOICE, "csv|json",
     "of IN: CSV, which is the default, or an object of JSON in each line",
     offsetof(import_options, format)},
    {"--delimiter", 'd', OPTION_TEXT, "CHARACTER", "between the cells of a row; tab for a tab",
     offsetof(import_options, delimiter)},
    {"--skip-bad", 0, OPTION_FLAG, NULL, "leave rows out that are wrong, and count them",
     offsetof(import_options, skip_bad)},
    {"--ignore-columns", 0, OPTION_FLAG, NULL, "let columns be that belong to no field",
     offsetof(import_options, ignore_columns)},
    {"--replace", 0, OPTION_FLAG, NULL, "replace OUT.mmf where it is there already",
     offsetof(import_options, replace)},
};

const verb VERB_IMPORT = {
    .name = "import",
    .operands = "IN OUT.mmf",
    .summary = "make a store of the rows of a CSV file, or of JSON lines",
    .help =
        "Makes OUT.mmf of the rows of IN, a CSV file whose first line names the columns; - reads\n"
        "standard input. OUT.mmf appears when it is complete. Columns may be in any order; those\n"
        "of arrays and structs are named like bids[0].price. A value that does not suit its field\n"
        "exactly ends the import, with its line and column.\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .options_size = sizeof(import_options),
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
