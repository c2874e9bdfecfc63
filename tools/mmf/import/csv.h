/*
 * Rows of CSV, as RFC 4180 has it: cells between delimiters, in quotes where they contain one, a
 * line end, or a quote, which is doubled there. Lines end in LF or CRLF, the last one perhaps in
 * neither; a byte order mark at the start is skipped. A quote within a cell that does not begin
 * with one is an error, and so is anything between a closing quote and the delimiter: programs
 * disagree about what they mean.
 *
 *     csv_reader reader;
 *     csv_open(&reader, &in, ',');
 *     while ((result = csv_next(&reader)) == CSV_ROW)
 *         use(reader.cells, reader.count);
 *     csv_close(&reader);
 */
#ifndef MMF_IMPORT_CSV_H
#define MMF_IMPORT_CSV_H

#include "input.h"

MMF_BEGIN_DECLS

typedef struct csv_cell {
    const char *text; /* without the quotes around it, and each quote in it once */
    uint32_t length;
    uint32_t at; /* bytes from the start of the row to the first of the cell, or its quote */
    bool quoted;
    bool doubled; /* private: it has doubled quotes */
} csv_cell;

typedef enum csv_result {
    CSV_ROW,
    CSV_END,
    CSV_WRONG,  /* the row is no CSV: see wrong and wrong_at; the next call goes on after it */
    CSV_FAILED, /* in->failed has the errno */
    CSV_NO_MEMORY
} csv_result;

typedef struct csv_reader {
    input *in;
    char delimiter;
    /* The row: valid until the next call. */
    csv_cell *cells;
    size_t count;
    const char *row; /* its text, of row_size bytes with the line end */
    size_t row_size;
    uint64_t line;       /* of its first byte, from 1 */
    const char *wrong;   /* of CSV_WRONG: what was found, and what to do */
    uint64_t wrong_line; /* and where, as csv_locate says it */
    uint64_t wrong_column;
    /* Private. */
    uint32_t wrong_at;  /* bytes from the start of the row */
    uint64_t next_line; /* of the next row */
    size_t capacity;    /* of cells */
    const char *block;  /* 64 bytes, and those in them that may be the end of something */
    uint64_t mask;
    char *unquoted;
    size_t unquoted_size;
} csv_reader;

/* The delimiter is neither a quote, a line end nor a part of a character. */
void csv_open(csv_reader *reader, input *in, char delimiter);
void csv_close(csv_reader *reader);

csv_result csv_next(csv_reader *reader);

/* The line and the column, in characters from 1, of a byte of the row. */
void csv_locate(const csv_reader *reader, uint32_t at, uint64_t *line, uint64_t *column);

MMF_END_DECLS

#endif
