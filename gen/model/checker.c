/* Names, numbers and docs of a parsed schema. */
#include "checker.h"

#include <string.h>

void *checker_take(checker *state, size_t count, size_t size)
{
    void *memory = arena_take(state->memory, (count + 1) * size);
    state->failed = state->failed || memory == NULL;
    return memory;
}

bool checker_same(const checker *state, source_span a, source_span b)
{
    const char *text = state->from->text;
    return a.length == b.length && memcmp(text + a.offset, text + b.offset, a.length) == 0;
}

bool checker_is(const checker *state, source_span span, const char *text)
{
    return strlen(text) == span.length &&
           memcmp(state->from->text + span.offset, text, span.length) == 0;
}

static bool has_double_underscore(const char *name, uint32_t length)
{
    for (uint32_t i = 1; i < length; i++)
        if (name[i - 1] == '_' && name[i] == '_')
            return true;
    return false;
}

const char *checker_name(checker *state, source_span name)
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
    return copy != NULL ? copy : "";
}

bool checker_parse_number(const checker *state, source_span at, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < at.length; i++) {
        const char c = state->from->text[at.offset + i];
        if (c < '0' || c > '9')
            return false;
        if (value <= max)
            value = value * 10 + (uint64_t)(c - '0');
    }
    *out = (uint32_t)value;
    return at.length > 0 && value <= max;
}

static bool is_all_digits(const checker *state, source_span at)
{
    return strspn(state->from->text + at.offset, "0123456789") >= at.length;
}

uint32_t checker_number(checker *state, source_span at, uint32_t max, const char *what)
{
    uint32_t value = 0;
    if (checker_parse_number(state, at, max, &value) && value >= 1)
        return value;
    diag_report(state->list, at, "the %s is %s; expected a whole number from 1 to %u", what,
                diag_quote(state->list, at).text, max);
    if (!is_all_digits(state, at))
        diag_hint(state->list, "write it in decimal digits only");
    return 1;
}

const char *checker_docs(checker *state, const syntax_docs *docs)
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

void checker_report_twice(checker *state, const char *what, source_span name, source_span other)
{
    diag_report(state->list, name, "%s %s is declared twice", what,
                diag_quote(state->list, name).text);
    diag_hint(state->list, "rename one of them");
    diag_note(state->list, other, "first declared here");
}
