/* Checks fields, and the structs that consist of them. */
#include "fields.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../front/edits.h"
#include "attributes.h"
#include "definitions.h"
#include "unknown_type.h"

#define EDITS_MAX 2u /* from a word to the name that was probably meant */

/* ---- Numbers in brackets ---- */

static bool is_number(const checker *state, source_span at)
{
    const char first = state->from->text[at.offset];
    return (first >= '0' && first <= '9') || first == '-';
}

/* Edits from a word of the source to a name, not counting case; EDITS_MAX + 1 for far ones. */
static uint32_t edits_to(const checker *state, source_span at, const char *name)
{
    char lower[EDITS_LENGTH_MAX + 1];
    const size_t length = strlen(name);
    if (length > EDITS_LENGTH_MAX || at.length > EDITS_LENGTH_MAX)
        return EDITS_MAX + 1;
    for (size_t i = 0; i <= length; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    return edits_between(state->from->text + at.offset, at.length, lower);
}

/* The nearer of two names to a word of the source; NULL when neither is near. */
static const char *nearer(const checker *state, source_span at, const char *best, const char *name)
{
    const uint32_t edits = edits_to(state, at, name);
    if (edits > EDITS_MAX || edits >= at.length)
        return best;
    return best == NULL || edits < edits_to(state, at, best) ? name : best;
}

/* The constant that was probably meant, or NULL. */
static const char *guess_constant(const checker *state, source_span at)
{
    const char *best = NULL;
    for (uint32_t i = 0; i < state->parsed->constant_count; i++)
        best = nearer(state, at, best, state->constants[i].name);
    return best;
}

/* N, or a constant; reports anything else and returns 1. */
static uint32_t size_in_brackets(checker *state, source_span at, uint32_t max, const char *what)
{
    uint32_t value = 0;
    if (is_number(state, at))
        return checker_number(state, at, max, what);
    if (!definitions_constant(state, at, &value)) {
        diag_report(state->list, at, "no constant is named %s", diag_quote(state->list, at).text);
        const char *meant = guess_constant(state, at);
        if (meant != NULL)
            diag_hint(state->list, "did you mean '%s'?", meant);
        else
            diag_hint(state->list, "write a number, or declare one as in 'const DEPTH = 10;'");
        return 1;
    }
    if (value >= 1 && value <= max)
        return value;
    diag_report(state->list, at, "the %s is %u, which %s is; expected a whole number from 1 to %u",
                what, value, diag_quote(state->list, at).text, max);
    return 1;
}

/* The number of elements, if there are any; index is that of its brackets. */
static void check_elements(checker *state, const syntax_field *field, uint32_t index,
                           mmf_field *out)
{
    const source_span at = field->brackets[index];
    if (at.length == 0)
        return;
    if (index + 1 < SYNTAX_BRACKETS_MAX && field->brackets[index + 1].length > 0) {
        diag_report(state->list, field->brackets[index + 1], "an array of arrays is not supported");
        diag_hint(state->list, "declare a struct with an array, and an array of that struct");
        return;
    }
    out->count = size_in_brackets(state, at, MMF_FIELD_COUNT_MAX, "number of elements");
}

static void refuse_arguments(checker *state, const syntax_field *field)
{
    if (field->arguments.length == 0)
        return;
    diag_report(state->list, field->arguments, "%s takes nothing in round brackets",
                diag_quote(state->list, field->type).text);
    diag_hint(state->list, "delete them; a number of elements is written in square brackets, as in "
                           "'float64[5]'");
}

/* ---- Types ---- */

static void check_sized(checker *state, const syntax_field *field, mmf_field *out)
{
    const char *name = mmf_type_name(out->type);
    if (field->arguments.length > 0) {
        diag_report(state->list, field->arguments, "'%s' takes its capacity in square brackets",
                    name);
        diag_hint(state->list, "write it as in '%s[64]'", name);
        return;
    }
    if (field->brackets[0].length == 0) {
        diag_report(state->list, field->type, "'%s' needs its capacity in bytes", name);
        diag_hint(state->list, "write '%s[64]' for at most 64 bytes", name);
        return;
    }
    out->max = size_in_brackets(state, field->brackets[0], MMF_FIELD_BYTES_MAX, "capacity");
    if (field->brackets[1].length == 0)
        return;
    diag_report(state->list, field->brackets[1], "an array of '%s' is not supported", name);
    diag_hint(state->list, "declare a struct with the %s in it, and an array of that struct", name);
}

static void check_timestamp(checker *state, const syntax_field *field, mmf_field *out)
{
    static const struct {
        const char *name;
        uint32_t scale;
    } UNITS[] = {{"s", 0}, {"ms", 3}, {"us", 6}, {"ns", 9}};
    out->type = MMF_TYPE_INT64;
    out->logical = MMF_LOGICAL_TIMESTAMP;
    const source_span unit = field->brackets[0];
    if (field->arguments.length > 0) {
        diag_report(state->list, field->arguments, "'timestamp' takes its unit in square brackets");
        diag_hint(state->list, "write it as in 'timestamp[ns]'");
        return;
    }
    if (unit.length == 0) {
        diag_report(state->list, field->type, "'timestamp' needs its unit");
        diag_hint(state->list, "write 'timestamp[ns]'; the units are s, ms, us and ns");
        return;
    }
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (checker_is(state, unit, UNITS[i].name)) {
            out->scale = UNITS[i].scale;
            check_elements(state, field, 1, out);
            return;
        }
    diag_report(state->list, unit, "unknown unit %s", diag_quote(state->list, unit).text);
    diag_hint(state->list, "the units are s, ms, us and ns, as in 'timestamp[ns]'");
}

/* The two numbers of "(18,4)", of length 0 where one is missing; false for more than two. */
static bool split_arguments(const checker *state, source_span arguments, source_span out[2])
{
    const char *text = state->from->text;
    const uint32_t end = arguments.offset + arguments.length - 1;
    uint32_t count = 0;
    for (uint32_t at = arguments.offset + 1; at < end;) {
        while (at < end && strchr(" \t\r\n", text[at]) != NULL)
            at++;
        const uint32_t begin = at;
        while (at < end && strchr(" \t\r\n,", text[at]) == NULL)
            at++;
        if (count == 2)
            return false;
        out[count++] = (source_span){begin, at - begin};
        while (at < end && strchr(" \t\r\n", text[at]) != NULL)
            at++;
        if (at < end && (text[at++] != ',' || at == end))
            return false;
    }
    return count == 2;
}

static void check_decimal(checker *state, const syntax_field *field, mmf_field *out)
{
    out->type = MMF_TYPE_INT64;
    out->logical = MMF_LOGICAL_DECIMAL;
    out->precision = 1;
    source_span numbers[2] = {{0, 0}, {0, 0}};
    if (field->arguments.length == 0 || !split_arguments(state, field->arguments, numbers)) {
        const bool given = field->arguments.length > 0;
        diag_report(state->list, given ? field->arguments : field->type,
                    "'decimal' needs its digits, and those after the point");
        diag_hint(state->list, "write 'decimal(18,4)' for up to 18 digits, 4 of them after the "
                               "point");
        return;
    }
    const uint32_t errors = state->list->count;
    out->precision = checker_number(state, numbers[0], MMF_DECIMAL_DIGITS_MAX, "number of digits");
    if (state->list->count > errors)
        out->precision = MMF_DECIMAL_DIGITS_MAX;
    if (!checker_parse_number(state, numbers[1], out->precision, &out->scale)) {
        diag_report(state->list, numbers[1],
                    "the digits after the point are %s; expected a whole number from 0 to %u, the "
                    "number of all digits",
                    diag_quote(state->list, numbers[1]).text, out->precision);
        out->scale = 0;
    }
    check_elements(state, field, 0, out);
}

static const mmf_struct *find_struct(checker *state, const syntax_field *field, bool *whole);

/* A name that the schema declares. False when nothing has it. */
static bool check_declared(checker *state, const syntax_field *field, mmf_field *out, bool *whole)
{
    uint32_t index = 0;
    if (definitions_enum(state, field->type, &index)) {
        *whole = !state->enum_places[index].has_errors;
        out->enumeration = &state->enums[index];
        out->type = state->enums[index].type;
        out->logical = MMF_LOGICAL_ENUM;
    } else {
        out->structure = find_struct(state, field, whole);
        out->type = MMF_TYPE_STRUCT;
        if (out->structure == NULL)
            return false;
    }
    refuse_arguments(state, field);
    check_elements(state, field, 0, out);
    return true;
}

/* The enum or struct that was probably meant, or NULL. */
static const char *guess_declared(checker *state, source_span at)
{
    const char *best = NULL;
    for (uint32_t i = 0; i < state->parsed->enum_count; i++)
        if (state->enums[i].name != NULL)
            best = nearer(state, at, best, state->enums[i].name);
    for (const syntax_record *of = state->parsed->structs; of != NULL; of = of->next) {
        const char *name =
            arena_copy(state->memory, state->from->text + of->name.offset, of->name.length);
        state->failed = state->failed || name == NULL;
        if (name != NULL && *name != '\0')
            best = nearer(state, at, best, name);
    }
    return best;
}

static bool is_record(const checker *state, source_span at)
{
    for (const syntax_record *of = state->parsed->records; of != NULL; of = of->next)
        if (checker_same(state, of->name, at))
            return true;
    return false;
}

static void report_unknown(checker *state, const syntax_field *field)
{
    const source_span at = field->type;
    if (is_record(state, at)) {
        diag_report(state->list, at, "%s is a record, which cannot lie within another one",
                    diag_quote(state->list, at).text);
        diag_hint(state->list, "declare a struct with its fields, or store a row of it as uint64");
        return;
    }
    const char *meant = guess_declared(state, at);
    if (meant == NULL) {
        report_unknown_type(state->list, at, field->brackets[0]);
        return;
    }
    diag_report(state->list, at, "unknown type %s", diag_quote(state->list, at).text);
    diag_hint(state->list, "did you mean '%s'?", meant);
}

/* True when the type is known and whole, even if a number in it has an error. */
static bool check_type(checker *state, const syntax_field *field, mmf_field *out)
{
    bool whole = true;
    out->type = mmf_type_from_name(state->from->text + field->type.offset, field->type.length);
    out->null_bit = field->nullable.length > 0 ? 1 : 0;
    if (mmf_type_is_sized(out->type)) {
        check_sized(state, field, out);
    } else if (out->type != MMF_TYPE_NONE) {
        refuse_arguments(state, field);
        check_elements(state, field, 0, out);
    } else if (checker_is(state, field->type, "timestamp")) {
        check_timestamp(state, field, out);
    } else if (checker_is(state, field->type, "decimal")) {
        check_decimal(state, field, out);
    } else if (checker_is(state, field->type, "date")) {
        out->type = MMF_TYPE_INT32;
        out->logical = MMF_LOGICAL_DATE;
        refuse_arguments(state, field);
        check_elements(state, field, 0, out);
    } else if (!check_declared(state, field, out, &whole)) {
        report_unknown(state, field);
        return false;
    }
    return whole;
}

/* ---- Defaults and attributes ---- */

static bool is_word_for_null(const checker *state, source_span value)
{
    static const char *const WORDS[] = {"null", "NULL", "None", "nil", "nullptr", "none"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (checker_is(state, value, WORDS[i]))
            return true;
    return false;
}

static void check_default(checker *state, const syntax_field *field, mmf_field *out)
{
    char expected[MMF_EXPECTED_SIZE];
    if (field->value.length == 0)
        return;
    const char *text = state->from->text + field->value.offset;
    if (!mmf_field_default_check(out, text, field->value.length, expected)) {
        diag_report(state->list, field->value, "the default is %s; expected %s",
                    diag_quote(state->list, field->value).text, expected);
        if (out->null_bit != 0 && is_word_for_null(state, field->value))
            diag_hint(state->list, "delete it: a field that may be null is null by default");
        return;
    }
    out->default_text = arena_copy(state->memory, text, field->value.length);
    state->failed = state->failed || out->default_text == NULL;
    if (out->default_text == NULL)
        return;
    const bool narrow = out->type == MMF_TYPE_FLOAT32;
    if ((narrow || out->type == MMF_TYPE_FLOAT64) &&
        fabs(strtod(out->default_text, NULL)) > (narrow ? (double)FLT_MAX : DBL_MAX))
        diag_report(state->list, field->value, "the default %s is outside the range of %s",
                    diag_quote(state->list, field->value).text, mmf_type_name(out->type));
}

static void check_attributes(checker *state, const syntax_field *field, uint32_t version,
                             mmf_field *out)
{
    const attributes given = attributes_check(state, field->attributes, ATTRIBUTES_FIELD);
    out->align = given.align;
    out->since = given.since;
    out->was = given.was;
    out->deprecated = given.deprecated;
    const uint32_t natural =
        out->structure != NULL ? out->structure->alignment : mmf_type_alignment(out->type);
    if (given.align != 0 && given.align <= natural) {
        diag_report(state->list, given.align_at, "the field lies at a multiple of %u bytes already",
                    natural);
        diag_hint(state->list, "delete '@align', or give a larger number");
    }
    if (version != 0 && given.since > version) {
        diag_report(state->list, given.since_at,
                    "the field is there since version %u of a record "
                    "that is at version %u",
                    given.since, version);
        diag_hint(state->list, "raise the record's version to %u", given.since);
    }
    if (out->was != NULL && strcmp(out->was, out->name) == 0) {
        diag_report(state->list, given.was_at, "the field was called what it is called");
        diag_hint(state->list, "give the name that older versions have");
    }
}

/* A field that was called what another one is called would be found twice. */
static void check_was(checker *state, const syntax_record *of, const mmf_field *fields)
{
    uint32_t index = 0;
    for (const syntax_field *at = of->fields; at != NULL; at = at->next, index++)
        for (uint32_t i = 0; i < of->field_count && fields[index].was != NULL; i++) {
            const bool same_was =
                i < index && fields[i].was != NULL && strcmp(fields[i].was, fields[index].was) == 0;
            if (i == index || (!same_was && strcmp(fields[i].name, fields[index].was) != 0))
                continue;
            diag_report(state->list, at->name, "'@was(%s)' names what field '%s' %s",
                        fields[index].was, fields[i].name, same_was ? "was, too" : "is now");
            diag_hint(state->list, "only one field can have been '%s'", fields[index].was);
            break;
        }
}

/* ---- Fields ---- */

bool fields_check_count(checker *state, const syntax_record *of, const char *what)
{
    if (of->field_count > 0 && of->field_count <= MMF_FIELDS_MAX)
        return true;
    if (of->broken && of->field_count == 0)
        return false; /* the parser has reported the fields */
    diag_report(state->list, of->name, "the %s has %u fields; expected 1 to %u", what,
                of->field_count, MMF_FIELDS_MAX);
    if (of->field_count == 0)
        diag_hint(state->list, "declare one, as in 'price: float64;'");
    else
        diag_hint(state->list, "split the %s", what);
    return false;
}

bool fields_check(checker *state, const syntax_record *of, uint32_t version, mmf_field *fields,
                  source_span *places)
{
    uint32_t count = 0;
    bool known = true;
    for (const syntax_field *field = of->fields; field != NULL; field = field->next) {
        for (uint32_t i = 0; i < count; i++) {
            if (!checker_same(state, places[i], field->name))
                continue;
            checker_report_twice(state, "field", field->name, places[i]);
            break;
        }
        mmf_field *out = &fields[count];
        places[count++] = field->name;
        out->name = checker_name(state, field->name);
        out->doc = checker_docs(state, &field->docs);
        if (!check_type(state, field, out)) {
            known = false;
            continue;
        }
        check_default(state, field, out);
        check_attributes(state, field, version, out);
    }
    check_was(state, of, fields);
    return known;
}

/* ---- Structs ---- */

/* True when the struct is whole. */
static bool check_struct_fields(checker *state, checker_struct *of)
{
    const syntax_record *written = of->written;
    const uint32_t errors = state->list->count;
    mmf_struct *out = of->structure;
    if (written->name.length == 0)
        return false;
    out->name = checker_name(state, written->name);
    out->doc = checker_docs(state, &written->docs);
    out->field_count = written->field_count;
    (void)definitions_check_name(state, "a struct", written->name);
    const attributes given = attributes_check(state, written->attributes, ATTRIBUTES_STRUCT);
    of->c_name = given.prefix != NULL ? given.prefix : out->name;
    if (!fields_check_count(state, written, "struct"))
        return false;
    mmf_field *fields = (mmf_field *)checker_take(state, out->field_count, sizeof *fields);
    source_span *places = (source_span *)checker_take(state, out->field_count, sizeof *places);
    if (fields == NULL || places == NULL)
        return false;
    out->fields = fields;
    of->place.fields = places;
    const bool known = fields_check(state, written, 0, fields, places) && !state->list->muted;
    if (!known || written->broken || state->list->count > errors || state->failed)
        return false;
    out->align = given.align;
    const bool fits = mmf_struct_complete(out, fields);
    if (out->depth > MMF_STRUCT_DEPTH_MAX) {
        diag_report(state->list, written->name,
                    "structs lie within each other %u deep; at most %u are allowed", out->depth,
                    MMF_STRUCT_DEPTH_MAX);
        return false;
    }
    if (!fits) {
        diag_report(state->list, written->name, "a struct takes %u bytes; at most %u are allowed",
                    out->size, MMF_RECORD_SIZE_MAX);
        diag_hint(state->list, "lower the capacities, or split the struct");
        return false;
    }
    return true;
}

static void check_struct(checker *state, checker_struct *of)
{
    of->progress = CHECKER_UNDER_WAY;
    of->place.has_errors = !check_struct_fields(state, of);
    of->progress = of->place.has_errors ? CHECKER_BROKEN : CHECKER_DONE;
    if (!of->place.has_errors)
        state->sorted[state->sorted_count++] = of;
}

static const mmf_struct *find_struct(checker *state, const syntax_field *field, bool *whole)
{
    for (uint32_t i = 0; i < state->parsed->struct_count; i++) {
        checker_struct *of = &state->structs[i];
        if (!checker_same(state, of->written->name, field->type))
            continue;
        if (of->progress == CHECKER_NEW)
            check_struct(state, of);
        if (of->progress == CHECKER_UNDER_WAY) {
            diag_report(state->list, field->type, "struct %s contains itself",
                        diag_quote(state->list, field->type).text);
            diag_hint(state->list, "a record has a fixed size; store the row of another record");
            diag_note(state->list, of->written->name, "the struct is declared here");
        }
        *whole = of->progress == CHECKER_DONE;
        return of->structure;
    }
    return NULL;
}

void fields_check_structs(checker *state)
{
    for (uint32_t i = 0; i < state->parsed->struct_count; i++)
        if (state->structs[i].progress == CHECKER_NEW)
            check_struct(state, &state->structs[i]);
}
