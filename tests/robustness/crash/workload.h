// A writer's work as a list of steps, and what a store must hold before and after each.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_WORKLOAD_H
#define MMF_TESTS_ROBUSTNESS_CRASH_WORKLOAD_H

#include <map>

#include "mmapforge/value.h"
#ifdef TICK_BIDS_COUNT
#include "tests/robustness/crash/rich_values.h"
#else
#include "tests/robustness/crash/flat_values.h"
#endif

// The records of a file that is of an older version of the schema have a size of their own.
#ifdef MMF_TESTS_ADAPTED
#include "older_store.h"
constexpr size_t kRecordSize = OLDER_RECORD_SIZE;
#else
constexpr size_t kRecordSize = TICK_RECORD_SIZE;
#endif

// Where a record of the file has its checksum; 0 where it has none.
#if defined(OLDER_RECORD_CHECKSUM)
constexpr size_t kChecksumOffset = OLDER_RECORD_CHECKSUM;
#elif defined(TICK_RECORD_CHECKSUM)
constexpr size_t kChecksumOffset = TICK_RECORD_CHECKSUM;
#else
constexpr size_t kChecksumOffset = 0;
#endif

using Records = std::vector<tick_record>;

// How many records a step appends.
inline uint64_t appended_by(const Step &step)
{
    return step.kind == Kind::kAppend ? 1 : step.kind == Kind::kExtend ? kExtendRows : 0;
}

// Appends with every other kind between them; the file grows on the way. The parts begin with
// another kind for another turn.
inline std::vector<Step> make_steps(uint64_t appends, uint64_t turn = 0)
{
    std::vector<Step> steps;
    uint64_t count = 0;
    constexpr uint64_t parts = sizeof kParts / sizeof *kParts;
    for (uint64_t i = 0; i < appends; i++) {
        steps.push_back({Kind::kAppend, count++, 1000 + i + turn});
        steps.push_back({Kind::kSet, i / 2, 2000 + i + turn});
        for (uint64_t part = i * kPartsPerThree / 3; part < (i + 1) * kPartsPerThree / 3; part++)
            steps.push_back({kParts[turn++ % parts], part * 7 % count, 3000 + i + turn});
        if (i % 16 == 5) {
            steps.push_back({Kind::kExtend, count, 5000 + 10 * i});
            count += kExtendRows;
        }
        if (i % 8 == 7)
            steps.push_back({Kind::kSync, 0, 0});
    }
    return steps;
}

// A record as its bytes, without its sequence and checksum; zero where it is null.
struct Image {
    alignas(8) unsigned char bytes[TICK_RECORD_SIZE];
};

inline Image image_of(const tick_record &tick)
{
    Image image;
    memset(&image, 0, sizeof image);
    tick_record_save(image.bytes, &tick);
    return image;
}

// The records of one kExtend, which are kept.
inline const std::vector<Image> &images_of(uint64_t mark)
{
    static std::map<uint64_t, std::vector<Image>> made;
    std::vector<Image> &images = made[mark];
    for (uint64_t i = images.size(); i < kExtendRows; i++)
        images.push_back(image_of(marked_tick(mark + i)));
    return images;
}

// The records that the steps are about: made beforehand, so that making them is no part of a step.
inline Records ticks_of(const std::vector<Step> &steps)
{
    Records ticks;
    for (const Step &step : steps) {
        ticks.push_back(marked_tick(step.mark));
        if (step.kind == Kind::kExtend)
            (void)images_of(step.mark);
    }
    return ticks;
}

inline mmf_status extend(tick_store *store, uint64_t mark)
{
    const std::vector<Image> &images = images_of(mark);
    return mmf_store_append_rows(reinterpret_cast<mmf_store *>(store), images.data(), kExtendRows,
                                 kExtendRows * sizeof images[0], nullptr);
}

inline mmf_status do_step(tick_store *store, const Step &step, const tick_record &tick)
{
    switch (step.kind) {
    case Kind::kAppend:
        return tick_store_append(store, &tick, nullptr);
    case Kind::kExtend:
        return extend(store, step.mark);
    case Kind::kSet:
        return tick_store_set(store, step.row, &tick);
    case Kind::kSync:
        return tick_store_sync(store, nullptr);
    default:
        return set_part(store, step, tick);
    }
}

// What the step makes of the record of its row.
inline void model_record(tick_record &record, const Step &step)
{
    const tick_record tick = marked_tick(step.mark);
    if (step.kind == Kind::kSet || appended_by(step) > 0)
        record = tick;
    else if (step.kind != Kind::kSync)
        model_part(record, step, tick);
}

// The same step on what a store must hold.
inline void model_step(Records &records, const Step &step)
{
    for (uint64_t i = 0; i < appended_by(step); i++)
        records.push_back(marked_tick(step.mark + i));
    if (step.kind != Kind::kSync && appended_by(step) == 0)
        model_record(records[step.row], step);
}

inline bool is_same(const tick_record &a, const tick_record &b)
{
    const Image left = image_of(a);
    const Image right = image_of(b);
    return memcmp(&left, &right, sizeof left) == 0;
}

// Whether a row is that record to its last byte: nothing is left between fields, after texts, or in
// what is null.
inline bool is_same_image(const tick_store *store, uint64_t row, const tick_record &tick)
{
    const Image expected = image_of(tick);
    Image found;
    if (mmf_store_copy_rows(tick_store_base(store), row, 1, &found, sizeof found, nullptr) !=
        MMF_OK)
        return false;
#ifdef TICK_RECORD_CHECKSUM
    constexpr size_t end = TICK_RECORD_CHECKSUM;
#else
    constexpr size_t end = TICK_RECORD_SIZE;
#endif
    return memcmp(found.bytes + 8, expected.bytes + 8, end - 8) == 0;
}

// "" when the store holds these records; else the first difference.
inline std::string difference(const tick_store *store, const Records &records)
{
    if (tick_store_count(store) != records.size())
        return "count " + std::to_string(tick_store_count(store)) + ", expected " +
               std::to_string(records.size());
    for (uint64_t row = 0; row < records.size(); row++) {
        tick_record tick;
        const mmf_status status = tick_store_get(store, row, &tick);
        if (status != MMF_OK)
            return "row " + std::to_string(row) + ": " + mmf_status_name(status);
        if (!is_same(tick, records[row]))
            return "row " + std::to_string(row) + " is of mark " + std::to_string(tick.timestamp) +
                   ", price " + std::to_string(tick.price) + ", symbol " + tick.symbol;
        if (!is_same_image(store, row, tick))
            return "row " + std::to_string(row) + " has bytes that are no value's";
    }
    return "";
}

#endif
