// Power cuts: whatever part of the stores since the last sync the disk took, what was promised is
// there.
#include "tests/robustness/crash/sweep.h"

namespace {

// Of flat records 39, or 36 with checksums.
constexpr uint64_t kRowsOfAPage = kPage / kRecordSize;

Step append(uint64_t row)
{
    return {Kind::kAppend, row, 100 + row};
}

// Records that are on the disk, in a file with room for that many.
Bytes store_of(uint64_t count, uint64_t capacity, std::vector<Version> *records)
{
    const MemoryFile file(new_store(capacity));
    mmf_error error;
    tick_store *store = open_image(file, MMF_READ_WRITE, &error);
    EXPECT_NE(store, nullptr) << error.message;
    for (uint64_t row = 0; row < count; row++) {
        EXPECT_EQ(do_step(store, append(row), marked_tick(100 + row)), MMF_OK);
        records->push_back({marked_tick(100 + row), false, 0});
    }
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    return file.bytes();
}

// What a process of this boot finds in a file.
uint64_t rows_of(const Tracer &tracer)
{
    const MemoryFile copy(tracer.bytes());
    mmf_error error;
    tick_store *store = open_image(copy, MMF_READ_ONLY, &error);
    EXPECT_NE(store, nullptr) << error.message;
    const uint64_t rows = tick_store_count(store);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    return rows;
}

// What a writer of the next boot finds in it, and how many of them are of a commit; the sweep has
// judged it.
std::vector<Version> versions_in_another_boot(Bytes image, size_t *committed)
{
    start_again(image);
    const MemoryFile copy(image);
    mmf_error error;
    tick_store *reader = open_image(copy, MMF_READ_ONLY, &error);
    EXPECT_NE(reader, nullptr) << error.message;
    *committed = tick_store_count(reader);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    tick_store *store = open_image(copy, MMF_READ_WRITE, &error);
    EXPECT_NE(store, nullptr) << error.message;
    std::vector<Version> versions(tick_store_count(store));
    for (uint64_t row = 0; row < versions.size(); row++) {
        const mmf_status status = tick_store_get(store, row, &versions[row].tick);
        EXPECT_TRUE(status == MMF_OK || status == MMF_ERR_CORRUPT) << mmf_status_name(status);
        versions[row].torn = status != MMF_OK;
        versions[row].sound = !kChecksummed || unsound(store, row, 1).empty();
        versions[row].stale = true;
    }
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    return versions;
}

// Every kind of step between syncs. The file grows where it has no page for records any more.
std::vector<Step> work(uint64_t first)
{
    return {
        append(first),
        append(first + 1),
        {Kind::kSync, 0, 0},
        {Kind::kSet, first, 201},
        {Kind::kSetPrice, first + 1, 202},
        append(first + 2),
        {Kind::kSync, 0, 0},
        append(first + 3),
        {Kind::kSetSymbol, first + 2, 204},
        {Kind::kSync, 0, 0},
        append(first + 4),
        {Kind::kSet, first + 4, 205},
    };
}

// Each call that changes a part of a record, with a sync now and then.
std::vector<Step> work_of_parts()
{
    std::vector<Step> steps = {{Kind::kExtend, 0, 100}, {Kind::kSync, 0, 0}};
    uint64_t mark = 300;
    for (const Kind kind : kParts) {
        steps.push_back({kind, mark % kExtendRows, mark});
        if (++mark % 5 == 0)
            steps.push_back({Kind::kSync, 0, 0});
    }
    return steps;
}

class Power : public testing::Test {
protected:
    void SetUp() override
    {
#if !defined(__x86_64__)
        GTEST_SKIP() << "system calls are told from other instructions on x86-64 only";
#endif
        Tracer tracer(store_of(0, 1, &begin));
        if (tracer.add({}) < 0)
            GTEST_SKIP() << "this system does not let a process trace its child";
    }
    void expect_good(const Tracer &tracer, const char *what, uint64_t samples = 48)
    {
        const Verdict verdict = sweep(tracer.trace, begin, std::min(committed, begin.size()),
                                      images_per_moment(samples), seed++);
        EXPECT_EQ(verdict.wrong, 0u) << what << ": " << verdict.text();
        EXPECT_GT(verdict.recovered, verdict.moments / 2) << "hardly anything was tried";
        sum.add(verdict);
        boundaries += tracer.boundaries;
    }
    void TearDown() override
    {
        if (IsSkipped())
            return;
        printf("%llu boundaries; %s\n", static_cast<unsigned long long>(boundaries),
               sum.text().c_str());
    }
    std::vector<Version> begin;
    size_t committed = SIZE_MAX; // of them the first ones; all when there are fewer
    Verdict sum;
    uint64_t boundaries = 0;
    uint64_t seed = 1;
};

} // namespace

