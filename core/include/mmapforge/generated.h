/* The one core header that generated code includes. */
#ifndef MMAPFORGE_GENERATED_H
#define MMAPFORGE_GENERATED_H

#include "mmapforge/detail/abi.h"
#include "mmapforge/detail/access.h"
#include "mmapforge/detail/access_checksum.h"
#include "mmapforge/detail/columns.h"
#include "mmapforge/detail/fields.h"
#include "mmapforge/mmapforge.h"

#endif
