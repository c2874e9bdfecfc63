// The explorer against programs whose verdicts are known, and against itself.
//
// Allowed and forbidden outcomes are those of the C11 literature (RC11 for what the standard leaves
// open); the numbers of executions are counted by hand, next to each.
#include "tests/robustness/model/explore.h"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using Outcome = std::vector<uint64_t>;

// The shared locations of all programs here; never written by a run.
struct Memory {
    uint64_t x, y, z;
};
Memory memory = {0, 0, 0};

uint64_t load(uint64_t *from, model_order order = MODEL_RELAXED)
{
    return model_load(from, order);
}

void store(uint64_t *to, uint64_t value, model_order order = MODEL_RELAXED)
{
    model_store(to, value, order);
}

struct Found {
    std::set<Outcome> outcomes;
    uint64_t executions = 0;
    uint64_t final_x = 0, final_y = 0;
};

using Body = void (*)(const void *);

// Registers 0 to 5 as the threads observed them, then the last values of x and y.
void at_end(const uint64_t *observed, void *context)
{
    Outcome outcome(observed, observed + 6);
    outcome.push_back(model_final(&memory.x));
    outcome.push_back(model_final(&memory.y));
    static_cast<Found *>(context)->outcomes.insert(outcome);
}

Found explore(const std::vector<Body> &runs, bool every_interleaving)
{
    std::vector<model_thread> threads;
    for (Body run : runs)
        threads.push_back(
            {"thread", run, nullptr, MODEL_NO_THREAD, MODEL_NEVER, false, nullptr, 0, nullptr});
    Found found;
    model_program program = {};
    program.threads = threads.data();
    program.thread_count = threads.size();
    program.end = at_end;
    program.context = &found;
    program.every_interleaving = every_interleaving;
    static model_result result;
    model_explore(&program, &result);
    EXPECT_EQ(result.verdict, MODEL_RIGHT) << result.what;
    found.executions = result.executions;
    return found;
}

// Both ways to explore must find the same outcomes; the reduced one meets each graph once.
Found explore(const std::vector<Body> &runs)
{
    const Found reduced = explore(runs, false);
    EXPECT_EQ(reduced.outcomes, explore(runs, true).outcomes);
    return reduced;
}

// True when some outcome begins with these registers.
bool allows(const Found &found, const Outcome &registers)
{
    for (const Outcome &outcome : found.outcomes)
        if (std::equal(registers.begin(), registers.end(), outcome.begin()))
            return true;
    return false;
}

bool allows_final(const Found &found, uint64_t x, uint64_t y)
{
    for (const Outcome &outcome : found.outcomes)
        if (outcome[6] == x && outcome[7] == y)
            return true;
    return false;
}

// ---- Message passing: x = 1; y = 1 || r0 = y; r1 = x ----

template <model_order ORDER> void mp_store(const void *)
{
    store(&memory.x, 1);
    store(&memory.y, 1, ORDER);
}

template <model_order ORDER> void mp_load(const void *)
{
    const uint64_t flag = load(&memory.y, ORDER);
    model_observe(0, flag);
    model_observe(1, load(&memory.x));
}

template <model_order FENCE> void mp_store_fence(const void *)
{
    store(&memory.x, 1);
    model_fence(FENCE);
    store(&memory.y, 1);
}

template <model_order FENCE> void mp_fence_load(const void *)
{
    model_observe(0, load(&memory.y));
    model_fence(FENCE);
    model_observe(1, load(&memory.x));
}

} // namespace

// Two values for each of two loads, all of them with relaxed accesses; one fewer with the pair.
TEST(Litmus, MessagePassing)
{
    const Found relaxed = explore({mp_store<MODEL_RELAXED>, mp_load<MODEL_RELAXED>});
    EXPECT_TRUE(allows(relaxed, {1, 0}));
    EXPECT_EQ(relaxed.executions, 4u);
    EXPECT_TRUE(allows(explore({mp_store<MODEL_RELEASE>, mp_load<MODEL_RELAXED>}), {1, 0}));
    EXPECT_TRUE(allows(explore({mp_store<MODEL_RELAXED>, mp_load<MODEL_ACQUIRE>}), {1, 0}));
    const Found pair = explore({mp_store<MODEL_RELEASE>, mp_load<MODEL_ACQUIRE>});
    EXPECT_FALSE(allows(pair, {1, 0}));
    EXPECT_TRUE(allows(pair, {1, 1}));
    EXPECT_EQ(pair.executions, 3u);
}

