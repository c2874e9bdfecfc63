/* Trades out of a CSV file, one line at a time. */
#ifndef MMF_EXAMPLES_TICKS_CSV_H
#define MMF_EXAMPLES_TICKS_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CSV_COLUMNS_MAX 64
#define CSV_LINE_SIZE   4096

typedef struct csv_trade {
    int64_t timestamp; /* nanoseconds since the Unix epoch */
    double price;
    double volume;
} csv_trade;

typedef struct csv_reader {
    FILE *file;
    const char *path;
    int columns; /* of the header line, and so of each other */
    int timestamp_column;
    int price_column;
    int volume_column;
    uint64_t line; /* the one read last, from 1 */
    uint64_t bad;  /* lines that were no trade */
    bool failed;   /* the file could not be read to its end */
} csv_reader;

/*
 * Opens the file and reads its header line, which must name `timestamp`, `close` or `price`, and
 * `volume`, in any order. False after a message on stderr.
 */
bool csv_open(csv_reader *reader, const char *path);

/*
 * The next trade; false at the end, or when the file cannot be read, which sets `failed` after a
 * message. A line that is none is reported on stderr with its number and the byte in it (the first
 * ten), counted and passed over: one that is longer than CSV_LINE_SIZE - 1 bytes, that has quotes
 * or another number of columns than the header line, or whose values are not what they should be.
 * Timestamps are ISO 8601 in UTC, or whole numbers of seconds (10 digits), milliseconds (13),
 * microseconds (16) or nanoseconds (19) since 1970.
 */
bool csv_next(csv_reader *reader, csv_trade *out);

void csv_close(csv_reader *reader);

#endif
