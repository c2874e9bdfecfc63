// Checksums of records: every write leaves the right one, and verify finds what was damaged.
#include <csignal>

#include "tests/support/checksummed_fixture.h"

namespace {

class ChecksumTest : public ChecksummedTest {};

} // namespace

namespace {

// 8 flag, 12 mark, 16 text (4 + 6), 32 wide, 40 tail (4 + 3), 48 the checksum, 52 to 55 nothing.
TEST(Checksum, TheRecordIsLaidOutAsTheFormatSays)
{
    EXPECT_EQ(CHECKSUMMED_TAIL_OFFSET, 40u);
    EXPECT_EQ(CHECKSUMMED_RECORD_CHECKSUM, 48u);
    EXPECT_EQ(CHECKSUMMED_RECORD_SIZE, 56u);
    EXPECT_EQ(SMALL_RECORD_CHECKSUM, 12u);
    EXPECT_EQ(SMALL_RECORD_SIZE, 16u);
    EXPECT_EQ(BARE_RECORD_SIZE, 16u);
    EXPECT_NE(small_schema.layout_hash, bare_schema.layout_hash);
}

// A record from hand to bytes: sequence 2, mark 0x01020304, and four zeroes for the checksum. It is
// the CRC-32C, bit by bit, of the halves of the file's id, one exclusive-or the other and row 0,
// and of those 16 bytes.
TEST_F(ChecksumTest, TheSmallestRecordByteByByte)
{
    small_store *store = nullptr;
    ASSERT_EQ(small_store_create(path.c_str(), nullptr, &store, &error), MMF_OK);
    const small_record in = {0x01020304};
    ASSERT_EQ(small_store_append(store, &in, nullptr), MMF_OK);
    const unsigned char head[16] = {2, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0};
    uint32_t crc = 0xffffffffu;
    const std::string id = part(offsetof(mmfi_superblock, file_id), MMFI_FILE_ID_SIZE);
    std::string covered;
    for (size_t i = 0; i < 8; i++)
        covered += static_cast<char>(id[i] ^ id[8 + i]);
    covered.append(reinterpret_cast<const char *>(head), sizeof head);
    for (const char byte : covered) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
    }
    const std::string record = bytes().substr(place(0, SMALL_RECORD_SIZE), SMALL_RECORD_SIZE);
    EXPECT_EQ(memcmp(record.data(), head, 12), 0);
    EXPECT_EQ(u32_at(record, 12), ~crc);
    EXPECT_EQ(small_store_close(store), MMF_OK);
}

