/* Collects diagnostics and prints each with its source line. */
#include "diag.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* ---- Collecting ---- */

void diag_init(diag_list *list, const source *from)
{
    list->from = from;
    list->count = 0;
    list->muted = false;
    list->skipped = false;
}

void diag_mute(diag_list *list)
{
    list->muted = true;
}

void diag_skip(diag_list *list)
{
    list->skipped = true;
}

void diag_report(diag_list *list, source_span at, const char *format, ...)
{
    list->skipped = false;
    if (list->muted || list->count++ >= DIAG_ERRORS_MAX)
        return;
    diag_error *error = &list->errors[list->count - 1];
    memset(error, 0, sizeof *error);
    error->at = at;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
}

/* The error that a hint or note belongs to; NULL when the error is not kept. */
static diag_error *last_error(diag_list *list)
{
    assert(list->count > 0 || list->muted || list->skipped);
    const bool dropped = list->muted || list->skipped || list->count > DIAG_ERRORS_MAX;
    return dropped ? NULL : &list->errors[list->count - 1];
}

void diag_hint(diag_list *list, const char *format, ...)
{
    diag_error *error = last_error(list);
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
}

void diag_note(diag_list *list, source_span at, const char *format, ...)
{
    diag_error *error = last_error(list);
    if (error == NULL)
        return;
    error->note_at = at;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->note, sizeof error->note, format, arguments);
    va_end(arguments);
}

/* ---- Characters as a terminal shows them ---- */

#define TAB_WIDTH 4u

/* One character of the source as it is printed: its text, and the columns that the text takes. */
typedef struct glyph {
    const char *text;
    uint32_t length; /* bytes of text */
    uint32_t taken;  /* bytes of the source */
    uint32_t width;
} glyph;

/* The ranges that are likely in comments of a schema: combining characters, and wide scripts. */
static uint32_t width_of(uint32_t code_point)
{
    static const struct {
        uint32_t first, last, width;
    } RANGES[] = {
        {0x0300, 0x036f, 0},   {0x200b, 0x200f, 0},   {0xfe00, 0xfe0f, 0}, {0xfeff, 0xfeff, 0},
        {0x1100, 0x115f, 2},   {0x2e80, 0xa4cf, 2},   {0xac00, 0xd7a3, 2}, {0xf900, 0xfaff, 2},
        {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2}, {0x1f300, 0x1f64f, 2},
        {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++)
        if (code_point >= RANGES[i].first && code_point <= RANGES[i].last)
            return RANGES[i].width;
    return 1;
}

/* column is where the glyph begins, from 0; a tab extends to the next tab stop. size is not 0. */
static glyph glyph_at(const char *text, uint32_t size, uint32_t column)
{
    if (*text == '\t')
        return (glyph){"    ", TAB_WIDTH - column % TAB_WIDTH, 1, TAB_WIDTH - column % TAB_WIDTH};
    uint32_t code_point = 0;
    const uint32_t length = source_decode(text, size, &code_point);
    /* A terminal may interpret control characters, so they are never printed. */
    if (length == 0 || code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f))
        return (glyph){"?", 1, length > 0 ? length : 1, 1};
    return (glyph){text, length, length, width_of(code_point)};
}

diag_text diag_quote(const diag_list *list, source_span span)
{
    diag_text out = {"'"};
    const char *from = list->from->text + span.offset;
    const size_t room = sizeof out.text - sizeof "...'";
    size_t length = 1;
    for (uint32_t at = 0; at < span.length;) {
        const glyph next = glyph_at(from + at, span.length - at, 0);
        if (length + next.length > room) {
            memcpy(out.text + length, "...", 3);
            length += 3;
            break;
        }
        memcpy(out.text + length, next.text, next.length);
        length += next.length;
        at += next.taken;
    }
    out.text[length] = '\'';
    return out;
}

/* ---- Printing ---- */

#define WINDOW_WIDTH 100u /* columns shown of a line that is wider */
#define WINDOW_LEAD  40u  /* of these, the columns before the place of the error */

/* The columns of a line that are shown. */
typedef struct window {
    uint32_t first;
    uint32_t end;
} window;

