/*
 * The command line of a verb: one table of its options, by which it is parsed and its help printed.
 *
 * A verb's options go to a struct of its own, which is zeroed before: each entry of the table says
 * which member its option sets, by the offset, and of which type that is, by the kind.
 */
#ifndef MMF_COMMAND_OPTIONS_H
#define MMF_COMMAND_OPTIONS_H

#include "report.h"

typedef enum option_kind {
    OPTION_FLAG,   /* bool: true when it is given */
    OPTION_TEXT,   /* const char *: its value; NULL when it is not given */
    OPTION_TEXTS,  /* option_texts: each value of an option that may be given several times */
    OPTION_NUMBER, /* option_number: decimal digits, which fit 64 bits */
    OPTION_CHOICE  /* unsigned: 1 for the first word of the entry's value, 2 for the next; 0 when it
                      is not given */
} option_kind;

typedef struct option_number {
    uint64_t value;
    bool given;
} option_number;

#define OPTION_TEXTS_MAX 256u

typedef struct option_texts {
    const char *texts[OPTION_TEXTS_MAX];
    size_t count;
} option_texts;

typedef struct command_option {
    const char *name; /* "--rows" */
    char letter;      /* 'n' for -n as well; 0 for none */
    option_kind kind;
    const char *value; /* what the help calls its value, "A:B"; of a choice the words, "csv|json" */
    const char *help;  /* may have several lines, separated by '\n' */
    size_t offset;     /* of the member */
} command_option;

/* What a verb gets. */
typedef struct command {
    const void *options; /* its struct */
    const char *const *operands;
    size_t operand_count;
} command;

typedef struct verb {
    const char *name;
    const char *operands; /* for the usage: "FILE" */
    const char *summary;  /* one line, without a full stop */
    const char *help;     /* what it does, in lines of at most 90 characters, each with a '\n' */
    const command_option *options;
    size_t option_count;
    size_t options_size; /* of its struct, at most OPTIONS_SIZE_MAX */
    size_t operands_min;
    size_t operands_max;
    exit_status (*run)(const command *given);
} verb;

#define OPTIONS_SIZE_MAX     16384u
#define OPTIONS_OPERANDS_MAX SIZE_MAX /* operands_max of a verb that takes any number */

/*
 * Parses the words after the verb: options as "--rows 0:9", "--rows=0:9" and "-r 0:9", anywhere,
 * and operands; all words after "--" are operands, and so is "-". options has
 * verb->options_size bytes; operands (count words) takes the operands. Returns EXIT_GOOD, or
 * EXIT_TROUBLE after a message. *help is true, and the rest is not to be used, when --help or -h is
 * among them.
 */
exit_status options_parse(const verb *of, size_t count, char *const *words, void *options,
                          const char **operands, command *out, bool *help);

/* Prints the usage, the help and the options of a verb to standard output. */
void options_print_help(const verb *of);

/*
 * The one of count names that is likely to be meant by a wrong one, or NULL. name_at gives the name
 * of an index.
 */
const char *options_guess(const char *wrong, size_t count,
                          const char *(*name_at)(const void *, size_t), const void *context);

#endif
