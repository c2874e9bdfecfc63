/* mmfgen: reads a schema, writes the C header and source of its store. */
#define _POSIX_C_SOURCE 200809L /* stat under -std=c11 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gen/emit_store.h"
#include "gen/sema.h"

enum {
    EXIT_SCHEMA = 1,
    EXIT_TROUBLE = 2
};

static const char USAGE[] =
    "usage: mmfgen --schema FILE.mmfs --name STORE --header OUT.h --source OUT.c\n";

typedef struct arguments {
    const char *schema;
    const char *name;
    const char *header;
    const char *source;
} arguments;

/* ---- The command line ---- */

static const char **argument_of(arguments *to, const char *option)
{
    if (strcmp(option, "--schema") == 0)
        return &to->schema;
    if (strcmp(option, "--name") == 0)
        return &to->name;
    if (strcmp(option, "--header") == 0)
        return &to->header;
    if (strcmp(option, "--source") == 0)
        return &to->source;
    return NULL;
}

/* The name becomes a file name and part of an include guard. */
#define STORE_NAME_LENGTH_MAX 128u

static bool is_store_name(const char *name)
{
    const size_t length = strlen(name);
    return length > 0 && length <= STORE_NAME_LENGTH_MAX && !(name[0] >= '0' && name[0] <= '9') &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static bool take_arguments(int count, char **words, arguments *out)
{
    for (int i = 1; i < count; i++) {
        const char **value = argument_of(out, words[i]);
        if (value == NULL || *value != NULL || i + 1 == count || *words[i + 1] == '\0') {
            (void)fprintf(stderr, "mmfgen: '%s' %s\n%s", words[i],
                          value == NULL    ? "is no option"
                          : *value != NULL ? "is given twice"
                                           : "needs a value",
                          USAGE);
            return false;
        }
        *value = words[++i];
    }
    if (out->schema == NULL || out->name == NULL || out->header == NULL || out->source == NULL) {
        (void)fprintf(stderr, "mmfgen: an option is missing; all four are needed\n%s", USAGE);
        return false;
    }
    if (!is_store_name(out->name)) {
        (void)fprintf(stderr,
                      "mmfgen: --name '%s' cannot name a store; use at most %u of a to z, 0 to 9 "
                      "and '_', and no digit first\n",
                      out->name, STORE_NAME_LENGTH_MAX);
        return false;
    }
    return true;
}

/* ---- Output ---- */

/* A file that is written beside its final path first. */
typedef struct output {
    const char *path;
    char *temporary;
    emitter text;
} output;

static bool write_failed(const char *path)
{
    (void)fprintf(stderr, "mmfgen: %s: cannot write: %s\n", path, strerror(errno));
    return false;
}

static bool write_temporary(output *to)
{
    const size_t size = strlen(to->path) + sizeof ".tmp";
    to->temporary = (char *)malloc(size);
    if (to->temporary == NULL)
        return write_failed(to->path);
    (void)snprintf(to->temporary, size, "%s.tmp", to->path);
    FILE *file = fopen(to->temporary, "wb");
    if (file == NULL)
        return write_failed(to->temporary);
    const bool written = fwrite(to->text.out.data, 1, to->text.out.size, file) == to->text.out.size;
    const int saved = errno;
    if (fclose(file) != 0)
        return write_failed(to->temporary);
    errno = saved;
    return written || write_failed(to->temporary);
}

/* Also when one of them is reached by a link, or spelled in another way. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* A rename would put a file in the place of a device, and the schema would be gone. */
static bool may_replace(const char *path, const char *schema)
{
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        (void)fprintf(stderr, "mmfgen: %s: cannot write: it is there, and no regular file\n", path);
        return false;
    }
    if (is_same_file(path, schema)) {
        (void)fprintf(stderr, "mmfgen: %s: cannot write: it is the schema\n", path);
        return false;
    }
    return true;
}

static bool differ(const output *header, const output *code)
{
    if (!is_same_file(header->temporary, code->temporary))
        return true;
    (void)fprintf(stderr, "mmfgen: --header and --source name the same file: %s\n", code->path);
    return false;
}

/* Both files or none: what can fail for lack of room is over before the first rename. */
static bool write_both(output *header, output *code)
{
    bool good = write_temporary(header) && write_temporary(code) && differ(header, code);
    if (good && rename(header->temporary, header->path) != 0)
        good = write_failed(header->path);
    if (good && rename(code->temporary, code->path) != 0) {
        good = write_failed(code->path);
        (void)remove(header->path);
    }
    if (!good && header->temporary != NULL)
        (void)remove(header->temporary);
    if (!good && code->temporary != NULL)
        (void)remove(code->temporary);
    free(header->temporary);
    free(code->temporary);
    return good;
}

static int no_memory(void)
{
    (void)fputs("mmfgen: not enough memory\n", stderr);
    return EXIT_TROUBLE;
}

static int generate(const gen_model *model, const arguments *given)
{
    output header = {given->header, NULL, {.line = {NULL, 0, 0, false}}};
    output code = {given->source, NULL, {.line = {NULL, 0, 0, false}}};
    emit_header(&header.text, model, given->name);
    emit_source(&code.text, model, given->name);
    int result = 0;
    if (!emit_is_complete(&header.text) || !emit_is_complete(&code.text))
        result = no_memory();
    else if (!may_replace(given->header, given->schema) ||
             !may_replace(given->source, given->schema) || !write_both(&header, &code))
        result = EXIT_TROUBLE;
    emit_free(&header.text);
    emit_free(&code.text);
    return result;
}

/* ---- All of it ---- */

static int compile(const arguments *given, arena *memory)
{
    source from;
    mmf_error error;
    if (source_read(given->schema, memory, &from, &error) != MMF_OK) {
        (void)fprintf(stderr, "mmfgen: %s\n", error.message);
        return EXIT_TROUBLE;
    }
    diag_list list;
    diag_init(&list, &from);
    parser_schema parsed;
    gen_model model;
    if (!parser_parse(&from, memory, &list, &parsed))
        return no_memory();
    if (list.count == 0 && !sema_check(&parsed, &from, memory, &list, &model))
        return no_memory();
    if (list.count == 0 && !names_check(&model, memory, &list))
        return no_memory();
    if (list.count == 0)
        return generate(&model, given);
    diag_print(&list, stderr);
    return EXIT_SCHEMA;
}

int main(int count, char **words)
{
    arguments given = {NULL, NULL, NULL, NULL};
    if (!take_arguments(count, words, &given))
        return EXIT_TROUBLE;
    arena memory;
    arena_init(&memory, ARENA_SIZE_MAX);
    const int result = compile(&given, &memory);
    arena_free(&memory);
    return result;
}
