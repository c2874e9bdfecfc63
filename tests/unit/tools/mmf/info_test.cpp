// mmf info
#include "mmf_fixture.h"

TEST_F(MmfTest, TellsOfAStore)
{
    mmf_store *store = Create(In("book.mmf"), BookText());
    ASSERT_NE(store, nullptr);
    const Record record(mmf_store_schema(store));
    ASSERT_EQ(mmf_store_append_rows(store, record.bytes.data(), 1, record.bytes.size(), nullptr),
              MMF_ERR_ENUM);
    Record good(mmf_store_schema(store));
    good.Set<uint8_t>("side", 1);
    ASSERT_EQ(mmf_store_append_rows(store, good.bytes.data(), 1, good.bytes.size(), nullptr),
              MMF_OK);
    EXPECT_EQ(Run({"info", "book.mmf"}), 0) << errors;
    EXPECT_TRUE(Has(out, "book.mmf: 1 records of Book version 2\n"));
    EXPECT_TRUE(Has(out, "process " + std::to_string(getpid())));
    EXPECT_TRUE(Has(out, BookText()));
    EXPECT_EQ(mmf_store_close(store), MMF_OK);

    EXPECT_EQ(Run({"info", "--json", "book.mmf"}), 0) << errors;
    EXPECT_TRUE(Has(out, "{\"path\":\"book.mmf\",\"record\":\"Book\",\"version\":2,\"count\":1,"));
    EXPECT_TRUE(Has(out, "\"writer_pid\":null"));
    EXPECT_TRUE(Has(out, "  side: Side = Buy;\\n"));
}

TEST_F(MmfTest, TellsOfEachFileThatItCan)
{
    EXPECT_EQ(mmf_store_close(Create(In("a.mmf"), BookText())), MMF_OK);
    Write(In("text"), "no store");
    EXPECT_EQ(Run({"info", "text", "a.mmf"}), 1);
    EXPECT_TRUE(Has(errors, "mmf info: text: "));
    EXPECT_TRUE(Has(out, "a.mmf: 0 records"));
    EXPECT_EQ(Run({"info", "missing", "text", "a.mmf"}), 2);
}
