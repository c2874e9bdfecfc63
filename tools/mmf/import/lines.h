/* The lines of an input. */
#ifndef MMF_IMPORT_LINES_H
#define MMF_IMPORT_LINES_H

#include "input.h"

MMF_BEGIN_DECLS

typedef enum lines_result {
    LINES_LINE,
    LINES_END,
    LINES_TOO_LONG, /* longer than INPUT_ROW_SIZE_MAX */
    LINES_FAILED,   /* in->failed has the errno */
    LINES_NO_MEMORY
} lines_result;

typedef struct lines_reader {
    input *in;
    uint64_t number;  /* of the line, from 1 */
    const char *text; /* of the line without its LF; until the next call */
    size_t length;
} lines_reader;

void lines_open(lines_reader *reader, input *in);

lines_result lines_next(lines_reader *reader);

MMF_END_DECLS

#endif
