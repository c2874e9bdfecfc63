/* Lays the text of a schema out. */
#include "format.h"

#include <string.h>

#include "../front/lexer.h"

#define INDENT 4u

/* ---- Pieces: tokens and comments, in order ---- */

typedef enum piece_kind {
    PIECE_TOKEN,
    PIECE_COMMENT,  /* on lines of its own, or between tokens */
    PIECE_TRAILING, /* after other pieces, up to the end of the line */
    PIECE_CONTINUED /* a doc comment that continues the trailing one above it */
} piece_kind;

typedef struct piece {
    piece_kind kind;
    source_span span;
    char punctuation;
    bool ends_line;  /* a comment up to the end of its line */
    uint32_t breaks; /* line ends before it */
} piece;

typedef struct pieces {
    piece *list;
    uint32_t count;
} pieces;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A span without blanks at its end. */
static source_span trimmed(const char *text, source_span span)
{
    while (span.length > 0 && is_blank(text[span.offset + span.length - 1]))
        span.length--;
    return span;
}

static void add(pieces *to, piece_kind kind, source_span span, char punctuation, bool ends_line,
                uint32_t breaks)
{
    to->list[to->count++] = (piece){kind, span, punctuation, ends_line, breaks};
}

/* The ordinary comments between two tokens; returns the line ends after the last. */
static uint32_t add_comments(pieces *to, const char *text, uint32_t begin, uint32_t end)
{
    uint32_t breaks = 0;
    uint32_t at = begin;
    while (at < end) {
        if (text[at] != '/') {
            breaks += text[at++] == '\n';
            continue;
        }
        const uint32_t first = at;
        const bool ends_line = text[at + 1] == '/';
        if (ends_line) {
            while (at < end && text[at] != '\n')
                at++;
        } else {
            const char *close = strstr(text + at + 2, "*/");
            at = close != NULL && close < text + end ? (uint32_t)(close - text) + 2 : end;
        }
        const bool trailing = ends_line && breaks == 0 && to->count > 0;
        add(to, trailing ? PIECE_TRAILING : PIECE_COMMENT,
            trimmed(text, (source_span){first, at - first}), '\0', ends_line, breaks);
        breaks = 0;
    }
    return breaks;
}

static bool split(const source *from, arena *memory, pieces *out)
{
    diag_list list;
    lexer tokens;
    diag_init(&list, from);
    out->count = 0;
    out->list = (piece *)arena_take(memory, (from->size + (size_t)1) * sizeof *out->list);
    if (out->list == NULL || !lexer_begin(&tokens, from, &list))
        return false;
    uint32_t end = tokens.at;
    for (;;) {
        const lexer_token token = lexer_next(&tokens);
        const uint32_t breaks = add_comments(out, from->text, end, token.span.offset);
        if (token.kind == TOKEN_END)
            return true;
        end = token.span.offset + token.span.length;
        const source_span span = trimmed(from->text, token.span);
        if (token.kind == TOKEN_DOC_TRAILING)
            add(out, breaks > 0 ? PIECE_CONTINUED : PIECE_TRAILING, span, '\0', true, breaks);
        else if (token.kind == TOKEN_DOC)
            add(out, PIECE_COMMENT, span, '\0', true, breaks);
        else
            add(out, PIECE_TOKEN, span, token.punctuation, false, breaks);
    }
}

/* ---- Lines ---- */

/* One line that is being put together: code, and a comment after it. */
typedef struct line {
    emit_text code;
    source_span comment; /* length 0 for none */
    uint32_t depth;
    uint32_t name_width; /* of a field, up to its ':'; 0 for other lines */
    bool continues;      /* a comment that goes on from the line above */
    bool after_empty;    /* an empty line stands before it */
} line;

typedef struct lines {
    line *list;
    uint32_t count;
    bool open; /* the last one may still get pieces */
} lines;

static line *last(lines *of)
{
    return &of->list[of->count - 1];
}

static line *begin_line(lines *of, uint32_t depth, bool after_empty)
{
    line *next = &of->list[of->count++];
    memset(next, 0, sizeof *next);
    next->depth = depth;
    next->after_empty = after_empty && of->count > 1;
    of->open = true;
    return next;
}

/* True when no blank stands between two tokens of a line. */
static bool is_tight(const piece *before, const piece *token, const piece *next)
{
    const char left = before->punctuation;
    const char right = token->punctuation;
    if (left == '(' || left == '[' || left == '@' || left == ',')
        return true;
    if (right == ')' || right == ']' || right == ';' || right == '?' || right == ',' ||
        right == '(' || right == '[')
        return true;
    /* "price: float64", and "enum Side : uint8", which the caller tells apart by next. */
    return right == ':' && next == NULL;
}

/* "enum Name : type": the ':' has blanks on both sides. */
static bool is_of_enum(const source *from, const pieces *all, uint32_t colon)
{
    return colon >= 2 && all->list[colon - 2].kind == PIECE_TOKEN &&
           all->list[colon - 2].span.length == 4 &&
           memcmp(from->text + all->list[colon - 2].span.offset, "enum", 4) == 0 &&
           (colon == 2 || all->list[colon - 3].kind != PIECE_TOKEN ||
            all->list[colon - 3].punctuation == ';' || all->list[colon - 3].punctuation == '}');
}

