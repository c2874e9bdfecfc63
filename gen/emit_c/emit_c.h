/* The C library of a store: its two files. name is the store's: NAME.h and NAME.c. */
#ifndef MMF_GEN_EMIT_C_H
#define MMF_GEN_EMIT_C_H

#include "../emit/text.h"
#include "../model/model.h"

MMF_BEGIN_DECLS

void emit_header(emitter *to, const gen_model *model, const char *name);
void emit_source(emitter *to, const gen_model *model, const char *name);

MMF_END_DECLS

#endif
