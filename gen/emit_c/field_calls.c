/* The calls of one field. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "comment.h"

/* "Reads price: last trade"; a doc of several lines, and rules, are paragraphs of their own. */
void emit_call_comment(emitter *to, const char *summary, const char *doc, const char *rules)
{
    const bool one_line = strchr(doc, '\n') == NULL;
    emit_text text = {NULL, 0, 0, false};
    emit_append(&text, summary, strlen(summary));
    if (*doc == '\0')
        emit_append(&text, ".", 1);
    else
        emit_append(&text, one_line ? ": " : ".\n\n", one_line ? 2 : 3);
    emit_append(&text, doc, strlen(doc));
    if (*rules != '\0')
        emit_append(&text, *doc == '\0' ? " " : "\n\n", *doc == '\0' ? 1 : 2);
    emit_append(&text, rules, strlen(rules));
    to->out.failed = to->out.failed || text.failed;
    if (!text.failed)
        emit_comment(to, 0, text.data);
    emit_text_free(&text);
}

static void emit_scalar_get(emitter *to, const emit_field *field)
{
    char summary[MMF_NAME_LENGTH_MAX + 16];
    (void)snprintf(summary, sizeof summary, "Reads %s", field->field->name);
    emit_call_comment(to, summary, field->field->doc, "");
    emit_template(to, &field->placeholders,
                  "static inline mmf_status $record$_store_get_$field$(const $record$_store "
                  "*store, uint64_t row, $ctype$ *out)\n"
                  "{\n");
    emit_template(to, &field->placeholders,
                  field->field->enumeration != NULL
                      ? "    if (out == NULL)\n"
                        "        return MMF_ERR_ARGUMENT;\n"
                        "    $storage$ found = 0;\n"
                        "    const mmf_status status = mmfi_get_$type$($record$_store_base(store), "
                        "row, $RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, &found);\n"
                        "    *out = $cast$found;\n"
                        "    return status;\n"
                      : "    return mmfi_get_$type$($record$_store_base(store), row, "
                        "$RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, out);\n");
    emit_line(to, "}");
    emit_line(to, "");
}

void emit_value_check(emitter *to, const emit_field *field)
{
    if (field->field->logical == MMF_LOGICAL_ENUM)
        emit_template(to, &field->placeholders,
                      "    if (!$inner$_is_member(value))\n"
                      "        return MMF_ERR_ENUM;\n");
    else if (field->field->logical == MMF_LOGICAL_DECIMAL)
        emit_template(to, &field->placeholders,
                      "    if (!mmfi_decimal_fits(value, $limit$))\n"
                      "        return MMF_ERR_ARGUMENT;\n");
}

static void emit_scalar_set(emitter *to, const emit_field *field)
{
    char summary[MMF_NAME_LENGTH_MAX + 16];
    (void)snprintf(summary, sizeof summary, "Replaces %s", field->field->name);
    emit_call_comment(to, summary, field->field->doc, "");
    emit_template(to, &field->placeholders,
                  "static inline mmf_status $record$_store_set_$field$($record$_store *store, "
                  "uint64_t row, $ctype$ value)\n"
                  "{\n");
    emit_value_check(to, field);
    emit_template(to, &field->placeholders,
                  "    return mmfi_$checksummed$set_$type$((mmf_store *)store, row, "
                  "$RECORD$_RECORD_SIZE$checksum$, $RECORD$_$FIELD$_OFFSET, $uncast$value);\n"
                  "}\n"
                  "\n");
}

static void emit_scalar(emitter *to, const emit_field *field)
{
    emit_scalar_get(to, field);
    emit_scalar_set(to, field);
    emit_template(
        to, &field->placeholders,
        field->field->enumeration != NULL
            ? "/* $field$ of count rows from first on, as numbers; MMF_TO_END for all of them. */\n"
            : "/* $field$ of count rows from first on, for loops; MMF_TO_END for all of them. "
              "*/\n");
    emit_template(to, &field->placeholders,
                  "static inline mmf_status $record$_store_column_$field$(const $record$_store "
                  "*store, uint64_t first, uint64_t count, mmf_column_$type$ *out)\n"
                  "{\n"
                  "    return mmfi_column_$type$($record$_store_base(store), first, count, "
                  "$RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, out);\n"
                  "}\n"
                  "\n"
                  "/* $field$ of row i of a range; i is not checked. */\n"
                  "static inline $ctype$ $record$_rows_$field$($record$_rows rows, uint64_t i)\n"
                  "{\n"
                  "    return $cast$mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, "
                  "$RECORD$_$FIELD$_OFFSET);\n"
                  "}\n"
                  "\n");
}

