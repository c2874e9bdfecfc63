#include "schema_file.h"

#include "gen/front/parser.h"
#include "gen/model/names.h"
#include "gen/model/sema.h"

#include <string.h>

/* The names of the records of a file, for a message. */
static void list_records(const gen_model *model, char *out, size_t size)
{
    size_t length = 0;
    for (uint32_t i = 0; i < model->record_count && length + MMF_NAME_LENGTH_MAX + 8 < size; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%s", i > 0 ? ", " : "",
                                   model->records[i].name);
}

static exit_status choose(const gen_model *model, const char *path, const char *name,
                          const mmf_schema **out)
{
    char names[1024];
    *out = model->record_count == 1 ? &model->records[0] : NULL;
    if (name != NULL) {
        *out = NULL;
        for (uint32_t i = 0; i < model->record_count; i++)
            if (strcmp(model->records[i].name, name) == 0)
                *out = &model->records[i];
    }
    if (*out != NULL)
        return EXIT_GOOD;
    list_records(model, names, sizeof names);
    if (name != NULL)
        report("%s: there is no record '%s'; there is %s", path, name, names);
    else
        report("%s: there are several records; choose one by --record: %s", path, names);
    return EXIT_TROUBLE;
}

static exit_status read_with(arena *memory, const char *path, const char *record, mmf_schema **out)
{
    source from;
    mmf_error error;
    if (source_read(path, memory, &from, &error) != MMF_OK) {
        report("%s", error.message);
        return EXIT_TROUBLE;
    }
    diag_list list;
    diag_init(&list, &from);
    syntax_schema parsed;
    gen_model model;
    if (!parser_parse(&from, memory, &list, &parsed) ||
        !sema_check(&parsed, &from, memory, &list, &model) || !names_check(&model, memory, &list))
        return report_no_memory();
    if (list.count > 0) {
        diag_print(&list, stderr);
        return EXIT_FOUND;
    }
    const mmf_schema *chosen;
    const exit_status status = choose(&model, path, record, &chosen);
    if (status != EXIT_GOOD)
        return status;
    /* A copy that outlives the arena. */
    if (mmf_schema_parse(chosen->text, chosen->text_size, out, &error) != MMF_OK)
        return report_error(&error);
    return EXIT_GOOD;
}

exit_status schema_file_read(const char *path, const char *record, mmf_schema **out)
{
    arena memory;
    *out = NULL;
    arena_init(&memory, ARENA_SIZE_MAX);
    const exit_status status = read_with(&memory, path, record, out);
    arena_free(&memory);
    return status;
}