TEST(Litmus, FencesOnEitherSideDoWhatTheOrdersDo)
{
    const Body none = mp_store_fence<MODEL_RELAXED>;
    const Body released = mp_store_fence<MODEL_RELEASE>;
    const Body acquired = mp_fence_load<MODEL_ACQUIRE>;
    EXPECT_FALSE(allows(explore({released, acquired}), {1, 0}));
    EXPECT_FALSE(allows(explore({released, mp_load<MODEL_ACQUIRE>}), {1, 0}));
    EXPECT_FALSE(allows(explore({mp_store<MODEL_RELEASE>, acquired}), {1, 0}));
    EXPECT_TRUE(allows(explore({none, acquired}), {1, 0}));
    EXPECT_TRUE(allows(explore({released, mp_fence_load<MODEL_RELAXED>}), {1, 0}));
    // The wrong fence on a side is no fence.
    EXPECT_TRUE(allows(explore({mp_store_fence<MODEL_ACQUIRE>, acquired}), {1, 0}));
    EXPECT_TRUE(allows(explore({released, mp_fence_load<MODEL_RELEASE>}), {1, 0}));
    EXPECT_FALSE(
        allows(explore({mp_store_fence<MODEL_ACQ_REL>, mp_fence_load<MODEL_ACQ_REL>}), {1, 0}));
}

// A release store orders what is before it and nothing after it; an acquire load the reverse.
TEST(Litmus, AReleaseStoreIsNoFenceForWhatFollows)
{
    const auto writer = [](const void *) {
        store(&memory.x, 1, MODEL_RELEASE);
        store(&memory.y, 1);
    };
    const auto fenced = [](const void *) {
        store(&memory.x, 1, MODEL_RELEASE);
        model_fence(MODEL_RELEASE);
        store(&memory.y, 1);
    };
    const Body reader = mp_fence_load<MODEL_ACQUIRE>;
    EXPECT_TRUE(allows(explore({writer, reader}), {1, 0}));
    EXPECT_FALSE(allows(explore({fenced, reader}), {1, 0}));
}

// x = 1; r0 = y || y = 1; r1 = x: neither release nor acquire forbids two zeroes.
TEST(Litmus, StoreBuffering)
{
    const auto one = [](const void *) {
        store(&memory.x, 1, MODEL_RELEASE);
        model_fence(MODEL_ACQ_REL);
        model_observe(0, load(&memory.y, MODEL_ACQUIRE));
    };
    const auto other = [](const void *) {
        store(&memory.y, 1, MODEL_RELEASE);
        model_fence(MODEL_ACQ_REL);
        model_observe(1, load(&memory.x, MODEL_ACQUIRE));
    };
    const Found found = explore({one, other});
    EXPECT_TRUE(allows(found, {0, 0}));
    EXPECT_EQ(found.executions, 4u);
}

// r0 = x; y = 1 || r1 = y; x = 1: RC11 forbids two ones, C11 and hardware do not.
TEST(Litmus, LoadBufferingIsNotCovered)
{
    const auto one = [](const void *) {
        model_observe(0, load(&memory.x));
        store(&memory.y, 1);
    };
    const auto other = [](const void *) {
        model_observe(1, load(&memory.y));
        store(&memory.x, 1);
    };
    const Found found = explore({one, other});
    EXPECT_FALSE(allows(found, {1, 1}));
    EXPECT_TRUE(allows(found, {1, 0}));
    EXPECT_TRUE(allows(found, {0, 1}));
    EXPECT_EQ(found.executions, 3u);
}

// One thread's loads of one location never go back. Of 9 pairs 3 do.
TEST(Litmus, CoherenceOfReads)
{
    const auto writer = [](const void *) {
        store(&memory.x, 1);
        store(&memory.x, 2);
    };
    const auto reader = [](const void *) {
        model_observe(0, load(&memory.x));
        model_observe(1, load(&memory.x));
    };
    const Found found = explore({writer, reader});
    EXPECT_FALSE(allows(found, {2, 1}));
    EXPECT_FALSE(allows(found, {1, 0}));
    EXPECT_TRUE(allows(found, {0, 2}));
    EXPECT_EQ(found.executions, 6u);
}

