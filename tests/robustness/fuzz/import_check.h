// A schema for random rows, and what must hold for every record that mmf makes of one.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_IMPORT_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_IMPORT_CHECK_H

#include "tests/robustness/fuzz/canonical_check.h"
#include "tools/mmf/text/leaves.h"
#include "tools/mmf/text/parse.h"

// Every kind of field.
inline const mmf_schema *t_import_schema()
{
    static const char TEXT[] = "enum Side : int16 {\n"
                               "  Buy = 1;\n"
                               "  Sell = -2;\n"
                               "}\n"
                               "struct Level {\n"
                               "  price: decimal(9,4);\n"
                               "  size: uint8?;\n"
                               "}\n"
                               "record Row version 1 {\n"
                               "  s: string[9];\n"
                               "  t: string[3]? = \"x\";\n"
                               "  i: int64 = -1;\n"
                               "  u: uint64?;\n"
                               "  w: uint16 = 1;\n"
                               "  f: float64 = 0.5;\n"
                               "  g: float32?;\n"
                               "  b: bool = true;\n"
                               "  y: bytes[3]?;\n"
                               "  at: timestamp[ms]?;\n"
                               "  ns: timestamp[ns] = 0;\n"
                               "  day: date?;\n"
                               "  side: Side = Sell;\n"
                               "  l: Level[2]?;\n"
                               "  m: Level?;\n"
                               "  v: float64[2]?;\n"
                               "}\n";
    static mmf_schema *schema = nullptr;
    if (schema == nullptr)
        FUZZ_REQUIRE(mmf_schema_parse(TEXT, sizeof TEXT - 1, &schema, nullptr) == MMF_OK);
    return schema;
}

// What a store would refuse, or a reader could not use; and what is null is zero.
inline void t_check_record(const mmf_schema *schema, const unsigned char *raw)
{
    leaf_list list;
    FUZZ_REQUIRE(leaves_list(schema, &list));
    for (size_t i = 0; i < list.count; i++) {
        const leaf *one = &list.leaves[i];
        const mmf_field *field = one->field;
        const unsigned char *at = raw + one->offset;
        bool is_null = one->null_mask != 0 && (raw[one->null_offset] & one->null_mask) == 0;
        for (uint32_t g = one->group; g != LEAVES_NO_GROUP; g = list.groups[g].parent)
            is_null = is_null || (raw[list.groups[g].null_offset] & list.groups[g].null_mask) == 0;
        uint32_t used = mmf_type_size(field->type, 0);
        if (mmf_type_is_sized(field->type)) {
            uint32_t length;
            memcpy(&length, at, sizeof length);
            FUZZ_REQUIRE(length <= field->max);
            used = 4 + length;
            FUZZ_REQUIRE(field->type != MMF_TYPE_STRING ||
                         parse_is_utf8(reinterpret_cast<const char *>(at + 4), length));
        }
        for (uint32_t j = is_null ? 0 : used; j < mmf_field_stride(field); j++)
            FUZZ_REQUIRE(at[j] == 0);
        if (is_null)
            continue;
        int16_t member;
        memcpy(&member, at, sizeof member);
        FUZZ_REQUIRE(field->type != MMF_TYPE_BOOL || at[0] <= 1);
        FUZZ_REQUIRE(field->logical != MMF_LOGICAL_ENUM ||
                     mmf_enum_find(field->enumeration, member) != nullptr);
    }
    leaves_free(&list);
}

#endif
