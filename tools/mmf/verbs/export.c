/* mmf export: the records of a store as CSV or lines of JSON. */
#include "../command/progress.h"
#include "../text/json.h"
#include "../text/leaves.h"
#include "../text/print.h"
#include "verbs.h"

#include "mmapforge/mmapforge.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct export_options {
    unsigned format;
    const char *rows;
    const char *fields;
} export_options;

static const command_option OPTIONS[] = {
    {"--format", 'f', OPTION_CHOICE, "csv|json",
     "csv (the default), with a line of names before it;\nor json, one object a line",
     offsetof(export_options, format)},
    {"--rows", 'r', OPTION_TEXT, "A:B",
     "rows A to B - 1; without A from the first, without B to the last",
     offsetof(export_options, rows)},
    {"--fields", 0, OPTION_TEXT, "A,B,...", "these fields alone, in the order of the schema",
     offsetof(export_options, fields)},
};

#define FORMAT_JSON 2u
#define OUTPUT_SIZE (UINT64_C(1) << 20)
#define CHUNK_SIZE  (UINT64_C(1) << 20)

/* ---- Output ---- */

/* The standard output; `at` is where the next byte goes. */
typedef struct output {
    char *begin;
    char *at;
    size_t size;
    int os_error; /* of the first write that failed; what follows is dropped */
} output;

static void flush_output(output *to)
{
    const char *from = to->begin;
    while (from < to->at && to->os_error == 0) {
        const ssize_t written = write(STDOUT_FILENO, from, (size_t)(to->at - from));
        if (written >= 0)
            from += written;
        else if (errno != EINTR)
            to->os_error = errno;
    }
    to->at = to->begin;
}

/* Makes room for that many bytes, at most OUTPUT_SIZE. */
static void reserve_output(output *to, size_t size)
{
    if ((size_t)(to->begin + to->size - to->at) < size)
        flush_output(to);
}

static void put(output *to, const char *text, size_t length)
{
    reserve_output(to, length);
    memcpy(to->at, text, length);
    to->at += length;
}

/* ---- Which rows and fields ---- */

/* A column of CSV: a value, or whether the array or struct is there that has nothing but values
 * that may be null; import has the same. */
typedef struct csv_column {
    const char *path;
    const leaf *value; /* or NULL */
    uint32_t group;    /* that it is in, or tells of; LEAVES_NO_GROUP for none */
} csv_column;

/* A run of one store. */
typedef struct exporting {
    mmf_store *store;
    const mmf_schema *schema;
    leaf_list leaves;
    bool *chosen;        /* of each leaf */
    bool *told_groups;   /* of each group: no column is needed any more that tells of it */
    bool *chosen_fields; /* of each field of the record */
    csv_column *columns;
    size_t column_count;
    unsigned char *records;
    output out;
    uint64_t first;
    uint64_t end;
    bool json;
} exporting;

static bool read_bound(const char *text, size_t length, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned digit = (unsigned)(text[i] - '0');
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (length > 0)
        *out = value;
    return true;
}

static exit_status choose_rows(exporting *of, const char *rows)
{
    of->first = 0;
    of->end = mmf_store_count(of->store);
    if (rows == NULL)
        return EXIT_GOOD;
    uint64_t end = UINT64_MAX;
    const char *colon = strchr(rows, ':');
    if (colon == NULL || !read_bound(rows, (size_t)(colon - rows), &of->first) ||
        !read_bound(colon + 1, strlen(colon + 1), &end))
        return report_usage("--rows is '%s'; expected A:B, A: or :B with row numbers", rows);
    if (end < of->first)
        return report_usage("--rows is '%s', whose end is before its begin", rows);
    of->end = end < of->end ? end : of->end;
    return EXIT_GOOD;
}

/* True when the path of a column is that name, or is of a value within what has that name. */
static bool is_within(const char *path, const char *name, size_t length)
{
    return strncmp(path, name, length) == 0 &&
           (path[length] == '\0' || path[length] == '.' || path[length] == '[');
}

static exit_status choose_field(exporting *of, const char *name, size_t length)
{
    bool found = false;
    for (size_t i = 0; i < of->leaves.count && length > 0; i++)
        if (is_within(of->leaves.leaves[i].path, name, length))
            of->chosen[i] = found = true;
    if (!found)
        return report_usage("--fields has '%.*s', which %s does not; its fields are in mmf info",
                            (int)length, name, of->schema->name);
    if (!of->json)
        return EXIT_GOOD;
    for (uint32_t i = 0; i < of->schema->field_count; i++)
        if (strlen(of->schema->fields[i].name) == length &&
            memcmp(of->schema->fields[i].name, name, length) == 0) {
            of->chosen_fields[i] = true;
            return EXIT_GOOD;
        }
    return report_usage("--fields has '%.*s', a part of a field; JSON has whole fields",
                        (int)length, name);
}

