// Reading values within structs and arrays, and values that may be null.
#include "mmapforge/generated.h"
#include "tests/unit/core/store/rich_fixture.h"

namespace {

class ValueRichTest : public RichTest {
protected:
    mmf_value get(const std::string &where, mmf_type type)
    {
        mmf_value value;
        const mmf_place place = at(where);
        memset(&value, 0xff, sizeof value);
        memset(buffer, '#', sizeof buffer);
        EXPECT_EQ(mmf_store_get_place(store, 0, &place, buffer, sizeof buffer, &value), MMF_OK)
            << where;
        EXPECT_EQ(value.type, type) << where;
        return value;
    }

    int64_t integer(const std::string &where, mmf_type type)
    {
        return get(where, type).as.integer;
    }

    std::string text(const std::string &where)
    {
        const mmf_value value = get(where, MMF_TYPE_STRING);
        EXPECT_EQ(value.as.string.data, buffer);
        EXPECT_EQ(buffer[value.as.string.length], '\0') << where;
        EXPECT_EQ(buffer[value.as.string.length + 1], '#') << where;
        return std::string(value.as.string.data, value.as.string.length);
    }

    // It must fail so and leave a value of no type.
    void expect_refused(mmf_status expected, const mmf_place &place, void *to, size_t size,
                        uint64_t row = 0)
    {
        mmf_value value;
        memset(&value, 0xff, sizeof value);
        EXPECT_EQ(mmf_store_get_place(store, row, &place, to, size, &value), expected);
        expect_nothing(value);
    }

    void expect_refused(mmf_status expected, const std::string &where)
    {
        SCOPED_TRACE(where);
        expect_refused(expected, at(where), buffer, sizeof buffer);
    }

    // The same of a field of the record by both calls.
    void expect_field_refused(mmf_status expected, const char *name)
    {
        mmf_value value;
        memset(&value, 0xff, sizeof value);
        EXPECT_EQ(mmf_store_get_value(store, 0, mmf_schema_find(schema, name), buffer,
                                      sizeof buffer, &value),
                  expected)
            << name;
        expect_nothing(value);
        expect_refused(expected, name);
    }

    static void expect_nothing(const mmf_value &value)
    {
        mmf_value zero;
        memset(&zero, 0, sizeof zero);
        EXPECT_EQ(memcmp(&value, &zero, sizeof value), 0);
    }

