/* Turns the names of a schema into identifiers, and lists those of a model. */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "leaves.h"

/* ---- Letters ---- */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True when a word begins at name[at], with at > 0: "tick|Store", "HTTP|Tick". */
static bool word_begins(const char *name, size_t at)
{
    if (!is_upper(name[at]) || name[at - 1] == '_')
        return false;
    return is_lower(name[at - 1]) || is_digit(name[at - 1]) || is_lower(name[at + 1]);
}

void names_lower(const char *name, char out[NAMES_SIZE])
{
    size_t size = 0;
    for (size_t at = 0; name[at] != '\0' && size + 2 < NAMES_SIZE; at++) {
        if (at > 0 && word_begins(name, at))
            out[size++] = '_';
        out[size++] = is_upper(name[at]) ? (char)(name[at] - 'A' + 'a') : name[at];
    }
    out[size] = '\0';
}

void names_upper(const char *name, char out[NAMES_SIZE])
{
    names_lower(name, out);
    for (char *c = out; *c != '\0'; c++)
        if (is_lower(*c))
            *c = (char)(*c - 'a' + 'A');
}

/* ---- The tables ---- */

typedef enum letters {
    LOWER,
    UPPER,
    AS_WRITTEN
} letters;

/* One identifier of a record, struct or enum: its name in these letters, and what follows it. */
typedef struct whole_pattern {
    letters letters;
    names_scope scope;
    const char *after;
} whole_pattern;

static const whole_pattern OF_RECORD[] = {
    {UPPER, NAMES_FILE, "_RECORD_SIZE"},
    {UPPER, NAMES_FILE, "_FIELDS"},
    {UPPER, NAMES_FILE, "_SCHEMA_TEXT"},
    {UPPER, NAMES_FILE, "_DOC"},
    {LOWER, NAMES_FILE, "_record"},
    {LOWER, NAMES_FILE, "_store"},
    {LOWER, NAMES_FILE, "_rows"},
    {LOWER, NAMES_FILE, "_schema"},
    {LOWER, NAMES_FILE, "_record_check"},
    {LOWER, NAMES_FILE, "_record_load"},
    {LOWER, NAMES_FILE, "_record_save"},
    {LOWER, NAMES_FILE, "_rows_count"},
    {LOWER, NAMES_FILE, "_rows_read_begin"},
    {LOWER, NAMES_FILE, "_rows_read_retry"},
    {LOWER, NAMES_FILE, "_store_append"},
    {LOWER, NAMES_FILE, "_store_base"},
    {LOWER, NAMES_FILE, "_store_capacity"},
    {LOWER, NAMES_FILE, "_store_close"},
    {LOWER, NAMES_FILE, "_store_copy"},
    {LOWER, NAMES_FILE, "_store_count"},
    {LOWER, NAMES_FILE, "_store_create"},
    {LOWER, NAMES_FILE, "_store_get"},
    {LOWER, NAMES_FILE, "_store_open"},
    {LOWER, NAMES_FILE, "_store_read_begin"},
    {LOWER, NAMES_FILE, "_store_read_retry"},
    {LOWER, NAMES_FILE, "_store_rows"},
    {LOWER, NAMES_FILE, "_store_set"},
    {LOWER, NAMES_FILE, "_store_sync"},
    {LOWER, NAMES_FILE, "_store_wait"},
    {AS_WRITTEN, NAMES_MODULE, ""},
    {AS_WRITTEN, NAMES_MODULE, "Store"},
};

/* Of records with checksums, with nullable fields, and with defaults. */
static const whole_pattern OF_CHECKSUMMED[] = {
    {UPPER, NAMES_FILE, "_RECORD_CHECKSUM"},
    {LOWER, NAMES_FILE, "_store_verify"},
};
static const whole_pattern OF_VALIDITY[] = {{UPPER, NAMES_FILE, "_VALIDITY_OFFSET"}};
static const whole_pattern OF_RECORD_DEFAULTS[] = {{LOWER, NAMES_FILE, "_record_init"}};
static const whole_pattern OF_STRUCT_DEFAULTS[] = {{LOWER, NAMES_FILE, "_init"}};

