/* mmf guess: proposes a schema for the rows of a CSV file. */
#include "../command/progress.h"
#include "../guess/proposal.h"
#include "../import/delimiter.h"
#include "../import/identifier.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct guess_options {
    const char *name;
    const char *delimiter;
    option_number rows;
} guess_options;

typedef struct guess {
    input in;
    csv_reader reader;
    progress shown;
    size_t count; /* of columns */
    column *columns;
    proposal_field *fields;
    uint64_t rows;
    bool all; /* rows are all that there are */
} guess;

static exit_status report_wrong(const guess *of, uint64_t line, uint64_t at, const char *what)
{
    report_place(input_name(&of->in), line, at, what);
    return EXIT_FOUND;
}

/* What is to be done about a result that is no row. */
static exit_status fail_row(const guess *of, csv_result result)
{
    if (result == CSV_WRONG)
        return report_wrong(of, of->reader.wrong_line, of->reader.wrong_column, of->reader.wrong);
    if (result == CSV_NO_MEMORY)
        return report_no_memory();
    report("%s: cannot be read: %s", input_name(&of->in), mmfi_os_describe(of->in.failed).text);
    return EXIT_TROUBLE;
}

static exit_status take_header(guess *of)
{
    const csv_result result = csv_next(&of->reader);
    if (result == CSV_END)
        return report_wrong(of, 1, 1, "the file is empty; its first line must name the columns");
    if (result != CSV_ROW)
        return fail_row(of, result);
    of->count = of->reader.count;
    if (of->count > MMF_FIELDS_MAX) {
        char text[96];
        (void)snprintf(text, sizeof text, "there are %zu columns; a record has at most %u fields",
                       of->count, MMF_FIELDS_MAX);
        return report_wrong(of, 1, 1, text);
    }
    of->columns = (column *)calloc(of->count, sizeof *of->columns);
    of->fields = (proposal_field *)calloc(of->count, sizeof *of->fields);
    if (of->columns == NULL || of->fields == NULL)
        return report_no_memory();
    for (size_t i = 0; i < of->count; i++) {
        const csv_cell *cell = &of->reader.cells[i];
        column_init(&of->columns[i]);
        of->fields[i].column = (char *)malloc(cell->length + 1);
        if (of->fields[i].column == NULL)
            return report_no_memory();
        memcpy(of->fields[i].column, cell->text, cell->length);
        of->fields[i].column_length = cell->length;
    }
    return EXIT_GOOD;
}

static exit_status take_row(guess *of)
{
    const csv_reader *reader = &of->reader;
    if (reader->count != of->count) {
        if (reader->count == 1 && reader->cells[0].length == 0 && !reader->cells[0].quoted)
            return EXIT_GOOD; /* an empty line */
        char text[128];
        (void)snprintf(text, sizeof text, "found %zu columns, expected %zu, as in the first line",
                       reader->count, of->count);
        return report_wrong(of, reader->line, 1, text);
    }
    for (size_t i = 0; i < of->count; i++)
        column_take(&of->columns[i], &reader->cells[i]);
    if (++of->rows % 4096 == 0)
        progress_show(&of->shown, of->in.read, of->rows);
    return EXIT_GOOD;
}

static exit_status take_rows(guess *of, const option_number *max)
{
    exit_status status = EXIT_GOOD;
    while (status == EXIT_GOOD) {
        if (max->given && of->rows >= max->value)
            return EXIT_GOOD;
        const csv_result result = csv_next(&of->reader);
        of->all = result == CSV_END;
        if (result == CSV_END)
            return EXIT_GOOD;
        status = result == CSV_ROW ? take_row(of) : fail_row(of, result);
    }
    return status;
}

