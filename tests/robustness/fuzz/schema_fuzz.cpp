// libFuzzer's entry for schemas, as people write them and as files have them;
// tests/robustness/fuzz/BUILD.bazel has the command.
#include "tests/robustness/fuzz/schema_check.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *text = reinterpret_cast<const char *>(data);
    t_check_schema(text, size);
    t_check_canonical(text, size);
    return 0;
}
