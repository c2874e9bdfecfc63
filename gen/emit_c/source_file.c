/* The generated source file: the schemas as data, and the calls that need not be inline. */
#include "emit_c.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "c_string.h"
#include "record.h"
#include "wrap.h"

/* The length of a literal that C guarantees; beyond it, -Wpedantic warns. */
#define LITERAL_SIZE_MAX 4095u

/* ---- Doc comments ---- */

/* Columns of a doc that is written in the table of fields; a longer one becomes a constant. */
#define DOC_WIDTH_MAX 85u

static bool doc_is_long(const char *doc)
{
    emit_text quoted = {NULL, 0, 0, false};
    emit_quote(&quoted, doc, strlen(doc));
    const bool is_long = quoted.failed || emit_width(quoted.data, quoted.size) > DOC_WIDTH_MAX + 2;
    emit_text_free(&quoted);
    return is_long || strchr(doc, '\n') != NULL;
}

static void emit_doc(emitter *to, const emit_placeholders *placeholders, const char *template,
                     const char *doc)
{
    if (!doc_is_long(doc))
        return;
    char head[NAMES_IDENTIFIER_SIZE + 32];
    (void)snprintf(head, sizeof head,
                   "static const char %s[] =", emit_fill(to, placeholders, template));
    emit_string(to, head, doc, strlen(doc));
    emit_line(to, "");
}

/* Appends the doc, or the name of the constant that holds it. */
static void append_doc(emitter *to, emit_text *line, const emit_placeholders *placeholders,
                       const char *template, const char *doc)
{
    if (!doc_is_long(doc)) {
        emit_quote(line, doc, strlen(doc));
        return;
    }
    const char *name = emit_fill(to, placeholders, template);
    emit_append(line, name, strlen(name));
}

/* ---- The schema ---- */

static const char *type_constant(mmf_type type)
{
    static const char *const CONSTANTS[MMF_TYPE_COUNT] = {
        "MMF_TYPE_NONE",   "MMF_TYPE_BOOL",   "MMF_TYPE_INT8",    "MMF_TYPE_UINT8",
        "MMF_TYPE_INT16",  "MMF_TYPE_UINT16", "MMF_TYPE_INT32",   "MMF_TYPE_UINT32",
        "MMF_TYPE_INT64",  "MMF_TYPE_UINT64", "MMF_TYPE_FLOAT32", "MMF_TYPE_FLOAT64",
        "MMF_TYPE_STRING", "MMF_TYPE_BYTES",
    };
    return CONSTANTS[type];
}

static void append_text(emit_text *to, const char *text)
{
    emit_append(to, text, strlen(text));
}

/* {"price", "", MMF_TYPE_FLOAT64, 0, TICK_PRICE_OFFSET, 8}, */
static void emit_field_data(emitter *to, const emit_field *field)
{
    const mmf_field *of = field->field;
    emit_text line = {NULL, 0, 0, false};
    append_text(&line, "    {\"");
    append_text(&line, of->name);
    append_text(&line, "\", ");
    append_doc(to, &line, &field->placeholders, "$RECORD$_$FIELD$_DOC", of->doc);
    append_text(&line, ", ");
    append_text(&line, type_constant(of->type));
    append_text(&line, ", ");
    append_text(&line, emit_fill(to, &field->placeholders,
                                 mmf_type_is_sized(of->type) ? "$RECORD$_$FIELD$_MAX" : "0"));
    append_text(&line, ", ");
    append_text(&line, emit_fill(to, &field->placeholders, "$RECORD$_$FIELD$_OFFSET"));
    char size[32];
    (void)snprintf(size, sizeof size, ", %u},", of->size);
    append_text(&line, size);
    if (!line.failed)
        emit_code(to, line.data);
    to->out.failed = to->out.failed || line.failed;
    emit_text_free(&line);
}

static void emit_fields(emitter *to, const emit_record *record)
{
    emit_field field;
    for (uint32_t i = 0; i < record->schema->field_count; i++) {
        emit_field_init(&field, record, i);
        emit_doc(to, &field.placeholders, "$RECORD$_$FIELD$_DOC", field.field->doc);
    }
    emit_template(to, &record->placeholders, "static const mmf_field $RECORD$_FIELDS[] = {\n");
    for (uint32_t i = 0; i < record->schema->field_count; i++) {
        emit_field_init(&field, record, i);
        emit_field_data(to, &field);
    }
    emit_line(to, "};");
    emit_line(to, "");
}

