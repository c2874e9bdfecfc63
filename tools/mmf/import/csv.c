#include "csv.h"
#include "csv_scan.h"

#include <stdlib.h>

static const char NOT_CLOSED[] = "this quote is never closed; close it, or double each quote that "
                                 "belongs to the text";
static const char TOO_LONG[] = "the row is longer than 64 MiB; a quote may be missing";
static const char QUOTE_WITHIN[] = "a quote in a cell that does not begin with one; put the cell "
                                   "in quotes, and double the quote";
static const char AFTER_QUOTE[] = "text after the quote that closes the cell; double the quote if "
                                  "it belongs to the text";

void csv_open(csv_reader *reader, input *in, char delimiter)
{
    memset(reader, 0, sizeof *reader);
    reader->in = in;
    reader->delimiter = delimiter;
}

void csv_close(csv_reader *reader)
{
    free(reader->cells);
    free(reader->unquoted);
    memset(reader, 0, sizeof *reader);
}

/* ---- Delimiters, quotes and line ends ---- */

/* Begins to look at `at`. */
static void scan_from(csv_reader *reader, const char *at)
{
    reader->block = at;
    reader->mask = at < reader->in->end ? csv_scan(at, reader->delimiter) : 0;
}

/* The next one; the end of what was read, when there is none before it. */
static const char *scan_next(csv_reader *reader)
{
    const char *end = reader->in->end;
    while (reader->mask == 0) {
        reader->block += CSV_SCAN_SIZE;
        if (reader->block >= end)
            return end;
        reader->mask = csv_scan(reader->block, reader->delimiter);
    }
    const char *at = reader->block + __builtin_ctzll(reader->mask);
    reader->mask &= reader->mask - 1;
    return at < end ? at : end; /* what is in the padding does not count */
}

/* ---- One row ---- */

typedef enum step {
    STEP_CELL, /* another cell follows */
    STEP_ROW,  /* the row is complete */
    STEP_MORE, /* it does not end in what was read */
    STEP_WRONG,
    STEP_NO_MEMORY
} step;

static bool has_room(csv_reader *reader)
{
    if (reader->count < reader->capacity)
        return true;
    const size_t capacity = reader->capacity > 0 ? reader->capacity * 2 : 64;
    csv_cell *cells = (csv_cell *)realloc(reader->cells, capacity * sizeof *cells);
    if (cells == NULL)
        return false;
    reader->cells = cells;
    reader->capacity = capacity;
    return true;
}

static step fail(csv_reader *reader, const char *at, const char *what)
{
    reader->wrong = what;
    reader->wrong_at = (uint32_t)(at - reader->in->begin);
    return STEP_WRONG;
}

/*
 * The end of a quoted cell: its closing quote. *lines counts the line ends within. STEP_CELL when
 * it was found.
 */
static step find_close(csv_reader *reader, const char **close, bool *doubled, uint64_t *lines)
{
    const char *end = reader->in->end;
    for (;;) {
        const char *at = scan_next(reader);
        if (at == end)
            return STEP_MORE;
        *lines += *at == '\n';
        if (*at != '"')
            continue;
        if (at + 1 == end && !reader->in->ended)
            return STEP_MORE;
        if (at + 1 == end || at[1] != '"') {
            *close = at;
            return STEP_CELL;
        }
        *doubled = true;
        (void)scan_next(reader); /* the second of the two */
    }
}

/* A CR that is the last byte of all is one, too. */
static bool is_line_end(const char *at, const char *end)
{
    return *at == '\n' || (*at == '\r' && (end - at == 1 || at[1] == '\n'));
}

/* Takes what ends a cell: at is its place, or in->end. The cell is in reader->cells[count]. */
static step end_cell(csv_reader *reader, const char *at, uint64_t *lines)
{
    reader->count++;
    if (at < reader->in->end && *at == reader->delimiter)
        return STEP_CELL;
    *lines += at < reader->in->end;
    return STEP_ROW;
}

static step take_quoted(csv_reader *reader, const char *quote, const char **next, uint64_t *lines)
{
    const char *end = reader->in->end;
    const char *close;
    bool doubled = false;
    const step found = find_close(reader, &close, &doubled, lines);
    if (found != STEP_CELL)
        return reader->in->ended ? fail(reader, quote, NOT_CLOSED) : found;
    const char *at = close + 1;
    if (end - at < 2 && !reader->in->ended)
        return STEP_MORE;
    if (at < end && *at != reader->delimiter && !is_line_end(at, end))
        return fail(reader, at, AFTER_QUOTE);
    if (at < end)
        at = scan_next(reader); /* the delimiter, or the '\n' after a '\r' */
    const csv_cell cell = {quote + 1, (uint32_t)(close - quote - 1),
                           (uint32_t)(quote - reader->in->begin), true, doubled};
    reader->cells[reader->count] = cell;
    *next = at + 1;
    return end_cell(reader, at, lines);
}

