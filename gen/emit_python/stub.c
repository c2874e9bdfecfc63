/* The generated stub: the types of a module, for checkers, editors and readers. */
#include "emit_python.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "python_text.h"

/*
 * Parameters that are not fields begin with '_', as no field does: so a field may be called `row`.
 * They are positional, so callers never write their names.
 */

static const char *scalar_type(mmf_type type)
{
    static const char *const TYPES[MMF_TYPE_COUNT] = {
        [MMF_TYPE_NONE] = "?",     [MMF_TYPE_BOOL] = "bool",     [MMF_TYPE_INT8] = "int",
        [MMF_TYPE_UINT8] = "int",  [MMF_TYPE_INT16] = "int",     [MMF_TYPE_UINT16] = "int",
        [MMF_TYPE_INT32] = "int",  [MMF_TYPE_UINT32] = "int",    [MMF_TYPE_INT64] = "int",
        [MMF_TYPE_UINT64] = "int", [MMF_TYPE_FLOAT32] = "float", [MMF_TYPE_FLOAT64] = "float",
        [MMF_TYPE_STRING] = "str", [MMF_TYPE_BYTES] = "bytes",   [MMF_TYPE_STRUCT] = "?",
    };
    return TYPES[type];
}

/* The type of one element. Modules that only the stub needs have names that no schema can have. */
static const char *element_type(const mmf_field *field)
{
    switch (field->logical) {
    case MMF_LOGICAL_TIMESTAMP:
        return "mmapforge.Timestamp";
    case MMF_LOGICAL_DATE:
        return "_datetime.date";
    case MMF_LOGICAL_DECIMAL:
        return "_decimal.Decimal";
    case MMF_LOGICAL_ENUM:
        return field->enumeration->name;
    default:
        return field->structure != NULL ? field->structure->name : scalar_type(field->type);
    }
}

/* What else a call takes for one element, as the rest of a union; NULL for nothing. */
static const char *other_types(const mmf_field *field)
{
    switch (field->logical) {
    case MMF_LOGICAL_DATE:
        return "int";
    case MMF_LOGICAL_DECIMAL:
    case MMF_LOGICAL_ENUM:
        return "int, str";
    default:
        return field->structure != NULL ? "_Values" : NULL;
    }
}

/* ---- Functions ---- */

/* A function whose head is being put together. */
typedef struct function {
    uint32_t indent;
    const char *name;   /* "get_price" is "get_" and "price" */
    const char *suffix; /* after name */
    const char *returns;
    const char *doc;     /* may be "" */
    const char *comment; /* on the line of the name, if there are several lines; or NULL */
    emit_text parameters;
} function;

static void parameter(function *to, const char *text)
{
    emit_append_format(&to->parameters, "%s\n", text);
}

static void emit_function(emitter *to, function *of)
{
    emit_text head = {NULL, 0, 0, false};
    emit_text tail = {NULL, 0, 0, false};
    emit_append_format(&head, "def %s%s(%s", of->name, of->suffix,
                       of->comment != NULL ? of->comment : "");
    emit_append_format(&tail, ") -> %s:%s", of->returns, of->doc[0] == '\0' ? " ..." : "");
    if (head.failed || tail.failed) {
        to->out.failed = true;
    } else {
        emit_python_list(to, of->indent, head.data, &of->parameters, tail.data);
        emit_python_doc(to, of->indent + 4, of->doc);
    }
    emit_text_free(&head);
    emit_text_free(&tail);
    emit_text_free(&of->parameters);
}

/* ---- A record ---- */

/* The fields of a class, whose names hide others inside it: the type `str` after a field `str`. */
typedef struct scope {
    const mmf_field *fields;
    uint32_t count;
} scope;

static const scope NOTHING = {NULL, 0};

static scope record_scope(const mmf_schema *record)
{
    return (scope){record->fields, record->field_count};
}

