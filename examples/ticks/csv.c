/*
 * Reading CSV: no quotes, for numbers need none. What is not certain to be a trade is not taken for
 * one: a wrong number in a store is worse than a line that was passed over.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "examples/ticks/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPORTS_MAX   10
#define SHOWN_MAX     32 /* bytes of a text that a message shows */
#define NS_PER_SECOND INT64_C(1000000000)
#define SECONDS_MAX   (INT64_MAX / NS_PER_SECOND) /* in the year 2262 */

/* Cuts a line at its commas, in place; the number of columns, of which the first 64 are kept. */
static int split(char *line, char **columns)
{
    int count = 0;
    for (char *at = line; at != NULL; count++) {
        char *column = strsep(&at, ",");
        if (count < CSV_COLUMNS_MAX)
            columns[count] = column;
    }
    return count;
}

static int find_column(char **columns, int count, const char *name)
{
    for (int i = 0; i < count && i < CSV_COLUMNS_MAX; i++)
        if (strcasecmp(columns[i], name) == 0)
            return i;
    return -1;
}

/*
 * Reads one line without its newline; false at the end of the file. What a buffer has no room for
 * is dropped, and *length is that of the whole line, so that a part is not taken for it.
 */
static bool read_line(csv_reader *reader, char *line, size_t *length)
{
    *length = 0;
    int c = getc(reader->file);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(reader->file), ++*length)
        if (*length + 1 < CSV_LINE_SIZE)
            line[*length] = c != '\0' ? (char)c : '?'; /* a NUL would hide what follows */
    const size_t kept = *length < CSV_LINE_SIZE ? *length : CSV_LINE_SIZE - 1;
    line[kept] = '\0';
    if (kept > 0 && kept == *length && line[kept - 1] == '\r')
        line[kept - 1] = '\0';
    reader->line++;
    return true;
}

/* A read that failed looks like the end of the file, and is not. */
static void check_end(csv_reader *reader)
{
    if (ferror(reader->file) == 0)
        return;
    reader->failed = true;
    (void)fprintf(stderr, "%s: cannot be read after line %" PRIu64 ": %s\n", reader->path,
                  reader->line, strerror(errno));
}

/* The columns of the header line; a byte order mark belongs to none. */
static int read_header(csv_reader *reader, char *line, char **columns)
{
    static const char MARK[] = "\xef\xbb\xbf";
    size_t length;
    if (!read_line(reader, line, &length)) {
        check_end(reader);
        return 0;
    }
    if (length >= CSV_LINE_SIZE)
        return 0;
    return split(strncmp(line, MARK, strlen(MARK)) == 0 ? line + strlen(MARK) : line, columns);
}

bool csv_open(csv_reader *reader, const char *path)
{
    memset(reader, 0, sizeof *reader);
    reader->path = path;
    reader->file = fopen(path, "re");
    if (reader->file == NULL) {
        (void)fprintf(stderr, "%s: cannot be opened: %s\n", path, strerror(errno));
        return false;
    }
    char line[CSV_LINE_SIZE] = "";
    char *columns[CSV_COLUMNS_MAX];
    const int count = read_header(reader, line, columns);
    reader->columns = count;
    reader->timestamp_column = find_column(columns, count, "timestamp");
    reader->price_column = find_column(columns, count, "close");
    if (reader->price_column < 0)
        reader->price_column = find_column(columns, count, "price");
    reader->volume_column = find_column(columns, count, "volume");
    if (reader->timestamp_column >= 0 && reader->price_column >= 0 && reader->volume_column >= 0)
        return true;
    if (!reader->failed)
        (void)fprintf(stderr,
                      "%s:1: the header line must name the columns timestamp, close (or price) and "
                      "volume, separated by commas, in at most %d bytes\n",
                      path, CSV_LINE_SIZE - 1);
    csv_close(reader);
    return false;
}

/* ---- Numbers and times ---- */

