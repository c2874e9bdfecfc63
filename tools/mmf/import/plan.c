#include "plan.h"
#include "../command/report.h"
#include "identifier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 60u /* bytes of a cell that a message shows */

static bool MMFI_PRINTF(3, 4)
    complain(plan_problem *problem, size_t column, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    problem->column = column;
    (void)vsnprintf(problem->text, sizeof problem->text, format, list);
    va_end(list);
    return false;
}

/* ---- Names ---- */

/* From the path of a leaf or group to its index: a table of twice as many places, or more. */
typedef struct path_table {
    uint32_t *places; /* the index from 1; groups after the leaves; 0 for none */
    size_t mask;
    const leaf_list *list;
} path_table;

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static const char *path_at(const leaf_list *list, size_t index)
{
    return index < list->count ? list->leaves[index].path : list->groups[index - list->count].path;
}

static bool make_table(path_table *table, const leaf_list *list)
{
    const size_t count = list->count + list->group_count;
    size_t size = 16;
    while (size < 2 * count)
        size *= 2;
    table->list = list;
    table->mask = size - 1;
    table->places = (uint32_t *)calloc(size, sizeof *table->places);
    for (size_t i = 0; table->places != NULL && i < count; i++) {
        const char *path = path_at(list, i);
        size_t at = hash_of(path, strlen(path)) & table->mask;
        while (table->places[at] != 0)
            at = (at + 1) & table->mask;
        table->places[at] = (uint32_t)i + 1;
    }
    return table->places != NULL;
}

/* The index of a path; SIZE_MAX for none. */
static size_t find_path(const path_table *table, const char *path, size_t length)
{
    for (size_t at = hash_of(path, length) & table->mask; table->places[at] != 0;
         at = (at + 1) & table->mask) {
        const size_t index = table->places[at] - 1;
        const char *found = path_at(table->list, index);
        if (strlen(found) == length && memcmp(found, path, length) == 0)
            return index;
    }
    return SIZE_MAX;
}

/* The field that `mmf guess` makes of the column, if it has no column yet; SIZE_MAX for none. */
static size_t find_made(const path_table *table, const csv_cell *name, const size_t *taken)
{
    char made[MMF_NAME_LENGTH_MAX + 1];
    char varied[MMF_NAME_LENGTH_MAX + 1];
    identifier_make(name->text, name->length, made);
    for (unsigned attempt = 0; attempt < IDENTIFIER_ATTEMPTS; attempt++) {
        (void)strcpy(varied, made);
        if (attempt > 0)
            identifier_vary(made, attempt, varied);
        const size_t index = find_path(table, varied, strlen(varied));
        if (index != SIZE_MAX && taken[index] == SIZE_MAX)
            return index;
    }
    return SIZE_MAX;
}

static void set_column(plan *of, size_t column, size_t index)
{
    plan_column *to = &of->columns[column];
    if (index >= of->list.count) {
        to->group = (uint32_t)(index - of->list.count);
        return;
    }
    to->value = &of->list.leaves[index];
    to->parse = parse_function_of(to->value->field);
    to->may_be_empty = mmf_type_is_sized(to->value->field->type);
}

static bool refuse_unknown(const csv_cell *name, size_t column, plan_problem *problem)
{
    char shown[SHOWN_MAX * 4];
    (void)report_printable(name->text, name->length, shown, sizeof shown);
    return complain(problem, column,
                    "column '%s' belongs to no field of the schema; name it like one, or give "
                    "--ignore-columns",
                    shown);
}

/* taken has, for each leaf and group, the column that it has; SIZE_MAX for none. */
static bool match_names(plan *of, const path_table *table, const csv_cell *names, bool ignore,
                        size_t *taken, plan_problem *problem)
{
    for (size_t i = 0; i < of->column_count; i++) {
        const size_t index = find_path(table, names[i].text, names[i].length);
        if (index == SIZE_MAX || taken[index] != SIZE_MAX)
            continue;
        taken[index] = i;
        set_column(of, i, index);
    }
    for (size_t i = 0; i < of->column_count; i++) {
        if (of->columns[i].value != NULL || of->columns[i].group != LEAVES_NO_GROUP)
            continue;
        const size_t index = find_made(table, &names[i], taken);
        const size_t same = find_path(table, names[i].text, names[i].length);
        if (index == SIZE_MAX && same != SIZE_MAX)
            return complain(problem, i, "column '%s' is there twice; delete or rename one of them",
                            path_at(&of->list, same));
        if (index == SIZE_MAX && !ignore)
            return refuse_unknown(&names[i], i, problem);
        if (index == SIZE_MAX)
            continue;
        taken[index] = i;
        set_column(of, i, index);
    }
    return true;
}