static void emit_schema(emitter *to, const emit_record *record)
{
    const mmf_schema *schema = record->schema;
    char head[NAMES_IDENTIFIER_SIZE + 32];
    (void)snprintf(head, sizeof head, "static const char %s_SCHEMA_TEXT[] =", record->upper);
    emit_string(to, head, schema->text, schema->text_size);
    emit_line(to, "");
    emit_doc(to, &record->placeholders, "$RECORD$_DOC", schema->doc);

    emit_text doc = {NULL, 0, 0, false};
    append_doc(to, &doc, &record->placeholders, "$RECORD$_DOC", schema->doc);
    char version[16];
    char count[16];
    char hash[32];
    (void)snprintf(version, sizeof version, "%u,", schema->version);
    (void)snprintf(count, sizeof count, "%u,", schema->field_count);
    (void)snprintf(hash, sizeof hash, "UINT64_C(0x%016" PRIx64 ")", schema->layout_hash);
    const int width = (int)(strlen(version) > strlen(count) ? strlen(version) : strlen(count));
    emit_template(to, &record->placeholders,
                  "const mmf_schema $record$_schema = {\n"
                  "    \"$Record$\",\n");
    emit_format(to, "    %s,", doc.data != NULL ? doc.data : "");
    emit_format(to, "    %-*s /* version */", width, version);
    emit_format(to, "    %-*s /* fields */", width, count);
    emit_template(to, &record->placeholders,
                  "    $RECORD$_FIELDS,\n"
                  "    $RECORD$_RECORD_SIZE,\n"
                  "    sizeof $RECORD$_SCHEMA_TEXT - 1,\n");
    emit_format(to, "    %s, /* layout hash */", hash);
    emit_template(to, &record->placeholders, "    $RECORD$_SCHEMA_TEXT,\n");
    emit_template(to, &record->placeholders,
                  schema->checksum_offset != 0 ? "    $RECORD$_RECORD_CHECKSUM,\n"
                                               : "    0, /* no checksums */\n");
    emit_line(to, "};");
    emit_line(to, "");
    to->out.failed = to->out.failed || doc.failed;
    emit_text_free(&doc);
}

/* ---- The file ---- */

static void emit_calls(emitter *to, const emit_record *record)
{
    emit_template(
        to, &record->placeholders,
        "mmf_status $record$_store_create(const char *path, const mmf_options *options, "
        "$record$_store **out, mmf_error *error)\n"
        "{\n"
        "    MMFI_REQUIRE_ABI(); /* which a library of another version does not have */\n"
        "    mmf_store *store = NULL;\n"
        "    mmf_store **const place = out != NULL ? &store : NULL;\n"
        "    const mmf_status status = mmf_store_create(path, options, &$record$_schema, place, "
        "error);\n"
        "    if (out != NULL)\n"
        "        *out = ($record$_store *)store;\n"
        "    return status;\n"
        "}\n"
        "\n"
        "mmf_status $record$_store_open(const char *path, const mmf_options *options, "
        "$record$_store **out, mmf_error *error)\n"
        "{\n"
        "    MMFI_REQUIRE_ABI(); /* which a library of another version does not have */\n"
        "    mmf_store *store = NULL;\n"
        "    mmf_store **const place = out != NULL ? &store : NULL;\n"
        "    const mmf_status status = mmf_store_open_as(path, options, &$record$_schema, place, "
        "error);\n"
        "    if (out != NULL)\n"
        "        *out = ($record$_store *)store;\n"
        "    return status;\n"
        "}\n"
        "\n"
        "mmf_status $record$_store_close($record$_store *store)\n"
        "{\n"
        "    return mmf_store_close((mmf_store *)store);\n"
        "}\n"
        "\n"
        "mmf_status $record$_store_sync($record$_store *store, mmf_error *error)\n"
        "{\n"
        "    return mmf_store_sync((mmf_store *)store, error);\n"
        "}\n"
        "\n"
        "mmf_status $record$_store_copy(const $record$_store *store, const char *path, "
        "mmf_error *error)\n"
        "{\n"
        "    return mmf_store_copy($record$_store_base(store), path, error);\n"
        "}\n"
        "\n"
        "uint64_t $record$_store_capacity(const $record$_store *store)\n"
        "{\n"
        "    return mmf_store_capacity($record$_store_base(store));\n"
        "}\n");
}

static bool has_long_literal(const gen_model *model)
{
    for (uint32_t i = 0; i < model->record_count; i++)
        if (model->records[i].text_size > LITERAL_SIZE_MAX)
            return true;
    return false;
}

void emit_source(emitter *to, const gen_model *model, const char *name)
{
    emit_placeholders placeholders = {.count = 0};
    emit_set(&placeholders, "schema", model->schema_name);
    emit_set(&placeholders, "name", name);
    emit_template(to, &placeholders,
                  "/* Generated by mmfgen from $schema$; edit that instead. */\n"
                  "#include \"$name$.h\"\n"
                  "\n");
    if (has_long_literal(model))
        emit_template(to, &placeholders,
                      "/* The text of a schema is one literal, and may exceed the length that C "
                      "guarantees. */\n"
                      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                      "\n");
    for (uint32_t i = 0; i < model->record_count; i++) {
        emit_record record;
        emit_record_init(&record, &model->records[i]);
        if (i > 0)
            emit_line(to, "");
        emit_template(to, &record.placeholders,
                      "/* ---- $Record$ ---- */\n"
                      "\n"
                      "MMFI_STATIC_ASSERT($RECORD$_RECORD_SIZE % MMF_SEQUENCE_SIZE == 0, "
                      "\"records stay aligned\");\n"
                      "\n");
        emit_fields(to, &record);
        emit_schema(to, &record);
        emit_calls(to, &record);
    }
}
