// A whole record read by atomic words: the build of this file sets MMFI_WORD_COPY.
#include "mmapforge/detail/atomic.h"
#include "tick_store.h"

#include "bench/micro/measure.h"

static_assert(MMFI_WORD_COPY == 1, "this file is about the form by words");

namespace {

// A store of its own: helpers shared with other files would be of their form.
tick_store *words_store()
{
    static tick_store *const store = [] {
        const std::string path = scratch_path(false);
        tick_store *made = nullptr;
        must(tick_store_create(path.c_str(), nullptr, &made, nullptr));
        const tick_record record = {"MMFORGE1", 8, 1.0, 2.0, 3};
        for (uint64_t i = 0; i < kHotRows; i++)
            must(tick_store_append(made, &record, nullptr));
        // A file without a name does not grow.
        (void)unlink(path.c_str());
        return made;
    }();
    return store;
}

void words_record_get(benchmark::State &state)
{
    const tick_store *store = words_store();
    tick_record out;
    each_row(state, [store, &out](uint64_t row) {
        must(tick_store_get(store, row, &out));
        keep_memory(&out);
    });
}

BENCHMARK(words_record_get)->Arg(kFewRows)->Arg(kHotRows);

} // namespace