TEST_F(ChecksumTest, EveryWriteLeavesTheRightOne)
{
    checksummed_store *store = create_checksummed(2);
    expect_right(0, 2);
    expect_right(1, 2);
    const checksummed_record other = t_checksummed(77);
    ASSERT_EQ(checksummed_store_set(store, 1, &other), MMF_OK);
    expect_right(1, 4);
    ASSERT_EQ(checksummed_store_set_flag(store, 1, false), MMF_OK);
    expect_right(1, 6);
    ASSERT_EQ(checksummed_store_set_mark(store, 1, 5), MMF_OK);
    expect_right(1, 8);
    ASSERT_EQ(checksummed_store_set_wide(store, 1, 0.25), MMF_OK);
    expect_right(1, 10);
    ASSERT_EQ(checksummed_store_set_text(store, 1, "abc", 3), MMF_OK);
    expect_right(1, 12);
    const uint8_t tail[] = {9, 8};
    ASSERT_EQ(checksummed_store_set_tail(store, 1, tail, sizeof tail), MMF_OK);
    expect_right(1, 14);
    checksummed_record out = {};
    ASSERT_EQ(checksummed_store_get(store, 1, &out), MMF_OK);
    EXPECT_FALSE(out.flag);
    EXPECT_EQ(out.mark, 5u);
    EXPECT_EQ(out.wide, 0.25);
    EXPECT_STREQ(out.text, "abc");
    EXPECT_EQ(out.tail_length, 2u);
    EXPECT_EQ(out.tail[1], 8u);
    expect_right(0, 2);
    EXPECT_EQ(verify(store), MMF_OK) << error.message;
    EXPECT_EQ(bad, UINT64_MAX);
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

// Images bring bytes where the checksum lies, which count for nothing.
TEST_F(ChecksumTest, ImagesGetChecksumsToo)
{
    checksummed_store *store = create_checksummed(1);
    mmf_store *base = reinterpret_cast<mmf_store *>(store);
    std::vector<unsigned char> images(3 * CHECKSUMMED_RECORD_SIZE, 0xee);
    for (size_t i = 0; i < 3; i++) {
        alignas(8) unsigned char record[CHECKSUMMED_RECORD_SIZE] = {};
        const checksummed_record in = t_checksummed(static_cast<uint32_t>(10 + i));
        checksummed_record_save(record, &in);
        memset(record + CHECKSUMMED_RECORD_CHECKSUM, 0xee, 4);
        memcpy(images.data() + i * CHECKSUMMED_RECORD_SIZE, record, sizeof record);
    }
    ASSERT_EQ(mmf_store_append_rows(base, images.data(), 3, images.size(), nullptr), MMF_OK);
    for (uint64_t row = 1; row < 4; row++)
        expect_right(row, 2);
    ASSERT_EQ(mmf_store_set_row(base, 0, images.data(), CHECKSUMMED_RECORD_SIZE, nullptr, 0),
              MMF_OK);
    expect_right(0, 4);
    const uint32_t fields[] = {1, 4};
    ASSERT_EQ(mmf_store_set_row(base, 3, images.data(), CHECKSUMMED_RECORD_SIZE, fields, 2),
              MMF_OK);
    expect_right(3, 4);
    checksummed_record out = {};
    ASSERT_EQ(checksummed_store_get(store, 3, &out), MMF_OK);
    EXPECT_EQ(out.mark, 10u);
    EXPECT_STREQ(out.text, "000012");
    EXPECT_EQ(verify(store), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

// ---- Damage ----

// Payload, bytes of no field, sequence and checksum alike; the file is closed, and no process uses
// it.
TEST_F(ChecksumTest, EveryFlippedBitOfAFileIsFound)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(3)), MMF_OK);
    for (size_t at = 0; at < CHECKSUMMED_RECORD_SIZE; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            flip(place(1) + at, bit);
            checksummed_store *store = open_checksummed();
            ASSERT_EQ(verify(store), MMF_ERR_CORRUPT) << at << "." << bit;
            ASSERT_EQ(bad, 1u);
            ASSERT_EQ(checksummed_store_verify(store, 2, 1, &bad, &error), MMF_OK);
            ASSERT_EQ(checksummed_store_verify(store, 0, 1, &bad, &error), MMF_OK);
            ASSERT_EQ(checksummed_store_close(store), MMF_OK);
            flip(place(1) + at, bit);
        }
    }
    checksummed_store *store = open_checksummed();
    EXPECT_EQ(verify(store), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

TEST_F(ChecksumTest, EveryFlippedBitUnderAWriterIsFound)
{
    checksummed_store *writer = create_checksummed(2);
    const checksummed_record again = t_checksummed(3);
    ASSERT_EQ(checksummed_store_set(writer, 1, &again),
              MMF_OK); // an undo slot that speaks of the row
    checksummed_store *reader = open_checksummed();
    for (size_t at = 0; at < CHECKSUMMED_RECORD_SIZE; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            flip(place(1) + at, bit);
            ASSERT_EQ(verify(writer), MMF_ERR_CORRUPT) << at << "." << bit;
            ASSERT_EQ(verify(reader), MMF_ERR_CORRUPT) << at << "." << bit;
            ASSERT_EQ(bad, 1u);
            flip(place(1) + at, bit);
        }
    }
    EXPECT_EQ(verify(reader), MMF_OK) << error.message;
    EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
    EXPECT_EQ(checksummed_store_close(writer), MMF_OK);
}