    char buffer[32] = {};
};

TEST_P(ValueRichTest, EveryPlaceHasItsValue)
{
    ASSERT_EQ(append(full()), MMF_OK);
    EXPECT_EQ(text("symbol"), "ABC");
    EXPECT_EQ(integer("side", MMF_TYPE_INT8), 1);
    EXPECT_EQ(get("kinds[0]", MMF_TYPE_UINT16).as.natural, 0u);
    EXPECT_EQ(get("kinds[2]", MMF_TYPE_UINT16).as.natural, 65535u);
    EXPECT_EQ(integer("wide", MMF_TYPE_INT32), 2147483647);
    EXPECT_EQ(get("pair.kind", MMF_TYPE_UINT16).as.natural, 65535u);
    EXPECT_EQ(integer("pair.legs[0].price", MMF_TYPE_INT64), 0);
    EXPECT_EQ(integer("pair.legs[1].price", MMF_TYPE_INT64), -9999);
    EXPECT_EQ(text("pair.legs[0].name"), "");
    EXPECT_EQ(text("pair.legs[1].name"), "leg");
    EXPECT_EQ(integer("pair.legs[1].side", MMF_TYPE_INT8), -2);
    EXPECT_FALSE(get("pair.legs[0].live", MMF_TYPE_BOOL).as.boolean);
    EXPECT_TRUE(get("pair.legs[1].live", MMF_TYPE_BOOL).as.boolean);
    EXPECT_EQ(text("pair.note"), "note");
    EXPECT_EQ(integer("pair.best.price", MMF_TYPE_INT64), 5);
    EXPECT_EQ(integer("pair.best.side", MMF_TYPE_INT8), 1);
    EXPECT_EQ(integer("legs[1].price", MMF_TYPE_INT64), 0);
    EXPECT_EQ(integer("legs[2].price", MMF_TYPE_INT64), 9999);
    EXPECT_EQ(text("legs[2].name"), "five5");
    EXPECT_EQ(get("greeks[3]", MMF_TYPE_FLOAT64).as.real, 1.5);
    EXPECT_EQ(get("greeks[4]", MMF_TYPE_FLOAT64).as.real, -0.25);
    EXPECT_EQ(integer("fee", MMF_TYPE_INT64), -999);
    EXPECT_FALSE(get("flags[2]", MMF_TYPE_BOOL).as.boolean);
    EXPECT_TRUE(get("flags[3]", MMF_TYPE_BOOL).as.boolean);
    EXPECT_FALSE(get("hints[0]", MMF_TYPE_BOOL).as.boolean);
    EXPECT_TRUE(get("hints[1]", MMF_TYPE_BOOL).as.boolean);
    EXPECT_EQ(get("tags[0]", MMF_TYPE_UINT16).as.natural, 65535u);
    EXPECT_EQ(text("note"), "six666");
    const mmf_value raw = get("raw", MMF_TYPE_BYTES);
    EXPECT_EQ(raw.as.bytes.length, 2u);
    EXPECT_EQ(buffer[1], '\0');
    EXPECT_EQ(buffer[2], '#') << "bytes have no NUL after them";
    EXPECT_EQ(integer("small", MMF_TYPE_INT8), -128);
    EXPECT_EQ(integer("at", MMF_TYPE_INT64), INT64_MIN);
    EXPECT_EQ(integer("day", MMF_TYPE_INT32), -1);
    EXPECT_TRUE(get("live", MMF_TYPE_BOOL).as.boolean);
    EXPECT_EQ(get("last", MMF_TYPE_UINT64).as.natural, UINT64_MAX);
}

// mmf_store_get_value says the same of the fields of the record.
TEST_P(ValueRichTest, FieldsOfTheRecord)
{
    ASSERT_EQ(append(full()), MMF_OK);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const mmf_field *field = &schema->fields[i];
        mmf_value value;
        mmf_value same;
        char other[sizeof buffer] = {};
        if (field->count > 0 || field->structure != nullptr) {
            expect_field_refused(MMF_ERR_ARGUMENT, field->name);
            continue;
        }
        const mmf_place place = at(field->name);
        memset(buffer, 0, sizeof buffer);
        ASSERT_EQ(mmf_store_get_value(store, 0, field, buffer, sizeof buffer, &value), MMF_OK)
            << field->name;
        ASSERT_EQ(mmf_store_get_place(store, 0, &place, other, sizeof other, &same), MMF_OK);
        EXPECT_EQ(value.type, field->type);
        EXPECT_EQ(value.type, same.type);
        if (mmf_type_is_sized(field->type)) {
            EXPECT_EQ(value.as.bytes.length, same.as.bytes.length);
            EXPECT_EQ(memcmp(buffer, other, sizeof buffer), 0);
        } else {
            EXPECT_EQ(value.as.natural, same.as.natural) << field->name;
        }
    }
}

TEST_P(ValueRichTest, NullHasNoValue)
{
    ASSERT_EQ(append(bare()), MMF_OK);
    for (const char *name : {"fee", "note", "raw", "small", "day", "live", "last"})
        expect_field_refused(MMF_ERR_NULL, name);
    for (const char *where : {"hints[0]", "tags[1]", "legs[0].side", "pair.kind", "pair.note",
                              "pair.legs[1].name", "pair.best.price", "pair.best.side"})
        expect_refused(MMF_ERR_NULL, where);
    // All of an array or struct is not for these calls, null or not.
    for (const char *name : {"hints", "tags", "pair", "legs"})
        expect_field_refused(MMF_ERR_ARGUMENT, name);
    for (const char *where : {"legs[0]", "pair.legs", "pair.legs[0]", "pair.best"})
        expect_refused(MMF_ERR_ARGUMENT, where);
    EXPECT_EQ(text("symbol"), "ABC");
    EXPECT_EQ(integer("legs[0].price", MMF_TYPE_INT64), 0);
}

