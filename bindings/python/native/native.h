/* All that the extension gives to Python; core.cdef says the same to cffi. */
#ifndef MMF_BINDINGS_PYTHON_NATIVE_NATIVE_H
#define MMF_BINDINGS_PYTHON_NATIVE_NATIVE_H

#include "bindings/python/native/column.h"
#include "bindings/python/native/distinct.h"
#include "bindings/python/native/handle.h"
#include "bindings/python/native/rows.h"
#include "bindings/python/native/scalar.h"

#endif
