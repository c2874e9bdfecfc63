/* Finds names of a schema with which generated code would not compile, or not import. */
#include <stdlib.h>
#include <string.h>

#include "leaves.h"
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
    "False",       "None",          "True",     "and",   "as",       "assert", "async",   "await",
    "bool",        "break",         "bytes",    "class", "continue", "create", "def",     "define",
    "define_enum", "define_struct", "del",      "elif",  "else",     "except", "finally", "float",
    "for",         "from",          "global",   "if",    "import",   "in",     "int",     "is",
    "lambda",      "mmapforge",     "nonlocal", "not",   "open",     "opener", "or",      "os",
    "pass",        "raise",         "return",   "str",   "try",      "typing", "while",   "with",
    "yield",
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

/*
 * Parameters and variables of generated code, which a type of that name would hide, sorted; and
 * what would give names that the library has: mmfi_part_check, mmfi_checksum_load.
 */
static const char *const VARIABLES[] = {
    "append", "at",       "bad_row", "base",  "buffer", "checksum", "count",  "data",
    "error",  "first",    "found",   "i",     "image",  "in",       "index",  "length",
    "offset", "options",  "out",     "part",  "path",   "place",    "record", "row",
    "rows",   "sequence", "size",    "slow",  "status", "store",    "text",   "timeout_ns",
    "undo",   "valid",    "value",   "write",
};

/* "index2", of the second array on the way to an element. */
static bool is_index(const char *lower)
{
    return strncmp(lower, "index", 5) == 0 && strspn(lower + 5, "0123456789") == strlen(lower + 5);
}

/* The reason why an enum or struct cannot have this name in C; NULL when it can. */
static const char *type_name_problem(const char *lower)
{
    if (is_among(lower, RESERVED, sizeof RESERVED / sizeof RESERVED[0]))
        return "the word has a meaning in C or C++";
    if (is_index(lower) || is_among(lower, VARIABLES, sizeof VARIABLES / sizeof VARIABLES[0]))
        return "generated code uses the word itself";
    if (is_among(lower, NAMES_MACROS, NAMES_MACRO_COUNT) ||
        is_among(lower, NAMES_FUNCTIONS, NAMES_FUNCTION_COUNT))
        return "a system header declares it";
    return NULL;
}

static void check_reserved(const char *what, const char *c_name, source_span at, diag_list *list)
{
    char lower[NAMES_SIZE];
    names_lower(c_name, lower);
    if (strcmp(lower, "mmf") != 0 && strcmp(lower, "mmfi") != 0 && strncmp(lower, "mmf_", 4) != 0 &&
        strncmp(lower, "mmfi_", 5) != 0)
        return;
    diag_report(list, at,
                "the %s name '%s' gives C names that begin with '%s_', which are reserved for the "
                "library",
                what, c_name, lower);
    diag_hint(list, "choose a name that does not begin with Mmf");
}

static void check_module_word(const char *what, const char *name, source_span at, diag_list *list)
{
    if (!is_among(name, MODULE, sizeof MODULE / sizeof MODULE[0]))
        return;
    diag_report(list, at, "'%s' cannot name %s %s: the word has a meaning in its Python module",
                name, what[0] == 'e' ? "an" : "a", what);
    diag_hint(list, "rename it, for example to '%s_%s'", name, what);
}

static void check_type(const char *what, const char *name, const char *c_name, source_span at,
                       diag_list *list)
{
    char lower[NAMES_SIZE];
    names_lower(c_name, lower);
    check_reserved(what, c_name, at, list);
    check_module_word(what, name, at, list);
    const char *problem = type_name_problem(lower);
    if (problem == NULL)
        return;
    diag_report(list, at, "%s '%s' gets the C name '%s': %s", what, name, lower, problem);
    diag_hint(list, "rename it, for example to '%sType', or write '@prefix(my_%s)'", name, lower);
}

static void check_fields(const mmf_field *fields, uint32_t count, const source_span *places,
                         diag_list *list)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *problem = field_name_problem(fields[i].name);
        if (problem == NULL)
            continue;
        diag_report(list, places[i], "'%s' cannot name a field: %s", fields[i].name, problem);
        suggest(fields[i].name, list);
    }
}

