/* Checks constants and enums. */
#include "definitions.h"

#include <inttypes.h>
#include <string.h>

#include "attributes.h"

/* ---- Constants ---- */

/* As a size or capacity it must be at least 1; a larger one is of no use. */
#define CONSTANT_MAX 2147483647u

static void check_constants(checker *state)
{
    uint32_t count = 0;
    for (const syntax_value *at = state->parsed->constants; at != NULL; at = at->next) {
        for (uint32_t i = 0; i < count; i++)
            if (checker_same(state, state->constant_places[i].name, at->name)) {
                checker_report_twice(state, "constant", at->name, state->constant_places[i].name);
                break;
            }
        gen_constant *constant = &state->constants[count];
        state->constant_places[count++].name = at->name;
        constant->name = checker_name(state, at->name);
        constant->doc = checker_docs(state, &at->docs);
        if (checker_parse_number(state, at->value, CONSTANT_MAX, &constant->value))
            continue;
        diag_report(state->list, at->value,
                    "the constant is %s; expected a whole number from 0 to %u",
                    diag_quote(state->list, at->value).text, CONSTANT_MAX);
        diag_hint(state->list, "constants are sizes and capacities, as in 'const DEPTH = 10;'");
    }
}

bool definitions_constant(const checker *state, source_span name, uint32_t *value)
{
    for (uint32_t i = 0; i < state->parsed->constant_count; i++)
        if (checker_is(state, name, state->constants[i].name)) {
            *value = state->constants[i].value;
            return true;
        }
    return false;
}

/* ---- Enums ---- */

static mmf_type check_storage(checker *state, source_span at)
{
    const mmf_type type = mmf_type_from_name(state->from->text + at.offset, at.length);
    if (type >= MMF_TYPE_INT8 && type <= MMF_TYPE_UINT32)
        return type;
    diag_report(state->list, at, "an enum cannot be stored as %s",
                diag_quote(state->list, at).text);
    diag_hint(state->list, "the types for it are int8, uint8, int16, uint16, int32 and uint32");
    return MMF_TYPE_INT32;
}

static void limits_of(mmf_type type, int64_t *low, int64_t *high)
{
    const uint32_t bits = 8 * mmf_type_size(type, 0);
    const bool with_sign =
        type == MMF_TYPE_INT8 || type == MMF_TYPE_INT16 || type == MMF_TYPE_INT32;
    *high = (int64_t)(UINT32_MAX >> (32 - bits + (with_sign || bits == 32 ? 1 : 0)));
    *low = with_sign ? -*high - 1 : 0;
}

/* False, with a report, when the value does not fit. */
static bool check_value(checker *state, source_span at, mmf_type type, int32_t *out)
{
    int64_t low;
    int64_t high;
    limits_of(type, &low, &high);
    const bool negative = at.length > 0 && state->from->text[at.offset] == '-';
    const source_span digits = {at.offset + negative, at.length - negative};
    uint32_t number = 0;
    const bool known = checker_parse_number(state, digits, (uint32_t)INT32_MAX + 1, &number);
    const int64_t value = negative ? -(int64_t)number : (int64_t)number;
    if (known && value >= low && value <= high) {
        *out = (int32_t)value;
        return true;
    }
    diag_report(state->list, at,
                "the value is %s; expected a whole number from %" PRId64 " to %" PRId64,
                diag_quote(state->list, at).text, low, high);
    diag_hint(state->list, type == MMF_TYPE_UINT32
                               ? "a value of an enum of C is an int"
                               : "choose another value, or a wider type after the enum's name");
    return false;
}

static void check_member(checker *state, const syntax_value *written, const mmf_enum *of,
                         mmf_enum_member *members, const source_span *places, source_span *values)
{
    mmf_enum_member *member = &members[of->member_count];
    const source_span value_at = written->value;
    member->name = checker_name(state, written->name);
    member->doc = checker_docs(state, &written->docs);
    if (check_value(state, value_at, of->type, &member->value))
        values[of->member_count] = value_at;
    for (uint32_t i = 0; i < of->member_count; i++) {
        if (strcmp(members[i].name, member->name) == 0) {
            checker_report_twice(state, "member", written->name, places[i]);
            return;
        }
        if (members[i].value == member->value && values[i].length > 0 &&
            values[of->member_count].length > 0) {
            diag_report(state->list, value_at, "value %" PRId32 " is given twice", member->value);
            diag_hint(state->list, "give each member a value of its own");
            diag_note(state->list, values[i], "first given here");
            return;
        }
    }
}

