/* Unsupported syntax that users expect: reported by name, with a replacement. */
#ifndef MMF_GEN_UNSUPPORTED_H
#define MMF_GEN_UNSUPPORTED_H

#include "tokens.h"

MMF_BEGIN_DECLS

/* Each returns true, and reports the current token, when unsupported syntax begins there. */

/* '?', '=' and '@', anywhere. */
bool refuse_unsupported_mark(parser *state);

/* Where a type begins. */
bool refuse_unsupported_type(parser *state);

/* After a type. */
bool refuse_unsupported_suffix(parser *state);

/* Where 'record' is expected. */
bool refuse_unsupported_top(parser *state);

MMF_END_DECLS

#endif