TEST_F(ChecksumTest, EveryFlippedBitOfTheSmallestRecordIsFound)
{
    small_store *store = nullptr;
    ASSERT_EQ(small_store_create(path.c_str(), nullptr, &store, &error), MMF_OK);
    const small_record in = {7};
    ASSERT_EQ(small_store_append(store, &in, nullptr), MMF_OK);
    for (size_t at = 0; at < SMALL_RECORD_SIZE; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            flip(place(0) + at, bit);
            ASSERT_EQ(small_store_verify(store, 0, 1, &bad, &error), MMF_ERR_CORRUPT);
            flip(place(0) + at, bit);
        }
    }
    EXPECT_EQ(small_store_verify(store, 0, 1, &bad, &error), MMF_OK);
    EXPECT_EQ(small_store_close(store), MMF_OK);
}

// A power cut may leave any words of a record new and the others old.
TEST_F(ChecksumTest, EveryMixtureOfTwoRecordsIsFound)
{
    checksummed_store *store = create_checksummed(1);
    const std::string before = row_bytes(0);
    const checksummed_record in = t_checksummed(999999);
    ASSERT_EQ(checksummed_store_set(store, 0, &in), MMF_OK);
    const std::string after = row_bytes(0);
    constexpr size_t words = CHECKSUMMED_RECORD_SIZE / 8;
    unsigned mixtures = 0;
    for (unsigned fresh = 0; fresh < 1u << words; fresh++) {
        std::string mixture = before;
        for (size_t word = 0; word < words; word++)
            if ((fresh >> word & 1u) != 0)
                mixture.replace(8 * word, 8, after, 8 * word, 8);
        const bool whole = mixture == before || mixture == after;
        mixtures += whole ? 0 : 1;
        put(place(0), mixture);
        ASSERT_EQ(verify(store), whole ? MMF_OK : MMF_ERR_CORRUPT) << fresh;
    }
    EXPECT_EQ(mixtures, (1u << words) - 2);
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
}

// ---- Setters ----

TEST_F(ChecksumTest, SettersRefuseAsThoseOfOtherStoresDo)
{
    checksummed_store *store = create_checksummed(1);
    EXPECT_EQ(checksummed_store_set_mark(store, 1, 1), MMF_ERR_RANGE);
    EXPECT_EQ(checksummed_store_set_text(store, 1, "x", 1), MMF_ERR_RANGE);
    EXPECT_EQ(checksummed_store_set_text(store, 0, "1234567", 7), MMF_ERR_TOO_LONG);
    EXPECT_EQ(checksummed_store_set_text(store, 0, nullptr, 1), MMF_ERR_ARGUMENT);
    EXPECT_EQ(checksummed_store_set_text(store, 0, nullptr, 0), MMF_OK);
    EXPECT_EQ(checksummed_store_set_mark(nullptr, 0, 1), MMF_ERR_ARGUMENT);
    checksummed_store *reader = open_checksummed();
    EXPECT_EQ(checksummed_store_set_mark(reader, 0, 1), MMF_ERR_READ_ONLY);
    EXPECT_EQ(checksummed_store_set_mark(reader, 5, 1), MMF_ERR_READ_ONLY);
    EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
    EXPECT_EQ(checksummed_store_set_mark(store, 0, 1), MMF_ERR_CLOSED);
}

// ---- What cannot be verified ----