static bool has_lower_case(const char *name)
{
    for (; *name != '\0'; name++)
        if (*name >= 'a' && *name <= 'z')
            return true;
    return false;
}

/* A constant is a macro in C: one in small letters would replace names of members and variables. */
static void check_constant(const char *name, source_span at, diag_list *list)
{
    const char *problem = has_lower_case(name)
                              ? "write it in capital letters, since it is a macro in C"
                              : field_name_problem(name);
    if (problem == NULL)
        return;
    char upper[NAMES_SIZE];
    names_upper(name, upper);
    diag_report(list, at, "'%s' cannot name a constant: %s", name, problem);
    if (has_lower_case(name))
        diag_hint(list, "rename it to '%s'", upper);
    else if (strncmp(name, "MMF", 3) == 0)
        diag_hint(list, "choose a name that does not begin with MMF");
    else
        diag_hint(list, "rename it, for example to 'MY_%s'", name);
}

/* A member is an attribute of a class of Python; some have a meaning there. */
static void check_members(const mmf_enum *of, const source_span *places, diag_list *list)
{
    static const char *const TAKEN[] = {
        "and", "assert", "break", "class", "continue", "else", "for",   "if",
        "mro", "name",   "not",   "or",    "return",   "try",  "value", "while",
    };
    for (uint32_t i = 0; i < of->member_count; i++) {
        const char *name = of->members[i].name;
        if (!is_among(name, TAKEN, sizeof TAKEN / sizeof TAKEN[0]) &&
            !is_among(name, PYTHON, sizeof PYTHON / sizeof PYTHON[0]))
            continue;
        diag_report(list, places[i], "'%s' cannot name a member: the word has a meaning in Python",
                    name);
        diag_hint(list, "rename it, for example to '%s_value'", name);
    }
}

static void check_words(const gen_model *model, diag_list *list)
{
    for (uint32_t i = 0; i < model->constant_count; i++)
        check_constant(model->constants[i].name, model->constant_places[i].name, list);
    for (uint32_t i = 0; i < model->enum_count; i++) {
        if (model->enum_places[i].has_errors)
            continue;
        check_type("enum", model->enums[i].name, model->enum_c_names[i], model->enum_places[i].name,
                   list);
        check_members(&model->enums[i], model->enum_places[i].fields, list);
    }
    for (uint32_t i = 0; i < model->struct_count; i++) {
        const mmf_struct *of = model->structs[i];
        check_type("struct", of->name, model->struct_c_names[i], model->struct_places[i].name,
                   list);
        check_fields(of->fields, of->field_count, model->struct_places[i].fields, list);
    }
    for (uint32_t i = 0; i < model->record_count; i++) {
        const mmf_schema *record = &model->records[i];
        if (model->places[i].has_errors)
            continue;
        check_reserved("record", model->record_c_names[i], model->places[i].name, list);
        check_module_word("record", record->name, model->places[i].name, list);
        check_fields(record->fields, record->field_count, model->places[i].fields, list);
    }
}

/*
 * Reports macros of generated code that system headers define: a string `name` in `record Host`
 * gets the macro HOST_NAME_MAX, which is one of POSIX.
 */
static void check_macros(const names_identifier *all, size_t count, diag_list *list)
{
    for (size_t i = 0; i < count; i++) {
        const names_part *part = &all[i].part;
        if (strcmp(part->what, "constant") == 0)
            continue; /* reported before, with the names that a constant cannot have */
        if (all[i].scope != NAMES_FILE || !is_among(all[i].text, NAMES_MACROS, NAMES_MACRO_COUNT))
            continue;
        diag_report(list, part->at,
                    "%s '%s' gets the C name '%s', which a system header defines as a macro",
                    part->what, part->name, all[i].text);
        if (strcmp(part->what, "record") == 0)
            diag_hint(list, "rename the record, for example to '%sRecord'", part->name);
        else
            suggest(part->name, list);
    }
}

/* ---- Clashes ---- */

