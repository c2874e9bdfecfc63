/* mmfgen: reads a schema, and writes the C library and the Python module of its stores. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* stat and mkstemp under -std=c11 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/check.h"
#include "emit_c/emit_c.h"
#include "emit_python/emit_python.h"
#include "explain/explain.h"
#include "format/format.h"
#include "front/parser.h"
#include "mmapforge/version.h"
#include "model/names.h"
#include "model/sema.h"

enum {
    EXIT_SCHEMA = 1,
    EXIT_TROUBLE = 2
};

static const char USAGE[] =
    "usage: mmfgen --schema FILE.mmfs --name STORE OUTPUT...\n"
    "       mmfgen --explain-layout FILE.mmfs\n"
    "       mmfgen --format FILE.mmfs | --format-check FILE.mmfs\n"
    "       mmfgen --check OLD.mmfs NEW.mmfs [--compatibility full|backward|forward]\n"
    "       mmfgen --help | --version\n"
    "outputs: --header OUT.h --source OUT.c --python OUT.py --stub OUT.pyi\n";

static const char HELP[] =
    "\n"
    "Reads a schema, and writes the C library and the Python module of its stores. STORE\n"
    "names both, such as tick_store. All outputs are written or none.\n"
    "\n"
    "--explain-layout prints where the bytes of each record are: offsets, sizes, padding and\n"
    "cache lines, and an order of the fields with a smaller record, if one is found.\n"
    "\n"
    "--format lays the text of a schema out anew, in place: indents, aligned types and comments.\n"
    "--format-check changes nothing, and exits with 1 where it would.\n"
    "\n"
    "--check says what would break if NEW.mmfs came after OLD.mmfs: whether new programs could\n"
    "read old files (backward), and old programs new ones (forward); full is both.\n"
    "\n"
    "Exits with 0; with 1 if the schema has errors, which are on stderr as path:line:column,\n"
    "or if --check finds something;\n"
    "with 2 for wrong usage and for files that cannot be read or written.\n";

static const char VERSION[] = "mmfgen " MMF_VERSION_STRING "\n";

/* The outputs, and the function that generates each. */
static const struct kind {
    const char *option;
    void (*emit)(emitter *to, const gen_model *model, const char *name);
} KINDS[] = {
    {"--header", emit_header},
    {"--source", emit_source},
    {"--python", emit_python},
    {"--stub", emit_python_stub},
};

#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

typedef struct arguments {
    const char *schema;
    const char *name;
    const char *explained;         /* the schema whose layout is explained instead */
    const char *formatted;         /* the schema that is laid out anew instead */
    const char *format_checked;    /* the schema that is compared with that instead */
    const char *older;             /* the schema that another one is checked against instead */
    const char *compatibility;     /* of that check; NULL for full */
    const char *paths[KIND_COUNT]; /* of the outputs; NULL for those not requested */
} arguments;

/* ---- The command line ---- */

static const char **argument_of(arguments *to, const char *option)
{
    if (strcmp(option, "--schema") == 0)
        return &to->schema;
    if (strcmp(option, "--name") == 0)
        return &to->name;
    if (strcmp(option, "--explain-layout") == 0)
        return &to->explained;
    if (strcmp(option, "--format") == 0)
        return &to->formatted;
    if (strcmp(option, "--format-check") == 0)
        return &to->format_checked;
    if (strcmp(option, "--check") == 0)
        return &to->older;
    if (strcmp(option, "--compatibility") == 0)
        return &to->compatibility;
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(option, KINDS[i].option) == 0)
            return &to->paths[i];
    return NULL;
}

static bool has_output(const arguments *given)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (given->paths[i] != NULL)
            return true;
    return false;
}

static bool find_mode(const arguments *given, check_mode *out)
{
    static const struct {
        const char *name;
        check_mode mode;
    } MODES[] = {{"full", CHECK_FULL}, {"backward", CHECK_BACKWARD}, {"forward", CHECK_FORWARD}};
    *out = CHECK_FULL;
    for (size_t i = 0; given->compatibility != NULL && i < sizeof MODES / sizeof MODES[0]; i++)
        if (strcmp(given->compatibility, MODES[i].name) == 0) {
            *out = MODES[i].mode;
            return true;
        }
    return given->compatibility == NULL;
}

