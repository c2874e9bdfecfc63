/* The mask of mmfi_copy_in_padded, and text that is moved within its field. */
#include "mmapforge/detail/record.h"

#define ONES_16                                                                                    \
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define ONES_64 ONES_16, ONES_16, ONES_16, ONES_16

/* What is not listed is zero. */
const unsigned char mmfi_keep_mask[2 * MMFI_COPY_WHOLE_MAX] = {ONES_64, ONES_64, ONES_64, ONES_64};

/* Onwards byte by byte: data is not before to, so no byte is written before it is read. */
void mmfi_save_own_data(unsigned char *to, size_t max, const unsigned char *data, size_t length)
{
    for (size_t at = 0; at < length; at++)
        mmfi_store8(to + at, mmfi_load8(data + at));
    for (size_t at = length; at < max; at++)
        mmfi_store8(to + at, 0);
}
