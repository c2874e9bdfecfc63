// A writer is stopped after every instruction: at each, a copy of its file must recover.
#include <cstdlib>

#include "tests/robustness/crash/next_writer.h"
#include "tests/robustness/crash/promise.h"
#include "tests/robustness/crash/trace.h"

namespace {

// Machine instructions after which the file is checked; MMF_BOUNDARIES asks for more.
uint64_t wanted_boundaries()
{
    const char *asked = getenv("MMF_BOUNDARIES");
    return asked != nullptr ? strtoull(asked, nullptr, 10) : 100000;
}

// Less work in a round, and fewer recoveries that are stopped, where less is asked for.
bool is_short()
{
    return wanted_boundaries() < 100000;
}

struct Counts {
    uint64_t boundaries = 0; // instructions of a process that has the file mapped for writing
    uint64_t images = 0;     // after those that changed the file, or ended a step
    uint64_t old = 0;        // of them, with the state from before the step
    uint64_t half = 0;       // of them, with a record that is half replaced
};

bool is_half_replaced(const Bytes &image, uint64_t count)
{
    for (uint64_t row = 0; row < count; row++)
        if ((image[65536 + row * kRecordSize] & 1) != 0)
            return true;
    return false;
}

// Opening a file for writing is stopped after every instruction, too, and whatever it left must
// recover the same.
void recover_recovery(const Bytes &image, const Records &expected, bool shared, Counts *counts,
                      const Records *committed = nullptr)
{
    Tracer tracer(image);
    const int next = tracer.add({}, shared);
    size_t seen = 0;
    while (tracer.step(next)) {
        if (tracer.trace.events.size() == seen)
            continue;
        seen = tracer.trace.events.size();
        counts->images++;
        counts->half += is_half_replaced(tracer.bytes(), expected.size()) ? 1 : 0;
        int which = 0;
        ASSERT_EQ(check_recovery(tracer.bytes(), expected, expected, &which, !shared, committed),
                  "");
    }
    counts->boundaries += tracer.boundaries;
}

std::string kind_of_writer(const testing::TestParamInfo<bool> &shared)
{
    return shared.param ? "OneOfSeveral" : "Alone";
}

class Instruction : public testing::TestWithParam<bool> {
protected:
    void SetUp() override
    {
        Tracer tracer(new_store(4));
        if (tracer.add({}) < 0)
            GTEST_SKIP() << "this system does not let a process trace its child";
    }
    void TearDown() override
    {
        if (!IsSkipped())
            printf("%llu boundaries, %llu images recovered, %llu of them half replaced; in "
                   "recovery %llu boundaries, %llu images, %llu of them half replaced\n",
                   static_cast<unsigned long long>(work.boundaries),
                   static_cast<unsigned long long>(work.images),
                   static_cast<unsigned long long>(work.half),
                   static_cast<unsigned long long>(recovery.boundaries),
                   static_cast<unsigned long long>(recovery.images),
                   static_cast<unsigned long long>(recovery.half));
    }
    // One writer from open to close; the next writers of its images are in turn alone and among
    // several.
    void live(const std::vector<Step> &steps)
    {
        Tracer tracer(new_store(4));
        const int writer = tracer.add(steps, GetParam());
        Records before;
        Records after;
        size_t seen = 0;
        bool done = false; // the step under way, as an image before this had its effect
        while (tracer.step(writer)) {
            const bool changed = tracer.trace.events.size() != seen;
            for (; seen < tracer.trace.events.size(); seen++) {
                const Event &event = tracer.trace.events[seen];
                if (event.kind == Event::Kind::kStepBegin) {
                    before = after;
                    model_step(after, event.step);
                    done = false;
                }
                if (event.kind == Event::Kind::kStepEnd) {
                    before = after;
                    done = false;
                }
            }
            if (!changed)
                continue;
            const Bytes &image = tracer.bytes();
            int which = 0;
            ASSERT_EQ(check_recovery(image, before, after, &which, work.images++ % 2 == 0), "")
                << "boundary " << tracer.boundaries << ", step " << tracer.steps_of(writer);
            ASSERT_FALSE(done && which == 0) << "what a reader has seen is gone";
            if (is_half_replaced(image, before.size()) &&
                work.half++ % (is_short() ? 101 : 23) == 0)
                recover_recovery(image, before, work.half % 2 == 0, &recovery);
            if (HasFatalFailure())
                return;
            done = which == 1;
            work.old += which == 0 ? 1 : 0;
        }
        ASSERT_EQ(tracer.count(Event::Kind::kStepEnd, writer), steps.size());
        ASSERT_GE(tracer.count(Event::Kind::kSize, writer), 1u) << "the file never grew";
        work.boundaries += tracer.boundaries;
    }
    Counts work;
    Counts recovery;
};

} // namespace

