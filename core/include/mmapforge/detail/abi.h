/* A name that only a library of the same binary interface has. */
#ifndef MMAPFORGE_DETAIL_ABI_H
#define MMAPFORGE_DETAIL_ABI_H

#include "mmapforge/detail/port.h"
#include "mmapforge/version.h"

MMF_BEGIN_DECLS

/* Two steps, so that the macros for the numbers are expanded before they are pasted. */
#define MMFI_ABI_NAME(major, minor) MMFI_ABI_NAME_OF(major, minor)
#define MMFI_ABI_NAME_OF(major, minor)                                                             \
    mmfi_abi_##major##_##minor##_differs_from_the_library_regenerate_with_its_mmfgen

#define MMFI_REQUIRE_ABI MMFI_ABI_NAME(MMF_VERSION_MAJOR, MMF_VERSION_MINOR)

/*
 * Does nothing. Generated code calls it where it creates and opens a store, so that a linker that
 * finds a library of another binary interface says its name. A call of a function that another file
 * has stays, whatever the compiler optimises, and no section that a program needs is without it.
 */
void MMFI_REQUIRE_ABI(void);

MMF_END_DECLS

#endif
