/* Files of format version 2, which this library wrote before its first release. */
#ifndef MMF_FOREIGN_VERSION2_H
#define MMF_FOREIGN_VERSION2_H

#include "foreign.h"

MMF_BEGIN_DECLS

/* By its magic and version, or by a copy of its superblock that has the right checksum. */
bool mmfi_is_version2(const mmfi_file *file);

/*
 * Keeps writers out for as long as the file is open, reads and checks the header, and finds the
 * count as the library of that version did. of->file is open, and all else zero.
 */
mmf_status mmfi_version2_open(mmfi_foreign *of, mmf_error *error);

MMF_END_DECLS

#endif