void emit_record_set(emitter *to, const emit_field *field)
{
    const bool is_string = field->field->type == MMF_TYPE_STRING;
    emit_placeholders placeholders = field->placeholders;
    const bool of_record = field->record->schema != NULL;
    emit_set(&placeholders, "set", of_record ? "_record_set_" : "_set_");
    char type[NAMES_SIZE + 16];
    (void)snprintf(type, sizeof type, "%s%s%s", of_record ? "" : "struct ", field->record->lower,
                   of_record ? "_record" : "");
    emit_set(&placeholders, "what", type);
    emit_template(
        to, &placeholders,
        is_string
            ? "/* Sets $field$ and $field$_length to text with a final NUL; neither on failure. "
              "*/\n"
              "static inline mmf_status $record$$set$$field$($what$ *record, const char *text)\n"
            : "/* Sets $field$ and $field$_length to a copy of data; or neither, on failure. */\n"
              "static inline mmf_status $record$$set$$field$($what$ *record, const uint8_t *data, "
              "size_t length)\n");
    emit_template(to, &placeholders,
                  "{\n"
                  "    if (record == NULL)\n"
                  "        return MMF_ERR_ARGUMENT;\n");
    emit_template(to, &placeholders,
                  is_string ? "    return mmfi_fill_string(record->$field$, $RECORD$_$FIELD$_MAX, "
                              "&record->$field$_length, text);\n"
                            : "    return mmfi_fill_bytes(record->$field$, $RECORD$_$FIELD$_MAX, "
                              "&record->$field$_length, data, length);\n");
    emit_template(to, &placeholders, "}\n\n");
}

static void emit_sized(emitter *to, const emit_field *field)
{
    const bool is_string = field->field->type == MMF_TYPE_STRING;
    emit_placeholders placeholders = field->placeholders;
    emit_set(&placeholders, "data", is_string ? "char" : "uint8_t");
    emit_record_set(to, field);
    char summary[MMF_NAME_LENGTH_MAX + 32];
    (void)snprintf(summary, sizeof summary, "Copies %s out", field->field->name);
    char rules[NAMES_IDENTIFIER_SIZE + 96];
    (void)snprintf(rules, sizeof rules, "%s",
                   emit_fill(to, &placeholders,
                             is_string ? "NUL-terminated; $RECORD$_$FIELD$_MAX + 1 bytes always "
                                         "suffice. length may be NULL."
                                       : "$RECORD$_$FIELD$_MAX bytes always suffice. length may be "
                                         "NULL."));
    emit_call_comment(to, summary, field->field->doc, rules);
    emit_template(
        to, &placeholders,
        "static inline mmf_status $record$_store_get_$field$(const $record$_store *store, uint64_t "
        "row, $data$ *buffer, size_t size, size_t *length)\n"
        "{\n"
        "    return mmfi_get_$type$($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
        "$RECORD$_$FIELD$_OFFSET, $RECORD$_$FIELD$_MAX, buffer, size, length);\n"
        "}\n"
        "\n");
    (void)snprintf(summary, sizeof summary, "Replaces %s, all or nothing", field->field->name);
    emit_call_comment(to, summary, field->field->doc, "");
    emit_template(
        to, &placeholders,
        "static inline mmf_status $record$_store_set_$field$($record$_store *store, uint64_t row, "
        "const $data$ *data, size_t length)\n"
        "{\n"
        "    return mmfi_$checksummed$set_$type$((mmf_store *)store, row, "
        "$RECORD$_RECORD_SIZE$checksum$, "
        "$RECORD$_$FIELD$_OFFSET, $RECORD$_$FIELD$_MAX, data, length);\n"
        "}\n"
        "\n"
        "/* A view of $field$ in the file, not copied; use read_begin and read_retry around it. "
        "*/\n"
        "static inline mmf_status $record$_store_view_$field$(const $record$_store *store, "
        "uint64_t row, $ctype$ *out)\n"
        "{\n"
        "    return mmfi_view_$type$($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
        "$RECORD$_$FIELD$_OFFSET, $RECORD$_$FIELD$_MAX, out);\n"
        "}\n"
        "\n"
        "/* $field$ of row i of a range, not copied; i is not checked. */\n"
        "static inline $ctype$ $record$_rows_$field$($record$_rows rows, uint64_t i)\n"
        "{\n"
        "    return mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, "
        "$RECORD$_$FIELD$_MAX);\n"
        "}\n"
        "\n");
}

void emit_field_calls(emitter *to, const emit_field *field)
{
    if (mmf_type_is_sized(field->field->type))
        emit_sized(to, field);
    else
        emit_scalar(to, field);
}
