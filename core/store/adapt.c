/* Converts records between two versions of a schema. */
#include "adapt.h"
#include "../schema/traits.h"

#include <string.h>

/* ---- Validity ---- */

void mmfi_field_set_valid(unsigned char *base, uint32_t validity, const mmf_field *field,
                          bool valid)
{
    if (field->null_bit == 0)
        return;
    const uint32_t bit = field->null_bit - 1;
    mmfi_save_valid(base, validity + bit / 8, (uint8_t)(1u << bit % 8), valid);
}

bool mmfi_field_is_valid(const unsigned char *base, uint32_t validity, const mmf_field *field)
{
    const uint32_t bit = field->null_bit - 1;
    return field->null_bit == 0 ||
           mmfi_load_valid(base, validity + bit / 8, (uint8_t)(1u << bit % 8));
}

/* ---- One value ---- */

typedef struct loaded_number {
    int64_t integer; /* of a signed type */
    uint64_t natural;
    double real;
} loaded_number;

static loaded_number load_number(const unsigned char *from, mmf_type type)
{
    loaded_number out = {0, 0, 0};
    switch (type) {
    case MMF_TYPE_BOOL:
        out.natural = mmfi_load_bool(from, 0);
        break;
    case MMF_TYPE_INT8:
        out.integer = mmfi_load_int8(from, 0);
        break;
    case MMF_TYPE_INT16:
        out.integer = mmfi_load_int16(from, 0);
        break;
    case MMF_TYPE_INT32:
        out.integer = mmfi_load_int32(from, 0);
        break;
    case MMF_TYPE_INT64:
        out.integer = mmfi_load_int64(from, 0);
        break;
    case MMF_TYPE_UINT8:
        out.natural = mmfi_load_uint8(from, 0);
        break;
    case MMF_TYPE_UINT16:
        out.natural = mmfi_load_uint16(from, 0);
        break;
    case MMF_TYPE_UINT32:
        out.natural = mmfi_load_uint32(from, 0);
        break;
    case MMF_TYPE_UINT64:
        out.natural = mmfi_load_uint64(from, 0);
        break;
    case MMF_TYPE_FLOAT32:
        out.real = (double)mmfi_load_float32(from, 0);
        break;
    default:
        out.real = mmfi_load_float64(from, 0);
    }
    return out;
}

/* An integer into a type of any width; false when it does not fit. */
static bool save_integer(unsigned char *to, mmf_type to_type, const loaded_number *value,
                         mmf_type from_type)
{
    const uint32_t size = mmf_type_size(to_type, 0);
    const uint32_t bits = 8 * size;
    const bool negative = mmfi_type_is_signed(from_type) && value->integer < 0;
    const uint64_t magnitude = negative                         ? 0 - (uint64_t)value->integer
                               : mmfi_type_is_signed(from_type) ? (uint64_t)value->integer
                                                                : value->natural;
    const uint64_t most = UINT64_MAX >> (64 - bits + (mmfi_type_is_signed(to_type) ? 1 : 0));
    if (negative ? !mmfi_type_is_signed(to_type) || magnitude > most + 1 : magnitude > most)
        return false;
    const uint64_t word = negative ? 0 - magnitude : magnitude;
    switch (size) {
    case 1:
        mmfi_store8(to, (uint8_t)word);
        break;
    case 2:
        mmfi_store16(to, (uint16_t)word);
        break;
    case 4:
        mmfi_store32(to, (uint32_t)word);
        break;
    default:
        mmfi_store64(to, word);
    }
    return true;
}

static bool convert_scalar(unsigned char *to, mmf_type to_type, const unsigned char *from,
                           mmf_type from_type)
{
    const loaded_number value = load_number(from, from_type);
    if (to_type == MMF_TYPE_BOOL) {
        mmfi_save_bool(to, 0, value.natural != 0);
    } else if (to_type == MMF_TYPE_FLOAT64) {
        mmfi_save_float64(to, 0, value.real);
    } else if (to_type == MMF_TYPE_FLOAT32) {
        const float narrow = (float)value.real;
        /* A NaN is none of another kind; every other number must be one of float32. */
        if (from_type == MMF_TYPE_FLOAT64 && (double)narrow != value.real &&
            value.real == value.real)
            return false;
        mmfi_save_float32(to, 0, narrow);
    } else {
        return !mmfi_type_is_float(from_type) && save_integer(to, to_type, &value, from_type);
    }
    return true;
}

