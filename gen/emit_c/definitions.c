/* Constants, enums and structs of a schema, before the records that use them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "comment.h"
#include "parts.h"

/* FNV-1a, as in mmf_schema_hash. */
static uint64_t add_to_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
    return add_to_hash(hash, text, strlen(text) + 1);
}

#define HASH_BASIS UINT64_C(0xcbf29ce484222325)

/*
 * Two schemas may declare the same enum or struct, and a program may include the headers of both:
 * the second one is skipped. Where they differ, the compiler says so, and @prefix helps.
 */
static void emit_guard(emitter *to, const emit_placeholders *placeholders, uint64_t hash)
{
    char text[20];
    (void)snprintf(text, sizeof text, "%016" PRIX64, hash);
    emit_placeholders own = *placeholders;
    emit_set(&own, "hash", text);
    emit_template(to, &own,
                  "#ifndef MMF_GENERATED_$RECORD$_$hash$\n"
                  "#define MMF_GENERATED_$RECORD$_$hash$\n"
                  "\n");
}

/* ---- Constants ---- */

/* The longest of the names from that of first on, up to one with a comment before it. */
static int column_of_values(const gen_model *model, uint32_t first)
{
    size_t width = strlen(model->constants[first].name);
    for (uint32_t i = first + 1; i < model->constant_count && *model->constants[i].doc == '\0'; i++)
        if (strlen(model->constants[i].name) > width)
            width = strlen(model->constants[i].name);
    return (int)width;
}

static void emit_constants(emitter *to, const gen_model *model)
{
    if (model->constant_count == 0)
        return;
    emit_line(to, "/* ---- Constants of the schema ---- */");
    emit_line(to, "");
    int width = 0;
    for (uint32_t i = 0; i < model->constant_count; i++) {
        const bool has_doc = *model->constants[i].doc != '\0';
        if (i == 0 || has_doc)
            width = column_of_values(model, i);
        if (has_doc)
            emit_comment(to, 0, model->constants[i].doc);
        emit_format(to, "#define %-*s %uu", width, model->constants[i].name,
                    model->constants[i].value);
    }
    emit_line(to, "");
}

/* ---- Enums ---- */

static uint64_t hash_enum(const mmf_enum *of)
{
    uint64_t hash = add_text(HASH_BASIS, of->name);
    for (uint32_t i = 0; i < of->member_count; i++) {
        hash = add_text(hash, of->members[i].name);
        hash = add_to_hash(hash, &of->members[i].value, sizeof of->members[i].value);
    }
    return hash;
}

static void emit_members(emitter *to, const mmf_enum *of, const char *upper)
{
    for (uint32_t i = 0; i < of->member_count; i++) {
        const mmf_enum_member *member = &of->members[i];
        char name[NAMES_SIZE];
        char value[32];
        names_upper(member->name, name);
        /* The smallest int has no literal of its own. */
        (void)snprintf(value, sizeof value, member->value == INT32_MIN ? "%d - 1" : "%d",
                       member->value == INT32_MIN ? member->value + 1 : member->value);
        if (*member->doc != '\0')
            emit_comment(to, 4, member->doc);
        emit_format(to, "    %s_%s = %s%s", upper, name, value,
                    i + 1 < of->member_count ? "," : "");
    }
}

static void emit_enum(emitter *to, const gen_model *model, const mmf_enum *of)
{
    char lower[NAMES_SIZE];
    char upper[NAMES_SIZE];
    names_lower(emit_enum_name(model, of), lower);
    names_upper(emit_enum_name(model, of), upper);
    emit_placeholders placeholders = {.count = 0};
    emit_set(&placeholders, "record", lower);
    emit_set(&placeholders, "RECORD", upper);
    emit_set(&placeholders, "Record", of->name);
    emit_set(&placeholders, "storage", mmf_type_name(of->type));
    emit_guard(to, &placeholders, add_text(hash_enum(of), lower));
    if (*of->doc != '\0')
        emit_comment(to, 0, of->doc);
    else
        emit_template(to, &placeholders, "/* $Record$, stored as $storage$. */\n");
    emit_template(to, &placeholders, "typedef enum $record$ MMFI_ENUM_OF_INT {\n");
    emit_members(to, of, upper);
    emit_template(to, &placeholders,
                  "} $record$;\n"
                  "\n"
                  "/* The name of a member in the schema; NULL for a value that is no member. */\n"
                  "static inline const char *$record$_name(enum $record$ value)\n"
                  "{\n"
                  "    switch ((int)value) {\n");
    for (uint32_t i = 0; i < of->member_count; i++) {
        char member[NAMES_SIZE];
        names_upper(of->members[i].name, member);
        emit_format(to, "    case %s_%s:", upper, member);
        emit_format(to, "        return \"%s\";", of->members[i].name);
    }
    emit_template(to, &placeholders,
                  "    default:\n"
                  "        return NULL;\n"
                  "    }\n"
                  "}\n"
                  "\n"
                  "/* False for a value of no member: a file of a newer schema may have one. */\n"
                  "static inline bool $record$_is_member(enum $record$ value)\n"
                  "{\n"
                  "    return $record$_name(value) != NULL;\n"
                  "}\n"
                  "\n"
                  "#endif\n"
                  "\n");
}

