/* CRC-32C (Castagnoli), the checksum of every block of the header. */
#ifndef MMF_CORE_CRC32C_H
#define MMF_CORE_CRC32C_H

#include "core/port.h"

MMF_BEGIN_DECLS

/* The checksum of size bytes: reflected polynomial 0x82f63b78, as iSCSI (RFC 3720) defines it. */
uint32_t mmfi_crc32c(const void *data, size_t size);

MMF_END_DECLS

#endif