TEST(Litmus, CoherenceOfWritesWithReads)
{
    const auto writes_twice = [](const void *) {
        store(&memory.x, 1);
        store(&memory.x, 2);
    };
    EXPECT_TRUE(allows_final(explore({writes_twice}), 2, 0));
    EXPECT_FALSE(allows_final(explore({writes_twice}), 1, 0));
    // A thread reads its own store or a later one, and writes after what it read.
    const auto writes_and_reads = [](const void *) {
        store(&memory.x, 1);
        model_observe(0, load(&memory.x));
    };
    const auto reads_and_writes = [](const void *) {
        model_observe(1, load(&memory.x));
        store(&memory.x, 2);
    };
    const Found found = explore({writes_and_reads, reads_and_writes});
    EXPECT_FALSE(allows(found, {0}));
    for (const Outcome &outcome : found.outcomes)
        EXPECT_FALSE(outcome[1] == 1 && outcome[6] == 1) << "2 lies before the 1 it had read";
    // Reading 0: 1 before 2 with r0 = 1 or 2, or 2 before 1 with r0 = 1. Reading 1: r0 = 1 or 2.
    EXPECT_EQ(found.executions, 5u);
}

// All readers agree on the order of stores to one location.
TEST(Litmus, CoherenceAmongReaders)
{
    const auto one = [](const void *) { store(&memory.x, 1); };
    const auto two = [](const void *) { store(&memory.x, 2); };
    const auto first = [](const void *) {
        model_observe(0, load(&memory.x));
        model_observe(1, load(&memory.x));
    };
    const auto second = [](const void *) {
        model_observe(2, load(&memory.x));
        model_observe(3, load(&memory.x));
    };
    const Found found = explore({one, two, first, second});
    EXPECT_TRUE(allows(found, {1, 2, 1, 2}));
    EXPECT_TRUE(allows(found, {2, 1, 2, 1}));
    EXPECT_FALSE(allows(found, {1, 2, 2, 1}));
    // Two orders of the stores, and in each the 6 pairs that do not go back, for each reader.
    EXPECT_EQ(found.executions, 2u * 6 * 6);
}

// Two readers see two independent stores in different orders, acquire or not.
TEST(Litmus, IndependentReadsOfIndependentWrites)
{
    const auto x = [](const void *) { store(&memory.x, 1, MODEL_RELEASE); };
    const auto y = [](const void *) { store(&memory.y, 1, MODEL_RELEASE); };
    const auto xy = [](const void *) {
        model_observe(0, load(&memory.x, MODEL_ACQUIRE));
        model_observe(1, load(&memory.y, MODEL_ACQUIRE));
    };
    const auto yx = [](const void *) {
        model_observe(2, load(&memory.y, MODEL_ACQUIRE));
        model_observe(3, load(&memory.x, MODEL_ACQUIRE));
    };
    const Found found = explore({x, y, xy, yx});
    EXPECT_TRUE(allows(found, {1, 0, 1, 0}));
    EXPECT_EQ(found.executions, 16u);
}

// x = 1; y = 2 || y = 1; x = 2: both first stores may come last, release or not.
TEST(Litmus, TwoPlusTwoWrites)
{
    const auto one = [](const void *) {
        store(&memory.x, 1, MODEL_RELEASE);
        store(&memory.y, 2, MODEL_RELEASE);
    };
    const auto other = [](const void *) {
        store(&memory.y, 1, MODEL_RELEASE);
        store(&memory.x, 2, MODEL_RELEASE);
    };
    const Found found = explore({one, other});
    EXPECT_TRUE(allows_final(found, 1, 1));
    EXPECT_EQ(found.executions, 4u);
}

// What a thread learnt by an acquire it hands on by its own release.
TEST(Litmus, CausalityIsCumulative)
{
    const auto writer = [](const void *) { store(&memory.x, 1); };
    const auto middle = [](const void *) {
        model_observe(0, load(&memory.x));
        store(&memory.y, 1, MODEL_RELEASE);
    };
    const auto reader = [](const void *) {
        model_observe(1, load(&memory.y, MODEL_ACQUIRE));
        model_observe(2, load(&memory.x));
    };
    const auto relaxed = [](const void *) {
        model_observe(0, load(&memory.x));
        store(&memory.y, 1);
    };
    EXPECT_FALSE(allows(explore({writer, middle, reader}), {1, 1, 0}));
    EXPECT_TRUE(allows(explore({writer, relaxed, reader}), {1, 1, 0}));
}

