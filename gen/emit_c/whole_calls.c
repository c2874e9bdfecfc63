/* The calls of fields that are more than one value, or may be none: arrays, structs, nullable. */
#include <stdio.h>
#include <string.h>

#include "parts.h"

/*
 * Placeholders of these templates, beside those of the field:
 *
 *   out, in        the parameters of get and set
 *   place, pass    where get puts the value, and the arguments that hand it on
 */
typedef struct whole {
    const emit_field *field;
    emit_placeholders placeholders;
    char out[2 * NAMES_IDENTIFIER_SIZE];
    char in[2 * NAMES_IDENTIFIER_SIZE];
} whole;

static bool is_text(const whole *of)
{
    return mmf_type_is_sized(of->field->field->type);
}

static bool is_array(const whole *of)
{
    return of->field->field->count > 0;
}

static bool is_struct(const whole *of)
{
    return of->field->field->structure != NULL;
}

static bool is_nullable(const whole *of)
{
    return of->field->field->null_bit != 0;
}

static void emit(emitter *to, const whole *of, const char *text)
{
    emit_template(to, &of->placeholders, text);
}

static void whole_init(whole *of, emitter *to, const emit_field *field)
{
    memset(of, 0, sizeof *of);
    of->field = field;
    of->placeholders = field->placeholders;
    const bool is_string = field->field->type == MMF_TYPE_STRING;
    emit_set(&of->placeholders, "data", is_string ? "char" : "uint8_t");
    emit_set(&of->placeholders, "nul", is_string ? " + 1" : "");
    const char *out = is_array(of)  ? "$ctype$ out[$RECORD$_$FIELD$_COUNT]"
                      : is_text(of) ? "$data$ *buffer, size_t size, size_t *length"
                                    : "$ctype$ *out";
    const char *in = is_array(of)    ? "const $ctype$ in[$RECORD$_$FIELD$_COUNT]"
                     : is_text(of)   ? "const $data$ *data, size_t length"
                     : is_struct(of) ? "const $ctype$ *in"
                                     : "$ctype$ value";
    (void)snprintf(of->out, sizeof of->out, "%s", emit_fill(to, &of->placeholders, out));
    (void)snprintf(of->in, sizeof of->in, "%s", emit_fill(to, &of->placeholders, in));
    emit_set(&of->placeholders, "out", of->out);
    emit_set(&of->placeholders, "in", of->in);
    emit_set(&of->placeholders, "place", is_text(of) ? "buffer" : "out");
    emit_set(&of->placeholders, "pass", is_text(of) ? "buffer, size, length" : "out");
}

/* ---- Between the bytes of a record and a value ---- */

#define AT "$RECORD$_$FIELD$_OFFSET"

static const char *load_lines(const whole *of)
{
    if (is_text(of))
        return "    const size_t found = mmfi_load_length(record, " AT ", $RECORD$_$FIELD$_MAX);\n"
               "    if (found$nul$ > size)\n"
               "        return MMF_ERR_TOO_LONG;\n"
               "    mmfi_copy_out(buffer, record + " AT " + MMFI_LENGTH_SIZE, found);\n";
    if (is_array(of))
        return is_struct(of)
                   ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                     "        mmfi_$inner$_load(record, " AT " + i * $stride$, &out[i]);\n"
                   : "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                     "        out[i] = $cast$mmfi_load_$type$(record, " AT " + i * $stride$);\n";
    return is_struct(of) ? "    mmfi_$inner$_load(record, " AT ", out);\n"
                         : "    *out = $cast$mmfi_load_$type$(record, " AT ");\n";
}

static void emit_zero(emitter *to, const whole *of, const char *indent)
{
    emit_placeholders placeholders = of->placeholders;
    emit_set(&placeholders, "indent", indent);
    emit_template(to, &placeholders,
                  is_array(of) ? "$indent$memset(out, 0, $RECORD$_$FIELD$_COUNT * sizeof *out);\n"
                  : is_struct(of) ? "$indent$memset(out, 0, sizeof *out);\n"
                                  : "$indent$*out = $cast$0;\n");
}

