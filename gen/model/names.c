/* Turns the names of a schema into identifiers, and lists those of a model. */
#include "names.h"

#include <stdio.h>
#include <string.h>

/* ---- Letters ---- */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True when a word begins at name[at], with at > 0: "tick|Store", "HTTP|Tick". */
static bool word_begins(const char *name, size_t at)
{
    if (!is_upper(name[at]) || name[at - 1] == '_')
        return false;
    return is_lower(name[at - 1]) || is_digit(name[at - 1]) || is_lower(name[at + 1]);
}

void names_lower(const char *name, char out[NAMES_SIZE])
{
    size_t size = 0;
    for (size_t at = 0; name[at] != '\0' && size + 2 < NAMES_SIZE; at++) {
        if (at > 0 && word_begins(name, at))
            out[size++] = '_';
        out[size++] = is_upper(name[at]) ? (char)(name[at] - 'A' + 'a') : name[at];
    }
    out[size] = '\0';
}

void names_upper(const char *name, char out[NAMES_SIZE])
{
    names_lower(name, out);
    for (char *c = out; *c != '\0'; c++)
        if (is_lower(*c))
            *c = (char)(*c - 'a' + 'A');
}

/* ---- The table ---- */

typedef enum pattern_of {
    OF_RECORD,
    OF_CHECKSUMMED, /* records with checksums */
    OF_FIELD,       /* every field */
    OF_SCALAR,      /* fields of other types than string and bytes */
    OF_SIZED        /* string and bytes */
} pattern_of;

typedef enum letters {
    LOWER,
    UPPER,
    AS_WRITTEN
} letters;

/* lower + before + field name, UPPER + before + FIELD NAME + after, or Name + before. */
typedef struct pattern {
    pattern_of of;
    letters letters;
    names_scope scope;
    const char *before;
    const char *after;
} pattern;

static const pattern PATTERNS[] = {
    {OF_RECORD, UPPER, NAMES_FILE, "_RECORD_SIZE", ""},
    {OF_RECORD, UPPER, NAMES_FILE, "_FIELDS", ""},
    {OF_RECORD, UPPER, NAMES_FILE, "_SCHEMA_TEXT", ""},
    {OF_RECORD, UPPER, NAMES_FILE, "_DOC", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_record", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_rows", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_schema", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_record_check", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_record_load", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_record_save", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_rows_count", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_rows_read_begin", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_rows_read_retry", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_append", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_base", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_capacity", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_close", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_copy", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_count", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_create", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_get", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_open", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_read_begin", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_read_retry", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_rows", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_set", ""},
    {OF_RECORD, LOWER, NAMES_FILE, "_store_sync", ""},
    {OF_CHECKSUMMED, UPPER, NAMES_FILE, "_RECORD_CHECKSUM", ""},
    {OF_CHECKSUMMED, LOWER, NAMES_FILE, "_store_verify", ""},
    {OF_FIELD, UPPER, NAMES_FILE, "_", "_OFFSET"},
    {OF_FIELD, UPPER, NAMES_FILE, "_", "_DOC"},
    {OF_FIELD, LOWER, NAMES_FILE, "_store_get_", ""},
    {OF_FIELD, LOWER, NAMES_FILE, "_store_set_", ""},
    {OF_FIELD, LOWER, NAMES_FILE, "_rows_", ""},
    {OF_SCALAR, LOWER, NAMES_FILE, "_store_column_", ""},
    {OF_SIZED, UPPER, NAMES_FILE, "_", "_MAX"},
    {OF_SIZED, LOWER, NAMES_FILE, "_record_set_", ""},
    {OF_SIZED, LOWER, NAMES_FILE, "_store_view_", ""},
    {OF_RECORD, AS_WRITTEN, NAMES_MODULE, "", ""},
    {OF_RECORD, AS_WRITTEN, NAMES_MODULE, "Store", ""},
    {OF_FIELD, LOWER, NAMES_MEMBER, "", ""},
    {OF_SIZED, LOWER, NAMES_MEMBER, "", "_length"},
};

#define PATTERN_COUNT (sizeof PATTERNS / sizeof PATTERNS[0])

static bool is_of_record(const pattern *what)
{
    return what->of == OF_RECORD || what->of == OF_CHECKSUMMED;
}

/* field is NULL for the identifiers of the record as a whole. */
static bool applies(const pattern *to, const mmf_schema *record, const mmf_field *field)
{
    if (field == NULL || is_of_record(to))
        return field == NULL && is_of_record(to) &&
               (to->of == OF_RECORD || record->checksum_offset != 0);
    return to->of == OF_FIELD || (to->of == OF_SIZED) == mmf_type_is_sized(field->type);
}

static void set_text(names_identifier *out, const pattern *from, const mmf_schema *record,
                     const mmf_field *field)
{
    char record_name[NAMES_SIZE] = "";
    char field_name[NAMES_SIZE] = "";
    if (from->letters == AS_WRITTEN)
        (void)snprintf(record_name, sizeof record_name, "%s", record->name);
    else if (from->scope == NAMES_FILE)
        (from->letters == UPPER ? names_upper : names_lower)(record->name, record_name);
    if (field != NULL && from->letters == UPPER)
        names_upper(field->name, field_name);
    else if (field != NULL)
        (void)snprintf(field_name, sizeof field_name, "%s", field->name);
    (void)snprintf(out->text, sizeof out->text, "%s%s%s%s", record_name, from->before, field_name,
                   from->after);
}

/* The identifiers of one field, or of the record itself when field is NULL. */
static size_t list_one(const gen_model *model, uint32_t record, uint32_t field,
                       names_identifier *out)
{
    const mmf_schema *schema = &model->records[record];
    const mmf_field *of = field == UINT32_MAX ? NULL : &schema->fields[field];
    size_t count = 0;
    for (size_t i = 0; i < PATTERN_COUNT; i++) {
        if (!applies(&PATTERNS[i], schema, of))
            continue;
        names_identifier *next = &out[count++];
        next->scope = PATTERNS[i].scope;
        next->record = record;
        next->field = field;
        set_text(next, &PATTERNS[i], schema, of);
    }
    return count;
}

names_identifier *names_list(const gen_model *model, arena *memory, size_t *count)
{
    size_t of_records = 0;
    for (size_t i = 0; i < PATTERN_COUNT; i++)
        of_records += is_of_record(&PATTERNS[i]);
    size_t size = of_records * model->record_count;
    for (uint32_t i = 0; i < model->record_count; i++)
        size += (PATTERN_COUNT - of_records) * model->records[i].field_count;
    names_identifier *list = (names_identifier *)arena_take(memory, size * sizeof *list);
    *count = 0;
    if (list == NULL)
        return NULL;
    for (uint32_t i = 0; i < model->record_count; i++) {
        *count += list_one(model, i, UINT32_MAX, list + *count);
        for (uint32_t j = 0; j < model->records[i].field_count; j++)
            *count += list_one(model, i, j, list + *count);
    }
    return list;
}