static exit_status choose_fields(exporting *of, const char *fields)
{
    if (fields == NULL) {
        memset(of->chosen, true, of->leaves.count);
        memset(of->chosen_fields, true, of->schema->field_count);
        return EXIT_GOOD;
    }
    for (const char *at = fields;; at++) {
        const size_t length = strcspn(at, ",");
        const exit_status status = choose_field(of, at, length);
        if (status != EXIT_GOOD)
            return status;
        at += length;
        if (*at == '\0')
            return EXIT_GOOD;
    }
}

/* ---- CSV ---- */

/* The columns that tell of a group, and of those around it, where they are not there yet. */
static void add_group_columns(exporting *of, uint32_t group)
{
    if (group == LEAVES_NO_GROUP)
        return;
    add_group_columns(of, of->leaves.groups[group].parent);
    if (of->told_groups[group])
        return;
    of->told_groups[group] = true;
    const csv_column column = {of->leaves.groups[group].path, NULL, group};
    of->columns[of->column_count++] = column;
}

static void list_columns(exporting *of)
{
    const leaf_list *leaves = &of->leaves;
    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->leaves[i].null_mask == 0 && leaves->leaves[i].group != LEAVES_NO_GROUP)
            of->told_groups[leaves->leaves[i].group] = true;
    for (size_t i = 0; i < leaves->count; i++) {
        const leaf *value = &leaves->leaves[i];
        if (!of->chosen[i])
            continue;
        add_group_columns(of, value->group);
        const csv_column column = {value->path, value, value->group};
        of->columns[of->column_count++] = column;
    }
}

static bool is_null(const unsigned char *record, uint32_t offset, uint8_t mask)
{
    return mask != 0 && (record[offset] & mask) == 0;
}

static bool group_is_null(const leaf_list *leaves, uint32_t group, const unsigned char *record)
{
    for (; group != LEAVES_NO_GROUP; group = leaves->groups[group].parent)
        if (is_null(record, leaves->groups[group].null_offset, leaves->groups[group].null_mask))
            return true;
    return false;
}

static void put_text(output *to, const char *text)
{
    put(to, text, strlen(text));
}

static void put_csv_names(exporting *of)
{
    for (size_t i = 0; i < of->column_count; i++) {
        put_text(&of->out, i > 0 ? "," : "");
        put_text(&of->out, of->columns[i].path);
    }
    put_text(&of->out, "\n");
}

static void put_csv_record(exporting *of, const unsigned char *record)
{
    output *to = &of->out;
    for (size_t i = 0; i < of->column_count; i++) {
        const csv_column *column = &of->columns[i];
        const leaf *value = column->value;
        const bool is_there = !group_is_null(&of->leaves, column->group, record);
        put(to, ",", i > 0 ? 1 : 0);
        if (value == NULL) {
            put_text(to, is_there ? "true" : "false");
        } else if (is_there && !is_null(record, value->null_offset, value->null_mask)) {
            reserve_output(to, print_value_size(value->field));
            to->at = print_value(to->at, value->field, record + value->offset, PRINT_CSV);
        }
    }
    put(to, "\n", 1);
}

/* ---- JSON ---- */

static void put_json_fields(output *to, const mmf_field *fields, uint32_t count,
                            const unsigned char *at, uint32_t validity_offset, const bool *chosen);

static void put_json_value(output *to, const mmf_field *field, const unsigned char *at)
{
    const mmf_struct *structure = field->structure;
    if (structure != NULL) {
        put_json_fields(to, structure->fields, structure->field_count, at,
                        structure->validity_offset, NULL);
        return;
    }
    reserve_output(to, print_value_size(field));
    to->at = print_value(to->at, field, at, PRINT_JSON);
}

/* chosen is NULL for all. */
static void put_json_fields(output *to, const mmf_field *fields, uint32_t count,
                            const unsigned char *at, uint32_t validity_offset, const bool *chosen)
{
    put(to, "{", 1);
    bool first = true;
    for (uint32_t i = 0; i < count; i++) {
        const mmf_field *field = &fields[i];
        if (chosen != NULL && !chosen[i])
            continue;
        put(to, first ? "\"" : ",\"", first ? 1 : 2);
        first = false;
        put(to, field->name, strlen(field->name));
        put(to, "\":", 2);
        const uint32_t bit = field->null_bit - 1;
        if (field->null_bit != 0 && (at[validity_offset + bit / 8] >> bit % 8 & 1) == 0) {
            put(to, "null", 4);
        } else if (field->count == 0) {
            put_json_value(to, field, at + field->offset);
        } else {
            for (uint32_t j = 0; j < field->count; j++) {
                put(to, j == 0 ? "[" : ",", 1);
                put_json_value(to, field, at + field->offset + j * mmf_field_stride(field));
            }
            put(to, "]", 1);
        }
    }
    put(to, "}", 1);
}