/* ---- Structs ---- */

static uint64_t hash_struct(const gen_model *model, const mmf_struct *of)
{
    uint64_t hash = add_text(HASH_BASIS, of->name);
    for (uint32_t i = 0; i < of->field_count; i++) {
        char type[MMF_FIELD_TYPE_SIZE];
        (void)mmf_field_type_write(&of->fields[i], type, sizeof type);
        hash = add_text(hash, of->fields[i].name);
        hash = add_text(hash, type);
        hash = add_to_hash(hash, &of->fields[i].offset, sizeof of->fields[i].offset);
        uint64_t inner = 0;
        if (of->fields[i].enumeration != NULL)
            inner = hash_enum(of->fields[i].enumeration);
        if (of->fields[i].structure != NULL)
            inner = hash_struct(model, of->fields[i].structure);
        hash = add_to_hash(hash, &inner, sizeof inner);
    }
    return add_to_hash(hash, &of->size, sizeof of->size);
}

static void emit_struct_calls(emitter *to, const emit_record *record)
{
    emit_template(to, &record->placeholders,
                  "/* From the bytes of a record at an offset; no checks, no ordering. */\n"
                  "static inline void mmfi_$record$_load(const unsigned char *record, size_t "
                  "offset, struct $record$ *out)\n"
                  "{\n");
    emit_load_lines(to, record);
    emit_template(to, &record->placeholders,
                  "}\n"
                  "\n"
                  "/* Into the bytes of a record at an offset; no checks, no ordering. */\n"
                  "static inline void mmfi_$record$_save(unsigned char *record, size_t offset, "
                  "const struct $record$ *in)\n"
                  "{\n");
    emit_save_lines(to, record);
    emit_line(to, "}");
    emit_line(to, "");
    if (emit_has_checks(record->fields, record->field_count)) {
        emit_template(to, &record->placeholders,
                      "/* MMF_OK, or the reason why the struct cannot be stored. */\n"
                      "static inline mmf_status mmfi_$record$_check(const struct $record$ *in)\n"
                      "{\n");
        emit_check_lines(to, record);
        emit_line(to, "    return MMF_OK;");
        emit_line(to, "}");
        emit_line(to, "");
    }
    if (names_have_defaults(record->fields, record->field_count)) {
        emit_template(
            to, &record->placeholders,
            "/* Sets all fields to their defaults: zero, or null, where there is none. */\n"
            "static inline void $record$_init(struct $record$ *out)\n"
            "{\n"
            "    memset(out, 0, sizeof *out);\n");
        emit_default_lines(to, record);
        emit_line(to, "}");
        emit_line(to, "");
    }
    for (uint32_t i = 0; i < record->field_count; i++) {
        emit_field field;
        emit_field_init(&field, record, &record->fields[i]);
        if (mmf_type_is_sized(field.field->type))
            emit_record_set(to, &field);
    }
}

static void emit_struct(emitter *to, const gen_model *model, const mmf_struct *of)
{
    emit_record record;
    emit_struct_init(&record, model, of);
    emit_guard(to, &record.placeholders, add_text(hash_struct(model, of), record.lower));
    emit_struct_layout(to, &record);
    emit_struct_calls(to, &record);
    emit_line(to, "#endif");
    emit_line(to, "");
}

void emit_definitions(emitter *to, const gen_model *model)
{
    emit_constants(to, model);
    for (uint32_t i = 0; i < model->enum_count; i++) {
        emit_format(to, "/* ---- enum %s ---- */", model->enums[i].name);
        emit_line(to, "");
        emit_enum(to, model, &model->enums[i]);
    }
    for (uint32_t i = 0; i < model->struct_count; i++) {
        emit_format(to, "/* ---- struct %s ---- */", model->structs[i]->name);
        emit_line(to, "");
        emit_struct(to, model, model->structs[i]);
    }
}
