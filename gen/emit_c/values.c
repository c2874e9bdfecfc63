/*
 * The fields of a record or struct between its bytes and its struct in C: a line for a plain field,
 * a loop for an array, a condition for one that may be null.
 */
#include <stdio.h>
#include <string.h>

#include "c_string.h"
#include "parts.h"

/* ---- Lines ---- */

/* Emits a template with more blanks before each line. */
static void emit_deeper(emitter *to, const emit_placeholders *placeholders, const char *text,
                        bool deeper)
{
    if (!deeper) {
        emit_template(to, placeholders, text);
        return;
    }
    emit_text lines = {NULL, 0, 0, false};
    for (const char *at = text; *at != '\0';) {
        const size_t length = strcspn(at, "\n") + 1;
        emit_append(&lines, "    ", 4);
        emit_append(&lines, at, length);
        at += length;
    }
    if (lines.failed)
        to->out.failed = true;
    else
        emit_template(to, placeholders, lines.data);
    emit_text_free(&lines);
}

/* ---- Loading ---- */

#define AT "$base$$RECORD$_$FIELD$_OFFSET"

static const char *load_template(const mmf_field *field)
{
    if (field->count > 0)
        return field->structure != NULL
                   ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                     "        mmfi_$inner$_load(record, " AT " + i * $stride$, &out->$field$[i]);\n"
                   : "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                     "        out->$field$[i] = $cast$mmfi_load_$type$(record, " AT
                     " + i * $stride$);\n";
    if (field->structure != NULL)
        return "    mmfi_$inner$_load(record, " AT ", &out->$field$);\n";
    if (mmf_type_is_sized(field->type))
        return "    out->$field$_length = mmfi_load_$type$(record, " AT
               ", $RECORD$_$FIELD$_MAX, out->$field$);\n";
    return "    out->$field$ = $cast$mmfi_load_$type$(record, " AT ");\n";
}

void emit_load_lines(emitter *to, const emit_record *record)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, &record->fields[i]);
        emit_template(to, &field.placeholders, load_template(field.field));
        if (field.field->null_bit != 0)
            emit_template(to, &field.placeholders,
                          "    out->$field$_is_null = !mmfi_load_valid(record, $valid$);\n");
    }
}

/* ---- Saving ---- */

static const char *save_template(const mmf_field *field)
{
    if (field->count > 0)
        return field->structure != NULL
                   ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                     "        mmfi_$inner$_save(record, " AT " + i * $stride$, &in->$field$[i]);\n"
                   : "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                     "        mmfi_save_$type$(record, " AT
                     " + i * $stride$, $uncast$in->$field$[i]);\n";
    if (field->structure != NULL)
        return "    mmfi_$inner$_save(record, " AT ", &in->$field$);\n";
    if (mmf_type_is_sized(field->type))
        return "    mmfi_save_$type$(record, " AT
               ", $RECORD$_$FIELD$_MAX, in->$field$, in->$field$_length);\n";
    return "    mmfi_save_$type$(record, " AT ", $uncast$in->$field$);\n";
}

void emit_save_lines(emitter *to, const emit_record *record)
{
    if (record->validity_offset != 0) {
        char size[16];
        (void)snprintf(size, sizeof size, "%u", emit_validity_size(record));
        emit_placeholders placeholders = record->placeholders;
        emit_set(&placeholders, "validity_size", size);
        emit_template(to, &placeholders,
                      "    mmfi_zero(record + $base$$RECORD$_VALIDITY_OFFSET, $validity_size$);\n");
    }
    for (uint32_t i = 0; i < record->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, &record->fields[i]);
        const bool nullable = field.field->null_bit != 0;
        if (nullable)
            emit_template(to, &field.placeholders,
                          "    mmfi_save_valid(record, $valid$, !in->$field$_is_null);\n"
                          "    if (in->$field$_is_null) {\n"
                          "        mmfi_zero(record + " AT ", $size$);\n"
                          "    } else {\n");
        emit_deeper(to, &field.placeholders, save_template(field.field), nullable);
        if (nullable)
            emit_line(to, "    }");
    }
}

