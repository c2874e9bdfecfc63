// What a power cut may leave: any part of what was stored since the last completed sync.
//
// A writer is traced store by store and sync by sync. At every moment of the trace the disk may
// hold, for each 8-byte word (or each page) that was stored since, the value of the last completed
// sync or any later one; such images are built and recovered in another boot. Then faults are
// seeded into the order of the trace, and each must be found.
#include <sys/syscall.h>

#include <map>
#include <random>

#include "tests/crash/image.h"
#include "tests/crash/stepper.h"
#include "tests/crash/workload.h"

namespace {

constexpr size_t kWord = 8;
constexpr size_t kPage = 4096;
constexpr size_t kCommits = 8192;
constexpr size_t kLive = 16384;
constexpr size_t kBootId = kLive + 208;

struct Event {
    enum class Kind {
        kStore,     // word at offset becomes value
        kSyncBegin, // the sync covers what was stored before
        kSyncEnd,
        kStepEnd // a step of the work returned; value says which
    } kind;
    size_t offset;
    uint64_t value;
};

uint64_t word_at(const Bytes &bytes, size_t offset)
{
    uint64_t word = 0;
    memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
}

struct Trace {
    Bytes begin; // the file, wholly on the disk
    std::vector<Event> events;
    std::vector<Step> steps;
};

// Runs the steps one instruction at a time, in a file with room for all of them.
bool trace(const std::vector<Step> &steps, Trace *out)
{
    out->begin = new_store(100);
    out->steps = steps;
    const MemoryFile file(out->begin);
    const size_t size = out->begin.size();
    Journal *journal = new_journal();
    Stepper stepper;
    if (!stepper.start([&] {
            mmf_error error;
            tick_store *store = open_image(file, MMF_READ_WRITE, &error);
            if (store == nullptr)
                _exit(1);
            for (const Step &step : steps) {
                journal->started = journal->started + 1;
                if (do_step(store, step) != MMF_OK)
                    _exit(2);
                journal->finished = journal->finished + 1;
            }
            _exit(0);
        }))
        return false;
    auto *memory =
        static_cast<unsigned char *>(mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0));
    Bytes last = out->begin;
    uint64_t finished = 0;
    for (;;) {
        const long call = stepper.next_call();
        const bool sync = call == SYS_fdatasync || call == SYS_fsync;
        if (sync)
            out->events.push_back({Event::Kind::kSyncBegin, 0, 0});
        if (!stepper.step())
            break;
        for (size_t page = 0; page < size; page += kPage) {
            if (memcmp(memory + page, last.data() + page, kPage) == 0)
                continue;
            for (size_t at = page; at < page + kPage; at += kWord) {
                if (memcmp(memory + at, last.data() + at, kWord) == 0)
                    continue;
                memcpy(last.data() + at, memory + at, kWord);
                out->events.push_back({Event::Kind::kStore, at, word_at(last, at)});
            }
        }
        if (sync)
            out->events.push_back({Event::Kind::kSyncEnd, 0, 0});
        if (journal->finished != finished)
            out->events.push_back({Event::Kind::kStepEnd, 0, finished = journal->finished});
    }
    munmap(memory, size);
    EXPECT_TRUE(stepper.ended_well);
    munmap(journal, sizeof *journal);
    return true;
}

// What the disk may hold at one moment of a trace.
struct Disk {
    Bytes durable;                                 // as of the last completed sync
    std::map<size_t, std::vector<uint64_t>> newer; // values stored since, oldest first
    uint64_t promised = 0;                         // records that a returned sync vouches for
    std::vector<bool> exact = {};                  // rows never replaced since they were promised
};

// Plays the trace up to each store and calls look(disk, steps done).
template <typename Look> void play(const Trace &of, Look look)
{
    Disk disk;
    disk.durable = of.begin;
    Bytes now = of.begin;
    Bytes at_sync;
    uint64_t steps_done = 0;
    Records model;
    for (const Event &event : of.events) {
        switch (event.kind) {
        case Event::Kind::kStore:
            memcpy(now.data() + event.offset, &event.value, kWord);
            disk.newer[event.offset].push_back(event.value);
            look(disk, steps_done);
            break;
        case Event::Kind::kSyncBegin:
            at_sync = now;
            break;
        case Event::Kind::kSyncEnd:
            // One thread writes, so nothing was stored during the sync.
            disk.durable = at_sync;
            disk.newer.clear();
            look(disk, steps_done);
            break;
        case Event::Kind::kStepEnd:
            while (steps_done < event.value) {
                const Step &step = of.steps[steps_done++];
                if (step.kind == Kind::kSync) {
                    disk.promised = model.size();
                    disk.exact.assign(model.size(), true);
                } else if (step.kind != Kind::kAppend && step.row < disk.exact.size()) {
                    disk.exact[step.row] = false;
                }
                model_step(model, step);
            }
            break;
        }
    }
}

