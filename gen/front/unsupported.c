/* Reports unsupported syntax by name. */
#include "unsupported.h"

bool refuse_unsupported_top(parser *state)
{
    static const struct {
        const char *written;
        const char *called;
        const char *instead;
    } TOPS[] = {
        {"import", "imports", "declare the records in this file"},
        {"include", "imports", "declare the records in this file"},
        {"namespace", "namespaces", "give the records longer names, or '@prefix(name)'"},
        {"package", "packages", "give the records longer names, or '@prefix(name)'"},
        {"union", "unions", "declare a struct with an enum that says which field counts"},
    };
    for (size_t i = 0; i < sizeof TOPS / sizeof TOPS[0]; i++) {
        if (!parser_is_word(state, TOPS[i].written))
            continue;
        diag_report(state->list, state->now.span, "this version has no %s", TOPS[i].called);
        diag_hint(state->list, "%s", TOPS[i].instead);
        return true;
    }
    return false;
}

bool refuse_unsupported_type(parser *state)
{
    static const struct {
        const char *written;
        const char *hint;
    } TYPES[] = {
        {"enum", "write 'enum Name : uint8 { A = 1; }' before the record, and its name here"},
        {"struct", "write 'struct Name { ... }' before the record, and its name here"},
        {"[", "write the number of elements after the type, as in 'float64[5]'"},
    };
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (!parser_is_word(state, TYPES[i].written) &&
            !parser_is_punctuation(state, TYPES[i].written[0]))
            continue;
        parser_report_found(state, "the name of a type");
        diag_hint(state->list, "%s", TYPES[i].hint);
        return true;
    }
    return false;
}