/* ---- Checks ---- */

static bool has_check(const mmf_field *field)
{
    return mmf_type_is_sized(field->type) || field->logical == MMF_LOGICAL_ENUM ||
           field->logical == MMF_LOGICAL_DECIMAL ||
           (field->structure != NULL &&
            emit_has_checks(field->structure->fields, field->structure->field_count));
}

bool emit_has_checks(const mmf_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (has_check(&fields[i]))
            return true;
    return false;
}

/* A check of one element, which ends in `return`. $not_null$ and $and_not_null$ say when it holds.
 */
static const char *check_template(const mmf_field *field)
{
    if (field->structure != NULL)
        return field->count > 0 ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT && status == "
                                  "MMF_OK$and_not_null$; i++)\n"
                                  "        status = mmfi_$inner$_check(&in->$field$[i]);\n"
                                  "    if (status != MMF_OK)\n"
                                  "        return status;\n"
                                : "    if (status == MMF_OK$and_not_null$)\n"
                                  "        status = mmfi_$inner$_check(&in->$field$);\n"
                                  "    if (status != MMF_OK)\n"
                                  "        return status;\n";
    if (mmf_type_is_sized(field->type))
        return "    if ($not_null$in->$field$_length > $RECORD$_$FIELD$_MAX)\n"
               "        return MMF_ERR_TOO_LONG;\n";
    if (field->logical == MMF_LOGICAL_ENUM)
        return field->count > 0
                   ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT$and_not_null$; i++)\n"
                     "        if (!$inner$_is_member(in->$field$[i]))\n"
                     "            return MMF_ERR_ENUM;\n"
                   : "    if ($not_null$!$inner$_is_member(in->$field$))\n"
                     "        return MMF_ERR_ENUM;\n";
    return field->count > 0
               ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT$and_not_null$; i++)\n"
                 "        if (!mmfi_decimal_fits(in->$field$[i], $limit$))\n"
                 "            return MMF_ERR_ARGUMENT;\n"
               : "    if ($not_null$!mmfi_decimal_fits(in->$field$, $limit$))\n"
                 "        return MMF_ERR_ARGUMENT;\n";
}

void emit_check_lines(emitter *to, const emit_record *record)
{
    bool has_struct = false;
    for (uint32_t i = 0; i < record->field_count; i++)
        has_struct =
            has_struct || (record->fields[i].structure != NULL && has_check(&record->fields[i]));
    if (has_struct)
        emit_line(to, "    mmf_status status = MMF_OK;");
    for (uint32_t i = 0; i < record->field_count; i++) {
        if (!has_check(&record->fields[i]))
            continue;
        emit_field field;
        emit_field_init(&field, record, &record->fields[i]);
        char not_null[MMF_NAME_LENGTH_MAX + 32] = "";
        char and_not_null[MMF_NAME_LENGTH_MAX + 32] = "";
        if (field.field->null_bit != 0) {
            (void)snprintf(not_null, sizeof not_null, "!in->%s_is_null && ", field.field->name);
            (void)snprintf(and_not_null, sizeof and_not_null, " && !in->%s_is_null",
                           field.field->name);
        }
        emit_set(&field.placeholders, "not_null", not_null);
        emit_set(&field.placeholders, "and_not_null", and_not_null);
        emit_template(to, &field.placeholders, check_template(field.field));
    }
}

/* ---- Defaults ---- */

/* "12.5" of decimal(10,4) as "125000". */
static void append_units(emit_text *to, const mmf_field *field)
{
    const char *text = field->default_text;
    const char *point = strchr(text, '.');
    const size_t whole = strcspn(text, ".");
    const size_t fraction = point != NULL ? strlen(point + 1) : 0;
    emit_append(to, "INT64_C(", 8);
    const bool negative = *text == '-';
    emit_append(to, "-", negative ? 1 : 0);
    /* Zeroes in front would make it octal. */
    emit_text digits = {NULL, 0, 0, false};
    emit_append(&digits, text + negative, whole - negative);
    emit_append(&digits, point != NULL ? point + 1 : "", fraction);
    for (size_t i = fraction; i < field->scale; i++)
        emit_append(&digits, "0", 1);
    to->failed = to->failed || digits.failed;
    const size_t zeroes = digits.failed ? 0 : strspn(digits.data, "0");
    if (!digits.failed)
        emit_append_format(to, "%s", digits.data[zeroes] != '\0' ? digits.data + zeroes : "0");
    emit_append(to, ")", 1);
    emit_text_free(&digits);
}