static scope struct_scope(const mmf_struct *structure)
{
    return (scope){structure->fields, structure->field_count};
}

/* True when a field has the name, or the name of the module before its '.'. */
static bool hides(scope in, const char *name)
{
    const size_t length = strcspn(name, ".");
    for (uint32_t i = 0; i < in.count; i++)
        if (strlen(in.fields[i].name) == length && memcmp(in.fields[i].name, name, length) == 0)
            return true;
    return false;
}

static bool is_builtin(const char *name)
{
    return strcmp(name, "str") == 0 || strcmp(name, "bytes") == 0;
}

/* A name that a field hides has another one, which begins with '_', as no field does. */
static void append_name(emit_text *to, scope hiding, const char *name)
{
    if (hides(hiding, name))
        emit_append_format(to, is_builtin(name) ? "_builtins." : "_");
    emit_append(to, name, strlen(name));
}

static void append_element(emit_text *to, scope hiding, const mmf_field *field, bool given)
{
    const char *others = given ? other_types(field) : NULL;
    if (others != NULL) {
        append_name(to, hiding, "typing.Union[");
        append_name(to, hiding, element_type(field));
        emit_append_format(to, ", %s]", others);
    } else {
        append_name(to, hiding, element_type(field));
    }
}

/*
 * The type of a field's value, or, when it is given to a call, of all that the call takes.
 */
static void append_type(emit_text *to, scope hiding, const mmf_field *field, bool given)
{
    if (field->null_bit != 0)
        append_name(to, hiding, "typing.Optional[");
    if (field->count > 0)
        append_name(to, hiding, given ? "typing.Iterable[" : "typing.Tuple[");
    append_element(to, hiding, field, given);
    if (field->count > 0)
        emit_append_format(to, given ? "]" : ", ...]");
    if (field->null_bit != 0)
        emit_append_format(to, "]");
}

static void emit_attribute(emitter *to, scope in, const mmf_field *field, const char *comment)
{
    emit_text line = {NULL, 0, 0, false};
    emit_append_format(&line, "    %s: ", field->name);
    append_type(&line, in, field, false);
    emit_append(&line, comment, strlen(comment));
    if (line.failed)
        to->out.failed = true;
    else
        emit_line(to, line.data);
    emit_python_doc(to, 4, field->doc);
    emit_text_free(&line);
}

/* The names by which `case Tick(symbol, price):` matches a record. */
static void emit_match_args(emitter *to, const mmf_schema *schema)
{
    emit_text names = {NULL, 0, 0, false};
    for (uint32_t i = 0; i < schema->field_count; i++)
        emit_append_format(&names, "\"%s\"\n", schema->fields[i].name);
    /* A tuple of one item needs a comma; a list on several lines has one after each item. */
    emit_python_list(to, 4, "__match_args__ = (", &names, schema->field_count == 1 ? ",)" : ")");
    emit_text_free(&names);
}

static void emit_record_class(emitter *to, const mmf_schema *schema)
{
    char doc[MMF_NAME_LENGTH_MAX + 32];
    (void)snprintf(doc, sizeof doc, "A record of %sStore.", schema->name);
    emit_format(to, "class %s(mmapforge.Record):", schema->name);
    emit_python_doc(to, 4, schema->doc[0] != '\0' ? schema->doc : doc);
    emit_line(to, "");
    emit_match_args(to, schema);
    function init = {4, "__init__", "", "None", "", NULL, {NULL, 0, 0, false}};
    parameter(&init, "_self"); /* mmapforge.Record names it so, since a field may be called self */
    for (uint32_t i = 0; i < schema->field_count; i++) {
        emit_attribute(to, record_scope(schema), &schema->fields[i], "");
        emit_append_format(&init.parameters, "%s: ", schema->fields[i].name);
        append_type(&init.parameters, record_scope(schema), &schema->fields[i], false);
        emit_append(&init.parameters, "\n", 1);
    }
    emit_line(to, "");
    emit_function(to, &init);
}

