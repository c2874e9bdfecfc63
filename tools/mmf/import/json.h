/*
 * Records of JSON lines: an object in each, with the fields of the record as its members, arrays
 * and objects for arrays and structs, and null for null.
 *
 * A number, true and false are read by the text that stands there, so that none loses digits; in a
 * string they are read as well, and so are the values that JSON has no form for: times, enums,
 * bytes in hexadecimal, NaN. A field without a member gets its default, or is null.
 */
#ifndef MMF_IMPORT_JSON_H
#define MMF_IMPORT_JSON_H

#include "../text/parse.h"

MMF_BEGIN_DECLS

#define JSON_TEXT_MAX 1024u
#define JSON_PATH_MAX 256u /* of a message; a longer path is cut */

typedef struct json_reader {
    const mmf_schema *schema;
    bool ignore;     /* let members be that belong to no field */
    char *unescaped; /* private */
    size_t unescaped_size;
    bool no_memory;
    const char *begin;
    const char *at;
    const char *end;
    size_t wrong_at; /* bytes from the start of the line */
    char wrong[JSON_TEXT_MAX];
    char path[JSON_PATH_MAX]; /* private */
    size_t path_length;
} json_reader;

void json_open(json_reader *reader, const mmf_schema *schema, bool ignore);
void json_close(json_reader *reader);

/*
 * Fills a raw record of schema->record_size bytes. False for a mistake: wrong and wrong_at say
 * what, and where; or, with no_memory, without memory.
 */
bool json_fill(json_reader *reader, const char *line, size_t length, unsigned char *raw);

MMF_END_DECLS

#endif
