// Appending and replacing records with enums, structs, arrays and nullable fields.
#include "tests/unit/core/store/rich_fixture.h"

#include <functional>

namespace {

class ValueWriteRichTest : public RichTest {
protected:
    void SetUp() override
    {
        RichTest::SetUp();
        ASSERT_EQ(append(full()), MMF_OK);
    }

    // Neither appended nor put in place of row 0, and nothing of it is stored.
    void expect_refused(mmf_status expected, const Raw &raw, const std::string &what)
    {
        const Raw before = row(0);
        EXPECT_EQ(append(raw), expected) << what;
        EXPECT_EQ(set(raw), expected) << what;
        EXPECT_EQ(mmf_store_count(store), 1u) << what;
        EXPECT_EQ(std::memcmp(before.data(), row(0).data(), before.size()), 0) << what;
    }

    // Stored as it is, but for what is not the raw record's to say.
    void expect_taken(const Raw &raw, const std::string &what)
    {
        EXPECT_EQ(set(raw), MMF_OK) << what;
        expect_payload(row(0), raw, what);
    }

    void expect_payload(const Raw &found, const Raw &expected, const std::string &what)
    {
        const size_t end = schema->checksum_offset != 0 ? schema->checksum_offset : found.size();
        for (size_t i = MMF_SEQUENCE_SIZE; i < end; i++)
            EXPECT_EQ(found.data()[i], expected.data()[i]) << what << ", byte " << i;
    }
};

TEST_P(ValueWriteRichTest, ARecordIsStoredAsItIs)
{
    expect_payload(row(0), full(), "full");
    uint64_t where = 0;
    ASSERT_EQ(append(bare(), &where), MMF_OK);
    EXPECT_EQ(where, 1u);
    expect_payload(row(1), bare(), "bare");
    ASSERT_EQ(set(full(), {}, 1), MMF_OK);
    expect_payload(row(1), full(), "full in place of bare");
    ASSERT_EQ(set(bare(), {}, 1), MMF_OK);
    expect_payload(row(1).clear("fee"), bare().clear("fee"), "bare in place of full");
}

TEST_P(ValueWriteRichTest, WhatIsNoMemberOfAnEnumIsRefused)
{
    const std::vector<std::pair<std::string, std::function<void(Raw &, const std::string &)>>>
        places = {
            {"side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, 0); }},
            {"side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, 2); }},
            {"side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, -1); }},
            {"kinds[0]", [](Raw &raw, const std::string &at) { raw.set<uint16_t>(at, 1); }},
            {"kinds[2]", [](Raw &raw, const std::string &at) { raw.set<uint16_t>(at, 65534); }},
            {"wide", [](Raw &raw, const std::string &at) { raw.set<int32_t>(at, 0); }},
            {"pair.kind", [](Raw &raw, const std::string &at) { raw.set<uint16_t>(at, 256); }},
            {"pair.legs[1].side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, 0); }},
            {"pair.best.side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, 127); }},
            {"legs[0].side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, 0); }},
            {"legs[2].side", [](Raw &raw, const std::string &at) { raw.set<int8_t>(at, 0); }},
            {"tags[1]", [](Raw &raw, const std::string &at) { raw.set<uint16_t>(at, 7); }},
        };
    for (const auto &place : places) {
        Raw raw = full();
        place.second(raw, place.first);
        expect_refused(MMF_ERR_ENUM, raw, place.first);
    }
    // Every member is taken, the least and the most of its type with them.
    for (const int8_t side : {1, -2})
        expect_taken(full().set<int8_t>("side", side).set<int8_t>("legs[0].side", side), "side");
    for (const uint16_t kind : {0, 65535})
        expect_taken(full().set<uint16_t>("kinds[1]", kind).set<uint16_t>("tags[1]", kind), "kind");
    for (const int32_t wide : {INT32_MIN, INT32_MAX})
        expect_taken(full().set<int32_t>("wide", wide), "wide");
}

// What a field that is null holds does not matter.
TEST_P(ValueWriteRichTest, NullMayHoldAnything)
{
    expect_taken(full().set<int8_t>("legs[0].side", 0).clear("legs[0].side"), "enum in a struct");
    expect_taken(full().set<uint16_t>("tags[1]", 7).clear("tags"), "array");
    expect_taken(full().set<int64_t>("fee", INT64_MIN).clear("fee"), "decimal");
    expect_taken(full().set<int8_t>("pair.best.side", 0).clear("pair.best"), "struct");
    expect_taken(full().set<uint16_t>("pair.kind", 7).clear("pair"), "struct of the record");
    expect_taken(full().set<int8_t>("pair.best.side", 0).clear("pair"), "struct in a struct");
    expect_taken(full().set<int64_t>("pair.legs[0].price", 10000).clear("pair"), "within an array");
}

TEST_P(ValueWriteRichTest, DecimalsOfTooManyDigitsAreRefused)
{
    for (const int64_t digits : {INT64_C(1000), INT64_C(-1000), INT64_MAX, INT64_MIN})
        expect_refused(MMF_ERR_ARGUMENT, full().set<int64_t>("fee", digits), "fee");
    for (const int64_t digits : {INT64_C(10000), INT64_C(-10000), INT64_MAX, INT64_MIN})
        for (const char *where :
             {"legs[0].price", "legs[2].price", "pair.legs[1].price", "pair.best.price"})
            expect_refused(MMF_ERR_ARGUMENT, full().set<int64_t>(where, digits), where);
    for (const int64_t digits : {999, -999, 0})
        expect_taken(full().set<int64_t>("fee", digits), "fee");
    for (const int64_t digits : {9999, -9999, 0})
        expect_taken(full().set<int64_t>("legs[0].price", digits), "price");
}

// As many digits as there may be: all but the last of those of an int64.
TEST_P(ValueWriteRichTest, DecimalsOfEighteenDigits)
{
    mmf_store *other = create(directory + "/decimals",
                              "record T version 1 {\n  a: decimal(18,18);\n  b: decimal(1,0)[2];\n"
                              "}\n");
    const mmf_schema *of = mmf_store_schema(other);
    const auto append_to = [&](int64_t a, int64_t b) {
        Raw raw(of);
        raw.set<int64_t>("a", a).set<int64_t>("b[1]", b);
        return mmf_store_append_rows(other, raw.data(), 1, raw.size(), nullptr);
    };
    const int64_t most = INT64_C(999999999999999999);
    EXPECT_EQ(append_to(most, 9), MMF_OK);
    EXPECT_EQ(append_to(-most, -9), MMF_OK);
    EXPECT_EQ(append_to(most + 1, 0), MMF_ERR_ARGUMENT);
    EXPECT_EQ(append_to(-most - 1, 0), MMF_ERR_ARGUMENT);
    EXPECT_EQ(append_to(0, 10), MMF_ERR_ARGUMENT);
    EXPECT_EQ(append_to(0, -10), MMF_ERR_ARGUMENT);
    EXPECT_EQ(mmf_store_close(other), MMF_OK);
}

TEST_P(ValueWriteRichTest, LengthsThatAreTooLongAreRefused)
{
    const std::pair<const char *, uint32_t> places[] = {
        {"symbol", 8},    {"legs[0].name", 5},   {"legs[2].name", 5}, {"pair.legs[1].name", 5},
        {"pair.note", 6}, {"pair.best.name", 5}, {"note", 6},         {"raw", 4}};
    for (const auto &place : places) {
        for (const uint32_t length : {place.second + 1, UINT32_MAX, 0x80000000u})
            expect_refused(MMF_ERR_TOO_LONG, full().length(place.first, length), place.first);
        EXPECT_EQ(append(full().length(place.first, place.second)), MMF_OK) << place.first;
        ASSERT_EQ(set(full()), MMF_OK);
        // One more row: back to one for what expect_refused counts.
        ASSERT_EQ(mmf_store_close(store), MMF_OK);
        store = nullptr;
        ASSERT_EQ(remove(path.c_str()), 0);
        store = create(path, t_deal_text(GetParam()));
        schema = mmf_store_schema(store);
        ASSERT_EQ(append(full()), MMF_OK);
    }
}

// Lengths count also where the field is null, and whatever else is wrong beside them.
TEST_P(ValueWriteRichTest, LengthsOfNullAreChecked)
{
    expect_refused(MMF_ERR_TOO_LONG, full().length("note", 7).clear("note"), "string");
    expect_refused(MMF_ERR_TOO_LONG, full().length("raw", 5).clear("raw"), "bytes");
    expect_refused(MMF_ERR_TOO_LONG, full().length("pair.legs[1].name", 6).clear("pair"), "struct");
    expect_refused(MMF_ERR_TOO_LONG, full().length("pair.best.name", 6).clear("pair.best"),
                   "struct in a struct");
    Raw both = full();
    both.set<uint16_t>("pair.kind", 7).set<int64_t>("pair.legs[0].price", 10000);
    both.length("pair.note", 7).clear("pair");
    expect_refused(MMF_ERR_TOO_LONG, both, "after a bad member and a bad decimal that are null");
}

// The second of three: none of them is appended.
TEST_P(ValueWriteRichTest, OneBadRecordOfManyKeepsAllOut)
{
    const Raw good = full();
    for (const Raw &bad : {full().set<int8_t>("legs[1].side", 0), full().length("note", 7),
                           full().set<int64_t>("fee", 1000)}) {
        std::vector<unsigned char> rows;
        for (const Raw *one : {&good, &bad, &good})
            rows.insert(rows.end(), one->data(), one->data() + one->size());
        uint64_t first = 99;
        EXPECT_NE(mmf_store_append_rows(store, rows.data(), 3, rows.size(), &first), MMF_OK);
        EXPECT_EQ(first, 0u);
        EXPECT_EQ(mmf_store_count(store), 1u);
    }
}

TEST_P(ValueWriteRichTest, BytesAfterALengthBecomeZeroEverywhere)
{
    Raw raw = full();
    for (const char *where : {"symbol", "legs[0].name", "legs[2].name", "pair.legs[1].name",
                              "pair.note", "pair.best.name", "note", "raw"})
        raw.text(where, "wxyz").length(where, 1);
    raw.text("note", "wxyz").length("note", 2).clear("note");
    uint64_t appended = 0;
    ASSERT_EQ(append(raw, &appended), MMF_OK);
    ASSERT_EQ(set(raw), MMF_OK);
    for (const uint64_t one : {UINT64_C(0), appended}) {
        const Raw found = row(one);
        const std::string name = std::string("\1\0\0\0w", 5);
        EXPECT_EQ(found.bytes("symbol"), name + std::string(7, '\0'));
        EXPECT_EQ(found.bytes("legs[0].name"), name + std::string(4, '\0'));
        EXPECT_EQ(found.bytes("legs[2].name"), name + std::string(4, '\0'));
        EXPECT_EQ(found.bytes("pair.legs[1].name"), name + std::string(4, '\0'));
        EXPECT_EQ(found.bytes("pair.note"), name + std::string(5, '\0'));
        EXPECT_EQ(found.bytes("pair.best.name"), name + std::string(4, '\0'));
        EXPECT_EQ(found.bytes("raw"), name + std::string(3, '\0'));
        EXPECT_EQ(found.bytes("note"), std::string("\2\0\0\0wx\0\0\0\0", 10)) << "null as well";
        EXPECT_FALSE(found.has("note"));
    }
}

TEST_P(ValueWriteRichTest, BoolsBecomeNoughtOrOneEverywhere)
{
    Raw raw = full();
    raw.set<uint8_t>("flags[0]", 2).set<uint8_t>("flags[1]", 255).set<uint8_t>("flags[2]", 0);
    raw.set<uint8_t>("flags[3]", 0x80).set<uint8_t>("hints[0]", 7).set<uint8_t>("hints[1]", 0);
    raw.set<uint8_t>("legs[1].live", 16).set<uint8_t>("pair.legs[0].live", 3);
    raw.set<uint8_t>("pair.best.live", 9).set<uint8_t>("live", 4).clear("live");
    uint64_t appended = 0;
    ASSERT_EQ(append(raw, &appended), MMF_OK);
    ASSERT_EQ(set(raw), MMF_OK);
    for (const uint64_t one : {UINT64_C(0), appended}) {
        const Raw found = row(one);
        EXPECT_EQ(found.bytes("flags"), std::string("\1\1\0\1", 4));
        EXPECT_EQ(found.bytes("hints"), std::string("\1\0", 2));
        EXPECT_EQ(found.bytes("legs[1].live"), "\1");
        EXPECT_EQ(found.bytes("legs[0].live"), std::string(1, '\0'));
        EXPECT_EQ(found.bytes("pair.legs[0].live"), "\1");
        EXPECT_EQ(found.bytes("pair.best.live"), "\1");
        EXPECT_EQ(found.bytes("live"), "\1") << "null as well";
        EXPECT_FALSE(found.has("live"));
    }
}

// ---- Some fields ----

const std::vector<const char *> NULLABLE = {"pair", "fee",   "hints", "tags", "note",
                                            "raw",  "small", "day",   "live", "last"};

TEST_P(ValueWriteRichTest, ANullableFieldThatIsSetChangesOnlyItsOwnBit)
{
    for (const char *name : NULLABLE) {
        // There, where all others are null; the bits of others in the raw record do not count.
        ASSERT_EQ(set(bare()), MMF_OK);
        ASSERT_EQ(set(full(), {name}), MMF_OK);
        Raw found = row(0);
        for (const char *other : NULLABLE)
            EXPECT_EQ(found.has(other), other == name) << other << " when " << name << " is set";
        EXPECT_EQ(found.bytes(name), full().bytes(name));
        // And null, where all others are there.
        ASSERT_EQ(set(full()), MMF_OK);
        ASSERT_EQ(set(bare(), {name}), MMF_OK);
        found = row(0);
        for (const char *other : NULLABLE)
            EXPECT_EQ(found.has(other), other != name) << other << " when " << name << " is null";
    }
}

TEST_P(ValueWriteRichTest, FieldsThatAreNotChosenStay)
{
    const Raw raw = bare(7).text("symbol", "NEW").set<int8_t>("side", -2);
    ASSERT_EQ(set(raw, {"greeks", "side"}), MMF_OK);
    Raw expected = full().set<int8_t>("side", -2);
    for (int i = 0; i < 5; i++)
        expected.set<double>("greeks[" + std::to_string(i) + "]", 7);
    expect_payload(row(0), expected, "an array and an enum");
    // A struct with its own validity bytes, and an array of structs.
    Raw parts = bare();
    parts.set<int64_t>("pair.best.price", 77)
        .text("legs[1].name", "x")
        .set<int8_t>("legs[0].side", 1);
    ASSERT_EQ(set(parts, {"pair", "legs"}), MMF_OK);
    const Raw found = row(0);
    EXPECT_EQ(found.bytes("pair"), parts.bytes("pair"));
    EXPECT_EQ(found.bytes("legs"), parts.bytes("legs"));
    EXPECT_TRUE(found.has("pair"));
    EXPECT_TRUE(found.has("pair.best"));
    EXPECT_FALSE(found.has("pair.best.side"));
    EXPECT_FALSE(found.has("pair.note"));
    EXPECT_TRUE(found.has("legs[0].side"));
    EXPECT_FALSE(found.has("legs[2].side"));
    EXPECT_EQ(found.bytes("symbol"), full().bytes("symbol"));
    EXPECT_TRUE(found.has("fee"));
}

// A raw record of zeroes but for one field, where an enum has no member 0.
TEST_P(ValueWriteRichTest, FieldsThatAreNotChosenAreNotChecked)
{
    Raw raw(schema);
    raw.set<int64_t>("fee", 5)
        .length("symbol", UINT32_MAX)
        .set<int64_t>("legs[0].price", INT64_MAX);
    ASSERT_EQ(set(raw, {"fee"}), MMF_OK);
    expect_payload(row(0), full().set<int64_t>("fee", 5), "fee");
    EXPECT_EQ(set(raw, {"fee", "side"}), MMF_ERR_ENUM);
    EXPECT_EQ(set(raw, {"symbol", "fee"}), MMF_ERR_TOO_LONG);
    EXPECT_EQ(set(raw, {"legs"}), MMF_ERR_ARGUMENT);
    EXPECT_EQ(set(raw), MMF_ERR_TOO_LONG);
    expect_payload(row(0), full().set<int64_t>("fee", 5), "nothing of those");
    const uint32_t wrong[] = {index("fee"), schema->field_count};
    EXPECT_EQ(mmf_store_set_row(store, 0, raw.data(), raw.size(), wrong, 2), MMF_ERR_ARGUMENT);
}

TEST_P(ValueWriteRichTest, TheSameFieldTwice)
{
    ASSERT_EQ(set(bare(), {"fee", "fee"}), MMF_OK);
    EXPECT_FALSE(row(0).has("fee"));
    ASSERT_EQ(set(full(), {"fee", "note", "fee"}), MMF_OK);
    expect_payload(row(0), full(), "back");
}

INSTANTIATE_TEST_SUITE_P(Checksums, ValueWriteRichTest, testing::Bool());

} // namespace
