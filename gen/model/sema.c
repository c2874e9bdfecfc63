/* Checks the names, types, numbers, attributes and limits of a parsed schema. */
#include "sema.h"

#include <string.h>

#include "../front/edits.h"
#include "unknown_type.h"

typedef struct checker {
    const source *from;
    arena *memory;
    diag_list *list;
    bool failed; /* no memory */
} checker;

/* ---- Names, numbers and docs ---- */

static bool same(const checker *state, source_span a, source_span b)
{
    const char *text = state->from->text;
    return a.length == b.length && memcmp(text + a.offset, text + b.offset, a.length) == 0;
}

static bool has_double_underscore(const char *name, uint32_t length)
{
    for (uint32_t i = 1; i < length; i++)
        if (name[i - 1] == '_' && name[i] == '_')
            return true;
    return false;
}

static const char *copy_name(checker *state, source_span name)
{
    if (name.length > MMF_NAME_LENGTH_MAX) {
        diag_report(state->list, name, "the name has %u characters; at most %u are allowed",
                    name.length, MMF_NAME_LENGTH_MAX);
        diag_hint(state->list, "shorten it; it becomes part of longer names in C");
    }
    const char *first = state->from->text + name.offset;
    if (*first == '_') {
        diag_report(state->list, name, "a name cannot begin with '_'");
        diag_hint(state->list, "begin it with a letter; C reserves such names");
    } else if (has_double_underscore(first, name.length)) {
        diag_report(state->list, name, "a name cannot contain '__'");
        diag_hint(state->list, "write a single '_'; C++ reserves such names");
    }
    const char *copy = arena_copy(state->memory, first, name.length);
    state->failed = state->failed || copy == NULL;
    return copy;
}

/* Parses a decimal number from 1 to max; reports anything else and returns 1. */
static uint32_t number(checker *state, source_span at, uint32_t max, const char *what)
{
    uint32_t value = 0;
    uint32_t digits = 0;
    for (; digits < at.length; digits++) {
        const char c = state->from->text[at.offset + digits];
        if (c < '0' || c > '9')
            break;
        if (value <= max)
            value = value * 10 + (uint32_t)(c - '0');
    }
    if (digits == at.length && value >= 1 && value <= max)
        return value;
    diag_report(state->list, at, "the %s is %s; expected a whole number from 1 to %u", what,
                diag_quote(state->list, at).text, max);
    if (digits < at.length)
        diag_hint(state->list, "write it in decimal digits only");
    return 1;
}

/* Joins the lines of a doc with '\n', without empty lines at either end. */
static const char *join_docs(checker *state, const syntax_docs *docs)
{
    const syntax_doc *first = docs->first;
    while (first != NULL && first->text.length == 0)
        first = first->next;
    size_t size = 1;
    size_t used = 0;
    for (const syntax_doc *line = first; line != NULL; line = line->next)
        size += line->text.length + (size_t)1;
    char *text = (char *)arena_take(state->memory, size);
    if (text == NULL) {
        state->failed = true;
        return "";
    }
    size_t at = 0;
    for (const syntax_doc *line = first; line != NULL; line = line->next) {
        if (at > 0)
            text[at++] = '\n';
        memcpy(text + at, state->from->text + line->text.offset, line->text.length);
        at += line->text.length;
        if (line->text.length > 0)
            used = at;
    }
    text[used] = '\0';
    return text;
}

/* ---- Types ---- */

/* True when the type is known, even if its capacity has an error. */
static bool check_type(checker *state, const syntax_field *field, mmf_field *out)
{
    out->type = mmf_type_from_name(state->from->text + field->type.offset, field->type.length);
    if (out->type == MMF_TYPE_NONE) {
        report_unknown_type(state->list, field->type, field->max);
        return false;
    }
    const char *name = mmf_type_name(out->type);
    if (mmf_type_is_sized(out->type) && field->max.length > 0) {
        out->max = number(state, field->max, MMF_FIELD_BYTES_MAX, "capacity");
    } else if (mmf_type_is_sized(out->type)) {
        diag_report(state->list, field->type, "'%s' needs its capacity in bytes", name);
        diag_hint(state->list, "write '%s[64]' for at most 64 bytes", name);
    } else if (field->max.length > 0) {
        diag_report(state->list, field->max, "this version has no arrays; '%s' takes no number",
                    name);
        if (out->type == MMF_TYPE_INT8 || out->type == MMF_TYPE_UINT8)
            diag_hint(state->list, "write 'bytes[%.*s]' for an array of bytes",
                      (int)field->max.length, state->from->text + field->max.offset);
        else
            diag_hint(state->list, "write '%s', and declare a field for each element", name);
    }
    return true;
}

