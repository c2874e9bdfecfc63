/*
 * mmf: looks into stores, checks them, and turns them into other formats and back. Each verb is in
 * a file of its own, and is listed in the table below.
 */
#include "mmapforge/mmapforge.h"
#include "verbs/verbs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const verb *const VERBS[] = {
    &VERB_INFO, &VERB_CHECK, &VERB_EXPORT, &VERB_IMPORT, &VERB_GUESS,
};

#define VERB_COUNT (sizeof VERBS / sizeof VERBS[0])

static const char HELP[] =
    "\n"
    "Works on any store: a file contains its schema. `mmf VERB --help` says what a verb does.\n"
    "\n"
    "Exits with 0; with 1 if what a file has is wrong: it is damaged, or its schema or a value\n"
    "does not suit; with 2 for wrong usage, and for files that cannot be read or written.\n";

static exit_status print_help(void)
{
    (void)printf("usage: mmf VERB [OPTION...] [FILE...]\n"
                 "       mmf --help | --version\n"
                 "\n"
                 "verbs:\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        (void)printf("  %-9s %s\n", VERBS[i]->name, VERBS[i]->summary);
    (void)fputs(HELP, stdout);
    return EXIT_GOOD;
}

/* What was printed may still be in a buffer: a full disk is noticed here at the latest. */
static exit_status finish(exit_status status)
{
    const bool failed = ferror(stdout) != 0;
    errno = failed ? errno : 0;
    if (fflush(stdout) == 0 && !failed)
        return status;
    /* The reader of a pipe that has seen enough needs no message. */
    if (errno != EPIPE)
        report("cannot write to the standard output: %s", strerror(errno));
    return EXIT_TROUBLE;
}

static const char *verb_name_at(const void *context, size_t index)
{
    return ((const verb *const *)context)[index]->name;
}

static const verb *find_verb(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(VERBS[i]->name, name) == 0)
            return VERBS[i];
    return NULL;
}

static exit_status run(const verb *of, size_t count, char *const *words)
{
    union {
        max_align_t aligned;
        char bytes[OPTIONS_SIZE_MAX];
    } options;
    const char **operands = (const char **)malloc((count + 1) * sizeof *operands);
    if (operands == NULL)
        return report_no_memory();
    report_set_verb(of->name);
    command given;
    bool help;
    exit_status status = options_parse(of, count, words, &options, operands, &given, &help);
    if (help)
        options_print_help(of);
    else if (status == EXIT_GOOD)
        status = of->run(&given);
    free(operands);
    return finish(status);
}

static exit_status answer(size_t count, char *const *words)
{
    if (count < 2)
        return report_usage("no verb is given");
    const char *first = words[1];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return finish(print_help());
    if (strcmp(first, "--version") == 0) {
        (void)printf("mmf %s\n", MMF_VERSION_STRING);
        return finish(EXIT_GOOD);
    }
    const verb *of = find_verb(first);
    if (of != NULL)
        return run(of, count - 2, words + 2);
    const char *guess = options_guess(first, VERB_COUNT, verb_name_at, VERBS);
    return report_usage("unknown verb '%s'%s%s%s", first, guess != NULL ? "; did you mean " : "",
                        guess != NULL ? guess : "", guess != NULL ? "?" : "");
}

int main(int count, char **words)
{
    /* A closed pipe is an error of the write, and not the end of the process. */
    (void)signal(SIGPIPE, SIG_IGN);
    return (int)answer((size_t)count, words);
}
