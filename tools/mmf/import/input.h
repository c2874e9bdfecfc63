/*
 * A file, a pipe or standard input, read in blocks, and never mapped: a file that another program
 * truncates is a shorter file here, and not a signal.
 *
 * What was read and not consumed lies between begin and end in one piece; when a row does not end
 * there, input_more reads on.
 */
#ifndef MMF_IMPORT_INPUT_H
#define MMF_IMPORT_INPUT_H

#include "mmapforge/status.h"

MMF_BEGIN_DECLS

/* Bytes after end that may be read, with any content. */
#define INPUT_PADDING 64u

/* Where there is no end to a row: a quote that is never closed swallows the rest of the file. */
#define INPUT_ROW_SIZE_MAX ((size_t)64 << 20)

#define INPUT_BLOCK_SIZE ((size_t)1 << 20)

typedef struct input {
    const char *path; /* as it was given; messages have input_name */
    int fd;
    bool is_ours; /* the descriptor is to be closed */
    bool ended;   /* there is nothing after end */
    int failed;   /* errno of a read that failed; ended is true then */
    char *buffer;
    size_t capacity; /* of buffer, less the padding */
    char *begin;
    char *end;
    uint64_t read;  /* bytes read so far */
    uint64_t total; /* bytes of a regular file, from where it was opened; 0 when it is not one */
} input;

typedef enum input_result {
    INPUT_MORE,     /* there are bytes that were not there before */
    INPUT_ENDED,    /* there are none to come; in->failed tells a failure from the end */
    INPUT_TOO_LONG, /* begin to end is INPUT_ROW_SIZE_MAX bytes */
    INPUT_NO_MEMORY
} input_result;

/*
 * Opens the file, or standard input for "-". MMF_ERR_NOT_FOUND, MMF_ERR_IO, or MMF_ERR_NO_MEMORY
 * with a message otherwise. Release with input_close, also after a failure.
 */
mmf_status input_open(input *in, const char *path, mmf_error *error);

/* The same over bytes in memory, which must live as long as it; for tests. */
mmf_status input_open_memory(input *in, const char *name, const char *bytes, size_t size);

void input_close(input *in);

/* The path, or "(standard input)". */
const char *input_name(const input *in);

/*
 * Reads on. What lies between begin and end moves to another place, with what was read after it:
 * pointers into it are invalid after the call.
 */
input_result input_more(input *in);

MMF_END_DECLS

#endif
