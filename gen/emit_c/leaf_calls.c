/* The calls of elements of arrays and of members of structs, which are one value each. */
#include <stdio.h>
#include <string.h>

#include "../model/leaves.h"
#include "parts.h"

/* Room for the sum of offsets that leads to a leaf, and for the checks of its indexes. */
#define EXPRESSION_SIZE 4096u

/*
 * Placeholders of these templates, beside those of the leaf's field:
 *
 *   leaf      its name with "_at" when it has indexes: "bids_price_at"
 *   path      as it is written in C: "bids[index].price"
 *   indexes   the parameters for them, each with ", " after it
 *   condition true when an index is out of its array; "" without indexes
 *   sum       the offset of the leaf, a sum
 *   max       the constant for the capacity of a text
 */
typedef struct leaf_calls {
    emitter *to;
    const emit_field *field; /* of the record */
    emit_field last;
    emit_record owner;
    emit_placeholders placeholders;
    char leaf[LEAVES_NAME_SIZE + 8];
    char path[EXPRESSION_SIZE];
    char indexes[EXPRESSION_SIZE];
    char offset[EXPRESSION_SIZE];
    char condition[EXPRESSION_SIZE];
    char max[2 * NAMES_IDENTIFIER_SIZE];
} leaf_calls;

static void add(char *to, const char *text)
{
    const size_t length = strlen(to);
    (void)snprintf(to + length, EXPRESSION_SIZE - length, "%s", text);
}

/* "index" for the only array of a path, else "index1", "index2" and so on. */
static void index_name(const leaves_leaf *leaf, uint32_t number, char out[16])
{
    if (leaf->dimensions == 1)
        (void)snprintf(out, 16, "index");
    else
        (void)snprintf(out, 16, "index%u", number);
}

/* Puts the expressions together along the path. */
static void follow(leaf_calls *of, const leaves_leaf *leaf)
{
    const gen_model *model = of->field->record->model;
    uint32_t arrays = 0;
    of->owner = *of->field->record;
    of->path[0] = of->indexes[0] = of->offset[0] = of->condition[0] = '\0';
    for (uint32_t i = 0; i < leaf->depth; i++) {
        if (i > 0)
            emit_struct_init(&of->owner, model, leaf->path[i - 1]->structure);
        emit_field_init(&of->last, &of->owner, leaf->path[i]);
        char part[2 * NAMES_IDENTIFIER_SIZE];
        char index[16];
        (void)snprintf(part, sizeof part, "%s%s_%s_OFFSET", i > 0 ? " + " : "", of->owner.upper,
                       of->last.upper);
        add(of->offset, part);
        add(of->path, i > 0 ? "." : "");
        add(of->path, leaf->path[i]->name);
        if (leaf->path[i]->count == 0)
            continue;
        index_name(leaf, ++arrays, index);
        (void)snprintf(part, sizeof part, " + %s * %s", index, of->last.stride);
        add(of->offset, part);
        (void)snprintf(part, sizeof part, "[%s]", index);
        add(of->path, part);
        (void)snprintf(part, sizeof part, "size_t %s, ", index);
        add(of->indexes, part);
        (void)snprintf(part, sizeof part, "%s%s >= %s_%s_COUNT", arrays > 1 ? " || " : "", index,
                       of->owner.upper, of->last.upper);
        add(of->condition, part);
    }
    (void)snprintf(of->max, sizeof of->max, "%s_%s_MAX", of->owner.upper, of->last.upper);
    (void)snprintf(of->leaf, sizeof of->leaf, "%s%s", leaf->name,
                   leaf->dimensions > 0 ? "_at" : "");
}

static void set_placeholders(leaf_calls *of)
{
    static const char *const OF_FIELD[] = {"type",   "ctype", "storage", "cast",
                                           "uncast", "inner", "limit"};
    of->placeholders = of->field->placeholders;
    for (size_t i = 0; i < sizeof OF_FIELD / sizeof OF_FIELD[0]; i++)
        emit_set(&of->placeholders, OF_FIELD[i],
                 emit_value_of(&of->last.placeholders, OF_FIELD[i]));
    emit_set(&of->placeholders, "leaf", of->leaf);
    emit_set(&of->placeholders, "path", of->path);
    emit_set(&of->placeholders, "indexes", of->indexes);
    emit_set(&of->placeholders, "sum", of->offset);
    emit_set(&of->placeholders, "max", of->max);
    emit_set(&of->placeholders, "condition", of->condition);
    emit_set(&of->placeholders, "data",
             of->last.field->type == MMF_TYPE_STRING ? "char" : "uint8_t");
}

static void emit(const leaf_calls *of, const char *text)
{
    emit_template(of->to, &of->placeholders, text);
}

static void emit_doc(const leaf_calls *of, const char *verb, const char *rules)
{
    char summary[EXPRESSION_SIZE + 32];
    (void)snprintf(summary, sizeof summary, "%s %s%s", verb, of->path,
                   strcmp(verb, "Replaces") == 0 && *rules != '\0' ? ", all or nothing" : "");
    emit_call_comment(of->to, summary, of->last.field->doc, rules);
}

/* The offset as a variable of its own, which keeps the lines after it short. */
static void emit_offset(const leaf_calls *of)
{
    emit_template(of->to, &of->placeholders, "    const size_t offset = $sum$;\n");
}

/* ---- Numbers ---- */

