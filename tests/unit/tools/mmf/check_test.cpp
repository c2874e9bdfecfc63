// mmf check
#include "mmf_fixture.h"

namespace {

class CheckTest : public MmfTest {
protected:
    // Two records, closed; then `bytes` over the file at the field of row 1.
    void Damage(const char *path, const std::string &bytes)
    {
        mmf_store *store = Create(In("book.mmf"), BookText());
        Record record(mmf_store_schema(store));
        record.Set<uint8_t>("side", 1);
        for (int i = 0; i < 2; i++)
            ASSERT_EQ(
                mmf_store_append_rows(store, record.bytes.data(), 1, record.bytes.size(), nullptr),
                MMF_OK);
        mmf_place place;
        mmf_error error;
        ASSERT_EQ(mmf_schema_locate(mmf_store_schema(store), path, &place, &error), MMF_OK);
        mmf_info info;
        ASSERT_EQ(mmf_store_info(store, &info), MMF_OK);
        ASSERT_EQ(mmf_store_close(store), MMF_OK);
        std::fstream file(In("book.mmf"), std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(static_cast<long>(info.header_size + info.record_size + place.offset));
        file << bytes;
    }
};

} // namespace

TEST_F(CheckTest, FindsNothingInASoundStore)
{
    Damage("key", "");
    EXPECT_EQ(Run({"check", "book.mmf"}), 0) << out << errors;
    EXPECT_EQ(out, "book.mmf: 2 records of Book are sound\n");
    EXPECT_EQ(Run({"check", "--json", "book.mmf"}), 0);
    EXPECT_EQ(out, "{\"path\":\"book.mmf\",\"problems\":[],\"problem_count\":0,\"records\":2,"
                   "\"complete\":true}\n");
}

TEST_F(CheckTest, FindsALengthBeyondTheField)
{
    Damage("symbol", std::string("\x0b\0\0\0", 4));
    EXPECT_EQ(Run({"check", "book.mmf"}), 1);
    EXPECT_TRUE(Has(out, "row 1"));
}

TEST_F(CheckTest, FindsBytesAfterTheEndOfText)
{
    Damage("symbol", std::string("\1\0\0\0ab", 6));
    EXPECT_EQ(Run({"check", "book.mmf"}), 1);
    EXPECT_TRUE(Has(out, "row 1, field symbol: found bytes after its end that are not zero"));
}

TEST_F(CheckTest, FindsABoolThatIsNeither)
{
    Damage("open", "\2");
    EXPECT_EQ(Run({"check", "book.mmf"}), 1);
    EXPECT_TRUE(Has(out, "row 1, field open: found 2, expected 0 or 1"));
}

TEST_F(CheckTest, FindsANullWithAValue)
{
    Damage("fee", "x");
    EXPECT_EQ(Run({"check", "book.mmf"}), 1);
    EXPECT_TRUE(Has(out, "row 1, field fee: it is null, and has bytes that are not zero"));
}

TEST_F(CheckTest, FindsADecimalOfTooManyDigits)
{
    Damage("bids[1].price", std::string("\0\0\x64\xa7\xb3\xb6\xe0\x0d", 8)); // 10^18
    EXPECT_EQ(Run({"check", "book.mmf"}), 1);
    EXPECT_TRUE(Has(out, "found 1000000000000000000 units, expected at most 18 digits"));
}

TEST_F(CheckTest, ListsAsManyAsAsked)
{
    Damage("open", "\2");
    EXPECT_EQ(Run({"check", "--limit", "0", "book.mmf"}), 1);
    EXPECT_EQ(out, "... and 1 more problems; --limit prints more of them\n");
    EXPECT_EQ(Run({"check", "--json", "book.mmf"}), 1);
    EXPECT_TRUE(Has(out, "\"problem_count\":1,"));
}

TEST_F(CheckTest, FindsWhatIsNoStore)
{
    Write(In("text"), "no store");
    EXPECT_EQ(Run({"check", "text"}), 1);
    EXPECT_TRUE(Has(out, "text: "));
    EXPECT_EQ(Run({"check", "missing"}), 2);
    EXPECT_EQ(out, "");
    EXPECT_TRUE(Has(errors, "mmf check: missing: "));
}

TEST_F(CheckTest, FindsARecordThatMissesItsChecksum)
{
    const std::string text = "record Payment version 1 @checksums {\n  cents: int64;\n}\n";
    mmf_store *store = Create(In("pay.mmf"), text);
    Record record(mmf_store_schema(store));
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(
            mmf_store_append_rows(store, record.bytes.data(), 1, record.bytes.size(), nullptr),
            MMF_OK);
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    EXPECT_EQ(Run({"check", "pay.mmf"}), 0);
    EXPECT_EQ(out, "pay.mmf: 3 records of Payment are sound and match their checksums\n");
    std::fstream(In("pay.mmf"), std::ios::binary | std::ios::in | std::ios::out)
            .seekp(65536 + 24 + 8)
        << 'x';
    EXPECT_EQ(Run({"check", "pay.mmf"}), 1);
    EXPECT_TRUE(Has(out, "row 1"));
}
