// What writers store and sync, in order, as their parent sees it between their instructions.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_TRACE_H
#define MMF_TESTS_ROBUSTNESS_CRASH_TRACE_H

#include <sys/syscall.h>

#include <memory>

#include "tests/robustness/crash/image.h"
#include "tests/robustness/crash/stepper.h"
#include "tests/robustness/crash/workload.h"

constexpr size_t kWord = 8;
constexpr size_t kPage = 4096;

struct Event {
    enum class Kind {
        kStore,     // the word at offset becomes value
        kSize,      // the file has value bytes
        kSyncBegin, // a system call that covers what was stored before
        kSyncEnd,
        kStepBegin, // a step of the work, which is `step`
        kStepEnd,   // it returned MMF_OK
        kDied,      // the writer was killed in its step; value: whether the step took effect
    } kind;
    int writer;
    size_t offset;
    uint64_t value;
    Step step;
};

struct Trace {
    Bytes begin; // the file, wholly on the disk
    std::vector<Event> events;
};

inline uint64_t word_at(const Bytes &bytes, size_t offset)
{
    uint64_t word = 0;
    memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
}

// Writers of one file, of whom one at a time is let run for an instruction.
class Tracer {
public:
    explicit Tracer(const Bytes &begin) : file(begin), last(file.bytes()), memory(map(file.fd))
    {
        trace.begin = begin;
    }
    ~Tracer()
    {
        writers.clear();
        munmap(memory, kWindow);
    }
    Tracer(const Tracer &) = delete;
    Tracer &operator=(const Tracer &) = delete;

    // A process that opens the file and does the steps; it has not begun. Its number, or -1 when
    // this system does not let a process trace its child.
    int add(const std::vector<Step> &steps, bool shared = false)
    {
        auto writer = std::make_unique<Writer>();
        writer->steps = steps;
        writer->journal = new_journal();
        Journal *journal = writer->journal;
        const Records ticks = ticks_of(steps);
        if (!writer->stepper.start([&] {
                mmf_error error;
                tick_store *store = open_image(file, MMF_READ_WRITE, &error, shared);
                if (store == nullptr)
                    _exit(1);
                journal->opened = 1;
                for (size_t i = 0; i < steps.size(); i++) {
                    journal->started = journal->started + 1;
                    if (do_step(store, steps[i], ticks[i]) != MMF_OK)
                        _exit(2);
                    journal->finished = journal->finished + 1;
                }
                _exit(0);
            }))
            return -1;
        writers.push_back(std::move(writer));
        return static_cast<int>(writers.size()) - 1;
    }

    // Lets a writer run for one instruction. False when it has ended, as it should.
    bool step(int number)
    {
        Writer &writer = *writers[static_cast<size_t>(number)];
        if (!writer.mapped) {
            writer.mapped = writer.stepper.run_to_map();
            EXPECT_TRUE(writer.mapped) << "the writer has ended without opening the file";
            EXPECT_EQ(memcmp(memory, last.data(), last.size()), 0) << "changed by a system call";
            look_at_size(number);
            return writer.mapped;
        }
        const long call = writer.stepper.next_call();
        const bool sync = call == SYS_fdatasync || call == SYS_fsync;
        if (sync)
            note(Event::Kind::kSyncBegin, number);
        if (!writer.stepper.step()) {
            EXPECT_TRUE(writer.stepper.ended_well);
            return false;
        }
        boundaries++;
        const Journal &journal = *writer.journal;
        if (journal.started != writer.begun)
            note(Event::Kind::kStepBegin, number, writer.steps[writer.begun++]);
        if (call >= 0)
            look_at_size(number);
        look_at_words(number);
        if (sync)
            note(Event::Kind::kSyncEnd, number);
        if (journal.finished != writer.ended)
            note(Event::Kind::kStepEnd, number, writer.steps[writer.ended++]);
        return true;
    }

    // Lets a writer run until it has ended or so much has happened.
    template <typename Condition> bool run_until(int number, Condition done)
    {
        while (!done())
            if (!step(number))
                return false;
        return true;
    }
    bool run(int number)
    {
        return run_until(number, [] { return false; });
    }
    bool is_open(int number) const
    {
        return writers[static_cast<size_t>(number)]->journal->opened != 0;
    }
    uint64_t steps_of(int number) const
    {
        return writers[static_cast<size_t>(number)]->begun;
    }
    uint64_t count(Event::Kind kind, int number) const
    {
        uint64_t sum = 0;
        for (const Event &event : trace.events)
            sum += event.kind == kind && event.writer == number ? 1 : 0;
        return sum;
    }

    void kill_writer(int number)
    {
        Writer &writer = *writers[static_cast<size_t>(number)];
        writer.stepper.end();
        if (writer.begun == writer.ended)
            return;
        const Step &step = writer.steps[writer.ended];
        trace.events.push_back(
            {Event::Kind::kDied, number, 0, took_effect(step) ? UINT64_C(1) : UINT64_C(0), step});
    }

    // The file as processes see it.
    const Bytes &bytes() const
    {
        return last;
    }

    Trace trace;
    uint64_t boundaries = 0;

private:
    static constexpr size_t kWindow = 1 << 24;

    struct Writer {
        Stepper stepper;
        std::vector<Step> steps;
        Journal *journal = nullptr;
        bool mapped = false; // the file, so that its stores can change it
        uint64_t begun = 0;
        uint64_t ended = 0;
        ~Writer()
        {
            stepper.end();
            munmap(journal, sizeof *journal);
        }
    };

    static unsigned char *map(int fd)
    {
        void *window = mmap(nullptr, kWindow, PROT_READ, MAP_SHARED, fd, 0);
        EXPECT_NE(window, MAP_FAILED);
        return static_cast<unsigned char *>(window);
    }
    void note(Event::Kind kind, int number, Step step = {})
    {
        trace.events.push_back({kind, number, 0, 0, step});
    }
    void look_at_size(int number)
    {
        const size_t size = file.size();
        if (size == last.size())
            return;
        EXPECT_GT(size, last.size());
        EXPECT_LE(size, kWindow);
        trace.events.push_back({Event::Kind::kSize, number, 0, size, {}});
        last.resize(size);
    }
    void look_at_words(int number)
    {
        for (size_t page = 0; page < last.size(); page += kPage) {
            if (memcmp(memory + page, last.data() + page, kPage) == 0)
                continue;
            for (size_t at = page; at < page + kPage; at += kWord) {
                if (memcmp(memory + at, last.data() + at, kWord) == 0)
                    continue;
                memcpy(last.data() + at, memory + at, kWord);
                trace.events.push_back({Event::Kind::kStore, number, at, word_at(last, at), {}});
            }
        }
    }
    // A kill is between two instructions, so a step was done or was not; instruction_test says so.
    bool took_effect(const Step &step) const
    {
        const MemoryFile copy(last);
        mmf_error error;
        tick_store *store = open_image(copy, MMF_READ_ONLY, &error);
        EXPECT_NE(store, nullptr) << error.message;
        tick_record tick;
        bool done = false;
        if (step.kind != Kind::kSync && step.row < tick_store_count(store)) {
            EXPECT_EQ(tick_store_get(store, step.row, &tick), MMF_OK);
            tick_record wanted = tick;
            model_record(wanted, step);
            done = is_same(tick, wanted);
        }
        EXPECT_EQ(tick_store_close(store), MMF_OK);
        return done;
    }

    MemoryFile file;
    Bytes last;
    unsigned char *memory;
    std::vector<std::unique_ptr<Writer>> writers;
};

#endif
