/* The generated stub: the types of a module, for checkers, editors and readers. */
#include "emit_python.h"

#include <stdio.h>
#include <string.h>

#include "python_text.h"

/*
 * Parameters that are not fields begin with '_', as no field does: so a field may be called `row`.
 * They are positional, so callers never write their names.
 */

static const char *python_type(mmf_type type)
{
    static const char *const TYPES[MMF_TYPE_COUNT] = {
        [MMF_TYPE_NONE] = "?",     [MMF_TYPE_BOOL] = "bool",     [MMF_TYPE_INT8] = "int",
        [MMF_TYPE_UINT8] = "int",  [MMF_TYPE_INT16] = "int",     [MMF_TYPE_UINT16] = "int",
        [MMF_TYPE_INT32] = "int",  [MMF_TYPE_UINT32] = "int",    [MMF_TYPE_INT64] = "int",
        [MMF_TYPE_UINT64] = "int", [MMF_TYPE_FLOAT32] = "float", [MMF_TYPE_FLOAT64] = "float",
        [MMF_TYPE_STRING] = "str", [MMF_TYPE_BYTES] = "bytes",
    };
    return TYPES[type];
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

static bool has_field(const mmf_schema *schema, const char *name)
{
    for (uint32_t i = 0; i < schema->field_count; i++)
        if (strcmp(schema->fields[i].name, name) == 0)
            return true;
    return false;
}

/* Inside the class, a field called `str` hides the type of that name. */
static void append_type(emit_text *to, const mmf_schema *schema, mmf_type type)
{
    const char *name = python_type(type);
    emit_append_format(to, "%s%s", has_field(schema, name) ? "_builtins." : "", name);
}

static void emit_attribute(emitter *to, const mmf_schema *schema, const mmf_field *field)
{
    emit_text line = {NULL, 0, 0, false};
    emit_append_format(&line, "    %s: ", field->name);
    append_type(&line, schema, field->type);
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
        emit_attribute(to, schema, &schema->fields[i]);
        emit_append_format(&init.parameters, "%s: ", schema->fields[i].name);
        append_type(&init.parameters, schema, schema->fields[i].type);
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
    for (uint32_t i = 0; i < schema->field_count; i++)
        emit_append_format(&to->parameters, "%s: %s = ...\n", schema->fields[i].name,
                           any ? "typing.Any" : python_type(schema->fields[i].type));
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
    const char *type = python_type(field->type);
    function get = {4, "get_", field->name, type, field->doc, NULL, {NULL, 0, 0, false}};
    parameter(&get, "self");
    parameter(&get, "_row: int");
    parameter(&get, "/");
    emit_function(to, &get);
    emit_line(to, "");

    function set = {4, "set_", field->name, "None", field->doc, NULL, {NULL, 0, 0, false}};
    parameter(&set, "self");
    parameter(&set, "_row: int");
    emit_append_format(&set.parameters, "_value: %s\n", type);
    parameter(&set, "/");
    emit_function(to, &set);
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

static bool needs_builtins(const gen_model *model)
{
    for (uint32_t i = 0; i < model->record_count; i++)
        if (has_field(&model->records[i], "str") || has_field(&model->records[i], "bytes"))
            return true;
    return false;
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
    if (needs_builtins(model))
        emit_line(to, "import builtins as _builtins");
    emit_line(to, "import os");
    emit_line(to, "import typing");
    emit_line(to, "");
    emit_line(to, "import mmapforge");
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
