/* The plan of a migration: what becomes of one record. */
#include "migrate_plan.h"
#include "../schema/traits.h"
#include "value_write.h"

#include <stdlib.h>
#include <string.h>

/* ---- Steps ---- */

/* A step copies bytes as they are, or converts the field of a pair. */
typedef struct mmfi_migrate_step {
    uint32_t to;
    uint32_t from;
    uint32_t size;
    const mmfi_pair *pair; /* NULL for bytes */
    bool widens;           /* one integer, into one that has room for each of its values */
} step;

static bool mark_pairs(mmfi_pairs *pairs, const mmf_struct *mine, const mmf_struct *theirs);

/* True when the bytes of a value are the same in both, and each value of the one is one of both. */
static bool values_are_same(const mmf_field *mine, const mmf_field *theirs)
{
    if (mine->type != theirs->type || mine->max != theirs->max || mine->size != theirs->size ||
        mine->precision < theirs->precision)
        return false;
    /* Of a plain number in a file of the Go library, which may be anything. */
    if (mine->logical != theirs->logical)
        return mine->logical != MMF_LOGICAL_ENUM && mine->logical != MMF_LOGICAL_DECIMAL;
    if (mine->enumeration == NULL)
        return true;
    for (uint32_t i = 0; i < theirs->enumeration->member_count; i++)
        if (mmf_enum_find(mine->enumeration, theirs->enumeration->members[i].value) == NULL)
            return false;
    return true;
}

static void mark_pair(mmfi_pair *pair)
{
    if (pair->theirs == NULL)
        return;
    pair->is_same = values_are_same(pair->mine, pair->theirs);
    if (pair->inner != NULL &&
        !mark_pairs(pair->inner, pair->mine->structure, pair->theirs->structure))
        pair->is_same = false;
}

/* Marks all of two structs; true when the bytes of a whole one are the same. */
static bool mark_pairs(mmfi_pairs *pairs, const mmf_struct *mine, const mmf_struct *theirs)
{
    bool same = mine->field_count == theirs->field_count && mine->size == theirs->size &&
                mine->validity_offset == theirs->validity_offset;
    for (uint32_t i = 0; i < pairs->count; i++) {
        mmfi_pair *pair = &pairs->list[i];
        mark_pair(pair);
        same = same && pair->is_same && pair->theirs == &theirs->fields[i] &&
               pair->mine->offset == pair->theirs->offset &&
               pair->mine->null_bit == pair->theirs->null_bit;
    }
    return same;
}

/* True for the conversion that widen makes. */
static bool is_widening(const mmfi_pair *pair)
{
    const mmf_field *mine = pair->mine;
    const mmf_field *theirs = pair->theirs;
    return mine->null_bit == 0 && theirs->null_bit == 0 && mine->count == 0 &&
           mine->logical == MMF_LOGICAL_NONE && mmfi_type_is_integer(mine->type) &&
           mine->size > theirs->size &&
           (mmfi_type_is_signed(mine->type) || !mmfi_type_is_signed(theirs->type));
}

/* Files are little-endian, and so is the machine. */
static void widen(unsigned char *to, size_t to_size, const unsigned char *from, mmf_type from_type)
{
    uint64_t word = 0;
    const unsigned size = mmf_type_size(from_type, 0);
    memcpy(&word, from, size);
    const uint64_t sign = UINT64_C(1) << (8 * size - 1);
    if (mmfi_type_is_signed(from_type))
        word = (word ^ sign) - sign;
    memcpy(to, &word, to_size);
}

/* The step for a pair, or its bytes added to the last step. */
static void add_step(mmfi_migrate_plan *plan, uint32_t index)
{
    const mmfi_pair *pair = &plan->adapter->pairs->list[index];
    if (pair->theirs == NULL)
        return;
    const bool bytes = pair->mine->null_bit == 0 && pair->theirs->null_bit == 0 && pair->is_same;
    step *last = plan->step_count > 0 ? &plan->steps[plan->step_count - 1] : NULL;
    /* Only padding lies between two fields that follow each other in both. */
    if (bytes && last != NULL && last->pair == NULL && index > 0 && pair[-1].theirs != NULL &&
        pair->theirs == pair[-1].theirs + 1 &&
        pair->mine->offset - last->to == pair->theirs->offset - last->from) {
        last->size = pair->mine->offset - last->to + pair->mine->size;
        return;
    }
    step *next = &plan->steps[plan->step_count++];
    next->to = pair->mine->offset;
    next->from = pair->theirs->offset;
    next->size = pair->mine->size;
    next->pair = bytes ? NULL : pair;
    next->widens = !bytes && is_widening(pair);
}

mmf_status mmfi_migrate_plan_new(const char *path, const mmf_schema *file, const mmf_schema *schema,
                                 mmfi_migrate_plan *out, mmf_error *error)
{
    memset(out, 0, sizeof *out);
    const mmf_status status =
        mmfi_adapter_new(path, file, schema, &mmfi_adapter_write, &out->adapter, error);
    if (status != MMF_OK)
        return status;
    mmfi_pairs *pairs = out->adapter->pairs;
    for (uint32_t i = 0; i < pairs->count; i++)
        mark_pair(&pairs->list[i]);
    out->steps = (step *)calloc((size_t)pairs->count + 1, sizeof *out->steps);
    if (out->steps == NULL)
        return mmfi_fail(error, MMF_ERR_NO_MEMORY, 0, path, "%s: no memory to migrate it", path);
    for (uint32_t i = 0; i < pairs->count; i++)
        add_step(out, i);
    return MMF_OK;
}