/* True when --check is complete, and stands alone. */
static bool takes_check(const arguments *given)
{
    check_mode mode;
    if (given->older == NULL || given->schema == NULL || given->name != NULL ||
        given->explained != NULL || has_output(given)) {
        (void)fprintf(stderr,
                      "mmfgen: --check takes two schemas, OLD.mmfs NEW.mmfs, and no option beside "
                      "--compatibility\n%s",
                      USAGE);
        return false;
    }
    if (find_mode(given, &mode))
        return true;
    (void)fprintf(stderr, "mmfgen: --compatibility is '%s'; expected full, backward or forward\n%s",
                  given->compatibility, USAGE);
    return false;
}

static bool take_arguments(int count, char **words, arguments *out)
{
    for (int i = 1; i < count; i++) {
        const char **value = argument_of(out, words[i]);
        if (value == NULL || *value != NULL || i + 1 == count || *words[i + 1] == '\0') {
            (void)fprintf(stderr, "mmfgen: %s '%s'%s\n%s",
                          value == NULL ? "unknown option" : "option", words[i],
                          value == NULL    ? ""
                          : *value != NULL ? " is given twice"
                                           : " needs a value",
                          USAGE);
            return false;
        }
        *value = words[++i];
        /* The only option with two values. */
        if (value == &out->older && i + 1 < count && *words[i + 1] != '\0' && *words[i + 1] != '-')
            out->schema = words[++i];
    }
    if (out->older != NULL || out->compatibility != NULL)
        return takes_check(out);
    const int alone =
        (out->explained != NULL) + (out->formatted != NULL) + (out->format_checked != NULL);
    if (alone > 0) {
        if (alone == 1 && out->schema == NULL && out->name == NULL && !has_output(out))
            return true;
        (void)fprintf(stderr, "mmfgen: %s FILE.mmfs stands alone; delete the other options\n%s",
                      out->explained != NULL   ? "--explain-layout"
                      : out->formatted != NULL ? "--format"
                                               : "--format-check",
                      USAGE);
        return false;
    }
    if (out->schema == NULL || out->name == NULL || !has_output(out)) {
        (void)fprintf(stderr,
                      "mmfgen: an option is missing; --schema, --name and an output are needed\n%s",
                      USAGE);
        return false;
    }
    const char *problem = names_store_problem(out->name);
    if (problem != NULL) {
        (void)fprintf(stderr, "mmfgen: --name '%s' cannot name a store: %s\n", out->name, problem);
        return false;
    }
    return true;
}

/* ---- Output ---- */

/* A file that is first written to a temporary path beside its final one. */
typedef struct output {
    const char *option; /* that requests it */
    const char *path;
    char *temporary; /* NULL until it was made */
    emitter text;
} output;

static bool write_failed(const char *path)
{
    (void)fprintf(stderr, "mmfgen: %s: cannot write: %s\n", path, strerror(errno));
    return false;
}

/* Makes a new file, which no other run has, with the permissions that fopen would give it. */
static FILE *make_temporary(output *to)
{
    const size_t size = strlen(to->path) + sizeof ".XXXXXX";
    char *path = (char *)malloc(size);
    if (path == NULL)
        return NULL;
    (void)snprintf(path, size, "%s.XXXXXX", to->path);
    const int fd = mkstemp(path);
    if (fd < 0) {
        free(path);
        return NULL;
    }
    to->temporary = path;
    const mode_t mask = umask(0);
    (void)umask(mask);
    if (fchmod(fd, 0666 & ~mask) == 0) {
        FILE *file = fdopen(fd, "wb");
        if (file != NULL)
            return file;
    }
    const int saved = errno;
    (void)close(fd);
    errno = saved;
    return NULL;
}

static bool write_temporary(output *to)
{
    FILE *file = make_temporary(to);
    if (file == NULL)
        return write_failed(to->path);
    const bool written = fwrite(to->text.out.data, 1, to->text.out.size, file) == to->text.out.size;
    const int saved = errno;
    if (fclose(file) != 0)
        return write_failed(to->path);
    errno = saved;
    return written || write_failed(to->path);
}

