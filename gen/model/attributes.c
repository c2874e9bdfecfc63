/* Checks the attributes of records, structs, enums and fields. */
#include "attributes.h"

#include <string.h>

#include "../front/edits.h"

#define EDITS_MAX 3u

typedef enum argument {
    NO_ARGUMENT,
    A_NUMBER,
    A_NAME
} argument;

static const struct known {
    const char *name;
    unsigned places; /* of attributes_place */
    argument takes;
    const char *example;
} KNOWN[] = {
    {MMF_ATTRIBUTE_CHECKSUMS, ATTRIBUTES_RECORD, NO_ARGUMENT, MMF_ATTRIBUTE_CHECKSUMS},
    {"@align", ATTRIBUTES_RECORD | ATTRIBUTES_STRUCT | ATTRIBUTES_FIELD, A_NUMBER, "@align(64)"},
    {"@prefix", ATTRIBUTES_RECORD | ATTRIBUTES_STRUCT | ATTRIBUTES_ENUM, A_NAME,
     "@prefix(old_book)"},
    {"@since", ATTRIBUTES_FIELD, A_NUMBER, "@since(2)"},
    {"@was", ATTRIBUTES_FIELD, A_NAME, "@was(old_name)"},
    {"@deprecated", ATTRIBUTES_FIELD, NO_ARGUMENT, "@deprecated"},
};

#define KNOWN_COUNT (sizeof KNOWN / sizeof KNOWN[0])

/* Words of other languages, and likely misnomers. */
static const struct {
    const char *written;
    const char *meant;
} ALIASES[] = {
    {"@checksum", "@checksums"},  {"@crc", "@checksums"},  {"@crc32", "@checksums"},
    {"@crc32c", "@checksums"},    {"@sums", "@checksums"}, {"@added", "@since"},
    {"@version", "@since"},       {"@renamed", "@was"},    {"@alias", "@was"},
    {"@obsolete", "@deprecated"}, {"@aligned", "@align"},  {"@namespace", "@prefix"},
};

static const char *place_name(attributes_place place)
{
    return place == ATTRIBUTES_RECORD   ? "a record"
           : place == ATTRIBUTES_STRUCT ? "a struct"
           : place == ATTRIBUTES_ENUM   ? "an enum"
                                        : "a field";
}

static const struct known *find(const checker *state, source_span name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (checker_is(state, name, KNOWN[i].name))
            return &KNOWN[i];
    return NULL;
}

/* The attribute of the place that was probably meant, or NULL. */
static const struct known *guess(const checker *state, source_span name, attributes_place place)
{
    const char *text = state->from->text + name.offset;
    const char *word = NULL;
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++)
        if (checker_is(state, name, ALIASES[i].written))
            word = ALIASES[i].meant;
    const struct known *best = NULL;
    uint32_t best_edits = EDITS_MAX + 1;
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if ((KNOWN[i].places & (unsigned)place) == 0)
            continue;
        if (word != NULL && strcmp(word, KNOWN[i].name) == 0)
            return &KNOWN[i];
        const uint32_t edits = edits_between(text, name.length, KNOWN[i].name);
        if (edits < best_edits && edits + 2 < name.length) {
            best = &KNOWN[i];
            best_edits = edits;
        }
    }
    return best;
}

static void report_unknown(checker *state, source_span name, attributes_place place)
{
    diag_report(state->list, name, "unknown attribute %s", diag_quote(state->list, name).text);
    const struct known *meant = guess(state, name, place);
    if (meant != NULL) {
        diag_hint(state->list, "did you mean '%s'?", meant->example);
        return;
    }
    char all[160] = "";
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if ((KNOWN[i].places & (unsigned)place) == 0)
            continue;
        (void)strcat(all, *all != '\0' ? ", " : "");
        (void)strcat(all, KNOWN[i].example);
    }
    diag_hint(state->list, "the attributes of %s are: %s", place_name(place), all);
}

static void report_misplaced(checker *state, source_span name, const struct known *known)
{
    const attributes_place belongs =
        (known->places & ATTRIBUTES_RECORD) != 0 ? ATTRIBUTES_RECORD : ATTRIBUTES_FIELD;
    char places[64] = "";
    for (unsigned bit = ATTRIBUTES_RECORD; bit <= ATTRIBUTES_FIELD; bit *= 2)
        if ((known->places & bit) != 0) {
            (void)strcat(places, *places != '\0' ? " or " : "");
            (void)strcat(places, place_name((attributes_place)bit));
        }
    diag_report(state->list, name, "'%s' belongs to %s: expected it after %s", known->name, places,
                belongs == ATTRIBUTES_RECORD ? "the record's version" : "the field's type");
    if (belongs == ATTRIBUTES_RECORD)
        diag_hint(state->list, "write it as in 'record Name version 1 %s {'", known->example);
    else
        diag_hint(state->list, "write it as in 'price: float64 %s;'", known->example);
}