// Each field on the way may be the one that is null, whatever those within it say.
TEST_P(ValueRichTest, AnyNullOnThePathIsOneOfTheValue)
{
    ASSERT_EQ(append(full()), MMF_OK);
    EXPECT_EQ(integer("pair.best.side", MMF_TYPE_INT8), 1);
    for (const char *null : {"pair", "pair.best", "pair.best.side"}) {
        ASSERT_EQ(set(full().clear(null)), MMF_OK);
        expect_refused(MMF_ERR_NULL, "pair.best.side");
        if (std::string(null) == "pair.best.side") {
            EXPECT_EQ(integer("pair.best.price", MMF_TYPE_INT64), 5);
        } else {
            expect_refused(MMF_ERR_NULL, "pair.best.price");
        }
        EXPECT_EQ(integer("small", MMF_TYPE_INT8), -128) << "another one of the record";
    }
    ASSERT_EQ(set(full().clear("legs[2].side")), MMF_OK);
    expect_refused(MMF_ERR_NULL, "legs[2].side");
    EXPECT_EQ(integer("pair.best.side", MMF_TYPE_INT8), 1);
}

// Ten fields of the record are nullable: two validity bytes.
TEST_P(ValueRichTest, EachNullableFieldHasABitOfItsOwn)
{
    ASSERT_EQ(append(full()), MMF_OK);
    const std::vector<std::string> values = {"pair.kind", "fee",   "hints[0]", "tags[0]", "note",
                                             "raw",       "small", "day",      "live",    "last"};
    for (const std::string &null : values) {
        const std::string name = null.substr(0, null.find_first_of(".["));
        ASSERT_EQ(set(full().clear(name)), MMF_OK);
        for (const std::string &one : values) {
            mmf_value value;
            const mmf_place place = at(one);
            EXPECT_EQ(mmf_store_get_place(store, 0, &place, buffer, sizeof buffer, &value),
                      one == null ? MMF_ERR_NULL : MMF_OK)
                << one << " when " << null << " is null";
        }
    }
}

// As of text that is never null: room for it and its NUL is enough, one byte less is not.
TEST_P(ValueRichTest, NullableTextNeedsRoomForItselfAndItsEnd)
{
    ASSERT_EQ(append(full().text("note", "abc")), MMF_OK);
    mmf_value value;
    for (const char *where : {"note", "legs[2].name", "pair.note"}) {
        const mmf_place place = at(where);
        const size_t length = text(where).size();
        memset(buffer, '#', sizeof buffer);
        EXPECT_EQ(mmf_store_get_place(store, 0, &place, buffer, length + 1, &value), MMF_OK);
        EXPECT_EQ(value.as.string.length, length);
        EXPECT_EQ(buffer[length + 1], '#');
        expect_refused(MMF_ERR_TOO_LONG, place, buffer, length);
        expect_refused(MMF_ERR_TOO_LONG, place, buffer, 0);
        expect_refused(MMF_ERR_ARGUMENT, place, nullptr, 0);
        expect_refused(MMF_ERR_ARGUMENT, place, nullptr, 32);
    }
    const mmf_place raw = at("raw");
    EXPECT_EQ(mmf_store_get_place(store, 0, &raw, buffer, 2, &value), MMF_OK);
    expect_refused(MMF_ERR_TOO_LONG, raw, buffer, 1);
}

TEST_P(ValueRichTest, NullNeedsNoRoom)
{
    ASSERT_EQ(append(bare()), MMF_OK);
    expect_refused(MMF_ERR_NULL, at("note"), buffer, 0);
    expect_refused(MMF_ERR_NULL, at("raw"), buffer, 0);
    expect_refused(MMF_ERR_NULL, at("last"), nullptr, 0);
}

