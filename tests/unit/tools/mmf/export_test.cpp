// mmf export
#include "mmf_fixture.h"

#include <cmath>

namespace {

class ExportTest : public MmfTest {
protected:
    void MakeBook()
    {
        mmf_store *store = Create(In("book.mmf"), BookText());
        Record record(mmf_store_schema(store));
        record.SetText("symbol", "a,\"b\n")
            .Set<int64_t>("at", 1500000000000000001)
            .Set<int32_t>("day", 0);
        record.Set<uint8_t>("side", 2).Set<int64_t>("bids[0].price", 125000);
        record.Set<uint16_t>("bids[0].orders", 7).Set<double>("greeks[1]", -0.1);
        record.SetText("memo", "").SetText("raw", std::string("\0\xff", 2)).Set<bool>("open", true);
        record.Set<float>("ratio", INFINITY)
            .Set<uint64_t>("key", UINT64_MAX)
            .Set<int8_t>("delta", -128);
        Append(store, record);
        Record second(mmf_store_schema(store));
        second.Set<uint8_t>("side", 1).SetText("symbol", " x");
        second.Set<int64_t>("fee", -1);
        Append(store, second);
        ASSERT_EQ(mmf_store_close(store), MMF_OK);
    }

    void Append(mmf_store *store, const Record &record)
    {
        ASSERT_EQ(
            mmf_store_append_rows(store, record.bytes.data(), 1, record.bytes.size(), nullptr),
            MMF_OK);
    }

    std::string Records(const std::string &path)
    {
        mmf_store *store = nullptr;
        mmf_error error;
        EXPECT_EQ(mmf_store_open(path.c_str(), nullptr, &store, &error), MMF_OK) << error.message;
        const size_t size = mmf_store_count(store) * mmf_store_schema(store)->record_size;
        std::string bytes(size, '\0');
        EXPECT_EQ(
            mmf_store_copy_rows(store, 0, mmf_store_count(store), bytes.data(), size, nullptr),
            MMF_OK);
        EXPECT_EQ(mmf_store_close(store), MMF_OK);
        return bytes;
    }
};

} // namespace

TEST_F(ExportTest, WritesCsv)
{
    MakeBook();
    EXPECT_EQ(Run({"export", "book.mmf"}), 0) << errors;
    EXPECT_EQ(
        out,
        "symbol,at,day,side,bids[0].price,bids[0].size,bids[0].orders,bids[1].price,bids[1].size,"
        "bids[1].orders,greeks[0],greeks[1],fee,memo,raw,open,ratio,key,delta\n"
        "\"a,\"\"b\n\",2017-07-14T02:40:00.000000001Z,1970-01-01,Sell,12.5000,0,7,0.0000,0,,0.0,"
        "-0.1,,\"\",00ff,true,inf,18446744073709551615,-128\n"
        "\" x\",1970-01-01T00:00:00.000000000Z,1970-01-01,Buy,0.0000,0,,0.0000,0,,0.0,0.0,-0.0001,"
        ",\"\",false,0.0,0,0\n");
}

TEST_F(ExportTest, WritesLinesOfJson)
{
    MakeBook();
    EXPECT_EQ(Run({"export", "--format=json", "--rows=0:1", "book.mmf"}), 0) << errors;
    EXPECT_EQ(out,
              "{\"symbol\":\"a,\\\"b\\n\",\"at\":\"2017-07-14T02:40:00.000000001Z\","
              "\"day\":\"1970-01-01\",\"side\":\"Sell\",\"bids\":[{\"price\":12.5000,\"size\":0,"
              "\"orders\":7},{\"price\":0.0000,\"size\":0,\"orders\":null}],\"greeks\":[0.0,-0.1],"
              "\"fee\":null,\"memo\":\"\",\"raw\":\"00ff\",\"open\":true,\"ratio\":\"inf\","
              "\"key\":18446744073709551615,\"delta\":-128}\n");
}

