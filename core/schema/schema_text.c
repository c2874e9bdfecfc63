/* Reads the canonical text of a schema, when a file is opened. */
#include "mmapforge/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct text_reader {
    const char *at;
    const char *end;
    unsigned line;
    mmf_error *error;
    char *strings;     /* where the next name or doc goes */
    mmf_field *fields; /* those of the list that is being read, and room for as many as may come */
    uint32_t definition_count;
    mmf_definition definitions[MMF_DEFINITIONS_MAX];
} text_reader;

static mmf_status bad(const text_reader *from, const char *expected)
{
    return mmfi_fail(from->error, MMF_ERR_CORRUPT, 0, NULL,
                     "embedded schema, line %u: expected %s; the header of the file is damaged",
                     from->line, expected);
}

MMFI_INLINE bool take_bytes(text_reader *from, const char *text, size_t length)
{
    if ((size_t)(from->end - from->at) < length || memcmp(from->at, text, length) != 0)
        return false;
    from->at += length;
    if (length > 0 && text[length - 1] == '\n')
        from->line++;
    return true;
}

/* A text that is written out here, whose length is known when it is compiled. */
#define TAKE(from, literal) take_bytes(from, "" literal, sizeof(literal) - 1)

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The length of the name that begins here; 0 for none, and for one that is too long. */
static size_t name_length(const text_reader *from)
{
    size_t length = 0;
    while (from->at + length < from->end && length <= MMF_NAME_LENGTH_MAX &&
           (is_letter(from->at[length]) ||
            (length > 0 && (is_digit(from->at[length]) || from->at[length] == '_'))))
        length++;
    return length <= MMF_NAME_LENGTH_MAX ? length : 0;
}

/* Keeps a text with a final NUL. */
static const char *keep(text_reader *from, const char *text, size_t length)
{
    char *kept = from->strings;
    memcpy(kept, text, length);
    kept[length] = '\0';
    from->strings += length + 1;
    return kept;
}

/* A name of at most MMF_NAME_LENGTH_MAX bytes. */
static bool take_name(text_reader *from, const char **out)
{
    const size_t length = name_length(from);
    if (length == 0)
        return false;
    *out = keep(from, from->at, length);
    from->at += length;
    return true;
}

/* A decimal number from 1 to max, without leading zeros. */
static bool take_number(text_reader *from, uint32_t max, uint32_t *out)
{
    uint64_t value = 0; /* ten times max and a digit do not wrap around */
    const char *begin = from->at;
    while (from->at < from->end && is_digit(*from->at) && value <= max)
        value = value * 10 + (uint64_t)(*from->at++ - '0');
    *out = (uint32_t)value;
    return from->at > begin && *begin != '0' && value <= max;
}

/* One line of a doc after its slashes: a blank and its text, or nothing. */
static bool take_doc_line(text_reader *from, char **out)
{
    if (TAKE(from, "\n"))
        return true;
    if (!TAKE(from, " "))
        return false;
    const char *newline = memchr(from->at, '\n', (size_t)(from->end - from->at));
    if (newline == NULL || newline == from->at ||
        memchr(from->at, '\0', (size_t)(newline - from->at)) != NULL)
        return false;
    const size_t length = (size_t)(newline - from->at);
    memcpy(*out, from->at, length);
    *out += length;
    from->at = newline;
    return TAKE(from, "\n");
}

/*
 * Doc lines after indent, joined by '\n'. A doc is never longer than the lines it comes from, so
 * the room for the whole text is enough for all of them.
 */
static bool take_doc(text_reader *from, const char *indent, size_t indent_size, const char **doc)
{
    char *out = from->strings;
    uint32_t lines = 0;
    for (;; lines++) {
        const char *begin = from->at;
        if (!take_bytes(from, indent, indent_size) || !TAKE(from, "///")) {
            from->at = begin;
            break;
        }
        if (lines > 0)
            *out++ = '\n';
        if (!take_doc_line(from, &out))
            return false;
    }
    /* Empty lines alone do not make a doc. */
    if (lines > 0 && (size_t)(out - from->strings) == lines - 1)
        return false;
    *out++ = '\0';
    *doc = from->strings;
    from->strings = out;
    return true;
}

