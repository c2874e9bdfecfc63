/* The one core header that generated code includes. */
#ifndef MMF_CORE_GENCODE_H
#define MMF_CORE_GENCODE_H

#include "core/access.h"
#include "core/access_checksum.h"
#include "core/columns.h"
#include "core/fields.h"
#include "core/guard.h"
#include "core/store.h"
#include "core/value.h"
#include "core/verify.h"

#endif