static bool convert_text(unsigned char *to, uint32_t to_max, const unsigned char *from,
                         uint32_t from_max)
{
    const size_t length = mmfi_load_length(from, 0, from_max);
    if (length > to_max)
        return false;
    mmfi_store32(to, (uint32_t)length);
    mmfi_zero(to + MMFI_LENGTH_SIZE, to_max);
    if (length > 0)
        mmfi_copy_in(to + MMFI_LENGTH_SIZE, from + MMFI_LENGTH_SIZE, length);
    return true;
}

/* ---- Their layout to mine ---- */

static void convert_fields(const mmfi_pairs *pairs, const unsigned char *theirs,
                           unsigned char *mine);

void mmfi_adapt_element(const mmfi_pair *pair, const unsigned char *theirs, unsigned char *mine)
{
    if (pair->inner != NULL)
        convert_fields(pair->inner, theirs, mine);
    else if (mmf_type_is_sized(pair->mine->type))
        (void)convert_text(mine, pair->mine->max, theirs, pair->theirs->max);
    else
        (void)convert_scalar(mine, pair->mine->type, theirs, pair->theirs->type);
}

static void convert_fields(const mmfi_pairs *pairs, const unsigned char *theirs,
                           unsigned char *mine)
{
    for (uint32_t i = 0; i < pairs->count; i++) {
        const mmfi_pair *pair = &pairs->list[i];
        const bool valid = pair->theirs == NULL
                               ? mmfi_field_is_valid(mine, pairs->mine_validity, pair->mine)
                               : mmfi_field_is_valid(theirs, pairs->theirs_validity, pair->theirs);
        mmfi_field_set_valid(mine, pairs->mine_validity, pair->mine, valid);
        if (!valid)
            mmfi_zero(mine + pair->mine->offset, pair->mine->size);
        if (!valid || pair->theirs == NULL)
            continue;
        const uint32_t mine_stride = mmf_field_stride(pair->mine);
        const uint32_t theirs_stride = mmf_field_stride(pair->theirs);
        const uint32_t count = pair->mine->count > 0 ? pair->mine->count : 1;
        for (uint32_t at = 0; at < count; at++)
            mmfi_adapt_element(pair, theirs + pair->theirs->offset + at * theirs_stride,
                               mine + pair->mine->offset + at * mine_stride);
    }
}

void mmfi_adapt_record(const mmfi_adapter *adapter, const unsigned char *theirs,
                       unsigned char *mine)
{
    memcpy(mine + MMF_SEQUENCE_SIZE, adapter->defaults + MMF_SEQUENCE_SIZE,
           adapter->schema->record_size - MMF_SEQUENCE_SIZE);
    convert_fields(adapter->pairs, theirs, mine);
}

/* ---- My layout to theirs ---- */

static mmf_status back_fields(const mmfi_pairs *pairs, const unsigned char *mine,
                              const unsigned char *defaults, unsigned char *theirs);

mmf_status mmfi_adapt_back_element(const mmfi_pair *pair, const unsigned char *mine,
                                   const unsigned char *defaults, unsigned char *theirs)
{
    bool fits;
    if (pair->inner != NULL)
        return back_fields(pair->inner, mine, defaults, theirs);
    if (mmf_type_is_sized(pair->mine->type))
        fits = convert_text(theirs, pair->theirs->max, mine, pair->mine->max);
    else
        fits = convert_scalar(theirs, pair->theirs->type, mine, pair->mine->type);
    return fits ? MMF_OK : MMF_ERR_TOO_LONG;
}

