// What must hold for any text given as the canonical text of a schema.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_CANONICAL_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_CANONICAL_CHECK_H

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "mmapforge/schema.h"

#define FUZZ_REQUIRE(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

// Fields of a record or struct: one after the other, each where its path finds it. base and prefix
// are those of the struct; end is where its bytes end. As many places as budget says.
inline void t_check_fields(const mmf_schema *schema, const mmf_field *fields, uint32_t count,
                           const std::string &prefix, uint64_t base, uint64_t end, int *budget)
{
    uint64_t next = base;
    for (uint32_t i = 0; i < count && --*budget > 0; i++) {
        const mmf_field *field = &fields[i];
        const uint32_t stride = mmf_field_stride(field);
        const std::string path = prefix + field->name;
        const uint64_t offset = base + field->offset;
        FUZZ_REQUIRE(offset >= next);
        FUZZ_REQUIRE(stride > 0);
        FUZZ_REQUIRE(field->size == uint64_t{stride} * (field->count > 0 ? field->count : 1));
        next = offset + field->size;
        FUZZ_REQUIRE(next <= end);
        mmf_place place;
        FUZZ_REQUIRE(mmf_schema_locate(schema, path.c_str(), &place, nullptr) == MMF_OK);
        FUZZ_REQUIRE(place.field == field && place.offset == offset && place.size == field->size);
        for (uint32_t n = 0; n < place.null_count; n++)
            FUZZ_REQUIRE(place.nulls[n].offset < schema->record_size && place.nulls[n].mask != 0);
        if (field->null_bit != 0)
            FUZZ_REQUIRE(place.null_count > 0 &&
                         place.nulls[place.null_count - 1].offset >= offset + field->size);
        char type[MMF_FIELD_TYPE_SIZE];
        FUZZ_REQUIRE(mmf_field_type_write(field, type, sizeof type) < sizeof type);
        if (field->structure == nullptr)
            continue;
        const std::string last =
            field->count > 0 ? "[" + std::to_string(field->count - 1) + "]" : "";
        const uint64_t inner = offset + field->size - stride;
        t_check_fields(schema, field->structure->fields, field->structure->field_count,
                       path + last + ".", inner, inner + stride, budget);
    }
}

// A text that is read is written again byte for byte, and its layout holds together. Returns
// whether it was read.
inline bool t_check_canonical(const char *text, size_t size)
{
    mmf_schema *schema = nullptr;
    mmf_error error;
    const mmf_status status = mmf_schema_parse(text, size, &schema, &error);
    if (status != MMF_OK) {
        FUZZ_REQUIRE(schema == nullptr);
        FUZZ_REQUIRE(status == (text == nullptr ? MMF_ERR_ARGUMENT : MMF_ERR_CORRUPT));
        FUZZ_REQUIRE(error.message[0] != '\0');
        return false;
    }
    std::string written(size + 1, '?');
    FUZZ_REQUIRE(mmf_schema_write(schema, &written[0], written.size()) == size);
    FUZZ_REQUIRE(memcmp(written.data(), text, size) == 0);
    FUZZ_REQUIRE(schema->text_size == size && memcmp(schema->text, text, size) == 0);
    FUZZ_REQUIRE(schema->record_size % 8 == 0 && schema->record_size <= MMF_RECORD_SIZE_MAX);
    int budget = 2000;
    t_check_fields(schema, schema->fields, schema->field_count, "", 0, schema->record_size,
                   &budget);
    FUZZ_REQUIRE(schema->fields[0].offset >= MMF_SEQUENCE_SIZE);
    const mmf_field *last = &schema->fields[schema->field_count - 1];
    const uint32_t end = last->offset + last->size;
    FUZZ_REQUIRE(schema->validity_offset == 0 || schema->validity_offset == end);
    FUZZ_REQUIRE(schema->checksum_offset == 0 ||
                 (schema->checksum_offset % 4 == 0 && schema->checksum_offset >= end &&
                  schema->checksum_offset + MMF_CHECKSUM_SIZE <= schema->record_size));
    mmf_schema *again = nullptr;
    FUZZ_REQUIRE(mmf_schema_parse(written.data(), size, &again, nullptr) == MMF_OK);
    FUZZ_REQUIRE(again->layout_hash == schema->layout_hash);
    FUZZ_REQUIRE(mmf_schema_match(schema, again, "", nullptr) == MMF_OK);
    mmf_schema_free(again);
    mmf_schema_free(schema);
    return true;
}

#endif