static const whole_pattern OF_STRUCT[] = {
    {LOWER, NAMES_FILE, ""},        {UPPER, NAMES_FILE, "_SIZE"}, {UPPER, NAMES_FILE, "_FIELDS"},
    {UPPER, NAMES_FILE, "_STRUCT"}, {UPPER, NAMES_FILE, "_DOC"},  {AS_WRITTEN, NAMES_MODULE, ""},
};

static const whole_pattern OF_ENUM[] = {
    {LOWER, NAMES_FILE, ""},           {LOWER, NAMES_FILE, "_name"},
    {LOWER, NAMES_FILE, "_is_member"}, {UPPER, NAMES_FILE, "_MEMBERS"},
    {UPPER, NAMES_FILE, "_ENUM"},      {UPPER, NAMES_FILE, "_DOC"},
    {AS_WRITTEN, NAMES_MODULE, ""},
};

/* Which fields have an identifier: a set. */
enum {
    IN_RECORD = 1, /* fields of records */
    IN_STRUCT = 2, /* fields of structs */
    SCALAR = 4,    /* one number or bool, which may be null */
    SIZED = 8,     /* one text */
    ARRAY = 16,
    STRUCT = 32,
    ANY = SCALAR | SIZED | ARRAY | STRUCT,
    ANYWHERE = IN_RECORD | IN_STRUCT,
    ONLY_NULLABLE = 64,
    NEVER_NULL = 128,
    ONLY_DECIMAL = 256,
    ONLY_OF_STRUCTS = 512
};

/* lower + before + field name, or UPPER + before + FIELD NAME + after. */
typedef struct field_pattern {
    unsigned of;
    letters letters;
    names_scope scope;
    const char *before;
    const char *after;
} field_pattern;

static const field_pattern OF_FIELD[] = {
    {ANYWHERE | ANY, UPPER, NAMES_FILE, "_", "_OFFSET"},
    {ANYWHERE | ANY, UPPER, NAMES_FILE, "_", "_DOC"},
    {ANYWHERE | SIZED, UPPER, NAMES_FILE, "_", "_MAX"},
    {ANYWHERE | ARRAY, UPPER, NAMES_FILE, "_", "_COUNT"},
    {ANYWHERE | ANY | ONLY_DECIMAL, UPPER, NAMES_FILE, "_", "_PRECISION"},
    {ANYWHERE | ANY | ONLY_DECIMAL, UPPER, NAMES_FILE, "_", "_SCALE"},
    {IN_RECORD | ANY, LOWER, NAMES_FILE, "_store_get_", ""},
    {IN_RECORD | ANY, LOWER, NAMES_FILE, "_store_set_", ""},
    {IN_RECORD | ARRAY | ONLY_OF_STRUCTS | NEVER_NULL, LOWER, NAMES_FILE, "_store_get_", "_at"},
    {IN_RECORD | ARRAY | ONLY_OF_STRUCTS | NEVER_NULL, LOWER, NAMES_FILE, "_store_set_", "_at"},
    {IN_RECORD | SCALAR | SIZED, LOWER, NAMES_FILE, "_rows_", ""},
    {IN_RECORD | SCALAR, LOWER, NAMES_FILE, "_store_column_", ""},
    {IN_RECORD | SIZED, LOWER, NAMES_FILE, "_record_set_", ""},
    {IN_STRUCT | SIZED, LOWER, NAMES_FILE, "_set_", ""},
    {IN_RECORD | SIZED | NEVER_NULL, LOWER, NAMES_FILE, "_store_view_", ""},
    {IN_RECORD | ANY | ONLY_NULLABLE, LOWER, NAMES_FILE, "_store_has_", ""},
    {IN_RECORD | ANY | ONLY_NULLABLE, LOWER, NAMES_FILE, "_store_clear_", ""},
    {IN_RECORD | ANY | ONLY_NULLABLE, LOWER, NAMES_FILE, "_rows_", "_is_null"},
    {ANYWHERE | ANY, LOWER, NAMES_MEMBER, "", ""},
    {ANYWHERE | SIZED, LOWER, NAMES_MEMBER, "", "_length"},
    {ANYWHERE | ANY | ONLY_NULLABLE, LOWER, NAMES_MEMBER, "", "_is_null"},
};