static void check_twice(checker *state, const syntax_attribute *list,
                        const syntax_attribute *attribute)
{
    for (const syntax_attribute *other = list; other != attribute; other = other->next) {
        if (!checker_same(state, other->name, attribute->name))
            continue;
        diag_report(state->list, attribute->name, "attribute %s is given twice",
                    diag_quote(state->list, attribute->name).text);
        diag_hint(state->list, "delete one of them");
        diag_note(state->list, other->name, "first given here");
        return;
    }
}

/* What stands between the brackets, without blanks. */
static source_span inside(const checker *state, source_span arguments)
{
    const char *text = state->from->text;
    uint32_t begin = arguments.offset + 1;
    uint32_t end = arguments.offset + arguments.length - 1;
    while (begin < end && strchr(" \t\r\n", text[begin]) != NULL)
        begin++;
    while (end > begin && strchr(" \t\r\n", text[end - 1]) != NULL)
        end--;
    return (source_span){begin, end - begin};
}

static bool is_name(const checker *state, source_span span)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char ALL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    if (span.length == 0 || strchr(LETTERS, state->from->text[span.offset]) == NULL)
        return false;
    for (uint32_t i = 1; i < span.length; i++)
        if (strchr(ALL, state->from->text[span.offset + i]) == NULL)
            return false;
    return true;
}

/* False, with a report, when the arguments are not what the attribute takes. */
static bool check_arguments(checker *state, const syntax_attribute *attribute,
                            const struct known *known)
{
    if (known->takes == NO_ARGUMENT) {
        if (attribute->arguments.length == 0)
            return true;
        diag_report(state->list, attribute->arguments, "'%s' takes no arguments", known->name);
        diag_hint(state->list, "delete them");
        return false;
    }
    if (attribute->arguments.length == 0) {
        diag_report(state->list, attribute->name, "'%s' needs %s in brackets", known->name,
                    known->takes == A_NUMBER ? "a number" : "a name");
        diag_hint(state->list, "write it as in '%s'", known->example);
        return false;
    }
    if (known->takes == A_NAME && !is_name(state, inside(state, attribute->arguments))) {
        diag_report(state->list, attribute->arguments, "found %s; '%s' takes one name",
                    diag_quote(state->list, attribute->arguments).text, known->name);
        diag_hint(state->list, "write it as in '%s'", known->example);
        return false;
    }
    return true;
}

static uint32_t check_align(checker *state, source_span at)
{
    uint32_t value = 0;
    if (checker_parse_number(state, at, MMF_ALIGN_MAX, &value) && value > 0 &&
        (value & (value - 1)) == 0)
        return value;
    diag_report(state->list, at, "the alignment is %s; expected a power of two up to %u",
                diag_quote(state->list, at).text, MMF_ALIGN_MAX);
    diag_hint(state->list, "a cache line has 64 bytes: '@align(64)'");
    return 0;
}

static void take(checker *state, const syntax_attribute *attribute, attributes *out)
{
    const source_span value =
        attribute->arguments.length > 0 ? inside(state, attribute->arguments) : attribute->name;
    if (checker_is(state, attribute->name, MMF_ATTRIBUTE_CHECKSUMS)) {
        out->checksums = true;
    } else if (checker_is(state, attribute->name, "@deprecated")) {
        out->deprecated = true;
    } else if (checker_is(state, attribute->name, "@align")) {
        out->align = check_align(state, value);
        out->align_at = value;
    } else if (checker_is(state, attribute->name, "@since")) {
        out->since = checker_number(state, value, MMF_SCHEMA_VERSION_MAX, "version");
        out->since_at = value;
    } else if (checker_is(state, attribute->name, "@was")) {
        out->was = checker_name(state, value);
        out->was_at = value;
    } else {
        out->prefix = checker_name(state, value);
    }
}

attributes attributes_check(checker *state, const syntax_attribute *list, attributes_place place)
{
    attributes out;
    memset(&out, 0, sizeof out);
    for (const syntax_attribute *at = list; at != NULL; at = at->next) {
        const struct known *known = find(state, at->name);
        if (known == NULL) {
            report_unknown(state, at->name, place);
            continue;
        }
        if ((known->places & (unsigned)place) == 0) {
            report_misplaced(state, at->name, known);
            continue;
        }
        check_twice(state, list, at);
        if (check_arguments(state, at, known))
            take(state, at, &out);
    }
    return out;
}
