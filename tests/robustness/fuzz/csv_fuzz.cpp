// libFuzzer's entry for CSV; tests/robustness/fuzz/BUILD.bazel has the command.
#include "tests/robustness/fuzz/csv_check.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    t_check_csv(reinterpret_cast<const char *>(data), size);
    return 0;
}
