/* Checks that a file is text, and classifies its characters. */
#include "characters.h"

#include <inttypes.h>

static bool is_between(uint32_t value, uint32_t first, uint32_t last)
{
    return value >= first && value <= last;
}

/* Characters that make an editor show text in a different order from the bytes. */
static bool is_reordering(uint32_t code_point)
{
    return is_between(code_point, 0x202a, 0x202e) || is_between(code_point, 0x2066, 0x2069);
}

static bool is_control(uint32_t code_point)
{
    return (code_point < 0x20 && code_point != '\t' && code_point != '\n') ||
           is_between(code_point, 0x7f, 0x9f) || is_reordering(code_point);
}

static bool is_crlf(const source *from, uint32_t at)
{
    return from->text[at] == '\r' && at + 1 < from->size && from->text[at + 1] == '\n';
}

static void report_encoding(diag_list *list, uint32_t at)
{
    const unsigned char *text = (const unsigned char *)list->from->text + at;
    const source_span span = {at, 1};
    const bool utf16 =
        at == 0 && list->from->size >= 2 &&
        ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff));
    if (utf16)
        diag_report(list, span, "the file is UTF-16; expected UTF-8");
    else
        diag_report(list, span, "byte 0x%02x is not valid UTF-8 here", text[0]);
    diag_hint(list, "save the file as UTF-8");
}

static void report_control(diag_list *list, source_span span, uint32_t code_point)
{
    if (code_point == 0) {
        diag_report(list, span, "NUL byte; a schema is a text file");
        diag_hint(list, "check that this is the right file, saved as UTF-8");
        return;
    }
    if (code_point == '\r') {
        diag_report(list, span, "carriage return without a line feed after it");
        diag_hint(list, "end lines with LF or CRLF");
        return;
    }
    diag_report(list, span, "control character U+%04" PRIX32 "; not allowed, even in comments",
                code_point);
    diag_hint(list, "delete it; it is invisible in most editors");
}

bool characters_check(const source *from, diag_list *list)
{
    uint32_t length = 0;
    for (uint32_t at = 0; at < from->size; at += length) {
        uint32_t code_point = 0;
        length = source_decode(from->text + at, from->size - at, &code_point);
        if (length == 0) {
            report_encoding(list, at);
            return false;
        }
        if (is_control(code_point) && !is_crlf(from, at)) {
            report_control(list, (source_span){at, length}, code_point);
            return false;
        }
    }
    return true;
}

bool character_is_letter(uint32_t code_point)
{
    static const struct {
        uint32_t first, last;
    } SYMBOLS[] = {
        {0x0000, 0x00bf}, {0x00d7, 0x00d7},   {0x00f7, 0x00f7},    {0x2000, 0x2bff},
        {0x3000, 0x303f}, {0xfe00, 0xfe6f},   {0xfeff, 0xff0f},    {0xff1a, 0xff20},
        {0xff3b, 0xff40}, {0xff5b, 0xff65},   {0xffe0, 0xffff},    {0xe000, 0xf8ff},
        {0x1680, 0x1680}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff},
    };
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof SYMBOLS[0]; i++)
        if (is_between(code_point, SYMBOLS[i].first, SYMBOLS[i].last))
            return false;
    return true;
}

bool character_is_blank(uint32_t code_point)
{
    return code_point == 0xa0 || is_between(code_point, 0x2000, 0x200f) || code_point == 0x3000;
}
