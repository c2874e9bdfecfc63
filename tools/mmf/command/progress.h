/*
 * How far a long piece of work is, on a terminal: a line on standard error that is written over,
 * from the first second on. Without a terminal there is none.
 */
#ifndef MMF_COMMAND_PROGRESS_H
#define MMF_COMMAND_PROGRESS_H

#include "mmapforge/detail/port.h"

typedef struct progress {
    uint64_t total; /* bytes; 0 when it is not known */
    uint64_t begin_ns;
    uint64_t shown_ns; /* when it was written last; 0 for never */
    bool is_terminal;
} progress;

void progress_begin(progress *of, uint64_t total);

/* To be called every few milliseconds; writes twice a second at most. */
void progress_show(progress *of, uint64_t done, uint64_t rows);

/* Takes the line away. */
void progress_end(progress *of);

#endif
