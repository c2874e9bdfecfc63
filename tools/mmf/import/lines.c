#include "lines.h"

#include <string.h>

void lines_open(lines_reader *reader, input *in)
{
    memset(reader, 0, sizeof *reader);
    reader->in = in;
}

static lines_result take(lines_reader *reader, char *end, char *next)
{
    input *in = reader->in;
    reader->text = in->begin;
    reader->length = (size_t)(end - in->begin);
    reader->number++;
    in->begin = next;
    return LINES_LINE;
}

lines_result lines_next(lines_reader *reader)
{
    input *in = reader->in;
    size_t passed = 0; /* bytes that have no line end */
    for (;;) {
        const size_t size = (size_t)(in->end - in->begin);
        char *end = size > passed ? (char *)memchr(in->begin + passed, '\n', size - passed) : NULL;
        if (end != NULL)
            return take(reader, end, end + 1);
        passed = size;
        switch (input_more(in)) {
        case INPUT_MORE:
            break;
        case INPUT_TOO_LONG:
            return LINES_TOO_LONG;
        case INPUT_NO_MEMORY:
            return LINES_NO_MEMORY;
        default:
            if (in->failed != 0)
                return LINES_FAILED;
            return size > 0 ? take(reader, in->end, in->end) : LINES_END;
        }
    }
}