/* ---- Records ---- */

static exit_status export_rows(exporting *of, uint64_t chunk, progress *shown)
{
    const mmf_schema *schema = of->schema;
    const uint64_t size = schema->record_size;
    if (!of->json)
        put_csv_names(of);
    for (uint64_t row = of->first; row < of->end && of->out.os_error == 0;) {
        const uint64_t count = of->end - row < chunk ? of->end - row : chunk;
        uint64_t copied = 0;
        const mmf_status status = mmf_store_copy_rows(of->store, row, count, of->records,
                                                      (size_t)(chunk * size), &copied);
        for (uint64_t i = 0; i < copied; i++) {
            const unsigned char *record = of->records + i * size;
            if (!of->json) {
                put_csv_record(of, record);
                continue;
            }
            put_json_fields(&of->out, schema->fields, schema->field_count, record,
                            schema->validity_offset, of->chosen_fields);
            put(&of->out, "\n", 1);
        }
        row += copied;
        if (status != MMF_OK) {
            mmf_error error;
            (void)mmf_store_explain(of->store, status, row, NULL, &error);
            progress_end(shown);
            return report_error(&error);
        }
        progress_show(shown, (row - of->first) * size, row - of->first);
    }
    return EXIT_GOOD;
}

static exit_status export_chosen(exporting *of)
{
    const uint64_t size = of->schema->record_size;
    const uint64_t chunk = CHUNK_SIZE / size > 0 ? CHUNK_SIZE / size : 1;
    of->records = (unsigned char *)malloc((size_t)(chunk * size));
    of->out.size = OUTPUT_SIZE;
    of->out.begin = of->out.at = (char *)malloc(of->out.size);
    if (of->records == NULL || of->out.begin == NULL)
        return report_no_memory();
    progress shown;
    progress_begin(&shown, of->end > of->first ? (of->end - of->first) * size : 0);
    exit_status status = export_rows(of, chunk, &shown);
    flush_output(&of->out);
    progress_end(&shown);
    if (of->out.os_error == 0)
        return status;
    /* The reader of a pipe that has seen enough needs no message. */
    if (of->out.os_error != EPIPE)
        report("cannot write to the standard output: %s", strerror(of->out.os_error));
    return EXIT_TROUBLE;
}

static exit_status export_store(exporting *of, const export_options *options)
{
    of->schema = mmf_store_schema(of->store);
    of->json = options->format == FORMAT_JSON;
    if (!leaves_list(of->schema, &of->leaves))
        return report_no_memory();
    of->chosen = (bool *)calloc(of->leaves.count + 1, sizeof(bool));
    of->told_groups = (bool *)calloc(of->leaves.group_count + 1, sizeof(bool));
    of->columns =
        (csv_column *)calloc(of->leaves.count + of->leaves.group_count + 1, sizeof *of->columns);
    of->chosen_fields = (bool *)calloc(of->schema->field_count, sizeof(bool));
    if (of->chosen == NULL || of->told_groups == NULL || of->columns == NULL ||
        of->chosen_fields == NULL)
        return report_no_memory();
    exit_status status = choose_rows(of, options->rows);
    if (status == EXIT_GOOD)
        status = choose_fields(of, options->fields);
    if (status != EXIT_GOOD)
        return status;
    list_columns(of);
    return export_chosen(of);
}

static exit_status run(const command *given)
{
    exporting of;
    mmf_error error;
    memset(&of, 0, sizeof of);
    if (mmf_store_open(given->operands[0], NULL, &of.store, &error) != MMF_OK)
        return report_error(&error);
    const exit_status status = export_store(&of, (const export_options *)given->options);
    (void)mmf_store_close(of.store);
    leaves_free(&of.leaves);
    free(of.chosen);
    free(of.told_groups);
    free(of.columns);
    free(of.chosen_fields);
    free(of.records);
    free(of.out.begin);
    return status;
}

const verb VERB_EXPORT = {
    .name = "export",
    .operands = "FILE",
    .summary = "prints the records of a store as CSV or JSON",
    .help =
        "Prints records to standard output, each of one moment; others may write meanwhile. `mmf\n"
        "import` reads the CSV back to the same values, but for the payload of a NaN.\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .options_size = sizeof(export_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
