/* What the readers of other formats have in common. */
#ifndef MMF_FOREIGN_FOREIGN_CHECK_H
#define MMF_FOREIGN_FOREIGN_CHECK_H

#include "foreign.h"

MMF_BEGIN_DECLS

/* Little-endian, as the file and the machine. */
uint32_t mmfi_foreign_load32(const unsigned char *from);
uint64_t mmfi_foreign_load64(const unsigned char *from);

/* Finds room from the size that the file has now. MMF_ERR_IO. */
mmf_status mmfi_foreign_measure(mmfi_foreign *of, mmf_error *error);

/* A row was found torn, with that sequence. */
void mmfi_foreign_note_torn(mmfi_foreign *of, uint64_t row, uint64_t sequence);

MMF_END_DECLS

#endif
