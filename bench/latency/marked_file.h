// A new file of ticks, marked 0, 1, and so on.
#ifndef MMF_BENCH_MARKED_FILE_H
#define MMF_BENCH_MARKED_FILE_H

#include <cstdint>
#include <string>

#include "bench/latency/marked_tick.h"
#include "bench/latency/say.h"
#include "bench/micro/keep.h"

inline void make_marked_file(const std::string &path, uint64_t rows)
{
    tick_store *store = nullptr;
    mmf_error error;
    need(tick_store_create(path.c_str(), nullptr, &store, &error), error);
    for (uint64_t i = 0; i < rows; i++) {
        const tick_record tick = marked_tick(i);
        must(tick_store_append(store, &tick, nullptr));
    }
    must(tick_store_close(store));
}

#endif
