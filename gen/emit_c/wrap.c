/* Breaks long lines of C as clang-format would, for the kinds of line that are generated. */
#include "wrap.h"

#include <string.h>

#define INDENT 4u

/* The penalties that clang-format has for line breaks; only their order matters. */
enum {
    COST_ARGUMENT = 21,
    COST_ASSIGNMENT = 20,
    COST_CALL = 39,
    COST_DECLARATION = 74,
    COST_TOO_LONG = 100000
};

/* A call, a parameter list or an initialiser in a line, split at its opening bracket. */
typedef struct call {
    const char *head; /* ends after the bracket */
    size_t head_size;
    const char *arguments;
    const char *end;  /* of the line */
    uint32_t hanging; /* the penalty for a break after the bracket */
} call;

static void new_line(emit_text *out, uint32_t indent)
{
    emit_append(out, "\n", 1);
    emit_append_blanks(out, indent);
}

/* The length of the argument at `at` with its comma, or of the rest when it is the last. */
static size_t argument_size(const char *at, const char *end)
{
    int depth = 0;
    bool quoted = false;
    for (const char *c = at; c < end; c++) {
        if (*c == '\\' && quoted)
            c++;
        else if (*c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        depth += (*c == '(') - (*c == ')');
        if (*c == ',' && depth == 0)
            return (size_t)(c - at) + 1;
    }
    return (size_t)(end - at);
}

/*
 * Fills lines with the arguments of a call, each line beginning at indent. Returns the penalty of
 * its breaks. out may be NULL.
 */
static uint32_t fill(const call *of, uint32_t indent, emit_text *out)
{
    uint32_t cost = 0;
    uint32_t column = indent;
    for (const char *at = of->arguments; at < of->end;) {
        const size_t size = argument_size(at, of->end);
        const uint32_t width = emit_width(at, size);
        const bool first = at == of->arguments;
        const bool fits = first || column + 1 + width <= EMIT_COLUMN_MAX;
        if (!fits) {
            cost += COST_ARGUMENT;
            column = indent;
            if (out != NULL)
                new_line(out, indent);
        } else if (!first) {
            column++;
            if (out != NULL)
                emit_append(out, " ", 1);
        }
        if (out != NULL)
            emit_append(out, at, size);
        column += width;
        if (column > EMIT_COLUMN_MAX)
            cost += COST_TOO_LONG;
        at += size;
        if (at < of->end && *at == ' ')
            at++;
    }
    return cost;
}

/* Writes a call that begins at column, in the way with the lower penalty. out may be NULL. */
static uint32_t wrap_call(const call *of, uint32_t column, uint32_t indent, emit_text *out)
{
    const uint32_t aligned = column + emit_width(of->head, of->head_size);
    const uint32_t aligned_cost = fill(of, aligned, NULL);
    const uint32_t hanging_cost = of->hanging + fill(of, indent + INDENT, NULL);
    const bool hangs = hanging_cost < aligned_cost;
    if (out != NULL) {
        emit_append(out, of->head, of->head_size);
        if (hangs)
            new_line(out, indent + INDENT);
        fill(of, hangs ? indent + INDENT : aligned, out);
    }
    return hangs ? hanging_cost : aligned_cost;
}

/* Puts the rest of a line, from rest on, on the next line. */
static void break_before(emit_text *out, const char *text, const char *rest, uint32_t indent)
{
    const size_t head = (size_t)(rest - text);
    emit_append(out, text, text[head - 1] == ' ' ? head - 1 : head);
    new_line(out, indent);
    emit_append(out, rest, strlen(rest));
}

static call call_at(const char *text, const char *open, const char *end, uint32_t hanging)
{
    const call of = {text, (size_t)(open - text) + 1, open + 1, end, hanging};
    return of;
}

/* `left = call(...);`: a break after '=' may save others. */
static void wrap_assignment(emit_text *out, const char *text, const char *equals, const char *open,
                            const char *end, uint32_t indent)
{
    const char *right = equals + 3;
    const call whole = call_at(text, open, end, COST_CALL);
    const call part = call_at(right, open, end, COST_CALL);
    const bool fits = indent + INDENT + emit_width(right, strlen(right)) <= EMIT_COLUMN_MAX;
    const uint32_t split =
        COST_ASSIGNMENT + (fits ? 0 : wrap_call(&part, indent + INDENT, indent + INDENT, NULL));
    if (split >= wrap_call(&whole, indent, indent, NULL)) {
        wrap_call(&whole, indent, indent, out);
        return;
    }
    emit_append(out, text, (size_t)(equals - text) + 2);
    new_line(out, indent + INDENT);
    if (fits)
        emit_append(out, right, strlen(right));
    else
        wrap_call(&part, indent + INDENT, indent + INDENT, out);
}

/* True when a sum is on the right of " = ", and not the arguments of a call. */
static bool is_sum(const char *equals, const char *open)
{
    const char *plus = equals != NULL ? strstr(equals, " + ") : NULL;
    return plus != NULL && (open == NULL || plus < open);
}

/* `left = a + b;`: on the next line if it fits there, else each line ends after a '+'. */
static void wrap_sum(emit_text *out, const char *text, const char *equals, const char *end,
                     uint32_t indent)
{
    const char *at = equals + 3;
    if (indent + INDENT + emit_width(at, (size_t)(end - at)) <= EMIT_COLUMN_MAX) {
        break_before(out, text, at, indent + INDENT);
        return;
    }
    const uint32_t aligned = indent + emit_width(text, (size_t)(at - text));
    uint32_t column = aligned;
    emit_append(out, text, (size_t)(at - text));
    while (at < end) {
        const char *plus = strstr(at, " + ");
        const size_t size = plus != NULL ? (size_t)(plus - at) + 2 : (size_t)(end - at);
        const uint32_t width = emit_width(at, size);
        if (column > aligned && column + 1 + width > EMIT_COLUMN_MAX) {
            new_line(out, aligned);
            column = aligned;
        } else if (column > aligned) {
            emit_append(out, " ", 1);
            column++;
        }
        emit_append(out, at, size);
        column += width;
        at += size + (plus != NULL ? 1 : 0);
    }
}

/* The bracket of the parameters or arguments: not that of an attribute at the beginning. */
static const char *opening_bracket(const char *text)
{
    static const char ATTRIBUTE[] = "static __attribute__((";
    const bool has_attribute = strncmp(text, ATTRIBUTE, sizeof ATTRIBUTE - 1) == 0;
    const char *end = has_attribute ? strstr(text, "))") : NULL;
    return strchr(end != NULL ? end : text, '(');
}

/* A declaration of a function whose name does not fit beside its type. */
static void wrap_after_type(emit_text *out, const char *text, const char *open, const char *end)
{
    const char *name = open;
    while (name > text && name[-1] != ' ' && name[-1] != '*')
        name--;
    const size_t type_size = (size_t)(name - text);
    emit_append(out, text, type_size > 0 && name[-1] == ' ' ? type_size - 1 : type_size);
    if (type_size > 0)
        new_line(out, 0);
    const call of = call_at(name, open, end, COST_DECLARATION);
    wrap_call(&of, 0, 0, out);
}

/* A line that is too long, from its first character on. */
static void wrap_long(emit_text *out, const char *text, const char *end, uint32_t indent)
{
    const char *open = *text == '{' ? text : opening_bracket(text);
    const char *equals = strstr(text, " = ");
    const char *question = strstr(text, " ? ");
    const char *colon = strstr(text, " : ");
    const char *bracket = strchr(text, '[');
    if (*text == '{') {
        const call list = call_at(text, open, end, COST_TOO_LONG);
        wrap_call(&list, indent, indent, out);
    } else if (strncmp(text, "if (", 4) == 0 && strstr(text, " > ") != NULL) {
        break_before(out, text, strstr(text, " > ") + 3, indent + INDENT);
    } else if (question != NULL && colon != NULL) {
        break_before(out, text, colon + 1, indent + (uint32_t)(question + 1 - text));
    } else if (is_sum(equals, open)) {
        wrap_sum(out, text, equals, end, indent);
    } else if (open == NULL && bracket != NULL) {
        break_before(out, text, bracket, indent + INDENT);
    } else if (open == NULL) {
        emit_append(out, text, (size_t)(end - text));
    } else if (equals != NULL && equals < open) {
        wrap_assignment(out, text, equals, open, end, indent);
    } else if (indent == 0 && emit_width(text, (size_t)(open - text) + 1) > EMIT_COLUMN_MAX) {
        wrap_after_type(out, text, open, end);
    } else {
        const call of = call_at(text, open, end, indent == 0 ? COST_DECLARATION : COST_CALL);
        wrap_call(&of, indent, indent, out);
    }
}

void emit_wrap(emit_text *to, const char *text, size_t size)
{
    const char *end = text + size;
    const size_t blanks = strspn(text, " ");
    const uint32_t indent = (uint32_t)blanks;
    if (size > 0)
        emit_append_blanks(to, indent);
    text += blanks;
    if (*text == '#' || *text == '/' || indent + emit_width(text, strlen(text)) <= EMIT_COLUMN_MAX)
        emit_append(to, text, (size_t)(end - text));
    else
        wrap_long(to, text, end, indent);
    emit_append(to, "\n", 1);
}

void emit_code(emitter *to, const char *text)
{
    emit_wrap(&to->out, text, strlen(text));
}
