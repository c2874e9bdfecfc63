// What the sweep makes the library do, and what must be true of the store afterwards.
#ifndef MMF_TESTS_ROBUSTNESS_FAULTS_SCENARIO_H
#define MMF_TESTS_ROBUSTNESS_FAULTS_SCENARIO_H

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "core/os/boot_id.h"
#include "tests/robustness/faults/interpose.h"
#include "tests/support/store_fixture.h"

constexpr uint64_t kRowsMax = 1024;

// What one life of a store did, in memory that the process shares with the one that judges it.
struct Outcome {
    uint64_t count = 0;  // records that were there, and that calls said they had appended
    uint64_t synced = 0; // how many of them a sync that succeeded had before it
    uint64_t marks[kRowsMax] = {};
    bool created = false;       // there must be a store
    bool refused = false;       // the open failed, so not a byte has changed
    bool sync_failed = false;   // of the open, too
    bool write_failed = false;  // what a call writes may be truncated, or not be there
    bool unlink_failed = false; // what could not be removed may be there
    bool boot_unknown = false;  // the writer could not read the boot's id
    bool fired = false;         // the fault happened
    int calls = 0;              // while faults were looked for
    mmf_status worst = MMF_OK;  // the first status that was not MMF_OK
    char problem[4096] = "";
};

// One handle's life, which writes down what it was told.
class Life {
public:
    Life(const std::string &where, Outcome *what) : path(where), outcome(what)
    {
        options.reserve_bytes = UINT64_C(16) << 20;
    }

    void create()
    {
        memset(&error, 0, sizeof error);
        const mmf_status status = tick_store_create(path.c_str(), &options, &store, &error);
        opened("create", status);
        outcome->created = status == MMF_OK;
    }

    void open(mmf_mode mode, bool shared = false)
    {
        options.mode = mode;
        options.shared_writers = shared;
        memset(&error, 0, sizeof error);
        const mmf_status status = tick_store_open(path.c_str(), &options, &store, &error);
        opened("open", status);
        outcome->refused = status != MMF_OK;
        // One that joins others may have to sync first, and the disk may lack what is read then.
        if (status != MMF_OK && t_has_failed(Call::kFdatasync))
            outcome->sync_failed = true;
    }

    // Rows up to count; one that fails is tried again once, because the fault may have been one.
    void append_up_to(uint64_t count)
    {
        for (int failures = 0; store != nullptr && outcome->count < count && failures < 2;) {
            const tick_record tick = t_tick(outcome->count);
            uint64_t row = UINT64_MAX;
            const mmf_status status = tick_store_append(store, &tick, &row);
            expect(status != MMF_OK || row == outcome->count, "an append went to another row");
            unexplained("append", status, 0);
            if (status == MMF_OK) {
                outcome->marks[outcome->count] = outcome->count;
                outcome->count++;
            } else {
                failures++;
            }
        }
    }

    void set(uint64_t row, uint64_t mark)
    {
        if (store == nullptr)
            return;
        const tick_record tick = t_tick(mark);
        const mmf_status status = tick_store_set(store, row, &tick);
        if (row >= outcome->count) {
            expect(status != MMF_OK, "a row beyond the count was set");
            return;
        }
        unexplained("set", status, row);
        if (status == MMF_OK)
            outcome->marks[row] = mark;
    }

    void sync()
    {
        if (store == nullptr)
            return;
        memset(&error, 0, sizeof error);
        const mmf_status status = tick_store_sync(store, &error);
        explained("sync", status);
        synced(status);
    }

    // Every row is right, or a status; at the second look, after a fault that happened once, right.
    void read(bool fault_may_last)
    {
        if (store == nullptr)
            return;
        (void)tick_store_count(store);
        for (uint64_t row = 0; row < outcome->count; row++) {
            tick_record tick;
            mmf_status status = tick_store_get(store, row, &tick);
            unexplained("get", status, row);
            if (status != MMF_OK && !fault_may_last) {
                status = tick_store_get(store, row, &tick);
                expect(status == MMF_OK, "a read that failed once goes on failing");
            }
            expect(status != MMF_OK || (t_is_whole(tick) && tick.timestamp == outcome->marks[row]),
                   "a read gave another record");
        }
        tick_record tick;
        expect(tick_store_get(store, outcome->count, &tick) != MMF_OK, "a row beyond the count");
        mmf_info info;
        (void)mmf_store_info(tick_store_base(store), &info);
        (void)tick_store_capacity(store);
    }