// One image, recovered in another boot; "" when all that was promised is there.
std::string judge(Bytes image, const Disk &disk, const Trace &of, uint64_t steps_done)
{
    image[kBootId] ^= 1; // whatever boot its live page is of, the machine is in another
    const MemoryFile file(image);
    mmf_error error;
    tick_store *store = open_image(file, MMF_READ_WRITE, &error);
    if (store == nullptr)
        return std::string("cannot be opened: ") + error.message;
    std::string wrong;
    const uint64_t count = tick_store_count(store);
    // The states that the work went through, up to the step that may be under way.
    std::vector<Records> history = {Records()};
    for (uint64_t i = 0; i <= steps_done && i < of.steps.size(); i++) {
        history.push_back(history.back());
        model_step(history.back(), of.steps[i]);
    }
    if (count < disk.promised)
        wrong = "a sync promised " + std::to_string(disk.promised) + " records, there are " +
                std::to_string(count);
    if (count > history.back().size())
        wrong = "more records than were ever appended";
    for (uint64_t row = 0; wrong.empty() && row < count; row++) {
        tick_record tick;
        const mmf_status status = tick_store_get(store, row, &tick);
        const bool exact = row < disk.exact.size() && disk.exact[row];
        // The step under way may be replacing the row.
        const bool busy = steps_done < of.steps.size() && of.steps[steps_done].row == row &&
                          of.steps[steps_done].kind != Kind::kAppend &&
                          of.steps[steps_done].kind != Kind::kSync;
        if (exact && !busy) {
            if (status != MMF_OK)
                wrong = std::string(mmf_status_name(status));
            else if (!is_same(tick, history.back()[row]))
                wrong = "it is not what was promised";
        } else if (status != MMF_OK && status != MMF_ERR_CORRUPT) {
            wrong = std::string("unexpected ") + mmf_status_name(status);
        } else if (row >= disk.exact.size() && status == MMF_OK) {
            // Counted, so a commit covers it: it was appended before that, and may have been
            // replaced since, as the sync that would say so did not return.
            bool known = false;
            for (const Records &state : history)
                known |= row < state.size() && is_same(tick, state[row]);
            bool replaced = busy;
            for (uint64_t i = 0; i < steps_done; i++)
                replaced |= of.steps[i].kind != Kind::kAppend && of.steps[i].kind != Kind::kSync &&
                            of.steps[i].row == row;
            if (!known && !replaced)
                wrong = "it never was so";
        }
        if (!wrong.empty())
            wrong = "row " + std::to_string(row) + " of " + std::to_string(count) + ": " + wrong;
    }
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    return wrong;
}

struct Verdict {
    uint64_t images = 0;
    uint64_t wrong = 0;
    std::string first;
};

// Every moment of the trace; of few words every choice, of many a sample, and of whole pages.
Verdict sweep(const Trace &of, uint64_t samples)
{
    Verdict verdict;
    std::mt19937_64 random(20261124);
    play(of, [&](const Disk &disk, uint64_t steps_done) {
        uint64_t choices = 1;
        for (const auto &[offset, values] : disk.newer)
            choices = choices > samples ? choices : choices * (values.size() + 1);
        const bool all = choices <= samples;
        const uint64_t rounds = all ? choices : samples;
        for (uint64_t round = 0; round < rounds; round++) {
            Bytes image = disk.durable;
            uint64_t code = round;
            std::map<size_t, bool> pages; // half of the samples are of whole pages
            for (const auto &[offset, values] : disk.newer) {
                uint64_t pick;
                if (all) {
                    pick = code % (values.size() + 1);
                    code /= values.size() + 1;
                } else if (round % 2 == 0) {
                    pick = random() % (values.size() + 1);
                } else {
                    if (pages.find(offset / kPage) == pages.end())
                        pages[offset / kPage] = random() % 2 == 0;
                    pick = pages[offset / kPage] ? values.size() : 0;
                }
                if (pick > 0)
                    memcpy(image.data() + offset, &values[pick - 1], kWord);
            }
            verdict.images++;
            const std::string wrong = judge(image, disk, of, steps_done);
            if (!wrong.empty() && verdict.wrong++ == 0)
                verdict.first = wrong + " (after " + std::to_string(steps_done) + " steps)";
        }
    });
    return verdict;
}

