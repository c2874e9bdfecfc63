/* Checks a parsed schema: what it declares, then its records, their limits and their layout. */
#include "sema.h"

#include <string.h>

#include "attributes.h"
#include "definitions.h"
#include "fields.h"

/* ---- Records ---- */

/* Computes and checks the layout of a record without errors. */
static void lay_out(checker *state, const syntax_record *record, mmf_field *fields, bool checksums,
                    mmf_schema *out)
{
    mmf_schema_complete(out, fields, checksums);
    if (out->record_size > MMF_RECORD_SIZE_MAX) {
        diag_report(state->list, record->name, "a record takes %u bytes; at most %u are allowed",
                    out->record_size, MMF_RECORD_SIZE_MAX);
        diag_hint(state->list, "lower the capacities, or split the record");
        return;
    }
    const size_t size = mmf_schema_write(out, NULL, 0);
    if (size > MMF_SCHEMA_TEXT_MAX) {
        diag_report(state->list, record->name,
                    "the record takes %zu bytes of text in a file; at most %u are allowed", size,
                    MMF_SCHEMA_TEXT_MAX);
        diag_hint(state->list, "shorten the doc comments, or write '//' for some of them");
        return;
    }
    char *text = (char *)arena_take(state->memory, size + 1);
    if (text == NULL) {
        state->failed = true;
        return;
    }
    (void)mmf_schema_write(out, text, size + 1);
    out->text = text;
    out->text_size = (uint32_t)size;
}

static void check_record(checker *state, const syntax_record *record, mmf_schema *out,
                         const char **c_name, gen_place *place)
{
    const uint32_t errors = state->list->count;
    place->name = record->name;
    place->has_errors = true;
    out->name = checker_name(state, record->name);
    out->doc = checker_docs(state, &record->docs);
    out->version = checker_number(state, record->version, MMF_SCHEMA_VERSION_MAX, "version");
    out->field_count = record->field_count;
    const attributes given = attributes_check(state, record->attributes, ATTRIBUTES_RECORD);
    out->align = given.align;
    *c_name = given.prefix != NULL ? given.prefix : out->name;
    if (!fields_check_count(state, record, "record"))
        return;
    mmf_field *fields = (mmf_field *)checker_take(state, record->field_count, sizeof *fields);
    source_span *places = (source_span *)checker_take(state, record->field_count, sizeof *places);
    if (fields == NULL || places == NULL)
        return;
    /* Muted errors are not counted, and a type may have been reported before, as a word. */
    const bool known =
        fields_check(state, record, out->version, fields, places) && !state->list->muted;
    out->fields = fields;
    place->fields = places;
    if (known && state->list->count == errors && !state->failed)
        lay_out(state, record, fields, given.checksums, out);
    place->has_errors = !known || record->broken || state->list->count > errors;
}

/* Reports and marks a second record of a name: its identifiers are not checked for clashes then. */
static void check_names(checker *state, gen_place *places)
{
    const syntax_schema *parsed = state->parsed;
    uint32_t index = 0;
    for (const syntax_record *record = parsed->records; record != NULL; record = record->next) {
        gen_place *place = &places[index++];
        for (const syntax_record *other = parsed->records; other != record; other = other->next) {
            if (!checker_same(state, other->name, record->name))
                continue;
            checker_report_twice(state, "record", record->name, other->name);
            place->has_errors = true;
            break;
        }
    }
}

/* ---- The file ---- */

/* Memory for what the file declares; false without it. */
static bool begin(checker *state)
{
    const syntax_schema *parsed = state->parsed;
    state->constants =
        (gen_constant *)checker_take(state, parsed->constant_count, sizeof *state->constants);
    state->constant_places =
        (gen_place *)checker_take(state, parsed->constant_count, sizeof *state->constant_places);
    state->enums = (mmf_enum *)checker_take(state, parsed->enum_count, sizeof *state->enums);
    state->enum_c_names =
        (const char **)checker_take(state, parsed->enum_count, sizeof *state->enum_c_names);
    state->enum_places =
        (gen_place *)checker_take(state, parsed->enum_count, sizeof *state->enum_places);
    state->structs =
        (checker_struct *)checker_take(state, parsed->struct_count, sizeof *state->structs);
    state->sorted =
        (const checker_struct **)checker_take(state, parsed->struct_count, sizeof *state->sorted);
    mmf_struct *structures =
        (mmf_struct *)checker_take(state, parsed->struct_count, sizeof *structures);
    if (state->failed)
        return false;
    uint32_t index = 0;
    for (const syntax_record *at = parsed->structs; at != NULL; at = at->next, index++) {
        state->structs[index].written = at;
        state->structs[index].structure = &structures[index];
        state->structs[index].place.name = at->name;
    }
    return true;
}

