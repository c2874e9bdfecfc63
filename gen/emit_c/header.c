/* The generated header: its frame, with the parts of every record in order. */
#include "emit_c.h"

#include <inttypes.h>
#include <stdio.h>

#include "mmapforge/version.h"
#include "parts.h"

static void emit_one_record(emitter *to, const gen_model *model, uint32_t index)
{
    const mmf_schema *schema = &model->records[index];
    emit_record record;
    emit_record_init(&record, model, index);
    emit_format(to, "/* ---- %s, version %u ---- */", schema->name, schema->version);
    emit_line(to, "");
    emit_layout(to, &record);
    emit_store_calls(to, &record);
    emit_record_calls(to, &record);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        emit_field field;
        emit_field_init(&field, &record, &schema->fields[i]);
        emit_format(to, "/* ---- %s: %s ---- */", field.field->name, field.type);
        emit_line(to, "");
        if (emit_is_simple(field.field))
            emit_field_calls(to, &field);
        else
            emit_whole_calls(to, &field);
        emit_leaf_calls(to, &field);
    }
}

/* FNV-1a, as in mmf_schema_hash. */
static uint64_t add_to_hash(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return hash;
}

/*
 * "TICK_STORE_0123456789ABCDEF": the name of the store, and a hash of its schema. Two packages may
 * both have a tick_store, and one program may include both. If the hashes are equal, so are the
 * records, and it is harmless that the second header is skipped.
 */
static void set_guard(const gen_model *model, const char *name, char guard[NAMES_IDENTIFIER_SIZE])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < model->record_count; i++)
        hash = add_to_hash(hash, model->records[i].text);
    (void)snprintf(guard, NAMES_IDENTIFIER_SIZE, "%s_%016" PRIX64, name, hash);
    for (char *c = guard; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
}

/* Generated code compiles only with headers of its own binary interface. */
static void emit_abi_check(emitter *to, const char *name)
{
    emit_format(to, "#if MMF_ABI != %d", MMF_ABI);
    emit_format(to,
                "#error \"%s.h needs headers of mmapforge %d.%d; for others, run their mmfgen\"",
                name, MMF_VERSION_MAJOR, MMF_VERSION_MINOR);
    emit_line(to, "#endif");
    emit_line(to, "");
}

static bool has_checksums(const gen_model *model)
{
    for (uint32_t i = 0; i < model->record_count; i++)
        if (model->records[i].checksum_offset != 0)
            return true;
    return false;
}

/* ---- Kinds of fields that a schema has ---- */

static bool is_sized(const mmf_field *field)
{
    return mmf_type_is_sized(field->type);
}

static bool is_nullable(const mmf_field *field)
{
    return field->null_bit != 0;
}

static bool is_checked(const mmf_field *field)
{
    return field->logical == MMF_LOGICAL_ENUM || field->logical == MMF_LOGICAL_DECIMAL;
}

static bool has_field(const mmf_field *fields, uint32_t count, bool (*is)(const mmf_field *))
{
    for (uint32_t i = 0; i < count; i++)
        if (is(&fields[i]) ||
            (fields[i].structure != NULL &&
             has_field(fields[i].structure->fields, fields[i].structure->field_count, is)))
            return true;
    return false;
}

static bool has(const gen_model *model, bool (*is)(const mmf_field *))
{
    for (uint32_t i = 0; i < model->record_count; i++)
        if (has_field(model->records[i].fields, model->records[i].field_count, is))
            return true;
    return false;
}