// An update goes on with the release sequence of the store it reads, whatever its own order.
TEST(Litmus, ReleaseSequences)
{
    const auto writer = [](const void *) {
        store(&memory.x, 1);
        store(&memory.y, 1, MODEL_RELEASE);
    };
    const auto updater = [](const void *) {
        uint64_t expected = 1;
        (void)model_compare_exchange(&memory.y, &expected, 2, MODEL_RELAXED);
    };
    const auto storer = [](const void *) {
        if (load(&memory.y) == 1)
            store(&memory.y, 2);
    };
    const auto same_thread = [](const void *) {
        store(&memory.x, 1);
        store(&memory.y, 1, MODEL_RELEASE);
        store(&memory.y, 2);
    };
    const Body reader = mp_load<MODEL_ACQUIRE>;
    EXPECT_FALSE(allows(explore({writer, updater, reader}), {2, 0}));
    EXPECT_TRUE(allows(explore({writer, storer, reader}), {2, 0}));
    // C11 forbids this, C++20 does not; the weaker is taken.
    EXPECT_TRUE(allows(explore({same_thread, reader}), {2, 0}));
}

// No two updates read one message, and no store comes between an update and what it read.
TEST(Litmus, UpdatesAreAtomic)
{
    const auto add = [](const void *) {
        (void)model_fetch_add(&memory.x, 1, MODEL_RELAXED);
        (void)model_fetch_add(&memory.x, 1, MODEL_RELAXED);
    };
    const Found sums = explore({add, add});
    EXPECT_EQ(sums.outcomes.size(), 1u);
    EXPECT_TRUE(allows_final(sums, 4, 0));
    // The ways to put two and two updates into one order.
    EXPECT_EQ(sums.executions, 6u);

    const auto take = [](const void *) {
        uint64_t expected = 0;
        if (model_compare_exchange(&memory.x, &expected, 1, MODEL_RELAXED))
            (void)model_fetch_add(&memory.y, 1, MODEL_RELAXED);
    };
    const Found taken = explore({take, take, take});
    EXPECT_EQ(taken.outcomes.size(), 1u);
    EXPECT_TRUE(allows_final(taken, 1, 1));

    const auto plain = [](const void *) { store(&memory.x, 10); };
    const Found mixed = explore({add, plain});
    // 10 comes first, between the two, or last.
    EXPECT_TRUE(allows_final(mixed, 12, 0));
    EXPECT_TRUE(allows_final(mixed, 11, 0));
    EXPECT_TRUE(allows_final(mixed, 10, 0));
    EXPECT_EQ(mixed.executions, 3u);
}

// A compare-and-exchange that fails orders nothing and stores nothing.
TEST(Litmus, AFailedUpdateIsARelaxedLoad)
{
    const auto reader = [](const void *) {
        uint64_t expected = 7;
        (void)model_compare_exchange(&memory.y, &expected, 9, MODEL_ACQ_REL);
        model_observe(0, expected);
        model_observe(1, load(&memory.x));
    };
    const Found found = explore({mp_store<MODEL_RELEASE>, reader});
    EXPECT_TRUE(allows(found, {1, 0}));
    EXPECT_TRUE(allows_final(found, 1, 1));
}

// All on one location, seq_cst is what acq_rel is.
TEST(Litmus, SeqCstOfOneLocation)
{
    EXPECT_FALSE(allows(explore({mp_store<MODEL_SEQ_CST>, mp_load<MODEL_SEQ_CST>}), {1, 0}));
    const Found found = explore({mp_store<MODEL_SEQ_CST>, mp_load<MODEL_RELAXED>});
    EXPECT_TRUE(allows(found, {1, 0}));
}

// ---- Programs at random ----

