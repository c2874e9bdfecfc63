// libFuzzer's entry for schemas; tests/robustness/fuzz/BUILD.bazel has the command.
#include "tests/robustness/fuzz/schema_check.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    t_check_schema(reinterpret_cast<const char *>(data), size);
    return 0;
}