#define EXPECTED_DOC "'/// text', or '///' between other lines of a doc comment"

/* ---- Types ---- */

static bool take_decimal(text_reader *from, mmf_field *field)
{
    const uint32_t most = MMF_DECIMAL_DIGITS_MAX;
    field->type = MMF_TYPE_INT64;
    field->logical = MMF_LOGICAL_DECIMAL;
    if (!take_number(from, most, &field->precision) || !TAKE(from, ","))
        return false;
    if (!TAKE(from, "0") && !take_number(from, field->precision, &field->scale))
        return false;
    return TAKE(from, ")");
}

static bool take_unit(text_reader *from, mmf_field *field)
{
    static const struct {
        const char *text;
        uint32_t scale;
    } UNITS[] = {{"s]", 0}, {"ms]", 3}, {"us]", 6}, {"ns]", 9}};
    field->type = MMF_TYPE_INT64;
    field->logical = MMF_LOGICAL_TIMESTAMP;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        field->scale = UNITS[i].scale;
        if (take_bytes(from, UNITS[i].text, strlen(UNITS[i].text)))
            return true;
    }
    return false;
}

/* The name of an enum or struct that stands before. */
static bool take_defined(text_reader *from, mmf_field *field)
{
    const size_t length = name_length(from);
    for (uint32_t i = 0; length > 0 && i < from->definition_count; i++) {
        const mmf_enum *enumeration = from->definitions[i].enumeration;
        const mmf_struct *structure = from->definitions[i].structure;
        const char *name = enumeration != NULL ? enumeration->name : structure->name;
        if (strlen(name) != length || memcmp(name, from->at, length) != 0)
            continue;
        field->enumeration = enumeration;
        field->structure = structure;
        field->type = enumeration != NULL ? enumeration->type : MMF_TYPE_STRUCT;
        field->logical = enumeration != NULL ? MMF_LOGICAL_ENUM : MMF_LOGICAL_NONE;
        from->at += length;
        return true;
    }
    return false;
}

static bool take_base_type(text_reader *from, mmf_field *field)
{
    if (TAKE(from, "timestamp["))
        return take_unit(from, field);
    if (TAKE(from, "decimal("))
        return take_decimal(from, field);
    const size_t length = name_length(from);
    if (length == strlen("date") && TAKE(from, "date")) {
        field->type = MMF_TYPE_INT32;
        field->logical = MMF_LOGICAL_DATE;
        return true;
    }
    field->type = mmf_type_from_name(from->at, length);
    if (field->type == MMF_TYPE_NONE)
        return take_defined(from, field);
    from->at += length;
    return !mmf_type_is_sized(field->type) ||
           (TAKE(from, "[") && take_number(from, MMF_FIELD_BYTES_MAX, &field->max) &&
            TAKE(from, "]"));
}

static bool take_type(text_reader *from, mmf_field *field)
{
    if (!take_base_type(from, field))
        return false;
    if (TAKE(from, "[") &&
        (mmf_type_is_sized(field->type) || !take_number(from, MMF_FIELD_COUNT_MAX, &field->count) ||
         !TAKE(from, "]")))
        return false;
    field->null_bit = TAKE(from, "?") ? 1 : 0;
    return true;
}

/* The text of a default: up to the blank or ';' after it, outside quotes. */
static bool take_default(text_reader *from, mmf_field *field)
{
    const char *end = from->at;
    bool quoted = false;
    for (; end < from->end && *end != '\n' && *end != '\0'; end++) {
        quoted ^= *end == '"';
        if (!quoted && (*end == ' ' || *end == ';'))
            break;
    }
    const size_t length = (size_t)(end - from->at);
    char expected[MMF_EXPECTED_SIZE];
    if (!mmf_field_default_check(field, from->at, length, expected))
        return false;
    field->default_text = keep(from, from->at, length);
    from->at = end;
    return true;
}