TEST_F(ChecksumTest, AStoreWithoutChecksumsSaysHowToGetThem)
{
    tick_store *store = create();
    EXPECT_EQ(mmf_store_verify(tick_store_base(store), 0, MMF_TO_END, &bad, &error),
              MMF_ERR_UNSUPPORTED);
    EXPECT_NE(strstr(error.message, "declare 'record Tick version N @checksums'"), nullptr)
        << error.message;
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(ChecksumTest, RowsThatAreNotThereAreNotVerified)
{
    checksummed_store *store = create_checksummed(3);
    EXPECT_EQ(checksummed_store_verify(store, 0, 4, &bad, &error), MMF_ERR_RANGE);
    EXPECT_NE(strstr(error.message, "row 3 was to be verified, and there are 3"), nullptr)
        << error.message;
    EXPECT_EQ(bad, UINT64_MAX);
    EXPECT_EQ(checksummed_store_verify(store, 4, MMF_TO_END, &bad, &error), MMF_ERR_RANGE);
    EXPECT_EQ(checksummed_store_verify(store, 1, UINT64_MAX - 1, nullptr, nullptr), MMF_ERR_RANGE);
    EXPECT_EQ(checksummed_store_verify(store, 3, MMF_TO_END, &bad, &error), MMF_OK);
    EXPECT_EQ(checksummed_store_verify(store, 3, 0, nullptr, nullptr), MMF_OK);
    EXPECT_EQ(checksummed_store_verify(store, 1, 2, nullptr, nullptr), MMF_OK);
    EXPECT_EQ(mmf_store_verify(nullptr, 0, 0, &bad, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
    EXPECT_EQ(checksummed_store_verify(store, 0, 0, &bad, &error), MMF_ERR_CLOSED);
}

// ---- The header ----

TEST_F(ChecksumTest, TheHeaderSaysThatThereAreChecksums)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(0)), MMF_OK);
    std::string block = bytes().substr(0, sizeof(mmfi_superblock));
    EXPECT_EQ(u32_at(block, 32), 1u);
    EXPECT_EQ(u32_at(block, 40), 1u);
    // A header that contradicts its schema is damaged, though its checksum is right.
    for (const size_t flag : {32, 40}) {
        std::string other = block;
        other[flag] = 0;
        const uint32_t crc = mmfi_crc32c(other.data(), 508);
        memcpy(&other[508], &crc, sizeof crc);
        put(0, other);
        put(MMFI_PAGE_SIZE, other);
        checksummed_store *store = nullptr;
        EXPECT_EQ(checksummed_store_open(path.c_str(), nullptr, &store, &error), MMF_ERR_CORRUPT);
        EXPECT_NE(strstr(error.message, "the flag for checksums is 0, expected 1"), nullptr)
            << error.message;
    }
}

TEST_F(ChecksumTest, AStoreWithoutChecksumsHasNoFlag)
{
    ASSERT_EQ(tick_store_close(create()), MMF_OK);
    EXPECT_EQ(u32_at(bytes(), 32), 0u);
    EXPECT_EQ(u32_at(bytes(), 40), 0u);
}

TEST_F(ChecksumTest, ASchemaThatDiffersInItReadsTheFile)
{
    mmf_schema *other = nullptr;
    const std::string text = "record Small version 1 {\n  mark: uint32;\n}\n";
    ASSERT_EQ(mmf_schema_parse(text.data(), text.size(), &other, &error), MMF_OK);
    small_store *small = nullptr;
    ASSERT_EQ(small_store_create(path.c_str(), nullptr, &small, &error), MMF_OK);
    const small_record record = {77};
    ASSERT_EQ(small_store_append(small, &record, nullptr), MMF_OK);
    ASSERT_EQ(small_store_close(small), MMF_OK);
    mmf_store *store = nullptr;
    ASSERT_EQ(mmf_store_open_as(path.c_str(), nullptr, other, &store, &error), MMF_OK)
        << error.message;
    EXPECT_EQ(mmf_store_schema(store)->checksum_offset, 0u);
    EXPECT_NE(mmf_store_file_schema(store)->checksum_offset, 0u);
    mmf_value value;
    EXPECT_EQ(mmf_store_get_value(store, 0, mmf_schema_find(mmf_store_schema(store), "mark"),
                                  nullptr, 0, &value),
              MMF_OK);
    EXPECT_EQ(value.as.natural, 77u);
    EXPECT_EQ(mmf_store_close(store), MMF_OK);
    mmf_schema_free(other);
}

// ---- Writers that are killed ----

// The writes that are killed, each in steps that begin after the one before.
enum class Write {
    set,
    scalar,
    append
};

struct Kill {
    Write write;
    bool shared;
};

constexpr int kSteps = 5;

class KilledTest : public ChecksummedTest, public testing::WithParamInterface<Kill> {
protected:
    void SetUp() override
    {
        ChecksummedTest::SetUp();
        writing.shared_writers = GetParam().shared;
        ASSERT_EQ(checksummed_store_close(create_checksummed(2, &writing)), MMF_OK);
    }

