// Rows that were never published, which an append that died left after the last one.
#include <sys/syscall.h>

#include <csignal>

#include "mmapforge/detail/append_rows.h"
#include "tests/support/dropped_rows_fixture.h"
#include "tests/support/limit.h"
#include "tests/support/refuse.h"

namespace {

class UnpublishedRowsTest : public DroppedRows {
protected:
    // Whole records after the last one, as an append of many rows leaves them that is killed.
    static mmf_status append_in_vain(checksummed_store *store, uint32_t rows)
    {
        mmf_store *into = reinterpret_cast<mmf_store *>(store);
        unsigned char *records = nullptr;
        const mmf_status status = mmfi_append_rows_begin(into, rows, &records);
        if (status != MMF_OK)
            return status;
        for (uint32_t i = 0; i < rows; i++) {
            const checksummed_record record = t_checksummed(1000 + i);
            checksummed_record_save(records + i * CHECKSUMMED_RECORD_SIZE, &record);
        }
        mmfi_append_rows_finish(into, records, 0, rows);
        return MMF_OK;
    }

    // Two rows that were synced, two more, and three that were not published.
    void leave_unpublished(const mmf_options *options)
    {
        (void)unlink(path.c_str());
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *store = create_checksummed(2, options);
                      if (checksummed_store_sync(store, nullptr) != MMF_OK ||
                          append_checksummed(store, 4) != MMF_OK)
                          return 1;
                      return append_in_vain(store, 3) == MMF_OK ? 0 : 2;
                  }),
                  0);
        ASSERT_EQ(sequence_of(row_bytes(4)), sequence_of(row_bytes(3))) << "it proves itself";
    }

    /*
     * A writer that is killed after that many appends, and the next one after a restart: it has
     * what was synced, maybe what was not, and nothing else.
     */
    void expect_counts(const mmf_options *options, uint32_t appended, bool synced)
    {
        EXPECT_EQ(t_in_child([&] {
                      checksummed_store *store = open_checksummed(options);
                      if (checksummed_store_count(store) != 4)
                          return 1;
                      if (append_checksummed(store, 4 + appended, 50) != MMF_OK)
                          return 2;
                      return synced && checksummed_store_sync(store, nullptr) != MMF_OK ? 3 : 0;
                  }),
                  0);
        another_boot();
        const int count = t_in_child([&] {
            checksummed_store *store = open_checksummed(options);
            const uint64_t rows = checksummed_store_count(store);
            for (uint32_t row = 0; row < rows; row++) {
                checksummed_record found = {};
                if (checksummed_store_get(store, row, &found) != MMF_OK ||
                    !t_is_checksummed(found, row < 4 ? row : row + 50))
                    return 100;
            }
            return static_cast<int>(rows);
        });
        const int all = 4 + static_cast<int>(appended);
        EXPECT_LE(count, all);
        EXPECT_GE(count, synced ? all : 4);
    }

    mmf_options sharing()
    {
        mmf_options options = writing;
        options.shared_writers = true;
        return options;
    }
};

} // namespace

// The next writer, alone or as one of several, after either kind.
TEST_F(UnpublishedRowsTest, AreNotKeptAfterARestart)
{
    const mmf_options alone = writing;
    const mmf_options several = sharing();
    for (const mmf_options *left : {&alone, &several}) {
        for (const mmf_options *next : {&alone, &several}) {
            for (const uint32_t appended : {0u, 1u, 2u}) {
                leave_unpublished(left);
                expect_counts(next, appended, false);
                leave_unpublished(left);
                expect_counts(next, appended, true);
            }
        }
    }
}

// The machine restarts at once: the append was at work then, and may be there or not.
TEST_F(UnpublishedRowsTest, WithoutARecoveryTheyAreThoseOfAnAppendAtWork)
{
    leave_unpublished(&writing);
    another_boot();
    EXPECT_EQ(t_in_child([&] {
                  return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
              }),
              7);
}

// A living writer takes the append lock of the dead one.
TEST_F(UnpublishedRowsTest, AreNotKeptWhenALivingWriterGoesOn)
{
    const mmf_options several = sharing();
    for (const bool appends : {false, true}) {
        (void)unlink(path.c_str());
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *living = create_checksummed(2, &several);
                      if (checksummed_store_sync(living, nullptr) != MMF_OK ||
                          append_checksummed(living, 4) != MMF_OK)
                          return 1;
                      const int died = t_in_child([&] {
                          return append_in_vain(open_checksummed(&several), 3) == MMF_OK ? 0 : 2;
                      });
                      if (died != 0)
                          return died;
                      if (appends)
                          return append_checksummed(living, 5, 50) == MMF_OK ? 0 : 3;
                      unsigned char *records = nullptr; // the lock, and nothing appended
                      return mmfi_append_rows_begin(reinterpret_cast<mmf_store *>(living), 1,
                                                    &records) == MMF_OK
                                 ? 0
                                 : 4;
                  }),
                  0);
        another_boot();
        EXPECT_EQ(t_in_child([&] {
                      return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
                  }),
                  4)
            << appends;
    }
}

