#include "bench/columnar/wide.h"

#include "mmapforge/detail/scalars.h"

namespace columnar {

namespace {

// Pieces with sums of their own: additions of one need not wait for those of another.
constexpr uint64_t kPiece = 16;

inline double sum_piece(const unsigned char *first, size_t stride)
{
    double sum = 0;
    for (uint64_t i = 0; i < kPiece; i++)
        sum += mmfi_plain_float64(first + i * stride);
    return sum;
}

} // namespace

double wide_sum_strided(const unsigned char *first, size_t stride, uint64_t count)
{
    double sum = 0;
    for (uint64_t i = 0; i < count; i += kPiece)
        sum += sum_piece(first + i * stride, stride);
    return sum;
}

template <uint64_t N>
double wide_sum_blocks(const unsigned char *first, size_t block_size, uint64_t blocks)
{
    double sum = 0;
    for (uint64_t block = 0; block < blocks; block++)
        for (uint64_t i = 0; i < N; i += kPiece)
            sum += sum_piece(first + block * block_size + i * sizeof(double), sizeof(double));
    return sum;
}

template double wide_sum_blocks<16>(const unsigned char *, size_t, uint64_t);
template double wide_sum_blocks<64>(const unsigned char *, size_t, uint64_t);
template double wide_sum_blocks<256>(const unsigned char *, size_t, uint64_t);
template double wide_sum_blocks<1024>(const unsigned char *, size_t, uint64_t);
template double wide_sum_blocks<4096>(const unsigned char *, size_t, uint64_t);

} // namespace columnar
