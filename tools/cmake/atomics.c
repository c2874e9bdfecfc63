/* What CMakeLists.txt asks of a compiler: the header with the atomics, and a few of them linked. */
#include "mmapforge/detail/atomic.h"

int main(void)
{
    uint64_t word = 0;
    mmfi_store64_release(&word, 1);
    mmfi_fence_acquire();
    return mmfi_add64_ordered(&word, 1) == 1 && mmfi_swap64_if(&word, 2, 3) ? 0 : 1;
}
