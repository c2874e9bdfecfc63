/* Whether a new version of a schema can live beside files and programs of an older one. */
#ifndef MMF_GEN_CHECK_H
#define MMF_GEN_CHECK_H

#include "../emit/text.h"
#include "../model/model.h"

MMF_BEGIN_DECLS

/* Whom a change must not break. The names are those of schema registries. */
typedef enum check_mode {
    CHECK_FULL,     /* both of the others */
    CHECK_BACKWARD, /* new programs read old files */
    CHECK_FORWARD   /* old programs read new files */
} check_mode;

/*
 * Appends a paragraph for each problem: the record, what would break, and what to do. Returns their
 * number.
 */
uint32_t check_versions(emit_text *to, const gen_model *older, const gen_model *newer,
                        check_mode mode);

MMF_END_DECLS

#endif
