// Sums that the compiler may do in vectors: wide.cpp alone is compiled with -O3 and floating point
// that may be reordered. No look at a sequence, which would forbid it.
#ifndef MMF_BENCH_COLUMNAR_WIDE_H
#define MMF_BENCH_COLUMNAR_WIDE_H

#include <cstddef>
#include <cstdint>

namespace columnar {

// Of count float64, a multiple of 16, one every stride bytes.
double wide_sum_strided(const unsigned char *first, size_t stride, uint64_t count);

// Of blocks times N float64: N one after another, and the next N block_size bytes further on.
template <uint64_t N>
double wide_sum_blocks(const unsigned char *first, size_t block_size, uint64_t blocks);

} // namespace columnar

#endif