/* ---- A store ---- */

/* Every field as a keyword parameter, of its own type or of any. */
static void keywords(function *to, const mmf_schema *schema, bool any)
{
    parameter(to, "/");
    parameter(to, "*");
    for (uint32_t i = 0; i < schema->field_count; i++) {
        emit_append_format(&to->parameters, "%s: ", schema->fields[i].name);
        if (any)
            emit_append_format(&to->parameters, "typing.Any");
        else
            append_type(&to->parameters, NOTHING, &schema->fields[i], true);
        emit_append_format(&to->parameters, " = ...\n");
    }
}

/* The comment makes the line too long for all parameters, so the head is split after it. */
static const char OVERRIDE[] = "  # type: ignore[override]";

static void emit_record_calls(emitter *to, const mmf_schema *schema)
{
    emit_line(to,
              "    # The class that all stores share takes any fields; this one takes its own.");
    char record[MMF_NAME_LENGTH_MAX + 64];
    (void)snprintf(record, sizeof record, "_record: typing.Union[%s, _Values, None] = ...",
                   schema->name);
    function append = {4, "append", "", "int", "", NULL, {NULL, 0, 0, false}};
    append.comment = OVERRIDE;
    append.doc = "Adds a record, given whole or by its fields, and returns its row.";
    parameter(&append, "self");
    parameter(&append, record);
    keywords(&append, schema, false);
    emit_function(to, &append);
    emit_line(to, "");

    function extend = {4, "extend", "", "int", "", NULL, {NULL, 0, 0, false}};
    extend.comment = OVERRIDE;
    extend.doc = "Adds many records, given as rows or by columns, and returns how many.";
    parameter(&extend, "self");
    parameter(&extend, "_rows: typing.Any = ...");
    keywords(&extend, schema, true);
    emit_function(to, &extend);
    emit_line(to, "");

    function set = {4, "set", "", "None", "", NULL, {NULL, 0, 0, false}};
    set.comment = OVERRIDE;
    set.doc = "Replaces a record, or some fields of it, all or nothing.";
    parameter(&set, "self");
    parameter(&set, "_row: int");
    parameter(&set, record);
    keywords(&set, schema, false);
    emit_function(to, &set);
}

static void emit_field_calls(emitter *to, const mmf_field *field)
{
    emit_text type = {NULL, 0, 0, false};
    emit_text given = {NULL, 0, 0, false};
    append_type(&type, NOTHING, field, false);
    append_type(&given, NOTHING, field, true);
    if (type.failed || given.failed) {
        to->out.failed = true;
        return;
    }
    function get = {4, "get_", field->name, type.data, field->doc, NULL, {NULL, 0, 0, false}};
    parameter(&get, "self");
    parameter(&get, "_row: int");
    parameter(&get, "/");
    emit_function(to, &get);
    emit_line(to, "");

    function set = {4, "set_", field->name, "None", field->doc, NULL, {NULL, 0, 0, false}};
    parameter(&set, "self");
    parameter(&set, "_row: int");
    emit_append_format(&set.parameters, "_value: %s\n", given.data);
    parameter(&set, "/");
    emit_function(to, &set);
    emit_text_free(&given);
    emit_text_free(&type);
}

static void emit_store_class(emitter *to, const mmf_schema *schema)
{
    char doc[MMF_NAME_LENGTH_MAX + 32];
    (void)snprintf(doc, sizeof doc, "A file of %s records.", schema->name);
    char head[MMF_NAME_LENGTH_MAX + 16];
    (void)snprintf(head, sizeof head, "class %sStore(", schema->name);
    emit_text base = {NULL, 0, 0, false};
    emit_append_format(&base, "mmapforge.Store[%s]\n", schema->name);
    emit_python_list(to, 0, head, &base, "):");
    emit_text_free(&base);
    emit_python_doc(to, 4, doc);
    emit_line(to, "");
    emit_record_calls(to, schema);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        emit_line(to, "");
        emit_field_calls(to, &schema->fields[i]);
    }
}