/* A whole number of C; the smallest has no literal of its own. */
static void append_integer(emit_text *to, const mmf_field *field)
{
    const char *text = field->default_text;
    const bool negative = *text == '-';
    const char *digits = text + negative;
    while (digits[0] == '0' && digits[1] != '\0')
        digits++;
    const char *sign = negative ? "-" : "";
    if (negative && strcmp(digits, "9223372036854775808") == 0)
        emit_append_format(to, "INT64_MIN");
    else if (negative && strcmp(digits, "2147483648") == 0 && field->type == MMF_TYPE_INT32)
        emit_append_format(to, "INT32_MIN");
    else if (field->type == MMF_TYPE_INT64)
        emit_append_format(to, "INT64_C(%s%s)", sign, digits);
    else if (field->type == MMF_TYPE_UINT64)
        emit_append_format(to, "UINT64_C(%s)", digits);
    else
        emit_append_format(to, "%s%s%s", sign, digits, field->type == MMF_TYPE_UINT32 ? "u" : "");
}

/* The default of a field as an expression of C; "" for a text that is set by a call. */
static void append_default(emit_text *to, const emit_field *of)
{
    const mmf_field *field = of->field;
    const char *text = field->default_text;
    const size_t length = strlen(text);
    if (field->enumeration != NULL) {
        char upper[NAMES_SIZE];
        char member[NAMES_SIZE];
        names_upper(emit_enum_name(of->record->model, field->enumeration), upper);
        names_upper(text, member);
        emit_append_format(to, "%s_%s", upper, member);
    } else if (field->type == MMF_TYPE_STRING) {
        emit_quote(to, text + 1, length - 2);
    } else if (field->logical == MMF_LOGICAL_DECIMAL) {
        append_units(to, field);
    } else if (field->type == MMF_TYPE_FLOAT32 || field->type == MMF_TYPE_FLOAT64) {
        const char *whole = strpbrk(text, ".eE") == NULL ? ".0" : "";
        emit_append_format(to, "%s%s%s", field->type == MMF_TYPE_FLOAT32 ? "(float)" : "", text,
                           whole);
    } else if (field->type == MMF_TYPE_BOOL) {
        emit_append_format(to, "%s", text);
    } else {
        append_integer(to, field);
    }
}

static void emit_default(emitter *to, emit_field *of)
{
    const mmf_field *field = of->field;
    emit_text value = {NULL, 0, 0, false};
    append_default(&value, of);
    if (value.failed) {
        to->out.failed = true;
        emit_text_free(&value);
        return;
    }
    emit_set(&of->placeholders, "value", value.data);
    emit_template(to, &of->placeholders,
                  field->type == MMF_TYPE_STRING
                      ? "    (void)mmfi_fill_string(out->$field$, $RECORD$_$FIELD$_MAX, "
                        "&out->$field$_length, $value$);\n"
                      : "    out->$field$ = $value$;\n");
    emit_text_free(&value);
}

void emit_default_lines(emitter *to, const emit_record *record)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        const mmf_field *of = &record->fields[i];
        emit_field field;
        emit_field_init(&field, record, of);
        if (of->default_text != NULL)
            emit_default(to, &field);
        else if (of->null_bit != 0)
            emit_template(to, &field.placeholders, "    out->$field$_is_null = true;\n");
        else if (of->structure != NULL &&
                 names_have_defaults(of->structure->fields, of->structure->field_count))
            emit_template(to, &field.placeholders,
                          of->count > 0
                              ? "    for (size_t i = 0; i < $RECORD$_$FIELD$_COUNT; i++)\n"
                                "        $inner$_init(&out->$field$[i]);\n"
                              : "    $inner$_init(&out->$field$);\n");
    }
}
