// The prototype of columns in blocks: what is read is what was written, in every size of blocks,
// also when a writer dies, and by a reader beside a writer.
#include "bench/columnar/columnar.h"

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>

#include "bench/columnar/wide.h"

namespace {

using columnar::MarketCapFields;
using columnar::TickFields;

// Records of which every field says which one it is.

std::string symbol_of(uint64_t value)
{
    // Every length from 0 to 64, and longer before shorter.
    return std::string((value * 37) % (TICK_SYMBOL_MAX + 1), static_cast<char>('a' + value % 26));
}

template <typename Fields> typename Fields::Record make(uint64_t value);

template <> tick_record make<TickFields>(uint64_t value)
{
    tick_record record = {};
    const std::string symbol = symbol_of(value);
    symbol.copy(record.symbol, symbol.size());
    record.symbol_length = symbol.size();
    record.price = static_cast<double>(value) + 0.5;
    record.volume = static_cast<double>(value) * 2;
    record.timestamp = value;
    return record;
}

template <> market_cap_record make<MarketCapFields>(uint64_t value)
{
    const double price = static_cast<double>(value) + 0.5;
    return {value, price, price + 1, price + 2, value % 3 == 0};
}

void expect(const tick_record &found, uint64_t value)
{
    const tick_record wanted = make<TickFields>(value);
    ASSERT_EQ(std::string(found.symbol, found.symbol_length), symbol_of(value));
    ASSERT_EQ(found.symbol[found.symbol_length], '\0');
    ASSERT_EQ(found.price, wanted.price);
    ASSERT_EQ(found.volume, wanted.volume);
    ASSERT_EQ(found.timestamp, wanted.timestamp);
}

void expect(const market_cap_record &found, uint64_t value)
{
    const market_cap_record wanted = make<MarketCapFields>(value);
    ASSERT_EQ(found.id, wanted.id);
    ASSERT_EQ(found.price, wanted.price);
    ASSERT_EQ(found.volume, wanted.volume);
    ASSERT_EQ(found.market_cap, wanted.market_cap);
    ASSERT_EQ(found.stale, wanted.stale);
}

uint64_t number_of(const tick_record &record)
{
    return record.timestamp;
}

uint64_t number_of(const market_cap_record &record)
{
    return record.id;
}

struct Free {
    void operator()(unsigned char *memory) const
    {
        std::free(memory);
    }
};

template <typename Fields_, uint64_t N_> struct Case {
    using Fields = Fields_;
    static constexpr uint64_t N = N_;
};

template <typename Case> class Columnar : public testing::Test {
protected:
    using Fields = typename Case::Fields;
    using Record = typename Fields::Record;
    using Store = columnar::Store<Fields, Case::N>;
    static constexpr uint64_t kCapacity = 2 * Case::N;
    static constexpr uint64_t kRows = Case::N + Case::N / 2 + 1; // ends in the second block

    Columnar()
        : memory_(static_cast<unsigned char *>(
              std::aligned_alloc(columnar::kLine, Store::size(kCapacity))))
    {
        std::fill_n(memory_.get(), Store::size(kCapacity), static_cast<unsigned char>(0));
        store_ = std::make_unique<Store>(memory_.get(), kCapacity);
    }

    void fill()
    {
        for (uint64_t row = 0; row < kRows; row++) {
            const Record in = make<Fields>(row);
            ASSERT_EQ(store_->append(&in), MMF_OK);
        }
    }

    void expect_row(uint64_t row, uint64_t value)
    {
        Record out;
        ASSERT_EQ(store_->get(row, &out), MMF_OK);
        expect(out, value);
    }

    std::unique_ptr<unsigned char, Free> memory_;
    std::unique_ptr<Store> store_;
};

using Cases =
    testing::Types<Case<TickFields, 16>, Case<TickFields, 64>, Case<TickFields, 256>,
                   Case<TickFields, 1024>, Case<TickFields, 4096>, Case<MarketCapFields, 16>,
                   Case<MarketCapFields, 64>, Case<MarketCapFields, 256>,
                   Case<MarketCapFields, 1024>, Case<MarketCapFields, 4096>>;
TYPED_TEST_SUITE(Columnar, Cases);

TYPED_TEST(Columnar, EveryRecordIsReadAsItWasAppended)
{
    this->fill();
    EXPECT_EQ(this->store_->count(), this->kRows);
    for (uint64_t row = 0; row < this->kRows; row++)
        this->expect_row(row, row);
}

TYPED_TEST(Columnar, RowsThatAreNotThereAreRefused)
{
    this->fill();
    typename TestFixture::Record record = make<typename TestFixture::Fields>(0);
    uint64_t word;
    for (const uint64_t row : {this->kRows, this->kCapacity, UINT64_MAX}) {
        EXPECT_EQ(this->store_->get(row, &record), MMF_ERR_RANGE);
        EXPECT_EQ(this->store_->set(row, &record), MMF_ERR_RANGE);
        EXPECT_EQ(this->store_->template get_word<1>(row, &word), MMF_ERR_RANGE);
        EXPECT_EQ(this->store_->template set_word<1>(row, 1), MMF_ERR_RANGE);
    }
}

TYPED_TEST(Columnar, AFullStoreRefusesToAppend)
{
    const typename TestFixture::Record record = make<typename TestFixture::Fields>(7);
    for (uint64_t row = 0; row < this->kCapacity; row++)
        ASSERT_EQ(this->store_->append(&record), MMF_OK);
    EXPECT_EQ(this->store_->append(&record), MMF_ERR_CAPACITY);
    EXPECT_EQ(this->store_->count(), this->kCapacity);
    this->expect_row(this->kCapacity - 1, 7);
}

TYPED_TEST(Columnar, AReplacedRecordIsTheNewOneAndItsNeighboursStay)
{
    this->fill();
    const uint64_t rows[] = {0, TypeParam::N - 1, TypeParam::N, this->kRows - 1};
    for (const uint64_t row : rows) {
        const auto record = make<typename TestFixture::Fields>(row + 1000000);
        ASSERT_EQ(this->store_->set(row, &record), MMF_OK);
    }
    for (uint64_t row = 0; row < this->kRows; row++) {
        const bool replaced = std::find(std::begin(rows), std::end(rows), row) != std::end(rows);
        this->expect_row(row, replaced ? row + 1000000 : row);
    }
}

TYPED_TEST(Columnar, AScalarIsReadAsItWasSetAndCounted)
{
    this->fill();
    const uint64_t row = TypeParam::N;
    const uint64_t before = mmfi_load64(this->store_->sequence(row));
    ASSERT_EQ(this->store_->template set_word<1>(row, UINT64_C(0x0123456789abcdef)), MMF_OK);
    uint64_t word = 0;
    ASSERT_EQ(this->store_->template get_word<1>(row, &word), MMF_OK);
    EXPECT_EQ(word, UINT64_C(0x0123456789abcdef));
    EXPECT_EQ(mmfi_load64(this->store_->sequence(row)), before + 2);
    this->expect_row(row - 1, row - 1);
    this->expect_row(row + 1, row + 1);
}

TYPED_TEST(Columnar, AColumnIsTheFieldOfOneRecordAfterAnother)
{
    constexpr size_t kPrice = TestFixture::Fields::kPrice;
    this->fill();
    for (uint64_t row = 0; row < this->kRows; row++) {
        const unsigned char *prices = this->store_->template column<kPrice>(row / TypeParam::N);
        EXPECT_EQ(mmfi_plain_float64(prices + row % TypeParam::N * sizeof(double)),
                  static_cast<double>(row) + 0.5);
    }
    // Of the first block, which is full: 0.5 + 1.5 + ... + (N - 0.5).
    EXPECT_EQ(columnar::wide_sum_blocks<TypeParam::N>(this->store_->template column<kPrice>(0),
                                                      TestFixture::Store::kLayout.block_size, 1),
              static_cast<double>(TypeParam::N * TypeParam::N) / 2);
}

TYPED_TEST(Columnar, ADeadWritersRecordIsTheOldOneBeforeAndAfterRecovery)
{
    this->fill();
    const uint64_t row = TypeParam::N;
    const uint64_t size = TestFixture::Fields::kCount;
    for (uint64_t written = 0; written <= size; written++) {
        (void)this->store_->set_begin(row);
        for (size_t field = 0; field < written; field++)
            *this->store_->cell(row, field) ^= 0xff;
        this->expect_row(row, row);
        this->store_->recover();
        this->expect_row(row, row);
        this->store_->recover();
        this->expect_row(row, row);
    }
    this->expect_row(row - 1, row - 1);
    this->expect_row(row + 1, row + 1);
}

TYPED_TEST(Columnar, AReaderBesideAWriterSeesWholeRecords)
{
    this->fill();
    constexpr uint64_t kRounds = 20000;
    const uint64_t row = TypeParam::N;
    std::thread writer([&] {
        for (uint64_t value = row; value < row + kRounds; value++) {
            const auto record = make<typename TestFixture::Fields>(value);
            ASSERT_EQ(this->store_->set(row, &record), MMF_OK);
        }
    });
    uint64_t last = 0;
    while (last < row + kRounds - 1 && !this->HasFatalFailure()) {
        typename TestFixture::Record out;
        if (this->store_->get(row, &out) != MMF_OK)
            continue;
        const uint64_t value = number_of(out);
        ASSERT_GE(value, last);
        expect(out, value);
        last = value;
    }
    writer.join();
}

} // namespace
