// Faults that are seeded into the order of a writer's stores and syncs: each must be found, and for
// what it does. Only the trace is changed, never the library.
#include "tests/robustness/crash/next_writer.h"
#include "tests/robustness/crash/sweep.h"

namespace {

using Events = std::vector<Event>;

constexpr size_t kCommits = 2 * kPage;
constexpr size_t kCommitsEnd = 4 * kPage;
constexpr size_t kLiveCount = 4 * kPage;
constexpr size_t kUndo = 5 * kPage;
constexpr size_t kUndoEnd = kUndo + kPage;
constexpr size_t kRecords = 65536;

std::vector<Step> work()
{
    return {
        {Kind::kAppend, 0, 100},    {Kind::kAppend, 1, 101}, {Kind::kSync, 0, 0},
        {Kind::kSet, 1, 201},       {Kind::kAppend, 2, 102}, {Kind::kAppend, 3, 103},
        {Kind::kSetSymbol, 0, 204}, {Kind::kSync, 0, 0},     {Kind::kAppend, 4, 104},
        {Kind::kSync, 0, 0},
    };
}

bool is_store(const Event &event, size_t begin, size_t end)
{
    return event.kind == Event::Kind::kStore && event.offset >= begin && event.offset < end;
}

bool is_confirmation(const Event &event)
{
    return is_store(event, kCommits, kCommitsEnd) && event.offset % kPage == kPage - kWord;
}

bool is_commit(const Event &event)
{
    return is_store(event, kCommits, kCommitsEnd) && !is_confirmation(event);
}

bool is_undo(const Event &event)
{
    return is_store(event, kUndo, kUndoEnd);
}

bool is_payload(const Event &event)
{
    return is_store(event, kRecords, SIZE_MAX) && (event.offset - kRecords) % kRecordSize != 0;
}

bool is_sequence(const Event &event, bool odd)
{
    return is_store(event, kRecords, SIZE_MAX) && (event.offset - kRecords) % kRecordSize == 0 &&
           (event.value & 1) == (odd ? 1 : 0);
}

// Applies a fault to the events of each step of a kind; how many it changed goes to *changed.
template <typename Fault> Events in_each(const Events &events, Kind kind, Fault fault, int *changed)
{
    Events all;
    for (size_t i = 0; i < events.size(); i++) {
        all.push_back(events[i]);
        if (events[i].kind != Event::Kind::kStepBegin || events[i].step.kind != kind)
            continue;
        Events step;
        while (events[i + 1].kind != Event::Kind::kStepEnd)
            step.push_back(events[++i]);
        const Events before = step;
        fault(step);
        for (size_t j = 0; j < step.size(); j++)
            *changed +=
                step[j].offset != before[j].offset || step[j].kind != before[j].kind ? 1 : 0;
        *changed += step.size() != before.size() ? 1 : 0;
        all.insert(all.end(), step.begin(), step.end());
    }
    return all;
}

// Those that match go to the start of the step, or to its end; their order stays.
template <typename Which> void first(Events &step, Which which)
{
    std::stable_partition(step.begin(), step.end(), which);
}

template <typename Which> void last(Events &step, Which which)
{
    std::stable_partition(step.begin(), step.end(), [&](const Event &e) { return !which(e); });
}

// Leaves out the sync of that turn: 0 of the records, 1 of their commit.
void without_sync(Events &step, int turn)
{
    Events kept;
    int syncs = 0;
    for (const Event &event : step) {
        syncs += event.kind == Event::Kind::kSyncBegin ? 1 : 0;
        const bool sync =
            event.kind == Event::Kind::kSyncBegin || event.kind == Event::Kind::kSyncEnd;
        if (!sync || syncs - 1 != turn)
            kept.push_back(event);
    }
    step = kept;
}

// Every commit goes to the one slot that the first one had.
void one_slot(Events &step)
{
    for (Event &event : step)
        if (is_commit(event))
            event.offset = kCommits + event.offset % kPage;
}

// What a killed process leaves after each of the stores: in the same boot, as memory has it.
Verdict kill_everywhere(const Trace &of)
{
    Verdict verdict;
    Bytes image = of.begin;
    Records before;
    Records after;
    for (const Event &event : of.events) {
        if (event.kind == Event::Kind::kStepBegin)
            model_step(after, event.step);
        if (event.kind == Event::Kind::kStepEnd)
            before = after;
        if (event.kind != Event::Kind::kStore && event.kind != Event::Kind::kStepEnd)
            continue;
        if (event.kind == Event::Kind::kStore)
            memcpy(image.data() + event.offset, &event.value, kWord);
        int which = 0;
        verdict.moments++;
        verdict.images++;
        verdict.recovered++;
        const std::string wrong = check_recovery(image, before, after, &which);
        if (!wrong.empty()) {
            verdict.wrong++;
            verdict.reasons[wrong]++;
        }
    }
    return verdict;
}

class Order : public testing::Test {
protected:
    void SetUp() override
    {
#if !defined(__x86_64__)
        GTEST_SKIP() << "system calls are told from other instructions on x86-64 only";
#endif
        Tracer tracer(new_store(30));
        const int writer = tracer.add(work());
        if (writer < 0)
            GTEST_SKIP() << "this system does not let a process trace its child";
        tracer.run(writer);
        ASSERT_EQ(tracer.count(Event::Kind::kStepEnd, writer), work().size());
        traced = tracer.trace;
    }
    // The fault is found, and among the reasons is one with those words.
    template <typename Judge, typename Fault>
    void expect_found(Kind kind, Fault fault, Judge judge, const char *words)
    {
        int changed = 0;
        Trace faulty = traced;
        faulty.events = in_each(traced.events, kind, fault, &changed);
        ASSERT_GT(changed, 0) << "the fault changes nothing";
        const Verdict verdict = judge(faulty);
        printf("%s\n", verdict.text().c_str());
        EXPECT_GT(verdict.wrong, 0u);
        bool found = false;
        for (const auto &[reason, times] : verdict.reasons)
            found |= reason.find(words) != std::string::npos;
        EXPECT_TRUE(found) << "no image was wrong for: " << words;
    }
    static Verdict cut_power(const Trace &of)
    {
        return sweep(of, {}, 0, images_per_moment(32));
    }
    Trace traced;
};

} // namespace

