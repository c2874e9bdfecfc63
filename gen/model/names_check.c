/* Finds names of a schema with which generated code would not compile, or not import. */
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* Keywords of C23 and C++26, and names that the struct of a record uses, sorted. */
/* clang-format off */
static const char *const RESERVED[] = {
    "EOF", "FILE", "NULL", "alignas", "alignof", "and", "and_eq", "asm", "assert", "auto",
    "bitand", "bitor", "bool", "break", "case", "catch", "char", "char16_t", "char32_t",
    "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept", "const",
    "const_cast", "consteval", "constexpr", "constinit", "continue", "contract_assert",
    "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit",
    "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int",
    "int16_t", "int32_t", "int64_t", "int8_t", "long", "mutable", "namespace", "new",
    "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected",
    "public", "register", "reinterpret_cast", "requires", "restrict", "return", "short",
    "signed", "size_t", "sizeof", "static", "static_assert", "static_cast", "struct", "switch",
    "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename",
    "typeof", "typeof_unqual", "uint16_t", "uint32_t", "uint64_t", "uint8_t", "union",
    "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
};
/* clang-format on */

/* Keywords of Python that are not among those, and `self`, sorted. */
static const char *const PYTHON[] = {
    "False",  "None",     "True",    "as",    "async",  "await",  "def",   "del",
    "elif",   "except",   "finally", "from",  "global", "import", "in",    "is",
    "lambda", "nonlocal", "pass",    "raise", "self",   "with",   "yield",
};

/* Keywords of Python, and names that generated modules use themselves, sorted. */
static const char *const MODULE[] = {
    "False",    "None",  "True",   "and",    "as",       "assert", "async",  "await",
    "bool",     "break", "bytes",  "class",  "continue", "create", "def",    "define",
    "del",      "elif",  "else",   "except", "finally",  "float",  "for",    "from",
    "global",   "if",    "import", "in",     "int",      "is",     "lambda", "mmapforge",
    "nonlocal", "not",   "open",   "opener", "or",       "os",     "pass",   "raise",
    "return",   "str",   "try",    "typing", "while",    "with",   "yield",
};

static int compare_words(const void *key, const void *element)
{
    const char *const *word = (const char *const *)element;
    return strcmp((const char *)key, *word);
}

static bool is_among(const char *name, const char *const *words, size_t count)
{
    return bsearch(name, words, count, sizeof words[0], compare_words) != NULL;
}

/* The reason why a field cannot have this name, as the end of a message; NULL when it can. */
static const char *field_name_problem(const char *name)
{
    if (is_among(name, RESERVED, sizeof RESERVED / sizeof RESERVED[0]))
        return "the word has a meaning in C or C++";
    if (is_among(name, PYTHON, sizeof PYTHON / sizeof PYTHON[0]))
        return "the word has a meaning in Python";
    if (is_among(name, NAMES_MACROS, NAMES_MACRO_COUNT))
        return "a system header defines it as a macro";
    if (strncmp(name, "MMF_", 4) == 0 || strncmp(name, "MMFI_", 5) == 0)
        return "names that begin with MMF_ or MMFI_ are reserved for the library";
    return NULL;
}

/* Appending '_value' does not help a name that begins with a prefix of the library. */
static void suggest(const char *name, diag_list *list)
{
    if (strncmp(name, "MMF", 3) == 0)
        diag_hint(list, "choose a name that does not begin with MMF");
    else
        diag_hint(list, "rename it, for example to '%s_value'", name);
}

static source_span place_of(const gen_model *model, const names_identifier *of)
{
    const gen_place *place = &model->places[of->record];
    return of->field == UINT32_MAX ? place->name : place->fields[of->field];
}

static void check_words(const gen_model *model, diag_list *list)
{
    for (uint32_t i = 0; i < model->record_count; i++) {
        const mmf_schema *record = &model->records[i];
        char lower[NAMES_SIZE];
        names_lower(record->name, lower);
        if (strcmp(lower, "mmf") == 0 || strcmp(lower, "mmfi") == 0 ||
            strncmp(lower, "mmf_", 4) == 0 || strncmp(lower, "mmfi_", 5) == 0) {
            diag_report(list, model->places[i].name,
                        "the record name '%s' gives C names that begin with '%s_', "
                        "which are reserved for the library",
                        record->name, lower);
            diag_hint(list, "choose a name that does not begin with Mmf");
        }
        if (is_among(record->name, MODULE, sizeof MODULE / sizeof MODULE[0])) {
            diag_report(list, model->places[i].name,
                        "'%s' cannot name a record: the word has a meaning in its Python module",
                        record->name);
            diag_hint(list, "rename it, for example to '%s_record'", record->name);
        }
        for (uint32_t j = 0; j < record->field_count; j++) {
            const char *name = record->fields[j].name;
            const char *problem = field_name_problem(name);
            if (problem == NULL)
                continue;
            diag_report(list, model->places[i].fields[j], "'%s' cannot name a field: %s", name,
                        problem);
            suggest(name, list);
        }
    }
}

/*
 * Reports macros of generated code that system headers define: a string `name` in `record Host`
 * gets the macro HOST_NAME_MAX, which is one of POSIX.
 */
