/* All that the extension gives to Python; core.cdef says the same to cffi. */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_NATIVE_H
#define MMF_BINDINGS_PYTHON_NATIVE_NATIVE_H

#include "column.h"
#include "distinct.h"
#include "handle.h"
#include "rows.h"
#include "scalar.h"

#endif
