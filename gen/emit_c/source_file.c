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
        "MMF_TYPE_STRING", "MMF_TYPE_BYTES",  "MMF_TYPE_STRUCT",
    };
    return CONSTANTS[type];
}

static void append_text(emit_text *to, const char *text)
{
    emit_append(to, text, strlen(text));
}

/* An attribute of a field that only few have. */
static void append_rare(emit_text *line, const char *name, const char *value)
{
    append_text(line, ", .");
    append_text(line, name);
    append_text(line, " = ");
    append_text(line, value);
}

static void append_number(emit_text *line, const char *name, uint32_t value)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", value);
    if (value != 0)
        append_rare(line, name, text);
}

static void append_quoted(emit_text *line, const char *name, const char *text)
{
    if (text == NULL)
        return;
    append_rare(line, name, "");
    emit_quote(line, text, strlen(text));
}

static void append_logical(emit_text *line, const emit_field *field)
{
    static const char *const LOGICAL[] = {"", "MMF_LOGICAL_TIMESTAMP", "MMF_LOGICAL_DATE",
                                          "MMF_LOGICAL_DECIMAL", "MMF_LOGICAL_ENUM"};
    const mmf_field *of = field->field;
    char upper[NAMES_SIZE];
    if (of->logical != MMF_LOGICAL_NONE)
        append_rare(line, "logical", LOGICAL[of->logical]);
    append_number(line, "precision", of->precision);
    append_number(line, "scale", of->scale);
    append_number(line, "null_bit", of->null_bit);
    if (of->enumeration != NULL) {
        names_upper(emit_enum_name(field->record->model, of->enumeration), upper);
        append_rare(line, "enumeration", "&");
        append_text(line, upper);
        append_text(line, "_ENUM");
    }
    if (of->structure != NULL) {
        names_upper(emit_struct_name(field->record->model, of->structure), upper);
        append_rare(line, "structure", "&");
        append_text(line, upper);
        append_text(line, "_STRUCT");
    }
}

/*
 * Emits a list of designated initialisers: on one line if it fits, else each on a line of its own,
 * as clang-format has them.
 */
static void emit_initialisers(emitter *to, const emit_text *line)
{
    if (line->failed) {
        to->out.failed = true;
        return;
    }
    if (emit_width(line->data, line->size) <= EMIT_COLUMN_MAX) {
        emit_line(to, line->data);
        return;
    }
    bool quoted = false;
    const char *begin = line->data;
    for (const char *at = line->data; *at != '\0'; at++) {
        if (quoted && *at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '"')
            quoted = !quoted;
        if (quoted || strncmp(at, ", .", 3) != 0)
            continue;
        emit_append(&to->out, begin, (size_t)(at + 1 - begin));
        emit_append(&to->out, "\n     ", 6);
        begin = at + 2;
    }
    emit_append(&to->out, begin, strlen(begin));
    emit_append(&to->out, "\n", 1);
}

/* {.name = "price", .doc = "", .type = MMF_TYPE_FLOAT64, .offset = TICK_PRICE_OFFSET, .size = 8},
 */
static void emit_field_data(emitter *to, const emit_field *field)
{
    const mmf_field *of = field->field;
    emit_text line = {NULL, 0, 0, false};
    append_text(&line, "    {.name = \"");
    append_text(&line, of->name);
    append_text(&line, "\", .doc = ");
    append_doc(to, &line, &field->placeholders, "$RECORD$_$FIELD$_DOC", of->doc);
    append_rare(&line, "type", type_constant(of->type));
    if (mmf_type_is_sized(of->type))
        append_rare(&line, "max", emit_fill(to, &field->placeholders, "$RECORD$_$FIELD$_MAX"));
    append_rare(&line, "offset", emit_fill(to, &field->placeholders, "$RECORD$_$FIELD$_OFFSET"));
    append_number(&line, "size", of->size);
    if (of->count > 0)
        append_rare(&line, "count", emit_fill(to, &field->placeholders, "$RECORD$_$FIELD$_COUNT"));
    append_logical(&line, field);
    append_quoted(&line, "default_text", of->default_text);
    append_quoted(&line, "was", of->was);
    append_number(&line, "since", of->since);
    append_number(&line, "align", of->align);
    if (of->deprecated)
        append_rare(&line, "deprecated", "true");
    append_text(&line, "},");
    emit_initialisers(to, &line);
    emit_text_free(&line);
}

