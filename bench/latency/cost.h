// Repeated measurements of one loop, in nanoseconds of CPU time for one of its turns.
#ifndef MMF_BENCH_COST_H
#define MMF_BENCH_COST_H

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/latency/clock.h"
#include "bench/latency/json_line.h"

// What repetitions gave.
class Spread {
public:
    void add(double value)
    {
        values_.push_back(value);
    }
    size_t count() const
    {
        return values_.size();
    }
    double median() const
    {
        std::vector<double> sorted = values_;
        std::sort(sorted.begin(), sorted.end());
        const size_t middle = sorted.size() / 2;
        if (sorted.empty())
            return 0;
        return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
    double min() const
    {
        return values_.empty() ? 0 : *std::min_element(values_.begin(), values_.end());
    }
    double max() const
    {
        return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
    }

private:
    std::vector<double> values_;
};

// The median with the range, on a line of results.
inline JsonLine &spread(JsonLine &line, const Spread &of)
{
    return line.value("median", of.median()).value("min", of.min()).value("max", of.max());
}

// Runs loop() so often, and once before, and gives the CPU time of one of the turns that it makes.
template <typename Loop> Spread cpu_per_turn(int repetitions, uint64_t turns, Loop loop)
{
    Spread out;
    loop();
    for (int i = 0; i < repetitions; i++) {
        const uint64_t begin = cpu_ns();
        loop();
        out.add(static_cast<double>(cpu_ns() - begin) / static_cast<double>(turns));
    }
    return out;
}

#endif
