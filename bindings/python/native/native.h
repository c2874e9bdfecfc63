/* Everything that the extension exports to Python; core.cdef declares the same for cffi. */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_NATIVE_H
#define MMF_BINDINGS_PYTHON_NATIVE_NATIVE_H

#include "column.h"
#include "distinct.h"
#include "handle.h"
#include "migrate.h"
#include "rows.h"
#include "scalar.h"

#endif