/* ---- Attributes ---- */

typedef struct attributes {
    bool checksums;
} attributes;

/* Likely misnomers of the only attribute. */
static const char *const CHECKSUM_ALIASES[] = {"@checksum", "@crc", "@crc32", "@crc32c", "@sums"};

#define EDITS_MAX 3u

static bool is_written(const diag_list *list, source_span at, const char *text)
{
    return strlen(text) == at.length && memcmp(list->from->text + at.offset, text, at.length) == 0;
}

static bool is_meant(const diag_list *list, source_span at)
{
    for (size_t i = 0; i < sizeof CHECKSUM_ALIASES / sizeof CHECKSUM_ALIASES[0]; i++)
        if (is_written(list, at, CHECKSUM_ALIASES[i]))
            return true;
    return edits_between(list->from->text + at.offset, at.length, MMF_ATTRIBUTE_CHECKSUMS) <=
           EDITS_MAX;
}

static void report_unknown(diag_list *list, source_span at)
{
    diag_report(list, at, "unknown attribute %s", diag_quote(list, at).text);
    if (is_meant(list, at))
        diag_hint(list, "did you mean '%s'?", MMF_ATTRIBUTE_CHECKSUMS);
    else
        diag_hint(list,
                  "the only attribute is '%s'; delete this one, and put its meaning in a doc "
                  "comment",
                  MMF_ATTRIBUTE_CHECKSUMS);
}

static void check_twice(const syntax_record *record, const syntax_attribute *attribute,
                        diag_list *list)
{
    const char *text = list->from->text;
    for (const syntax_attribute *other = record->attributes; other != attribute;
         other = other->next) {
        if (other->name.length != attribute->name.length ||
            memcmp(text + other->name.offset, text + attribute->name.offset, other->name.length) !=
                0)
            continue;
        diag_report(list, attribute->name, "attribute %s is given twice",
                    diag_quote(list, attribute->name).text);
        diag_hint(list, "delete one of them");
        diag_note(list, other->name, "first given here");
        return;
    }
}

/* Reports attributes that are unknown, given twice, or have wrong arguments. */
static attributes check_attributes(const syntax_record *record, diag_list *list)
{
    attributes out = {false};
    for (const syntax_attribute *at = record->attributes; at != NULL; at = at->next) {
        if (!is_written(list, at->name, MMF_ATTRIBUTE_CHECKSUMS)) {
            report_unknown(list, at->name);
            continue;
        }
        check_twice(record, at, list);
        if (at->arguments.length > 0) {
            diag_report(list, at->arguments, "'%s' takes no arguments", MMF_ATTRIBUTE_CHECKSUMS);
            diag_hint(list, "delete them");
        }
        out.checksums = true;
    }
    return out;
}

/* ---- Records ---- */

/* True when all types are known. */
static bool check_fields(checker *state, const syntax_record *record, mmf_field *fields,
                         source_span *places)
{
    uint32_t count = 0;
    bool known = true;
    for (const syntax_field *field = record->fields; field != NULL; field = field->next) {
        for (uint32_t i = 0; i < count; i++) {
            if (!same(state, places[i], field->name))
                continue;
            diag_report(state->list, field->name, "field %s is declared twice",
                        diag_quote(state->list, field->name).text);
            diag_hint(state->list, "rename one of them");
            diag_note(state->list, places[i], "first declared here");
            break;
        }
        places[count] = field->name;
        fields[count].name = copy_name(state, field->name);
        fields[count].doc = join_docs(state, &field->docs);
        known = check_type(state, field, &fields[count]) && known;
        count++;
    }
    return known;
}