static void emit_fields(emitter *to, const emit_record *record)
{
    emit_field field;
    for (uint32_t i = 0; i < record->field_count; i++) {
        emit_field_init(&field, record, &record->fields[i]);
        emit_doc(to, &field.placeholders, "$RECORD$_$FIELD$_DOC", field.field->doc);
    }
    emit_template(to, &record->placeholders, "static const mmf_field $RECORD$_FIELDS[] = {\n");
    for (uint32_t i = 0; i < record->field_count; i++) {
        emit_field_init(&field, record, &record->fields[i]);
        emit_field_data(to, &field);
    }
    emit_line(to, "};");
    emit_line(to, "");
}

/* ---- Enums and structs ---- */

static void emit_enum_data(emitter *to, const gen_model *model, const mmf_enum *of)
{
    char upper[NAMES_SIZE];
    names_upper(emit_enum_name(model, of), upper);
    emit_placeholders placeholders = {.count = 0};
    emit_set(&placeholders, "RECORD", upper);
    /* It would put several short members on a line. */
    emit_line(to, "/* clang-format off */");
    emit_template(to, &placeholders, "static const mmf_enum_member $RECORD$_MEMBERS[] = {\n");
    for (uint32_t i = 0; i < of->member_count; i++) {
        const mmf_enum_member *member = &of->members[i];
        char constant[NAMES_SIZE];
        names_upper(member->name, constant);
        emit_text line = {NULL, 0, 0, false};
        append_text(&line, "    {.name = \"");
        append_text(&line, member->name);
        append_text(&line, "\", .doc = ");
        emit_quote(&line, member->doc, strlen(member->doc));
        append_rare(&line, "value", upper);
        append_text(&line, "_");
        append_text(&line, constant);
        append_text(&line, "},");
        emit_initialisers(to, &line);
        emit_text_free(&line);
    }
    emit_line(to, "};");
    emit_line(to, "/* clang-format on */");
    emit_line(to, "");
    emit_doc(to, &placeholders, "$RECORD$_DOC", of->doc);
    emit_text doc = {NULL, 0, 0, false};
    append_doc(to, &doc, &placeholders, "$RECORD$_DOC", of->doc);
    emit_set(&placeholders, "name", of->name);
    emit_set(&placeholders, "type", type_constant(of->type));
    emit_set(&placeholders, "doc", doc.data != NULL ? doc.data : "");
    emit_template(to, &placeholders,
                  "static const mmf_enum $RECORD$_ENUM = {\n"
                  "    .name = \"$name$\",\n"
                  "    .doc = $doc$,\n"
                  "    .type = $type$,\n"
                  "    .member_count = sizeof $RECORD$_MEMBERS / sizeof $RECORD$_MEMBERS[0],\n"
                  "    .members = $RECORD$_MEMBERS,\n"
                  "};\n"
                  "\n");
    to->out.failed = to->out.failed || doc.failed;
    emit_text_free(&doc);
}

static void emit_struct_data(emitter *to, const gen_model *model, const mmf_struct *of)
{
    emit_record record;
    emit_struct_init(&record, model, of);
    emit_fields(to, &record);
    emit_doc(to, &record.placeholders, "$RECORD$_DOC", of->doc);
    emit_text doc = {NULL, 0, 0, false};
    append_doc(to, &doc, &record.placeholders, "$RECORD$_DOC", of->doc);
    emit_set(&record.placeholders, "doc", doc.data != NULL ? doc.data : "");
    emit_template(to, &record.placeholders,
                  "static const mmf_struct $RECORD$_STRUCT = {\n"
                  "    .name = \"$Record$\",\n"
                  "    .doc = $doc$,\n"
                  "    .field_count = sizeof $RECORD$_FIELDS / sizeof $RECORD$_FIELDS[0],\n"
                  "    .fields = $RECORD$_FIELDS,\n"
                  "    .size = $RECORD$_SIZE,\n");
    emit_format(to, "    .alignment = %u,", of->alignment);
    if (of->validity_offset != 0)
        emit_template(to, &record.placeholders,
                      "    .validity_offset = $RECORD$_VALIDITY_OFFSET,\n");
    emit_format(to, "    .depth = %u,", of->depth);
    if (of->align != 0)
        emit_format(to, "    .align = %u,", of->align);
    emit_line(to, "};");
    emit_line(to, "");
    to->out.failed = to->out.failed || doc.failed;
    emit_text_free(&doc);
}

