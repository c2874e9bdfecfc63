// libFuzzer over the bytes of a file; see image_check.h.
#include "tests/robustness/fuzz/image_check.h"

// What a check expects must stop the fuzzer.
extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
    testing::GTEST_FLAG(break_on_failure) = true;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_image(data, size);
    return 0;
}