/* True also when one path is a link to the other, or is spelled differently. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* False for a device, which a rename would replace with a file, and for the schema itself. */
static bool may_replace(const char *path, const char *schema)
{
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        (void)fprintf(stderr, "mmfgen: %s: cannot write: it exists and is not a regular file\n",
                      path);
        return false;
    }
    if (is_same_file(path, schema)) {
        (void)fprintf(stderr, "mmfgen: %s: cannot write: it is the schema\n", path);
        return false;
    }
    return true;
}

static bool may_replace_all(const output *outputs, size_t count, const char *schema)
{
    for (size_t i = 0; i < count; i++)
        if (!may_replace(outputs[i].path, schema))
            return false;
    return true;
}

/* The directory of a path, "." for a bare name, in a copy; NULL without memory. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 1 : (size_t)(slash - path) + 1;
    char *out = (char *)malloc(length + 1);
    if (out != NULL) {
        memcpy(out, slash == NULL ? "." : path, length);
        out[length] = '\0';
    }
    return out;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* False when two options name one file, which need not be there yet. */
static bool differ(const output *a, const output *b)
{
    bool same = is_same_file(a->path, b->path);
    if (!same && strcmp(name_of(a->path), name_of(b->path)) == 0) {
        char *first = directory_of(a->path);
        char *second = directory_of(b->path);
        same = first == NULL || second == NULL || is_same_file(first, second);
        free(first);
        free(second);
    }
    if (same)
        (void)fprintf(stderr, "mmfgen: %s and %s name the same file: %s\n", a->option, b->option,
                      b->path);
    return !same;
}

static bool all_differ(const output *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (!differ(&outputs[j], &outputs[i]))
                return false;
    return true;
}

/*
 * Writes all files or none: a full disk is noticed before the first rename. Removes only what this
 * run has made, for another one may be writing the same outputs.
 */
static bool write_all(output *outputs, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = write_temporary(&outputs[i]);
    size_t renamed = 0;
    for (; renamed < count && good; renamed += good)
        good = rename(outputs[renamed].temporary, outputs[renamed].path) == 0 ||
               write_failed(outputs[renamed].path);
    for (size_t i = 0; i < count; i++) {
        if (i >= renamed && outputs[i].temporary != NULL)
            (void)remove(outputs[i].temporary);
        free(outputs[i].temporary);
    }
    return good;
}

static int no_memory(void)
{
    (void)fputs("mmfgen: not enough memory\n", stderr);
    return EXIT_TROUBLE;
}

static int generate(const gen_model *model, const arguments *given)
{
    output outputs[KIND_COUNT];
    size_t count = 0;
    bool complete = true;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (given->paths[i] == NULL)
            continue;
        output *next = &outputs[count++];
        next->option = KINDS[i].option;
        next->path = given->paths[i];
        next->temporary = NULL;
        emit_init(&next->text);
        KINDS[i].emit(&next->text, model, given->name);
        complete = complete && emit_is_complete(&next->text);
    }
    int result = 0;
    if (!complete)
        result = no_memory();
    else if (!may_replace_all(outputs, count, given->schema) || !all_differ(outputs, count) ||
             !write_all(outputs, count))
        result = EXIT_TROUBLE;
    for (size_t i = 0; i < count; i++)
        emit_free(&outputs[i].text);
    return result;
}

/* ---- Answers ---- */

/* Prints to standard output; a full disk or a closed pipe is an error. */
static int say(const char *text, size_t size)
{
    if (fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0)
        return 0;
    (void)fprintf(stderr, "mmfgen: cannot write to the standard output: %s\n", strerror(errno));
    return EXIT_TROUBLE;
}

static int explain(const gen_model *model)
{
    emit_text text = {NULL, 0, 0, false};
    explain_layout(&text, model);
    const int result = text.failed ? no_memory() : say(text.data, text.size);
    emit_text_free(&text);
    return result;
}