// The row says whether the disk knows: who is killed before the sync leaves that to the next one.
TEST_F(UnpublishedRowsTest, AKillWhileTheyAreDiscardedIsGoneOnFrom)
{
    leave_unpublished(&writing);
    const uint64_t odd = sequence_of(row_bytes(4)) | 1;
    put(place(4), std::string(reinterpret_cast<const char *>(&odd), sizeof odd));
    EXPECT_EQ(t_in_child([&] {
                  return static_cast<int>(checksummed_store_count(open_checksummed(&writing)));
              }),
              4);
    EXPECT_EQ(sequence_of(row_bytes(4)), odd & MMFI_SEQUENCE_COUNT);
    expect_counts(&writing, 2, true);
}

// Stores to a mapping know no limit on file sizes, and an open that needs no growth has none
// either.
TEST_F(UnpublishedRowsTest, ALimitOnFileSizesIsNone)
{
    const mmf_options alone = writing;
    const mmf_options several = sharing();
    for (const mmf_options *next : {&alone, &several}) {
        leave_unpublished(&alone);
        EXPECT_EQ(t_in_child([&] {
                      (void)signal(SIGXFSZ, SIG_IGN);
                      return t_limit(RLIMIT_FSIZE, place(1))
                                 ? static_cast<int>(checksummed_store_count(open_checksummed(next)))
                                 : 100;
                  }),
                  4);
        expect_counts(next, 2, true);
    }
}

// One sync for all that an append left, though the next opens find more of its rows.
TEST_F(UnpublishedRowsTest, OnlyTheFirstIsDisproved)
{
    leave_unpublished(&writing);
    for (uint32_t count = 4; count < 7; count++) {
        ASSERT_EQ(t_in_child([&] {
                      return append_checksummed(open_checksummed(&writing), count + 1, 50) == MMF_OK
                                 ? 0
                                 : 1;
                  }),
                  0);
        const uint64_t next = sequence_of(row_bytes(count + 1));
        EXPECT_EQ(mmfi_sequence_is_odd(next), false) << "row " << count + 1;
        EXPECT_EQ(sequence_of(row_bytes(count)), MMFI_SEQUENCE_FIRST) << "it has no epoch";
    }
}

// The append of the living writer that takes over says why, and no append after it goes on.
TEST_F(UnpublishedRowsTest, ADiskThatFailsEndsItForALivingWriter)
{
    const mmf_options several = sharing();
    ASSERT_EQ(t_in_child([&] {
                  checksummed_store *living = create_checksummed(2, &several);
                  checksummed_store *other = open_checksummed(&several);
                  if (checksummed_store_sync(living, nullptr) != MMF_OK)
                      return 1;
                  const int died = t_in_child([&] {
                      return append_in_vain(open_checksummed(&several), 3) == MMF_OK ? 0 : 2;
                  });
                  if (died != 0)
                      return died;
                  if (!t_refuse(SYS_fdatasync, EIO))
                      return 100;
                  if (append_checksummed(living, 3) != MMF_ERR_IO)
                      return 3;
                  return append_checksummed(other, 3) == MMF_ERR_NEEDS_RECOVERY ? 0 : 4;
              }),
              0);
    checksummed_store *store = nullptr;
    EXPECT_EQ(checksummed_store_open(path.c_str(), &several, &store, &error),
              MMF_ERR_NEEDS_RECOVERY);
}

// What cannot be made sure of is not gone on from, by anyone in this boot.
TEST_F(UnpublishedRowsTest, ADiskThatFailsEndsIt)
{
    const mmf_options alone = writing;
    const mmf_options several = sharing();
    for (const mmf_options *next : {&alone, &several}) {
        leave_unpublished(&alone);
        EXPECT_EQ(t_in_child([&] {
                      checksummed_store *store = nullptr;
                      if (!t_refuse(SYS_fdatasync, EIO))
                          return 100;
                      return static_cast<int>(
                          checksummed_store_open(path.c_str(), next, &store, nullptr));
                  }),
                  MMF_ERR_IO);
        checksummed_store *store = nullptr;
        EXPECT_EQ(checksummed_store_open(path.c_str(), &writing, &store, &error),
                  MMF_ERR_NEEDS_RECOVERY);
        checksummed_store *reader = open_checksummed();
        EXPECT_EQ(checksummed_store_count(reader), 4u);
        EXPECT_EQ(checksummed_store_close(reader), MMF_OK);
    }
}
