/* What the language may have one day: called by its name, with what to write until then. */
#ifndef MMF_GEN_UNSUPPORTED_H
#define MMF_GEN_UNSUPPORTED_H

#include "tokens.h"

MMF_BEGIN_DECLS

/* Each reports the token that is there when it begins such a thing, and is false when it does not.
 */

/* '?', '=' and '@', wherever they stand. */
bool refuse_unsupported_mark(parser *state);

/* Where a type begins. */
bool refuse_unsupported_type(parser *state);

/* Behind a type. */
bool refuse_unsupported_suffix(parser *state);

/* Where 'record' should stand. */
bool refuse_unsupported_top(parser *state);

MMF_END_DECLS

#endif
