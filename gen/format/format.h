/* A schema in the one way to lay out its text, as gofmt does it for Go: no options. */
#ifndef MMF_GEN_FORMAT_H
#define MMF_GEN_FORMAT_H

#include "../emit/text.h"
#include "../front/source.h"

MMF_BEGIN_DECLS

/*
 * Appends the text of a schema that has no errors, laid out anew: what stands in braces is indented
 * by four blanks, a line for each item; types, and comments after items, are aligned; one empty
 * line stays where there are some. Nothing but blanks, line ends and a byte order mark changes.
 */
void format_schema(emit_text *to, const source *from, arena *memory);

MMF_END_DECLS

#endif