TEST_F(Power, OneWriter)
{
    Tracer tracer(store_of(0, 1, &begin));
    const int writer = tracer.add(work(0));
    tracer.run(writer);
    // One for the first, whose records were only appended; one before a record of its tail is
    // replaced; and two for each of the others.
    EXPECT_EQ(tracer.count(Event::Kind::kSyncEnd, writer), 6u);
    EXPECT_EQ(tracer.count(Event::Kind::kStepEnd, writer), work(0).size());
    expect_good(tracer, "one writer", 64);
    // Records are replaced in place, so a power cut leaves mixtures; checksums tell of them.
    EXPECT_EQ(sum.unsound > 0, kChecksummed);
}

TEST_F(Power, EveryPart)
{
    Tracer tracer(store_of(0, 1, &begin));
    const std::vector<Step> steps = work_of_parts();
    const int writer = tracer.add(steps);
    tracer.run(writer);
    EXPECT_EQ(tracer.count(Event::Kind::kStepEnd, writer), steps.size());
    expect_good(tracer, "every part", 24);
}

// Commits that prove their tails: one sync each, and none where nothing has changed.
TEST_F(Power, OnlyAppends)
{
    for (const uint64_t first : {UINT64_C(0), UINT64_C(3), kRowsOfAPage - 2}) {
        begin.clear();
        Tracer tracer(store_of(first, 1, &begin));
        const Step sync = {Kind::kSync, 0, 0};
        const int writer = tracer.add(
            {append(first), append(first + 1), sync, sync, append(first + 2), sync,
             append(first + 3), append(first + 4), append(first + 5), sync, append(first + 6)});
        tracer.run(writer);
        EXPECT_LE(tracer.count(Event::Kind::kSyncEnd, writer), 4u);
        expect_good(tracer, "only appends", 96);
    }
}

// What replaces records of a tail, at once after its sync, before and after the next, in each form.
TEST_F(Power, RecordsOfATailAreReplaced)
{
    const Step sync = {Kind::kSync, 0, 0};
    std::vector<Kind> kinds = {Kind::kSet};
    kinds.insert(kinds.end(), std::begin(kPartsOfTails), std::end(kPartsOfTails));
    for (const Kind kind : kinds) {
        const std::vector<std::vector<Step>> works = {
            {append(3), append(4), sync, {kind, 4, 301}, {kind, 3, 302}, sync, append(5), sync},
            {append(3), sync, append(4), {kind, 4, 303}, sync, {kind, 1, 304}, {kind, 4, 305}},
            {append(3), append(4), sync, {kind, 0, 306}, append(5), {kind, 5, 307}, sync},
            {append(3), sync, append(4), sync, {kind, 3, 308}, {kind, 4, 309}, append(5), sync},
        };
        for (const std::vector<Step> &steps : works) {
            begin.clear();
            Tracer tracer(store_of(3, 1, &begin));
            const int writer = tracer.add(steps);
            tracer.run(writer);
            EXPECT_EQ(tracer.count(Event::Kind::kStepEnd, writer), steps.size());
            expect_good(tracer, "records of a tail", 48);
        }
    }
}

TEST_F(Power, TheFileGrows)
{
    const uint64_t first = kRowsOfAPage - 2;
    Tracer tracer(store_of(first, 1, &begin));
    const int writer = tracer.add(work(first));
    tracer.run(writer);
    EXPECT_EQ(tracer.count(Event::Kind::kSize, writer), 1u);
    expect_good(tracer, "growth");
}