TEST_F(Order, TheTraceAsItIsIsGood)
{
    const Verdict cuts = cut_power(traced);
    EXPECT_EQ(cuts.wrong, 0u) << cuts.text();
    const Verdict kills = kill_everywhere(traced);
    EXPECT_EQ(kills.wrong, 0u) << kills.text();
    EXPECT_GT(kills.images, 100u);
}

// ---- Power cuts ----

TEST_F(Order, ACommitBeforeTheRecordsAreSynced)
{
    expect_found(
        Kind::kSync, [](Events &step) { first(step, is_commit); }, cut_power,
        "it is not what was promised");
}

TEST_F(Order, RecordsThatNoSyncCovers)
{
    expect_found(
        Kind::kSync, [](Events &step) { without_sync(step, 0); }, cut_power,
        "it is not what was promised");
}

TEST_F(Order, ACommitThatNoSyncCovers)
{
    expect_found(
        Kind::kSync, [](Events &step) { without_sync(step, 1); }, cut_power, "were promised");
}

// Of a commit with a tail, too: then nothing looks whether the tail is there.
TEST_F(Order, AConfirmationBeforeTheSync)
{
    expect_found(
        Kind::kSync, [](Events &step) { first(step, is_confirmation); }, cut_power,
        "it is not what was promised");
}

// The tail does not have its checksum any more, and the disk may lack the confirmation.
TEST_F(Order, ARecordOfATailReplacedWithoutASync)
{
    expect_found(
        Kind::kSet, [](Events &step) { without_sync(step, 0); }, cut_power, "were promised");
}

TEST_F(Order, NoSyncAtAll)
{
    expect_found(
        Kind::kSync,
        [](Events &step) {
            without_sync(step, 1);
            without_sync(step, 0);
        },
        cut_power, "were promised");
}

TEST_F(Order, OneSlotForAllCommits)
{
    expect_found(Kind::kSync, one_slot, cut_power, "were promised");
}

// ---- Kills ----

TEST_F(Order, ACountBeforeItsRecord)
{
    expect_found(
        Kind::kAppend,
        [](Events &step) {
            first(step, [](const Event &e) { return is_store(e, kLiveCount, kLiveCount + kWord); });
        },
        kill_everywhere, "the last of them was never written");
}

TEST_F(Order, TheUndoSlotAfterTheOddSequence)
{
    expect_found(
        Kind::kSet, [](Events &step) { first(step, [](const Event &e) { return !is_undo(e); }); },
        kill_everywhere, "neither old");
}

TEST_F(Order, ThePayloadBeforeTheOddSequence)
{
    expect_found(
        Kind::kSet, [](Events &step) { first(step, is_payload); }, kill_everywhere, "neither old");
}

TEST_F(Order, TheEvenSequenceBeforeThePayload)
{
    expect_found(
        Kind::kSetSymbol, [](Events &step) { last(step, is_payload); }, kill_everywhere,
        "neither old");
}

TEST_F(Order, NoOddSequence)
{
    expect_found(
        Kind::kSetSymbol,
        [](Events &step) {
            step.erase(std::remove_if(step.begin(), step.end(),
                                      [](const Event &e) { return is_sequence(e, true); }),
                       step.end());
        },
        kill_everywhere, "neither old");
}
