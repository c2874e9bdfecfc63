/*
 * The diagnostics of one run: collected while a schema is checked, printed in source order.
 *
 *     path:line:col: error: what was found and what was expected
 *         3 |   price: flaot64;
 *           |          ^~~~~~~
 *     hint: did you mean 'float64'?
 *     path:line:col: note: another place that matters
 *         ...
 *
 * Nothing here allocates, so reporting cannot fail. A text that is too long for its buffer is
 * truncated.
 */
#ifndef MMF_GEN_DIAG_H
#define MMF_GEN_DIAG_H

#include <stdio.h>

#include "source.h"

MMF_BEGIN_DECLS

#define DIAG_ERRORS_MAX 20u  /* kept and printed; further errors are only counted */
#define DIAG_TEXT_SIZE  320u /* bytes of one message with its NUL */

typedef struct diag_error {
    source_span at;
    source_span note_at;
    char message[DIAG_TEXT_SIZE];
    char hint[DIAG_TEXT_SIZE]; /* "" when there is none */
    char note[DIAG_TEXT_SIZE]; /* "" when there is none */
} diag_error;

typedef struct diag_list {
    const source *from;
    uint32_t count; /* errors reported, of which the first DIAG_ERRORS_MAX are kept */
    bool muted;     /* diag_mute was called */
    bool skipped;   /* diag_skip was called since the last error */
    diag_error errors[DIAG_ERRORS_MAX];
} diag_list;

/* A name or other text from a source, quoted for a message by diag_quote. */
typedef struct diag_text {
    char text[80];
} diag_text;

/* All spans given to the list refer to this source, which must outlive it. */
void diag_init(diag_list *list, const source *from);

/*
 * Adds an error. Its note and hint are added right after it:
 *
 *     diag_report(list, field, "field '%s' is declared twice", name);
 *     diag_note(list, first, "first declared here");
 *     diag_hint(list, "rename one of them");
 */
void diag_report(diag_list *list, source_span at, const char *format, ...) MMFI_PRINTF(3, 4);

/* Adds to the last error what to do about it. */
void diag_hint(diag_list *list, const char *format, ...) MMFI_PRINTF(2, 3);

/* Adds to the last error a second place that it is about. */
void diag_note(diag_list *list, source_span at, const char *format, ...) MMFI_PRINTF(3, 4);

/*
 * Suppresses all later errors, after a fatal one: they would only be consequences of it.
 */
void diag_mute(diag_list *list);

/*
 * Called instead of diag_report for a mistake that has already been reported: a hint or note that
 * follows is ignored as well.
 */
void diag_skip(diag_list *list);

/*
 * The text of a span in quotes, truncated if it is long, with unprintable characters shown as '?'.
 * Use it for all text that comes from the file; `.text` of the result is passed to %s.
 */
diag_text diag_quote(const diag_list *list, source_span span);

/* Prints the errors in source order, and the number of errors if more were reported than kept. */
void diag_print(const diag_list *list, FILE *out);

MMF_END_DECLS

#endif