/* The structs of the model, each after those that it uses. */
static void list_structs(checker *state, gen_model *out)
{
    const uint32_t count = state->sorted_count;
    const mmf_struct **structs = (const mmf_struct **)checker_take(state, count, sizeof *structs);
    const char **c_names = (const char **)checker_take(state, count, sizeof *c_names);
    gen_place *places = (gen_place *)checker_take(state, count, sizeof *places);
    if (state->failed)
        return;
    for (uint32_t i = 0; i < count; i++) {
        structs[i] = state->sorted[i]->structure;
        c_names[i] = state->sorted[i]->c_name;
        places[i] = state->sorted[i]->place;
    }
    out->struct_count = count;
    out->structs = structs;
    out->struct_c_names = c_names;
    out->struct_places = places;
}

static bool check_count(diag_list *list, source_span at, uint32_t count, uint32_t max,
                        const char *what)
{
    if (count <= max)
        return true;
    diag_report(list, at, "the file has %u %s; at most %u are allowed", count, what, max);
    diag_hint(list, "split the file");
    return false;
}

/* What comes later compares names with names, and follows structs into structs. */
static bool check_counts(const syntax_schema *parsed, diag_list *list)
{
    static const source_span NOWHERE = {0, 0};
    const source_span definition = parsed->enum_count > 0     ? parsed->enums->name
                                   : parsed->struct_count > 0 ? parsed->structs->name
                                                              : NOWHERE;
    return check_count(list, parsed->record_count > 0 ? parsed->records->name : NOWHERE,
                       parsed->record_count, GEN_RECORDS_MAX, "records") &&
           check_count(list, parsed->constant_count > 0 ? parsed->constants->name : NOWHERE,
                       parsed->constant_count, GEN_CONSTANTS_MAX, "constants") &&
           check_count(list, definition, parsed->enum_count + parsed->struct_count,
                       MMF_DEFINITIONS_MAX, "enums and structs");
}

bool sema_check(const syntax_schema *parsed, const source *from, arena *memory, diag_list *list,
                gen_model *out)
{
    checker state;
    memset(&state, 0, sizeof state);
    state.from = from;
    state.memory = memory;
    state.list = list;
    state.parsed = parsed;
    memset(out, 0, sizeof *out);
    out->schema_name = from->name;
    if (!check_counts(parsed, list))
        return true;
    const size_t count = parsed->record_count;
    mmf_schema *records = (mmf_schema *)checker_take(&state, count, sizeof *records);
    const char **c_names = (const char **)checker_take(&state, count, sizeof *c_names);
    gen_place *places = (gen_place *)checker_take(&state, count, sizeof *places);
    if (state.failed || !begin(&state))
        return false;
    definitions_check(&state);
    fields_check_structs(&state);
    size_t index = 0;
    for (const syntax_record *record = parsed->records; record != NULL; record = record->next) {
        check_record(&state, record, &records[index], &c_names[index], &places[index]);
        index++;
    }
    check_names(&state, places);
    out->record_count = parsed->record_count;
    out->records = records;
    out->record_c_names = c_names;
    out->places = places;
    out->constant_count = parsed->constant_count;
    out->constants = state.constants;
    out->constant_places = state.constant_places;
    out->enum_count = parsed->enum_count;
    out->enums = state.enums;
    out->enum_c_names = state.enum_c_names;
    out->enum_places = state.enum_places;
    list_structs(&state, out);
    return !state.failed;
}