void mmfi_migrate_plan_free(mmfi_migrate_plan *plan)
{
    free(plan->steps);
    mmfi_adapter_free(plan->adapter);
}

/* ---- One record ---- */

/* Puts the name of a field before what it has of one within it. */
static bool name_misfit(mmfi_misfit *out, const mmf_field *field)
{
    const size_t inner = strlen(out->name);
    const size_t length = strlen(field->name);
    const size_t dot = inner > 0 ? 1 : 0;
    if (length + dot + inner < sizeof out->name) {
        memmove(out->name + length + dot, out->name, inner + 1);
        memcpy(out->name, field->name, length);
        if (dot > 0)
            out->name[length] = '.';
    }
    return false;
}

static bool refuse_value(mmfi_misfit *out, mmf_status status, const mmf_field *field)
{
    out->status = status;
    out->name[0] = '\0';
    return name_misfit(out, field);
}

static bool migrate_fields(const mmfi_pairs *pairs, const unsigned char *theirs,
                           unsigned char *mine, mmfi_misfit *out);

/* One element; false when it does not fit. */
static bool convert_element(const mmfi_pair *pair, const unsigned char *theirs, unsigned char *mine,
                            mmfi_misfit *out)
{
    if (pair->inner != NULL)
        return migrate_fields(pair->inner, theirs, mine, out) || name_misfit(out, pair->mine);
    /* The conversion that checks is the one into a file, whose field is the new one here. */
    const mmfi_pair back = {pair->theirs, pair->mine, NULL, false};
    mmf_status status = mmfi_adapt_back_element(&back, theirs, NULL, mine);
    if (status == MMF_OK)
        status = mmfi_value_check(pair->mine, mine);
    if (status == MMF_OK)
        return true;
    return refuse_value(out, status == MMF_ERR_ENUM ? status : MMF_ERR_TOO_LONG, pair->mine);
}

static bool migrate_field(const mmfi_pairs *pairs, const mmfi_pair *pair,
                          const unsigned char *theirs, unsigned char *mine, mmfi_misfit *out)
{
    const mmf_field *field = pair->mine;
    const bool valid = mmfi_field_is_valid(theirs, pairs->theirs_validity, pair->theirs);
    if (!valid && field->null_bit == 0)
        return refuse_value(out, MMF_ERR_NULL, field);
    mmfi_field_set_valid(mine, pairs->mine_validity, field, valid);
    if (!valid) {
        memset(mine + field->offset, 0, field->size);
        return true;
    }
    if (pair->is_same) {
        memcpy(mine + field->offset, theirs + pair->theirs->offset, field->size);
        return true;
    }
    const uint32_t mine_stride = mmf_field_stride(field);
    const uint32_t theirs_stride = mmf_field_stride(pair->theirs);
    const uint32_t count = field->count > 0 ? field->count : 1;
    for (uint32_t at = 0; at < count; at++)
        if (!convert_element(pair, theirs + pair->theirs->offset + at * theirs_stride,
                             mine + field->offset + at * mine_stride, out))
            return false;
    return true;
}

static bool migrate_fields(const mmfi_pairs *pairs, const unsigned char *theirs,
                           unsigned char *mine, mmfi_misfit *out)
{
    for (uint32_t i = 0; i < pairs->count; i++)
        if (pairs->list[i].theirs != NULL &&
            !migrate_field(pairs, &pairs->list[i], theirs, mine, out))
            return false;
    return true;
}

bool mmfi_migrate_record(const mmfi_migrate_plan *plan, const unsigned char *theirs,
                         unsigned char *mine, mmfi_misfit *out)
{
    const mmfi_adapter *adapter = plan->adapter;
    memcpy(mine + MMF_SEQUENCE_SIZE, adapter->defaults + MMF_SEQUENCE_SIZE,
           adapter->schema->record_size - MMF_SEQUENCE_SIZE);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const step *now = &plan->steps[i];
        if (now->pair == NULL)
            memcpy(mine + now->to, theirs + now->from, now->size);
        else if (now->widens)
            widen(mine + now->to, now->size, theirs + now->from, now->pair->theirs->type);
        else if (!migrate_field(adapter->pairs, now->pair, theirs, mine, out))
            return false;
    }
    return true;
}

void mmfi_migrate_torn(const mmfi_migrate_plan *plan, const unsigned char *theirs,
                       unsigned char *mine)
{
    const mmfi_adapter *adapter = plan->adapter;
    const mmfi_pairs *pairs = adapter->pairs;
    mmfi_misfit ignored;
    memcpy(mine + MMF_SEQUENCE_SIZE, adapter->defaults + MMF_SEQUENCE_SIZE,
           adapter->schema->record_size - MMF_SEQUENCE_SIZE);
    for (uint32_t i = 0; i < pairs->count; i++) {
        const mmfi_pair *pair = &pairs->list[i];
        const mmf_field *field = pair->mine;
        if (pair->theirs != NULL && !migrate_field(pairs, pair, theirs, mine, &ignored))
            memcpy(mine + field->offset, adapter->defaults + field->offset, field->size);
    }
}