/* Of elements and members, by the name of the leaf. */
static const struct {
    const char *before;
    bool of_text; /* of texts, too */
} OF_LEAF[] = {
    {"_store_get_", true},
    {"_store_set_", true},
    {"_store_column_", false},
    {"_rows_", true},
};

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

/* ---- The list ---- */

/* The list while it is counted (list is NULL), and then filled. */
typedef struct collector {
    names_identifier *list;
    size_t count;
    uint32_t number;
    names_part whole;
    names_part part;
    const char *c_name;
    bool is_whole;
} collector;

static void add(collector *to, names_scope scope, const char *a, const char *b, const char *c,
                const char *d)
{
    if (to->list != NULL) {
        names_identifier *next = &to->list[to->count];
        next->scope = scope;
        next->number = to->number;
        next->is_whole = to->is_whole;
        next->c_name = to->c_name;
        next->whole = to->whole;
        next->part = to->part;
        (void)snprintf(next->text, sizeof next->text, "%s%s%s%s", a, b, c, d);
    }
    to->count++;
}

static void add_whole(collector *to, const whole_pattern *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[NAMES_SIZE];
        if (patterns[i].letters == AS_WRITTEN)
            (void)snprintf(name, sizeof name, "%s", to->whole.name);
        else
            (patterns[i].letters == UPPER ? names_upper : names_lower)(to->c_name, name);
        add(to, patterns[i].scope, name, patterns[i].after, "", "");
    }
}

#define ADD_WHOLE(to, table) add_whole(to, table, COUNT_OF(table))

static bool has_pattern(const field_pattern *pattern, const mmf_field *field, bool in_struct)
{
    const unsigned kind = field->count > 0                 ? ARRAY
                          : field->structure != NULL       ? STRUCT
                          : mmf_type_is_sized(field->type) ? SIZED
                                                           : SCALAR;
    return (pattern->of & kind) != 0 && (pattern->of & (in_struct ? IN_STRUCT : IN_RECORD)) != 0 &&
           ((pattern->of & ONLY_NULLABLE) == 0 || field->null_bit != 0) &&
           ((pattern->of & NEVER_NULL) == 0 || field->null_bit == 0) &&
           ((pattern->of & ONLY_OF_STRUCTS) == 0 || field->structure != NULL) &&
           ((pattern->of & ONLY_DECIMAL) == 0 || field->logical == MMF_LOGICAL_DECIMAL);
}

static void add_field(collector *to, const mmf_field *field, bool in_struct)
{
    for (size_t i = 0; i < COUNT_OF(OF_FIELD); i++) {
        const field_pattern *pattern = &OF_FIELD[i];
        char whole[NAMES_SIZE] = "";
        char name[NAMES_SIZE];
        if (!has_pattern(pattern, field, in_struct))
            continue;
        if (pattern->scope == NAMES_FILE)
            (pattern->letters == UPPER ? names_upper : names_lower)(to->c_name, whole);
        if (pattern->letters == UPPER)
            names_upper(field->name, name);
        else
            (void)snprintf(name, sizeof name, "%s", field->name);
        add(to, pattern->scope, whole, pattern->before, name, pattern->after);
    }
}

static void add_leaf(void *context, const leaves_leaf *leaf)
{
    collector *to = (collector *)context;
    char whole[NAMES_SIZE];
    names_lower(to->c_name, whole);
    const bool text = mmf_type_is_sized(leaf->path[leaf->depth - 1]->type);
    for (size_t i = 0; i < COUNT_OF(OF_LEAF); i++)
        if (OF_LEAF[i].of_text || !text)
            add(to, NAMES_FILE, whole, OF_LEAF[i].before, leaf->name,
                leaf->dimensions > 0 ? "_at" : "");
}

static void begin_whole(collector *to, const char *what, const char *name, const char *c_name,
                        source_span at)
{
    to->number++;
    to->whole = (names_part){what, name, at};
    to->part = to->whole;
    to->c_name = c_name;
    to->is_whole = true;
}