static void emit_scalar(leaf_calls *of)
{
    const bool is_enum = of->last.field->enumeration != NULL;
    const bool has_indexes = *of->condition != '\0';
    emit_doc(of, "Reads", "");
    emit(of, "static inline mmf_status $record$_store_get_$leaf$(const $record$_store *store, "
             "uint64_t row, $indexes$$ctype$ *out)\n"
             "{\n");
    if (has_indexes)
        emit(of, "    if ($condition$) {\n"
                 "        if (out != NULL)\n"
                 "            *out = $cast$0;\n"
                 "        return MMF_ERR_ARGUMENT;\n"
                 "    }\n");
    emit_offset(of);
    if (is_enum)
        emit(of, "    if (out == NULL)\n"
                 "        return MMF_ERR_ARGUMENT;\n");
    emit(of, is_enum ? "    $storage$ found = 0;\n"
                       "    const mmf_status status = mmfi_get_$type$($record$_store_base(store), "
                       "row, $RECORD$_RECORD_SIZE, offset, &found);\n"
                       "    *out = $cast$found;\n"
                       "    return status;\n"
                       "}\n"
                       "\n"
                     : "    return mmfi_get_$type$($record$_store_base(store), row, "
                       "$RECORD$_RECORD_SIZE, offset, out);\n"
                       "}\n"
                       "\n");
    emit_doc(of, "Replaces", "");
    emit(of, "static inline mmf_status $record$_store_set_$leaf$($record$_store *store, uint64_t "
             "row, $indexes$$ctype$ value)\n"
             "{\n");
    if (has_indexes)
        emit(of, "    if ($condition$)\n"
                 "        return MMF_ERR_ARGUMENT;\n");
    emit_value_check(of->to, &of->last);
    emit_offset(of);
    emit(of, "    return mmfi_$checksummed$set_$type$((mmf_store *)store, row, "
             "$RECORD$_RECORD_SIZE$checksum$, offset, $uncast$value);\n"
             "}\n"
             "\n"
             "/* $path$ of count rows from first on, for loops; MMF_TO_END for all of them. */\n"
             "static inline mmf_status $record$_store_column_$leaf$(const $record$_store *store, "
             "$indexes$uint64_t first, uint64_t count, mmf_column_$type$ *out)\n"
             "{\n");
    if (has_indexes)
        emit(of, "    if ($condition$) {\n"
                 "        if (out != NULL)\n"
                 "            memset(out, 0, sizeof *out);\n"
                 "        return MMF_ERR_ARGUMENT;\n"
                 "    }\n");
    emit_offset(of);
    emit(of, "    return mmfi_column_$type$($record$_store_base(store), first, count, "
             "$RECORD$_RECORD_SIZE, offset, out);\n"
             "}\n"
             "\n");
}

/* ---- Texts ---- */

static void emit_text_calls(leaf_calls *of)
{
    const bool has_indexes = *of->condition != '\0';
    emit_doc(of, "Copies", "length may be NULL.");
    emit(of, "static inline mmf_status $record$_store_get_$leaf$(const $record$_store *store, "
             "uint64_t row, $indexes$$data$ *buffer, size_t size, size_t *length)\n"
             "{\n");
    if (has_indexes)
        emit(of, "    if ($condition$)\n"
                 "        return MMF_ERR_ARGUMENT;\n");
    emit_offset(of);
    emit(of, "    return mmfi_get_$type$($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
             "offset, $max$, buffer, size, length);\n"
             "}\n"
             "\n");
    emit_doc(of, "Replaces", "data may be NULL when length is 0.");
    emit(of, "static inline mmf_status $record$_store_set_$leaf$($record$_store *store, uint64_t "
             "row, $indexes$const $data$ *data, size_t length)\n"
             "{\n");
    if (has_indexes)
        emit(of, "    if ($condition$)\n"
                 "        return MMF_ERR_ARGUMENT;\n");
    emit_offset(of);
    emit(of, "    return mmfi_$checksummed$set_$type$((mmf_store *)store, row, "
             "$RECORD$_RECORD_SIZE$checksum$, offset, $max$, data, length);\n"
             "}\n"
             "\n");
}

static void emit_rows(leaf_calls *of)
{
    emit(of, *of->condition != '\0'
                 ? "/* $path$ of row i of a range; neither i nor an index is checked. */\n"
                 : "/* $path$ of row i of a range; i is not checked. */\n");
    char parameters[EXPRESSION_SIZE + 2]; /* with ", " before them */
    (void)snprintf(parameters, sizeof parameters, "%s%s", *of->indexes != '\0' ? ", " : "",
                   of->indexes);
    const size_t length = strlen(parameters);
    if (length >= 2)
        parameters[length - 2] = '\0';
    emit_set(&of->placeholders, "parameters", parameters);
    emit(of, "static inline $ctype$ $record$_rows_$leaf$($record$_rows rows, uint64_t "
             "i$parameters$)\n"
             "{\n");
    emit_offset(of);
    emit(of, mmf_type_is_sized(of->last.field->type)
                 ? "    return mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, offset, "
                   "$max$);\n"
                   "}\n"
                   "\n"
                 : "    return $cast$mmfi_rows_$type$(rows.base, i, $RECORD$_RECORD_SIZE, "
                   "offset);\n"
                   "}\n"
                   "\n");
}

static void emit_leaf(void *context, const leaves_leaf *leaf)
{
    leaf_calls *of = (leaf_calls *)context;
    follow(of, leaf);
    set_placeholders(of);
    if (mmf_type_is_sized(of->last.field->type))
        emit_text_calls(of);
    else
        emit_scalar(of);
    emit_rows(of);
}

void emit_leaf_calls(emitter *to, const emit_field *field)
{
    leaf_calls of;
    memset(&of, 0, sizeof of);
    of.to = to;
    of.field = field;
    (void)leaves_of(field->field, emit_leaf, &of);
}
