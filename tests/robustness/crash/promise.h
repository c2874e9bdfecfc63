// What a store owes after a power cut, and whether an image pays it.
//
// The count is that of the last sync that returned, or of one that had begun since. Of its rows,
// one that was not replaced since that sync began is what it was then, whole. One that was may be
// any mixture of what it was and became, or be reported as torn. With checksums a mixture does not
// pass for sound, and a writer finds more: records that were appended after that sync, without a
// gap, each of them sound and one of its versions.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_PROMISE_H
#define MMF_TESTS_ROBUSTNESS_CRASH_PROMISE_H

#include <algorithm>

#include "tests/robustness/crash/trace.h"
#include "tests/robustness/crash/units.h"

// The machine starts again, with this on its disk: whatever boot its live page is of, it is not
// this.
inline void start_again(Bytes &image)
{
    constexpr size_t kBootId = 16384 + 320; // in the shared page; docs/file-format.md
    memset(image.data() + kBootId, 0x5a, 2 * kWord);
}

// A record, or a torn one that a power cut before this left.
struct Version {
    tick_record tick;
    bool torn;
    uint64_t time;       // of the event that made it
    bool zeroed = false; // some of its bytes were zeroed before they were stored
    bool sound = true;   // its checksum is right, if it has one
    bool stale = false;  // a power cut may have left bytes in what is null
};

class Promise {
public:
    // The store begins with these records, the first of them promised by a commit.
    Promise(const std::vector<Version> &begin, size_t committed)
    {
        for (const Version &version : begin) {
            rows.push_back({version});
            rows.back()[0].time = 0;
        }
        syncs.push_back({committed, 0, kNone});
    }

    void apply(const Event &event)
    {
        time++;
        switch (event.kind) {
        case Event::Kind::kStepBegin:
            begin_step(event);
            break;
        case Event::Kind::kStepEnd:
            if (event.step.kind == Kind::kSync)
                end_sync(event.writer);
            break;
        case Event::Kind::kDied:
            if (event.value == 0)
                undo_step(event.step);
            break;
        default:
            break;
        }
    }

    // "" when the image, in another boot, is what it may be.
    std::string judge(Bytes image) const
    {
        if (image.size() > 5 * kPage) // else there is no live page
            start_again(image);
        const MemoryFile file(image);
        mmf_error error;
        tick_store *reader = open_image(file, MMF_READ_ONLY, &error);
        if (reader == nullptr)
            return std::string("a reader: ") + error.message;
        const uint64_t committed = tick_store_count(reader);
        std::string wrong = look(reader, committed);
        const uint64_t told = damaged;
        tick_store *writer = open_image(file, MMF_READ_WRITE, &error);
        if (writer == nullptr)
            wrong = std::string("a writer: ") + error.message;
        if (wrong.empty() && tick_store_count(writer) < committed)
            wrong = "a writer has fewer records than a reader";
        if (wrong.empty())
            wrong = look(writer, kChecksummed ? committed : tick_store_count(writer));
        damaged = told; // the same records
        const tick_record next = marked_tick(9);
        if (wrong.empty() && tick_store_append(writer, &next, nullptr) != MMF_OK)
            wrong = "nothing can be appended";
        EXPECT_TRUE(writer == nullptr || tick_store_close(writer) == MMF_OK);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
        return wrong;
    }

    // Records that were judged so far and did not pass for sound, as they may after a power cut.
    uint64_t unsound_records() const
    {
        return damaged;
    }

    // Records after those of a sync that a writer found in the images that were judged so far.
    uint64_t kept_records() const
    {
        return proven;
    }

    // Grows whenever an image that was right might be wrong.
    uint64_t age() const
    {
        return changes;
    }

private:
    static constexpr int kNone = -1;

    struct Sync {
        size_t count;
        uint64_t time;
        int writer;
    };

    void begin_step(const Event &event)
    {
        const Step &step = event.step;
        changes++;
        if (step.kind == Kind::kSync) {
            syncs.push_back({rows.size(), time, event.writer});
            return;
        }
        if (appended_by(step) > 0) {
            EXPECT_EQ(step.row, rows.size());
            for (uint64_t i = 0; i < appended_by(step); i++)
                rows.push_back({{marked_tick(step.mark + i), false, time}});
            return;
        }
        Version version = rows[step.row].back();
        // A field of a torn record does not make it whole; a record does.
        version.torn = version.torn && step.kind != Kind::kSet;
        version.sound = version.sound || step.kind == Kind::kSet;
        version.stale = version.stale && step.kind != Kind::kSet;
        version.time = time;
        version.zeroed = !is_one_store(step.kind);
        model_record(version.tick, step);
        rows[step.row].push_back(version);
    }
    void undo_step(const Step &step)
    {
        changes++;
        if (appended_by(step) > 0) {
            for (uint64_t i = 0; i < appended_by(step); i++)
                dropped.emplace_back(step.row + i, rows[step.row + i].back());
            rows.resize(step.row);
        } else if (step.kind != Kind::kSync) {
            Version old = rows[step.row][rows[step.row].size() - 2];
            old.time = time;
            rows[step.row].push_back(old);
        }
    }
    void end_sync(int writer)
    {
        changes++;
        // The last one that this writer began: what came before it does not matter any more.
        size_t last = syncs.size() - 1;
        while (syncs[last].writer != writer)
            last--;
        // One that another writer began meanwhile may still count.
        if (syncs[last].time < syncs[0].time)
            return;
        std::swap(syncs[0], syncs[last]);
        const Sync kept = syncs[0];
        syncs.erase(std::remove_if(syncs.begin() + 1, syncs.end(),
                                   [&kept](const Sync &sync) { return sync.time < kept.time; }),
                    syncs.end());
        dropped.erase(
            std::remove_if(dropped.begin(), dropped.end(),
                           [&kept](const auto &one) { return one.second.time <= kept.time; }),
            dropped.end());
        for (auto &versions : rows)
            while (versions.size() > 1 && versions[1].time <= kept.time)
                versions.erase(versions.begin());
    }

