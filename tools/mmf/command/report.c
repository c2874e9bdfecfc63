#include "report.h"

#include "../text/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *current_verb;

void report_set_verb(const char *verb)
{
    current_verb = verb;
}

/* Bytes of the character that text begins with, which a terminal shows; 0 for another byte. */
static size_t printable_length(const unsigned char *text, size_t length)
{
    if (text[0] < 0x80)
        return text[0] >= 0x20 && text[0] != 0x7f;
    /* Latin-1 has control characters, too. */
    if (text[0] == 0xc2 && length > 1 && text[1] < 0xa0)
        return 0;
    return utf8_length(text, length);
}

size_t report_printable(const char *text, size_t length, char *out, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < length;) {
        const size_t bytes = printable_length((const unsigned char *)text + i, length - i);
        if (at + (bytes > 0 ? bytes : 4) >= size)
            break;
        if (bytes == 0) {
            (void)snprintf(out + at, 5, "\\x%02x", (unsigned)(unsigned char)text[i]);
            at += 4;
            i++;
            continue;
        }
        memcpy(out + at, text + i, bytes);
        at += bytes;
        i += bytes;
    }
    out[at] = '\0';
    return at;
}

static void say(const char *text)
{
    char shown[4 * MMF_ERROR_MESSAGE_SIZE];
    (void)report_printable(text, strlen(text), shown, sizeof shown);
    (void)fprintf(stderr, "mmf%s%s: %s\n", current_verb != NULL ? " " : "",
                  current_verb != NULL ? current_verb : "", shown);
}

MMFI_PRINTF(1, 0)
static void say_list(const char *format, va_list list)
{
    char text[2 * MMF_ERROR_MESSAGE_SIZE];
    (void)vsnprintf(text, sizeof text, format, list);
    say(text);
}

void report(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say_list(format, list);
    va_end(list);
}

exit_status report_status_to_exit(mmf_status status)
{
    switch (status) {
    case MMF_OK:
        return EXIT_GOOD;
    case MMF_ERR_TOO_LONG:
    case MMF_ERR_FORMAT:
    case MMF_ERR_CORRUPT:
    case MMF_ERR_SCHEMA:
    case MMF_ERR_VERSION:
    case MMF_ERR_NULL:
    case MMF_ERR_ENUM:
        return EXIT_FOUND;
    default:
        return EXIT_TROUBLE;
    }
}

exit_status report_error(const mmf_error *error)
{
    report("%s", error->message[0] != '\0' ? error->message : mmf_status_text(error->status));
    return report_status_to_exit(error->status);
}

exit_status report_usage(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say_list(format, list);
    va_end(list);
    (void)fprintf(stderr, "usage: see mmf %s%s--help\n", current_verb != NULL ? current_verb : "",
                  current_verb != NULL ? " " : "");
    return EXIT_TROUBLE;
}

void report_place(const char *path, uint64_t line, uint64_t column, const char *what)
{
    char shown_path[4 * MMF_ERROR_PATH_SIZE];
    char shown[4 * MMF_ERROR_MESSAGE_SIZE];
    (void)report_printable(path, strlen(path), shown_path, sizeof shown_path);
    (void)report_printable(what, strlen(what), shown, sizeof shown);
    (void)fprintf(stderr, "%s:%" PRIu64 ":%" PRIu64 ": error: %s\n", shown_path, line, column,
                  shown);
}

exit_status report_no_memory(void)
{
    report("not enough memory; end other programs, or raise the limit (ulimit -v)");
    return EXIT_TROUBLE;
}