/* ---- What has no column ---- */

bool plan_default(const leaf *of, unsigned char *raw, plan_problem *problem)
{
    const char *text = of->field->default_text;
    if (text == NULL)
        return of->null_mask != 0 ||
               complain(problem, SIZE_MAX,
                        "there is no '%s', which the schema has; it needs a default, or a '?' "
                        "after its type",
                        of->path);
    size_t length = strlen(text);
    if (of->field->type == MMF_TYPE_STRING && length >= 2) { /* in quotes */
        text++;
        length -= 2;
    }
    const parse_result result =
        parse_function_of(of->field)(of->field, text, length, raw + of->offset);
    if (result != PARSE_OK) {
        plan_explain(of, result, text, length, problem);
        return false;
    }
    if (of->null_mask != 0)
        raw[of->null_offset] |= of->null_mask;
    return true;
}

static bool fill_initial(plan *of, const size_t *taken, plan_problem *problem)
{
    const leaf_list *list = &of->list;
    bool *used = (bool *)calloc(list->group_count + 1, sizeof *used);
    if (used == NULL)
        return complain(problem, SIZE_MAX, "not enough memory");
    for (size_t i = 0; i < list->count + list->group_count; i++) {
        if (taken[i] == SIZE_MAX)
            continue;
        uint32_t group = i < list->count ? list->leaves[i].group : (uint32_t)(i - list->count);
        for (; group != LEAVES_NO_GROUP; group = list->groups[group].parent)
            used[group] = true;
    }
    bool good = true;
    for (size_t i = 0; i < list->count && good; i++) {
        const leaf *one = &list->leaves[i];
        if (taken[i] != SIZE_MAX || (one->group != LEAVES_NO_GROUP && !used[one->group]))
            continue;
        good = plan_default(one, of->initial, problem);
        of->fills_groups = of->fills_groups || one->group != LEAVES_NO_GROUP;
    }
    free(used);
    return good;
}

plan_result plan_make(const mmf_schema *schema, const csv_cell *names, size_t count, bool ignore,
                      plan *out, plan_problem *problem)
{
    memset(out, 0, sizeof *out);
    out->schema = schema;
    out->column_count = count;
    out->columns = (plan_column *)calloc(count + 1, sizeof *out->columns);
    out->initial = (unsigned char *)calloc(schema->record_size, 1);
    path_table table = {NULL, 0, NULL};
    size_t *taken = NULL;
    bool made = out->columns != NULL && out->initial != NULL && leaves_list(schema, &out->list) &&
                make_table(&table, &out->list);
    if (made) {
        const size_t total = out->list.count + out->list.group_count;
        taken = (size_t *)malloc(total * sizeof *taken);
        made = taken != NULL;
        for (size_t i = 0; made && i < total; i++)
            taken[i] = SIZE_MAX;
    }
    bool good = false;
    if (made) {
        for (size_t i = 0; i < count; i++)
            out->columns[i].group = LEAVES_NO_GROUP;
        good = match_names(out, &table, names, ignore, taken, problem) &&
               fill_initial(out, taken, problem);
    }
    free(taken);
    free(table.places);
    return !made ? PLAN_NO_MEMORY : good ? PLAN_GOOD : PLAN_WRONG;
}

void plan_free(plan *of)
{
    leaves_free(&of->list);
    free(of->columns);
    free(of->initial);
    memset(of, 0, sizeof *of);
}

/* ---- Rows ---- */

void plan_explain(const leaf *of, parse_result result, const char *text, size_t length,
                  plan_problem *problem)
{
    char shown[SHOWN_MAX + 8];
    char expected[PARSE_EXPECTED_SIZE];
    const size_t kept = length <= SHOWN_MAX ? length : SHOWN_MAX;
    const size_t written = report_printable(text, kept, shown, SHOWN_MAX + 4);
    if (kept < length)
        (void)snprintf(shown + written, 4, "...");
    parse_expected(of->field, result, expected, sizeof expected);
    if (result == PARSE_LENGTH)
        (void)complain(problem, SIZE_MAX, "%s: found '%s' of %zu bytes, expected %s", of->path,
                       shown, length, expected);
    else
        (void)complain(problem, SIZE_MAX, "%s: found '%s', expected %s", of->path, shown, expected);
}

