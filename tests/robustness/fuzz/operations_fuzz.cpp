// libFuzzer over sequences of calls; see operations_check.h.
#include "tests/robustness/fuzz/operations_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_operations(data, size);
    return 0;
}