/* strtod takes hexadecimal, names and blanks, too. */
static bool parse_number(const char *text, double *out)
{
    char *end = NULL;
    if (*text == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
        return false;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

/*
 * Seconds have 10 digits from 2001 to 2286, and each finer unit three more. Another number may be
 * anything: 20210101 is a day, 202101011200 a minute, and 7 the number of a row.
 */
static bool parse_integer_time(const char *text, int64_t *out)
{
    const size_t digits = strspn(text, "0123456789");
    if (text[0] == '0' || text[digits] != '\0')
        return false;
    const int64_t unit = digits == 10   ? NS_PER_SECOND
                         : digits == 13 ? 1000000
                         : digits == 16 ? 1000
                         : digits == 19 ? 1
                                        : 0;
    const uint64_t number = strtoull(text, NULL, 10); /* 19 digits have room */
    if (unit == 0 || number > (uint64_t)(INT64_MAX / unit))
        return false;
    *out = (int64_t)number * unit;
    return true;
}

/* False for what no calendar has, such as the 30th of February. */
static bool is_date(struct tm parts)
{
    const int day = parts.tm_mday;
    (void)timegm(&parts);
    return parts.tm_mday == day;
}

/* 2024-01-31T23:59:59.5, with a blank for the T, and Z or +00:00 at the end, if you like. */
static bool parse_iso_time(const char *text, int64_t *out)
{
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    const char *at = strptime(text, "%Y-%m-%d", &parts);
    if (at == NULL || !is_date(parts))
        return false;
    if (*at == 'T' || *at == ' ') {
        at = strptime(at + 1, "%H:%M:%S", &parts);
        if (at == NULL)
            return false;
    }
    int64_t fraction = 0;
    if (*at == '.') {
        int64_t unit = NS_PER_SECOND;
        for (at++; *at >= '0' && *at <= '9'; at++) {
            unit /= 10;
            fraction += (*at - '0') * unit;
        }
    }
    if (strcmp(at, "") != 0 && strcmp(at, "Z") != 0 && strcmp(at, "+00:00") != 0)
        return false;
    const time_t seconds = timegm(&parts);
    if (seconds < 0 || seconds >= SECONDS_MAX)
        return false;
    *out = seconds * NS_PER_SECOND + fraction;
    return true;
}

/* ---- Lines ---- */

/* The reason why a line is not a trade, and the place in the line. */
typedef struct complaint {
    size_t at;        /* the byte in the line, from 1 */
    const char *what; /* NULL when there is none */
    char found[SHOWN_MAX + 4];
} complaint;

/* A file's bytes are not let loose on a terminal. */
static void show(const char *text, char found[SHOWN_MAX + 4])
{
    size_t length = 0;
    for (; text[length] != '\0' && length < SHOWN_MAX; length++)
        found[length] = text[length] >= ' ' && text[length] <= '~' ? text[length] : '?';
    (void)strcpy(found + length, text[length] != '\0' ? "..." : "");
}

static complaint complain(const char *line, const char *at, const char *what)
{
    complaint of = {(size_t)(at - line) + 1, what, ""};
    show(at, of.found);
    return of;
}

static complaint parse_trade(const csv_reader *reader, char *line, size_t length, csv_trade *out)
{
    if (length >= CSV_LINE_SIZE)
        return complain(line, line + CSV_LINE_SIZE - 1, "the line has more than 4,095 bytes");
    const char *quote = strchr(line, '"');
    if (quote != NULL)
        return complain(line, quote, "there is a quote, and commas in quotes are not understood");
    char *columns[CSV_COLUMNS_MAX];
    const int count = split(line, columns);
    if (count != reader->columns)
        return complain(line, line,
                        count < reader->columns ? "there are fewer columns than in the header line"
                                                : "there are more columns than in the header line");
    const char *time = columns[reader->timestamp_column];
    if (!parse_integer_time(time, &out->timestamp) && !parse_iso_time(time, &out->timestamp))
        return complain(line, time,
                        "the timestamp is neither ISO 8601 in UTC from 1970 to 2262, nor a whole "
                        "number of 10 digits (seconds), 13, 16 or 19");
    const char *price = columns[reader->price_column];
    if (!parse_number(price, &out->price))
        return complain(line, price, "the price is not a decimal number");
    const char *volume = columns[reader->volume_column];
    if (!parse_number(volume, &out->volume))
        return complain(line, volume, "the volume is not a decimal number");
    return (complaint){0, NULL, ""};
}

bool csv_next(csv_reader *reader, csv_trade *out)
{
    char line[CSV_LINE_SIZE];
    size_t length;
    while (read_line(reader, line, &length)) {
        const complaint wrong = parse_trade(reader, line, length, out);
        if (wrong.what == NULL)
            return true;
        if (reader->bad++ < REPORTS_MAX)
            (void)fprintf(stderr, "%s:%" PRIu64 ":%zu: line passed over: %s; found '%s'\n",
                          reader->path, reader->line, wrong.at, wrong.what, wrong.found);
    }
    check_end(reader);
    return false;
}

void csv_close(csv_reader *reader)
{
    if (reader->file != NULL)
        (void)fclose(reader->file);
    reader->file = NULL;
}
