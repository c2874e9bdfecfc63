// A store whose syncs are counted, or fail; and what they left in the file.
#ifndef MMF_TESTS_UNIT_CORE_STORE_SYNC_FIXTURE_H
#define MMF_TESTS_UNIT_CORE_STORE_SYNC_FIXTURE_H

#include <array>
#include <string>
#include <unistd.h>

#include "core/format/recover.h"
#include "tests/support/refuse.h"
#include "tests/support/store_fixture.h"
#include "tests/support/traced.h"

class Syncs : public StoreTest {
protected:
    // The commit in the file, by its two slots.
    mmfi_commit commit() const
    {
        mmfi_commit found = {};
        const std::string content = bytes();
        EXPECT_TRUE(
            mmfi_commit_read(reinterpret_cast<const unsigned char *>(content.data()), &found));
        return found;
    }

    mmfi_live live() const
    {
        mmfi_live found = {};
        memcpy(&found, bytes().data() + MMFI_LIVE_OFFSET, sizeof found);
        return found;
    }

    bool has_tail() const
    {
        const mmfi_commit last = commit();
        return mmfi_commit_has_tail(&last);
    }

    void put_word(uint64_t offset, uint64_t word)
    {
        put(offset, std::string(reinterpret_cast<const char *>(&word), sizeof word));
    }

    using Counts = std::array<int, 3>;

    // Syncs of data, of a process that opens the file to write, does something, syncs it and closes
    // it: in what it does, in the sync and in the close.
    template <typename Work> Counts syncs_of(Work work)
    {
        Counts counts = {};
        TracedChild child([this, work]() -> int {
            tick_store *writer = nullptr;
            if (tick_store_open(path.c_str(), &writing, &writer, nullptr) != MMF_OK)
                return 1;
            (void)getppid(); // a mark between the phases
            if (work(writer) != MMF_OK)
                return 2;
            (void)getppid();
            if (tick_store_sync(writer, nullptr) != MMF_OK)
                return 3;
            (void)getppid();
            return tick_store_close(writer) == MMF_OK ? 0 : 4;
        });
        EXPECT_TRUE(child.traced()) << "the test needs to trace a child of its own";
        int phase = -1;
        while (child.step()) {
            uint64_t arguments[6] = {};
            const long call = child.call(arguments);
            phase += call == SYS_getppid ? 1 : 0;
            if (call != SYS_fdatasync)
                continue;
            EXPECT_GE(phase, 0) << "a sync in an open";
            counts[static_cast<size_t>(phase < 0 ? 0 : phase)]++;
        }
        EXPECT_EQ(child.result(), 0);
        return counts;
    }

    // Three records that are synced and one that is not, in a process whose disk fails from then
    // on.
    int fail_to_sync(int os_error, mmf_status expected)
    {
        tick_store *store = create();
        fill(store, 3);
        if (tick_store_sync(store, &error) != MMF_OK)
            return 1;
        const tick_record tick = t_tick(3);
        tick_record found;
        if (tick_store_append(store, &tick, nullptr) != MMF_OK ||
            !t_refuse(SYS_fdatasync, os_error))
            return 2;
        if (tick_store_sync(store, &error) != expected || error.os_error != os_error)
            return 3;
        if (std::string(error.message).find(path + ": the disk did not take the data") != 0)
            return 4;
        // The kernel forgets the failure, and the next attempt would seem to succeed.
        if (tick_store_sync(store, &error) != MMF_ERR_NEEDS_RECOVERY)
            return 5;
        if (tick_store_append(store, &tick, nullptr) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set(store, 0, &tick) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set_price(store, 0, 9) != MMF_ERR_NEEDS_RECOVERY ||
            tick_store_set_symbol(store, 0, "x", 1) != MMF_ERR_NEEDS_RECOVERY)
            return 6;
        mmf_info info;
        if (mmf_store_info(tick_store_base(store), &info) != MMF_OK || info.writable)
            return 7;
        if (tick_store_get(store, 3, &found) != MMF_OK || !t_is_whole(found))
            return 8;
        return tick_store_close(store) == MMF_ERR_NEEDS_RECOVERY ? 0 : 9;
    }
};

#endif