TEST_F(ExportTest, ChoosesRowsAndFields)
{
    MakeBook();
    EXPECT_EQ(Run({"export", "--rows", "1:", "--fields", "delta,bids[1],side", "book.mmf"}), 0);
    EXPECT_EQ(out, "side,bids[1].price,bids[1].size,bids[1].orders,delta\nBuy,0.0000,0,,0\n");
    EXPECT_EQ(Run({"export", "-r", "5:9", "--fields=side", "book.mmf"}), 0);
    EXPECT_EQ(out, "side\n");
    EXPECT_EQ(Run({"export", "--format=json", "--fields=side,delta", "-r", ":1", "book.mmf"}), 0);
    EXPECT_EQ(out, "{\"side\":\"Sell\",\"delta\":-128}\n");
    EXPECT_EQ(Run({"export", "--fields=sid", "book.mmf"}), 2);
    EXPECT_TRUE(Has(errors, "--fields has 'sid', which Book does not"));
    EXPECT_EQ(Run({"export", "--format=json", "--fields=bids[0]", "book.mmf"}), 2);
    EXPECT_EQ(Run({"export", "--rows=1", "book.mmf"}), 2);
    EXPECT_TRUE(Has(errors, "--rows is '1'; expected A:B"));
    EXPECT_EQ(Run({"export", "--rows=2:1", "book.mmf"}), 2);
    EXPECT_TRUE(Has(errors, "--rows is '2:1', whose end is before its begin")) << errors;
    EXPECT_EQ(Run({"export", "-r", "5:", "--fields=side", "book.mmf"}), 0);
    EXPECT_EQ(out, "side\n");
}

// Whatever values of a struct are chosen, null is not a struct of nulls.
TEST_F(ExportTest, TellsOfAStructWithNothingButNulls)
{
    mmf_store *store = Create(In("pair.mmf"), "struct Pair {\n"
                                              "  a: int32?;\n"
                                              "  b: int32?;\n"
                                              "}\n"
                                              "record R version 1 {\n"
                                              "  other: Pair?;\n"
                                              "  pair: Pair?;\n"
                                              "}\n");
    Record record(mmf_store_schema(store));
    Append(store, record);
    record.Set<int32_t>("pair.b", 7);
    Append(store, record);
    ASSERT_EQ(mmf_store_close(store), MMF_OK);
    EXPECT_EQ(Run({"export", "pair.mmf"}), 0) << errors;
    EXPECT_EQ(out, "other,other.a,other.b,pair,pair.a,pair.b\n"
                   "false,,,false,,\n"
                   "false,,,true,,7\n");
    EXPECT_EQ(Run({"export", "--fields", "pair.b", "pair.mmf"}), 0) << errors;
    EXPECT_EQ(out, "pair,pair.b\nfalse,\ntrue,7\n");
}

// What import makes of it has the same bytes.
TEST_F(ExportTest, ReadsBackToTheSameRecords)
{
    MakeBook();
    Write(In("book.mmfs"), BookText());
    EXPECT_EQ(Run({"export", "book.mmf"}, "/dev/null", In("book.csv").c_str()), 0) << errors;
    EXPECT_EQ(Run({"import", "--schema", "book.mmfs", "book.csv", "again.mmf"}), 0) << errors;
    EXPECT_EQ(Records(In("again.mmf")), Records(In("book.mmf")));
    EXPECT_EQ(Run({"export", "-f", "json", "book.mmf"}, "/dev/null", In("book.jsonl").c_str()), 0);
    EXPECT_EQ(Run({"import", "--format=json", "--schema", "book.mmfs", "book.jsonl", "third.mmf"}),
              0)
        << errors;
    EXPECT_EQ(Records(In("third.mmf")), Records(In("book.mmf")));
}

TEST_F(ExportTest, SaysWhatItCannotRead)
{
    Write(In("text"), "no store");
    EXPECT_EQ(Run({"export", "text"}), 1);
    EXPECT_EQ(Run({"export", "missing"}), 2);
    MakeBook();
    EXPECT_EQ(Run({"export", "book.mmf"}, "/dev/null", "/dev/full"), 2);
    EXPECT_TRUE(Has(errors, "No space left on device"));
}

// A byte that is wrong anywhere gives a status, and no signal.
TEST_F(ExportTest, SurvivesDamage)
{
    MakeBook();
    const std::string good = Content(In("book.mmf"));
    for (size_t i = 0; i < 48; i++) {
        std::string bad = good.substr(0, 66000);
        const size_t at = i < 24 ? 65536 + 7 * i : 37 * i * i % 20480;
        bad[at] = static_cast<char>(~bad[at]);
        Write(In("bad.mmf"), bad);
        for (const char *verb : {"export", "info", "check"}) {
            const int status = Run({verb, "bad.mmf"});
            EXPECT_TRUE(status >= 0 && status <= 2) << verb << ", byte " << at << ": " << errors;
        }
    }
}
