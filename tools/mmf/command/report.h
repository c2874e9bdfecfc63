/*
 * What mmf says on standard error, in one style: "mmf VERB: where: what was found, what was
 * expected, what to do". Control characters of a path or a file do not reach the terminal.
 */
#ifndef MMF_COMMAND_REPORT_H
#define MMF_COMMAND_REPORT_H

#include "mmapforge/status.h"

/* The exit statuses of every verb. */
typedef enum exit_status {
    EXIT_GOOD = 0,
    EXIT_FOUND = 1,  /* what a file has is wrong, or does not suit: damage, a schema, a value */
    EXIT_TROUBLE = 2 /* wrong usage; a file that cannot be read or written; no memory */
} exit_status;

/* The verb that runs, for the start of each message; NULL before it is known. Static text. */
void report_set_verb(const char *verb);

/* Prints a message with a line end after it. The format and its arguments follow printf. */
void report(const char *format, ...) MMFI_PRINTF(1, 2);

/* Prints the message of a failed call, and returns the exit status for it. */
exit_status report_error(const mmf_error *error);

/* Prints a message, and that the command line is wrong; returns EXIT_TROUBLE. */
exit_status report_usage(const char *format, ...) MMFI_PRINTF(1, 2);

exit_status report_no_memory(void);

/*
 * Prints a mistake in a text file as compilers do, "path:line:column: error: what", so that editors
 * find the place. line and column count from 1, columns in characters.
 */
void report_place(const char *path, uint64_t line, uint64_t column, const char *what);

/* The exit status for a status of the library. */
exit_status report_status_to_exit(mmf_status status);

/*
 * Copies text of length bytes to out (size bytes, with a final NUL), each control character and
 * each byte that is not UTF-8 as \xNN. Returns the length of the copy, which is cut to fit.
 */
size_t report_printable(const char *text, size_t length, char *out, size_t size);

#endif