TEST_P(ValueRichTest, PlacesThatAreWrongAreRefused)
{
    ASSERT_EQ(append(full()), MMF_OK);
    mmf_value value;
    const mmf_place good = at("small");
    memset(&value, 0xff, sizeof value);
    EXPECT_EQ(mmf_store_get_place(nullptr, 0, &good, nullptr, 0, &value), MMF_ERR_ARGUMENT);
    expect_nothing(value);
    memset(&value, 0xff, sizeof value);
    EXPECT_EQ(mmf_store_get_place(store, 0, nullptr, nullptr, 0, &value), MMF_ERR_ARGUMENT);
    expect_nothing(value);
    EXPECT_EQ(mmf_store_get_place(store, 0, &good, nullptr, 0, nullptr), MMF_ERR_ARGUMENT);
    // What mmf_schema_locate leaves when a path is wrong.
    mmf_place none;
    EXPECT_EQ(mmf_schema_locate(schema, "nothing", &none, nullptr), MMF_ERR_ARGUMENT);
    expect_refused(MMF_ERR_ARGUMENT, none, nullptr, 0);
    // A place of another schema, though it is the same text.
    mmf_schema *other = nullptr;
    ASSERT_EQ(mmf_schema_parse(schema->text, schema->text_size, &other, nullptr), MMF_OK);
    mmf_place foreign;
    EXPECT_EQ(mmf_schema_locate(other, "small", &foreign, nullptr), MMF_OK);
    expect_refused(MMF_ERR_ARGUMENT, foreign, nullptr, 0);
    mmf_schema_free(other);
    // A member of a struct is no field of the record.
    const mmf_field *member = &mmf_schema_find(schema, "legs")->structure->fields[0];
    EXPECT_EQ(mmf_store_get_value(store, 0, member, nullptr, 0, &value), MMF_ERR_ARGUMENT);
}

TEST_P(ValueRichTest, RowsThatAreNotThere)
{
    ASSERT_EQ(append(full()), MMF_OK);
    for (const char *where : {"small", "at", "note", "symbol", "legs[1].side", "legs[1].price"}) {
        expect_refused(MMF_ERR_RANGE, at(where), buffer, sizeof buffer, 1);
        expect_refused(MMF_ERR_RANGE, at(where), buffer, sizeof buffer, UINT64_MAX);
    }
}

TEST_P(ValueRichTest, AClosedStoreHasNoPlaces)
{
    mmf_store *reader = nullptr;
    ASSERT_EQ(mmf_store_open(path.c_str(), nullptr, &reader, &error), MMF_OK) << error.message;
    mmf_place place;
    ASSERT_EQ(mmf_schema_locate(mmf_store_schema(reader), "small", &place, nullptr), MMF_OK);
    ASSERT_EQ(mmf_store_close(reader), MMF_OK);
    mmf_value value;
    memset(&value, 0xff, sizeof value);
    EXPECT_EQ(mmf_store_get_place(reader, 0, &place, nullptr, 0, &value), MMF_ERR_CLOSED);
    expect_nothing(value);
}

// A number that no member has may be in a file of another program: it is given as it is.
TEST_P(ValueRichTest, AnEnumIsItsNumber)
{
    ASSERT_EQ(append(full()), MMF_OK);
    unsigned char *record = mmfi_row(store, 0, schema->record_size);
    record[at("side").offset] = 77;
    record[at("legs[2].side").offset] = 78;
    EXPECT_EQ(integer("side", MMF_TYPE_INT8), 77);
    EXPECT_EQ(integer("legs[2].side", MMF_TYPE_INT8), 78);
    EXPECT_EQ(set(full()), MMF_OK) << "for its checksum";
}

// Lengths that no writer stores stay within their field.
TEST_P(ValueRichTest, ALengthInTheFileIsHeldToItsField)
{
    ASSERT_EQ(append(full()), MMF_OK);
    unsigned char *record = mmfi_row(store, 0, schema->record_size);
    for (const char *where : {"note", "legs[0].name", "pair.legs[1].name"}) {
        const mmf_place place = at(where);
        const uint32_t length = 0x7fffffff;
        memcpy(record + place.offset, &length, sizeof length);
        EXPECT_EQ(text(where).size(), place.field->max) << where;
    }
    EXPECT_EQ(set(full()), MMF_OK) << "for its checksum";
}