    // Dies after that many steps of a write that would make row 1 (of an append, 2) say 50.
    void die(int steps)
    {
        const int status = t_in_child([&] {
            checksummed_store *store = open_checksummed(&writing);
            if (GetParam().write == Write::append)
                append(store, steps);
            else
                set(store, steps);
            return 1; // not reached
        });
        ASSERT_EQ(status, -SIGKILL);
    }

    static void step(int *left)
    {
        if ((*left)-- == 0)
            raise(SIGKILL);
    }

    // The calls of the generated setters, one by one.
    static void set(checksummed_store *store, int left)
    {
        const checksummed_record in = t_checksummed(50);
        mmf_store *base = reinterpret_cast<mmf_store *>(store);
        step(&left);
        const mmfi_write write =
            GetParam().write == Write::set
                ? mmfi_write_begin(base, 1, CHECKSUMMED_RECORD_SIZE)
                : mmfi_part_begin(base, 1, CHECKSUMMED_RECORD_SIZE, CHECKSUMMED_RECORD_CHECKSUM);
        step(&left);
        if (GetParam().write == Write::set)
            checksummed_record_save(write.record, &in);
        else
            mmfi_save_uint32(write.record, CHECKSUMMED_MARK_OFFSET, in.mark);
        step(&left);
        mmfi_checksum_save(write.record, CHECKSUMMED_RECORD_SIZE, CHECKSUMMED_RECORD_CHECKSUM,
                           mmfi_checksum_place(base->checksum_key, 1), write.sequence + 1);
        step(&left);
        mmfi_write_end(write);
        step(&left);
    }

    static void append(checksummed_store *store, int left)
    {
        const checksummed_record in = t_checksummed(50);
        step(&left);
        const mmfi_append append =
            mmfi_append_begin(reinterpret_cast<mmf_store *>(store), CHECKSUMMED_RECORD_SIZE);
        step(&left);
        checksummed_record_save(append.record, &in);
        step(&left);
        mmfi_checksum_save(append.record, CHECKSUMMED_RECORD_SIZE, CHECKSUMMED_RECORD_CHECKSUM,
                           mmfi_checksum_place(append.store->checksum_key, append.row),
                           append.writer->sequence);
        step(&left);
        mmfi_append_end(append, nullptr);
        step(&left);
    }

    void expect_old_or_new(const checksummed_store *store, bool written)
    {
        checksummed_record out = {};
        ASSERT_EQ(checksummed_store_count(store),
                  GetParam().write == Write::append && written ? 3u : 2u);
        const uint64_t row = GetParam().write == Write::append ? 2 : 1;
        if (row == checksummed_store_count(store))
            return;
        ASSERT_EQ(checksummed_store_get(store, row, &out), MMF_OK);
        if (GetParam().write == Write::scalar)
            EXPECT_EQ(out.mark, written ? 50u : 1u);
        else
            EXPECT_TRUE(t_is_checksummed(out, written ? 50 : 1));
    }
};

TEST_P(KilledTest, LeavesRecordsThatVerify)
{
    for (int steps = 0; steps < kSteps; steps++) {
        SCOPED_TRACE(steps);
        die(steps);
        const bool written = steps == kSteps - 1;
        checksummed_store *reader = open_checksummed();
        EXPECT_EQ(verify(reader), MMF_OK) << error.message;
        expect_old_or_new(reader, written);
        checksummed_store *next = open_checksummed(&writing);
        EXPECT_EQ(verify(next), MMF_OK) << error.message;
        EXPECT_EQ(verify(reader), MMF_OK) << error.message;
        expect_old_or_new(next, written);
        EXPECT_EQ(checksummed_store_set_wide(next, 1, 2.5), MMF_OK);
        const checksummed_record old = t_checksummed(1);
        EXPECT_EQ(checksummed_store_set(next, 1, &old), MMF_OK);
        EXPECT_EQ(verify(reader), MMF_OK) << error.message;
        EXPECT_EQ(checksummed_store_close(next), MMF_OK);
        EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
    }
}