static void begin_part(collector *to, const char *what, const char *name, source_span at)
{
    to->part = (names_part){what, name, at};
    to->is_whole = false;
}

static void add_fields(collector *to, const mmf_field *fields, uint32_t count,
                       const source_span *places, bool in_struct)
{
    for (uint32_t i = 0; i < count; i++) {
        begin_part(to, "field", fields[i].name, places[i]);
        add_field(to, &fields[i], in_struct);
        if (!in_struct)
            (void)leaves_of(&fields[i], add_leaf, to);
    }
}

bool names_have_defaults(const mmf_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (fields[i].default_text != NULL || fields[i].null_bit != 0 ||
            (fields[i].structure != NULL &&
             names_have_defaults(fields[i].structure->fields, fields[i].structure->field_count)))
            return true;
    return false;
}

static void add_records(collector *to, const gen_model *model)
{
    for (uint32_t i = 0; i < model->record_count; i++) {
        const mmf_schema *record = &model->records[i];
        const gen_place *place = &model->places[i];
        if (place->has_errors)
            continue;
        begin_whole(to, "record", record->name, model->record_c_names[i], place->name);
        ADD_WHOLE(to, OF_RECORD);
        if (record->checksum_offset != 0)
            ADD_WHOLE(to, OF_CHECKSUMMED);
        if (record->validity_offset != 0)
            ADD_WHOLE(to, OF_VALIDITY);
        if (names_have_defaults(record->fields, record->field_count))
            ADD_WHOLE(to, OF_RECORD_DEFAULTS);
        add_fields(to, record->fields, record->field_count, place->fields, false);
    }
}

static void add_structs(collector *to, const gen_model *model)
{
    for (uint32_t i = 0; i < model->struct_count; i++) {
        const mmf_struct *structure = model->structs[i];
        const gen_place *place = &model->struct_places[i];
        begin_whole(to, "struct", structure->name, model->struct_c_names[i], place->name);
        ADD_WHOLE(to, OF_STRUCT);
        if (structure->validity_offset != 0)
            ADD_WHOLE(to, OF_VALIDITY);
        if (names_have_defaults(structure->fields, structure->field_count))
            ADD_WHOLE(to, OF_STRUCT_DEFAULTS);
        add_fields(to, structure->fields, structure->field_count, place->fields, true);
    }
}

static void add_enums(collector *to, const gen_model *model)
{
    for (uint32_t i = 0; i < model->enum_count; i++) {
        const mmf_enum *of = &model->enums[i];
        const gen_place *place = &model->enum_places[i];
        char upper[NAMES_SIZE];
        if (place->has_errors)
            continue;
        begin_whole(to, "enum", of->name, model->enum_c_names[i], place->name);
        ADD_WHOLE(to, OF_ENUM);
        names_upper(model->enum_c_names[i], upper);
        for (uint32_t j = 0; j < of->member_count; j++) {
            char member[NAMES_SIZE];
            names_upper(of->members[j].name, member);
            begin_part(to, "member", of->members[j].name, place->fields[j]);
            add(to, NAMES_FILE, upper, "_", member, "");
        }
    }
}

static void add_constants(collector *to, const gen_model *model)
{
    for (uint32_t i = 0; i < model->constant_count; i++) {
        const char *name = model->constants[i].name;
        begin_whole(to, "constant", name, name, model->constant_places[i].name);
        add(to, NAMES_FILE, name, "", "", "");
        add(to, NAMES_MODULE, name, "", "", "");
    }
}

static void add_all(collector *to, const gen_model *model)
{
    to->count = 0;
    to->number = 0;
    add_constants(to, model);
    add_enums(to, model);
    add_structs(to, model);
    add_records(to, model);
}

names_identifier *names_list(const gen_model *model, arena *memory, size_t *count)
{
    collector to;
    memset(&to, 0, sizeof to);
    add_all(&to, model);
    names_identifier *list = (names_identifier *)arena_take(memory, (to.count + 1) * sizeof *list);
    *count = 0;
    if (list == NULL)
        return NULL;
    to.list = list;
    add_all(&to, model);
    *count = to.count;
    return list;
}
