/* Syntax that users of other languages expect: reported by name, with what to write instead. */
#ifndef MMF_GEN_UNSUPPORTED_H
#define MMF_GEN_UNSUPPORTED_H

#include "tokens.h"

MMF_BEGIN_DECLS

/* Each returns true, and reports the current token, when such syntax begins there. */

/* Where 'record' is expected. */
bool refuse_unsupported_top(parser *state);

/* Where the type of a field begins: an enum or struct that is declared in place. */
bool refuse_unsupported_type(parser *state);

MMF_END_DECLS

#endif