// A writer is killed, the next one goes on, and then the power fails.
TEST_F(Power, KilledWritersAndTheNextOnes)
{
    std::mt19937_64 random(4);
    const uint64_t steps = work(0).size();
    for (int round = 0; round < 8; round++) {
        begin.clear();
        Tracer tracer(store_of(3, 1, &begin));
        uint64_t next = 3;
        for (int kills = 0; kills < 4; kills++) {
            const int writer = tracer.add(work(next));
            // Right after it opened the file, after some steps, or in the middle of one.
            const uint64_t most = random() % 3 == 0 ? 0 : random() % steps;
            tracer.run_until(
                writer, [&] { return tracer.is_open(writer) && tracer.steps_of(writer) >= most; });
            for (uint64_t more = random() % 3 == 0 ? 0 : random() % 400; more > 0; more--)
                if (!tracer.step(writer))
                    break;
            tracer.kill_writer(writer);
            next = rows_of(tracer);
        }
        expect_good(tracer, "killed writers", 8);
        if (HasFailure())
            return;
    }
}

// Killed after each store of a sync; then the next sync is interrupted, too.
TEST_F(Power, KilledInASync)
{
    for (uint64_t stores = 0; stores < 8; stores++) {
        begin.clear();
        Tracer tracer(store_of(3, 1, &begin));
        const int first = tracer.add({append(3), {Kind::kSync, 0, 0}});
        tracer.run_until(first, [&] { return tracer.count(Event::Kind::kSyncEnd, first) == 1; });
        const uint64_t before = tracer.count(Event::Kind::kStore, first);
        tracer.run_until(first, [&] {
            return tracer.count(Event::Kind::kStore, first) == before + stores ||
                   tracer.count(Event::Kind::kSyncBegin, first) == 2;
        });
        tracer.kill_writer(first);
        const int second = tracer.add({append(4), {Kind::kSync, 0, 0}});
        tracer.run(second);
        expect_good(tracer, "killed in a sync", 24);
    }
}

// What one power cut left is what the next boot works on, until its own power cut.
TEST_F(Power, OneCutAfterAnother)
{
    std::mt19937_64 random(1);
    uint64_t torn = 0;
    // Which rounds leave a torn record depends on the ids of the files: until one has.
    for (int round = 0; round < 10 || (torn == 0 && round < 100); round++) {
        begin.clear();
        committed = SIZE_MAX;
        Bytes image = store_of(3, 1, &begin);
        for (int boot = 0; boot < 4; boot++) {
            start_again(image);
            Tracer tracer(image);
            const uint64_t next = begin.size();
            std::vector<Step> steps = work(next);
            for (uint64_t row = 0; row < next; row += 2)
                steps.push_back({Kind::kSet, row, 300 + row + random() % 100});
            steps.resize(steps.size() - random() % steps.size());
            const int writer = tracer.add(steps);
            tracer.run(writer);
            expect_good(tracer, "cut after cut", 4);
            // One moment and one image of it; what a writer finds there is what the next has.
            Disk disk(tracer.trace.begin);
            const uint64_t moment = random() % tracer.trace.events.size();
            for (uint64_t i = 0; i <= moment; i++)
                disk.apply(tracer.trace.events[i]);
            image = disk.sample(random, random());
            begin = versions_in_another_boot(image, &committed);
            for (const Version &version : begin)
                torn += version.torn ? 1 : 0;
            if (HasFailure())
                return;
        }
    }
    EXPECT_GT(torn, 0u);
    printf("%llu records were torn\n", static_cast<unsigned long long>(torn));
}

// One of several writers is killed in its sync, between those of another one.
TEST_F(Power, OneOfSeveralIsKilledInASync)
{
    for (uint64_t stores = 0; stores < 8; stores++) {
        begin.clear();
        Tracer tracer(store_of(3, 1, &begin));
        const int one = tracer.add({append(3), {Kind::kSync, 0, 0}}, true);
        const int two = tracer.add({{Kind::kSync, 0, 0}}, true);
        tracer.run_until(two, [&] { return tracer.is_open(two); });
        // The first that joins writes a commit without the tail of the writer that was alone.
        const uint64_t joined = tracer.count(Event::Kind::kSyncEnd, two);
        EXPECT_EQ(joined, 2u);
        tracer.run_until(one, [&] { return tracer.count(Event::Kind::kSyncEnd, one) == 1; });
        tracer.run_until(two,
                         [&] { return tracer.count(Event::Kind::kSyncEnd, two) == joined + 1; });
        const uint64_t before = tracer.count(Event::Kind::kStore, one);
        tracer.run_until(one, [&] {
            return tracer.count(Event::Kind::kStore, one) == before + stores ||
                   tracer.count(Event::Kind::kSyncBegin, one) == 2;
        });
        tracer.kill_writer(one);
        tracer.run(two);
        expect_good(tracer, "several writers", 24);
    }
}