static void append_token(lines *to, const source *from, const pieces *all, uint32_t index,
                         const piece *before)
{
    const piece *token = &all->list[index];
    line *now = last(to);
    const bool of_enum = token->punctuation == ':' && is_of_enum(from, all, index);
    if (now->code.size > 0 && !is_tight(before, token, of_enum ? token : NULL))
        emit_append(&now->code, " ", 1);
    emit_append(&now->code, from->text + token->span.offset, token->span.length);
    if (token->punctuation == ':' && !of_enum && now->name_width == 0)
        now->name_width = emit_width(now->code.data != NULL ? now->code.data : "", now->code.size);
}

static void add_comment(lines *to, const source *from, const piece *comment, uint32_t depth)
{
    line *now;
    if (comment->kind == PIECE_TRAILING && to->count > 0) {
        now = last(to);
        /* A second comment gets a line of its own. */
        if (now->comment.length == 0) {
            now->comment = comment->span;
            to->open = false;
            return;
        }
    }
    if (comment->kind == PIECE_COMMENT && to->open && !comment->ends_line && comment->breaks == 0) {
        now = last(to);
        emit_append(&now->code, " ", 1);
        emit_append(&now->code, from->text + comment->span.offset, comment->span.length);
        return;
    }
    now = begin_line(to, depth, comment->breaks > 1);
    if (comment->kind == PIECE_CONTINUED) {
        now->continues = true;
        now->comment = comment->span;
    } else {
        emit_append(&now->code, from->text + comment->span.offset, comment->span.length);
    }
    to->open = false;
}

static void put_together(lines *to, const source *from, const pieces *all)
{
    uint32_t depth = 0;
    const piece *before = NULL;
    for (uint32_t i = 0; i < all->count; i++) {
        const piece *now = &all->list[i];
        if (now->kind != PIECE_TOKEN) {
            add_comment(to, from, now, depth);
            continue;
        }
        const bool closes = now->punctuation == '}';
        if (closes && depth > 0)
            depth--;
        if (closes || !to->open)
            (void)begin_line(to, depth, !closes && now->breaks > 1);
        append_token(to, from, all, i, before);
        before = now;
        if (now->punctuation == '{')
            depth++;
        if (now->punctuation == '{' || now->punctuation == ';' || closes)
            to->open = false;
    }
}

/* ---- Alignment ---- */

/* Lines that are aligned with each other: those without an empty line between them. */
static uint32_t block_end(const lines *of, uint32_t first)
{
    uint32_t end = first + 1;
    while (end < of->count && !of->list[end].after_empty &&
           of->list[end].depth == of->list[first].depth)
        end++;
    return end;
}

static void align_types(lines *of, uint32_t first, uint32_t end)
{
    uint32_t widest = 0;
    for (uint32_t i = first; i < end; i++)
        if (of->list[i].name_width > widest)
            widest = of->list[i].name_width;
    for (uint32_t i = first; i < end; i++) {
        line *now = &of->list[i];
        const uint32_t width = now->name_width;
        if (width == 0 || width == widest || now->code.failed)
            continue;
        emit_text wider = {NULL, 0, 0, false};
        emit_append(&wider, now->code.data, width);
        emit_append_blanks(&wider, widest - width);
        emit_append(&wider, now->code.data + width, now->code.size - width);
        emit_text_free(&now->code);
        now->code = wider;
    }
}

/* The column of the comments after the lines of a block, from its indent on. */
static uint32_t comment_column(const lines *of, uint32_t first, uint32_t end)
{
    uint32_t widest = 0;
    for (uint32_t i = first; i < end; i++) {
        const line *now = &of->list[i];
        const uint32_t width =
            now->code.data != NULL ? emit_width(now->code.data, now->code.size) : 0;
        if (now->comment.length > 0 && width > widest)
            widest = width;
    }
    return widest + 1;
}

static void put_line(emit_text *to, const source *from, const line *now, uint32_t column)
{
    if (now->after_empty)
        emit_append(to, "\n", 1);
    emit_append_blanks(to, now->depth * INDENT);
    if (now->code.size > 0)
        emit_append(to, now->code.data, now->code.size);
    if (now->comment.length > 0) {
        const uint32_t width =
            now->code.data != NULL ? emit_width(now->code.data, now->code.size) : 0;
        emit_append_blanks(to, column - width);
        emit_append(to, from->text + now->comment.offset, now->comment.length);
    }
    emit_append(to, "\n", 1);
}

static void put_lines(emit_text *to, const source *from, lines *of)
{
    for (uint32_t first = 0; first < of->count;) {
        const uint32_t end = block_end(of, first);
        align_types(of, first, end);
        const uint32_t column = comment_column(of, first, end);
        for (uint32_t i = first; i < end; i++)
            put_line(to, from, &of->list[i], column);
        first = end;
    }
}

void format_schema(emit_text *to, const source *from, arena *memory)
{
    pieces all = {NULL, 0};
    lines out = {NULL, 0, false};
    if (!split(from, memory, &all)) {
        to->failed = true;
        return;
    }
    out.list = (line *)arena_take(memory, (all.count + (size_t)1) * sizeof *out.list);
    if (out.list == NULL) {
        to->failed = true;
        return;
    }
    put_together(&out, from, &all);
    put_lines(to, from, &out);
    for (uint32_t i = 0; i < out.count; i++) {
        to->failed = to->failed || out.list[i].code.failed;
        emit_text_free(&out.list[i].code);
    }
}