// Odd, with half of another record: each value is the one before.
TEST_P(ValueRichTest, AStoppedWriterHidesNothing)
{
    ASSERT_EQ(append(full()), MMF_OK);
    const mmfi_write write = mmfi_write_begin(store, 0, schema->record_size);
    ASSERT_NE(write.record, nullptr);
    memset(write.record + 8, 0, schema->record_size - 8);
    EXPECT_EQ(integer("small", MMF_TYPE_INT8), -128);
    EXPECT_EQ(text("note"), "six666");
    EXPECT_EQ(integer("pair.best.side", MMF_TYPE_INT8), 1);
    EXPECT_EQ(text("pair.legs[1].name"), "leg");
    // And null as before, though it says now that it is there.
    EXPECT_TRUE(row(0).has("small"));
    const Raw whole = full();
    memcpy(write.record + 8, whole.data() + 8, whole.size() - 8);
    EXPECT_EQ(mmfi_write_end(write), MMF_OK);
    EXPECT_EQ(set(full()), MMF_OK) << "with its checksum";
}

// Every scalar: as an element, and where it may be null.
TEST_P(ValueRichTest, EveryScalarAsAnElementAndNullable)
{
    const std::string types[] = {"bool",   "int8",  "uint8",  "int16",   "uint16", "int32",
                                 "uint32", "int64", "uint64", "float32", "float64"};
    for (const std::string &type : types) {
        const std::string file = directory + "/" + type;
        mmf_store *other =
            create(file, "record T version 1 {\n  a: " + type + "[3];\n  n: " + type + "?;\n}\n");
        ASSERT_NE(other, nullptr);
        const mmf_schema *of = mmf_store_schema(other);
        Raw raw(of);
        const auto put = [&](const std::string &where, int value) {
            switch (of->fields[0].type) {
            case MMF_TYPE_BOOL:
                raw.set<bool>(where, value != 0);
                break;
            case MMF_TYPE_FLOAT32:
                raw.set<float>(where, static_cast<float>(value) / 2);
                break;
            case MMF_TYPE_FLOAT64:
                raw.set<double>(where, static_cast<double>(value) / 2);
                break;
            default: { // the low bytes of it, as a little-endian machine has them
                const int64_t wide = value;
                mmf_place place;
                ASSERT_EQ(mmf_schema_locate(of, where.c_str(), &place, nullptr), MMF_OK);
                memcpy(raw.data() + place.offset, &wide, place.size);
                if (where == "n")
                    raw.exist("n");
            }
            }
        };
        put("a[0]", 1);
        put("a[1]", 0);
        put("a[2]", -3);
        put("n", -5);
        ASSERT_EQ(mmf_store_append_rows(other, raw.data(), 1, raw.size(), nullptr), MMF_OK);
        ASSERT_EQ(mmf_store_append_rows(other, raw.clear("n").data(), 1, raw.size(), nullptr),
                  MMF_OK);
        const uint32_t bits = 8 * mmf_type_size(of->fields[0].type, 0);
        const auto expect = [&](const std::string &where, int number) {
            mmf_place place;
            mmf_value value;
            ASSERT_EQ(mmf_schema_locate(of, where.c_str(), &place, nullptr), MMF_OK);
            ASSERT_EQ(mmf_store_get_place(other, 0, &place, nullptr, 0, &value), MMF_OK);
            ASSERT_EQ(value.type, of->fields[0].type);
            if (type == "bool") {
                EXPECT_EQ(value.as.boolean, number != 0) << where;
            } else if (type[0] == 'f') {
                EXPECT_EQ(value.as.real, number / 2.0) << type << where;
            } else if (type[0] == 'i') {
                EXPECT_EQ(value.as.integer, number) << type << where;
            } else {
                EXPECT_EQ(value.as.natural, static_cast<uint64_t>(static_cast<int64_t>(number)) &
                                                (UINT64_MAX >> (64 - bits)))
                    << type << where;
            }
        };
        expect("a[0]", 1);
        expect("a[1]", 0);
        expect("a[2]", -3);
        expect("n", -5);
        mmf_value value;
        EXPECT_EQ(mmf_store_get_value(other, 1, &of->fields[1], nullptr, 0, &value), MMF_ERR_NULL);
        EXPECT_EQ(mmf_store_close(other), MMF_OK);
    }
}

INSTANTIATE_TEST_SUITE_P(Checksums, ValueRichTest, testing::Bool());

} // namespace