/* ---- The module ---- */

static void emit_open(emitter *to, const gen_model *model)
{
    char store[MMF_NAME_LENGTH_MAX + 8];
    (void)snprintf(store, sizeof store, "%sStore", model->records[0].name);
    const bool one = model->record_count == 1;
    function open = {0, "open", "", one ? store : "_AnyStore", "", NULL, {NULL, 0, 0, false}};
    open.doc = one ? "Opens a file, to read it or, with mode \"r+\", to write it, too."
                   : "Opens a file of any of these stores, as the store that it holds.";
    parameter(&open, "path: _Path");
    parameter(&open, "mode: str = \"r\"");
    parameter(&open, "*");
    parameter(&open, "shared: bool = False");
    parameter(&open, "reserve: int = 0");
    parameter(&open, "errors: str = \"strict\"");
    emit_function(to, &open);
    if (!one)
        return;

    emit_line(to, "");
    function create = {0, "create", "", store, "", NULL, {NULL, 0, 0, false}};
    create.doc = "Makes a new file, and opens it for writing.";
    parameter(&create, "path: _Path");
    parameter(&create, "*");
    parameter(&create, "shared: bool = False");
    parameter(&create, "capacity: int = 0");
    parameter(&create, "reserve: int = 0");
    parameter(&create, "permissions: int = 0o666");
    parameter(&create, "errors: str = \"strict\"");
    emit_function(to, &create);
}

/* True when the types of a class's fields have the name, which may be that of a module. */
static bool needs(scope in, const char *name)
{
    for (uint32_t i = 0; i < in.count; i++) {
        const mmf_field *field = &in.fields[i];
        const char *element = element_type(field);
        const size_t length = strcspn(element, ".");
        if (strlen(name) == length && memcmp(element, name, length) == 0)
            return true;
        if ((field->null_bit != 0 || field->count > 0) && strcmp(name, "typing") == 0)
            return true;
    }
    return false;
}

/* True when a field of a class of the stub hides a name that the class needs. */
static bool is_hidden(const gen_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->record_count; i++) {
        const scope in = record_scope(&model->records[i]);
        if (hides(in, name) && needs(in, name))
            return true;
    }
    for (uint32_t i = 0; i < model->struct_count; i++) {
        const scope in = struct_scope(model->structs[i]);
        if (hides(in, name) && needs(in, name))
            return true;
    }
    return false;
}

static bool has_logical(const gen_model *model, mmf_logical logical)
{
    bool found = false;
    for (uint32_t i = 0; i < model->record_count; i++)
        for (uint32_t f = 0; f < model->records[i].field_count; f++)
            found = found || model->records[i].fields[f].logical == logical;
    for (uint32_t i = 0; i < model->struct_count; i++)
        for (uint32_t f = 0; f < model->structs[i]->field_count; f++)
            found = found || model->structs[i]->fields[f].logical == logical;
    return found;
}

static void emit_imports(emitter *to, const gen_model *model)
{
    if (is_hidden(model, "str") || is_hidden(model, "bytes"))
        emit_line(to, "import builtins as _builtins");
    if (has_logical(model, MMF_LOGICAL_DATE))
        emit_line(to, "import datetime as _datetime");
    if (has_logical(model, MMF_LOGICAL_DECIMAL))
        emit_line(to, "import decimal as _decimal");
    if (model->enum_count > 0)
        emit_line(to, "import enum as _enum");
    emit_line(to, "import os");
    emit_line(to, "import typing");
    if (is_hidden(model, "typing"))
        emit_line(to, "import typing as _typing");
    emit_line(to, "");
    emit_line(to, "import mmapforge");
    if (is_hidden(model, "mmapforge"))
        emit_line(to, "import mmapforge as _mmapforge");
}

