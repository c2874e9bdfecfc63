/* mmf check: holds a store to the rules of the format. */
#include "../text/json.h"
#include "verbs.h"

#include "mmapforge/mmapforge.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct check_options {
    bool json;
    option_number limit;
} check_options;

static const command_option OPTIONS[] = {
    {"--json", 0, OPTION_FLAG, NULL, "print one object of JSON a file",
     offsetof(check_options, json)},
    {"--limit", 0, OPTION_NUMBER, "N", "print N problems of a file at most (20)",
     offsetof(check_options, limit)},
};

#define LIMIT_DEFAULT 20u
#define CHUNK_SIZE    (UINT64_C(1) << 20)

/* One file that is checked. */
typedef struct checking {
    const char *path;
    mmf_store *store;
    const mmf_schema *schema;
    uint64_t count;
    uint64_t problems;
    uint64_t limit;
    bool json;
    bool trouble; /* something else than the content ended the check */
} checking;

static void say_problem(checking *of, const char *message)
{
    if (of->problems++ >= of->limit)
        return;
    char shown[4 * MMF_ERROR_MESSAGE_SIZE];
    if (!of->json) {
        (void)report_printable(message, strlen(message), shown, sizeof shown);
        (void)printf("%s\n", shown);
        return;
    }
    (void)printf("%s", of->problems > 1 ? "," : "");
    json_print_text(stdout, message, strlen(message));
}

/* ---- Values ---- */

static uint64_t load(const unsigned char *from, uint32_t size)
{
    uint64_t value = 0;
    memcpy(&value, from, size);
    return value;
}

static int64_t load_signed(const unsigned char *from, mmf_type type, uint32_t size)
{
    const uint64_t value = load(from, size);
    const bool is_signed = type == MMF_TYPE_INT8 || type == MMF_TYPE_INT16 ||
                           type == MMF_TYPE_INT32 || type == MMF_TYPE_INT64;
    if (!is_signed || size == 8)
        return (int64_t)value;
    const uint64_t sign = UINT64_C(1) << (8 * size - 1);
    return (int64_t)((value ^ sign) - sign);
}

static bool is_zero(const unsigned char *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (from[i] != 0)
            return false;
    return true;
}

static void wrong_value(checking *of, uint64_t row, const mmf_field *field, const char *what)
{
    char message[MMF_ERROR_MESSAGE_SIZE];
    (void)snprintf(message, sizeof message,
                   "%s: row %" PRIu64 ", field %s: %s; replace the record, or restore the file "
                   "from a copy",
                   of->path, row, field->name, what);
    say_problem(of, message);
}

static int64_t power_of_ten(uint32_t exponent)
{
    int64_t power = 1;
    for (uint32_t i = 0; i < exponent; i++)
        power *= 10;
    return power;
}

static void check_sized(checking *of, uint64_t row, const mmf_field *field, const unsigned char *at)
{
    char what[128];
    const uint32_t length = (uint32_t)load(at, 4);
    if (length > field->max) {
        (void)snprintf(what, sizeof what,
                       "found a length of %" PRIu32 ", expected at most %" PRIu32, length,
                       field->max);
        wrong_value(of, row, field, what);
    } else if (!is_zero(at + 4 + length, field->max - length)) {
        wrong_value(of, row, field, "found bytes after its end that are not zero");
    }
}

static void check_scalar(checking *of, uint64_t row, const mmf_field *field,
                         const unsigned char *at)
{
    char what[128];
    const uint32_t size = mmf_type_size(field->type, 0);
    if (field->type == MMF_TYPE_BOOL && at[0] > 1) {
        (void)snprintf(what, sizeof what, "found %u, expected 0 or 1", (unsigned)at[0]);
        wrong_value(of, row, field, what);
    } else if (field->logical == MMF_LOGICAL_DECIMAL) {
        const int64_t units = load_signed(at, field->type, size);
        const int64_t limit = power_of_ten(field->precision);
        if (units >= limit || units <= -limit) {
            (void)snprintf(what, sizeof what,
                           "found %" PRId64 " units, expected at most %" PRIu32 " digits", units,
                           field->precision);
            wrong_value(of, row, field, what);
        }
    }
}

static void check_fields(checking *of, uint64_t row, const mmf_field *fields, uint32_t count,
                         const unsigned char *at, uint32_t validity_offset);

static void check_field(checking *of, uint64_t row, const mmf_field *field, const unsigned char *at)
{
    const uint32_t stride = mmf_field_stride(field);
    const uint32_t count = field->count == 0 ? 1 : field->count;
    for (uint32_t i = 0; i < count; i++, at += stride) {
        if (field->type == MMF_TYPE_STRUCT)
            check_fields(of, row, field->structure->fields, field->structure->field_count, at,
                         field->structure->validity_offset);
        else if (mmf_type_is_sized(field->type))
            check_sized(of, row, field, at);
        else
            check_scalar(of, row, field, at);
    }
}

/* The fields of a record or of a struct that begins at `at`. */
static void check_fields(checking *of, uint64_t row, const mmf_field *fields, uint32_t count,
                         const unsigned char *at, uint32_t validity_offset)
{
    for (uint32_t i = 0; i < count; i++) {
        const mmf_field *field = &fields[i];
        const uint32_t bit = field->null_bit - 1;
        if (field->null_bit == 0 || (at[validity_offset + bit / 8] >> bit % 8 & 1) != 0)
            check_field(of, row, field, at + field->offset);
        else if (!is_zero(at + field->offset, field->size))
            wrong_value(of, row, field, "it is null, and has bytes that are not zero");
    }
}