namespace {

// One access of a thread; a store's value is its own, so that loads tell which store they read.
struct Step {
    enum Kind {
        LOAD,
        STORE,
        ADD,
        EXCHANGE,
        FENCE,
        KINDS
    } kind;
    uint64_t *at;
    model_order order;
    uint64_t value;
    unsigned slot;
};

using Steps = std::vector<Step>;

void run_steps(const void *argument)
{
    for (const Step &step : *static_cast<const Steps *>(argument)) {
        uint64_t expected = 0;
        if (step.kind == Step::LOAD)
            model_observe(step.slot, load(step.at, step.order));
        else if (step.kind == Step::STORE)
            store(step.at, step.value, step.order);
        else if (step.kind == Step::ADD)
            model_observe(step.slot, model_fetch_add(step.at, step.value, step.order));
        else if (step.kind == Step::FENCE)
            model_fence(step.order);
        else {
            (void)model_compare_exchange(step.at, &expected, step.value, step.order);
            model_observe(step.slot, expected);
        }
    }
}

// Two or three threads of up to three accesses to two locations.
std::vector<Steps> random_program(std::mt19937 &random)
{
    std::vector<Steps> threads(2 + random() % 2);
    unsigned slot = 0;
    uint64_t value = 1;
    for (Steps &steps : threads)
        for (unsigned left = 1 + random() % (threads.size() == 2 ? 3 : 2); left > 0; left--) {
            const auto kind = static_cast<Step::Kind>(random() % Step::KINDS);
            const model_order order =
                kind == Step::LOAD    ? random() % 2 ? MODEL_ACQUIRE : MODEL_RELAXED
                : kind == Step::STORE ? random() % 2 ? MODEL_RELEASE : MODEL_RELAXED
                                      : static_cast<model_order>(random() % 4);
            steps.push_back({kind, random() % 2 ? &memory.x : &memory.y, order, value, slot++});
            value *= 10;
        }
    return threads;
}

void note_outcome(const uint64_t *observed, void *context)
{
    Outcome outcome(observed, observed + MODEL_OBSERVED_MAX);
    outcome.push_back(model_final(&memory.x));
    outcome.push_back(model_final(&memory.y));
    static_cast<std::multiset<Outcome> *>(context)->insert(outcome);
}

std::multiset<Outcome> outcomes_of(const std::vector<Steps> &program, bool every_interleaving)
{
    std::vector<model_thread> threads;
    for (const Steps &steps : program)
        threads.push_back({"thread", run_steps, &steps, MODEL_NO_THREAD, MODEL_NEVER, false,
                           nullptr, 0, nullptr});
    std::multiset<Outcome> outcomes;
    model_program explored = {};
    explored.threads = threads.data();
    explored.thread_count = threads.size();
    explored.end = note_outcome;
    explored.context = &outcomes;
    explored.every_interleaving = every_interleaving;
    static model_result result;
    model_explore(&explored, &result);
    EXPECT_EQ(result.verdict, MODEL_RIGHT) << result.what;
    return outcomes;
}

} // namespace

TEST(RandomPrograms, HaveTheSameOutcomesInEveryInterleaving)
{
    std::mt19937 random(20260101);
    uint64_t reduced_executions = 0;
    uint64_t all_executions = 0;
    for (int i = 0; i < 2000; i++) {
        const std::vector<Steps> program = random_program(random);
        const std::multiset<Outcome> reduced = outcomes_of(program, false);
        const std::multiset<Outcome> all = outcomes_of(program, true);
        EXPECT_EQ(std::set<Outcome>(reduced.begin(), reduced.end()),
                  std::set<Outcome>(all.begin(), all.end()))
            << "program " << i;
        EXPECT_LE(reduced.size(), all.size());
        reduced_executions += reduced.size();
        all_executions += all.size();
    }
    printf("%" PRIu64 " executions stand for %" PRIu64 " interleavings\n", reduced_executions,
           all_executions);
}

// ---- The explorer itself ----

namespace {

model_result explored(model_program program)
{
    static model_result result;
    model_explore(&program, &result);
    return result;
}

void count_kills(const uint64_t *observed, void *context)
{
    *static_cast<uint64_t *>(context) += observed[0] != 0;
}

} // namespace

