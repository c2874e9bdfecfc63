// Layout and hash of schemas.
#include "tests/unit/core/schema/schema_fixture.h"

namespace {

uint32_t layout(Fields &fields)
{
    return t_schema(fields).record_size;
}

uint64_t hash(const Fields &fields, uint32_t record_size)
{
    return mmf_schema_hash(fields.data(), (uint32_t)fields.size(), record_size);
}

TEST(Schema, FieldsLieAtTheirNaturalAlignment)
{
    Fields fields = {t_field("a", MMF_TYPE_BOOL), t_field("b", MMF_TYPE_INT16),
                     t_field("c", MMF_TYPE_UINT8), t_field("d", MMF_TYPE_BYTES, 3),
                     t_field("e", MMF_TYPE_INT64)};
    // Sequence 0..8, a 8, b 10..12, c 12, d 16..23, e 24..32.
    EXPECT_EQ(layout(fields), 32u);
    const uint32_t expected[] = {8, 10, 12, 16, 24};
    for (size_t i = 0; i < fields.size(); i++)
        EXPECT_EQ(fields[i].offset, expected[i]) << i;
    EXPECT_EQ(fields[3].size, 7u);
}

TEST(Schema, TheRecordSizeIsAMultipleOfEight)
{
    Fields fields = {t_field("a", MMF_TYPE_BOOL)};
    EXPECT_EQ(layout(fields), 16u);
}

// The definition once more, over a string of bytes as FORMAT would list them.
uint64_t fnv1a(const std::string &bytes)
{
    uint64_t value = 14695981039346656037u;
    for (const char byte : bytes)
        value = (value ^ (unsigned char)byte) * 1099511628211u;
    return value;
}

std::string u32(uint32_t value)
{
    std::string out;
    for (int i = 0; i < 4; i++, value /= 256)
        out += (char)(value % 256);
    return out;
}

TEST(Schema, TheHashIsFnv1aOverTheLayout)
{
    Fields fields = {t_field("id", MMF_TYPE_UINT32), t_field("name", MMF_TYPE_STRING, 300)};
    ASSERT_EQ(layout(fields), 320u);
    const std::string bytes = std::string("id\0\x07", 4) + u32(0) + u32(8) + u32(4) +
                              std::string("name\0\x0c", 6) + u32(300) + u32(12) + u32(304) +
                              u32(320);
    EXPECT_EQ(hash(fields, 320), fnv1a(bytes));
}

TEST(Schema, TheHashSeesEveryPartOfTheLayout)
{
    Fields base = t_tick();
    const uint32_t size = layout(base);
    const uint64_t expected = hash(base, size);

    Fields other = base;
    std::swap(other[1], other[2]);
    EXPECT_NE(hash(other, size), expected) << "order";
    other = base;
    other[1].name = "prize";
    EXPECT_NE(hash(other, size), expected) << "name";
    other = base;
    other[3].type = MMF_TYPE_INT64;
    EXPECT_NE(hash(other, size), expected) << "type";
    other = base;
    other[0].max = 63;
    EXPECT_NE(hash(other, size), expected) << "max";
    other = base;
    other[2].offset += 8;
    EXPECT_NE(hash(other, size), expected) << "offset";
    EXPECT_NE(hash(base, size + 8), expected) << "record size";

    other = base;
    other[0].doc = "words change nothing";
    EXPECT_EQ(hash(other, size), expected);
}

TEST(Schema, WithoutChecksumsItIsWhatItsFieldsAre)
{
    Fields fields = t_tick();
    const mmf_schema schema = t_schema(fields, false);
    EXPECT_EQ(schema.checksum_offset, 0u);
    EXPECT_EQ(schema.record_size, 104u);
    EXPECT_EQ(schema.layout_hash, hash(fields, 104));
}

// After the last field at a multiple of 4, and always in the record's last 8 bytes.
TEST(Schema, TheChecksumLiesAfterTheLastField)
{
    Fields fields = t_tick(); // ends at 104
    const mmf_schema wide = t_schema(fields, true);
    EXPECT_EQ(wide.checksum_offset, 104u);
    EXPECT_EQ(wide.record_size, 112u);
    Fields small = {t_field("a", MMF_TYPE_BOOL)}; // ends at 9
    const mmf_schema narrow = t_schema(small, true);
    EXPECT_EQ(narrow.checksum_offset, 12u);
    EXPECT_EQ(narrow.record_size, 16u);
    Fields none; // ends after the sequence
    const mmf_schema bare = t_schema(none, true);
    EXPECT_EQ(bare.checksum_offset, 8u);
    EXPECT_EQ(bare.record_size, 16u);
    for (uint32_t max = 1; max < 40; max++) {
        Fields bytes = {t_field("a", MMF_TYPE_BYTES, max)};
        const mmf_schema schema = t_schema(bytes, true);
        const uint32_t end = bytes[0].offset + bytes[0].size;
        EXPECT_EQ(schema.checksum_offset % 4, 0u) << max;
        EXPECT_GE(schema.checksum_offset, end) << max;
        EXPECT_LT(schema.checksum_offset, end + 4) << max;
        EXPECT_EQ(schema.record_size % 8, 0u) << max;
        EXPECT_EQ(schema.checksum_offset / 8, schema.record_size / 8 - 1) << max;
    }
}

TEST(Schema, AChecksumAddsItsNameAndOffsetToTheHash)
{
    Fields fields = {t_field("id", MMF_TYPE_UINT32)};
    const mmf_schema schema = t_schema(fields, true);
    ASSERT_EQ(schema.checksum_offset, 12u);
    const std::string bytes = std::string("id\0\x07", 4) + u32(0) + u32(8) + u32(4) + u32(16) +
                              std::string("@checksums\0", 11) + u32(12);
    EXPECT_EQ(schema.layout_hash, fnv1a(bytes));
    // The size is the same with and without, and the hash is not.
    EXPECT_EQ(t_schema(fields, false).record_size, schema.record_size);
    EXPECT_NE(t_schema(fields, false).layout_hash, schema.layout_hash);
}

// ---- Arrays, structs, nullable fields ----

const mmf_field &at(const Schema &schema, const char *name)
{
    const mmf_field *found = mmf_schema_find(schema.get(), name);
    EXPECT_NE(found, nullptr) << name;
    return found != nullptr ? *found : schema->fields[0];
}

void expect_at(const Schema &schema, const char *name, uint32_t offset, uint32_t size)
{
    EXPECT_EQ(at(schema, name).offset, offset) << name;
    EXPECT_EQ(at(schema, name).size, size) << name;
}

TEST(SchemaLayout, AnArrayIsAlignedAsItsElementsWithoutGaps)
{
    const Schema schema = t_record("  a: bool[3];\n  b: int16[5];\n  c: float64[1];\n"
                                   "  d: decimal(18,4)[2];\n  e: timestamp[s][2];\n"
                                   "  f: date[3];\n  g: uint8;\n");
    expect_at(schema, "a", 8, 3);   // after the sequence word
    expect_at(schema, "b", 12, 10); // 11 is not even
    expect_at(schema, "c", 24, 8);  // 22 is no multiple of 8
    expect_at(schema, "d", 32, 16); // of int64
    expect_at(schema, "e", 48, 16); // of int64
    expect_at(schema, "f", 64, 12); // of int32
    expect_at(schema, "g", 76, 1);
    EXPECT_EQ(schema->record_size, 80u);
    EXPECT_EQ(schema->validity_offset, 0u);
    EXPECT_EQ(mmf_field_stride(&at(schema, "b")), 2u);
    EXPECT_EQ(mmf_field_stride(&at(schema, "d")), 8u);
    EXPECT_EQ(mmf_field_stride(&at(schema, "g")), 1u);
}

TEST(SchemaLayout, AnEnumLiesAsItsInteger)
{
    const std::string enums = "enum A : int8 {\n  X = -1;\n}\nenum B : uint16 {\n  Y = 9;\n}\n"
                              "enum C : int32 {\n  Z = -9;\n}\n";
    const Schema schema = t_record("  a: A;\n  b: B[2];\n  c: C;\n", enums);
    expect_at(schema, "a", 8, 1);
    expect_at(schema, "b", 10, 4);
    expect_at(schema, "c", 16, 4); // 14 is no multiple of 4
    EXPECT_EQ(schema->record_size, 24u);
    EXPECT_EQ(at(schema, "a").type, MMF_TYPE_INT8);
    EXPECT_EQ(at(schema, "b").type, MMF_TYPE_UINT16);
    EXPECT_EQ(at(schema, "c").type, MMF_TYPE_INT32);
    EXPECT_EQ(at(schema, "c").logical, MMF_LOGICAL_ENUM);
}

// Each begins at 0 of its own, as wide as its widest field, and its size is a multiple of that.
TEST(SchemaLayout, StructsWithinStructs)
{
    const Schema schema = t_record("  a: bool;\n  o: Outer[2];\n  z: Small;\n  i: Inner;\n",
                                   "struct Inner {\n  a: uint16;\n  b: bool;\n}\n"
                                   "struct Outer {\n  a: bool;\n  i: Inner[3];\n  b: uint32;\n"
                                   "  c: Inner;\n}\n"
                                   "struct Small {\n  a: bool[3];\n}\n");
    const mmf_struct *outer = at(schema, "o").structure;
    const mmf_struct *inner = at(schema, "i").structure;
    ASSERT_NE(outer, nullptr);
    ASSERT_NE(inner, nullptr);
    // a 0, b 2: 3 bytes, 4 with the end.
    EXPECT_EQ(inner->size, 4u);
    EXPECT_EQ(inner->alignment, 2u);
    EXPECT_EQ(inner->depth, 1u);
    EXPECT_EQ(inner->validity_offset, 0u);
    // a 0, i 2..14, b 16..20, c 20..24.
    EXPECT_EQ(outer->size, 24u);
    EXPECT_EQ(outer->alignment, 4u);
    EXPECT_EQ(outer->depth, 2u);
    EXPECT_EQ(outer->fields[1].offset, 2u);
    EXPECT_EQ(outer->fields[1].size, 12u);
    EXPECT_EQ(outer->fields[1].structure, inner) << "one definition, used twice";
    EXPECT_EQ(outer->fields[2].offset, 16u);
    EXPECT_EQ(outer->fields[3].offset, 20u);
    expect_at(schema, "o", 12, 48); // 9 is no multiple of 4
    expect_at(schema, "z", 60, 3);  // of alignment 1
    expect_at(schema, "i", 64, 4);
    EXPECT_EQ(schema->record_size, 72u);
    EXPECT_EQ(mmf_field_stride(&at(schema, "o")), 24u);
}

// A bit for each field that may be null, in declared order, straight after the last field.
TEST(SchemaLayout, ValidityBytesFollowTheLastField)
{
    for (const uint32_t count : {1u, 7u, 8u, 9u, 16u, 17u}) {
        std::string fields;
        for (uint32_t i = 0; i < count; i++)
            fields += "  n" + std::to_string(i) + ": bool?;\n  x" + std::to_string(i) + ": bool;\n";
        const Schema schema = t_record(fields);
        const uint32_t end = 8 + 2 * count;
        EXPECT_EQ(schema->validity_offset, end) << count;
        EXPECT_EQ(schema->record_size, (end + (count + 7) / 8 + 7) / 8 * 8) << count;
        for (uint32_t i = 0; i < count; i++) {
            EXPECT_EQ(schema->fields[2 * i].null_bit, i + 1) << "counted from 1";
            EXPECT_EQ(schema->fields[2 * i + 1].null_bit, 0u);
        }
    }
    // In a struct of bytes nothing hides how many there are.
    for (const uint32_t count : {1u, 7u, 8u, 9u, 15u, 16u, 17u}) {
        std::string fields;
        for (uint32_t i = 0; i < count; i++)
            fields += "  n" + std::to_string(i) + ": bool?;\n";
        const Schema schema = t_record("  s: S;\n", "struct S {\n" + fields + "}\n");
        EXPECT_EQ(schema->fields[0].size, count + (count + 7) / 8) << count;
    }
    // They need no alignment: here at 17, an odd place.
    const Schema odd = t_record("  a: int64?;\n  b: bool;\n");
    EXPECT_EQ(odd->validity_offset, 17u);
    EXPECT_EQ(odd->record_size, 24u);
    // Here they are what makes the record longer.
    const Schema full = t_record("  a: int64?;\n");
    EXPECT_EQ(full->validity_offset, 16u);
    EXPECT_EQ(full->record_size, 24u);
}

TEST(SchemaLayout, AStructHasValidityBytesOfItsOwn)
{
    const Schema schema =
        t_record("  s: S?;\n  t: S[2];\n", "struct S {\n  a: int32?;\n  b: bool?;\n}\n");
    const mmf_struct *structure = at(schema, "s").structure;
    ASSERT_NE(structure, nullptr);
    // a 0..4, b 4, validity 5: 6 bytes, 8 with the end.
    EXPECT_EQ(structure->validity_offset, 5u);
    EXPECT_EQ(structure->size, 8u);
    EXPECT_EQ(structure->fields[0].null_bit, 1u);
    EXPECT_EQ(structure->fields[1].null_bit, 2u);
    EXPECT_EQ(at(schema, "s").null_bit, 1u);
    EXPECT_EQ(at(schema, "t").null_bit, 0u);
    EXPECT_EQ(schema->validity_offset, 32u); // 8 + 8 + 2 * 8
    EXPECT_EQ(schema->record_size, 40u);
}

TEST(SchemaLayout, AChecksumFollowsTheValidityBytes)
{
    // b ends at 17, one validity byte to 18, the next multiple of 4 is 20.
    const Schema schema = t_record("  a: int64?;\n  b: bool;\n", "", " @checksums");
    EXPECT_EQ(schema->validity_offset, 17u);
    EXPECT_EQ(schema->checksum_offset, 20u);
    EXPECT_EQ(schema->record_size, 24u);
    // The validity byte is at 20, where the checksum would be without it.
    const Schema moved = t_record("  a: int64;\n  b: int32?;\n", "", " @checksums");
    EXPECT_EQ(moved->validity_offset, 20u);
    EXPECT_EQ(moved->checksum_offset, 24u);
    EXPECT_EQ(moved->record_size, 32u);
}

TEST(SchemaLayout, AlignMovesAFieldAndWidensTheRecord)
{
    const Schema schema = t_record("  a: bool;\n  b: bool @align(16);\n  c: bool;\n");
    expect_at(schema, "b", 16, 1);
    expect_at(schema, "c", 17, 1);
    EXPECT_EQ(schema->record_size, 32u) << "a multiple of the largest alignment";
    // Less than the natural one changes nothing, and neither does 8, which all records have.
    EXPECT_EQ(t_record("  a: int64 @align(1);\n")->record_size, 16u);
    EXPECT_EQ(t_record("  a: bool;\n  b: int64 @align(4);\n")->fields[1].offset, 16u);
    EXPECT_EQ(t_record("  a: bool @align(8);\n")->record_size, 16u);
    // Of an array it is that of the first element.
    const Schema array = t_record("  a: bool;\n  b: bool[3] @align(4);\n  c: bool;\n");
    expect_at(array, "b", 12, 3);
    expect_at(array, "c", 15, 1);
    // The largest there is.
    const Schema page = t_record("  a: bool @align(4096);\n");
    expect_at(page, "a", 4096, 1);
    EXPECT_EQ(page->record_size, 8192u);
}

TEST(SchemaLayout, AlignOfARecordIsThatOfItsSize)
{
    EXPECT_EQ(t_record("  a: bool;\n", "", " @align(64)")->record_size, 64u);
    EXPECT_EQ(t_record("  a: bool;\n", "", " @align(4)")->record_size, 16u);
    EXPECT_EQ(t_record("  a: int64[7];\n", "", " @align(64)")->record_size, 64u);
    EXPECT_EQ(t_record("  a: int64[8];\n", "", " @align(64)")->record_size, 128u);
    EXPECT_EQ(t_record("  a: bool @align(32);\n", "", " @align(16)")->record_size, 64u);
    EXPECT_EQ(t_record("  a: bool @align(32);\n", "", " @align(128)")->record_size, 128u);
    // The checksum is in the last word, far from the fields.
    const Schema far = t_record("  a: bool;\n", "", " @checksums @align(64)");
    EXPECT_EQ(far->checksum_offset, 60u);
    EXPECT_EQ(far->record_size, 64u);
}

TEST(SchemaLayout, AlignWithinAStructIsOneOfTheStruct)
{
    const Schema schema = t_record("  a: bool;\n  s: S[2];\n  b: bool;\n",
                                   "struct S {\n  a: bool;\n  b: uint8 @align(16);\n}\n");
    const mmf_struct *structure = at(schema, "s").structure;
    ASSERT_NE(structure, nullptr);
    EXPECT_EQ(structure->fields[1].offset, 16u);
    EXPECT_EQ(structure->alignment, 16u);
    EXPECT_EQ(structure->size, 32u);
    expect_at(schema, "s", 16, 64);
    expect_at(schema, "b", 80, 1);
    EXPECT_EQ(schema->record_size, 96u);
}

// Its elements are as far apart, and what it is in is aligned as well.
TEST(SchemaLayout, AlignOfAStructIsThatOfItsSize)
{
    const Schema schema = t_record("  a: bool;\n  s: S[2];\n  b: bool;\n  o: O;\n",
                                   "struct S @align(32) {\n  a: int64;\n  b: bool?;\n}\n"
                                   "struct O {\n  a: bool;\n  s: S;\n}\n");
    const mmf_struct *structure = at(schema, "s").structure;
    const mmf_struct *outer = at(schema, "o").structure;
    ASSERT_NE(structure, nullptr);
    ASSERT_NE(outer, nullptr);
    EXPECT_EQ(structure->align, 32u);
    EXPECT_EQ(structure->alignment, 32u);
    EXPECT_EQ(structure->validity_offset, 9u) << "still directly after the last field";
    EXPECT_EQ(structure->size, 32u);
    EXPECT_EQ(outer->align, 0u);
    EXPECT_EQ(outer->fields[1].offset, 32u);
    EXPECT_EQ(outer->alignment, 32u);
    EXPECT_EQ(outer->size, 64u);
    expect_at(schema, "s", 32, 64);
    expect_at(schema, "b", 96, 1);
    expect_at(schema, "o", 128, 64);
    EXPECT_EQ(schema->record_size, 192u);
    // Less than that of its fields changes nothing.
    const Schema same = t_record("  a: S[2];\n", "struct S @align(2) {\n  a: int64;\n}\n");
    EXPECT_EQ(at(same, "a").structure->alignment, 8u);
    EXPECT_EQ(at(same, "a").size, 16u);
}

TEST(SchemaLayout, OfAllAtOnce)
{
    const Schema schema = t_read(T_BOOK);
    const mmf_struct *level = at(schema, "bids").structure;
    const mmf_struct *venue = at(schema, "home").structure;
    ASSERT_NE(level, nullptr);
    ASSERT_NE(venue, nullptr);
    // price 0..8, size 8..12, side 12, validity 13.
    EXPECT_EQ(level->validity_offset, 13u);
    EXPECT_EQ(level->size, 16u);
    EXPECT_EQ(level->alignment, 8u);
    // name 0..9, open 9, best 16..48, note 48..64, validity 64.
    EXPECT_EQ(venue->fields[1].offset, 9u);
    EXPECT_EQ(venue->fields[2].offset, 16u);
    EXPECT_EQ(venue->fields[3].offset, 48u);
    EXPECT_EQ(venue->validity_offset, 64u);
    EXPECT_EQ(venue->size, 72u);
    EXPECT_EQ(venue->depth, 2u);
    expect_at(schema, "symbol", 8, 20);
    expect_at(schema, "at", 32, 8);
    expect_at(schema, "day", 40, 4);
    expect_at(schema, "side", 44, 1);
    expect_at(schema, "trend", 46, 6);
    expect_at(schema, "bids", 56, 160);
    expect_at(schema, "home", 216, 72);
    expect_at(schema, "greeks", 288, 40); // 9 * 32
    expect_at(schema, "fee", 328, 8);
    expect_at(schema, "flags", 336, 4);
    expect_at(schema, "old", 340, 4);
    expect_at(schema, "seen", 352, 8); // 344 is no multiple of 16
    expect_at(schema, "raw", 360, 7);
    EXPECT_EQ(schema->validity_offset, 367u);
    EXPECT_EQ(schema->record_size, 384u);     // 372, to a multiple of 32
    EXPECT_EQ(schema->checksum_offset, 380u); // 368 is not in the last 8 bytes
    const uint32_t nullable[] = {0, 0, 1, 0, 0, 0, 2, 0, 3, 4, 0, 0, 0};
    for (uint32_t i = 0; i < schema->field_count; i++)
        EXPECT_EQ(schema->fields[i].null_bit, nullable[i]) << schema->fields[i].name;
}

// What the header says of a struct that is laid out by hand: depth, sizes, and the limit of 1 MiB.
TEST(SchemaLayout, AStructSaysWhenItIsTooLarge)
{
    Fields fields = {t_field("a", MMF_TYPE_UINT8), t_field("b", MMF_TYPE_BYTES, 65532)};
    mmf_struct structure = {};
    structure.field_count = 2;
    structure.fields = fields.data();
    fields[0].null_bit = 77; // any number
    fields[1].count = 15;
    EXPECT_TRUE(mmf_struct_complete(&structure, fields.data()));
    EXPECT_EQ(fields[0].null_bit, 1u);
    EXPECT_EQ(structure.size, 4u + 15 * 65536 + 4); // the validity byte, and its end
    EXPECT_EQ(structure.depth, 1u);
    fields[1].count = 16;
    EXPECT_FALSE(mmf_struct_complete(&structure, fields.data()));
    // Exactly 1 MiB: 15 * 65536, and 65532 of bytes with their length.
    fields = {t_field("a", MMF_TYPE_BYTES, 65532)};
    structure.field_count = 1;
    structure.fields = fields.data();
    fields[0].count = 16;
    EXPECT_TRUE(mmf_struct_complete(&structure, fields.data()));
    EXPECT_EQ(structure.size, MMF_RECORD_SIZE_MAX);
    fields[0].null_bit = 1;
    EXPECT_FALSE(mmf_struct_complete(&structure, fields.data())) << "and a validity byte";
    // So far beyond that 32 bits do not hold it: 65536 times 1 MiB.
    Fields outer = {t_field("s", MMF_TYPE_STRUCT)};
    fields[0].null_bit = 0;
    ASSERT_TRUE(mmf_struct_complete(&structure, fields.data()));
    outer[0].structure = &structure;
    outer[0].count = MMF_FIELD_COUNT_MAX;
    mmf_struct whole = {};
    whole.field_count = 1;
    whole.fields = outer.data();
    EXPECT_FALSE(mmf_struct_complete(&whole, outer.data()));
    EXPECT_GT(t_schema(outer).record_size, MMF_RECORD_SIZE_MAX);
    EXPECT_GT(t_schema(outer, true).record_size, MMF_RECORD_SIZE_MAX);
}

// ---- Identity ----

uint64_t hash_of(const std::string &fields, const std::string &definitions = "",
                 const std::string &attributes = "")
{
    return t_record(fields, definitions, attributes)->layout_hash;
}

// Programs and files from before there was anything else know each other by it.
TEST(SchemaHash, OfPlainFieldsIsThatOfTheirLayoutAlone)
{
    const std::string bytes = std::string("a\0\x0b", 3) + u32(0) + u32(8) + u32(8) +
                              std::string("b\0\x0c", 3) + u32(4) + u32(16) + u32(8) + u32(24);
    EXPECT_EQ(hash_of("  a: float64;\n  b: string[4];\n"), fnv1a(bytes));
    // An @align is in the offsets, and needs nothing more.
    EXPECT_EQ(hash_of("  a: float64 @align(8);\n  b: string[4];\n"), fnv1a(bytes));
}

// For what is not plain: count, logical type, precision, scale and null bit, after the rest.
TEST(SchemaHash, OfOtherFieldsGoesOnWithWhatTheyAre)
{
    const auto rest = [](uint32_t count, char logical, uint32_t precision, uint32_t scale,
                         uint32_t null_bit) {
        return u32(count) + logical + u32(precision) + u32(scale) + u32(null_bit);
    };
    const std::string int64 = std::string("a\0\x08", 3) + u32(0) + u32(8);
    EXPECT_EQ(hash_of("  a: int64[2];\n"), fnv1a(int64 + u32(16) + rest(2, 0, 0, 0, 0) + u32(24)));
    EXPECT_EQ(hash_of("  a: int64?;\n"), fnv1a(int64 + u32(8) + rest(0, 0, 0, 0, 1) + u32(24)));
    EXPECT_EQ(hash_of("  a: timestamp[us];\n"),
              fnv1a(int64 + u32(8) + rest(0, 1, 0, 6, 0) + u32(16)));
    EXPECT_EQ(hash_of("  a: decimal(9,2);\n"),
              fnv1a(int64 + u32(8) + rest(0, 3, 9, 2, 0) + u32(16)));
    EXPECT_EQ(hash_of("  a: date;\n"), fnv1a(std::string("a\0\x06", 3) + u32(0) + u32(8) + u32(4) +
                                             rest(0, 2, 0, 0, 0) + u32(16)));
    // Of an enum the members, of a struct its fields, and of neither the name.
    EXPECT_EQ(hash_of("  a: E;\n", "enum E : int8 {\n  X = -2;\n  Yy = 3;\n}\n"),
              fnv1a(std::string("a\0\x02", 3) + u32(0) + u32(8) + u32(1) + rest(0, 4, 0, 0, 0) +
                    u32(2) + std::string("X\0", 2) + u32(0xfffffffe) + std::string("Yy\0", 3) +
                    u32(3) + u32(16)));
    EXPECT_EQ(hash_of("  a: S;\n", "struct S {\n  x: int64?;\n}\n"),
              fnv1a(std::string("a\0\x0e", 3) + u32(0) + u32(8) + u32(16) + rest(0, 0, 0, 0, 0) +
                    u32(1) + std::string("x\0\x08", 3) + u32(0) + u32(0) + u32(8) +
                    rest(0, 0, 0, 0, 1) + u32(24)));
}

TEST(SchemaHash, SeesWhatAFieldIs)
{
    // Each is as wide as the first, and means something else.
    const std::string enums = "enum E : int32 {\n  X = 1;\n}\n";
    const std::pair<std::string, std::string> fields[] = {
        {"  a: int32[2];\n  b: int64;\n", ""},
        {"  a: int32[2]?;\n  b: int64;\n", ""},
        {"  a: int32[2];\n  b: int64?;\n", ""},
        {"  a: int32[2]?;\n  b: int64?;\n", ""},
        {"  a: uint32[2];\n  b: int64;\n", ""},
        {"  a: date[2];\n  b: int64;\n", ""},
        {"  a: E[2];\n  b: int64;\n", enums},
        {"  a: int64;\n  b: int64;\n", ""},
        {"  a: int64[1];\n  b: int64;\n", ""},
        {"  a: timestamp[s];\n  b: int64;\n", ""},
        {"  a: timestamp[ms];\n  b: int64;\n", ""},
        {"  a: timestamp[us];\n  b: int64;\n", ""},
        {"  a: timestamp[ns];\n  b: int64;\n", ""},
        {"  a: decimal(9,0);\n  b: int64;\n", ""},
        {"  a: decimal(9,3);\n  b: int64;\n", ""},
        {"  a: decimal(8,3);\n  b: int64;\n", ""},
        {"  a: S;\n  b: int64;\n", "struct S {\n  x: int64;\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct S {\n  y: int64;\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct S {\n  x: uint64;\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct S {\n  x: int32;\n  y: int32;\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct S {\n  x: int32[2];\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct S {\n  x: int32?;\n  y: bool;\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct S {\n  x: int32;\n  y: bool?;\n}\n"},
        {"  a: S;\n  b: int64;\n", "struct I {\n  x: int64;\n}\nstruct S {\n  x: I;\n}\n"},
        {"  a: S[1];\n  b: int64;\n", "struct S {\n  x: int64;\n}\n"},
    };
    std::vector<uint64_t> seen;
    for (const auto &one : fields) {
        const uint64_t found = hash_of(one.first, one.second);
        for (const uint64_t other : seen)
            EXPECT_NE(found, other) << one.second << one.first;
        seen.push_back(found);
    }
}

TEST(SchemaHash, SeesTheMembersOfAnEnum)
{
    const auto of = [](const std::string &members, const std::string &type = "int32") {
        return hash_of("  a: E;\n", "enum E : " + type + " {\n" + members + "}\n");
    };
    const uint64_t base = of("  X = 1;\n  Y = 2;\n");
    EXPECT_EQ(of("  X = 1;\n  Y = 2;\n"), base);
    EXPECT_NE(of("  X = 1;\n"), base) << "one less";
    EXPECT_NE(of("  X = 1;\n  Y = 2;\n  Z = 3;\n"), base) << "one more";
    EXPECT_NE(of("  Y = 2;\n  X = 1;\n"), base) << "order";
    EXPECT_NE(of("  X = 1;\n  Y = 3;\n"), base) << "value";
    EXPECT_NE(of("  X = 1;\n  Z = 2;\n"), base) << "name";
    EXPECT_NE(of("  X = 1;\n  Y = 2;\n", "uint32"), base) << "type";
}

TEST(SchemaHash, DoesNotSeeWhatDoesNotChangeTheLayout)
{
    const std::string enums = "enum E : int8 {\n  X = 1;\n}\n";
    const std::string structs = "struct S {\n  e: E;\n  n: int32?;\n}\n";
    const std::string fields = "  e: E;\n  s: S;\n  i: int32;\n  n: string[8]?;\n";
    const uint64_t base = hash_of(fields, enums + structs);
    EXPECT_EQ(hash_of(fields, "/// doc\nenum E : int8 {\n  /// doc\n  X = 1;\n}\n"
                              "/// doc\nstruct S {\n  /// doc\n  e: E;\n  n: int32?;\n}\n"),
              base)
        << "docs";
    EXPECT_EQ(hash_of("  e: Other;\n  s: Thing;\n  i: int32;\n  n: string[8]?;\n",
                      "enum Other : int8 {\n  X = 1;\n}\n"
                      "struct Thing {\n  e: Other;\n  n: int32?;\n}\n"),
              base)
        << "names of enums and structs";
    EXPECT_EQ(hash_of("  e: E = X;\n  s: S;\n  i: int32 = -4;\n  n: string[8]? = \"x\";\n",
                      enums + "struct S {\n  e: E = X;\n  n: int32? = 7;\n}\n"),
              base)
        << "defaults";
    EXPECT_EQ(hash_of("  e: E @since(1);\n  s: S @was(t);\n  i: int32 @deprecated;\n"
                      "  n: string[8]? @since(1) @was(m) @deprecated;\n",
                      enums + "struct S {\n  e: E @since(1);\n  n: int32? @deprecated;\n}\n"),
              base)
        << "history";
    EXPECT_EQ(hash_of(fields, enums + structs, " @align(8)"), base) << "an align without effect";
    const std::string aligned = "struct S @align(4) {\n  e: E;\n  n: int32?;\n}\n";
    EXPECT_EQ(hash_of(fields, enums + aligned), base) << "of a struct";
    const std::string wide = "struct S @align(16) {\n  e: E;\n  n: int32?;\n}\n";
    EXPECT_NE(hash_of(fields, enums + wide), base) << "and one with";
    EXPECT_NE(hash_of(fields, enums + structs, " @align(64)"), base) << "one with";
    EXPECT_NE(hash_of(fields, enums + structs, " @checksums"), base);
}

TEST(Schema, FindAndNull)
{
    Fields fields = t_tick();
    const mmf_schema schema = t_schema(fields);
    EXPECT_EQ(mmf_schema_find(&schema, "volume"), &fields[2]);
    EXPECT_EQ(mmf_schema_find(&schema, "Volume"), nullptr);
    EXPECT_EQ(mmf_schema_find(nullptr, "volume"), nullptr);
    EXPECT_EQ(mmf_schema_find(&schema, nullptr), nullptr);
}

} // namespace
