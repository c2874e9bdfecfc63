#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Guesses ---- */

#define GUESS_LENGTH_MAX 32u

/* Edits between two short words; letters that changed places are two. */
static size_t distance(const char *a, const char *b)
{
    const size_t length = strlen(b);
    size_t row[GUESS_LENGTH_MAX + 1];
    if (length > GUESS_LENGTH_MAX || strlen(a) > GUESS_LENGTH_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            const size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
            diagonal = row[j];
            row[j] = replaced < shorter + 1 ? replaced : shorter + 1;
        }
    }
    return row[length];
}

const char *options_guess(const char *wrong, size_t count,
                          const char *(*name_at)(const void *, size_t), const void *context)
{
    const char *best = NULL;
    size_t best_distance = strlen(wrong) / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        const char *name = name_at(context, i);
        const size_t found = distance(wrong, name);
        if (found <= best_distance && (best == NULL || found < best_distance)) {
            best = name;
            best_distance = found;
        }
    }
    return best;
}

static const char *option_name_at(const void *context, size_t index)
{
    return ((const command_option *)context)[index].name;
}

/* ---- Parsing ---- */

static const command_option *find(const verb *of, const char *word, size_t length)
{
    for (size_t i = 0; i < of->option_count; i++) {
        const command_option *option = &of->options[i];
        if (strlen(option->name) == length && memcmp(option->name, word, length) == 0)
            return option;
        if (length == 2 && option->letter != 0 && word[1] == option->letter)
            return option;
    }
    return NULL;
}

static bool set_number(const command_option *option, option_number *to, const char *value)
{
    uint64_t number = 0;
    const char *at = value;
    for (; *at >= '0' && *at <= '9'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            break;
        number = number * 10 + digit;
    }
    if (at == value || *at != '\0') {
        (void)report_usage("%s is '%s'; expected a whole number from 0 to 18446744073709551615",
                           option->name, value);
        return false;
    }
    to->value = number;
    to->given = true;
    return true;
}

static bool set_choice(const command_option *option, unsigned *to, const char *value)
{
    unsigned index = 1;
    for (const char *word = option->value; *word != '\0'; index++) {
        const size_t length = strcspn(word, "|");
        if (strlen(value) == length && memcmp(word, value, length) == 0) {
            *to = index;
            return true;
        }
        word += length + (word[length] == '|');
    }
    (void)report_usage("%s is '%s'; expected one of %s", option->name, value, option->value);
    return false;
}

static bool is_given(const command_option *option, const void *member)
{
    switch (option->kind) {
    case OPTION_TEXT:
        return *(const char *const *)member != NULL;
    case OPTION_NUMBER:
        return ((const option_number *)member)->given;
    case OPTION_CHOICE:
        return *(const unsigned *)member != 0;
    default:
        return false;
    }
}

static bool set(const command_option *option, char *options, const char *value)
{
    void *member = options + option->offset;
    if (is_given(option, member)) {
        (void)report_usage("%s is given twice; delete one of them", option->name);
        return false;
    }
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_TEXT:
        *(const char **)member = value;
        return true;
    case OPTION_TEXTS: {
        option_texts *texts = (option_texts *)member;
        if (texts->count == OPTION_TEXTS_MAX) {
            (void)report_usage("%s is given more than %u times", option->name, OPTION_TEXTS_MAX);
            return false;
        }
        texts->texts[texts->count++] = value;
        return true;
    }
    case OPTION_NUMBER:
        return set_number(option, (option_number *)member, value);
    default:
        return set_choice(option, (unsigned *)member, value);
    }
}

static exit_status unknown(const verb *of, const char *word, size_t length)
{
    char name[GUESS_LENGTH_MAX + 1];
    const char *guess = NULL;
    if (length <= GUESS_LENGTH_MAX) {
        memcpy(name, word, length);
        name[length] = '\0';
        guess = options_guess(name, of->option_count, option_name_at, of->options);
    }
    return report_usage("unknown option '%.*s'%s%s%s", (int)length, word,
                        guess != NULL ? "; did you mean " : "", guess != NULL ? guess : "",
                        guess != NULL ? "?" : "");
}

/* Takes the option at words[*at], and its value, which may be the next word. */
static exit_status take_option(const verb *of, size_t count, char *const *words, size_t *at,
                               char *options)
{
    const char *word = words[*at];
    const size_t length = strcspn(word, "=");
    const command_option *option = find(of, word, length);
    if (option == NULL)
        return unknown(of, word, length);
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (option->kind == OPTION_FLAG && value != NULL)
        return report_usage("%s takes no value; delete '%s'", option->name, word + length);
    if (option->kind != OPTION_FLAG && value == NULL) {
        if (*at + 1 == count)
            return report_usage("%s needs a value: %s %s", option->name, option->name,
                                option->value);
        value = words[++*at];
    }
    return set(option, options, value) ? EXIT_GOOD : EXIT_TROUBLE;
}

exit_status options_parse(const verb *of, size_t count, char *const *words, void *options,
                          const char **operands, command *out, bool *help)
{
    memset(options, 0, of->options_size);
    out->options = options;
    out->operands = operands;
    out->operand_count = 0;
    *help = false;
    bool only_operands = false;
    for (size_t i = 0; i < count; i++) {
        const char *word = words[i];
        if (only_operands || word[0] != '-' || word[1] == '\0') {
            operands[out->operand_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *help = true;
            return EXIT_GOOD;
        } else {
            const exit_status status = take_option(of, count, words, &i, (char *)options);
            if (status != EXIT_GOOD)
                return status;
        }
    }
    if (out->operand_count < of->operands_min)
        return report_usage("%zu operand%s given; expected %s", out->operand_count,
                            out->operand_count == 1 ? "" : "s", of->operands);
    if (out->operand_count > of->operands_max)
        return report_usage("'%s' is one operand too many; expected %s", operands[of->operands_max],
                            of->operands);
    return EXIT_GOOD;
}

/* ---- Help ---- */

#define HELP_COLUMN 26

void options_print_help(const verb *of)
{
    (void)printf("usage: mmf %s [OPTION...]%s%s\n\n%s", of->name,
                 of->operands[0] != '\0' ? " " : "", of->operands, of->help);
    (void)printf("\noptions:\n");
    for (size_t i = 0; i < of->option_count; i++) {
        const command_option *option = &of->options[i];
        char left[128];
        const bool valued = option->kind != OPTION_FLAG;
        const int width =
            snprintf(left, sizeof left, "  %c%c%s%s%s%s", option->letter != 0 ? '-' : ' ',
                     option->letter != 0 ? option->letter : ' ', option->letter != 0 ? ", " : "  ",
                     option->name, valued ? " " : "", valued ? option->value : "");
        (void)printf("%-*s%s", HELP_COLUMN, left, width < HELP_COLUMN ? "" : "\n");
        bool indented = width < HELP_COLUMN;
        for (const char *line = option->help; *line != '\0';) {
            const size_t length = strcspn(line, "\n");
            (void)printf("%*s%.*s\n", indented ? 0 : HELP_COLUMN, "", (int)length, line);
            indented = false;
            line += length + (line[length] == '\n');
        }
    }
    (void)printf("%-*s%s", HELP_COLUMN, "  -h, --help", "print this\n");
}