/* ---- Constants, enums and structs ---- */

static void emit_constants(emitter *to, const gen_model *model)
{
    if (model->constant_count > 0)
        emit_line(to, "");
    for (uint32_t i = 0; i < model->constant_count; i++) {
        const gen_constant *one = &model->constants[i];
        emit_format(to, "%s: typing.Final = %" PRIu32, one->name, one->value);
        emit_python_doc(to, 0, one->doc);
    }
}

/* A second name for a class that a field of its name hides. */
static void emit_alias(emitter *to, const gen_model *model, const char *name)
{
    if (!is_hidden(model, name))
        return;
    emit_line(to, "");
    emit_format(to, "_%s = %s", name, name);
}

static void emit_enum(emitter *to, const gen_model *model, const mmf_enum *of)
{
    emit_line(to, "");
    emit_format(to, "class %s(_enum.IntEnum):", of->name);
    emit_python_doc(to, 4, of->doc);
    for (uint32_t i = 0; i < of->member_count; i++) {
        emit_format(to, "    %s = %" PRId32, of->members[i].name, of->members[i].value);
        emit_python_doc(to, 4, of->members[i].doc);
    }
    emit_alias(to, model, of->name);
}

/* A tuple has methods of these names, which a field replaces. */
static bool is_tuple_method(const char *name)
{
    return strcmp(name, "count") == 0 || strcmp(name, "index") == 0;
}

static void emit_struct(emitter *to, const gen_model *model, const mmf_struct *of)
{
    emit_line(to, "");
    emit_format(to, "class %s(typing.NamedTuple):", of->name);
    emit_python_doc(to, 4, of->doc);
    for (uint32_t i = 0; i < of->field_count; i++)
        emit_attribute(to, struct_scope(of), &of->fields[i],
                       is_tuple_method(of->fields[i].name) ? "  # type: ignore[assignment]" : "");
    emit_alias(to, model, of->name);
}

static void emit_definitions(emitter *to, const gen_model *model)
{
    emit_constants(to, model);
    for (uint32_t i = 0; i < model->enum_count; i++)
        emit_enum(to, model, &model->enums[i]);
    for (uint32_t i = 0; i < model->struct_count; i++)
        emit_struct(to, model, model->structs[i]);
}

static void emit_head(emitter *to, const gen_model *model, const char *name)
{
    emit_text doc = {NULL, 0, 0, false};
    emit_append_format(
        &doc, "The types of %.128s.\n\nGenerated by mmfgen from %.255s; edit that instead.", name,
        model->schema_name);
    if (doc.failed)
        to->out.failed = true;
    else
        emit_python_doc(to, 0, doc.data);
    emit_text_free(&doc);
    emit_line(to, "");
    emit_imports(to, model);
    emit_line(to, "");
    emit_python_names(to, model);
    emit_line(to, "");
    emit_line(to, "_Path = typing.Union[str, \"os.PathLike[str]\"]");
    emit_line(to, "_Values = typing.Union[typing.Mapping[str, typing.Any], "
                  "typing.Sequence[typing.Any]]");
}

void emit_python_stub(emitter *to, const gen_model *model, const char *name)
{
    emit_head(to, model, name);
    emit_definitions(to, model);
    emit_text stores = {NULL, 0, 0, false};
    for (uint32_t i = 0; i < model->record_count; i++) {
        emit_line(to, "");
        emit_record_class(to, &model->records[i]);
        emit_line(to, "");
        emit_store_class(to, &model->records[i]);
        emit_append_format(&stores, "%sStore\n", model->records[i].name);
    }
    emit_line(to, "");
    if (model->record_count > 1) {
        emit_python_list(to, 0, "_AnyStore = typing.Union[", &stores, "]");
        emit_line(to, "");
    }
    emit_open(to, model);
    emit_text_free(&stores);
}