static bool take_align(text_reader *from, uint32_t *out)
{
    return take_number(from, MMF_ALIGN_MAX, out) && (*out & (*out - 1)) == 0 && TAKE(from, ")");
}

/* All that may follow the type of a field, in the one order. */
static bool take_rest(text_reader *from, mmf_field *field)
{
    if (TAKE(from, " = ") && !take_default(from, field))
        return false;
    if (TAKE(from, " @align(") && !take_align(from, &field->align))
        return false;
    if (TAKE(from, " @since(") &&
        (!take_number(from, MMF_SCHEMA_VERSION_MAX, &field->since) || !TAKE(from, ")")))
        return false;
    if (TAKE(from, " @was(") && (!take_name(from, &field->was) || !TAKE(from, ")")))
        return false;
    field->deprecated = TAKE(from, " @deprecated");
    return true;
}

/* ---- Fields ---- */

static mmf_status take_field(text_reader *from, mmf_field *fields, uint32_t index)
{
    mmf_field *field = &fields[index];
    if (!take_doc(from, "  ", 2, &field->doc))
        return bad(from, EXPECTED_DOC);
    if (!TAKE(from, "  ") || !take_name(from, &field->name) || !TAKE(from, ": "))
        return bad(from, "'  name: type;'");
    for (uint32_t other = 0; other < index; other++)
        if (strcmp(fields[other].name, field->name) == 0)
            return bad(from, "a name that no other field has");
    if (!take_type(from, field))
        return bad(from, "a type of the schema language, such as 'float64' or 'string[64]', or an "
                         "enum or struct that stands before");
    if (!take_rest(from, field) || !TAKE(from, ";\n"))
        return bad(from, "a default that suits the type, attributes of fields in their order, and "
                         "';'");
    return MMF_OK;
}

/* Up to the '}': the fields stay where they are read, and the next list comes after them. */
static mmf_status take_fields(text_reader *from, uint32_t *count)
{
    while (!TAKE(from, "}\n")) {
        if (*count == MMF_FIELDS_MAX)
            return bad(from, "at most 1024 fields");
        const mmf_status status = take_field(from, from->fields, *count);
        if (status != MMF_OK)
            return status;
        ++*count;
    }
    if (*count == 0)
        return bad(from, "at least one field");
    from->fields += *count;
    return MMF_OK;
}

/* ---- Enums and structs ---- */

/*
 * Members and definitions lie in the room of fields: each comes from a line of its own, and is not
 * larger.
 */
MMFI_STATIC_ASSERT(sizeof(mmf_enum_member) <= sizeof(mmf_field), "a member takes a field's room");
MMFI_STATIC_ASSERT(sizeof(mmf_enum) <= sizeof(mmf_field), "an enum takes a field's room");
MMFI_STATIC_ASSERT(sizeof(mmf_struct) <= sizeof(mmf_field), "a struct takes a field's room");

static bool is_defined(const text_reader *from, const char *name)
{
    for (uint32_t i = 0; i < from->definition_count; i++) {
        const mmf_definition *one = &from->definitions[i];
        if (strcmp(one->enumeration != NULL ? one->enumeration->name : one->structure->name,
                   name) == 0)
            return true;
    }
    return false;
}

static bool take_value(text_reader *from, mmf_type type, int32_t *out)
{
    const bool negative = TAKE(from, "-");
    uint32_t value = 0;
    const uint32_t bits = 8 * mmf_type_size(type, 0);
    const bool with_sign =
        type == MMF_TYPE_INT8 || type == MMF_TYPE_INT16 || type == MMF_TYPE_INT32;
    const uint32_t most = UINT32_MAX >> (32 - bits + (with_sign || bits == 32 ? 1 : 0));
    if (negative && !with_sign)
        return false;
    if (!negative && TAKE(from, "0"))
        return (*out = 0) == 0;
    if (!take_number(from, most + (negative ? 1 : 0), &value))
        return false;
    *out = negative ? (int32_t)(-(int64_t)value) : (int32_t)value;
    return true;
}

