// A writer is stopped after every instruction: at each, a copy of its file must recover.
#include <cstdlib>
#include <set>

#include "tests/crash/image.h"
#include "tests/crash/stepper.h"
#include "tests/crash/workload.h"

namespace {

// Machine instructions to look behind; MMF_BOUNDARIES asks for more.
uint64_t wanted_boundaries()
{
    const char *asked = getenv("MMF_BOUNDARIES");
    return asked != nullptr ? strtoull(asked, nullptr, 10) : 100000;
}

// A window over a file that grows.
class Watched {
public:
    explicit Watched(const MemoryFile &watched) : file(watched)
    {
        memory =
            static_cast<unsigned char *>(mmap(nullptr, kSize, PROT_READ, MAP_SHARED, file.fd, 0));
        EXPECT_NE(memory, MAP_FAILED);
    }
    ~Watched()
    {
        munmap(memory, kSize);
    }
    // True when it is not what it was; last is brought up to date.
    bool changed(Bytes &last) const
    {
        const size_t size = file.size();
        if (size == last.size() && memcmp(memory, last.data(), size) == 0)
            return false;
        last.assign(memory, memory + size);
        return true;
    }

private:
    static constexpr size_t kSize = 1 << 24;
    const MemoryFile &file;
    unsigned char *memory;
};

// Recovers a copy of the image, with a reader attached, and says what is wrong. The records must be
// those of one of the two, for the reader before, and for both after; -1, 0 or 1 which.
std::string recover(const Bytes &image, const Records &before, const Records &after, int *which)
{
    const MemoryFile copy(image);
    mmf_error error;
    tick_store *reader = open_image(copy, MMF_READ_ONLY, &error);
    if (reader == nullptr)
        return std::string("reader: ") + error.message;
    const std::string old = difference(reader, before);
    std::string wrong = old.empty() ? "" : difference(reader, after);
    *which = old.empty() ? 0 : 1;
    const Records &expected = old.empty() ? before : after;
    if (!wrong.empty())
        wrong = "reader: neither old (" + old + ") nor new (" + wrong + ")";
    tick_store *writer = open_image(copy, MMF_READ_WRITE, &error);
    if (writer == nullptr)
        return std::string("writer: ") + error.message;
    for (const tick_store *store : {writer, reader}) {
        const std::string differs = difference(store, expected);
        if (wrong.empty() && !differs.empty())
            wrong = "after recovery: " + differs;
    }
    const tick_record next = marked_tick(9);
    if (wrong.empty() && (tick_store_append(writer, &next, nullptr) != MMF_OK ||
                          tick_store_count(reader) != expected.size() + 1))
        wrong = "an append after recovery is not seen";
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    return wrong;
}

// Recovery itself is stopped after every instruction, and whatever it left must recover the same.
void recover_recovery(const Bytes &image, const Records &expected, uint64_t *boundaries,
                      uint64_t *images)
{
    const MemoryFile copy(image);
    Stepper stepper;
    ASSERT_TRUE(stepper.start([&copy] {
        mmf_error error;
        if (open_image(copy, MMF_READ_WRITE, &error) == nullptr)
            _exit(1);
    }));
    const Watched window(copy);
    Bytes last = image;
    while (stepper.step()) {
        ++*boundaries;
        if (!window.changed(last))
            continue;
        ++*images;
        int which = 0;
        ASSERT_EQ(recover(last, expected, expected, &which), "");
    }
    ASSERT_TRUE(stepper.ended_well);
}

bool is_half_replaced(const Bytes &image, uint64_t count)
{
    for (uint64_t row = 0; row < count; row++)
        if ((image[65536 + row * TICK_RECORD_SIZE] & 1) != 0)
            return true;
    return false;
}

} // namespace

TEST(Instruction, EveryBoundaryRecovers)
{
    const uint64_t wanted = wanted_boundaries();
    const Bytes empty = new_store(4);
    uint64_t boundaries = 0;
    uint64_t images = 0;
    uint64_t half = 0;
    uint64_t recovery_boundaries = 0;
    uint64_t recovery_images = 0;
    uint64_t old_records = 0;
    for (int round = 0; boundaries < wanted; round++) {
        const std::vector<Step> steps = make_steps(static_cast<uint64_t>(50 + round % 5));
        const MemoryFile file(empty);
        Journal *journal = new_journal();
        Stepper stepper;
        if (!stepper.start([&] {
                mmf_error error;
                tick_store *store = open_image(file, MMF_READ_WRITE, &error);
                if (store == nullptr)
                    _exit(1);
                for (const Step &step : steps) {
                    journal->started = journal->started + 1;
                    const mmf_status status = do_step(store, step);
                    if (status != MMF_OK)
                        journal->failed = static_cast<uint64_t>(status);
                    journal->finished = journal->finished + 1;
                }
                if (tick_store_close(store) != MMF_OK)
                    _exit(2);
            }))
            GTEST_SKIP() << "this system does not let a process trace its child";
        const Watched window(file);
        Records before;
        Records after;
        uint64_t modelled = 0; // steps that `after` has
        Bytes last = empty;
        while (stepper.step()) {
            boundaries++;
            while (modelled < journal->started) {
                before = after;
                model_step(after, steps[modelled++]);
            }
            if (!window.changed(last))
                continue;
            images++;
            const bool done = journal->finished == journal->started;
            int which = 0;
            ASSERT_EQ(recover(last, done ? after : before, after, &which), "")
                << "boundary " << boundaries << ", step " << journal->started;
            old_records += which == 0 && !done ? 1 : 0;
            if (is_half_replaced(last, before.size()) && half++ % 97 == 0)
                recover_recovery(last, before, &recovery_boundaries, &recovery_images);
            if (HasFatalFailure())
                return;
        }
        ASSERT_TRUE(stepper.ended_well);
        ASSERT_EQ(journal->failed, 0u);
        ASSERT_EQ(journal->finished, steps.size());
        munmap(journal, sizeof *journal);
    }
    printf("%llu boundaries, %llu images recovered, %llu of them half replaced; in recovery %llu "
           "boundaries, %llu images\n",
           static_cast<unsigned long long>(boundaries), static_cast<unsigned long long>(images),
           static_cast<unsigned long long>(half),
           static_cast<unsigned long long>(recovery_boundaries),
           static_cast<unsigned long long>(recovery_images));
    // The test would be empty if nothing was ever caught in the middle.
    EXPECT_GT(images, boundaries / 1000);
    EXPECT_GT(half, 100u);
    EXPECT_GT(old_records, 100u);
    EXPECT_GT(recovery_images, 10u);
}