TEST_P(Instruction, EveryBoundaryRecovers)
{
    const uint64_t wanted = wanted_boundaries();
    for (uint64_t round = 0; work.boundaries < wanted; round++) {
        live(make_steps((is_short() && kRecordSize > 150 ? 15 : 45) + round % 5, round * 7));
        if (HasFatalFailure())
            return;
    }
    // The test would be empty if nothing was ever caught in the middle.
    EXPECT_GT(work.images, work.boundaries / 1000);
    EXPECT_GT(work.half, 100u);
    EXPECT_GT(work.old, 100u);
    EXPECT_GT(recovery.half, 10u);
}

// After a restart recovery has more to settle: the count, the slots, and whose boot it is.
TEST_P(Instruction, RecoveryAfterARestart)
{
    Records promised;
    Tracer tracer(new_store(4));
    std::vector<Step> steps;
    for (uint64_t row = 0; row < 5; row++)
        steps.push_back({Kind::kAppend, row, row});
    for (const Step &step : steps)
        model_step(promised, step);
    steps.push_back({Kind::kSync, 0, 0});
    steps.push_back({Kind::kAppend, 5, 5});
    // With a checksum it proves itself; the next one, half replaced, does not.
    const Records committed = promised;
    if (kChecksummed)
        model_step(promised, steps.back());
    steps.push_back({Kind::kAppend, 6, 6});
    steps.push_back({Kind::kSet, 6, 7});
    const int writer = tracer.add(steps, GetParam());
    // In the middle of the last step, so that the undo slot has an image of a row that is to go.
    tracer.run_until(writer, [&] {
        return tracer.steps_of(writer) == steps.size() && is_half_replaced(tracer.bytes(), 7);
    });
    tracer.kill_writer(writer);
    Bytes image = tracer.bytes();
    start_again(image);
    for (const bool shared : {false, true})
        recover_recovery(image, promised, shared, &recovery, &committed);
    // Twice: the slot forgotten, the count, the process, the epoch, the two words of the boot.
    EXPECT_GE(recovery.images, 2u * 6);
}

// A record that a power cut left torn is replaced: a writer killed at any instruction leaves it
// torn or wholly new for every reader, and whatever the next writer does with a part of it.
TEST_P(Instruction, ATornRecordIsTornUntilItIsWhollyReplaced)
{
    std::vector<Step> steps;
    for (uint64_t row = 0; row < 3; row++)
        steps.push_back({Kind::kAppend, row, row});
    steps.push_back({Kind::kSync, 0, 0});
    Tracer first(new_store(4));
    first.run(first.add(steps, GetParam()));
    Bytes image = first.bytes();
    image[65536 + kRecordSize] = 3;
    for (size_t at = 0; at < 16; at++) // half of a record that never was
        image[65536 + kRecordSize + kRecordSize / 2 + at] ^= 0xff;
    start_again(image);
    const tick_record mended = marked_tick(7);
    Tracer tracer(image);
    const int writer = tracer.add({{Kind::kSet, 1, 7}}, GetParam());
    uint64_t torn = 0;
    uint64_t whole = 0;
    size_t seen = 0;
    while (tracer.step(writer)) {
        if (tracer.trace.events.size() == seen)
            continue;
        seen = tracer.trace.events.size();
        const MemoryFile copy(tracer.bytes());
        mmf_error error;
        tick_store *reader = open_image(copy, MMF_READ_ONLY, &error);
        ASSERT_NE(reader, nullptr) << error.message;
        tick_record found = {};
        const mmf_status status = tick_store_get(reader, 1, &found);
        ASSERT_TRUE(status == MMF_ERR_CORRUPT || (status == MMF_OK && is_same(found, mended)))
            << "boundary " << tracer.boundaries << ": " << mmf_status_name(status);
        (status == MMF_OK ? whole : torn)++;
        tick_store *next = open_image(copy, MMF_READ_WRITE, &error, torn % 2 == 0);
        ASSERT_NE(next, nullptr) << error.message;
        ASSERT_EQ(tick_store_get(next, 1, &found), status);
        ASSERT_EQ(tick_store_set_symbol(next, 1, mended.symbol, mended.symbol_length), status);
        ASSERT_EQ(tick_store_get(reader, 1, &found), status);
        ASSERT_EQ(tick_store_set(next, 1, &mended), MMF_OK);
        ASSERT_EQ(tick_store_get(reader, 1, &found), MMF_OK);
        EXPECT_TRUE(is_same(found, mended));
        EXPECT_EQ(unsound(reader, 0, 3), "");
        EXPECT_EQ(tick_store_close(next), MMF_OK);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
    }
    // The announcement, the mark, and the record by moves of any width; then its end, and a close.
    EXPECT_GE(torn, 8u);
    EXPECT_GE(whole, 1u);
}