std::vector<Step> work()
{
    std::vector<Step> steps;
    for (uint64_t i = 0; i < 4; i++)
        steps.push_back({Kind::kAppend, i, 100 + i});
    steps.push_back({Kind::kSync, 0, 0});
    steps.push_back({Kind::kSet, 1, 201});
    steps.push_back({Kind::kSetPrice, 2, 202});
    steps.push_back({Kind::kAppend, 4, 104});
    steps.push_back({Kind::kSync, 0, 0});
    steps.push_back({Kind::kAppend, 5, 105});
    steps.push_back({Kind::kSetSymbol, 4, 204});
    steps.push_back({Kind::kSync, 0, 0});
    steps.push_back({Kind::kAppend, 6, 106});
    return steps;
}

bool is_commit(const Event &event)
{
    return event.kind == Event::Kind::kStore && event.offset >= kCommits && event.offset < kLive;
}

// The commit of each sync is stored before the records are synced.
Trace commit_first(Trace of)
{
    std::vector<Event> changed;
    for (size_t i = 0; i < of.events.size(); i++) {
        if (of.events[i].kind == Event::Kind::kSyncBegin)
            for (size_t j = i; j < of.events.size(); j++) {
                if (is_commit(of.events[j])) {
                    changed.push_back(of.events[j]);
                    of.events[j].offset = 0; // taken; what is left stores what is there
                    of.events[j].value = word_at(of.begin, 0);
                } else if (j > i && of.events[j].kind == Event::Kind::kSyncBegin) {
                    break;
                }
            }
        changed.push_back(of.events[i]);
    }
    of.events = changed;
    return of;
}

// Every sync of that turn (0: of the records, 1: of the commit) is left out.
Trace without_sync(Trace of, uint64_t turn)
{
    std::vector<Event> changed;
    uint64_t syncs = 0;
    for (const Event &event : of.events) {
        const bool begin = event.kind == Event::Kind::kSyncBegin;
        const bool end = event.kind == Event::Kind::kSyncEnd;
        syncs += begin ? 1 : 0;
        if ((begin || end) && (syncs - 1) % 2 == turn)
            continue;
        changed.push_back(event);
    }
    of.events = changed;
    return of;
}

class Power : public testing::Test {
protected:
    void SetUp() override
    {
        if (!trace(work(), &traced))
            GTEST_SKIP() << "this system does not let a process trace its child";
#if !defined(__x86_64__)
        GTEST_SKIP() << "system calls are told from other instructions on x86-64 only";
#endif
    }
    Trace traced;
};

} // namespace

TEST_F(Power, WhatWasPromisedIsThere)
{
    uint64_t syncs = 0;
    uint64_t stores = 0;
    for (const Event &event : traced.events) {
        syncs += event.kind == Event::Kind::kSyncEnd ? 1 : 0;
        stores += event.kind == Event::Kind::kStore ? 1 : 0;
    }
    EXPECT_EQ(syncs, 6u); // two for each of three
    const char *asked = getenv("MMF_SAMPLES");
    const Verdict verdict = sweep(traced, asked != nullptr ? strtoull(asked, nullptr, 10) : 64);
    EXPECT_EQ(verdict.wrong, 0u) << verdict.first;
    EXPECT_GT(verdict.images, stores);
    printf("%llu stores, %llu syncs, %llu images of a power cut, %llu wrong\n",
           static_cast<unsigned long long>(stores), static_cast<unsigned long long>(syncs),
           static_cast<unsigned long long>(verdict.images),
           static_cast<unsigned long long>(verdict.wrong));
}

TEST_F(Power, ACommitBeforeItsRecordsIsFound)
{
    const Verdict verdict = sweep(commit_first(traced), 64);
    EXPECT_GT(verdict.wrong, 0u);
    printf("%llu of %llu images wrong: %s\n", static_cast<unsigned long long>(verdict.wrong),
           static_cast<unsigned long long>(verdict.images), verdict.first.c_str());
}

TEST_F(Power, RecordsThatAreNotSyncedAreFound)
{
    const Verdict verdict = sweep(without_sync(traced, 0), 64);
    EXPECT_GT(verdict.wrong, 0u);
    printf("%llu of %llu images wrong: %s\n", static_cast<unsigned long long>(verdict.wrong),
           static_cast<unsigned long long>(verdict.images), verdict.first.c_str());
}

TEST_F(Power, ACommitThatIsNotSyncedIsFound)
{
    const Verdict verdict = sweep(without_sync(traced, 1), 64);
    EXPECT_GT(verdict.wrong, 0u);
    printf("%llu of %llu images wrong: %s\n", static_cast<unsigned long long>(verdict.wrong),
           static_cast<unsigned long long>(verdict.images), verdict.first.c_str());
}