static bool is_null(const plan *of, uint32_t group, const unsigned char *raw)
{
    const leaf_group *found = &of->list.groups[group];
    return (raw[found->null_offset] & found->null_mask) == 0;
}

static void set_groups(const plan *of, uint32_t group, unsigned char *raw)
{
    while (group != LEAVES_NO_GROUP) {
        const leaf_group *found = &of->list.groups[group];
        raw[found->null_offset] |= found->null_mask;
        group = found->parent;
    }
}

static bool is_empty(const plan_column *column, const csv_cell *cell)
{
    return cell->length == 0 && !(cell->quoted && column->may_be_empty);
}

/* A cell of true or false, of an array or struct as a whole. */
static bool take_group(const plan *of, size_t index, const csv_cell *cell, unsigned char *raw,
                       plan_problem *problem)
{
    bool has_value = false;
    if (cell->length > 0 && !parse_word_bool(cell->text, cell->length, &has_value))
        return complain(problem, index,
                        "%s: expected true, or false or nothing where it is null; its values have "
                        "columns of their own",
                        of->list.groups[of->columns[index].group].path);
    if (has_value)
        set_groups(of, of->columns[index].group, raw);
    return true;
}

/* Cells that say what a group says that it does not have, and those that lack what it has. */
static bool check_groups(const plan *of, const csv_cell *cells, const unsigned char *raw,
                         plan_problem *problem)
{
    for (size_t i = 0; i < of->column_count; i++) {
        const plan_column *column = &of->columns[i];
        if (column->group != LEAVES_NO_GROUP) {
            bool has_value = false;
            (void)parse_word_bool(cells[i].text, cells[i].length, &has_value);
            if (!has_value && !is_null(of, column->group, raw))
                return complain(problem, i, "%s: is null, but there are values in it",
                                of->list.groups[column->group].path);
            continue;
        }
        const leaf *value = column->value;
        if (value != NULL && value->group != LEAVES_NO_GROUP && value->null_mask == 0 &&
            !column->may_be_empty && is_empty(column, &cells[i]) &&
            !is_null(of, value->group, raw)) {
            plan_explain(value, PARSE_SYNTAX, "", 0, problem);
            problem->column = i;
            return false;
        }
    }
    return true;
}

/* What is null is zero in the file, defaults included. */
static void clear_null_groups(const plan *of, unsigned char *raw)
{
    for (size_t i = 0; i < of->list.group_count; i++)
        if (is_null(of, (uint32_t)i, raw))
            memset(raw + of->list.groups[i].offset, 0, of->list.groups[i].size);
}

bool plan_fill(const plan *of, const csv_cell *cells, unsigned char *raw, plan_problem *problem)
{
    bool check = false;
    memcpy(raw, of->initial, of->schema->record_size);
    for (size_t i = 0; i < of->column_count; i++) {
        const plan_column *column = &of->columns[i];
        const leaf *value = column->value;
        const csv_cell *cell = &cells[i];
        if (value == NULL) {
            if (column->group != LEAVES_NO_GROUP && !take_group(of, i, cell, raw, problem))
                return false;
            check = check || column->group != LEAVES_NO_GROUP;
            continue;
        }
        if (is_empty(column, cell) &&
            (value->null_mask != 0 || value->group != LEAVES_NO_GROUP || column->may_be_empty)) {
            check = check || value->group != LEAVES_NO_GROUP;
            continue;
        }
        const parse_result result =
            parse_value(value->field, column->parse, cell->text, cell->length, raw + value->offset);
        if (MMFI_UNLIKELY(result != PARSE_OK)) {
            plan_explain(value, result, cell->text, cell->length, problem);
            problem->column = i;
            return false;
        }
        if (value->null_mask != 0)
            raw[value->null_offset] |= value->null_mask;
        if (value->group != LEAVES_NO_GROUP)
            set_groups(of, value->group, raw);
    }
    if (check && !check_groups(of, cells, raw, problem))
        return false;
    if (of->fills_groups)
        clear_null_groups(of, raw);
    return true;
}