static uint32_t width_until(const char *line, uint32_t size)
{
    uint32_t column = 0;
    for (uint32_t at = 0; at < size;) {
        const glyph next = glyph_at(line + at, size - at, column);
        column += next.width;
        at += next.taken;
    }
    return column;
}

static void print_repeated(FILE *out, char character, uint32_t count)
{
    while (count-- > 0)
        (void)fputc(character, out);
}

static uint32_t clamp(uint32_t value, window within)
{
    if (value < within.first)
        return within.first;
    return value > within.end ? within.end : value;
}

static void print_window(const char *line, uint32_t size, window shown, FILE *out)
{
    uint32_t column = 0;
    for (uint32_t at = 0; at < size && column < shown.end;) {
        const glyph next = glyph_at(line + at, size - at, column);
        const uint32_t begin = clamp(column, shown);
        const uint32_t end = clamp(column + next.width, shown);
        if (column >= shown.first && column + next.width <= shown.end)
            (void)fwrite(next.text, 1, next.length, out);
        else
            print_repeated(out, ' ', end - begin); /* half of a wide character, at the edge */
        column += next.width;
        at += next.taken;
    }
}

/* The source line that span begins on, and a caret line under the part of span on that line. */
static void print_excerpt(const source *from, source_span span, FILE *out)
{
    const source_span place = source_line(from, span.offset);
    const char *line = from->text + place.offset;
    const uint32_t line_end = place.offset + place.length;
    const uint32_t begin = span.offset < line_end ? span.offset : line_end;
    const uint32_t end = span.length < line_end - begin ? begin + span.length : line_end;

    const uint32_t width = width_until(line, place.length);
    const uint32_t caret = width_until(line, begin - place.offset);
    const uint32_t caret_end = width_until(line, end - place.offset);
    window shown = {0, width};
    if (width > WINDOW_WIDTH) {
        shown.first = caret > WINDOW_LEAD ? caret - WINDOW_LEAD : 0;
        shown.end = shown.first + WINDOW_WIDTH < width ? shown.first + WINDOW_WIDTH : width;
    }
    const char *cut_before = shown.first > 0 ? "..." : "";
    const char *cut_after = shown.end < width ? "..." : "";

    const uint32_t number = source_locate(from, span.offset).line;
    (void)fprintf(out, "%5" PRIu32 " |%s%s", number, width > 0 ? " " : "", cut_before);
    print_window(line, place.length, shown, out);
    (void)fprintf(out, "%s\n      | ", cut_after);
    print_repeated(out, ' ', (uint32_t)strlen(cut_before) + caret - shown.first);
    (void)fputc('^', out);
    const uint32_t last = clamp(caret_end, shown);
    print_repeated(out, '~', last > caret + 1 ? last - caret - 1 : 0);
    (void)fputc('\n', out);
}

static void print_place(const source *from, source_span at, const char *kind, const char *message,
                        FILE *out)
{
    const source_position position = source_locate(from, at.offset);
    (void)fprintf(out, "%s:%" PRIu32 ":%" PRIu32 ": %s: %s\n", from->path, position.line,
                  position.column, kind, message);
    print_excerpt(from, at, out);
}

static void print_error(const source *from, const diag_error *error, FILE *out)
{
    print_place(from, error->at, "error", error->message, out);
    if (error->hint[0] != '\0')
        (void)fprintf(out, "hint: %s\n", error->hint);
    if (error->note[0] != '\0')
        print_place(from, error->note_at, "note", error->note, out);
}

void diag_print(const diag_list *list, FILE *out)
{
    /* Each check reports over the whole file; a reader expects the order of the file. */
    const diag_error *sorted[DIAG_ERRORS_MAX];
    const uint32_t kept = list->count < DIAG_ERRORS_MAX ? list->count : DIAG_ERRORS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        uint32_t place = i;
        for (; place > 0 && sorted[place - 1]->at.offset > list->errors[i].at.offset; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = &list->errors[i];
    }
    for (uint32_t i = 0; i < kept; i++)
        print_error(list->from, sorted[i], out);
    if (list->count > kept)
        (void)fprintf(out, "%s: error: too many errors: %" PRIu32 " in all, %" PRIu32 " shown\n",
                      list->from->path, list->count, kept);
}