/* The statuses of all calls, in one comment; mmapforge/store.h and value.h say when each occurs. */
static void emit_statuses(emitter *to, const gen_model *model)
{
    /* clang-format off */
    static const char *const COMMON[] = {
        "/*",
        " * A call that can fail returns an mmf_status. On failure its results are unchanged, NULL or 0, and",
        " * mmf_store_explain makes a message of the status. Each may return MMF_ERR_ARGUMENT (NULL or an",
        " * invalid value) and MMF_ERR_CLOSED. The others, without the prefix MMF_ERR_:",
        " *",
        " *   create           EXISTS NOT_FOUND LOCKED READ_ONLY NO_SPACE NO_MEMORY CAPACITY UNSUPPORTED IO",
        " *   open             NOT_FOUND FORMAT VERSION SCHEMA CORRUPT LOCKED READ_ONLY NO_SPACE NO_MEMORY",
        " *                    NEEDS_RECOVERY UNSUPPORTED IO",
        " *   sync, close      READ_ONLY NO_SPACE NEEDS_RECOVERY BUSY CORRUPT NOT_FOUND IO",
        " *   copy             those of create and sync",
        " *   append           READ_ONLY CAPACITY NO_SPACE NEEDS_RECOVERY BUSY CORRUPT NOT_FOUND",
        " *                    UNSUPPORTED IO",
        " *   set, set_FIELD   those of append, and RANGE",
        " *   get, read_begin  RANGE CORRUPT BUSY CAPACITY IO",
        " *   other reads      RANGE CORRUPT CAPACITY IO",
        " *   rows_read_begin  CORRUPT BUSY",
    };
    static const char *const SIZED[] = {
        " *",
        " * With a string or bytes, append, set and set_FIELD also return TOO_LONG (it exceeds the field),",
        " * get_FIELD returns those of get and TOO_LONG (it exceeds the buffer), record_set_FIELD TOO_LONG.",
    };
    static const char *const NULLABLE[] = {
        " *",
        " * Of a field that may be null, get_FIELD also returns NULL (it is), and the calls that set or",
        " * clear it are those of set.",
    };
    static const char *const CHECKED[] = {
        " *",
        " * With an enum, append, set and set_FIELD also return ENUM (the value is no member); with a",
        " * decimal, ARGUMENT (it has too many digits).",
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++)
        emit_line(to, COMMON[i]);
    if (has_checksums(model))
        emit_line(to, " *   verify           RANGE CORRUPT BUSY CAPACITY UNSUPPORTED IO");
    for (size_t i = 0; i < sizeof SIZED / sizeof SIZED[0] && has(model, is_sized); i++)
        emit_line(to, SIZED[i]);
    for (size_t i = 0; i < sizeof NULLABLE / sizeof NULLABLE[0] && has(model, is_nullable); i++)
        emit_line(to, NULLABLE[i]);
    for (size_t i = 0; i < sizeof CHECKED / sizeof CHECKED[0] && has(model, is_checked); i++)
        emit_line(to, CHECKED[i]);
    emit_line(to, " */");
    emit_line(to, "");
}

void emit_header(emitter *to, const gen_model *model, const char *name)
{
    char guard[NAMES_IDENTIFIER_SIZE];
    set_guard(model, name, guard);
    emit_placeholders placeholders = {.count = 0};
    emit_set(&placeholders, "schema", model->schema_name);
    emit_set(&placeholders, "guard", guard);
    emit_template(to, &placeholders,
                  "/* Generated by mmfgen from $schema$; edit that instead. */\n"
                  "#ifndef MMF_GENERATED_$guard$_H\n"
                  "#define MMF_GENERATED_$guard$_H\n"
                  "\n"
                  "#include \"mmapforge/generated.h\"\n"
                  "\n");
    emit_abi_check(to, name);
    emit_template(to, &placeholders,
                  "#ifdef __cplusplus\n"
                  "#ifdef __clang__ /* it warns of casts in extern \"C\", too */\n"
                  "#pragma clang diagnostic push\n"
                  "#pragma clang diagnostic ignored \"-Wold-style-cast\"\n"
                  "#pragma clang diagnostic ignored \"-Wzero-as-null-pointer-constant\"\n"
                  "#endif\n"
                  "extern \"C\" {\n"
                  "#endif\n"
                  "\n");
    emit_statuses(to, model);
    emit_definitions(to, model);
    for (uint32_t i = 0; i < model->record_count; i++)
        emit_one_record(to, model, i);
    emit_template(to, &placeholders,
                  "#ifdef __cplusplus\n"
                  "}\n"
                  "#ifdef __clang__\n"
                  "#pragma clang diagnostic pop\n"
                  "#endif\n"
                  "#endif\n"
                  "\n"
                  "#endif\n");
}
