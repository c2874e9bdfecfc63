// Every moment of a trace at which the power may be cut, and images of the disk at each.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_SWEEP_H
#define MMF_TESTS_ROBUSTNESS_CRASH_SWEEP_H

#include <functional>
#include <string_view>
#include <unordered_set>

#include "tests/robustness/crash/disk.h"
#include "tests/robustness/crash/promise.h"

struct Verdict {
    uint64_t moments = 0;
    uint64_t exhausted = 0; // of them, with every image that there is
    uint64_t images = 0;
    uint64_t recovered = 0; // different ones, or with different promises
    uint64_t wrong = 0;
    uint64_t unsound = 0; // records of them that their checksums tell of
    uint64_t kept = 0;    // and those after the last commit that proved themselves
    std::map<std::string, uint64_t> reasons;

    void add(const Verdict &other)
    {
        moments += other.moments;
        exhausted += other.exhausted;
        images += other.images;
        recovered += other.recovered;
        wrong += other.wrong;
        unsound += other.unsound;
        kept += other.kept;
        for (const auto &[reason, times] : other.reasons)
            reasons[reason] += times;
    }
    std::string text() const
    {
        std::string text = std::to_string(moments) + " moments, " + std::to_string(exhausted) +
                           " exhausted; " + std::to_string(images) + " images, " +
                           std::to_string(recovered) + " different; " + std::to_string(wrong) +
                           " wrong" +
                           (kChecksummed ? "; " + std::to_string(unsound) + " records not sound, " +
                                               std::to_string(kept) + " kept after the last commit"
                                         : "");
        for (const auto &[reason, times] : reasons)
            text += "\n  " + std::to_string(times) + " x " + reason;
        return text;
    }
};

inline uint64_t images_per_moment(uint64_t usual)
{
    const char *asked = getenv("MMF_SAMPLES");
    return asked != nullptr ? strtoull(asked, nullptr, 10) : usual;
}

// All images where there are at most `samples`; else that many, chosen by the seed.
inline Verdict sweep(const Trace &of, const std::vector<Version> &begin, size_t committed,
                     uint64_t samples, uint64_t seed = 20261124)
{
    Verdict verdict;
    std::mt19937_64 random(seed);
    Disk disk(of.begin);
    Promise promise(begin, committed);
    std::unordered_set<size_t> seen;
    uint64_t age = 0;
    for (const Event &event : of.events) {
        promise.apply(event);
        const bool changed = disk.apply(event);
        if (promise.age() != age)
            seen.clear();
        else if (!changed)
            continue;
        age = promise.age();
        verdict.moments++;
        const bool all = disk.choices(samples + 1) <= samples;
        verdict.exhausted += all ? 1 : 0;
        const uint64_t rounds = all ? disk.choices(samples) : samples;
        for (uint64_t round = 0; round < rounds; round++) {
            const Bytes image = all ? disk.image_of(round) : disk.sample(random, round);
            verdict.images++;
            const std::string_view text(reinterpret_cast<const char *>(image.data()), image.size());
            if (!seen.insert(std::hash<std::string_view>()(text)).second)
                continue;
            verdict.recovered++;
            const std::string wrong = promise.judge(image);
            if (!wrong.empty()) {
                verdict.wrong++;
                verdict.reasons[wrong.substr(0, wrong.find("/proc"))]++;
            }
        }
    }
    verdict.unsound = promise.unsound_records();
    verdict.kept = promise.kept_records();
    return verdict;
}

#endif