    // The oldest sync that had that many records: the one that guarantees least.
    const Sync *sync_of(size_t count) const
    {
        const Sync *found = nullptr;
        for (const Sync &sync : syncs)
            if (sync.count == count && (found == nullptr || sync.time < found->time))
                found = &sync;
        return found;
    }

    // committed is the count of a sync; what there is after that proves itself.
    std::string look(const tick_store *store, uint64_t committed) const
    {
        const uint64_t count = tick_store_count(store);
        const Sync *sync = sync_of(static_cast<size_t>(committed));
        if (committed < syncs[0].count)
            return std::to_string(syncs[0].count) + " records were promised, there are " +
                   std::to_string(committed);
        if (sync == nullptr)
            return std::to_string(committed) + " records, which no sync was for";
        if (count > rows.size() && versions_at(count - 1).empty())
            return std::to_string(count) + " records, of which some were never appended";
        for (uint64_t row = committed; row < count; row++) {
            proven++;
            if (!is_proven(store, row, versions_at(row)))
                return "row " + std::to_string(row) + " was kept after the " +
                       std::to_string(committed) + " of a sync, and is none of its versions";
        }
        for (uint64_t row = 0; row < committed; row++) {
            const std::string wrong = look_at(store, row, rows[row], sync->time);
            if (!wrong.empty())
                return "row " + std::to_string(row) + " of " + std::to_string(count) + ": " + wrong;
        }
        return "";
    }

    // Of a row after those of a sync, also what a killed writer had whole and did not publish.
    std::vector<Version> versions_at(uint64_t row) const
    {
        std::vector<Version> all = row < rows.size() ? rows[row] : std::vector<Version>();
        for (const auto &one : dropped)
            if (one.first == row)
                all.push_back(one.second);
        return all;
    }

    // Whole, sound, and what was appended in this row, or what that became.
    static bool is_proven(const tick_store *store, uint64_t row, const std::vector<Version> &all)
    {
        tick_record tick;
        return tick_store_get(store, row, &tick) == MMF_OK && unsound(store, row, 1).empty() &&
               std::any_of(all.begin(), all.end(), [&tick](const Version &one) {
                   return !one.torn && is_same(tick, one.tick);
               });
    }

    std::string look_at(const tick_store *store, uint64_t row, const std::vector<Version> &all,
                        uint64_t since) const
    {
        size_t first = 0;
        while (first + 1 < all.size() && all[first + 1].time <= since)
            first++;
        const std::vector<Version> versions(all.begin() + static_cast<ptrdiff_t>(first), all.end());
        tick_record tick;
        const mmf_status status = tick_store_get(store, row, &tick);
        if (status == MMF_ERR_CORRUPT)
            return versions.size() > 1 || versions[0].torn ? "" : "it is torn";
        if (status != MMF_OK)
            return mmf_status_name(status);
        if (kChecksummed) {
            const bool sound = unsound(store, row, 1).empty();
            if (sound && std::none_of(versions.begin(), versions.end(), [&](const Version &one) {
                    return !one.torn && one.sound && is_same(tick, one.tick);
                }))
                return "it passes for sound, and is a mixture";
            if (!sound && versions.size() == 1 && versions[0].sound)
                return "it was promised, and does not pass for sound";
            damaged += sound ? 0 : 1;
        }
        if (versions.size() > 1)
            return is_mixture(store, tick, versions) ? "" : "it is of none of its versions";
        if (versions[0].torn)
            return "it was torn, and was not written again";
        return is_same(tick, versions[0].tick) ? "" : "it is not what was promised";
    }

    // Each value is of some version, or zero if it may be. Of a torn one it may be anything.
    static bool is_mixture(const tick_store *store, const tick_record &tick,
                           const std::vector<Version> &versions)
    {
        static const Units units = units_of(mmf_store_schema(tick_store_base(store)));
        const Image found = image_of(tick);
        const Image zero = {};
        std::vector<Image> images;
        bool anything = false;
        bool zeroed = false;
        bool stale = false;
        for (const Version &version : versions) {
            images.push_back(image_of(version.tick));
            anything |= version.torn;
            zeroed |= images.size() > 1 && version.zeroed;
            stale |= version.stale;
        }
        return anything || std::all_of(units.begin(), units.end(), [&](const Unit &unit) {
                   return (zeroed && unit.may_be_zero && is_same_unit(unit, found, zero)) ||
                          (stale && unit.nullable) ||
                          std::any_of(images.begin(), images.end(), [&](const Image &image) {
                              return is_same_unit(unit, found, image);
                          });
               });
    }

    std::vector<std::vector<Version>> rows; // oldest first: what each was at syncs[0], and became
    std::vector<std::pair<uint64_t, Version>> dropped; // by kills in appends, since syncs[0]
    std::vector<Sync> syncs; // the last that returned, then those begun since
    uint64_t time = 0;
    uint64_t changes = 0;
    mutable uint64_t damaged = 0;
    mutable uint64_t proven = 0;
};

#endif