static void check_macros(const gen_model *model, const names_identifier *all, size_t count,
                         diag_list *list)
{
    for (size_t i = 0; i < count; i++) {
        if (all[i].scope != NAMES_FILE || !is_among(all[i].text, NAMES_MACROS, NAMES_MACRO_COUNT))
            continue;
        const mmf_schema *record = &model->records[all[i].record];
        const bool of_record = all[i].field == UINT32_MAX;
        diag_report(list, place_of(model, &all[i]),
                    "%s '%s' gets the C name '%s', which a system header defines as a macro",
                    of_record ? "record" : "field",
                    of_record ? record->name : record->fields[all[i].field].name, all[i].text);
        if (of_record)
            diag_hint(list, "rename the record, for example to '%sRecord'", record->name);
        else
            suggest(record->fields[all[i].field].name, list);
    }
}

/* ---- Clashes ---- */

/* Orders by text, then as in the schema. */
static int compare_identifiers(const void *left, const void *right)
{
    const names_identifier *a = *(const names_identifier *const *)left;
    const names_identifier *b = *(const names_identifier *const *)right;
    const int texts = strcmp(a->text, b->text);
    if (texts != 0)
        return texts;
    return (a > b) - (a < b);
}

/*
 * Two records may have members of one name; a member and a macro may not have the same name. Names
 * in C and in Python cannot clash.
 */
static bool is_macro(const names_identifier *identifier)
{
    return identifier->scope == NAMES_FILE && identifier->text[0] >= 'A' &&
           identifier->text[0] <= 'Z';
}

static bool clash(const names_identifier *a, const names_identifier *b)
{
    if (a->scope == b->scope)
        return a->scope != NAMES_MEMBER || a->record == b->record;
    return a->scope != NAMES_MODULE && b->scope != NAMES_MODULE && (is_macro(a) || is_macro(b));
}

static void report(const gen_model *model, const names_identifier *first,
                   const names_identifier *second, diag_list *list)
{
    const mmf_schema *record = &model->records[second->record];
    const char *language = second->scope == NAMES_MODULE ? "Python" : "C";
    if (second->field == UINT32_MAX || first->record != second->record) {
        diag_report(list, place_of(model, second),
                    "record '%s' gets the %s name '%s', which record '%s' has already",
                    record->name, language, second->text, model->records[first->record].name);
        diag_hint(list, "rename one of the two records");
    } else {
        diag_report(list, place_of(model, second),
                    "field '%s' gets the C name '%s', which %s '%s' has already",
                    record->fields[second->field].name, second->text,
                    first->field == UINT32_MAX ? "record" : "field",
                    first->field == UINT32_MAX ? record->name : record->fields[first->field].name);
        diag_hint(list, "rename the field, for example to '%s_value'",
                  record->fields[second->field].name);
    }
    diag_note(list, place_of(model, first), "'%s' is also generated for this", first->text);
}

/*
 * True when the names of the records clash, so that their fields do as well: only the records are
 * reported.
 */
static bool is_consequence(const gen_model *model, const names_identifier *first,
                           const names_identifier *second)
{
    if (first->record == second->record || second->field == UINT32_MAX)
        return false;
    char a[NAMES_SIZE];
    char b[NAMES_SIZE];
    names_lower(model->records[first->record].name, a);
    names_lower(model->records[second->record].name, b);
    return strcmp(a, b) == 0;
}

/* Reports each part of the schema once: a part that clashes usually does so in several names. */
static void check_clashes(const gen_model *model, names_identifier *const *sorted, size_t count,
                          bool *reported, diag_list *list)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && strcmp(sorted[i]->text, sorted[j]->text) == 0; j++) {
            const names_identifier *second = sorted[j];
            const source_span at = place_of(model, second);
            if (!clash(sorted[i], second) || reported[at.offset] ||
                is_consequence(model, sorted[i], second))
                continue;
            reported[at.offset] = true;
            report(model, sorted[i], second, list);
        }
    }
}

/* Selects the records without errors. False when memory is exhausted. */
static bool select_valid(const gen_model *model, arena *memory, gen_model *out)
{
    mmf_schema *records =
        (mmf_schema *)arena_take(memory, (model->record_count + (size_t)1) * sizeof *records);
    gen_place *places =
        (gen_place *)arena_take(memory, (model->record_count + (size_t)1) * sizeof *places);
    *out = (gen_model){model->schema_name, 0, records, places};
    if (records == NULL || places == NULL)
        return false;
    for (uint32_t i = 0; i < model->record_count; i++) {
        if (model->places[i].has_errors)
            continue;
        records[out->record_count] = model->records[i];
        places[out->record_count++] = model->places[i];
    }
    return true;
}

bool names_check(const gen_model *whole, arena *memory, diag_list *list)
{
    gen_model valid;
    const gen_model *model = &valid;
    if (!select_valid(whole, memory, &valid))
        return false;
    if (valid.record_count == 0)
        return true;
    check_words(model, list);
    size_t count;
    names_identifier *all = names_list(model, memory, &count);
    bool *reported = (bool *)arena_take(memory, list->from->size + (size_t)1);
    names_identifier **sorted =
        (names_identifier **)arena_take(memory, (count + 1) * sizeof *sorted);
    if (all == NULL || reported == NULL || sorted == NULL)
        return false;
    check_macros(model, all, count, list);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &all[i];
    qsort(sorted, count, sizeof *sorted, compare_identifiers);
    check_clashes(model, sorted, count, reported, list);
    return true;
}
