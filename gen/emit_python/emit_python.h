/* The Python of a store: the module that is imported, and the stub that gives it types. */
#ifndef MMF_GEN_EMIT_PYTHON_H
#define MMF_GEN_EMIT_PYTHON_H

#include "../emit/text.h"
#include "../model/model.h"

MMF_BEGIN_DECLS

/* NAME/__init__.py: the schemas as text, and the names that a user imports. */
void emit_python(emitter *to, const gen_model *model, const char *name);

/* NAME/__init__.pyi: every name and call with its type and its doc comment. */
void emit_python_stub(emitter *to, const gen_model *model, const char *name);

MMF_END_DECLS

#endif
