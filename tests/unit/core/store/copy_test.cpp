// Copies of stores: whole records whatever writers do meanwhile, all of them, or no file.
#include <sys/mman.h>

#include <csignal>
#include <thread>

#include "tests/support/checksummed_fixture.h"

namespace {

class StoreCopyTest : public ChecksummedTest {
protected:
    void SetUp() override
    {
        ChecksummedTest::SetUp();
        target = directory + "/copy.mmf";
    }

    mmf_status copy(const tick_store *store)
    {
        return tick_store_copy(store, target.c_str(), &error);
    }

    tick_store *open_copy(const mmf_options *options = nullptr)
    {
        tick_store *store = nullptr;
        EXPECT_EQ(tick_store_open(target.c_str(), options, &store, &error), MMF_OK)
            << error.message;
        return store;
    }

    bool is_there() const
    {
        return access(target.c_str(), F_OK) == 0;
    }

    std::string target;
};

} // namespace

TEST_F(StoreCopyTest, ACopyHasEveryRecordAndIsAStoreOfItsOwn)
{
    tick_store *store = create();
    fill(store, 5000);
    ASSERT_EQ(copy(store), MMF_OK) << error.message;
    tick_store *copied = open_copy(&writing);
    ASSERT_NE(copied, nullptr);
    EXPECT_EQ(expect_whole(copied), 5000u);
    const tick_record more = t_tick(5000);
    EXPECT_EQ(tick_store_append(copied, &more, nullptr), MMF_OK);
    EXPECT_EQ(tick_store_close(copied), MMF_OK);
    EXPECT_EQ(tick_store_count(store), 5000u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreCopyTest, AnEmptyStoreHasAnEmptyCopy)
{
    tick_store *store = create();
    ASSERT_EQ(copy(store), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    tick_store *copied = open_copy();
    ASSERT_NE(copied, nullptr);
    EXPECT_EQ(tick_store_count(copied), 0u);
    EXPECT_EQ(tick_store_close(copied), MMF_OK);
}

TEST_F(StoreCopyTest, WhatHasTheNameStays)
{
    tick_store *store = create();
    fill(store, 3);
    ASSERT_EQ(mmf_store_copy(tick_store_base(store), path.c_str(), &error), MMF_ERR_EXISTS);
    EXPECT_EQ(expect_whole(store), 3u);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

TEST_F(StoreCopyTest, SaysWhatItWasNotGiven)
{
    EXPECT_EQ(mmf_store_copy(nullptr, target.c_str(), &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message).find("mmf_store_copy: store is NULL; look at"), 0u)
        << error.message;
    tick_store *store = create();
    EXPECT_EQ(mmf_store_copy(tick_store_base(store), nullptr, &error), MMF_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error.message),
              path + ": mmf_store_copy: path is NULL; give the path of the new file");
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    EXPECT_EQ(copy(store), MMF_ERR_CLOSED);
    EXPECT_NE(std::string(error.message).find("the store is closed"), std::string::npos)
        << error.message;
    EXPECT_FALSE(is_there());
}

// A copy of the bytes has mixtures of two records here in one of seven.
TEST_F(StoreCopyTest, RecordsAreWholeWhileAWriterReplacesThem)
{
    constexpr uint64_t ROWS = 200;
    tick_store *store = create();
    fill(store, ROWS);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    const pid_t writer = fork();
    if (writer == 0) {
        tick_store *mine = nullptr;
        if (tick_store_open(path.c_str(), &writing, &mine, nullptr) != MMF_OK)
            _exit(1);
        for (uint64_t mark = ROWS;; mark++) {
            const tick_record tick = t_tick(mark);
            (void)tick_store_set(mine, mark % ROWS, &tick);
        }
    }
    tick_store *reader = open();
    tick_record tick = {};
    while (tick_store_get(reader, ROWS - 1, &tick) == MMF_OK && tick.timestamp < ROWS)
        std::this_thread::yield();
    for (int round = 0; round < 20; round++) {
        const mmf_status status = copy(reader);
        ASSERT_EQ(status, MMF_OK) << error.message;
        tick_store *copied = open_copy();
        ASSERT_EQ(tick_store_count(copied), ROWS);
        for (uint64_t row = 0; row < ROWS; row++) {
            ASSERT_EQ(tick_store_get(copied, row, &tick), MMF_OK);
            ASSERT_TRUE(t_is_whole(tick));
            ASSERT_EQ(tick.timestamp % ROWS, row);
        }
        ASSERT_EQ(tick_store_close(copied), MMF_OK);
        ASSERT_EQ(unlink(target.c_str()), 0);
    }
    // Dead in the middle of a record, perhaps: its before-image is copied.
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
    ASSERT_EQ(copy(reader), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
}

TEST_F(StoreCopyTest, OfADamagedRecordThereIsNoCopy)
{
    tick_store *store = create();
    fill(store, 10);
    unsigned char *record = mmfi_row(tick_store_base(store), 7, TICK_RECORD_SIZE);
    mmfi_store64(record, 0); // as if it had never been written
    EXPECT_EQ(copy(store), MMF_ERR_CORRUPT);
    EXPECT_EQ(std::string(error.message),
              path + ": cannot be copied: row 7 of 10: the file contradicts itself; restore the "
                     "file from a copy, or write the whole record again");
    EXPECT_FALSE(is_there());
    mmfi_store64(record, 2);
    EXPECT_EQ(copy(store), MMF_OK) << error.message;
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// A before-image has the checksum for the sequence that its record had, whichever writer replaces
// it.
TEST_F(StoreCopyTest, ARecordThatADeadWriterHalfReplacedIsCopied)
{
    mmf_options sharing = MMF_OPTIONS_INIT;
    sharing.mode = MMF_READ_WRITE;
    for (const bool shared : {false, true}) {
        sharing.shared_writers = shared;
        (void)unlink(path.c_str());
        (void)unlink(target.c_str());
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *store = create_checksummed(4, &sharing);
                      const mmfi_write write = mmfi_write_begin(
                          reinterpret_cast<mmf_store *>(store), 2, CHECKSUMMED_RECORD_SIZE);
                      const checksummed_record half = t_checksummed(9);
                      checksummed_record_save(write.record, &half);
                      return write.status == MMF_OK ? 0 : 1;
                  }),
                  0);
        checksummed_store *reader = open_checksummed();
        ASSERT_EQ(mmf_store_copy(checksummed_store_base(reader), target.c_str(), &error), MMF_OK)
            << error.message;
        uint64_t image[CHECKSUMMED_RECORD_SIZE / 8];
        ASSERT_EQ(
            mmf_store_copy_rows(checksummed_store_base(reader), 2, 1, image, sizeof image, nullptr),
            MMF_OK);
        EXPECT_EQ(image[0] & MMFI_SEQUENCE_COUNT, MMFI_SEQUENCE_FIRST) << "that of the image";
        EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
        checksummed_store *copied = nullptr;
        ASSERT_EQ(checksummed_store_open(target.c_str(), nullptr, &copied, &error), MMF_OK);
        EXPECT_EQ(verify(copied), MMF_OK);
        checksummed_record found = {};
        ASSERT_EQ(checksummed_store_get(copied, 2, &found), MMF_OK);
        EXPECT_TRUE(t_is_checksummed(found, 2));
        EXPECT_EQ(checksummed_store_close(copied), MMF_OK);
    }
}

TEST_F(StoreCopyTest, ChecksumsAreCheckedAndMadeAnew)
{
    checksummed_store *store = create_checksummed(4);
    const checksummed_record changed = t_checksummed(9);
    ASSERT_EQ(checksummed_store_set(store, 1, &changed), MMF_OK);
    flip(place(2) + CHECKSUMMED_WIDE_OFFSET, 3);
    EXPECT_EQ(mmf_store_copy(checksummed_store_base(store), target.c_str(), &error),
              MMF_ERR_CORRUPT);
    const std::string start = path + ": cannot be copied: row 2 of 4: ";
    EXPECT_EQ(std::string(error.message).find(start), 0u) << error.message;
    EXPECT_FALSE(is_there());
    flip(place(2) + CHECKSUMMED_WIDE_OFFSET, 3);
    ASSERT_EQ(mmf_store_copy(checksummed_store_base(store), target.c_str(), &error), MMF_OK)
        << error.message;
    EXPECT_EQ(checksummed_store_close(store), MMF_OK);
    checksummed_store *copied = nullptr;
    ASSERT_EQ(checksummed_store_open(target.c_str(), nullptr, &copied, &error), MMF_OK);
    EXPECT_EQ(checksummed_store_verify(copied, 0, MMF_TO_END, nullptr, &error), MMF_OK)
        << error.message;
    checksummed_record found = {};
    ASSERT_EQ(checksummed_store_get(copied, 1, &found), MMF_OK);
    EXPECT_TRUE(t_is_checksummed(found, 9));
    EXPECT_EQ(checksummed_store_close(copied), MMF_OK);
}