/* "btc-perp-1m.csv" is BtcPerp1m. */
static void name_record(const char *path, char out[MMF_NAME_LENGTH_MAX + 1])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char made[MMF_NAME_LENGTH_MAX + 1];
    identifier_make(name, strcspn(name, "."), made);
    size_t length = 0;
    bool upper = true;
    for (const char *at = made; *at != '\0'; at++) {
        if (*at == '_') {
            upper = true;
            continue;
        }
        out[length++] = upper && *at >= 'a' && *at <= 'z' ? (char)(*at - 32) : *at;
        upper = false;
    }
    out[length] = '\0';
    if (strcmp(path, "-") == 0)
        (void)strcpy(out, "Record");
}

static exit_status propose(guess *of, const char *name)
{
    char record[MMF_NAME_LENGTH_MAX + 1];
    char origin[512];
    for (size_t i = 0; i < of->count; i++) {
        proposal_field *field = &of->fields[i];
        char text[COLUMN_NOTE_SIZE + 128];
        char shown[64];
        if (column_type(&of->columns[i], field->column, field->column_length, field->type,
                        field->note))
            continue;
        (void)report_printable(field->column, field->column_length, shown, sizeof shown);
        (void)snprintf(text, sizeof text, "column '%s': %s", shown, field->note);
        return report_wrong(of, 1, 1, text);
    }
    name_record(of->in.path, record);
    if (name != NULL)
        (void)snprintf(record, sizeof record, "%s", name);
    const char *slash = strrchr(of->in.path, '/');
    (void)snprintf(
        origin, sizeof origin, "Proposed by mmf guess from %s%" PRIu64 " rows of %.200s.",
        of->all ? "all " : "the first ", of->rows, slash != NULL ? slash + 1 : input_name(&of->in));
    return proposal_print(record, origin, of->fields, of->count);
}

static exit_status run(const command *given)
{
    const guess_options *options = (const guess_options *)given->options;
    const char delimiter = delimiter_of(options->delimiter);
    if (delimiter == '\0')
        return report_usage("--delimiter is '%s'; expected one ASCII character, or tab",
                            options->delimiter);
    char made[MMF_NAME_LENGTH_MAX + 1] = "";
    if (options->name != NULL)
        identifier_make(options->name, strlen(options->name), made);
    if (options->name != NULL && strcmp(made, options->name) != 0)
        return report_usage("--name is '%s'; expected letters, digits and '_', such as %s",
                            options->name, made);
    guess of;
    mmf_error error;
    memset(&of, 0, sizeof of);
    if (input_open(&of.in, given->operands[0], &error) != MMF_OK) {
        input_close(&of.in);
        return report_error(&error);
    }
    csv_open(&of.reader, &of.in, delimiter);
    progress_begin(&of.shown, of.in.total);
    exit_status status = take_header(&of);
    if (status == EXIT_GOOD)
        status = take_rows(&of, &options->rows);
    progress_end(&of.shown);
    if (status == EXIT_GOOD)
        status = propose(&of, options->name);
    for (size_t i = 0; i < of.count && of.fields != NULL; i++)
        free(of.fields[i].column);
    free(of.fields);
    free(of.columns);
    csv_close(&of.reader);
    input_close(&of.in);
    return status;
}

static const command_option OPTIONS[] = {
    {"--name", 0, OPTION_TEXT, "NAME", "of the record; otherwise that of the file",
     offsetof(guess_options, name)},
    {"--rows", 'n', OPTION_NUMBER, "N", "look at the first N rows, and not at all",
     offsetof(guess_options, rows)},
    {"--delimiter", 'd', OPTION_TEXT, "CHARACTER", "between the cells of a row; tab for a tab",
     offsetof(guess_options, delimiter)},
};

const verb VERB_GUESS = {
    .name = "guess",
    .operands = "IN.csv",
    .summary = "propose a schema for the rows of a CSV file",
    .help =
        "Prints a schema that `mmf import` reads IN.csv by, to be read and changed before it is\n"
        "used; - reads standard input. A column whose name cannot be that of a field gets another\n"
        "one, with its own in a comment.\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .options_size = sizeof(guess_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