static mmf_status take_member(text_reader *from, const mmf_enum *of, mmf_enum_member *members)
{
    mmf_enum_member *member = &members[of->member_count];
    if (!take_doc(from, "  ", 2, &member->doc))
        return bad(from, EXPECTED_DOC);
    if (!TAKE(from, "  ") || !take_name(from, &member->name) || !TAKE(from, " = ") ||
        !take_value(from, of->type, &member->value) || !TAKE(from, ";\n"))
        return bad(from, "'  Name = value;', with a value of the enum's type");
    for (uint32_t i = 0; i < of->member_count; i++)
        if (strcmp(members[i].name, member->name) == 0 || members[i].value == member->value)
            return bad(from, "a name and a value that no other member has");
    return MMF_OK;
}

static mmf_status take_enum(text_reader *from, const char *doc)
{
    mmf_enum *out = (mmf_enum *)(void *)from->fields++;
    mmf_enum_member *members = (mmf_enum_member *)(void *)from->fields;
    memset(out, 0, sizeof *out);
    out->doc = doc;
    out->members = members;
    if (!take_name(from, &out->name) || is_defined(from, out->name) || !TAKE(from, " : "))
        return bad(from, "'enum Name : type {', with a name that no other has");
    const size_t length = name_length(from);
    out->type = mmf_type_from_name(from->at, length);
    from->at += length;
    if (out->type < MMF_TYPE_INT8 || out->type > MMF_TYPE_UINT32 || !TAKE(from, " {\n"))
        return bad(from, "'enum Name : type {', with an integer of 8, 16 or 32 bits");
    while (!TAKE(from, "}\n")) {
        if (out->member_count == MMF_FIELDS_MAX)
            return bad(from, "at most 1024 members");
        const mmf_status status = take_member(from, out, members);
        if (status != MMF_OK)
            return status;
        out->member_count++;
    }
    if (out->member_count == 0)
        return bad(from, "at least one member");
    from->fields = (mmf_field *)(void *)(members + out->member_count);
    from->definitions[from->definition_count++] = (mmf_definition){out, NULL};
    return MMF_OK;
}

static mmf_status take_struct(text_reader *from, const char *doc)
{
    mmf_struct *out = (mmf_struct *)(void *)from->fields++;
    mmf_field *fields = from->fields;
    memset(out, 0, sizeof *out);
    out->doc = doc;
    out->fields = fields;
    if (!take_name(from, &out->name) || is_defined(from, out->name) ||
        (TAKE(from, " @align(") && !take_align(from, &out->align)) || !TAKE(from, " {\n"))
        return bad(from, "'struct Name {', with a name that no other has");
    const mmf_status status = take_fields(from, &out->field_count);
    if (status != MMF_OK)
        return status;
    if (!mmf_struct_complete(out, fields))
        return bad(from, "a struct of at most 1 MiB");
    if (out->depth > MMF_STRUCT_DEPTH_MAX)
        return bad(from, "at most 16 structs within each other");
    from->definitions[from->definition_count++] = (mmf_definition){NULL, out};
    return MMF_OK;
}

/* All enums and structs. *doc is the doc of what comes after them. */
static mmf_status take_definitions(text_reader *from, const char **doc)
{
    for (;;) {
        if (!take_doc(from, "", 0, doc))
            return bad(from, EXPECTED_DOC);
        const bool is_enum = TAKE(from, "enum ");
        if (!is_enum && !TAKE(from, "struct "))
            return MMF_OK;
        if (from->definition_count == MMF_DEFINITIONS_MAX)
            return bad(from, "at most 256 enums and structs");
        const mmf_status status = is_enum ? take_enum(from, *doc) : take_struct(from, *doc);
        if (status != MMF_OK)
            return status;
    }
}

/* True when enums and structs stand in the order in which mmf_schema_write puts them. */
static bool is_in_order(const text_reader *from, const mmf_schema *schema)
{
    mmf_definition found[MMF_DEFINITIONS_MAX];
    if (mmf_schema_definitions(schema, found, MMF_DEFINITIONS_MAX) != from->definition_count)
        return false;
    for (uint32_t i = 0; i < from->definition_count; i++)
        if (found[i].enumeration != from->definitions[i].enumeration ||
            found[i].structure != from->definitions[i].structure)
            return false;
    return true;
}