static void emit_load(emitter *to, const whole *of)
{
    emit(to, of,
         "/* $field$ from the bytes of a record; no ordering. */\n"
         "static inline mmf_status mmfi_$record$_store_get_$field$_from(const unsigned char "
         "*record, $out$)\n"
         "{\n");
    if (is_nullable(of) && is_text(of)) {
        emit(to, of,
             "    if (!mmfi_load_valid(record, $valid$))\n"
             "        return MMF_ERR_NULL;\n");
    } else if (is_nullable(of)) {
        emit(to, of, "    if (!mmfi_load_valid(record, $valid$)) {\n");
        emit_zero(to, of, "        ");
        emit(to, of,
             "        return MMF_ERR_NULL;\n"
             "    }\n");
    }
    emit(to, of, load_lines(of));
    if (of->field->field->type == MMF_TYPE_STRING)
        emit_line(to, "    buffer[found] = '\\0';");
    if (is_text(of))
        emit(to, of,
             "    if (length != NULL)\n"
             "        *length = found;\n");
    emit(to, of,
         "    return MMF_OK;\n"
         "}\n"
         "\n");
}

static const char *save_lines(const whole *of)
{
    if (is_text(of))
        return "    mmfi_save_data(record, " AT ", $RECORD$_$FIELD$_MAX, data, length);\n";
    if (is_array(of))
        return is_struct(of) ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                               "        mmfi_$inner$_save(record, " AT " + i * $stride$, &in[i]);\n"
                             : "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                               "        mmfi_save_$type$(record, " AT
                               " + i * $stride$, $uncast$in[i]);\n";
    return is_struct(of) ? "    mmfi_$inner$_save(record, " AT ", in);\n"
                         : "    mmfi_save_$type$(record, " AT ", $uncast$value);\n";
}

/* ---- Calls ---- */

static void emit_get(emitter *to, const whole *of)
{
    char summary[MMF_NAME_LENGTH_MAX + 32];
    char rules[NAMES_IDENTIFIER_SIZE + 160];
    const char *name = of->field->field->name;
    (void)snprintf(summary, sizeof summary,
                   is_text(of) ? "Copies %s out" : "Reads %s, as of one moment", name);
    const char *null = is_nullable(of) ? "MMF_ERR_NULL when it has no value. " : "";
    (void)snprintf(rules, sizeof rules, "%s%s", null,
                   !is_text(of) ? ""
                   : of->field->field->type == MMF_TYPE_STRING
                       ? emit_fill(to, &of->placeholders,
                                   "NUL-terminated; $RECORD$_$FIELD$_MAX + 1 bytes always suffice. "
                                   "length may be NULL.")
                       : emit_fill(to, &of->placeholders,
                                   "$RECORD$_$FIELD$_MAX bytes always suffice. length may be "
                                   "NULL."));
    if (*rules != '\0' && rules[strlen(rules) - 1] == ' ')
        rules[strlen(rules) - 1] = '\0';
    emit(to, of,
         "/* The slow path of $record$_store_get_$field$. */\n"
         "static __attribute__((cold, noinline, unused)) mmf_status "
         "mmfi_$record$_store_get_$field$_slow(const $record$_store *store, uint64_t row, $out$)\n"
         "{\n"
         "    mmf_status found = MMF_OK;\n"
         "    mmfi_slow_read slow = mmfi_slow_read_begin_as($record$_store_base(store), row, "
         "$place$ != NULL);\n"
         "    while (mmfi_slow_read_next(&slow))\n"
         "        found = mmfi_$record$_store_get_$field$_from(slow.record, $pass$);\n"
         "    if (slow.status == MMF_OK)\n"
         "        return found;\n");
    if (!is_text(of)) {
        emit_line(to, "    if (out != NULL)");
        emit_zero(to, of, "        ");
    }
    emit(to, of,
         "    return slow.status;\n"
         "}\n"
         "\n");
    emit_call_comment(to, summary, of->field->field->doc, rules);
    emit(
        to, of,
        "static inline mmf_status $record$_store_get_$field$(const $record$_store *store, "
        "uint64_t row, $out$)\n"
        "{\n"
        "    const mmfi_read read = mmfi_read_begin($record$_store_base(store), row, "
        "$RECORD$_RECORD_SIZE, $place$ != NULL);\n"
        "    if (read.sequence == 0)\n"
        "        return mmfi_$record$_store_get_$field$_slow(store, row, $pass$);\n"
        "    const mmf_status found = mmfi_$record$_store_get_$field$_from(read.record, $pass$);\n"
        "    return mmfi_read_end(read) ? found : mmfi_$record$_store_get_$field$_slow(store, row, "
        "$pass$);\n"
        "}\n"
        "\n");
}

/* Lines that refuse what cannot be stored. */
static void emit_set_checks(emitter *to, const whole *of)
{
    const mmf_field *field = of->field->field;
    if (is_text(of)) {
        emit(to, of,
             "    length = mmfi_taken(length);\n"
             "    const mmf_status status = mmfi_check_bytes(data, length, "
             "$RECORD$_$FIELD$_MAX);\n"
             "    if (status != MMF_OK)\n"
             "        return status;\n");
        return;
    }
    if (!is_array(of) && !is_struct(of)) {
        emit_value_check(to, of->field);
        return;
    }
    emit(to, of,
         "    if (in == NULL)\n"
         "        return MMF_ERR_ARGUMENT;\n");
    if (!emit_has_checks(field, 1))
        return;
    if (is_struct(of))
        emit(to, of,
             is_array(of)
                 ? "    mmf_status status = MMF_OK;\n"
                   "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT && status == MMF_OK; "
                   "i++)\n"
                   "        status = mmfi_$inner$_check(&in[i]);\n"
                   "    if (status != MMF_OK)\n"
                   "        return status;\n"
                 : "    const mmf_status status = mmfi_$inner$_check(in);\n"
                   "    if (status != MMF_OK)\n"
                   "        return status;\n");
    else
        emit(to, of,
             field->logical == MMF_LOGICAL_ENUM
                 ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                   "        if (!$inner$_is_member(in[i]))\n"
                   "            return MMF_ERR_ENUM;\n"
                 : "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                   "        if (!mmfi_decimal_fits(in[i], $limit$))\n"
                   "            return MMF_ERR_ARGUMENT;\n");
}

/*
 * What a write that was not begun ends in: for a file of another version of the schema, it is done
 * by an image of the record that has the value; lines put it there.
 */
static void emit_other(emitter *to, whole *of, const char *call, const char *parameters,
                       const char *arguments, const char *lines, const char *place)
{
    emit_set(&of->placeholders, "call", call);
    emit_set(&of->placeholders, "parameters", parameters);
    emit_set(&of->placeholders, "arguments", arguments);
    emit(to, of,
         "/* The same for a file of another version of the schema; else a write has failed. */\n"
         "static __attribute__((cold, noinline, unused)) mmf_status "
         "mmfi_$record$_store_$call$_image("
         "mmf_status status, $record$_store *store, uint64_t row$parameters$)\n"
         "{\n"
         "    unsigned char *record = mmfi_image_new(&status, $RECORD$_RECORD_SIZE);\n"
         "    if (record == NULL)\n"
         "        return status;\n");
    if (is_nullable(of) && *lines != '\0')
        emit(to, of, "    mmfi_save_valid(record, $valid$, true);\n");
    emit(to, of, lines);
    emit_placeholders placeholders = of->placeholders;
    char where[4 * NAMES_IDENTIFIER_SIZE];
    (void)snprintf(where, sizeof where, "%s", emit_fill(to, &of->placeholders, place));
    emit_set(&placeholders, "where", where);
    emit_template(to, &placeholders,
                  "    return mmfi_set_image((mmf_store *)store, row, record, $where$);\n"
                  "}\n"
                  "\n");
}

static void emit_begin(emitter *to, const whole *of)
{
    emit(to, of,
         of->field->record->schema->checksum_offset != 0
             ? "    const mmfi_write write = mmfi_part_begin((mmf_store *)store, row, "
               "$RECORD$_RECORD_SIZE, $RECORD$_RECORD_CHECKSUM);\n"
             : "    const mmfi_write write = mmfi_write_begin_of((mmf_store *)store, row, "
               "$RECORD$_RECORD_SIZE, MMFI_PART);\n");
    emit(to, of,
         "    if (write.status != MMF_OK)\n"
         "        return mmfi_$record$_store_$call$_image(write.status, store, row$arguments$);\n"
         "    unsigned char *record = write.record;\n");
}

static void emit_end(emitter *to, const whole *of)
{
    emit(to, of,
         "    return mmfi_$checksummed$write_end(write$store_and_row$$size_and_checksum$);\n"
         "}\n"
         "\n");
}

static void emit_set_call(emitter *to, whole *of)
{
    char summary[MMF_NAME_LENGTH_MAX + 32];
    char call[MMF_NAME_LENGTH_MAX + 16];
    char parameters[2 * NAMES_IDENTIFIER_SIZE + 2];
    (void)snprintf(call, sizeof call, "set_%s", of->field->field->name);
    (void)snprintf(parameters, sizeof parameters, ", %s", of->in);
    emit_other(to, of, call, parameters,
               is_text(of)                     ? ", data, length"
               : is_array(of) || is_struct(of) ? ", in"
                                               : ", value",
               save_lines(of), AT ", $size$");
    (void)snprintf(summary, sizeof summary, "Replaces %s, all or nothing", of->field->field->name);
    emit_call_comment(to, summary, of->field->field->doc, "");
    emit(to, of,
         "static inline mmf_status $record$_store_set_$field$($record$_store *store, uint64_t row, "
         "$in$)\n"
         "{\n");
    emit_set_checks(to, of);
    emit_begin(to, of);
    if (is_nullable(of))
        emit(to, of, "    mmfi_save_valid(record, $valid$, true);\n");
    emit(to, of, save_lines(of));
    emit_end(to, of);
}

static void emit_null_calls(emitter *to, whole *of)
{
    char call[MMF_NAME_LENGTH_MAX + 16];
    (void)snprintf(call, sizeof call, "clear_%s", of->field->field->name);
    emit(
        to, of,
        "/* Says whether $field$ has a value. */\n"
        "static inline mmf_status $record$_store_has_$field$(const $record$_store *store, uint64_t "
        "row, bool *out)\n"
        "{\n"
        "    return mmfi_get_valid($record$_store_base(store), row, $RECORD$_RECORD_SIZE, $valid$, "
        "out);\n"
        "}\n"
        "\n");
    emit_other(to, of, call, "", "", "", AT ", $size$");
    emit(to, of,
         "/* Takes the value of $field$ away, all or nothing: it is null then. */\n"
         "static inline mmf_status $record$_store_clear_$field$($record$_store *store, uint64_t "
         "row)\n"
         "{\n");
    emit_begin(to, of);
    emit(to, of,
         "    mmfi_save_valid(record, $valid$, false);\n"
         "    mmfi_zero(record + " AT ", $size$);\n");
    emit_end(to, of);
    emit(to, of,
         "/* True when $field$ of row i of a range is null; i is not checked. */\n"
         "static inline bool $record$_rows_$field$_is_null($record$_rows rows, uint64_t i)\n"
         "{\n"
         "    return mmfi_rows_is_null(rows.base, i, $RECORD$_RECORD_SIZE, $valid$);\n"
         "}\n"
         "\n");
    if (is_array(of) || is_struct(of))
        return;
    if (is_text(of)) {
        emit(to, of,
             "/* $field$ of row i of a range, not copied, empty when null; i is not checked. */\n"
             "static inline $ctype$ $record$_rows_$field$($record$_rows rows, uint64_t i)\n"
             "{\n"
             "    return mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, " AT
             ", $RECORD$_$FIELD$_MAX);\n"
             "}\n"
             "\n");
        return;
    }
    emit(to, of,
         "/* $field$ of count rows from first on, for loops, zero where it is null: valid says "
         "where. "
         "*/\n"
         "static inline mmf_status $record$_store_column_$field$(const $record$_store *store, "
         "uint64_t first, uint64_t count, mmf_column_$type$ *out, mmf_column_valid *valid)\n"
         "{\n"
         "    const mmf_status status = mmfi_column_$type$($record$_store_base(store), first, "
         "count, $RECORD$_RECORD_SIZE, " AT ", out);\n"
         "    const uint64_t rows = status == MMF_OK ? out->count : count;\n"
         "    const mmf_status found = mmfi_column_valid($record$_store_base(store), first, rows, "
         "$RECORD$_RECORD_SIZE, $valid$, valid);\n"
         "    return status != MMF_OK ? status : found;\n"
         "}\n"
         "\n"
         "/* $field$ of row i of a range, zero when it is null; i is not checked. */\n"
         "static inline $ctype$ $record$_rows_$field$($record$_rows rows, uint64_t i)\n"
         "{\n"
         "    return $cast$mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, " AT ");\n"
         "}\n"
         "\n");
}

/* One element of an array of structs. */
static void emit_element_calls(emitter *to, whole *of)
{
    char call[MMF_NAME_LENGTH_MAX + 16];
    char parameters[2 * NAMES_IDENTIFIER_SIZE];
    (void)snprintf(call, sizeof call, "set_%s_at", of->field->field->name);
    (void)snprintf(parameters, sizeof parameters, ", size_t index, const %s *in", of->field->ctype);
    emit(
        to, of,
        "/* The slow path of $record$_store_get_$field$_at. */\n"
        "static __attribute__((cold, noinline, unused)) mmf_status "
        "mmfi_$record$_store_get_$field$_at_slow(const $record$_store *store, uint64_t row, size_t "
        "index, "
        "$ctype$ *out)\n"
        "{\n"
        "    mmfi_slow_read slow = mmfi_slow_read_begin_as($record$_store_base(store), row, out != "
        "NULL);\n"
        "    while (mmfi_slow_read_next(&slow))\n"
        "        mmfi_$inner$_load(slow.record, " AT " + index * $stride$, out);\n"
        "    if (slow.status != MMF_OK && out != NULL)\n"
        "        memset(out, 0, sizeof *out);\n"
        "    return slow.status;\n"
        "}\n"
        "\n"
        "/* Reads $field$[index], as of one moment. */\n"
        "static inline mmf_status $record$_store_get_$field$_at(const $record$_store *store, "
        "uint64_t row, size_t index, $ctype$ *out)\n"
        "{\n"
        "    if (index >= $RECORD$_$FIELD$_COUNT) {\n"
        "        if (out != NULL)\n"
        "            memset(out, 0, sizeof *out);\n"
        "        return MMF_ERR_ARGUMENT;\n"
        "    }\n"
        "    const mmfi_read read = mmfi_read_begin($record$_store_base(store), row, "
        "$RECORD$_RECORD_SIZE, out != NULL);\n"
        "    if (read.sequence == 0)\n"
        "        return mmfi_$record$_store_get_$field$_at_slow(store, row, index, out);\n"
        "    mmfi_$inner$_load(read.record, " AT " + index * $stride$, out);\n"
        "    return mmfi_read_end(read) ? MMF_OK : mmfi_$record$_store_get_$field$_at_slow(store, "
        "row, "
        "index, out);\n"
        "}\n"
        "\n");
    emit_other(to, of, call, parameters, ", index, in",
               "    mmfi_$inner$_save(record, " AT " + index * $stride$, in);\n",
               AT " + index * $stride$, $stride$");
    emit(to, of,
         "/* Replaces $field$[index], all or nothing. */\n"
         "static inline mmf_status $record$_store_set_$field$_at($record$_store *store, uint64_t "
         "row, size_t index, const $ctype$ *in)\n"
         "{\n"
         "    if (in == NULL || index >= $RECORD$_$FIELD$_COUNT)\n"
         "        return MMF_ERR_ARGUMENT;\n");
    if (emit_has_checks(of->field->field, 1))
        emit(to, of,
             "    const mmf_status status = mmfi_$inner$_check(in);\n"
             "    if (status != MMF_OK)\n"
             "        return status;\n");
    emit_begin(to, of);
    emit(to, of, "    mmfi_$inner$_save(record, " AT " + index * $stride$, in);\n");
    emit_end(to, of);
}

void emit_whole_calls(emitter *to, const emit_field *field)
{
    whole of;
    whole_init(&of, to, field);
    if (is_text(&of))
        emit_record_set(to, field);
    emit_load(to, &of);
    emit_get(to, &of);
    emit_set_call(to, &of);
    if (is_nullable(&of))
        emit_null_calls(to, &of);
    else if (is_array(&of) && is_struct(&of))
        emit_element_calls(to, &of);
}
