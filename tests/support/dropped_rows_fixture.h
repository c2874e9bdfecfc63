// Rows that a recovery drops or keeps when it does not trust memory: how a file comes to have them.
#ifndef MMF_TESTS_SUPPORT_DROPPED_ROWS_FIXTURE_H
#define MMF_TESTS_SUPPORT_DROPPED_ROWS_FIXTURE_H

#include "core/store/state.h"
#include "tests/support/checksummed_fixture.h"

inline const mmfi_live *live_of(const mmf_store *store)
{
    return reinterpret_cast<const mmfi_live *>(store->state->map.base + MMFI_LIVE_OFFSET);
}

class DroppedRows : public ChecksummedTest {
protected:
    // What a container with a boot id of its own does to the file when it is started anew.
    void another_boot() const
    {
        put(MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id), "another boot....");
    }

    // A writer that synced that many, appended up to count, and was killed.
    void leave(uint64_t synced, uint64_t count, const mmf_options *options = nullptr)
    {
        ASSERT_EQ(t_in_child([&] {
                      tick_store *store = nullptr;
                      if (tick_store_create(path.c_str(), options, &store, nullptr) != MMF_OK ||
                          t_append_up_to(store, synced) != MMF_OK ||
                          tick_store_sync(store, nullptr) != MMF_OK)
                          return 1;
                      return t_append_up_to(store, count) == MMF_OK ? 0 : 2;
                  }),
                  0);
    }

    void leave_checksummed(uint32_t synced, uint32_t count)
    {
        ASSERT_EQ(t_in_child([&] {
                      checksummed_store *store = create_checksummed(synced);
                      if (checksummed_store_sync(store, nullptr) != MMF_OK)
                          return 1;
                      return append_checksummed(store, count) == MMF_OK ? 0 : 2;
                  }),
                  0);
    }

    static mmf_status append_checksummed(checksummed_store *store, uint32_t up_to,
                                         uint32_t more = 0)
    {
        mmf_status status = MMF_OK;
        for (auto row = static_cast<uint32_t>(checksummed_store_count(store));
             row < up_to && status == MMF_OK; row++) {
            const checksummed_record record = t_checksummed(row + more);
            status = checksummed_store_append(store, &record, nullptr);
        }
        return status;
    }

    static uint64_t dropped_of(const mmf_store *store)
    {
        mmf_info info = {};
        EXPECT_EQ(mmf_store_info(store, &info), MMF_OK);
        return info.dropped_rows;
    }

    static const mmf_store *base(const tick_store *store)
    {
        return tick_store_base(store);
    }

    // The mark of a whole tick; UINT64_MAX when there is none.
    static uint64_t mark_at(const tick_store *store, uint64_t row)
    {
        tick_record tick;
        if (tick_store_get(store, row, &tick) != MMF_OK)
            return UINT64_MAX;
        EXPECT_TRUE(t_is_whole(tick)) << row;
        return tick.timestamp;
    }
};

#endif