TEST(Explorer, SaysWhatWentWrongStepByStep)
{
    const model_thread threads[] = {
        {"writer", mp_store<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, MODEL_NEVER, false, nullptr,
         0, nullptr},
        {"reader",
         [](const void *) {
             if (load(&memory.y, MODEL_ACQUIRE) == 1)
                 model_check(load(&memory.x) == 1, "the flag is set and x is not");
         },
         nullptr, MODEL_NO_THREAD, MODEL_NEVER, true, nullptr, 0, nullptr},
    };
    model_program program = {};
    program.threads = threads;
    program.thread_count = 2;
    program.name = [](const void *address) {
        return address == &memory.x ? "x" : address == &memory.y ? "y" : nullptr;
    };
    const model_result result = explored(program);
    EXPECT_EQ(result.verdict, MODEL_WRONG);
    EXPECT_STREQ(result.what, "the flag is set and x is not");
    EXPECT_STREQ(result.steps, "writer     store x = 1 (relaxed)\n"
                               "writer     store y = 1 (relaxed)\n"
                               "reader     load y = 1 (acquire)\n"
                               "reader     load x = 0 (relaxed), not the latest\n");
}

// A lock makes the next holder know all that the last one did, and lets none of it be overlooked.
TEST(Explorer, AThreadThatFollowsAnotherKnowsWhatItKnew)
{
    const model_thread threads[] = {
        {"first", mp_store<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, 1, false, nullptr, 0, nullptr},
        {"next",
         [](const void *) {
             model_observe(0, load(&memory.x));
             model_check(load(&memory.y) == 0, "a dead thread went on");
         },
         nullptr, 0, MODEL_NEVER, false, nullptr, 0, nullptr},
    };
    uint64_t kills = 0;
    model_program program = {};
    program.threads = threads;
    program.thread_count = 2;
    program.end = count_kills;
    program.context = &kills;
    const model_result result = explored(program);
    EXPECT_EQ(result.verdict, MODEL_RIGHT) << result.what;
    EXPECT_EQ(result.executions, 1u);
    EXPECT_EQ(kills, 1u);
}

// A relaxed store hands nothing of an earlier holder on: knowledge is no release.
TEST(Explorer, AThreadThatFollowsAnotherReleasesNothingByItself)
{
    const model_thread threads[] = {
        {"first", [](const void *) { store(&memory.x, 1); }, nullptr, MODEL_NO_THREAD, MODEL_NEVER,
         false, nullptr, 0, nullptr},
        {"next", [](const void *) { store(&memory.y, 1); }, nullptr, 0, MODEL_NEVER, false, nullptr,
         0, nullptr},
        {"reader", mp_load<MODEL_ACQUIRE>, nullptr, MODEL_NO_THREAD, MODEL_NEVER, true, nullptr, 0,
         nullptr},
    };
    Found found;
    model_program program = {};
    program.threads = threads;
    program.thread_count = 3;
    program.end = at_end;
    program.context = &found;
    EXPECT_EQ(explored(program).verdict, MODEL_RIGHT);
    EXPECT_TRUE(allows(found, {1, 0}));
}

// What the kernel does for the dead is theirs: it hands on all that they did, and is not killed.
TEST(Explorer, LetsTheKernelActForTheDead)
{
    const model_thread threads[] = {
        {"dead", mp_store<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, 1, false, nullptr, 0,
         [](const void *) { store(&memory.z, 1, MODEL_RELEASE); }},
        {"recovering writer",
         [](const void *) {
             model_observe(0, load(&memory.z, MODEL_ACQUIRE));
             model_observe(1, load(&memory.x));
             model_observe(2, load(&memory.y));
         },
         nullptr, MODEL_NO_THREAD, MODEL_NEVER, true, nullptr, 0, nullptr},
    };
    Found found;
    model_program program = {};
    program.threads = threads;
    program.thread_count = 2;
    program.end = at_end;
    program.context = &found;
    const model_result result = explored(program);
    EXPECT_EQ(result.verdict, MODEL_RIGHT) << result.what;
    EXPECT_EQ(result.killed, 1u);
    EXPECT_TRUE(allows(found, {1, 1, 0}));
    EXPECT_FALSE(allows(found, {1, 0}));
    for (const Outcome &outcome : found.outcomes)
        EXPECT_EQ(outcome[7], 0u) << "y is stored after the death";
}