static step take_cell(csv_reader *reader, const char *from, const char **next, uint64_t *lines)
{
    if (!has_room(reader))
        return STEP_NO_MEMORY;
    const char *end = reader->in->end;
    const char *at = scan_next(reader);
    if (at == end && !reader->in->ended)
        return STEP_MORE;
    if (at < end && *at == '"')
        return at == from ? take_quoted(reader, at, next, lines) : fail(reader, at, QUOTE_WITHIN);
    const char *stop = at;
    if (at > from && at[-1] == '\r' && (at == end || *at == '\n'))
        stop--;
    const csv_cell cell = {from, (uint32_t)(stop - from), (uint32_t)(from - reader->in->begin),
                           false, false};
    reader->cells[reader->count] = cell;
    *next = at + 1;
    return end_cell(reader, at, lines);
}

/* Copies quoted cells that have doubled quotes, with each quote once. */
static bool undouble(csv_reader *reader)
{
    size_t size = 0;
    for (size_t i = 0; i < reader->count; i++)
        if (reader->cells[i].doubled)
            size += reader->cells[i].length;
    if (size > reader->unquoted_size) {
        char *unquoted = (char *)realloc(reader->unquoted, size);
        if (unquoted == NULL)
            return false;
        reader->unquoted = unquoted;
        reader->unquoted_size = size;
    }
    char *to = reader->unquoted;
    for (size_t i = 0; i < reader->count; i++) {
        csv_cell *cell = &reader->cells[i];
        if (!cell->doubled)
            continue;
        const char *text = to;
        for (uint32_t j = 0; j < cell->length; j++) {
            *to++ = cell->text[j];
            j += cell->text[j] == '"';
        }
        cell->text = text;
        cell->length = (uint32_t)(to - text);
    }
    return true;
}

/* The row that begins at in->begin. *next is the start of the next one. */
static step take_row(csv_reader *reader, const char **next, uint64_t *lines)
{
    const char *at = reader->in->begin;
    bool any_doubled = false;
    step found;
    reader->count = 0;
    *lines = 0;
    do {
        found = take_cell(reader, at, &at, lines);
        any_doubled =
            any_doubled || (reader->count > 0 && reader->cells[reader->count - 1].doubled);
    } while (found == STEP_CELL);
    *next = at < reader->in->end ? at : reader->in->end;
    return found == STEP_ROW && any_doubled && !undouble(reader) ? STEP_NO_MEMORY : found;
}

/* ---- Rows ---- */

/*
 * After a row that is no CSV: to the line after the mistake. *lines counts the line ends that were
 * passed. A line end within quotes may be taken for the end of the row; more errors follow then.
 */
static void recover(csv_reader *reader, uint64_t *lines)
{
    input *in = reader->in;
    const char *at = in->begin + reader->wrong_at;
    *lines = 0;
    for (const char *passed = in->begin; passed < at; passed++)
        *lines += *passed == '\n';
    reader->row_size = (size_t)(at - in->begin);
    for (;;) {
        char *end = (char *)memchr(at, '\n', (size_t)(in->end - at));
        if (end != NULL) {
            *lines += 1;
            in->begin = end + 1;
            return;
        }
        in->begin = in->end;
        if (in->ended)
            return;
        (void)input_more(in);
        at = in->begin;
    }
}

static void skip_mark(input *in)
{
    while (in->end - in->begin < 3 && input_more(in) == INPUT_MORE)
        continue;
    if (in->end - in->begin >= 3 && memcmp(in->begin, "\xef\xbb\xbf", 3) == 0)
        in->begin += 3;
}

csv_result csv_next(csv_reader *reader)
{
    input *in = reader->in;
    if (reader->block == NULL) {
        skip_mark(in);
        reader->next_line = 1;
        scan_from(reader, in->begin);
    }
    reader->line = reader->next_line;
    for (;;) {
        const char *next;
        uint64_t lines;
        step found = STEP_MORE;
        if (in->begin < in->end)
            found = take_row(reader, &next, &lines);
        else if (in->ended)
            return in->failed != 0 ? CSV_FAILED : CSV_END;
        if (found == STEP_ROW && in->ended && in->failed != 0 && next == in->end)
            return CSV_FAILED; /* the row may be a part of one */
        if (found == STEP_ROW) {
            reader->row = in->begin;
            reader->row_size = (size_t)(next - in->begin);
            reader->next_line = reader->line + lines;
            in->begin = (char *)next;
            return CSV_ROW;
        }
        if (found == STEP_MORE) {
            const input_result more = input_more(in);
            if (more == INPUT_NO_MEMORY)
                return CSV_NO_MEMORY;
            if (more == INPUT_TOO_LONG)
                found = fail(reader, in->begin, TOO_LONG);
            else
                scan_from(reader, in->begin);
        }
        if (found == STEP_NO_MEMORY)
            return CSV_NO_MEMORY;
        if (found == STEP_WRONG) {
            reader->row = in->begin;
            csv_locate(reader, reader->wrong_at, &reader->wrong_line, &reader->wrong_column);
            recover(reader, &lines);
            reader->next_line = reader->line + lines;
            scan_from(reader, in->begin);
            return CSV_WRONG;
        }
    }
}

void csv_locate(const csv_reader *reader, uint32_t at, uint64_t *line, uint64_t *column)
{
    *line = reader->line;
    *column = 1;
    for (uint32_t i = 0; i < at; i++) {
        const unsigned char c = (unsigned char)reader->row[i];
        *line += c == '\n';
        if (c == '\n')
            *column = 1;
        else
            *column += (c & 0xc0) != 0x80;
    }
}