static void check_enum(checker *state, const syntax_enum *written, uint32_t index)
{
    const uint32_t errors = state->list->count;
    mmf_enum *out = &state->enums[index];
    gen_place *place = &state->enum_places[index];
    const uint32_t room = written->member_count;
    mmf_enum_member *members = (mmf_enum_member *)checker_take(state, room, sizeof *members);
    source_span *places = (source_span *)checker_take(state, room, sizeof *places);
    source_span *values = (source_span *)checker_take(state, room, sizeof *values);
    place->has_errors = true;
    if (state->failed || out->name == NULL || written->type.length == 0)
        return;
    out->doc = checker_docs(state, &written->docs);
    out->type = check_storage(state, written->type);
    out->members = members;
    place->fields = places;
    const attributes given = attributes_check(state, written->attributes, ATTRIBUTES_ENUM);
    state->enum_c_names[index] = given.prefix != NULL ? given.prefix : out->name;
    if (!written->broken && (room == 0 || room > MMF_FIELDS_MAX)) {
        diag_report(state->list, written->name, "the enum has %u members; expected 1 to %u", room,
                    MMF_FIELDS_MAX);
        diag_hint(state->list, room == 0 ? "declare one, as in 'Buy = 1;'" : "split the enum");
        return;
    }
    for (const syntax_value *at = written->members; at != NULL; at = at->next) {
        places[out->member_count] = at->name;
        check_member(state, at, out, members, places, values);
        out->member_count++;
    }
    place->has_errors = written->broken || state->list->count > errors || out->member_count == 0;
}

bool definitions_enum(const checker *state, source_span name, uint32_t *index)
{
    for (uint32_t i = 0; i < state->parsed->enum_count; i++)
        if (state->enums[i].name != NULL && checker_is(state, name, state->enums[i].name)) {
            *index = i;
            return true;
        }
    return false;
}

/* ---- Names of types ---- */

static bool is_word_of_language(const checker *state, source_span name)
{
    static const char *const WORDS[] = {"timestamp", "date",   "decimal", "record",
                                        "enum",      "struct", "const"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (checker_is(state, name, WORDS[i]))
            return true;
    return mmf_type_from_name(state->from->text + name.offset, name.length) != MMF_TYPE_NONE;
}

bool definitions_check_name(checker *state, const char *what, source_span name)
{
    if (is_word_of_language(state, name)) {
        diag_report(state->list, name, "%s cannot name %s: it is a word of the schema language",
                    diag_quote(state->list, name).text, what);
        diag_hint(state->list, "rename it; types are written like 'OrderSide'");
        return false;
    }
    /* Everything of that name that stands before it. */
    for (const syntax_enum *at = state->parsed->enums; at != NULL; at = at->next)
        if (at->name.offset < name.offset && checker_same(state, at->name, name)) {
            checker_report_twice(state, "type", name, at->name);
            return false;
        }
    for (const syntax_record *at = state->parsed->structs; at != NULL; at = at->next)
        if (at->name.offset < name.offset && checker_same(state, at->name, name)) {
            checker_report_twice(state, "type", name, at->name);
            return false;
        }
    return true;
}

void definitions_check(checker *state)
{
    check_constants(state);
    uint32_t index = 0;
    for (const syntax_enum *at = state->parsed->enums; at != NULL; at = at->next, index++) {
        state->enum_places[index].name = at->name;
        if (at->name.length > 0)
            state->enums[index].name = checker_name(state, at->name);
        state->enum_c_names[index] = state->enums[index].name;
        const bool good =
            at->name.length == 0 || definitions_check_name(state, "an enum", at->name);
        check_enum(state, at, index);
        state->enum_places[index].has_errors = state->enum_places[index].has_errors || !good;
    }
}
