// Any sequence of calls on a store does what a list of records in memory does.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_OPERATIONS_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_OPERATIONS_CHECK_H

#include <cstdlib>

#include "mmapforge/value.h"
#include "tests/robustness/crash/image.h"
#include "tests/robustness/crash/workload.h"

// Ends the program: gtest's failures do not stop a fuzzer.
inline void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "operations: %s\n", what);
    abort();
}

class Operations {
public:
    Operations(const uint8_t *bytes, size_t bytes_size) : data(bytes), left(bytes_size)
    {
        open(take() % 2 == 0);
    }
    ~Operations()
    {
        must(difference(store, model).empty(), "the records differ in the end");
        must(unsound(reader, 0, model.size()).empty(), "a reader finds damage in the end");
        tick_store_close(reader);
        tick_store_close(store);
    }
    void run()
    {
        for (int i = 0; i < 200 && left > 0; i++)
            step();
    }

private:
    uint8_t take()
    {
        return left > 0 ? (left--, *data++) : 0;
    }
    void open(bool shared)
    {
        mmf_options options = MMF_OPTIONS_INIT;
        options.mode = MMF_READ_WRITE;
        options.shared_writers = shared;
        options.reserve_bytes = UINT64_C(16) << 20;
        must(tick_store_open(file.path().c_str(), &options, &store, nullptr) == MMF_OK, "open");
        if (reader == nullptr)
            reader = open_image(file, MMF_READ_ONLY, nullptr);
        must(reader != nullptr, "open to read");
    }
    uint64_t row()
    {
        const uint64_t any = take();
        return any == 255 ? UINT64_MAX : any % 64;
    }
    void both(const Step &step)
    {
        const bool there =
            step.kind == Kind::kAppend || step.kind == Kind::kSync || step.row < model.size();
        must(do_step(store, step, marked_tick(step.mark)) == (there ? MMF_OK : MMF_ERR_RANGE),
             "the status of a write");
        if (there)
            model_step(model, step);
    }
    void append_rows()
    {
        const uint64_t count = take() % 5;
        Bytes images(count * TICK_RECORD_SIZE);
        for (uint64_t i = 0; i < count; i++) {
            const tick_record tick = marked_tick(take());
            tick_record_save(images.data() + i * TICK_RECORD_SIZE, &tick);
            model.push_back(tick);
        }
        uint64_t first = 0;
        must(mmf_store_append_rows(reinterpret_cast<mmf_store *>(store), images.data(), count,
                                   images.size(), &first) == MMF_OK,
             "the status of an append of rows");
        must(count == 0 || first == model.size() - count, "where rows went");
    }
    void look()
    {
        const uint64_t at = row();
        tick_record tick;
        const mmf_status status = tick_store_get(reader, at, &tick);
        must(status == (at < model.size() ? MMF_OK : MMF_ERR_RANGE), "the status of a read");
        must(status != MMF_OK || is_same(tick, model[at]), "what a reader sees");
        must(tick_store_count(reader) == model.size(), "the count that a reader sees");
    }
    // A writer that is gone in the middle of replacing a record; the next one takes over.
    void die(bool shared)
    {
        if (!model.empty()) {
            const mmfi_write write = mmfi_write_begin(reinterpret_cast<mmf_store *>(store),
                                                      take() % model.size(), TICK_RECORD_SIZE);
            must(write.status == MMF_OK, "the start of a write");
            const tick_record tick = marked_tick(take());
            tick_record_save(write.record, &tick);
        }
        must(tick_store_close(store) == MMF_OK, "close");
        open(shared);
        must(unsound(store, 0, model.size()).empty(), "recovery left damage");
    }
    void step()
    {
        const uint8_t kind = take() % 10;
        if (kind < 3)
            both({Kind::kAppend, model.size(), take()});
        else if (kind == 3)
            both({Kind::kSet, row(), take()});
        else if (kind == 4)
            both({Kind::kSetSymbol, row(), take()});
        else if (kind == 5)
            both({Kind::kSetPrice, row(), take()});
        else if (kind == 6)
            append_rows();
        else if (kind == 7)
            look();
        else if (kind == 8)
            both({Kind::kSync, 0, 0});
        else
            die(take() % 2 == 0);
    }

    const uint8_t *data;
    size_t left;
    const MemoryFile file{empty()};
    tick_store *store = nullptr;
    tick_store *reader = nullptr;
    Records model;

    static const Bytes &empty()
    {
        static const Bytes bytes = new_store(4);
        return bytes;
    }
};

inline void check_operations(const uint8_t *data, size_t size)
{
    Operations(data, size).run();
}

#endif