/* True when some record uses the definition: another one would be static and unused. */
static bool is_used(const gen_model *model, const mmf_enum *enumeration,
                    const mmf_struct *structure)
{
    mmf_definition list[MMF_DEFINITIONS_MAX];
    for (uint32_t i = 0; i < model->record_count; i++) {
        const size_t count = mmf_schema_definitions(&model->records[i], list, MMF_DEFINITIONS_MAX);
        for (size_t j = 0; j < count && j < MMF_DEFINITIONS_MAX; j++)
            if (list[j].enumeration == enumeration && list[j].structure == structure)
                return true;
    }
    return false;
}

static void emit_definition_data(emitter *to, const gen_model *model)
{
    for (uint32_t i = 0; i < model->enum_count; i++)
        if (is_used(model, &model->enums[i], NULL))
            emit_enum_data(to, model, &model->enums[i]);
    for (uint32_t i = 0; i < model->struct_count; i++)
        if (is_used(model, NULL, model->structs[i]))
            emit_struct_data(to, model, model->structs[i]);
}

/* ---- Records ---- */

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
    emit_template(to, &record->placeholders,
                  "const mmf_schema $record$_schema = {\n"
                  "    .name = \"$Record$\",\n");
    emit_format(to, "    .doc = %s,", doc.data != NULL ? doc.data : "");
    emit_format(to, "    .version = %u,", schema->version);
    emit_format(to, "    .field_count = %u,", schema->field_count);
    emit_template(to, &record->placeholders,
                  "    .fields = $RECORD$_FIELDS,\n"
                  "    .record_size = $RECORD$_RECORD_SIZE,\n"
                  "    .text_size = sizeof $RECORD$_SCHEMA_TEXT - 1,\n");
    emit_format(to, "    .layout_hash = UINT64_C(0x%016" PRIx64 "),", schema->layout_hash);
    emit_template(to, &record->placeholders, "    .text = $RECORD$_SCHEMA_TEXT,\n");
    if (schema->checksum_offset != 0)
        emit_template(to, &record->placeholders,
                      "    .checksum_offset = $RECORD$_RECORD_CHECKSUM,\n");
    if (schema->validity_offset != 0)
        emit_template(to, &record->placeholders,
                      "    .validity_offset = $RECORD$_VALIDITY_OFFSET,\n");
    if (schema->align != 0)
        emit_format(to, "    .align = %u,", schema->align);
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
        "}\n"
        "\n"
        "mmf_status $record$_store_wait(const $record$_store *store, uint64_t row, "
        "uint64_t timeout_ns)\n"
        "{\n"
        "    return mmf_store_wait($record$_store_base(store), row, timeout_ns);\n"
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
    emit_template(
        to, &placeholders,
        "/* Generated by mmfgen from $schema$; edit that instead. */\n"
        "#include \"$name$.h\"\n"
        "\n"
        "#ifdef __cplusplus /* older than C++20, it warns of how tables are initialized */\n"
        "#pragma GCC diagnostic ignored \"-Wpragmas\" /* of what a compiler does not know */\n"
        "#pragma GCC diagnostic ignored \"-Wc++20-extensions\"\n"
        "#pragma GCC diagnostic ignored \"-Wmissing-field-initializers\"\n"
        "#pragma GCC diagnostic ignored \"-Wold-style-cast\"\n"
        "#pragma GCC diagnostic ignored \"-Wpedantic\"\n"
        "#endif\n"
        "\n");
    if (has_long_literal(model))
        emit_template(to, &placeholders,
                      "/* The text of a schema is one literal, and may exceed the length that C "
                      "guarantees. */\n"
                      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                      "\n");
    emit_definition_data(to, model);
    for (uint32_t i = 0; i < model->record_count; i++) {
        emit_record record;
        emit_record_init(&record, model, i);
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
