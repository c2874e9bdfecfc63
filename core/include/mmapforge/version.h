/*
 * The version of this library, as the headers of a program know it. A program is compiled with the
 * headers of the version that it is linked with, and with the code that the mmfgen of that version
 * generates.
 */
#ifndef MMAPFORGE_VERSION_H
#define MMAPFORGE_VERSION_H

#define MMF_VERSION_MAJOR 0
#define MMF_VERSION_MINOR 2
#define MMF_VERSION_PATCH 0

/* One number, to be compared: `#if MMF_VERSION >= 300` asks for 0.3.0 or newer. */
#define MMF_VERSION (MMF_VERSION_MAJOR * 10000 + MMF_VERSION_MINOR * 100 + MMF_VERSION_PATCH)

#define MMF_VERSION_STRING "0.2.0"

/*
 * The binary interface: the same number for all versions that differ only in their patch. Generated
 * code compiles only with headers of the number that its generator has, and links only with a
 * library of the number that its headers have. The shared library has it in its name and in the
 * version of its symbols.
 */
#define MMF_ABI (MMF_VERSION_MAJOR * 100 + MMF_VERSION_MINOR)

#endif