TEST(Explorer, WaitsAsOftenAsThePatienceAllows)
{
    const model_thread thread = {"waiter",
                                 [](const void *) {
                                     for (uint64_t i = 1;; i++) {
                                         model_observe(0, i);
                                         model_pause();
                                     }
                                 },
                                 nullptr,
                                 MODEL_NO_THREAD,
                                 MODEL_NEVER,
                                 true,
                                 nullptr,
                                 0,
                                 nullptr};
    for (uint32_t patience = 0; patience < 3; patience++) {
        Found found;
        model_program program = {};
        program.threads = &thread;
        program.thread_count = 1;
        program.patience = patience;
        program.end = at_end;
        program.context = &found;
        EXPECT_EQ(explored(program).verdict, MODEL_RIGHT);
        EXPECT_TRUE(allows(found, {patience + 1}));
    }
}

TEST(Explorer, ChoosesEveryOption)
{
    const auto chooser = [](const void *) {
        model_observe(0, model_choose(3));
        model_observe(1, model_choose(2));
    };
    EXPECT_EQ(explore({chooser}).executions, 6u);
}

TEST(Explorer, RefusesWhatItDoesNotCover)
{
    const std::vector<std::pair<Body, const char *>> cases = {
        {[](const void *) { model_fence(MODEL_SEQ_CST); }, "a seq_cst fence"},
        {[](const void *) {
             store(&memory.x, 1, MODEL_SEQ_CST);
             store(&memory.y, 1, MODEL_SEQ_CST);
         },
         "seq_cst accesses to two locations"},
        {[](const void *) {
             (void)model_load(reinterpret_cast<char *>(&memory) + 1, MODEL_RELAXED);
         },
         "not aligned"},
        {[](const void *) {
             for (int i = 0; i < 1000; i++)
                 store(&memory.x, 1);
         },
         "too many values"},
        {[](const void *) {
             for (int i = 0; i < 10000; i++)
                 (void)load(&memory.x);
         },
         "events"},
    };
    for (const auto &entry : cases) {
        const model_thread thread = {"thread", entry.first, nullptr, MODEL_NO_THREAD, MODEL_NEVER,
                                     false,    nullptr,     0,       nullptr};
        model_program program = {};
        program.threads = &thread;
        program.thread_count = 1;
        const model_result result = explored(program);
        EXPECT_EQ(result.verdict, MODEL_REFUSED);
        EXPECT_NE(std::string(result.what).find(entry.second), std::string::npos) << result.what;
    }
}

TEST(Explorer, RefusesAStoreOfAThreadThatPromisedNone)
{
    const model_thread thread = {
        "reader", mp_store<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, MODEL_NEVER, true, nullptr, 0,
        nullptr};
    model_program program = {};
    program.threads = &thread;
    program.thread_count = 1;
    EXPECT_EQ(explored(program).verdict, MODEL_REFUSED);
}

TEST(Explorer, RefusesToTouchWhatIsAnothersOwn)
{
    const model_thread threads[] = {
        {"owner", [](const void *) { store(&memory.x, 1); }, nullptr, MODEL_NO_THREAD, MODEL_NEVER,
         true, &memory.x, sizeof memory.x, nullptr},
        {"other", mp_load<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, MODEL_NEVER, true, nullptr, 0,
         nullptr},
    };
    model_program program = {};
    program.threads = threads;
    program.thread_count = 1;
    EXPECT_EQ(explored(program).verdict, MODEL_RIGHT);
    program.thread_count = 2;
    const model_result result = explored(program);
    EXPECT_EQ(result.verdict, MODEL_REFUSED);
    EXPECT_STREQ(result.what, "the own memory of owner");
}

// A search that was cut short is no verdict.
TEST(Explorer, RefusesMoreExecutionsThanItWasGiven)
{
    const model_thread threads[] = {
        {"one", mp_store<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, MODEL_NEVER, false, nullptr, 0,
         nullptr},
        {"two", mp_load<MODEL_RELAXED>, nullptr, MODEL_NO_THREAD, MODEL_NEVER, true, nullptr, 0,
         nullptr},
    };
    model_program program = {};
    program.threads = threads;
    program.thread_count = 2;
    program.executions_max = 3;
    EXPECT_EQ(explored(program).verdict, MODEL_REFUSED);
    program.executions_max = 4;
    EXPECT_EQ(explored(program).verdict, MODEL_RIGHT);
}
