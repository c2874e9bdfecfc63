/* The calls of one field. */
#include "parts.h"

#include <string.h>

#include "comment.h"

/* The doc may be any prose, so it is made harmless as in all comments. */
static void emit_titled(emitter *to, const emit_field *field)
{
    emit_text *out = &to->out;
    emit_append(out, "/* ---- ", 8);
    emit_append(out, field->field->name, strlen(field->field->name));
    emit_append(out, ": ", 2);
    emit_append(out, field->type, strlen(field->type));
    emit_append(out, ", ", 2);
    emit_comment_text(out, field->field->doc, strlen(field->field->doc));
    emit_append(out, " ---- */\n", 9);
}

/* "---- price: float64, last trade ----"; a long or multi-line doc is in the struct only. */
static void emit_title(emitter *to, const emit_field *field)
{
    const mmf_field *of = field->field;
    const uint32_t title =
        (uint32_t)(strlen("/* ----  ---- */: ") + strlen(of->name) + strlen(field->type));
    const uint32_t doc = *of->doc != '\0' ? emit_comment_width(of->doc) : 0;
    if (doc > 0 && title + doc <= EMIT_COLUMN_MAX)
        emit_titled(to, field);
    else
        emit_format(to, "/* ---- %s: %s ---- */", of->name, field->type);
    emit_line(to, "");
}

static void emit_scalar(emitter *to, const emit_field *field)
{
    emit_template(to, &field->placeholders,
                  "static inline mmf_status $record$_store_get_$field$(const $record$_store "
                  "*store, uint64_t row, $ctype$ *out)\n"
                  "{\n"
                  "    return mmfi_get_$type$($record$_store_base(store), row, "
                  "$RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, out);\n"
                  "}\n"
                  "\n"
                  "static inline mmf_status $record$_store_set_$field$($record$_store *store, "
                  "uint64_t row, $ctype$ value)\n"
                  "{\n"
                  "    return mmfi_$checksummed$set_$type$((mmf_store *)store, row, "
                  "$RECORD$_RECORD_SIZE$checksum$, $RECORD$_$FIELD$_OFFSET, value);\n"
                  "}\n"
                  "\n"
                  "static inline mmf_status $record$_store_column_$field$(const $record$_store "
                  "*store, uint64_t first, uint64_t count, mmf_column_$type$ *out)\n"
                  "{\n"
                  "    return mmfi_column_$type$($record$_store_base(store), first, count, "
                  "$RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, out);\n"
                  "}\n"
                  "\n"
                  "static inline $ctype$ $record$_rows_$field$($record$_rows rows, uint64_t i)\n"
                  "{\n"
                  "    return mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, "
                  "$RECORD$_$FIELD$_OFFSET);\n"
                  "}\n"
                  "\n");
}

static void emit_sized(emitter *to, const emit_field *field)
{
    const bool is_string = field->field->type == MMF_TYPE_STRING;
    emit_placeholders placeholders = field->placeholders;
    emit_set(&placeholders, "data", is_string ? "char" : "uint8_t");
    emit_template(to, &placeholders,
                  is_string ? "/* Copies $field$ out, NUL-terminated; $RECORD$_$FIELD$_MAX + 1 "
                              "bytes always suffice. length may be NULL. */\n"
                            : "/* Copies $field$ out; $RECORD$_$FIELD$_MAX bytes always suffice. "
                              "length may be NULL. */\n");
    emit_template(
        to, &placeholders,
        "static inline mmf_status $record$_store_get_$field$(const $record$_store *store, uint64_t "
        "row, $data$ *buffer, size_t size, size_t *length)\n"
        "{\n"
        "    return mmfi_get_$type$($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
        "$RECORD$_$FIELD$_OFFSET, $RECORD$_$FIELD$_MAX, buffer, size, length);\n"
        "}\n"
        "\n"
        "/* Replaces $field$, all or nothing. */\n"
        "static inline mmf_status $record$_store_set_$field$($record$_store *store, uint64_t row, "
        "const $data$ *data, size_t length)\n"
        "{\n"
        "    return mmfi_$checksummed$set_$type$((mmf_store *)store, row, "
        "$RECORD$_RECORD_SIZE$checksum$, "
        "$RECORD$_$FIELD$_OFFSET, $RECORD$_$FIELD$_MAX, data, length);\n"
        "}\n"
        "\n"
        "/* Where $field$ lies in the file, not copied; pair with read_begin and read_retry. */\n"
        "static inline mmf_status $record$_store_view_$field$(const $record$_store *store, "
        "uint64_t row, $ctype$ *out)\n"
        "{\n"
        "    return mmfi_view_$type$($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
        "$RECORD$_$FIELD$_OFFSET, $RECORD$_$FIELD$_MAX, out);\n"
        "}\n"
        "\n"
        "static inline $ctype$ $record$_rows_$field$($record$_rows rows, uint64_t i)\n"
        "{\n"
        "    return mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, $RECORD$_$FIELD$_OFFSET, "
        "$RECORD$_$FIELD$_MAX);\n"
        "}\n"
        "\n");
}

void emit_field_calls(emitter *to, const emit_field *field)
{
    emit_title(to, field);
    if (mmf_type_is_sized(field->field->type))
        emit_sized(to, field);
    else
        emit_scalar(to, field);
}
