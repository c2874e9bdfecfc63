// The values that a record is made of, as a power cut may mix them: each is of one version.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_UNITS_H
#define MMF_TESTS_ROBUSTNESS_CRASH_UNITS_H

#include "mmapforge/schema.h"
#include "tests/robustness/crash/workload.h"

struct Unit {
    size_t offset;
    size_t size;
    unsigned char mask; // of a byte that has bits; else 0xff
    bool may_be_zero;   // it is zeroed before it is stored, as text and what may be null
    bool nullable;      // it, or what it is in, may be null
};

using Units = std::vector<Unit>;

inline void add_units(Units &units, const mmf_field *fields, uint32_t count, size_t base,
                      uint32_t validity, bool nullable)
{
    for (uint32_t i = 0; i < count; i++) {
        const mmf_field &field = fields[i];
        const bool null = nullable || field.null_bit != 0;
        if (field.null_bit != 0) {
            const uint32_t bit = field.null_bit - 1;
            const auto mask = static_cast<unsigned char>(1u << bit % 8);
            units.push_back({base + validity + bit / 8, 1, mask, true, nullable});
        }
        const size_t stride = mmf_field_stride(&field);
        for (size_t at = base + field.offset; at < base + field.offset + field.size; at += stride) {
            const bool text = field.type == MMF_TYPE_STRING || field.type == MMF_TYPE_BYTES;
            if (field.structure != nullptr)
                add_units(units, field.structure->fields, field.structure->field_count, at,
                          field.structure->validity_offset, null);
            else
                units.push_back({at, text ? 4 : stride, 0xff, null, null});
            for (size_t byte = 4; text && byte < stride; byte++)
                units.push_back({at + byte, 1, 0xff, true, null});
        }
    }
}

inline Units units_of(const mmf_schema *schema)
{
    Units units;
    add_units(units, schema->fields, schema->field_count, 0, schema->validity_offset, false);
    return units;
}

inline bool is_same_unit(const Unit &unit, const Image &a, const Image &b)
{
    if (unit.mask != 0xff)
        return ((a.bytes[unit.offset] ^ b.bytes[unit.offset]) & unit.mask) == 0;
    return memcmp(a.bytes + unit.offset, b.bytes + unit.offset, unit.size) == 0;
}

#endif
