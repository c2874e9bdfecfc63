/* Values of raw records, as mmf_store_append_rows and its like check and store them. */
#ifndef MMF_STORE_VALUE_WRITE_H
#define MMF_STORE_VALUE_WRITE_H

#include "mmapforge/value.h"

/* MMF_OK when one element of a field may be stored: MMF_ERR_TOO_LONG, MMF_ERR_ENUM or
 * MMF_ERR_ARGUMENT (a decimal of too many digits) otherwise. raw points at it. */
mmf_status mmfi_value_check(const mmf_field *field, const unsigned char *raw);

/* Stores one element, which has been checked, into a record that is being replaced. */
void mmfi_value_save(unsigned char *to, const unsigned char *raw, const mmf_field *field);

#endif