// Records that a recovery dropped, and that an attached reader has seen, are appended over:
// whatever the writer is killed at, that reader finds the old record or the new one, before the
// next writer has come and after.
TEST_P(Instruction, AnAppendOverASeenRecordLeavesOneOrTheOther)
{
    if (kAdapted)
        GTEST_SKIP() << "the rows that a reader knows are those of another handle";
    std::vector<Step> steps;
    for (uint64_t row = 0; row < 3; row++)
        steps.push_back({Kind::kAppend, row, row});
    steps.push_back({Kind::kSync, 0, 0});
    for (uint64_t row = 3; row < 5; row++)
        steps.push_back({Kind::kAppend, row, row});
    Tracer first(new_store(5));
    const int killed = first.add(steps, GetParam());
    first.run_until(killed,
                    [&] { return first.count(Event::Kind::kStepEnd, killed) == steps.size(); });
    first.kill_writer(killed);
    Bytes image = first.bytes();
    if (kChecksummed) // or they would prove themselves
        for (uint64_t row = 3; row < 5; row++)
            image[65536 + row * kRecordSize + kChecksumOffset] ^= 1;
    start_again(image);

    Tracer tracer(image);
    const int writer = tracer.add({{Kind::kAppend, 3, 13}, {Kind::kAppend, 4, 14}}, GetParam());
    uint64_t old = 0;
    uint64_t half = 0;
    size_t seen = 0;
    while (tracer.step(writer)) {
        if (tracer.trace.events.size() == seen)
            continue;
        seen = tracer.trace.events.size();
        half += is_half_replaced(tracer.bytes(), 5) ? 1 : 0;
        const MemoryFile copy(tracer.bytes());
        mmf_error error;
        tick_store *reader = open_image(copy, MMF_READ_ONLY, &error);
        ASSERT_NE(reader, nullptr) << error.message;
        reader->base.row_bound = 5; // as one that attached in the boot before has it
        tick_store *next = nullptr;
        for (int round = 0; round < 2; round++) {
            for (uint64_t row = 3; row < 5; row++) {
                tick_record found = {};
                ASSERT_EQ(tick_store_get(reader, row, &found), MMF_OK)
                    << "boundary " << tracer.boundaries << ", row " << row;
                ASSERT_TRUE(is_same(found, marked_tick(row)) ||
                            is_same(found, marked_tick(10 + row)))
                    << "boundary " << tracer.boundaries << ", row " << row;
                old += is_same(found, marked_tick(row)) ? 1 : 0;
            }
            if (next == nullptr)
                next = open_image(copy, MMF_READ_WRITE, &error, seen % 2 == 0);
            ASSERT_NE(next, nullptr) << error.message;
        }
        const uint64_t count = tick_store_count(next);
        ASSERT_GE(count, 3u);
        for (uint64_t row = 3; row < count; row++) {
            tick_record found = {};
            ASSERT_EQ(tick_store_get(next, row, &found), MMF_OK);
            ASSERT_TRUE(is_same(found, marked_tick(10 + row))) << "what was dropped is back";
        }
        const tick_record last = marked_tick(7);
        ASSERT_EQ(tick_store_append(next, &last, nullptr), MMF_OK);
        EXPECT_EQ(unsound(next, 0, count + 1), "");
        EXPECT_EQ(tick_store_close(next), MMF_OK);
        EXPECT_EQ(tick_store_close(reader), MMF_OK);
    }
    EXPECT_GT(half, 10u);
    EXPECT_GT(old, half);
}

INSTANTIATE_TEST_SUITE_P(Writers, Instruction, testing::Values(false, true), kind_of_writer);
