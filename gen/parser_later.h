/* What the language may have one day: called by its name, with what to write until then. */
#ifndef MMF_GEN_PARSER_LATER_H
#define MMF_GEN_PARSER_LATER_H

#include "parser_token.h"

MMF_BEGIN_DECLS

/* Each reports the token that is there when it begins such a thing, and is false when it does not.
 */

/* '?', '=' and '@', wherever they stand. */
bool parser_refuse_later_mark(parser *state);

/* Where a type begins. */
bool parser_refuse_later_type(parser *state);

/* Behind a type. */
bool parser_refuse_later_suffix(parser *state);

/* Where 'record' should stand. */
bool parser_refuse_later_top(parser *state);

MMF_END_DECLS

#endif
