#include "proposal.h"
#include "../import/identifier.h"

#include "gen/format/format.h"
#include "gen/front/parser.h"
#include "gen/model/names.h"
#include "gen/model/sema.h"

#include <stdlib.h>
#include <string.h>

#define LINES_BEFORE 2u /* before the first field: a comment and the record */

/* ---- Names ---- */

/* More than one for each name that is refused. */
#define ROUNDS_MAX  200u
#define REFUSED_MAX (ROUNDS_MAX * DIAG_ERRORS_MAX)

/* Names that a field of this schema cannot have. */
typedef struct refused_names {
    char (*names)[MMF_NAME_LENGTH_MAX + 1];
    size_t count;
} refused_names;

static bool is_free(const char *name, const proposal_field *fields, size_t count,
                    const refused_names *refused)
{
    for (size_t i = 0; i < refused->count; i++)
        if (strcmp(refused->names[i], name) == 0)
            return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return false;
    return true;
}

/*
 * Names every field by the rule that finds its column again when rows are imported: first the
 * columns whose names are those of fields, then the others, each by the first name that is free.
 */
static bool name_fields(proposal_field *fields, size_t count, const refused_names *refused)
{
    char made[MMF_NAME_LENGTH_MAX + 1];
    for (size_t i = 0; i < count; i++)
        fields[i].name[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        proposal_field *one = &fields[i];
        identifier_make(one->column, one->column_length, made);
        if (strlen(made) == one->column_length &&
            memcmp(made, one->column, one->column_length) == 0 &&
            is_free(made, fields, count, refused))
            (void)strcpy(one->name, made);
    }
    for (size_t i = 0; i < count; i++) {
        char name[MMF_NAME_LENGTH_MAX + 1];
        if (fields[i].name[0] != '\0')
            continue;
        identifier_make(fields[i].column, fields[i].column_length, made);
        (void)strcpy(name, made);
        for (unsigned attempt = 1; !is_free(name, fields, count, refused); attempt++) {
            if (attempt == IDENTIFIER_ATTEMPTS)
                return false;
            identifier_vary(made, attempt, name);
        }
        (void)strcpy(fields[i].name, name);
    }
    return true;
}

/* ---- Text ---- */

/* Text from outside in a comment, with '?' for all but printable ASCII. */
static void append_shown(emit_text *to, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char c = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
        if (((unsigned char)text[i] & 0xc0) != 0x80) /* one for a character */
            emit_append(to, &c, 1);
    }
}

static void write_field(emit_text *to, const proposal_field *of)
{
    emit_append_format(to, "    %s: %s;", of->name, of->type);
    if (strlen(of->name) != of->column_length ||
        memcmp(of->name, of->column, of->column_length) != 0) {
        emit_append_format(to, " /// column \"");
        append_shown(to, of->column, of->column_length);
        emit_append_format(to, "\"%s", of->note[0] != '\0' ? "; " : "");
        append_shown(to, of->note, strlen(of->note));
    } else if (of->note[0] != '\0') {
        emit_append_format(to, " // ");
        append_shown(to, of->note, strlen(of->note));
    }
    emit_append(to, "\n", 1);
}

static void write_schema(emit_text *to, const char *record, const char *origin,
                         const proposal_field *fields, size_t count)
{
    emit_append_format(to, "// ");
    append_shown(to, origin, strlen(origin));
    emit_append_format(to, "\nrecord %s version 1 {\n", record);
    for (size_t i = 0; i < count; i++)
        write_field(to, &fields[i]);
    emit_append_format(to, "}\n");
}

/* ---- Checks ---- */

typedef enum attempt {
    ATTEMPT_GOOD,
    ATTEMPT_AGAIN, /* a name was changed */
    ATTEMPT_FAILED,
    ATTEMPT_NO_MEMORY
} attempt;

/* Notes the names that the generator refuses; anything else ends the attempts. */
static attempt take_errors(const diag_list *list, const source *from, char *record,
                           const proposal_field *fields, size_t count, refused_names *refused)
{
    const uint32_t kept = list->count < DIAG_ERRORS_MAX ? list->count : DIAG_ERRORS_MAX;
    attempt found = ATTEMPT_FAILED;
    for (uint32_t i = 0; i < kept; i++) {
        const uint32_t line = source_locate(from, list->errors[i].at.offset).line;
        if (line == LINES_BEFORE && strcmp(record, "Record") != 0) {
            (void)strcpy(record, "Record");
            found = ATTEMPT_AGAIN;
        } else if (line > LINES_BEFORE && line - LINES_BEFORE <= count) {
            (void)strcpy(refused->names[refused->count++], fields[line - LINES_BEFORE - 1].name);
            found = ATTEMPT_AGAIN;
        }
    }
    return found;
}

static attempt check(const emit_text *text, arena *memory, char *record,
                     const proposal_field *fields, size_t count, refused_names *refused)
{
    source from;
    diag_list list;
    syntax_schema parsed;
    gen_model model;
    if (text->failed ||
        source_from_text("proposal.mmfs", text->data, text->size, memory, &from, NULL) != MMF_OK)
        return text->failed ? ATTEMPT_NO_MEMORY : ATTEMPT_FAILED;
    diag_init(&list, &from);
    if (!parser_parse(&from, memory, &list, &parsed) ||
        !sema_check(&parsed, &from, memory, &list, &model) || !names_check(&model, memory, &list))
        return ATTEMPT_NO_MEMORY;
    if (list.count > 0) {
        const attempt found = take_errors(&list, &from, record, fields, count, refused);
        if (found == ATTEMPT_FAILED)
            diag_print(&list, stderr);
        return found;
    }
    emit_text laid_out = {NULL, 0, 0, false};
    format_schema(&laid_out, &from, memory);
    if (!laid_out.failed)
        (void)fwrite(laid_out.data, 1, laid_out.size, stdout);
    const attempt found = laid_out.failed ? ATTEMPT_NO_MEMORY : ATTEMPT_GOOD;
    emit_text_free(&laid_out);
    return found;
}

exit_status proposal_print(const char *record, const char *origin, proposal_field *fields,
                           size_t count)
{
    char name[MMF_NAME_LENGTH_MAX + 1];
    refused_names refused = {NULL, 0};
    refused.names = (char(*)[MMF_NAME_LENGTH_MAX + 1]) malloc(REFUSED_MAX * sizeof *refused.names);
    if (refused.names == NULL)
        return report_no_memory();
    (void)snprintf(name, sizeof name, "%s", record);
    attempt found = ATTEMPT_AGAIN;
    for (unsigned round = 0; round < ROUNDS_MAX && found == ATTEMPT_AGAIN; round++) {
        if (!name_fields(fields, count, &refused)) {
            found = ATTEMPT_FAILED;
            break;
        }
        arena memory;
        emit_text text = {NULL, 0, 0, false};
        arena_init(&memory, ARENA_SIZE_MAX);
        write_schema(&text, name, origin, fields, count);
        found = check(&text, &memory, name, fields, count, &refused);
        emit_text_free(&text);
        arena_free(&memory);
    }
    free(refused.names);
    if (found == ATTEMPT_GOOD)
        return EXIT_GOOD;
    if (found == ATTEMPT_NO_MEMORY)
        return report_no_memory();
    report("no schema for these columns was found; rename those that the messages above name");
    return EXIT_FOUND;
}