    void close()
    {
        if (store == nullptr)
            return;
        const bool writes = options.mode == MMF_READ_WRITE;
        const mmf_status status = tick_store_close(store);
        store = nullptr;
        handles++;
        note(status);
        if (writes)
            synced(status);
        else
            expect(status == MMF_OK, "the close of a reader failed");
    }

    // Leaves a record half replaced, as a kill does, and the handle as it is.
    void die_in_a_set(uint64_t row)
    {
        const mmfi_write write =
            mmfi_write_begin(reinterpret_cast<mmf_store *>(store), row, TICK_RECORD_SIZE);
        expect(write.record != nullptr, "no record to die in");
        mmfi_save_float64(write.record, TICK_PRICE_OFFSET, 9999);
    }

    void writes()
    {
        options.mode = MMF_READ_WRITE;
    }

    size_t handles_closed() const
    {
        return handles;
    }

    void expect(bool good, const std::string &what)
    {
        if (!good && outcome->problem[0] == '\0')
            snprintf(outcome->problem, sizeof outcome->problem, "%s (status %s, message '%s')",
                     what.c_str(), mmf_status_name(outcome->worst), error.message);
    }

    int os_error = 0; // the error of the fault, which statuses must be of; 0: any

private:
    void note(mmf_status status)
    {
        if (outcome->worst == MMF_OK)
            outcome->worst = status;
    }

    void opened(const std::string &what, mmf_status status)
    {
        explained(what, status);
        expect((status == MMF_OK) == (store != nullptr), what + " gave status and handle at odds");
        // Where nothing tells the boot, what was not synced is not believed.
        uint64_t boot[2];
        mmfi_boot_id(boot);
        if (status == MMF_OK && boot[0] == 0 && boot[1] == 0)
            outcome->count = outcome->synced;
        // One that was made, and retired: of a create also where the name led to another inode.
        if (status != MMF_OK || what == "create")
            handles++;
    }

    void synced(mmf_status status)
    {
        if (status == MMF_OK)
            outcome->synced = outcome->count;
        else
            outcome->sync_failed = true;
    }

    // A call that tells why.
    void explained(const std::string &what, mmf_status status)
    {
        note(status);
        if (status == MMF_OK)
            return;
        expect(error.status == status, what + " gave two statuses");
        expect(strstr(error.message, path.c_str()) != nullptr, what + " does not say which file");
        expect(strlen(error.message) > path.size() + 10, what + " does not say why");
        if (os_error == 0 || status == MMF_ERR_NEEDS_RECOVERY)
            return;
        expect(error.os_error == 0 || error.os_error == os_error, what + " gives another errno");
        const bool full = os_error == ENOSPC || os_error == EDQUOT || os_error == EFBIG;
        expect(!full || status == MMF_ERR_NO_SPACE, what + ": a full disk has a status of its own");
        expect(full || status != MMF_ERR_NO_SPACE, what + ": the disk is not full");
        expect(os_error != ENOMEM || status == MMF_ERR_NO_MEMORY,
               what + ": no memory has a status of its own");
        expect(status != MMF_ERR_CORRUPT, what + ": the file is in order");
    }

    // A call whose status is explained by another.
    void unexplained(const std::string &what, mmf_status status, uint64_t row)
    {
        note(status);
        if (status == MMF_OK)
            return;
        mmf_error why;
        expect(mmf_store_explain(tick_store_base(store), status, row, nullptr, &why) == status,
               what + ": the explanation has another status");
        expect(strstr(why.message, path.c_str()) != nullptr, what + " does not say which file");
        expect(status != MMF_ERR_CORRUPT, what + ": the file is in order");
        expect(status != MMF_ERR_RANGE, what + ": the row is there");
    }

    const std::string path;
    Outcome *const outcome;
    mmf_options options = MMF_OPTIONS_INIT;
    tick_store *store = nullptr;
    mmf_error error = {};
    size_t handles = 0;
};

#endif