/* ---- Records ---- */

static void problem_of_row(checking *of, mmf_status status, uint64_t row)
{
    mmf_error error;
    (void)mmf_store_explain(of->store, status, row, NULL, &error);
    if (report_status_to_exit(status) == EXIT_FOUND) {
        say_problem(of, error.message);
        return;
    }
    (void)report_error(&error);
    of->trouble = true;
}

/* Reads every record, which finds the torn ones, and checks its values. */
static void check_values(checking *of)
{
    const uint64_t size = of->schema->record_size;
    const uint64_t chunk = CHUNK_SIZE / size > 0 ? CHUNK_SIZE / size : 1;
    unsigned char *records = (unsigned char *)malloc((size_t)(chunk * size));
    if (records == NULL) {
        of->trouble = true;
        (void)report_no_memory();
        return;
    }
    for (uint64_t row = 0; row < of->count && !of->trouble;) {
        const uint64_t count = of->count - row < chunk ? of->count - row : chunk;
        uint64_t copied = 0;
        const mmf_status status =
            mmf_store_copy_rows(of->store, row, count, records, (size_t)(chunk * size), &copied);
        for (uint64_t i = 0; i < copied; i++)
            check_fields(of, row + i, of->schema->fields, of->schema->field_count,
                         records + i * size, of->schema->validity_offset);
        row += copied;
        if (status != MMF_OK)
            problem_of_row(of, status, row++);
    }
    free(records);
}

/* Compares every record with its checksum. */
static void check_sums(checking *of)
{
    for (uint64_t row = 0; row < of->count && !of->trouble;) {
        uint64_t bad = UINT64_MAX;
        mmf_error error;
        const mmf_status status = mmf_store_verify(of->store, row, of->count - row, &bad, &error);
        if (status == MMF_OK)
            return;
        if (report_status_to_exit(status) == EXIT_FOUND) {
            say_problem(of, error.message);
        } else {
            (void)report_error(&error);
            of->trouble = true;
        }
        if (bad == UINT64_MAX)
            return;
        row = bad + 1;
    }
}

static void check_store(checking *of)
{
    mmf_info info;
    mmf_status status = mmf_store_info(of->store, &info);
    if (status != MMF_OK) {
        problem_of_row(of, status, 0);
        return;
    }
    of->schema = mmf_store_schema(of->store);
    of->count = info.count - info.missing_rows;
    if (info.missing_rows > 0) {
        char message[MMF_ERROR_MESSAGE_SIZE];
        (void)snprintf(message, sizeof message,
                       "%s: found %" PRIu64 " records, expected %" PRIu64
                       ": the file was truncated, or copied in part; restore it from a copy",
                       of->path, of->count, info.count);
        say_problem(of, message);
    }
    if (of->schema->checksum_offset != 0)
        check_sums(of);
    if (!of->trouble)
        check_values(of);
}

static exit_status finish(const checking *of)
{
    if (of->json) {
        (void)printf("],\"problem_count\":%" PRIu64 ",\"records\":%" PRIu64 ",\"complete\":%s}\n",
                     of->problems, of->count, of->trouble ? "false" : "true");
    } else if (of->problems > of->limit) {
        (void)printf("... and %" PRIu64 " more problems; --limit prints more of them\n",
                     of->problems - of->limit);
    } else if (of->problems == 0 && !of->trouble) {
        char shown[4 * MMF_ERROR_PATH_SIZE];
        (void)report_printable(of->path, strlen(of->path), shown, sizeof shown);
        (void)printf("%s: %" PRIu64 " records of %s are sound%s\n", shown, of->count,
                     of->schema->name,
                     of->schema->checksum_offset != 0 ? " and match their checksums" : "");
    }
    if (of->trouble)
        return EXIT_TROUBLE;
    return of->problems > 0 ? EXIT_FOUND : EXIT_GOOD;
}

static exit_status check(const char *path, const check_options *options)
{
    checking of;
    memset(&of, 0, sizeof of);
    of.path = path;
    of.limit = options->limit.given ? options->limit.value : LIMIT_DEFAULT;
    of.json = options->json;
    if (of.json) {
        (void)printf("{\"path\":");
        json_print_text(stdout, path, strlen(path));
        (void)printf(",\"problems\":[");
    }
    mmf_error error;
    const mmf_status status = mmf_store_open(path, NULL, &of.store, &error);
    if (status == MMF_OK) {
        check_store(&of);
    } else if (report_status_to_exit(status) == EXIT_FOUND) {
        say_problem(&of, error.message);
    } else {
        (void)report_error(&error);
        of.trouble = true;
    }
    const exit_status result = finish(&of);
    (void)mmf_store_close(of.store);
    return result;
}

static exit_status run(const command *given)
{
    exit_status worst = EXIT_GOOD;
    for (size_t i = 0; i < given->operand_count; i++) {
        const exit_status status = check(given->operands[i], (const check_options *)given->options);
        worst = status > worst ? status : worst;
    }
    return worst;
}

const verb VERB_CHECK = {
    .name = "check",
    .operands = "FILE...",
    .summary = "finds damage: the rules of the format, checksums, values",
    .help =
        "Opens each file for reading, which checks its header, schema and count; compares the\n"
        "records with their checksums, if they have them; and checks every value: lengths, bools,\n"
        "decimals, nulls. Others may write meanwhile. Exits with 0 if all is sound, with 1 if "
        "not.\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .options_size = sizeof(check_options),
    .operands_min = 1,
    .operands_max = OPTIONS_OPERANDS_MAX,
    .run = run,
};