static bool is_question(const char *word)
{
    return strcmp(word, "--version") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Answers --version or --help, and returns the exit code. */
static int answer(const char *question, bool alone)
{
    if (!alone) {
        (void)fprintf(stderr, "mmfgen: %s stands alone; delete the other options\n%s", question,
                      USAGE);
        return EXIT_TROUBLE;
    }
    if (strcmp(question, "--version") == 0)
        return say(VERSION, sizeof VERSION - 1);
    const int result = say(USAGE, sizeof USAGE - 1);
    return result != 0 ? result : say(HELP, sizeof HELP - 1);
}

/* ---- The program ---- */

/* Reads and checks one schema. Returns 0, or the exit code after the errors were printed. */
static int load(const char *path, arena *memory, source *from, gen_model *model)
{
    mmf_error error;
    if (source_read(path, memory, from, &error) != MMF_OK) {
        (void)fprintf(stderr, "mmfgen: %s\n", error.message);
        return EXIT_TROUBLE;
    }
    diag_list list;
    diag_init(&list, from);
    syntax_schema parsed;
    /* Each stage runs even if an earlier one has found errors, to report those of every record. */
    if (!parser_parse(from, memory, &list, &parsed) ||
        !sema_check(&parsed, from, memory, &list, model) || !names_check(model, memory, &list))
        return no_memory();
    if (list.count == 0)
        return 0;
    diag_print(&list, stderr);
    return EXIT_SCHEMA;
}

static int check_both(const arguments *given, arena *memory)
{
    source from;
    gen_model older;
    gen_model newer;
    check_mode mode;
    (void)find_mode(given, &mode);
    int result = load(given->older, memory, &from, &older);
    if (result == 0)
        result = load(given->schema, memory, &from, &newer);
    if (result != 0)
        return result;
    emit_text text = {NULL, 0, 0, false};
    const uint32_t problems = check_versions(&text, &older, &newer, mode);
    if (text.failed)
        result = no_memory();
    else if (problems > 0)
        result = fwrite(text.data, 1, text.size, stderr) == text.size ? EXIT_SCHEMA : EXIT_TROUBLE;
    emit_text_free(&text);
    return result;
}

/* Replaces a file by other text, or leaves it as it is. */
static int rewrite(const char *path, const emit_text *text)
{
    output out;
    memset(&out, 0, sizeof out);
    out.path = path;
    out.text.out = *text; /* borrowed */
    return write_all(&out, 1) ? 0 : EXIT_TROUBLE;
}

/* Lays a schema out, in place or to compare it. */
static int format(const arguments *given, arena *memory)
{
    const char *path = given->formatted != NULL ? given->formatted : given->format_checked;
    source from;
    gen_model model;
    int result = load(path, memory, &from, &model);
    if (result != 0)
        return result;
    emit_text text = {NULL, 0, 0, false};
    format_schema(&text, &from, memory);
    const bool same = !text.failed && text.size == from.size &&
                      (text.size == 0 || memcmp(text.data, from.text, text.size) == 0);
    if (text.failed) {
        result = no_memory();
    } else if (!same && given->formatted != NULL) {
        result = rewrite(path, &text);
    } else if (!same) {
        (void)fprintf(stderr, "%s: not laid out as mmfgen --format does it; run that\n", path);
        result = EXIT_SCHEMA;
    }
    emit_text_free(&text);
    return result;
}

static int run(const arguments *given, arena *memory)
{
    source from;
    gen_model model;
    if (given->older != NULL)
        return check_both(given, memory);
    if (given->formatted != NULL || given->format_checked != NULL)
        return format(given, memory);
    const int result =
        load(given->explained != NULL ? given->explained : given->schema, memory, &from, &model);
    if (result != 0)
        return result;
    return given->explained != NULL ? explain(&model) : generate(&model, given);
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++)
        if (is_question(words[i]))
            return answer(words[i], count == 2);
    arguments given;
    memset(&given, 0, sizeof given);
    if (!take_arguments(count, words, &given))
        return EXIT_TROUBLE;
    arena memory;
    arena_init(&memory, ARENA_SIZE_MAX);
    const int result = run(&given, &memory);
    arena_free(&memory);
    return result;
}