/* Computes and checks the layout of a record without errors. */
static void lay_out(checker *state, const syntax_record *record, mmf_field *fields,
                    attributes given, mmf_schema *out)
{
    mmf_schema_complete(out, fields, given.checksums);
    if (out->record_size > MMF_RECORD_SIZE_MAX) {
        diag_report(state->list, record->name, "a record takes %u bytes; at most %u are allowed",
                    out->record_size, MMF_RECORD_SIZE_MAX);
        diag_hint(state->list, "lower the capacities, or split the record");
        return;
    }
    const size_t size = mmf_schema_write(out, NULL, 0);
    if (size > MMF_SCHEMA_TEXT_MAX) {
        diag_report(state->list, record->name,
                    "the record takes %zu bytes of text in a file; at most %u are allowed", size,
                    MMF_SCHEMA_TEXT_MAX);
        diag_hint(state->list, "shorten the doc comments, or write '//' for some of them");
        return;
    }
    char *text = (char *)arena_take(state->memory, size + 1);
    if (text == NULL) {
        state->failed = true;
        return;
    }
    (void)mmf_schema_write(out, text, size + 1);
    out->text = text;
    out->text_size = (uint32_t)size;
}

static void check_record(checker *state, const syntax_record *record, mmf_schema *out,
                         gen_place *place)
{
    const uint32_t errors = state->list->count;
    place->name = record->name;
    place->has_errors = true;
    out->name = copy_name(state, record->name);
    out->doc = join_docs(state, &record->docs);
    out->version = number(state, record->version, MMF_SCHEMA_VERSION_MAX, "version");
    out->field_count = record->field_count;
    const attributes given = check_attributes(record, state->list);
    if (record->broken && record->field_count == 0)
        return; /* the parser has reported the fields */
    if (record->field_count == 0 || record->field_count > MMF_FIELDS_MAX) {
        diag_report(state->list, record->name, "the record has %u fields; expected 1 to %u",
                    record->field_count, MMF_FIELDS_MAX);
        diag_hint(state->list, record->field_count == 0 ? "declare one, as in 'price: float64;'"
                                                        : "split the record");
        return;
    }
    mmf_field *fields =
        (mmf_field *)arena_take(state->memory, record->field_count * sizeof *fields);
    source_span *places =
        (source_span *)arena_take(state->memory, record->field_count * sizeof *places);
    if (fields == NULL || places == NULL) {
        state->failed = true;
        return;
    }
    /* Muted errors are not counted, and a type may have been reported before, as a word. */
    const bool known = check_fields(state, record, fields, places) && !state->list->muted;
    out->fields = fields;
    place->fields = places;
    if (known && state->list->count == errors && !state->failed)
        lay_out(state, record, fields, given, out);
    place->has_errors = !known || record->broken || state->list->count > errors;
}

/* Reports and marks a second record of a name: its identifiers are not checked for clashes then. */
static void check_names(checker *state, const syntax_schema *parsed, gen_place *places)
{
    uint32_t index = 0;
    for (const syntax_record *record = parsed->records; record != NULL; record = record->next) {
        gen_place *place = &places[index++];
        for (const syntax_record *other = parsed->records; other != record; other = other->next) {
            if (!same(state, other->name, record->name))
                continue;
            diag_report(state->list, record->name, "record %s is declared twice",
                        diag_quote(state->list, record->name).text);
            diag_hint(state->list, "rename one of them");
            diag_note(state->list, other->name, "first declared here");
            place->has_errors = true;
            break;
        }
    }
}

bool sema_check(const syntax_schema *parsed, const source *from, arena *memory, diag_list *list,
                gen_model *out)
{
    checker state = {from, memory, list, false};
    *out = (gen_model){from->name, 0, NULL, NULL};
    if (parsed->record_count > GEN_RECORDS_MAX) {
        diag_report(list, parsed->records->name, "the file has %u records; at most %u are allowed",
                    parsed->record_count, GEN_RECORDS_MAX);
        diag_hint(list, "split the file");
        return true;
    }
    const size_t count = parsed->record_count;
    mmf_schema *records = (mmf_schema *)arena_take(memory, (count + 1) * sizeof *records);
    gen_place *places = (gen_place *)arena_take(memory, (count + 1) * sizeof *places);
    if (records == NULL || places == NULL)
        return false;
    size_t index = 0;
    for (const syntax_record *record = parsed->records; record != NULL; record = record->next) {
        check_record(&state, record, &records[index], &places[index]);
        index++;
    }
    check_names(&state, parsed, places);
    *out = (gen_model){from->name, parsed->record_count, records, places};
    return !state.failed;
}
