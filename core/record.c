/* The mask behind mmfi_copy_in_padded. */
#include "core/record.h"

#define ONES_16                                                                                    \
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define ONES_64 ONES_16, ONES_16, ONES_16, ONES_16

/* What is not listed is zero. */
const unsigned char mmfi_keep_mask[2 * MMFI_COPY_WHOLE_MAX] = {ONES_64, ONES_64, ONES_64, ONES_64};
