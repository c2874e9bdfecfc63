// What a disk may hold after a power cut: any part of what was stored since the last sync.
//
// A completed sync is taken at its word. Since then, each 8-byte word may have stayed as it was or
// have become any of the values that were stored in it, and the file may have any of its sizes:
// file systems give no order for the dirty pages of a mapping, and a page may be written while it
// is being changed.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_DISK_H
#define MMF_TESTS_ROBUSTNESS_CRASH_DISK_H

#include <map>
#include <random>
#include <set>

#include "tests/robustness/crash/trace.h"

class Disk {
public:
    explicit Disk(const Bytes &begin) : durable(begin), now(begin)
    {
    }

    // True when the disk may now hold what it might not before, or must hold more.
    bool apply(const Event &event)
    {
        switch (event.kind) {
        case Event::Kind::kStore:
            memcpy(now.data() + event.offset, &event.value, kWord);
            newer[event.offset].push_back(event.value);
            stored++;
            return true;
        case Event::Kind::kSize:
            now.resize(static_cast<size_t>(event.value));
            sizes.push_back(now.size());
            return true;
        case Event::Kind::kSyncBegin:
            syncing[event.writer] = {now, stored};
            return false;
        case Event::Kind::kSyncEnd:
            end_sync(syncing[event.writer]);
            return true;
        default:
            return false;
        }
    }

    // How many images there are; `most` when there are more.
    uint64_t choices(uint64_t most) const
    {
        uint64_t product = sizes.size() + 1;
        for (const auto &[offset, values] : newer)
            product = product > most ? product : product * (values.size() + 1);
        return product < most ? product : most;
    }

    // The image of a number below choices(): all of them are different.
    Bytes image_of(uint64_t number) const
    {
        return build([&number](size_t, size_t values) {
            const uint64_t pick = number % (values + 1);
            number /= values + 1;
            return static_cast<size_t>(pick);
        });
    }

    // One of many: words or pages at random, all but one word or page, or one alone.
    template <typename Random> Bytes sample(Random &random, uint64_t turn) const
    {
        std::map<size_t, uint64_t> units; // a word's or a page's coin
        const size_t unit = turn % 2 == 0 ? kWord : kPage;
        for (const auto &[offset, values] : newer)
            units[offset / unit] = random();
        uint64_t odd_one_out = units.empty() ? 0 : random() % units.size();
        if (turn / 2 % 3 != 0)
            for (auto &[number, coin] : units)
                coin = (odd_one_out-- == 0) == (turn / 2 % 3 == 1) ? 0 : ~UINT64_C(0) >> 1;
        return build([&](size_t offset, size_t values) {
            if (offset == kIsSize)
                return static_cast<size_t>(random() % (values + 1));
            const uint64_t coin = units[offset / unit];
            // Of a word, any of its values; of a page, the last ones or none.
            if (unit == kWord && turn / 2 % 3 == 0)
                return static_cast<size_t>(coin % (values + 1));
            return coin % 2 == 0 ? size_t{0} : values;
        });
    }

    uint64_t dirty_words() const
    {
        return newer.size();
    }

private:
    static constexpr size_t kIsSize = SIZE_MAX;

    struct Sync {
        Bytes bytes;
        uint64_t stored;
    };

    // pick(offset, values) says how many of a word's later values the disk has taken.
    template <typename Pick> Bytes build(Pick pick) const
    {
        Bytes image = durable;
        const size_t size = pick(kIsSize, sizes.size());
        if (size > 0)
            image.resize(sizes[size - 1]);
        for (const auto &[offset, values] : newer) {
            const size_t taken = pick(offset, values.size());
            if (taken > 0 && offset + kWord <= image.size())
                memcpy(image.data() + offset, &values[taken - 1], kWord);
        }
        return image;
    }
    // What others stored while one was syncing may be on the disk, or not.
    void end_sync(const Sync &sync)
    {
        durable = sync.bytes;
        if (sync.stored == stored) {
            newer.clear();
        } else {
            for (auto at = newer.begin(); at != newer.end();) {
                const uint64_t was =
                    at->first + kWord <= durable.size() ? word_at(durable, at->first) : UINT64_C(0);
                auto &values = at->second;
                size_t covered = values.size();
                while (covered > 0 && values[covered - 1] != was)
                    covered--;
                values.erase(values.begin(), values.begin() + static_cast<ptrdiff_t>(covered));
                at = values.empty() ? newer.erase(at) : std::next(at);
            }
        }
        while (!sizes.empty() && sizes.front() <= durable.size())
            sizes.erase(sizes.begin());
    }

    Bytes durable; // as of the last completed sync
    Bytes now;     // as processes see it
    uint64_t stored = 0;
    std::map<size_t, std::vector<uint64_t>> newer; // values stored since, oldest first
    std::vector<size_t> sizes;                     // and the sizes that the file had
    std::map<int, Sync> syncing;
};

#endif