mmf_status mmfi_adapt_back_field(const mmfi_pairs *pairs, const mmfi_pair *pair,
                                 const unsigned char *mine, const unsigned char *defaults,
                                 unsigned char *theirs)
{
    const mmf_field *field = pair->mine;
    const bool valid = mmfi_field_is_valid(mine, pairs->mine_validity, field);
    if (pair->theirs == NULL) {
        const bool same =
            valid == mmfi_field_is_valid(defaults, pairs->mine_validity, field) &&
            (!valid || memcmp(mine + field->offset, defaults + field->offset, field->size) == 0);
        return same ? MMF_OK : MMF_ERR_SCHEMA;
    }
    /* A file whose field is never null has no way to say that it is. */
    if (!valid && pair->theirs->null_bit == 0)
        return MMF_ERR_SCHEMA;
    mmfi_field_set_valid(theirs, pairs->theirs_validity, pair->theirs, valid);
    if (!valid) {
        mmfi_zero(theirs + pair->theirs->offset, pair->theirs->size);
        return MMF_OK;
    }
    const uint32_t mine_stride = mmf_field_stride(field);
    const uint32_t theirs_stride = mmf_field_stride(pair->theirs);
    const uint32_t count = field->count > 0 ? field->count : 1;
    mmf_status status = MMF_OK;
    for (uint32_t at = 0; at < count && status == MMF_OK; at++)
        status = mmfi_adapt_back_element(pair, mine + field->offset + at * mine_stride,
                                         defaults + field->offset + at * mine_stride,
                                         theirs + pair->theirs->offset + at * theirs_stride);
    return status;
}

static mmf_status back_fields(const mmfi_pairs *pairs, const unsigned char *mine,
                              const unsigned char *defaults, unsigned char *theirs)
{
    mmf_status status = MMF_OK;
    for (uint32_t i = 0; i < pairs->count && status == MMF_OK; i++)
        status = mmfi_adapt_back_field(pairs, &pairs->list[i], mine, defaults, theirs);
    return status;
}

mmf_status mmfi_adapt_back(const mmfi_adapter *adapter, const unsigned char *mine,
                           unsigned char *theirs)
{
    return back_fields(adapter->pairs, mine, adapter->defaults, theirs);
}

/* ---- Places ---- */

/* The last field that begins at the offset or before it: they lie in the order of their offsets. */
static const mmfi_pair *pair_at(const mmfi_pairs *pairs, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = pairs->count;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (pairs->list[middle].mine->offset <= offset)
            low = middle;
        else
            high = middle;
    }
    const mmfi_pair *pair = &pairs->list[low];
    const mmf_field *field = pair->mine;
    return offset >= field->offset && offset - field->offset < field->size ? pair : NULL;
}

/* A struct of one field takes the room of that field, which is what callers mean by its offset. */
static bool is_of_one(const mmfi_pair *pair, uint32_t size)
{
    const mmf_struct *structure = pair->mine->structure;
    return structure != NULL && pair->mine->null_bit == 0 && structure->field_count == 1 &&
           structure->fields[0].size == size;
}

mmfi_adapted mmfi_adapted_find(const mmfi_adapter *adapter, uint32_t offset, uint32_t size)
{
    mmfi_adapted out = {NULL, NULL, 0, 0, 0, false};
    const mmfi_pairs *pairs = adapter->pairs;
    uint32_t mine_base = 0;
    uint32_t theirs_base = 0;
    while (pairs != NULL) {
        const mmfi_pair *pair = pair_at(pairs, offset - mine_base);
        if (pair == NULL)
            return out;
        const uint32_t stride = mmf_field_stride(pair->mine);
        const uint32_t begin = mine_base + pair->mine->offset;
        const uint32_t index = (offset - begin) / stride;
        out.is_whole = offset == begin && size == pair->mine->size;
        const uint32_t element = begin + (out.is_whole ? 0 : index * stride);
        const bool is_element = element == offset && size == stride;
        if ((out.is_whole || is_element) && !is_of_one(pair, size)) {
            out.pair = pair;
            out.pairs = pairs;
            out.mine_base = mine_base;
            out.theirs_base = theirs_base;
            out.index = out.is_whole ? 0 : index;
            return out;
        }
        if (pair->theirs == NULL) {
            /* Below a struct that the file lacks there is nothing to find. */
            out.pair = pair;
            out.pairs = pairs;
            out.mine_base = mine_base;
            return out;
        }
        theirs_base += pair->theirs->offset + index * mmf_field_stride(pair->theirs);
        mine_base = element;
        pairs = pair->inner;
    }
    return out;
}
