/*
 * The text of one schema file, and places in it.
 *
 * A place is a span of bytes; lines and columns are only worked out when a message needs them.
 */
#ifndef MMF_GEN_SOURCE_H
#define MMF_GEN_SOURCE_H

#include "arena.h"
#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/* Schemas are written by hand: a larger file is a mistake. */
#define SOURCE_SIZE_MAX 1048576u

/* A range of bytes of the text. Length 0 is the place before the byte at offset. */
typedef struct source_span {
    uint32_t offset;
    uint32_t length;
} source_span;

/* Both count from 1. A column counts characters: a tab or a multi-byte UTF-8 sequence is one. */
typedef struct source_position {
    uint32_t line;
    uint32_t column;
} source_position;

typedef struct source {
    const char *path; /* as the user gave it */
    const char *name; /* the last part of path */
    const char *text; /* size bytes, then a NUL that is not part of the text */
    uint32_t size;
} source;

/*
 * Reads the file at path into memory. It must be a readable regular file of at most
 * SOURCE_SIZE_MAX bytes; for anything else the message says what was found. The lexer checks the
 * content.
 */
mmf_status source_read(const char *path, arena *memory, source *out, mmf_error *error);

/* The same from text in memory, which is copied; path is only used in messages. */
mmf_status source_from_text(const char *path, const char *text, size_t size, arena *memory,
                            source *out, mmf_error *error);

/* The position of a byte; an offset beyond the text counts as its end. */
source_position source_locate(const source *from, uint32_t offset);

/* The line that the byte at offset is on, without its line end (LF or CRLF). */
source_span source_line(const source *from, uint32_t offset);

/*
 * Decodes the UTF-8 character that begins at text. Returns its length in bytes, or 0 when the bytes
 * are not valid UTF-8. size must not be 0.
 */
uint32_t source_decode(const char *text, uint32_t size, uint32_t *code_point);

MMF_END_DECLS

#endif