/* ---- Records ---- */

#define EXPECTED_RECORD "'record Name version N {', or attributes in their order before the '{'"

static mmf_status take_whole_record(text_reader *from, mmf_schema *schema)
{
    mmf_status status = take_definitions(from, &schema->doc);
    if (status != MMF_OK)
        return status;
    if (!TAKE(from, "record ") || !take_name(from, &schema->name) || !TAKE(from, " version ") ||
        !take_number(from, MMF_SCHEMA_VERSION_MAX, &schema->version))
        return bad(from, "'record Name version N {'");
    const bool checksums = TAKE(from, " " MMF_ATTRIBUTE_CHECKSUMS);
    if ((TAKE(from, " @align(") && !take_align(from, &schema->align)) || !TAKE(from, " {\n"))
        return bad(from, EXPECTED_RECORD);
    mmf_field *fields = from->fields;
    schema->fields = fields;
    status = take_fields(from, &schema->field_count);
    if (status != MMF_OK)
        return status;
    if (from->at != from->end)
        return bad(from, "the end of the text");
    if (!is_in_order(from, schema))
        return bad(from, "enums and structs that the record uses, each before what uses it, in the "
                         "order of their first use");
    mmf_schema_complete(schema, fields, checksums);
    if (schema->record_size > MMF_RECORD_SIZE_MAX)
        return bad(from, "a record of at most 1 MiB");
    return MMF_OK;
}

/*
 * One allocation: the schema, room for as many fields, members and definitions as the text has
 * lines, their names and docs, and the text. Each name, default or doc with its NUL is shorter than
 * what it is from.
 */
typedef struct parsed_text {
    mmf_schema schema;
    mmf_field fields[];
} parsed_text;

static parsed_text *parsed_new(const char *text, size_t size, char **strings)
{
    size_t lines = 1;
    for (const char *at = text; at < text + size; at++)
        lines += *at == '\n';
    const size_t strings_size = size + 2;
    const size_t fields_size = lines * sizeof(mmf_field);
    parsed_text *into = (parsed_text *)malloc(sizeof *into + fields_size + strings_size + size + 1);
    if (into == NULL)
        return NULL;
    memset(into, 0, sizeof *into + fields_size);
    *strings = (char *)(into->fields + lines);
    char *copy = *strings + strings_size;
    memcpy(copy, text, size);
    copy[size] = '\0';
    into->schema.text = copy;
    into->schema.text_size = (uint32_t)size;
    return into;
}

mmf_status mmf_schema_parse(const char *text, size_t size, mmf_schema **out, mmf_error *error)
{
    if (text == NULL || out == NULL)
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, NULL, "mmf_schema_parse: %s is NULL",
                         text == NULL ? "text" : "out");
    *out = NULL;
    if (size == 0 || size > MMF_SCHEMA_TEXT_MAX)
        return mmfi_fail(error, MMF_ERR_CORRUPT, 0, NULL,
                         "embedded schema: found %zu bytes of text, expected 1 to %u", size,
                         MMF_SCHEMA_TEXT_MAX);
    char *strings = NULL;
    parsed_text *into = parsed_new(text, size, &strings);
    if (into == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, NULL, "no memory for the schema");
    /* Of the copy: what is parsed is what is kept, whatever becomes of the caller's text. */
    text_reader from = {.at = into->schema.text,
                        .end = into->schema.text + size,
                        .line = 1,
                        .error = error,
                        .strings = strings,
                        .fields = into->fields};
    const mmf_status status = take_whole_record(&from, &into->schema);
    if (status != MMF_OK) {
        free(into);
        return status;
    }
    *out = &into->schema;
    return MMF_OK;
}

void mmf_schema_free(mmf_schema *schema)
{
    free(schema); /* the first member of its one allocation */
}
