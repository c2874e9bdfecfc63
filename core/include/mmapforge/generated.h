/* The one core header that generated code includes. */
#ifndef MMAPFORGE_GENERATED_H
#define MMAPFORGE_GENERATED_H

#include "mmapforge/detail/access.h"
#include "mmapforge/detail/access_checksum.h"
#include "mmapforge/detail/columns.h"
#include "mmapforge/detail/fields.h"
#include "mmapforge/sigbus.h"
#include "mmapforge/store.h"
#include "mmapforge/value.h"
#include "mmapforge/verify.h"

#endif
