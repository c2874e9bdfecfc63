/* The name of this library's binary interface. */
#include "mmapforge/detail/abi.h"

void MMFI_REQUIRE_ABI(void)
{
}
