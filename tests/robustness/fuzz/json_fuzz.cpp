// libFuzzer's entry for JSON lines; tests/robustness/fuzz/BUILD.bazel has the command.
#include "tests/robustness/fuzz/json_check.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    t_check_json(reinterpret_cast<const char *>(data), size);
    return 0;
}