std::string name_of(const testing::TestParamInfo<Kill> &what)
{
    const char *const names[] = {"Set", "Scalar", "Append"};
    return std::string(names[static_cast<int>(what.param.write)]) +
           (what.param.shared ? "AmongOthers" : "Alone");
}

INSTANTIATE_TEST_SUITE_P(Writes, KilledTest,
                         testing::Values(Kill{Write::set, false}, Kill{Write::scalar, false},
                                         Kill{Write::append, false}, Kill{Write::set, true},
                                         Kill{Write::scalar, true}, Kill{Write::append, true}),
                         name_of);

// The image is all that is left of the record; whatever befell it, recovery declares it not sound.
class DamagedImageTest : public ChecksummedTest, public testing::WithParamInterface<bool> {};

TEST_P(DamagedImageTest, IsNotDeclaredSound)
{
    writing.shared_writers = GetParam();
    ASSERT_EQ(checksummed_store_close(create_checksummed(2, &writing)), MMF_OK);
    const size_t image = MMFI_UNDO_OFFSET + sizeof(mmfi_undo);
    unsigned tried = 0;
    for (size_t at = 0; at < CHECKSUMMED_RECORD_SIZE; at += 3) {
        for (const unsigned bit : {0u, 6u}) {
            SCOPED_TRACE(testing::Message() << at << "." << bit);
            ASSERT_EQ(t_in_child([&] {
                          checksummed_store *store = open_checksummed(&writing);
                          const mmfi_write write = mmfi_write_begin(
                              reinterpret_cast<mmf_store *>(store), 1, CHECKSUMMED_RECORD_SIZE);
                          const checksummed_record in = t_checksummed(60);
                          checksummed_record_save(write.record, &in);
                          return raise(SIGKILL);
                      }),
                      -SIGKILL);
            flip(image + at, bit);
            checksummed_store *reader = open_checksummed();
            ASSERT_EQ(verify(reader), MMF_ERR_CORRUPT);
            ASSERT_EQ(bad, 1u);
            checksummed_store *next = open_checksummed(&writing);
            // Alone or not, the writer that opens the file puts it right.
            ASSERT_EQ(sequence_of(row_bytes(1)) % 2, 0u);
            ASSERT_EQ(verify(next), MMF_ERR_CORRUPT);
            ASSERT_EQ(bad, 1u);
            ASSERT_EQ(verify(reader), MMF_ERR_CORRUPT);
            ASSERT_EQ(checksummed_store_set_mark(next, 1, 3), MMF_ERR_CORRUPT);
            const checksummed_record whole = t_checksummed(1);
            ASSERT_EQ(checksummed_store_set(next, 1, &whole), MMF_OK);
            ASSERT_EQ(verify(next), MMF_OK) << error.message;
            ASSERT_EQ(checksummed_store_close(next), MMF_OK);
            ASSERT_EQ(checksummed_store_close(reader), MMF_OK);
            tried++;
        }
    }
    EXPECT_EQ(tried, 2 * ((CHECKSUMMED_RECORD_SIZE + 2) / 3));
}

INSTANTIATE_TEST_SUITE_P(Writers, DamagedImageTest, testing::Bool());

// A writer that is killed while it replaces a damaged record leaves it damaged.
TEST_F(ChecksumTest, AKillDoesNotMendTheRecordThatWasThere)
{
    ASSERT_EQ(checksummed_store_close(create_checksummed(2)), MMF_OK);
    flip(place(1) + CHECKSUMMED_MARK_OFFSET, 4);
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *store = open_checksummed(&writing);
                  (void)mmfi_write_begin(reinterpret_cast<mmf_store *>(store), 1,
                                         CHECKSUMMED_RECORD_SIZE);
                  return raise(SIGKILL);
              }),
              -SIGKILL);
    checksummed_store *next = open_checksummed(&writing);
    EXPECT_EQ(verify(next), MMF_ERR_CORRUPT);
    EXPECT_EQ(bad, 1u);
    EXPECT_EQ(checksummed_store_close(next), MMF_OK);
}

} // namespace
