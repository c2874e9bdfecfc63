/* Reading CSV: no quotes, for numbers need none. */
#define _GNU_SOURCE

#include "examples/ticks/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPORTS_MAX   10
#define NS_PER_SECOND UINT64_C(1000000000)

/* Cuts a line at its commas, in place; the number of columns. */
static int split(char *line, char **columns)
{
    int count = 0;
    line[strcspn(line, "\r")] = '\0';
    for (char *at = line; at != NULL && count < CSV_COLUMNS_MAX;) {
        columns[count++] = strsep(&at, ",");
    }
    return count;
}

static int find_column(char **columns, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcasecmp(columns[i], name) == 0)
            return i;
    return -1;
}

/* Reads one line without its newline; one too long for the buffer is cut, and its rest dropped. */
static bool read_line(csv_reader *reader, char *line)
{
    size_t length = 0;
    int c = getc(reader->file);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(reader->file))
        if (length + 1 < CSV_LINE_SIZE)
            line[length++] = c != '\0' ? (char)c : '?'; /* a NUL would hide what follows */
    line[length] = '\0';
    reader->line++;
    return true;
}

/* The columns of the header line; a byte order mark belongs to none. */
static int read_header(csv_reader *reader, char *line, char **columns)
{
    static const char MARK[] = "\xef\xbb\xbf";
    if (!read_line(reader, line))
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
    reader->timestamp_column = find_column(columns, count, "timestamp");
    reader->price_column = find_column(columns, count, "close");
    if (reader->price_column < 0)
        reader->price_column = find_column(columns, count, "price");
    reader->volume_column = find_column(columns, count, "volume");
    if (reader->timestamp_column >= 0 && reader->price_column >= 0 && reader->volume_column >= 0)
        return true;
    (void)fprintf(stderr,
                  "%s:1: the header line must name the columns timestamp, close (or price) and "
                  "volume\n",
                  path);
    csv_close(reader);
    return false;
}

static bool parse_number(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out);
}

/* Seconds have at most 10 digits until the year 2286; each finer unit has three more. */
static bool parse_integer_time(const char *text, uint64_t *out)
{
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 19 || text[digits] != '\0')
        return false;
    const uint64_t value = strtoull(text, NULL, 10);
    *out = digits <= 10   ? value * NS_PER_SECOND
           : digits <= 13 ? value * 1000000
           : digits <= 16 ? value * 1000
                          : value;
    return true;
}

/* False for what no calendar has, such as the 30th of February. */
static bool is_date(struct tm parts)
{
    const int day = parts.tm_mday;
    (void)timegm(&parts);
    return parts.tm_mday == day;
}

/* 2024-01-31T23:59:59.5, with a blank for the T, and a Z or +00:00 behind, if you like. */
static bool parse_iso_time(const char *text, uint64_t *out)
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
    uint64_t fraction = 0;
    if (*at == '.') {
        uint64_t unit = NS_PER_SECOND;
        for (at++; *at >= '0' && *at <= '9'; at++) {
            unit /= 10;
            fraction += (uint64_t)(*at - '0') * unit;
        }
    }
    if (strcmp(at, "") != 0 && strcmp(at, "Z") != 0 && strcmp(at, "+00:00") != 0)
        return false;
    const time_t seconds = timegm(&parts);
    if (seconds < 0)
        return false;
    *out = (uint64_t)seconds * NS_PER_SECOND + fraction;
    return true;
}

static const char *parse_trade(const csv_reader *reader, char *line, csv_trade *out)
{
    char *columns[CSV_COLUMNS_MAX];
    const int count = split(line, columns);
    if (reader->timestamp_column >= count || reader->price_column >= count ||
        reader->volume_column >= count)
        return "it has too few columns";
    const char *time = columns[reader->timestamp_column];
    if (!parse_integer_time(time, &out->timestamp) && !parse_iso_time(time, &out->timestamp))
        return "its timestamp is neither ISO 8601 in UTC nor a whole number";
    if (!parse_number(columns[reader->price_column], &out->price))
        return "its price is not a number";
    if (!parse_number(columns[reader->volume_column], &out->volume))
        return "its volume is not a number";
    return NULL;
}

bool csv_next(csv_reader *reader, csv_trade *out)
{
    char line[CSV_LINE_SIZE];
    while (read_line(reader, line)) {
        const char *wrong = parse_trade(reader, line, out);
        if (wrong == NULL)
            return true;
        if (reader->bad++ < REPORTS_MAX)
            (void)fprintf(stderr, "%s:%" PRIu64 ": line passed over: %s\n", reader->path,
                          reader->line, wrong);
    }
    return false;
}

void csv_close(csv_reader *reader)
{
    if (reader->file != NULL)
        (void)fclose(reader->file);
    reader->file = NULL;
}
