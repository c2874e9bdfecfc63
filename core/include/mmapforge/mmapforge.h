/*
 * Everything of the C library that programs may use. The header of a generated store includes it
 * all already; a program without one may include this, or the parts that it needs.
 */
#ifndef MMAPFORGE_MMAPFORGE_H
#define MMAPFORGE_MMAPFORGE_H

#include "mmapforge/decimal.h"
#include "mmapforge/migrate.h"
#include "mmapforge/schema.h"
#include "mmapforge/sigbus.h"
#include "mmapforge/status.h"
#include "mmapforge/store.h"
#include "mmapforge/types.h"
#include "mmapforge/value.h"
#include "mmapforge/verify.h"
#include "mmapforge/version.h"

#endif