/* Orders by text, then as in the list. */
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
        return a->scope != NAMES_MEMBER || a->number == b->number;
    return a->scope != NAMES_MODULE && b->scope != NAMES_MODULE && (is_macro(a) || is_macro(b));
}

static void report(const names_identifier *first, const names_identifier *second, diag_list *list)
{
    const char *language = second->scope == NAMES_MODULE ? "Python" : "C";
    const bool wholes = second->is_whole || first->number != second->number;
    const names_part *a = wholes ? &first->whole : &first->part;
    const names_part *b = wholes ? &second->whole : &second->part;
    diag_report(list, second->part.at, "%s '%s' gets the %s name '%s', which %s '%s' has already",
                b->what, b->name, language, second->text, a->what, a->name);
    if (!wholes)
        diag_hint(list, "rename the %s, for example to '%s_value'", b->what, b->name);
    else if (strcmp(a->what, b->what) == 0)
        diag_hint(list, "rename one of the two %ss", a->what);
    else
        diag_hint(list, "rename one of the two");
    diag_note(list, first->part.at, "'%s' is also generated for this", first->text);
}

/*
 * True when the names of the wholes clash, so that their fields do as well: only the wholes are
 * reported.
 */
static bool is_consequence(const names_identifier *first, const names_identifier *second)
{
    if (first->number == second->number || second->is_whole)
        return false;
    char a[NAMES_SIZE];
    char b[NAMES_SIZE];
    names_lower(first->c_name, a);
    names_lower(second->c_name, b);
    return strcmp(a, b) == 0;
}

/* Reports each part of the schema once: a part that clashes usually does so in several names. */
static void check_clashes(names_identifier *const *sorted, size_t count, bool *reported,
                          diag_list *list)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && strcmp(sorted[i]->text, sorted[j]->text) == 0; j++) {
            const names_identifier *second = sorted[j];
            const source_span at = second->part.at;
            if (!clash(sorted[i], second) || reported[at.offset] ||
                is_consequence(sorted[i], second))
                continue;
            reported[at.offset] = true;
            report(sorted[i], second, list);
        }
    }
}

/* ---- Leaves ---- */

/* What a record reports of its leaves. */
typedef struct leaf_check {
    diag_list *list;
    source_span at;
    bool reported;
} leaf_check;

static void check_leaf(void *context, const leaves_leaf *leaf)
{
    leaf_check *of = (leaf_check *)context;
    if (!leaf->is_cut || of->reported)
        return;
    of->reported = true;
    diag_report(of->list, of->at,
                "a name in C of a value within this field has more than %u characters: '%.48s...'",
                LEAVES_NAME_SIZE - 1, leaf->name);
    diag_hint(of->list, "shorten the names of the fields on the way to it");
}

static void check_leaves(const gen_model *model, diag_list *list)
{
    for (uint32_t i = 0; i < model->record_count; i++) {
        const mmf_schema *record = &model->records[i];
        uint32_t count = 0;
        for (uint32_t j = 0; j < record->field_count && !model->places[i].has_errors; j++) {
            leaf_check of = {list, model->places[i].fields[j], false};
            count += leaves_of(&record->fields[j], check_leaf, &of);
        }
        if (count < LEAVES_MAX)
            continue;
        diag_report(list, model->places[i].name,
                    "the record has %u values or more within its structs and arrays; at most %u "
                    "are allowed",
                    LEAVES_MAX, LEAVES_MAX - 1);
        diag_hint(list, "split the record, or its structs");
    }
}

bool names_check(const gen_model *model, arena *memory, diag_list *list)
{
    check_words(model, list);
    check_leaves(model, list);
    size_t count;
    names_identifier *all = names_list(model, memory, &count);
    bool *reported = (bool *)arena_take(memory, list->from->size + (size_t)1);
    names_identifier **sorted =
        (names_identifier **)arena_take(memory, (count + 1) * sizeof *sorted);
    if (all == NULL || reported == NULL || sorted == NULL)
        return false;
    check_macros(all, count, list);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &all[i];
    qsort(sorted, count, sizeof *sorted, compare_identifiers);
    check_clashes(sorted, count, reported, list);
    return true;
}
