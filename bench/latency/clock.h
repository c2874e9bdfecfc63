// Clocks in nanoseconds, and a pace that a loop keeps by spinning.
#ifndef MMF_BENCH_CLOCK_H
#define MMF_BENCH_CLOCK_H

#include <cstdint>
#include <ctime>

// The same clock in every process of the machine, so that times of two can be compared. Two
// readings in a row cost what bench/latency prints as "clock".
inline uint64_t now_ns(clockid_t clock = CLOCK_MONOTONIC)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return static_cast<uint64_t>(now.tv_sec) * UINT64_C(1000000000) +
           static_cast<uint64_t>(now.tv_nsec);
}

// What this thread has had of the processors.
inline uint64_t cpu_ns()
{
    return now_ns(CLOCK_THREAD_CPUTIME_ID);
}

/*
 * A number of turns a second, evenly spaced. It spins, for a sleep takes longer than such a gap,
 * and so keeps a processor busy. A turn that was missed is not made up for: two in a row would
 * measure something else than the rate says.
 */
class Pace {
public:
    explicit Pace(uint64_t per_second)
        : gap_(UINT64_C(1000000000) / per_second), next_(now_ns() + gap_)
    {
    }
    // True when the next turn is due.
    bool is_due()
    {
        const uint64_t now = now_ns();
        if (now < next_)
            return false;
        next_ += gap_;
        if (next_ < now)
            next_ = now + gap_;
        return true;
    }

private:
    uint64_t gap_;
    uint64_t next_;
};

#endif
